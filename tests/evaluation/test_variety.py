"""Beyond accuracy, by hand."""

import math

import numpy as np
import pytest

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History, Interactions
from tastemaker.catalog.items import Item
from tastemaker.evaluation import variety
from tastemaker.evaluation.cases import Case
from tastemaker.evaluation.variety import Shelf


def rows(*values):
    return np.array(values, np.int64)


def case(*history):
    return Case("a", rows(9), rows(*history), history=History.of(history))


QUERY = Case("q", rows(1), rows())
SHELF = Shelf(fame=rows(7, 3, 1, 0), people=7)


def test_novelty_is_the_mean_surprise_in_bits():
    found = variety.novelty([rows(0), rows(1, 3), rows()], SHELF)
    assert found[:2] == pytest.approx([0, (1 + 3) / 2])  # log2(8 / 8); log2(8 / 4), log2(8 / 1)
    assert np.isnan(found[2])


def test_lift_compares_with_what_the_person_chose():
    cases = [case(1), case(0, 1), case(3), QUERY, case(0)]
    found = variety.lift([rows(0), rows(0, 1), rows(0), rows(0), rows(3, 3)], cases, SHELF)
    assert found[:2] == pytest.approx([math.log2(7 / 3), 0])
    assert np.isnan(found[2:4]).all()  # nobody chose what this person chose; a query has no history
    assert found[4] == pytest.approx(math.log2((1 / 2) / 7))  # what nobody chose counts as half a person of two


def test_dislikes_are_no_choices():
    disliked = History(rows(0, 1), np.array([1, -1], np.float32), np.zeros(2))
    only = Case("a", rows(9), rows(0, 1), history=disliked)
    assert variety.lift([rows(0)], [only], SHELF) == pytest.approx([0])


def test_diversity_is_one_less_the_mean_cosine_of_pairs():
    vectors = np.array([[1, 0], [0, 1], [-1, 0], [0, 0]], np.float32)
    tops = [rows(0, 1), rows(0, 2), rows(0, 1, 2), rows(0, 0), rows(0, 3), rows(0)]
    found = variety.diversity(tops, vectors)
    assert found[:4] == pytest.approx([1, 2, 1 + 1 / 3, 0])
    assert np.isnan(found[4:]).all()  # one vector makes no pair


def test_calibration_is_the_divergence_of_the_mixes():
    kinds = np.array([[1, 0], [1, 0], [0, 1], [0, 0]], np.float32)
    cases = [case(0, 2), case(0, 2), case(0), case(3), QUERY]
    found = variety.calibration([rows(1, 2), rows(0, 1), rows(2), rows(0), rows(0)], cases, kinds)
    half = 0.5 * math.log2(0.5 / (0.99 + 0.005)) + 0.5 * math.log2(0.5 / 0.005)
    assert found[:3] == pytest.approx([0, half, math.log2(1 / 0.01)], abs=1e-6)
    assert np.isnan(found[3:]).all()


@pytest.mark.parametrize(
    ("shown", "value"), [((5, 5, 5, 5), 0), ((0, 0, 0, 8), 3 / 4), ((1, 3), 1 / 4), ((0, 0), 0), ((3,), 0)]
)
def test_gini(shown, value):
    assert variety.gini(rows(*shown)) == pytest.approx(value)


def test_the_interval_of_gini_holds_it_and_a_steady_shop_has_none():
    steady = [rows(0, 1)] * 40
    assert variety.gini_interval(steady, np.arange(4), 4, 2) == (0.5, 0.5, 0.5)
    rng = np.random.default_rng(1)
    mixed = [rng.permutation(10)[:3] for _ in range(60)]
    value, low, high = variety.gini_interval(mixed, np.arange(10), 10, 3)
    counts = np.bincount(np.concatenate(mixed), minlength=10)
    assert value == pytest.approx(variety.gini(counts))
    assert 0 <= low < value < high < 0.5


def test_a_shelf_reads_a_catalog():
    one = np.ones(4, np.float32)
    events = Interactions(("a", "b"), 3, rows(0, 0, 1, 1), rows(0, 0, 0, 1), one * [1, 1, 1, -1], np.zeros(4))
    items = [Item(str(row), department=name) for row, name in enumerate(("shoes", "hats", ""))]
    shelf = Shelf.of(Catalog.from_items(items, events), ItemVectors(np.eye(3, dtype=np.float32), {}))
    assert shelf.fame.tolist() == [2, 0, 0]  # twice is once, a dislike is none
    assert shelf.people == 2
    assert shelf.attribute == "department"
    assert shelf.kinds.tolist() == [[0, 1], [1, 0], [0, 0]]


def test_kinds_are_a_category_or_a_list_that_most_items_have():
    def shelf(**attributes):
        held = [{name: values[row] for name, values in attributes.items() if values[row]} for row in range(4)]
        return Shelf.of(Catalog.from_items([Item(str(row), attributes=held[row]) for row in range(4)]), None)

    genres = shelf(genres=(("a", "b"), ("b",), ("a",), ()), colour=("red", "", "", "blue"), one=("x",) * 4)
    assert genres.attribute == "genres"
    assert genres.kinds.tolist() == [[0.5, 0.5], [0, 1], [1, 0], [0, 0]]
    none = shelf(colour=("red", "", "", "blue"))
    assert (none.attribute, none.kinds) == ("", None)


def test_what_no_case_has_is_left_out():
    measured = variety.measures([rows(0, 1)], [QUERY], SHELF, 2)
    assert set(measured) == {"novelty"}
    assert measured["novelty"] == pytest.approx([0.5])
    assert variety.measures([rows(0, 1)], [QUERY], SHELF, 1)["novelty"] == pytest.approx([0])
