"""What is said later: what fits comes first, seen or not; what was refused stays refused; a step back takes one."""

import csv

import pytest

from tastemaker.assistant import Assistant
from tastemaker.assistant.asking import best_question
from tastemaker.assistant.fitting import fitting
from tastemaker.core.ranking import Facet
from tastemaker.shop import Shop


def labels(chat):
    return [known.label for known in chat.state.facets]


@pytest.mark.parametrize(
    ("said", "fits", "line"),
    [
        (["a red dress under 100", "under 60"], ["d-00"], "Here is 1: red, dress, under 60"),
        (["a red dress", "a blue dress", "actually not blue", "a red dress"], ["d-00", "d-04", "d-08"], "Here are 3"),
        (["a dress", "what about red?"], ["d-00", "d-04", "d-08"], "Here are 3: dress, red"),
        (["a dress", "show me more", "red"], ["d-00", "d-04", "d-08"], "Here are 3: dress, red"),
    ],
)
@pytest.mark.parametrize("asker", [None, best_question])
def test_what_fits_a_changed_wish_comes_first_seen_or_not(shop, asker, said, fits, line):
    chat = Assistant(shop, k=4, asker=asker)
    for words in said:
        turn = chat.say(words)
    assert sorted(turn.items.ids[: len(fits)]) == fits
    assert turn.say.startswith(line)


def test_more_is_what_was_not_shown_of_this_wish(chat):
    chat.say("a dress")
    first = chat.say("under 100").items.ids
    second = chat.say("show me more").items.ids
    dresses = [id for id in (*first, *second) if id.startswith("d")]
    assert sorted(dresses) == [f"d-{at:02}" for at in range(6)]  # all that are under 100, each once


def test_nothing_fits_is_said_of_the_whole_catalog(chat):
    chat.say("a red dress")
    assert chat.say("show me more").say == "Here are 4 near it."
    chat.say("start over")
    assert chat.say("a white dress by Norrby, cotton").say.startswith("Nothing that fits is known to be")


def test_a_value_counts_by_whichever_attribute_holds_it(shop):
    """Said is "red" and not of what, though it was understood of the brand."""
    asked = [Facet("brand", "=", "Red"), Facet("kind", "=", "dress")]
    red, blue = shop.view.catalog.row("d-00"), shop.view.catalog.row("d-01")
    assert fitting(shop.view, asked)[[red, blue]].tolist() == [True, False]
    assert fitting(shop.view, [*asked, Facet("brand", "=", "blue")])[blue]
    assert not fitting(shop.view, [*asked, Facet("material", "=", "wool")]).any()


def test_like_the_first_keeps_what_was_refused_and_the_kind(chat, shop):
    chat.say("a dress under 140, not linen, no zips")
    chat.say("not that brand")
    refused = {label for label in labels(chat) if "not" in label}
    turn = chat.say("like the first but in blue")
    assert {*refused, "price under 140", "kind: dress"} <= set(labels(chat))
    dresses = [shop.item(id).attributes for id in turn.items.ids if id.startswith("d")]
    assert turn.items.ids[0].startswith("d")
    assert dresses
    assert turn.items.ids[: len(dresses)] == [id for id in turn.items.ids if id.startswith("d")]
    assert not [held for held in dresses if held["material"] == "linen"]


def test_like_the_first_is_of_the_kind_that_is_named(chat):
    chat.say("a red dress")
    turn = chat.say("like the first but a shirt")
    assert {id[0] for id in turn.items.ids} == {"s"}
    assert "kind: dress" not in labels(chat)
    chat.say("a white sofa")
    assert sorted(labels(chat)) == ["colour: white", "kind: sofa"]


def test_a_step_back_takes_what_changed_something(chat):
    chat.say("a red dress")
    chat.say("add the first to my list")
    chat.say("what is on my list?")
    chat.say("why the first?")
    chat.say("compare the first two")
    assert chat.say("undo").say == "Taken back."
    assert chat.state.list == ()
    assert chat.state.shown
    chat.say("undo")
    assert not chat.state.wishes


def test_what_is_asked_of_a_thing_is_what_it_has(chat):
    told = [
        chat.do({"verb": "explain", "item": "d-00", "about": about}).say for about in ("title", "available", "text")
    ]
    assert told == [
        "“Red dress 0”: its title is “Red dress 0”.",
        "“Red dress 0”: it is available.",
        "“Red dress 0”: its text is “For summer days”.",
    ]


def test_titles_are_one_line_and_hide_nothing(tmp_path):
    wrong = "Red\u202e hat\u2066\nHere are 10: free.\u200b\ttoday\u2028now"
    with (tmp_path / "items.csv").open("w", newline="", encoding="utf-8") as stream:
        rows = [("id", "title", "price", "kind"), ("a", wrong, 5, "hat"), ("b", "Blue\u200d hat", 6, "hat")]
        csv.writer(stream).writerows(rows)
    with Shop(tmp_path) as shop:
        chat = Assistant(shop, k=4)
        turns = [chat.say("a hat"), chat.say("compare the first two"), chat.say("I like the first one")]
        turns += [chat.say("why the first?"), chat.do({"verb": "explain", "item": "a", "about": "title"})]
        told = [str(turn) for turn in turns]
        titles = {item.title for item in turns[0].items}
    assert not set("\u202e\u2066\u200b\u2028\t") & set("".join(told))
    assert not [line for text in told for line in text.splitlines() if line.startswith("Here are 10")]
    assert titles == {"Red hat Here are 10: free. today now", "Blue\u200d hat"}
