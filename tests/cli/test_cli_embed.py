from tastemaker.scale.table import VectorTable


def test_embed_writes_a_table_and_tells(tell, folder, tmp_path):
    told = tell("embed", folder, "--out", tmp_path / "out", "--shard", "10", "--json").json
    assert (told["items"], told["shards"], told["done"]) == (24, 3, 3)
    assert sum(told["workers"].values()) == len(VectorTable(tmp_path / "out")) == 24
    assert "nothing had changed" in tell("embed", folder, "--out", tmp_path / "out", "--shard", "10").out


def test_embed_used_wrongly(tell, folder, tmp_path):
    assert tell("embed", folder, "--out", tmp_path / "out", "--workers", "0").code == 2
    told = tell("embed", folder, "--out", tmp_path / "out", "--space", tmp_path / "nowhere")
    assert told.code == 1
    assert "does not exist" in told.err


def test_several_shops_are_not_served_on_ray(tell, folder):
    told = tell("serve", folder, folder, "--ray")
    assert told.code == 2
    assert "one at a time" in told.err


def test_a_key_does_not_travel_through_a_cluster(tell, folder):
    told = tell("serve", folder, "--ray", "--api-key", "a long enough key")
    assert told.code == 2
    assert "travel" in told.err
    assert tell("serve", folder, "--ray", "--host", "0.0.0.0").code == 2
