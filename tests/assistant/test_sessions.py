"""Conversations of a server: bounded, forgotten, unguessable."""

import pytest

from tastemaker.assistant.sessions import Sessions
from tastemaker.core.errors import UnknownName


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_the_one_that_was_silent_longest_makes_room(shop):
    sessions = Sessions(shop, most=2)
    first, second = sessions.open(), sessions.open()
    sessions.find(first)
    third = sessions.open()
    assert len(sessions) == 2
    assert sessions.find(first) is not sessions.find(third)
    with pytest.raises(UnknownName, match="conversation"):
        sessions.find(second)


def test_silence_ends_a_conversation(shop):
    clock = Clock()
    sessions = Sessions(shop, idle=60, clock=clock)
    key = sessions.open("u1", k=3)
    assert sessions.find(key).state.person == "u1"
    clock.now = 59
    sessions.find(key)
    clock.now = 118
    sessions.find(key)
    clock.now = 179
    with pytest.raises(UnknownName):
        sessions.find(key)
    assert len(sessions) == 0


def test_a_closed_one_is_gone_and_keys_differ(shop):
    sessions = Sessions(shop)
    keys = {sessions.open() for _ in range(5)}
    assert len(keys) == 5
    key = keys.pop()
    sessions.close(key)
    sessions.close(key)
    with pytest.raises(UnknownName):
        sessions.find(key)
