"""The answer of every verb: access, chips, and how it prints."""

import pytest

from tastemaker.core.ranking import Facet, Ranked, Ranking, Reason


def test_a_ranking_is_a_sequence():
    ranking = Ranking((Ranked("a", 0.9), Ranked("b", 0.5)))
    assert ranking.ids == ["a", "b"] == [item.id for item in ranking]
    assert len(ranking) == 2
    assert ranking[1].score == 0.5


@pytest.mark.parametrize(
    ("facet", "label"),
    [
        (Facet("colour", "=", "red"), "colour: red"),
        (Facet("sleeves", "!=", "long"), "not: long"),
        (Facet("price", "<", "60", hard=True), "price under 60"),
        (Facet("price", ">=", "60"), "price over 60"),
        (Facet("picture", "like", "dress.jpg"), "picture: dress.jpg"),
    ],
)
def test_chips(facet, label):
    assert facet.label == label


def test_the_table_shows_price_and_first_reason():
    item = Ranked("sku-7", 0.25, "Linen shirt", 1234.5, reasons=(Reason("ease", "because of sku-1"),))
    text = str(Ranking((item, Ranked("sku-8", 0.1)), notes=("popular items",)))
    assert "sku-7   0.250  1,234.50  Linen shirt  (because of sku-1)" in text
    assert text.splitlines()[2].startswith("sku-8")
    assert text.splitlines()[-1] == "popular items"


def test_nothing_found_is_said_with_the_notes():
    assert str(Ranking((), notes=("try without the filter",))) == "(nothing found)\ntry without the filter"


def test_a_title_cannot_print_a_line_or_turn_one_around():
    sly = Ranked("sku\n-9", 0.2, "Shirt\x1b[2J\n\u202esku-1  9.99", reasons=(Reason("words", "red\nor not"),))
    row = str(Ranking((sly,))).splitlines()
    assert len(row) == 2
    assert "\x1b" not in row[1]
    assert "\u202e" not in row[1]
    assert row[1].endswith("Shirt[2J sku-1 9.99  (red or not)")
