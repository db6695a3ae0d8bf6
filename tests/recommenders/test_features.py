import numpy as np
import pytest

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.recommenders import features

EQUAL = {"words": 1.0, "labels": 1.0, "names": 1.0, "numbers": 1.0}


def films(years=(1990, 1991, 2010)):
    return Catalog.from_items([
        Item("a", "The Long Night (1990)", attributes={"genres": ("Crime", "Drama"), "cast": "Ann Lee, Bo Ray"}),
        Item("b", f"Night Train ({years[1]})", attributes={"genres": ("Crime",), "cast": "Bo Ray, Cy Orr"}),
        Item("c", f"Sunny ({years[2]})", attributes={"genres": ("Comedy",), "cast": "Dee Fox, Eli Moe"}),
        Item("d"),
    ])  # fmt: skip


def alike(catalog, weights):
    table = features.learn(catalog, np.arange(catalog.size)).read(catalog, np.arange(catalog.size), weights)
    return (table @ table.T).toarray()


def test_words_labels_numbers_each_make_items_alike():
    nothing = dict.fromkeys(EQUAL, 0.0)
    for block in ("words", "labels", "numbers"):
        near = alike(films(), nothing | {block: 1.0})
        assert near[0, 1] > near[0, 2]
        assert near[3].tolist() == [0, 0, 0, 0]  # of nothing, nothing


def test_every_block_has_its_own_length():
    near = alike(films(), {"words": 0.2, "labels": 0.3, "names": 9.0, "numbers": 0.1})
    assert near[0, 0] == pytest.approx(0.6, abs=1e-5)  # no attribute has enough values to name things


def test_a_comma_list_gives_its_parts_and_a_sentence_does_not():
    assert features.labels_in(films().item(1))[-2:] == ["cast=bo ray", "cast=cy orr"]
    story = Item("x", attributes={"plot": "A man walks into a very long bar, and never comes out again"})
    assert features.labels_in(story) == []
    assert "bar" in features.words_in(story)


def test_attributes_with_many_values_name_things():
    items = [
        Item(str(n), attributes={"brand": f"brand {n % 60}", "colour": ("red", "blue")[n % 2]}) for n in range(200)
    ]
    learned = features.learn(Catalog.from_items(items), np.arange(200))
    assert len(learned.names) == 60
    assert sorted(learned.labels) == ["colour=blue", "colour=red"]


def test_a_number_is_near_its_neighbours():
    catalog = Catalog.from_items([Item(str(n), price=float(n)) for n in range(1, 101)])
    near = alike(catalog, EQUAL)
    assert near[50, 52] > near[50, 60] > near[50, 90]


def test_a_new_item_is_read_by_what_was_learned():
    learned = features.learn(films(), np.arange(4))
    grown = Catalog.from_items([*(films().item(row) for row in range(4)), Item("e", "Night of crime (1990)")])
    table = learned.read(grown, np.arange(5), EQUAL)
    near = (table @ table[4].T).toarray().ravel()
    assert near[0] > near[2]
    assert table.shape[1] == learned.width


def test_restored_is_what_was_stored():
    learned = features.learn(films(), np.arange(4))
    again = features.restore(learned.tensors("x."), "x.")
    before, after = (f.read(films(), np.arange(4), EQUAL).toarray() for f in (learned, again))
    assert np.array_equal(before, after)
    empty = features.learn(Catalog.from_items([Item("a")]), np.arange(1))
    assert features.restore(empty.tensors(""), "").width == 0


def test_a_digest_changes_with_what_is_read():
    one, other = features.digests(films(), None), features.digests(films(years=(1990, 1999, 2010)), None)
    assert (one == other).tolist() == [True, False, True, True]
    assert (features.digests(films().restricted(np.array([True, True, False, True])), None) == 0).tolist() == [
        False, False, True, False,
    ]  # fmt: skip


def test_a_number_with_a_unit_is_a_number_and_a_size_is_a_label():
    item = Item("x", attributes={"runtime": "101 min", "weight": "1.5 kg", "size": "3XL", "cast": "Ann Lee, Bo Ray"})
    assert dict(features.numbers_in(item)) == {"attribute runtime in min": 101.0, "attribute weight in kg": 1.5}
    assert features.labels_in(item) == ["size=3xl", "cast=ann lee", "cast=bo ray"]
