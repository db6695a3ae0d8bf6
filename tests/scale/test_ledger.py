import pytest

from tastemaker.scale.ledger import Ledger, Written


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "vectors.lance" / "data"
    folder.mkdir(parents=True)
    return folder


def written(data, shard, file, worker="a 1"):
    (data / file).write_text("vectors")
    return Written(shard, 2, ("{}",), (file,), 0.5, 0.4, worker)


def test_what_is_recorded_is_read_back(tmp_path, data):
    ledger = Ledger(tmp_path)
    assert ledger.written("000000-aa") is None
    done = written(data, "000000-aa", "one")
    assert ledger.record(done) == done == Ledger(tmp_path).written("000000-aa")


def test_the_first_of_two_that_did_the_same_counts(tmp_path, data):
    ledger = Ledger(tmp_path)
    first = ledger.record(written(data, "000000-aa", "one", "a 1"))
    assert ledger.record(written(data, "000000-aa", "two", "b 2")) == first
    assert [path.name for path in data.iterdir()] == ["one"]  # nobody speaks of the other's file again


def test_a_shard_whose_file_is_gone_is_not_written(tmp_path, data):
    ledger = Ledger(tmp_path)
    ledger.record(written(data, "000000-aa", "one"))
    (data / "one").unlink()
    assert ledger.written("000000-aa") is None
    again = written(data, "000000-aa", "two")
    assert ledger.record(again) == again


def test_items_are_laid_down_once_and_whole(tmp_path):
    ledger = Ledger(tmp_path)
    lines = ['["a", 1, "caf\\u00e9 \\ud83d"]', '["b", 2, "é \ud83d"]']  # half a character, as JSON and as it is
    ledger.put_items("000001-bb", lines)
    ledger.put_items("000001-bb", ["other"])  # the name says what is in it
    assert ledger.items("000001-bb") == lines


def test_a_sweep_keeps_what_the_table_is_made_of(tmp_path, data):
    ledger = Ledger(tmp_path)
    for shard in ("000000-aa", "000001-bb"):
        ledger.put_items(shard, ["x"])
        ledger.record(written(data, shard, shard))
    (tmp_path / "shards" / ".writing-dead").write_text("half")
    ledger.sweep(["000001-bb"])
    assert [path.name for path in (tmp_path / "shards").iterdir()] == ["000001-bb.written"]
