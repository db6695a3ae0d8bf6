import numpy as np
import pytest

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.index.filters import parse
from tastemaker.index.near import near_misses, say

PRICES = {"red": [62.0, 70.0, 74.0, 120.0], "blue": [20.0, 30.0]}
ITEMS = [
    Item(
        f"{colour}{n}",
        price=price,
        attributes={"colour": colour, "waterproof": colour == "blue", "width": 100.0 + n, "left": 0.0},
    )
    for colour, prices in PRICES.items()
    for n, price in enumerate(prices)
]
CATALOG = Catalog.from_items([*ITEMS, Item("free", attributes={"colour": "green"})])


@pytest.mark.parametrize(
    ("where", "notes"),
    [
        ("colour = red and price < 60", ["nothing red under 60; 3 under 75; 2 without “red”"]),
        ("colour = blue and price >= 55", ["nothing blue over 55; 2 over 15; 4 without “blue”"]),
        ("colour = red and waterproof", ["nothing red waterproof; 4 without “waterproof”; 2 without “red”"]),
        ("price < 10", ["nothing under 10; 3 under 65"]),
        ("width > 500 and not waterproof", ["nothing width over 500 not waterproof; 3 width over 100"]),
        ("colour = reed", ["nothing here has colour “reed”; did you mean red or green?"]),
        ("colour = mauve", ["nothing here has colour “mauve”; there is red, blue, green"]),
        ("price < 25 and price > 500", ["nothing under 25 over 500; 1 over 15"]),
        ("price < 45 and left > 500", ["nothing under 45 left over 500; 2 without “left over 500”"]),
        ("colour = green and price < 60", ["nothing green under 60; 2 without “green”"]),
        ("colour = red", []),
        ("", []),
    ],
)
def test_what_is_said_of_an_empty_result(where, notes):
    assert list(near_misses(parse(where), CATALOG)) == notes


def test_only_rows_that_count_are_offered():
    few = np.array([item.id in ("red0", "blue0") for item in ITEMS] + [False])
    assert near_misses(parse("colour = red and price < 60"), CATALOG, within=few) == (
        "nothing red under 60; 1 under 65; 1 without “red”",
    )


def test_the_offer_holds():
    """Whoever takes the way on finds as many items as were promised."""
    assert parse("colour = red and price < 75").mask(CATALOG).sum() == 3


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("colour in (red, blue) and price <= 5", "red or blue under 5"),
        ("colour != red", "not red"),
        ("waterproof and year = 1995", "waterproof year 1995"),
        ("not (genre contains comedy or genre = drama)", "not comedy or drama"),
    ],
)
def test_conditions_in_words(where, words):
    condition = parse(where).condition
    assert condition is not None
    assert say(condition) == words
