"""Who asks for a colour sees that colour: one card a product, and the picture that shows it."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tastemaker.core.errors import UnknownName
from tastemaker.core.ranking import Facet
from tastemaker.shop import Shop
from tastemaker.shop.seen import Seen
from tastemaker.shop.variants import one_each, pictures
from tests.shop.conftest import COLOURS, KINDS, SMALL, draw

RED, VASE = Facet("colour", "=", "red"), Facet("kind", "=", "vase")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """48 items; those of a kind and a number are one product in four colours. Three more have a picture a colour."""
    root = tmp_path_factory.mktemp("variants") / "shop"
    (root / "images").mkdir(parents=True)
    (root / "tastemaker.toml").write_text(SMALL + '[search]\nproduct = "model"\n', encoding="utf-8")
    rows = []
    for copy in range(4):
        for colour in COLOURS:
            for kind in KINDS:
                id = f"{kind}-{colour}-{copy}"
                draw(root / "images" / f"{id}.jpg", colour, kind, seed=len(rows))
                rows.append([id, f"{kind} {copy}", f"A {kind}.", f"{id}.jpg", colour, kind, f"{kind}-{copy}"])
    for kind in KINDS:
        images = [f"{kind}-{colour}-3.jpg" for colour in COLOURS]
        rows.append([f"{kind}-many", f"{kind} in many colours", f"A {kind}.", "|".join(images), "", kind, ""])
    with (root / "items.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([["id", "title", "text", "image", "colour", "kind", "model"], *rows])
    with Shop(root) as shop:
        shop.fit(["space"])
    return root


@pytest.fixture
def shop(folder: Path) -> Iterator[Shop]:
    with Shop(folder) as opened:
        yield opened


def test_variants_take_one_place_and_the_asked_one_is_shown(shop: Shop) -> None:
    view = shop.view
    rows = view.catalog.rows(["vase-blue-0", "lamp-red-1", "vase-red-0", "vase-many", "lamp-blue-1"])
    scores = np.array([5, 4, 3, 2, 1], np.float32)
    shown, kept = one_each(view, "model", [RED], rows, scores)
    assert [view.catalog.ids[row] for row in shown] == ["vase-red-0", "lamp-red-1", "vase-many"]
    assert kept.tolist() == [5, 4, 2]
    assert one_each(view, "model", [], rows, scores)[0].tolist() == rows[[0, 1, 3]].tolist()
    assert one_each(view, "", [RED], rows, scores)[0].tolist() == rows.tolist()


def test_an_attribute_that_is_not_there_is_said(shop: Shop) -> None:
    with pytest.raises(UnknownName, match="nothing"):
        one_each(shop.view, "nothing", [], np.array([0]), np.array([1.0], np.float32))


@pytest.mark.parametrize("colour", COLOURS)
def test_a_search_for_a_colour_shows_it(shop: Shop, colour: str) -> None:
    found = shop.search(f"{colour} vase", k=4)
    models = [shop.item(item.id).attributes.get("model", item.id) for item in found]
    assert len(set(models)) == 4
    assert all(colour in item.picture for item in found)


def test_an_item_of_several_pictures_shows_the_asked_one(shop: Shop) -> None:
    view = shop.view
    rows = view.catalog.rows(["vase-many", "vase-red-0"])
    for colour in COLOURS:
        shown = pictures(view, rows, [Facet("colour", "=", colour)], ())
        assert shown == ({} if colour == "red" else {int(rows[0]): f"vase-{colour}-3.jpg"})
    assert pictures(view, rows, [VASE], ()) == {}, "pictures differ in what is not known, not in the kind"
    assert pictures(view, rows, [], ()) == {}


def test_a_change_shows_the_asked_picture(shop: Shop) -> None:
    found = shop.search(image="lamp-blue-3", change="in yellow", where="id = lamp-many", k=1)
    assert [item.picture for item in found] == ["lamp-yellow-3.jpg"]


def test_only_so_many_vectors_are_kept_and_a_broken_picture_is_nothing(shop: Shop) -> None:
    space = shop.space
    assert space is not None
    seen = Seen(most=2)
    names = ["vase-red-0.jpg", "gone.jpg", "vase-blue-0.jpg", "vase-red-0.jpg"]
    found = seen.vectors(space, shop.catalog, names)
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 0, 1, 1], abs=1e-4)
    again = seen.vectors(space, shop.catalog, names[:1])
    assert again[0].tolist() == found[0].tolist()
    assert seen.vectors(space, shop.catalog, []).shape == (0, space.dim)


def test_the_name_that_the_space_has_for_it_counts_too(tmp_path: Path) -> None:
    (tmp_path / "tastemaker.toml").write_text('[space]\nproduct = "style"\n', encoding="utf-8")
    (tmp_path / "items.csv").write_text("id,title,style\na,red vase,1\nb,blue vase,1\nc,lamp,\n", encoding="utf-8")
    with Shop(tmp_path) as shop:
        assert [item.id for item in shop.search("blue vase")] == ["b"]


def test_a_picture_can_be_said_as_a_word(folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    shutil.copytree(folder, root)
    settings = root / "tastemaker.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + 'combine = "inverted"\n', encoding="utf-8")
    with Shop(root) as shop:
        shop.fit(["search"])
    with Shop(root) as shop:
        found = shop.search(image=draw_one(tmp_path), change="in yellow", k=4, explain=True)
        assert found.plan is not None
        assert found.plan.combined == "inverted"
        assert all("yellow" in item.picture for item in found)


def draw_one(folder: Path) -> Path:
    """A vase that no item has."""
    draw(folder / "asked.jpg", "blue", "vase", seed=99)
    return folder / "asked.jpg"
