"""A server starts although what was published is damaged; everybody else is told to fit again."""

import shutil

import pytest
from starlette.testclient import TestClient

from tastemaker.core.errors import WorkspaceError
from tastemaker.core.progress import Noted
from tastemaker.core.storage import Artefacts
from tastemaker.server import create_app
from tastemaker.shop import Shop
from tests.server.small_workspace import BASE


def damage(artefact):
    """One bit of the last byte, as a disk would."""
    path = artefact.folder / "weights.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


@pytest.fixture
def folder(fitted, tmp_path):
    shutil.copytree(fitted, tmp_path / "shop")
    return tmp_path / "shop"


@pytest.fixture
def artefacts(folder):
    return Artefacts(folder / ".tastemaker")


def served(folder):
    heard = []
    shop = Shop(folder, observer=heard.append)
    shop.salvages = True
    _ = shop.view
    return shop, [event.message for event in heard if isinstance(event, Noted)]


def another_version(artefacts, old):
    """Publish other weights of words."""
    new = artefacts.write("search", config={**old.config, "words_share": 0.9}, tensors=old.tensors(), manifest={})
    artefacts.publish({"search": new})
    return new


def test_a_damaged_version_is_an_error_with_a_next_step(folder, artefacts):
    damage(artefacts.published()["search"])
    with Shop(folder) as shop, pytest.raises(WorkspaceError, match="not what was written") as caught:
        _ = shop.view
    assert caught.value.hint == "fit again"


def test_a_server_serves_the_version_before(folder, artefacts):
    before = artefacts.published()["search"]
    damage(another_version(artefacts, before))
    shop, said = served(folder)
    with shop:
        assert shop.view.fitted.names["search"] == before.name
        assert "what is whole is served" in said[0]
        assert len(shop.search("red")) > 0
        assert shop.swap() is False  # the damaged one is not tried again
        again = another_version(artefacts, before)  # the same content, written anew
        assert shop.swap()
        assert shop.view.fitted.names["search"] == again.name


def test_without_one_it_serves_what_is_whole(folder, artefacts):
    damage(artefacts.published()["recommender"])
    shop, _ = served(folder)
    with shop:
        assert shop.view.fitted.recommender is None
        assert shop.view.fitted.space is not None
        assert len(shop.search("red")) > 0
        assert len(shop.recommend(k=3)) == 3


def test_damaged_vectors_are_made_again_and_kept(folder, artefacts):
    with Shop(folder) as shop:
        before = shop.search("red")
    name = artefacts.published()["vectors"].name
    damage(artefacts.published()["vectors"])
    shop, _ = served(folder)
    with shop:
        again = shop.search("red")
    assert again.ids == before.ids
    assert [item.score for item in again] == pytest.approx([item.score for item in before], abs=1e-5)
    assert artefacts.published()["vectors"].is_whole
    with Shop(folder) as shop:  # sound for everybody
        assert shop.view.fitted.names["vectors"] in (name, artefacts.published()["vectors"].name)


@pytest.mark.parametrize("text", ["", "[]", '{"space": '])
def test_a_damaged_list_of_what_is_published_is_told_and_survived(folder, artefacts, text):
    names = {part: artefact.name for part, artefact in artefacts.published().items()}
    (folder / ".tastemaker" / "published.json").write_text(text)
    shop, said = served(folder)
    with shop:
        assert shop.view.fitted.names == names
        assert "published.json is damaged" in said[0]
        assert any("rollback SHOP --to" in line for line in shop.doctor()["advice"])
        shop.fit(["recommender"])
        assert shop.view.fitted.names.keys() == names.keys()
        assert not any("published.json" in line for line in shop.doctor()["advice"])


@pytest.mark.parametrize("part", ["vectors", "space", "recommender"])
def test_a_manifest_that_says_nothing_stops_neither_server_nor_doctor(folder, artefacts, part):
    (artefacts.published()[part].folder / "manifest.json").write_text("null")
    shop, _ = served(folder)
    with TestClient(create_app(shop), base_url=BASE) as client, shop:
        assert client.get("/readyz").status_code == 200
        assert client.get("/recommend", params={"k": 3}).status_code == 200
        assert client.get("/doctor").json()["versions"]
