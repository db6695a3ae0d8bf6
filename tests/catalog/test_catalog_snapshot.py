"""Catalogs: rows, types of attributes, columns, hiding parts of it, precomputed features."""

import math

import numpy as np
import pytest

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.columns import cast, infer
from tastemaker.catalog.features import Features, misfits, read_features
from tastemaker.catalog.interactions import Interactions
from tastemaker.catalog.items import Item, render, words_of
from tastemaker.core.errors import InputError, UnknownName

ITEMS = [
    Item("a", "Dress", "long", ("a.jpg", "b.jpg"), 10.0, True, "wardrobe", {"colour": "red", "tags": ("x", "y")}),
    Item("b", "Sofa", "soft", (), None, False, "home", {"colour": "blue", "width": 180.0}),
    Item("c", attributes={"tags": "y|z", "width": "95.5", "new": "yes"}),
]
EVENTS = Interactions(
    ("u", "v"), 3, np.array([0, 1, 0]), np.array([0, 1, 2]), np.array([1.0, 5.0, -1.0], np.float32), np.arange(3.0)
)


@pytest.fixture
def catalog():
    return Catalog.from_items(ITEMS, EVENTS)


def test_rows_and_ids_are_each_others_inverse(catalog):
    assert catalog.rows(["c", "a"]).tolist() == [2, 0]
    assert [catalog.ids[row] for row in (2, 0)] == ["c", "a"]
    assert catalog.has("a")
    assert not catalog.has("zz")


def test_an_unknown_item_lists_its_neighbours():
    with pytest.raises(UnknownName) as caught:
        Catalog.from_items([Item("sku-17"), Item("sku-18")]).row("sku-71")
    assert "sku-17" in caught.value.hint


INFERRED = {
    "number": (["1", "2.5", "-3"], "number"),
    "number mixed": ([1.0, "2"], "number"),
    "codes keep their zeros": (["0123", "0456", "0123"], "category"),
    "words": (["red", "blue", "red"], "category"),
    "yes and no": (["yes", "no", "YES"], "flag"),
    "zero and one": (["0", "1", "0"], "flag"),
    "only ones": (["1", "1"], "number"),
    "bools": ([True, False], "flag"),
    "separated": (["a|b", "c", "d|e"], "list"),
    "tuples": ([("a",), ("b", "c")], "list"),
    "sentences": ([f"a sentence of more than a few words, number {n}" for n in range(60)], "text"),
    "all distinct": ([f"code-{n}" for n in range(100)], "text"),
    "names, one of them long": ([*(f"Ann Lee {n % 40}" for n in range(80)), "x" * 200], "category"),
    "infinite": (["inf", "nan"], "category"),
    "underscores": (["1_000", "2"], "category"),
}


@pytest.mark.parametrize("case", INFERRED)
def test_types_are_inferred(case):
    values, expected = INFERRED[case]
    assert infer(values) == expected


@pytest.mark.parametrize(
    ("value", "type", "expected"),
    [
        ("12", "number", 12.0),
        ("twelve", "number", None),
        (3.0, "category", "3"),
        (True, "category", "true"),
        ("a| b|", "list", ("a", "b")),
        ("", "list", None),
        ("No", "flag", False),
        (1.0, "flag", True),
        (7.0, "flag", None),
        (("a", "b"), "text", "a, b"),
    ],
)
def test_values_are_cast_to_the_type_of_their_attribute(value, type, expected):
    assert cast(value, type) == expected


def test_columns_are_typed_and_aligned(catalog):
    assert catalog.column("colour").tolist() == ["red", "blue", ""]
    assert catalog.column("tags") == [("x", "y"), (), ("y", "z")]
    assert catalog.column("new").tolist() == [False, False, True]
    width = catalog.column("width")
    assert math.isnan(width[0])
    assert width[1:].tolist() == [180.0, 95.5]
    assert catalog.column("department").tolist() == ["wardrobe", "home", ""]
    assert catalog.column("price")[0] == 10.0
    assert math.isnan(catalog.column("price")[1])
    assert catalog.column("id").tolist() == ["a", "b", "c"]
    with pytest.raises(ValueError, match="read-only"):
        width[0] = 1


def test_an_unknown_attribute_lists_its_neighbours(catalog):
    for ask in (catalog.column, catalog.spec):
        with pytest.raises(UnknownName) as caught:
            ask("color")
        assert "'colour'" in caught.value.hint


def test_specs_say_what_is_known(catalog):
    tags, width = catalog.attributes["tags"], catalog.attributes["width"]
    assert (tags.type, dict(tags.values), tags.coverage) == ("list", {"y": 2, "x": 1, "z": 1}, pytest.approx(2 / 3))
    assert (width.low, width.high) == (95.5, 180.0)
    assert catalog.spec("price").coverage == pytest.approx(1 / 3)


def test_settings_have_the_last_word_on_types():
    years = [Item(str(year), attributes={"year": str(year)}) for year in (1999, 2000, 1999)]
    assert Catalog(years).attributes["year"].type == "number"
    typed = Catalog(years, types={"year": "category"})
    assert dict(typed.attributes["year"].values) == {"1999": 2, "2000": 1}
    assert typed.item(0).attributes == {"year": "1999"}


