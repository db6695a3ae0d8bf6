"""A shop whose space looks twice: the second look's data is stored, stretched over new items, and changes the order."""

import csv

import numpy as np
import pytest
from PIL import Image

from tastemaker.alignment.fusion.space import FusionSpace
from tastemaker.shop import Shop
from tests.shop.conftest import draw, write_workspace

TWICE = """[space]
name = "fusion"
epochs = 2
batch_size = 32
depth = 20
[space.contrast]
dim = 32
epochs = 15
picture_size = 32
picture_widths = [16, 32]
text_width = 32
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = write_workspace(tmp_path_factory.mktemp("shops") / "twice")
    (root / "tastemaker.toml").write_text(TWICE, encoding="utf-8")
    with Shop(root) as shop:
        shop.fit(parts=["space", "search"])
    return root


def test_what_is_kept_for_the_second_look_survives_a_restart(folder):
    with Shop(folder) as shop:
        view = shop.view
        assert isinstance(view.fitted.space, FusionSpace)
        made = view.fitted.space.embed_items(view.catalog, np.arange(view.catalog.size)).more
        for name, kept in view.vectors.more.items():
            np.testing.assert_allclose(kept, made[name], atol=1e-2)


def test_a_picture_is_answered_in_the_order_of_the_second_look(folder, tmp_path):
    changed = 0
    with Shop(folder) as shop:
        view = shop.view
        for number, (colour, kind) in enumerate([("red", "vase"), ("blue", "plate"), ("green", "lamp")]):
            draw(tmp_path / "asked.jpg", colour, kind, seed=70 + number)
            with Image.open(tmp_path / "asked.jpg") as asked:
                vector = view.fitted.space.embed_pictures([asked])[0]
                found = view.index.search(vector, 40, view.catalog.available)
                again, _ = view.fitted.space.rerank(asked, view.vectors, *found)
            assert sorted(again[:20]) == sorted(found[0][:20])
            answers = shop.search(image=tmp_path / "asked.jpg", k=10)
            assert answers.ids == [view.catalog.ids[row] for row in again[:10]]
            changed += list(again) != list(found[0])
    assert changed


def test_an_item_added_live_is_looked_at_too(folder, tmp_path):
    draw(tmp_path / "new.jpg", "blue", "lamp", seed=99)
    with (tmp_path / "new.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([["id", "title", "image"], ["new", "Blue lamp", "new.jpg"]])
    with Shop(folder) as shop:
        shop.add(items=tmp_path / "new.csv", images=tmp_path)
        view = shop.view
        row = view.catalog.row("new")
        assert np.any(view.vectors.more["cells"][row])
