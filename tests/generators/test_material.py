"""What is read of a shop of coloured shapes: everything there is, and nothing that is not."""

import json
from dataclasses import asdict, replace
from functools import cache

import numpy as np
import pytest

from tastemaker.catalog.catalog import Catalog
from tastemaker.core.errors import FitError, InputError, UnknownName
from tastemaker.core.progress import Advanced, Finished, Started
from tastemaker.encoders.frames import frame
from tastemaker.generators.material import HELD, Layout, Material
from tastemaker.testing.fixed_space import FixedSpace
from tastemaker.testing.generators import LACKING, shop
from tastemaker.testing.worlds import drawn_shop

COLOURS, SHAPES = ("blue", "green", "red", "yellow"), ("circle", "square", "stripes")


@cache
def material():
    return Material.read(shop(), FixedSpace(), 16)


def test_sizes_and_vocabularies():
    layout = material().layout
    assert layout.shape == (16, 16)
    assert {name: sorted(values) for name, values in layout.attributes.items()} == {
        "colour": list(COLOURS), "shape": list(SHAPES)
    }  # fmt: skip
    assert layout.sizes == (5, 4)
    assert layout.dims["text"] == layout.dims["picture"] == 32
    assert layout.dims["behaviour"] > 1


def test_pictures_words_and_values_are_those_of_the_items():
    catalog, found = shop(), material()
    for place in (0, 9, 40):
        row = int(found.rows[place])
        opened = catalog.pictures.open(catalog.main_picture(row))
        assert np.abs(found.frames[place].astype(int) - frame(opened, (16, 16))).mean() < 2
        assert found.layout.values(found.codes[place]) == catalog.item(row).attributes
        named = FixedSpace().embed_texts([catalog.item(row).attributes["colour"]])[0]
        assert found.vectors["picture"][place] @ named > 0.99  # the space knows a picture by its colour


def test_what_an_item_lacks_is_zero_and_said():
    found = material()
    picture, words, nothing = LACKING, LACKING + 1, LACKING + 2
    assert not found.has["picture"][[picture, nothing]].any()
    assert not found.frames[[picture, nothing]].any()
    assert not found.vectors["picture"][[picture, nothing]].any()
    assert not found.has["text"][[words, nothing]].any()
    assert not found.vectors["text"][[words, nothing]].any()
    assert not found.has["attributes"][[words, nothing]].any()
    assert not found.codes[[words, nothing]].any()
    for name, missing in {"picture": 2, "text": 2, "attributes": 2, "behaviour": 0}.items():
        assert found.has[name].sum() == 48 - missing


def test_taste_vectors_are_unit_rows_that_know_who_likes_what():
    tastes = material().vectors["behaviour"]
    np.testing.assert_allclose(np.linalg.norm(tastes, axis=1), 1, atol=1e-5)
    same, other = tastes[0] @ tastes[1], tastes[0] @ tastes[30]  # two of one colour, two of different ones
    assert same > other + 0.3


def test_items_are_held_back_by_their_name_alone():
    big = Material.read(drawn_shop(40, size=16), None, 16)
    assert big.held.mean() == pytest.approx(1 / HELD, abs=0.02)
    few = Material.read(drawn_shop(40, size=16).restricted(np.arange(480) % 3 == 0), None, 16)
    assert np.array_equal(few.held, big.held[::3])
    where, held = big.where("picture"), big.where("picture", held=True)
    assert len(where) + len(held) == 480
    assert not np.isin(where, held).any()


def test_removed_items_are_not_there():
    catalog = shop().restricted(np.arange(48) != 3)
    found = Material.read(catalog, FixedSpace(), 16)
    assert len(found.rows) == 47
    assert 3 not in found.rows
    assert all(len(each) == 47 for each in (found.frames, found.codes, found.held, *found.has.values()))


def test_chosen_attributes_and_unknown_ones():
    assert list(Material.read(shop(), None, 16, ("shape",)).layout.attributes) == ["shape"]
    with pytest.raises(UnknownName, match="size"):
        Material.read(shop(), None, 16, ("size",))


def test_a_rare_value_is_not_known():
    items = [shop().item(row) for row in range(48)]
    items[20] = replace(items[20], attributes={"colour": "octarine", "shape": "square"})
    found = Material.read(Catalog.from_items(items, pictures=shop().pictures), None, 16)
    assert "octarine" not in found.layout.attributes["colour"]
    assert found.layout.values(found.codes[20]) == {"shape": "square"}


def test_without_a_space_there_are_no_vectors_and_without_pictures_no_frame():
    found = Material.read(shop(), None, 16)
    assert found.layout.dims["text"] == found.layout.dims["picture"] == 0
    assert not found.has["text"].any()
    bare = Material.read(shop().without_modality("picture", np.arange(48)), FixedSpace(), 16)
    assert bare.layout.shape == (0, 0)
    assert not bare.has["picture"].any()
    assert not bare.vectors["picture"].any()


def test_an_empty_shop_is_nothing_to_learn_from():
    with pytest.raises(FitError, match="no item"):
        Material.read(Catalog.from_items([]), FixedSpace(), 16)


def test_sides_are_multiples_of_eight_whatever_is_asked():
    for longer, side in ((16, 16), (20, 16), (30, 32)):
        assert Material.read(drawn_shop(1), None, longer).layout.shape == (side, side)


def test_what_is_known_of_places_follows_them():
    places = np.array([30, LACKING, 0])
    known = material().known(places)
    assert np.array_equal(known.codes.numpy(), material().codes[places])
    assert known.has["picture"].tolist() == [True, False, True]
    assert np.array_equal(known.vectors["text"].numpy(), material().vectors["text"][places])


def test_progress_is_told():
    events = []
    Material.read(drawn_shop(1), None, 16, observer=events.append)
    assert [type(event) for event in events] == [Started, Advanced, Advanced, Advanced, Finished]


LAYOUT = Layout((64, 48), {"kind": ("shirt", "shoe"), "colour": ("red", "green", "blue")}, {"text": 3})


def test_codes_and_values_are_each_others_way_back():
    asked = [{"colour": "green"}, {"kind": "shoe", "colour": "red"}, {}]
    codes = LAYOUT.codes(asked)
    assert codes.tolist() == [[0, 2], [2, 1], [0, 0]]
    assert [LAYOUT.values(row) for row in codes] == asked
    assert LAYOUT.codes([]).shape == (0, 2)
    assert LAYOUT.sizes == (3, 4)


def test_a_layout_comes_back_from_json():
    assert Layout.read(json.loads(json.dumps(asdict(LAYOUT)))) == LAYOUT
    with pytest.raises(TypeError):
        Layout.read({"shape": 3, "attributes": {}, "dims": {}})


def test_what_does_not_fit_is_said_with_what_does():
    LAYOUT.check({"kind": "shirt"}, {"text": np.zeros(3, np.float32)})
    with pytest.raises(UnknownName, match="unknown attribute 'kin'") as error:
        LAYOUT.check({"kin": "shirt"}, {})
    assert "'kind'" in error.value.hint
    with pytest.raises(UnknownName, match="unknown colour 'grean'") as error:
        LAYOUT.check({"colour": "grean"}, {})
    assert "'green'" in error.value.hint
    with pytest.raises(InputError, match=r"\(4,\)") as error:
        LAYOUT.check({}, {"text": np.zeros(4, np.float32)})
    assert "3 numbers" in error.value.hint
