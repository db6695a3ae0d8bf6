import pytest

from tastemaker.alignment.language.turns import overrules, understand_turns
from tastemaker.alignment.language.vocabulary import Vocabulary
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.core.ranking import Facet

WORDS = Vocabulary(
    Catalog.from_items(
        [
            Item("a", "A", attributes={"colour": "red", "sleeves": "long sleeves"}, price=10.0),
            Item("b", "B", attributes={"colour": "blue", "sleeves": "short sleeves"}, price=90.0),
        ]
    )
)


def read(*texts, ignore=()):
    found = understand_turns(texts, WORDS, [None] * len(texts), ignore)
    return [[f.label for f in wording.facets] for wording in found], [wording.words for wording in found]


def test_the_later_turn_overrules_the_same_attribute_and_takes_its_words():
    facets, words = read("in red", "with long sleeves", "in blue")
    assert facets == [[], ["sleeves: long sleeves"], ["colour: blue"]]
    assert "red" not in words[0]


def test_a_refusal_overrules_only_that_value():
    assert read("in red", "not red")[0] == [[], ["not: red"]]
    assert read("in red", "not blue")[0] == [["colour: red"], ["not: blue"]]
    assert read("under 50", "under 20")[0] == [[], ["price under 20"]]


@pytest.mark.parametrize(
    ("texts", "ignore", "facets"),
    [
        (["in red", "in blue"], ["colour: blue"], []),
        (["under 50", "under 90"], ["price under 90"], []),
        (["in red", "not red", "in red", "not red"], ["not: red"], []),
        (["between 50 and 90", "under 80"], ["price under 80"], ["price over 50"]),
    ],
)
def test_what_is_taken_away_revives_nothing_older(texts, ignore, facets):
    assert [label for labels in read(*texts, ignore=ignore)[0] for label in labels] == facets


def test_a_limit_overrules_the_one_that_it_excludes():
    assert read("between 50 and 90", "under 40")[0] == [[], ["price under 40"]]
    assert read("under 40", "over 50")[0] == [[], ["price over 50"]]
    assert read("over 50", "under 90")[0] == [["price over 50"], ["price under 90"]]


@pytest.mark.parametrize(
    ("new", "old", "answer"),
    [
        (Facet("price", "<", "20"), Facet("price", ">", "10"), False),
        (Facet("price", "<", "20"), Facet("price", ">=", "20"), True),
        (Facet("colour", "more", "red"), Facet("colour", "less", "red"), True),
        (Facet("words", "!=", "zip"), Facet("words", "!=", "zip"), False),
        (Facet("colour", "=", "red"), Facet("size", "=", "m"), False),
    ],
)
def test_what_overrules_what(new, old, answer):
    assert overrules(new, old) is answer