def test_items_come_typed(catalog):
    assert catalog.item(2).attributes == {"tags": ("y", "z"), "width": 95.5, "new": True}
    assert catalog.raw_item(2).attributes["width"] == "95.5"
    assert words_of(catalog.item(2)) == "new. tags y, z. width 95.5"
    assert render("is_new", False) == ""


def test_availability_prices_and_pictures(catalog):
    assert catalog.available.tolist() == [True, False, True]
    assert np.isnan(catalog.prices).tolist() == [False, True, True]
    assert [catalog.main_picture(row) for row in range(3)] == ["a.jpg", "", ""]
    assert catalog.images(0) == ("a.jpg", "b.jpg")


def test_a_restricted_catalog_has_lost_items_and_their_events(catalog):
    smaller = catalog.restricted(np.array([False, True, True]))
    assert (smaller.size, smaller.alive.tolist()) == (3, [False, True, True])
    assert smaller.interactions.row.tolist() == [1, 2]
    assert not smaller.has("a")
    with pytest.raises(UnknownName):
        smaller.row("a")
    assert smaller.attributes["colour"].coverage == 0.5
    assert catalog.has("a")
    assert len(catalog.interactions) == 3


def test_other_events_share_what_was_made_of_the_items(catalog):
    made = catalog.types, catalog.prices, catalog.available, catalog.attributes, catalog.ids, catalog.column("width")
    other = catalog.with_interactions(EVENTS.where(EVENTS.row == 1))
    shared = other.types, other.prices, other.available, other.attributes, other.ids, other.column("width")
    assert all(one is two for one, two in zip(made, shared, strict=True))
    assert (len(other.interactions), len(catalog.interactions)) == (1, 3)
    assert len(catalog.without_interactions().interactions) == 0
    assert other.column("colour") is catalog.column("colour")  # made after they parted
    assert catalog.same_items(other)
    featured = catalog.with_features({"sound": np.ones((3, 2), np.float32)})
    assert featured.prices is catalog.prices
    assert set(featured.features) == {"sound"}
    assert not catalog.features


def test_what_has_other_items_or_features_is_not_the_same(catalog):
    assert not catalog.same_items(Catalog.from_items(ITEMS, EVENTS))
    assert not catalog.same_items(catalog.restricted(np.array([True, False, True])))
    assert not catalog.same_items(catalog.with_features({}))
    assert not catalog.same_items(catalog.without_modality("text", np.array([0])))
    assert catalog.same_items(catalog.without_modality("behaviour", np.array([0])))


def test_modalities_can_be_hidden(catalog):
    row = np.array([0])
    assert catalog.without_modality("picture", row).main_picture(0) == ""
    assert catalog.without_modality("text", row).item(0).title == ""
    assert catalog.without_modality("attributes", row).item(0).attributes == {}
    assert catalog.without_modality("behaviour", row).interactions.row.tolist() == [1, 2]
    assert catalog.item(0).title == "Dress"
    assert catalog.without_modality("picture", row).item(0).title == "Dress"


def test_an_empty_catalog_is_one():
    empty = Catalog.from_items([])
    assert (empty.size, empty.ids, len(empty.interactions), dict(empty.attributes)) == (0, [], 0, {})
    assert empty.interactions.matrix().shape == (0, 0)


def test_interactions_as_matrix_counts_and_histories():
    assert EVENTS.matrix().toarray().tolist() == [[1, 0, 0], [0, 1, 0]]
    assert EVENTS.counts().tolist() == [1, 1, 0]
    first, second = EVENTS.histories()
    assert (first.rows.tolist(), second.rows.tolist()) == ([0, 2], [1])
    assert first.seen.tolist() == [0, 2]


def write_features(folder, vectors, ids):
    paths = (folder / "x.npy", folder / "x.ids")
    np.save(paths[0], vectors)
    paths[1].write_text("".join(f"{id}\n" for id in ids))
    return paths


def test_features_are_aligned_to_rows(tmp_path):
    paths = write_features(tmp_path, np.array([[1, 2], [3, 4], [5, 6]], np.float16), ["c", "gone", "a"])
    features = Features({"x": paths}, ["a", "b", "c"])
    assert features["x"][[0, 2]].tolist() == [[5, 6], [1, 2]]
    assert np.isnan(features["x"][1]).all()
    assert list(features) == ["x"]


def test_features_that_hold_objects_are_not_unpacked(tmp_path):
    paths = write_features(tmp_path, np.array([{"a": 1}], object), ["a"])
    with pytest.raises(InputError, match="cannot be read"):
        read_features(*paths)


@pytest.mark.parametrize("vectors", [np.zeros(3), np.zeros((2, 3)), np.array([["a"]] * 3)])
def test_features_must_be_a_matrix_with_an_id_a_row(tmp_path, vectors):
    with pytest.raises(InputError):
        read_features(*write_features(tmp_path, vectors, ["a", "b", "c"]))


def test_what_is_odd_about_features_is_said():
    vectors = np.array([[1.0, 2.0], [np.nan, 0.0], [3.0, 4.0]], np.float32)
    assert misfits(vectors, ["a", "a", "x"], ["a", "b"]) == [
        "1 ids are there twice; the last of them counts",
        "1 ids are those of no item",
        "1 rows hold something that is no number; they count as missing",
    ]
    assert misfits(vectors[:1], ["a"], ["a", "b"]) == []
