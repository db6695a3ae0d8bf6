import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.core.errors import FilterError
from tastemaker.core.ranking import Facet
from tastemaker.index.conditions import And, Compare, Flag, Not, OneOf, Or
from tastemaker.index.filters import Filter, of_facets, parse
from tastemaker.index.grammar import MAX_DEPTH

ITEMS = [
    Item(
        "a",
        "Red dress",
        "linen",
        price=60.0,
        department="wardrobe",
        attributes={"colour": "Red", "waterproof": False, "sleeve length": "long"},
    ),
    Item(
        "b",
        "Navy coat",
        "wool",
        price=120.0,
        department="wardrobe",
        attributes={"colour": "navy blue", "waterproof": True},
    ),
    Item("c", "Sofa", "velvet", available=False, department="home", attributes={"colour": "blue", "width": 210.0}),
    Item(
        "d",
        "Heat",
        "crime in L.A.",
        price=9.5,
        department="screen",
        attributes={"genres": ("Crime", "Drama"), "year": 1995.0},
    ),
    Item("A", "Levi's jeans", "", price=80.0, attributes={"waterproof": True}),
]
CATALOG = Catalog.from_items(ITEMS)


def kept(where, catalog=CATALOG):
    return "".join(str(catalog.ids[row]) for row in np.flatnonzero(parse(where).mask(catalog)))


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ("", "abcdA"),
        ("  \n", "abcdA"),
        ("price < 80", "ad"),
        ("price <= 80", "adA"),
        ("price > 60 and price <= 120", "bA"),
        ("price = 9.5", "d"),
        ("price != 60", "bcdA"),
        ("price < €80", "ad"),
        ("not price < 80", "bcA"),
        ("colour = RED", "a"),
        ("colour = navy blue", "b"),
        ("colour = 'navy blue' or colour=red", "ab"),
        ("colour contains blue", "bc"),
        ("colour in (red, navy blue)", "ab"),
        ("colour not in (red, navy blue)", "cdA"),
        ("colour != red", "bcdA"),
        ("colour = mauve", ""),
        ("Colour = red", "a"),
        ("'sleeve length' = long", "a"),
        ("sleeve_length = long", "a"),
        ("sleeve length = long", "a"),
        ("waterproof", "bA"),
        ("not waterproof", "acd"),
        ("waterproof = no", "acd"),
        ("waterproof != true", "acd"),
        ("available and waterproof", "bA"),
        ("not available", "c"),
        ("genres contains crime", "d"),
        ("genres = DRAMA", "d"),
        ("genres not contains crime", "abcA"),
        ("genres in (comedy, drama)", "d"),
        ("year in (1995, 1996)", "d"),
        ("title = Levi's jeans", "A"),
        ('title contains "levi\'s"', "A"),
        ("id = A", "A"),
        ("id in (a, d)", "ad"),
        ("department in (wardrobe, home) and not (colour = red or price > 100)", "c"),
        ("price < 80 or waterproof and price > 100", "abd"),
        ("(price < 80 or waterproof) and price > 100", "b"),
        ("NOT NOT waterproof", "bA"),
        ("title contains ''; drop table items; --'", None),
    ],
)
def test_what_a_filter_keeps(where, ids):
    if ids is None:
        with pytest.raises(FilterError):
            parse(where)
    else:
        assert kept(where) == ids


def test_items_that_are_gone_are_never_kept():
    some = CATALOG.restricted(np.array([True, False, True, True, True]))
    assert kept("not price > 1000", some) == "acdA"
    assert kept("", some) == "acdA"


@pytest.mark.parametrize(
    ("where", "message", "hint"),
    [
        ("color = red", "unknown attribute 'color' at position 1", "did you mean 'colour'"),
        ("price < 80 and colr = red", "unknown attribute 'colr' at position 16", "'colour'"),
        ("price < cheap", "'price' at position 1 of the filter is a number: 'cheap' is no number", "price < 80"),
        ("price < nan", "is no number", ""),
        ("price < 1_000", "is no number", ""),
        ("price contains 5", "'contains' needs a list or a text", ""),
        ("colour < red", "'<' needs a number", "colour in (VALUE, VALUE)"),
        ("colour", "is a category: it needs a comparison", "colour = VALUE"),
        ("waterproof = maybe", "yes or no", "not waterproof"),
        ("waterproof > 1", "yes or no", ""),
        ("price <", "expected a value at position 8 of the filter, not the end", ""),
        ("price < and", "expected a value at position 9", "put quotes around 'and'"),
        ("(price < 80", "expected 'and', 'or' or ')' at position 12", ""),
        ("price < 80)", "expected 'and', 'or' or the end at position 11", ""),
        ("colour in red", "expected '(' and values at position 11", ""),
        ("colour in ()", "expected a value at position 12", ""),
        ("colour in (red", "expected ',' or ')'", ""),
        ("colour not red", "expected 'in' or 'contains' at position 12", ""),
        ("colour = 'red", "a quote is opened and not closed at position 10", ""),
        ("colour ! red", "'!' is not expected at position 8", ""),
        ("and", "expected the name of an attribute at position 1", ""),
        ("not", "expected the name of an attribute", ""),
        ("__import__('os').system('true')", "expected", ""),
    ],
)
def test_what_a_filter_says_when_it_cannot_be_read(where, message, hint):
    with pytest.raises(FilterError) as caught:
        parse(where).mask(CATALOG)
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    "where",
    ["(" * 5000, "not " * 2000 + "available", "(" * 60 + "available" + ")" * 60, "available or " * 9000 + "available"],
)
def test_deep_and_long_filters_are_refused(where):
    with pytest.raises(FilterError):
        parse(where)


