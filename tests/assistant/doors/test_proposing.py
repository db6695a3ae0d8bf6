"""A proposal is data: what is in it must be allowed, of the right shape, and there."""

import json

import pytest

from tastemaker.assistant.actions import Compare, Compose, Explain, Filter, Plain, Search, Wish
from tastemaker.assistant.doors.proposing import proposed
from tastemaker.assistant.state import State
from tastemaker.core.errors import InputError

STATE = State(shown=("d-00", "s-01"))


def actions(shop, *wanted, state=STATE):
    return proposed(json.dumps({"actions": wanted}), state, shop.view)


def test_items_are_named_by_their_place(shop):
    found = actions(shop, {"verb": "compose", "items": [2], "change": "in blue"}, {"verb": "explain", "item": "1"},
                    {"verb": "compare", "items": [2, 1]})  # fmt: skip
    assert found == (Compose(items=("s-01",), change="in blue"), Explain(item="d-00"), Compare(items=("s-01", "d-00")))


def test_words_around_the_object_do_no_harm(shop):
    text = 'Sure:\n```json\n{"actions": [{"verb": "search", "words": "red"}, {"verb": "more"}]}\n```'
    assert proposed(text, STATE, shop.view) == (Search(words="red"), Plain(verb="more"))


def test_a_filter(shop):
    wish = {"name": "price", "op": "<", "value": "60"}
    assert actions(shop, {"verb": "filter", "keep": [wish]}) == (Filter(keep=(Wish(**wish),)),)


@pytest.mark.parametrize(
    "wanted",
    [
        {"verb": "add_to_list", "items": [1]}, {"verb": "judge", "items": [1]}, {"verb": "undo"},
        {"verb": "start_over"}, {"verb": "answer", "indifferent": True}, {"verb": "delete", "items": [1]},
        {"verb": ["search"]}, {}, "search", 3, {"verb": "search", "words": 7},
        {"verb": "search", "words": "red", "where": "1=1"}, {"verb": "explain", "item": 3},
        {"verb": "explain", "item": 0}, {"verb": "explain", "item": "d-00"}, {"verb": "explain", "item": True},
        {"verb": "explain", "item": "9" * 5000}, {"verb": "explain"}, {"verb": "compose", "items": "1"},
        {"verb": "compare", "items": [1]}, {"verb": "search", "words": "x" * 2001},
        {"verb": "search", "words": "\ud800"}, {"verb": "filter", "keep": [{"name": "password", "value": "x"}]},
        {"verb": "visualise", "item": "f-00"},
    ],
)  # fmt: skip
def test_what_is_refused(wanted, shop):
    with pytest.raises(InputError):
        actions(shop, wanted)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"actions": {}}', '{"actions": []}', "[" * 9999 + "{}", '{"a":' * 9999]
)
def test_what_is_no_proposal(text, shop):
    with pytest.raises(InputError):
        proposed(text, STATE, shop.view)


def test_five_actions_are_too_many(shop):
    with pytest.raises(InputError):
        actions(shop, *[{"verb": "more"}] * 5)


def test_nothing_can_be_pointed_at_before_anything_is_shown(shop):
    with pytest.raises(InputError, match="no items are shown yet"):
        actions(shop, {"verb": "explain", "item": 1}, state=State())
