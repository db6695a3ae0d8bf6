import pytest

from tastemaker.alignment.language.spelling import Spelling, stands_in
from tastemaker.alignment.language.vocabulary import Vocabulary
from tastemaker.alignment.language.wording import understand
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item

WORDS = ["green", "dress", "shirt", "short", "sofa", "silver", "jacket", "scandinavian", "sleeve", "dark", "plain"]
SPELLING = Spelling(WORDS, {"navi"}, stands_in(lambda: ["A gran made this.", "Sofie likes it"]))


@pytest.mark.parametrize(
    ("said", "meant"),
    [("gren", "green"), ("groen", "green"), ("dres", "dress"), ("soffa", "sofa"), ("shrits", "shirt"),
     ("jackit", "jacket"), ("sleves", "sleeve"), ("scandanavien", "scandinavian")],
)  # fmt: skip
def test_a_slip_is_the_word_that_was_meant(said, meant):
    assert SPELLING.meant(said) == meant


@pytest.mark.parametrize(
    "word",
    [
        "green",
        "dresses",
        "navy",
        "darker",
        "crimson",
        "both",
        "plan",
        "sister",
        "forty",
        "shrt",
        "sport",
        "bofa",
        "gre",
    ],
)
def test_a_word_of_its_own_and_a_slip_of_several_are_left(word):
    assert SPELLING.meant(word) == ""


def test_a_word_of_the_shops_own_texts_is_no_slip():
    assert Spelling(["sofia"], set(), stands_in(list)).meant("sofie") == "sofia"
    assert Spelling(["sofia"], set(), stands_in(lambda: ["Sofie likes it"])).meant("sofie") == ""


def test_what_is_read_otherwise_is_said():
    words = Vocabulary(
        Catalog.from_items(
            [
                Item("a", "A", text="Goes with a grein bag", attributes={"colour": "green", "kind": "dress"}),
                Item("b", "B", text="Long", attributes={"colour": "red", "kind": "skirt", "note": "Made in Dressd."}),
            ]
        )
    )
    wording = understand("a gren dres", words)
    assert [facet.label for facet in wording.facets] == ["colour: green", "kind: dress"]
    assert wording.notes == ("“gren” is read as “green”", "“dres” is read as “dress”")
    assert wording.words == "green dress"
    assert understand("a grein dress", words).notes == ()
