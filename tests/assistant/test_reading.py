"""Words -> actions."""

import pytest

from tastemaker.assistant import Assistant
from tastemaker.assistant.question import Choice, Question
from tastemaker.assistant.reading import read
from tastemaker.assistant.references import pointed_at
from tastemaker.assistant.state import Known, State
from tastemaker.core.ranking import Facet

SHOWN = ("d-00", "d-01", "s-02", "f-03")
"""A red dress at 40, a blue dress at 50, a green shirt at 30, a white sofa at 600."""


@pytest.fixture
def state():
    return State(turn=3, shown=SHOWN)


@pytest.mark.parametrize(
    ("words", "verb"),
    [
        ("hello", "greet"), ("Hi there!", "greet"), ("thanks", "thank"), ("that's all", "thank"), ("undo", "undo"),
        ("please undo that", "undo"), ("go back", "undo"), ("start over", "start_over"),
        ("forget everything", "start_over"),
        ("show me more", "more"), ("something else?", "more"), ("any others", "more"), ("what do you have?", "browse"),
        ("help", "browse"), ("recommend me something", "recommend"), ("surprise me", "recommend"),
        ("a red dress under 60", "search"), ("the undo dress", "search"), ("more colourful", "search"),
        ("something for the beach", "search"), ("draw a green chair", "visualise"), ("undo the first one", "search"),
    ],
)  # fmt: skip
def test_what_is_done(words, verb, state, shop):
    assert [action.verb for action in read(words, state, shop.view)] == [verb]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("the second one", ["d-01"]), ("number 3", ["s-02"]), ("the last", ["f-03"]),
        ("the first two", ["d-00", "d-01"]),
        ("the last two", ["s-02", "f-03"]), ("the cheapest", ["s-02"]), ("the most expensive one", ["f-03"]),
        ("the blue one", ["d-01"]), ("the green shirt", ["s-02"]), ("that", ["d-00"]), ("d-01", ["d-01"]),
        ("white sofa 3", ["f-03"]), ("all of them", list(SHOWN)), ("the first and the third", ["d-00", "s-02"]),
        ("a first aid kit", []), ("the purple one", []), ("", []),
    ],
)  # fmt: skip
def test_what_is_pointed_at(words, found, state, shop):
    assert list(pointed_at(words, state, shop.view)) == found


def test_that_is_what_was_spoken_of_last(state, shop):
    from dataclasses import replace

    assert pointed_at("it", replace(state, focus="s-02"), shop.view) == ("s-02",)


@pytest.mark.parametrize(
    ("words", "verb", "fields"),
    [
        ("compare the first two", "compare", {"items": ("d-00", "d-01")}),
        ("compare the first with the third", "compare", {"items": ("d-00", "s-02")}),
        ("why the second?", "explain", {"item": "d-01"}),
        ("why?", "explain", {"item": "d-00"}),
        ("add the blue one to my list", "add_to_list", {"items": ("d-01",)}),
        ("I like the last one", "judge", {"items": ("f-03",), "liked": True}),
        ("I don't like that one", "judge", {"items": ("d-00",), "liked": False}),
        ("like the first but longer", "compose", {"items": ("d-00",), "change": "longer"}),
        ("something like the second one", "compose", {"items": ("d-01",), "change": ""}),
    ],
)
def test_arguments(words, verb, fields, state, shop):
    (action,) = read(words, state, shop.view)
    assert action.verb == verb
    assert {name: getattr(action, name) for name in fields} == fields


def test_cheaper_is_a_limit_that_was_looked_up(state, shop):
    (action,) = read("cheaper", state, shop.view)
    assert [(wish.name, wish.op, wish.value) for wish in action.keep] == [("price", "<", "50")]
    (action,) = read("cheaper than the first", state, shop.view)
    assert action.keep[0].value == "40"
    (action,) = read("something more expensive", state, shop.view)
    assert (action.keep[0].op, action.keep[0].value) == (">", "50")


def test_not_that_brand_is_the_brand_of_what_was_spoken_of(state, shop):
    (action,) = read("not that brand", state, shop.view)
    assert [(wish.name, wish.op, wish.value) for wish in action.keep] == [("brand", "!=", "Norrby")]
    (action,) = read("another colour", state, shop.view)
    assert [(wish.name, wish.value) for wish in action.keep] == [("colour", "red")]


def test_any_colour_takes_the_colour_away(state, shop):
    from dataclasses import replace

    wished = replace(
        state, facets=(Known(Facet("colour", "=", "red"), 1), Known(Facet("price", "<", "60", hard=True), 1))
    )
    assert read("any colour is fine", wished, shop.view)[0].remove == ("colour: red",)
    assert read("forget the price", wished, shop.view)[0].remove == ("price under 60",)
    assert read("any colour is fine", state, shop.view)[0].verb == "search"


@pytest.fixture
def asked(shop):
    choices = tuple(Choice(value, value) for value in ("red", "blue", "green"))
    return State(turn=2, shown=SHOWN, question=Question("attribute", "colour", choices=choices))


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("red", {"choice": 0}), ("White", {"values": ("white",)}), ("red or white", {"values": ("red", "white")}),
        ("the second one", {"choice": 1}), ("don't care", {"indifferent": True}), ("either", {"indifferent": True}),
        ("no", {"indifferent": True}), ("no preference", {"indifferent": True}),
    ],
)  # fmt: skip
def test_answers(words, fields, asked, shop):
    (action,) = read(words, asked, shop.view)
    assert action.verb == "answer"
    assert {name: getattr(action, name) for name in fields} == fields


def test_what_is_no_answer_is_read_as_ever(asked, shop):
    assert read("a red sofa under 400", asked, shop.view)[0].verb == "search"
    assert read("undo", asked, shop.view)[0].verb == "undo"
    assert read("I like the second one", asked, shop.view)[0].verb == "judge"


def test_another_kind_of_thing_starts_afresh(shop):
    chat = Assistant(shop, asker=None)
    chat.say("a red dress under 100")
    assert read("show me sofas", chat.state, shop.view)[0].fresh
    assert not read("but a blue dress", chat.state, shop.view)[0].fresh


def test_what_is_demanded_is_asked(shop):
    chat = Assistant(shop, asker=None)
    shown = chat.say("a dress").items.ids
    assert chat.do({"verb": "ask", "about": "pictures"}).question is None  # there are none
    assert list(chat.state.shown) == shown
    assert chat.do({"verb": "ask", "about": "colour"}).question.about == "colour"
    assert chat.do({"verb": "ask", "about": "price"}).question.kind == "price"
