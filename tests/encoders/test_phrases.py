import numpy as np
import pytest

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.encoders.phrases import parts_of, spoken, view, vocabulary_texts
from tastemaker.encoders.tokens import Tokens

ITEMS = [
    Item(
        "a", "Red dress", "A long dress for summer", department="wardrobe", attributes={"colour": "red", "stars": 4.0}
    ),
    Item("b", "Villa", attributes={"latitude": 44.373257, "stars": 5.0, "pool": True}),
    Item("c", attributes={"latitude": 12.5, "pool": False}),
    Item("d"),
]


@pytest.fixture
def parts():
    catalog = Catalog.from_items(ITEMS)
    names = spoken(catalog)
    items = [catalog.item(row) for row in range(4)]
    return parts_of(items, names, Tokens.fit(vocabulary_texts(items, names), min_count=1))


def test_measurements_are_no_words():
    assert spoken(Catalog.from_items(ITEMS)) == {"colour", "stars", "pool"}


def test_each_attribute_is_a_part_and_a_false_flag_says_nothing(parts):
    assert [len(part.facts) for part in parts] == [3, 2, 0, 0]
    assert [bool(part) for part in parts] == [True, True, False, False]
    assert parts[3].whole == []


def test_views_hold_words_of_the_item_and_nothing_else(parts):
    rng = np.random.default_rng(0)
    views = [view(parts[0], rng) for _ in range(300)]
    assert set().union(*views) == set(parts[0].whole)
    assert min(map(len, views)) >= 1
    lengths = {len(each) for each in views}
    assert len(lengths) > 5  # from a word or two to everything
    assert views == [view(parts[0], rng) for rng in [np.random.default_rng(0)] for _ in range(300)]


def test_some_views_are_the_name_alone_and_some_attributes_alone(parts):
    rng = np.random.default_rng(1)
    views = [set(view(parts[0], rng, drop=0)) for _ in range(200)]
    title, facts = set(parts[0].title), {token for fact in parts[0].facts for token in fact.name + fact.value}
    assert title in views
    assert any(each and each <= facts and not each <= title for each in views)


def test_a_long_description_is_read_in_runs():
    item = Item("x", "name", " ".join(f"word{i}" for i in range(300)))
    tokens = Tokens.fit([item.title + " " + item.text], min_count=1)
    (part,) = parts_of([item], frozenset(), tokens)
    assert max(len(view(part, np.random.default_rng(i))) for i in range(50)) <= 33 + len(part.title)


def test_a_fact_is_said_with_and_without_its_name(parts):
    colour = parts[0].facts[1]
    assert colour.name
    assert colour.value
    views = [set(view(parts[0], np.random.default_rng(i), drop=0)) for i in range(100)]
    values = set(colour.value) - set(parts[0].title)
    assert not values or any(values <= each and not set(colour.name) & each for each in views)
    assert any(set(colour.name) <= each for each in views)


def test_fillers_are_put_in_now_and_then(parts):
    views = [view(parts[0], np.random.default_rng(i), (901, 902)) for i in range(200)]
    share = np.mean([bool({901, 902} & set(each)) for each in views])
    assert 0.1 < share < 0.4
