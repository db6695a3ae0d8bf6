"""A shop of photos and nothing else: no words, no events. What it can answer it answers, and it says what it cannot."""

import pytest
from PIL import Image

import tastemaker
from tastemaker.catalog.importers.photos import Photos
from tastemaker.core.progress import Noted
from tastemaker.page.home import home
from tastemaker.page.state import State
from tests.server.small_workspace import SETTINGS, write_workspace


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    root = tmp_path_factory.mktemp("photos")
    photos = write_workspace(root / "other") / "images"
    Photos().convert(photos, root / "shop")
    (root / "shop" / "tastemaker.toml").write_text(SETTINGS)
    heard = []
    with tastemaker.open(root / "shop") as opened:
        opened.fit(observer=heard.append)
        opened.heard = [f"{event.task}: {event.message}" for event in heard if isinstance(event, Noted)]
        yield opened


def test_pictures_find_pictures(shop):
    first = shop.catalog.ids[0]
    assert len(shop.search(image=shop.catalog.pictures.open(shop.item(first).images[0]), k=3)) == 3
    near = shop.similar(first, k=3)
    assert [item.reasons[0].sentence for item in near] == ["looks alike"] * 3


def test_words_are_not_answered_by_chance(shop):
    found = shop.search("a red circle", k=3)
    assert not found.ids
    assert any("no item had words" in note for note in found.notes)
    assert shop.search("anything", where="id != 'x'", image=shop.catalog.ids[0], k=3).ids


def test_nobody_chose_anything(shop):
    ranking = shop.recommend(user="somebody", k=3)
    assert len(ranking) == 3
    assert any("nobody did anything" in note for note in ranking.notes)


def test_the_page_calls_nothing_popular_that_nobody_chose(shop):
    html = home(shop, State()).main
    assert "New here" in html
    assert "Popular" not in html


def test_the_fit_says_what_it_lacks(shop):
    assert "hybrid: no events to weigh the sources on: all count alike" in shop.heard
    assert any(note.startswith("complete: 0 sets and visits") for note in shop.heard)


def test_words_alone_find_no_picture(tmp_path):
    (tmp_path / "items.csv").write_text(
        "id,title\n" + "".join(f"i{n},{['red', 'blue'][n % 2]} cup\n" for n in range(8))
    )
    (tmp_path / "tastemaker.toml").write_text(SETTINGS)
    with tastemaker.open(tmp_path) as words:
        words.fit()
        found = words.search(image=Image.new("RGB", (32, 32), "red"), k=3)
        assert not found.ids
        assert any("no item had a picture" in note for note in found.notes)
        assert len(words.search("red cup", k=3)) == 3