def test_nesting_up_to_the_limit_is_read():
    assert kept("(" * MAX_DEPTH + "waterproof" + ")" * MAX_DEPTH) == "bA"
    assert kept(" and ".join(["(waterproof)"] * 200)) == "bA"


PIECES = ["(", ")", "not", "and", "or", "in", "price", "<", "=", "80", "'", '"', ",", "colour", "\\", "contains"]
WORDS = st.text(max_size=12)
LEAVES = st.one_of(
    st.builds(Compare, WORDS, st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "contains"]), WORDS),
    st.builds(OneOf, WORDS, st.lists(WORDS, min_size=1, max_size=3).map(tuple)),
    st.builds(Flag, WORDS),
)


def grown(leaves):
    def parts(inner):
        return st.lists(inner, min_size=2, max_size=3).map(tuple)

    return st.recursive(
        leaves,
        lambda inner: st.one_of(st.builds(Not, inner), st.builds(And, parts(inner)), st.builds(Or, parts(inner))),
        max_leaves=8,
    )


@settings(max_examples=300, deadline=None)
@given(grown(LEAVES))
def test_a_tree_reads_back_from_what_it_prints(tree):
    assert parse(str(tree)) == Filter(tree)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=15).map(" ".join)))
def test_any_text_is_read_or_refused_with_a_filter_error(where):
    try:
        mask = parse(where).mask(CATALOG)
    except FilterError as error:
        said = error.message
    else:
        said = "read" if mask.shape == (CATALOG.size,) else ""
    assert said


CATEGORIES, LISTED = ["", "red", "Blue", "navy blue"], ["Comedy", "drama", "crime"]
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(CATEGORIES),
        st.one_of(st.none(), st.sampled_from([1.0, 2.5, 80.0])),
        st.booleans(),
        st.lists(st.sampled_from(LISTED), unique=True, max_size=2),
    ),
    min_size=1,
    max_size=8,
)
TYPED = st.one_of(
    st.builds(
        Compare,
        st.just("colour"),
        st.sampled_from(["=", "!=", "contains"]),
        st.sampled_from(["RED", "blue", "navy", "green"]),
    ),
    st.builds(OneOf, st.just("colour"), st.lists(st.sampled_from(["red", "BLUE", "pink"]), min_size=1).map(tuple)),
    st.builds(
        Compare,
        st.just("price"),
        st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
        st.sampled_from(["1", "2.5", "80", "-3"]),
    ),
    st.builds(
        Compare, st.just("genres"), st.sampled_from(["=", "!=", "contains"]), st.sampled_from(["comedy", "DRAMA"])
    ),
    st.builds(Flag, st.just("vegan")),
    st.builds(Compare, st.just("vegan"), st.sampled_from(["=", "!="]), st.sampled_from(["yes", "no"])),
)


def holds(tree, colour, price, vegan, genres):
    """One item at a time, in plain Python: what the mask must agree with."""
    if isinstance(tree, Not):
        return not holds(tree.part, colour, price, vegan, genres)
    if isinstance(tree, And):
        return all(holds(part, colour, price, vegan, genres) for part in tree.parts)
    if isinstance(tree, Or):
        return any(holds(part, colour, price, vegan, genres) for part in tree.parts)
    if isinstance(tree, Flag):
        return vegan
    if isinstance(tree, OneOf):
        return colour.lower() in [value.lower() for value in tree.values]
    if tree.op == "!=":
        return not holds(Compare(tree.name, "=", tree.value), colour, price, vegan, genres)
    value = tree.value.lower()
    if tree.name == "colour":
        return bool(colour) and (value in colour.lower() if tree.op == "contains" else value == colour.lower())
    if tree.name == "genres":
        return value in [genre.lower() for genre in genres]
    if tree.name == "vegan":
        return vegan == (value == "yes")
    number, bound = (math.nan if price is None else price), float(value)
    return {
        "=": number == bound,
        "<": number < bound,
        "<=": number <= bound,
        ">": number > bound,
        ">=": number >= bound,
    }[tree.op]


@settings(max_examples=200, deadline=None)
@given(PEOPLE, grown(TYPED))
def test_the_mask_agrees_with_one_item_at_a_time(people, tree):
    full = ("red", 1.0, True, ["Comedy", "drama"])  # so that every attribute exists and is of its type
    people = [full, ("blue", 2.5, False, ["crime"]), *people]
    items = []
    for n, (colour, price, vegan, genres) in enumerate(people):
        attributes = {"colour": colour, "vegan": vegan, "genres": tuple(genres)}
        items.append(Item(f"i{n}", price=price, attributes={k: v for k, v in attributes.items() if v not in ("", ())}))
    mask = Filter(tree).mask(Catalog.from_items(items))
    assert mask.tolist() == [holds(tree, *person) for person in people]


def test_hard_facets_become_a_filter_and_soft_ones_do_not():
    facets = [
        Facet("price", "<", "100", hard=True),
        Facet("colour", "=", "red"),
        Facet("colour", "!=", "navy blue", hard=True),
        Facet("words", "!=", "sleeves", hard=True),
        Facet("waterproof", "=", "waterproof", hard=True),
    ]
    found = of_facets(facets)
    assert str(found) == 'price < 100 and colour != "navy blue" and waterproof = waterproof'
    assert np.flatnonzero(found.mask(CATALOG)).tolist() == [4]
    assert of_facets([]) == parse("")


def test_filters_combine():
    both = parse("waterproof") & parse("price < 100 or price > 200")
    assert str(both) == "waterproof and (price < 100 or price > 200)"
    assert np.flatnonzero(both.mask(CATALOG)).tolist() == [4]
    assert parse("") & parse("waterproof") == parse("waterproof")
    assert parse("") & parse("") == Filter()
