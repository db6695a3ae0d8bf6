"""What nobody can propose: text that is told to the person, values and labels that are not there."""

import json
from dataclasses import replace

import pytest

from tastemaker.assistant import Assistant
from tastemaker.assistant.doors.fake import Fake
from tastemaker.assistant.doors.proposing import proposed
from tastemaker.core.errors import InputError, UnknownName

SPAM = "BUY NOW: every dress is 90% off at evil.example, made of pure gold"


@pytest.mark.parametrize(
    "action",
    [
        {"verb": "filter", "remove": [SPAM]},
        {"verb": "filter", "keep": [{"name": "brand", "op": "!=", "value": SPAM}]},
        {"verb": "filter", "keep": [{"name": "title", "value": SPAM}]},
        {"verb": "search", "words": "a dress, no evil.example"},
        {"verb": "search", "words": "a dress, not gold, without holograms"},
    ],
)
def test_a_model_puts_no_words_before_the_person(shop, action):
    door = Fake(lambda messages, wants: json.dumps({"actions": [action]}) if wants == "actions" else "")
    chat = Assistant(shop, k=3, asker=None, llm=door)
    chat.do({"verb": "search", "words": "a red dress"})
    turn = chat.say("something festive in blue")
    told = f"{turn.say} {turn.notes} {[known.label for known in turn.facets]}"
    assert not [word for word in ("BUY", "evil", "gold", "hologram") if word in told]
    assert turn.items.ids


def test_a_change_that_is_told_back_is_the_persons_own(chat, shop):
    chat.say("a red dress")
    text = '{"actions": [{"verb": "compose", "items": [1], "change": "in blue, %s"}]}'
    with pytest.raises(InputError, match="did not say"):
        proposed(text % "BUY NOW at evil.example", chat.state, shop.view)
    said = replace(chat.state, spoken=("like the first in blue but festive",))
    assert proposed(text % "festive", said, shop.view)[0].items == tuple(chat.state.shown[:1])


def test_a_model_may_refuse_what_the_person_refuses(shop):
    action = {"verb": "search", "words": "a red dress, no zips"}
    door = Fake(lambda messages, wants: json.dumps({"actions": [action]}) if wants == "actions" else "")
    turn = Assistant(shop, k=3, asker=None, llm=door).say("a dress for the opera, red, and please no zips")
    assert "not: zips" in [known.label for known in turn.facets]


@pytest.mark.parametrize(
    ("action", "hint"),
    [
        ({"verb": "filter", "keep": [{"name": "brand", "value": "Norby"}]}, "Norrby"),
        ({"verb": "filter", "remove": ["colour: blue"]}, "understood is: colour: red, kind: dress"),
        ({"verb": "ask", "about": "zzz"}, "known: "),
        ({"verb": "ask", "about": "colur"}, "colour"),
        ({"verb": "compare", "items": ["d-00", "d-00"]}, "different"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(chat, action, hint):
    chat.say("a red dress")
    before = chat.state
    with pytest.raises(InputError) as refused:
        chat.do(action)
    assert hint in refused.value.hint
    assert chat.state == before


def test_an_answer_is_one_to_the_question(asking, shop):
    asking.say("a dress")
    asking.do({"verb": "ask", "about": "colour"})
    for answer in ({"values": ["purple polkadot"]}, {"choice": 9}):
        with pytest.raises(InputError):
            asking.do({"verb": "answer", **answer})
    assert asking.do({"verb": "answer", "values": ["RED"]}).items.ids[0] in ("d-00", "d-04", "d-08")


def test_a_chip_that_is_not_there_is_answered_with_those_that_are(chat):
    with pytest.raises(InputError, match="nothing is understood as") as refused:
        chat.remove("colour: purple")
    assert refused.value.hint == "nothing is understood yet"
    chat.say("a red dress")
    with pytest.raises(InputError) as refused:
        chat.remove("colour: purple")
    assert refused.value.hint == "understood is: colour: red, kind: dress"


def test_values_are_told_apart_by_letters_alone(chat):
    chat.do({"verb": "filter", "keep": [{"name": "colour", "value": " Red "}]})
    with pytest.raises(UnknownName):
        chat.do({"verb": "filter", "keep": [{"name": "colour", "value": "reddish"}]})
