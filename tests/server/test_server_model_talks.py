"""With a language model in the settings, its words come over HTTP as they are written."""

from starlette.testclient import TestClient

from tastemaker.server.app import create_app
from tastemaker.shop import Shop
from tests.server.test_server_talks import events


def test_words_grow_and_the_turn_has_them_all(tmp_path):
    (tmp_path / "items.csv").write_text("id,title,colour\na,Red hat,red\nb,Blue hat,blue\n")
    (tmp_path / "tastemaker.toml").write_text('[assistant]\nllm = "fake:lying"\n')
    with Shop(tmp_path) as shop, TestClient(create_app(shop), base_url="http://127.0.0.1") as client:
        told = events(client.post("/chat", json={"text": "a hat"}))
    names, said = [name for name, _ in told], [told["say"] for _, told in told[1:]]
    assert names == ["session", *["items"] * (len(names) - 2), "turn"]
    assert len(names) > 3
    assert said == sorted(said, key=len)
    assert said[0] == "Here are 2."
    assert said[-1] == "Here are 2. “Red hat” is red. “Blue hat” is blue."
    assert "left out" in told[-1][1]["notes"][0]
