"""What a text claims is looked up."""

import itertools

import pytest

from tastemaker.assistant import Assistant
from tastemaker.assistant.grounding import grounded
from tastemaker.core.ranking import Facet


def wrong(text, items, shop, wishes=()):
    return [claim.said for claim in grounded(text, items, shop.view, wishes).wrong]


@pytest.mark.parametrize(
    "text",
    [
        "“Red dress 0” is a red linen dress for €40.",
        "d-00 costs 40 euros and is from Norrby.",
        "Red dress 0 is red. It is linen.",
        "Nothing is claimed here.",
        "It is under €50.",
        "Instead of €99 it is €40.",
    ],
)
def test_what_is_so_stays(text, shop):
    told = grounded(text, ["d-00"], shop.view)
    assert told.wrong == ()
    assert told.text == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Red dress 0 is blue.", ["blue"]), ("It costs €45.", ["€45"]), ("It is 45 euros.", ["45 euros"]),
        ("Red dress 0 is made of cotton.", ["cotton"]), ("It is from Velours.", ["Velours"]),
        ("Better is d-07.", ["d-07"]), ("Better is sku-77.", ["sku-77"]), ("A sofa by Palmer.", ["sofa", "Palmer"]),
    ],
)  # fmt: skip
def test_what_is_not_so_goes(text, said, shop):
    told = grounded(f"Red dress 0 is red. {text}", ["d-00"], shop.view)
    assert [claim.said for claim in told.wrong] == said
    assert told.text == "Red dress 0 is red."


def test_a_sentence_speaks_of_what_it_names(shop):
    items = ["d-00", "d-01"]
    assert wrong("Red dress 0 is red. Blue dress 1 is blue.", items, shop) == []
    assert wrong("Red dress 0 is blue.", items, shop) == ["blue"]
    assert wrong("Blue dress 1 is 50 euros. It is mini.", items, shop) == ["mini"]
    assert wrong("One is red, one is blue.", items, shop) == []


def test_a_list_of_titles_is_spoken_of_together(shop):
    text = "1. “Red dress 0”\n2. “Blue dress 1”\ncolour: red / blue\n"
    assert wrong(text, ["d-00", "d-01"], shop) == []
    assert wrong(text + "colour: green", ["d-00", "d-01"], shop) == ["green"]


def test_what_was_asked_for_may_be_repeated(shop):
    wish = Facet("colour", "=", "green")
    assert wrong("You asked for green.", ["d-00"], shop) == ["green"]
    assert wrong("You asked for green.", ["d-00"], shop, [wish]) == []


def test_the_truth_is_told(shop):
    (claim,) = grounded("Red dress 0 is blue.", ["d-00"], shop.view).wrong
    assert claim.truth == "red"
    assert claim.facet == Facet("colour", "=", "blue")


def test_five_hundred_turns_say_nothing_else_than_the_catalog(shop):
    """Every sentence of the rules, about what was shown, holds: values, prices, ids."""
    openings = ("a red dress", "something for summer days", "shirt under 40", "a white sofa", "blue things over 50")
    further = (
        "why the first?", "compare the first two", "cheaper", "not that brand", "like the second but in green",
        "I like the first one", "add the last one to my list", "show me more", "why?", "linen",
    )  # fmt: skip
    turns = claims = 0
    for opening, first, second in list(itertools.product(openings, further, further))[::3]:
        chat = Assistant(shop, k=4)
        for words in (opening, first, second):
            turn = chat.say(words)
            spoken = [*turn.items.ids, *chat.state.shown, *chat.state.list, *chat.state.liked, *chat.state.likes_of]
            wishes = [known.facet for known in turn.facets]
            told = grounded(turn.say, spoken, shop.view, wishes)
            assert told.wrong == (), turn.say
            claims += len(told.claims)
            turns += 1
    assert turns == 501
    assert claims > 200
