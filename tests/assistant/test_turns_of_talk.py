"""Turns that were once taken for something else, as a person has them."""

import pytest
from PIL import Image

from tastemaker.assistant.question import Choice, Question
from tastemaker.assistant.reading import read
from tastemaker.assistant.state import State

KINDS = Question("attribute", "kind", choices=tuple(Choice(value, value) for value in ("dress", "shirt", "sofa")))
PAIR = Question(
    "pictures", "pictures", choices=(Choice("Red dress 0", "first"), Choice("Blue dress 1", "second")),
    items=("d-00", "d-01"),
)  # fmt: skip


def answer(words, question, shop):
    (action,) = read(words, State(turn=2, shown=("d-00", "d-01"), question=question), shop.view)
    return action


def test_no_trips_is_no_answer_trips(shop):
    assert answer("no shirts", KINDS, shop).verb == "search"
    assert answer("no, shirt", KINDS, shop).choice == 1
    assert answer("I said shirt", KINDS, shop).choice == 1


@pytest.mark.parametrize("words", ["yes", "ok", "sure", "right"])
def test_a_bare_yes_chooses_none_of_several(words, shop):
    assert answer(words, KINDS, shop).about == "question"
    assert answer("yes", Question("attribute", "kind", choices=KINDS.choices[:1]), shop).choice == 0


def test_left_and_right_are_the_two_pictures(shop):
    assert answer("left", PAIR, shop).choice == 0
    assert answer("right", PAIR, shop).choice == 1
    assert answer("the right one", PAIR, shop).choice == 1
    assert answer("ok", PAIR, shop).about == "question"
    assert answer("the third", PAIR, shop).about == "question"


def test_a_question_about_the_shown_does_not_answer_the_open_one(asking):
    open_one = asking.say("a dress").question
    before = asking.state
    turn = asking.say("is the first one cotton?")
    assert turn.say.endswith("material is linen.")
    assert turn.question == open_one
    assert (asking.state.facets, asking.state.said) == (before.facets, before.said)
    assert asking.say("yes").question == open_one


def test_a_value_that_looks_like_a_place_is_the_value(shop):
    nights = Question("attribute", "length", choices=tuple(Choice(value, value) for value in ("3", "2", "1")))
    assert answer("3", nights, shop).choice == 0
    assert answer("the third", nights, shop).choice == 2


def test_too_expensive_asks_for_less(chat):
    shown = chat.say("a dress").items.items
    assert all(item.price < max(each.price for each in shown) for item in chat.say("that's too expensive").items.items)


def labels(chat):
    return [known.label for known in chat.state.facets]


@pytest.mark.parametrize("words", ["I said blue", "I meant blue", "no, blue", "sorry, I meant in blue"])
def test_a_correction_takes_the_place_of_what_was_said(words, chat):
    chat.say("a red dress under 100")
    chat.say(words)
    assert sorted(labels(chat)) == ["colour: blue", "kind: dress", "price under 100"]


def test_a_corrected_kind_keeps_the_rest_of_the_wish(chat):
    chat.say("a red dress")
    chat.say("no, a shirt")
    assert sorted(labels(chat)) == ["colour: red", "kind: shirt"]


@pytest.mark.parametrize("words", ["asdf", "kleid rot", "hmm"])
def test_what_is_not_understood_is_said_and_not_kept(words, chat):
    shown = chat.say("a red dress").items.ids
    turn = chat.say(words)
    assert turn.say.startswith("I did not understand that")
    assert not turn.items.ids
    assert [said.words for said in chat.state.said] == ["a red dress"]
    assert list(chat.state.shown) == shown


def test_a_picture_is_forgotten_and_that_can_be_undone(chat):
    assert chat.say("forget the picture").say == "There is no picture to forget."
    chat.say("a dress", image=Image.new("RGB", (8, 8), "red"))
    kept = chat.state.pictures
    assert chat.say("forget the picture").say.startswith("Without the picture")
    assert chat.state.pictures == ()
    assert "kind: dress" in labels(chat)
    chat.undo()
    assert chat.state.pictures == kept


def test_the_list_is_emptied_in_one_step(chat):
    chat.say("a dress")
    chat.say("add the first three to my list")
    kept = chat.state.list
    chat.say("clear my list")
    assert chat.state.list == ()
    chat.undo()
    assert chat.state.list == kept


def test_what_is_told_of_a_thing_is_the_catalog_s(chat):
    chat.say("a red dress")
    told = chat.say("tell me about the first")
    assert told.say.startswith("“Red dress 0”: price 40; kind dress; colour red;")
    assert "“For summer days”" in told.say
    assert chat.say("show it on me").say == "“Red dress 0” cannot be shown on you."  # it has no picture
    assert chat.say("the 9th").say.startswith("There are 4 here")
    assert len(chat.state.said) == 1


def test_what_was_taken_away_and_is_asked_for_again_counts_again(chat):
    told = []
    for words in ("a blue dress", "any colour", "blue", "under 40", "no budget", "under 40"):
        chat.say(words)
        told.append({known.label for known in chat.state.facets})
    assert ["colour: blue" in each for each in told] == [True, False, True, True, True, True]
    assert ["price under 40" in each for each in told] == [False, False, False, True, False, True]
