"""The worlds are what they say: parity decides, pictures and words agree."""

import numpy as np
import pytest

from tastemaker.core.errors import PictureError
from tastemaker.testing import worlds
from tastemaker.testing.fixed_space import FixedSpace


def test_people_keep_to_their_parity():
    catalog = worlds.checkerboard()
    events = catalog.interactions
    assert np.array_equal(events.user % 2, events.row % 2)
    assert len(events) == 60 * 9
    assert (np.diff(events.time) >= 0).all()
    assert catalog.item(3).attributes["parity"] == "odd"


def test_the_last_items_are_cold_and_the_others_warm():
    counts = worlds.checkerboard(items=20, cold=2).interactions.counts()
    assert (counts[-2:] == 0).all()
    assert (counts[:-2] > 0).all()


def test_a_seed_fixes_the_world():
    first, same, other = (worlds.checkerboard(seed=seed).interactions.row for seed in (1, 1, 2))
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


def test_added_items_take_the_next_rows():
    grown = worlds.with_new_items(worlds.checkerboard())
    assert grown.ids[-2:] == ["item-040", "item-041"]
    assert grown.interactions.n_rows == 42
    old = worlds.parity_vectors(worlds.checkerboard())
    assert np.array_equal(worlds.parity_vectors(grown)[:40], old)


def test_a_text_finds_the_pictures_it_describes():
    catalog, space = worlds.drawn_shop(), FixedSpace()
    vectors = space.embed_items(catalog, np.arange(catalog.size))
    best = np.argsort(-(vectors.matrix @ space.embed_texts(["red"])[0]))[:12]
    assert all(catalog.item(row).attributes["colour"] == "red" for row in best)


def test_pictures_are_read_through_the_safe_door():
    catalog = worlds.drawn_shop()
    assert catalog.pictures.open(catalog.main_picture(0)).size == (32, 32)
    assert catalog.pictures.has(catalog.main_picture(0))
    with pytest.raises(PictureError, match="no picture"):
        catalog.pictures.open("nowhere.png")


def test_lacking_takes_away_one_modality_after_the_other():
    catalog = worlds.lacking(worlds.drawn_shop(), 5)
    assert catalog.main_picture(5) == ""
    assert catalog.main_picture(6)
    assert catalog.item(6).title == "" == catalog.main_picture(7)
    assert catalog.item(8).title
    assert catalog.main_picture(8)


def test_kinds_are_twelve():
    assert np.bincount(worlds.kinds(worlds.drawn_shop())).tolist() == [4] * 12
