"""Stop: whoever closes a conversation's stream before the turn has changed nothing, and holds nobody up."""

import asyncio
from threading import Event

import pytest

from tastemaker.assistant import Assistant
from tastemaker.assistant.doors.fake import Fake
from tastemaker.server.routes.chat import stream
from tests.server.test_server_talks import events

TURNS = {
    "words": lambda chat, who: chat.say("a red circle", hear=who),
    "undo": lambda chat, who: chat.say("undo", hear=who),
    "judge": lambda chat, who: chat.do({"verb": "judge", "items": chat.state.shown[:1]}, hear=who),
    "list": lambda chat, who: chat.do({"verb": "add_to_list", "items": chat.state.shown[:1]}, hear=who),
}


def closed(work, after, pause=0.0):
    """Take the events of a turn up to one of a name, then close the stream; is no work left undone?"""
    begun, ended = Event(), Event()

    def working(listener):
        begun.set()
        try:
            return work(listener)
        finally:
            ended.set()

    async def take():
        told = stream("key", working)
        async for event in told:
            if event.startswith(f"event: {after}\n"):
                break
        await asyncio.sleep(pause)
        await told.aclose()

    asyncio.run(take())
    return not begun.is_set() or ended.wait(10)


WORDS_ALONE = ("undo", "list")  # no items come before the turn


@pytest.mark.parametrize(
    ("turn", "after"),
    [*((turn, "session") for turn in TURNS), *((turn, "items") for turn in TURNS if turn not in WORDS_ALONE)],
)
def test_a_stream_that_is_closed_before_the_turn_changes_nothing(read_shop, turn, after):
    chat = Assistant(read_shop, k=3)
    chat.say("a blue circle")
    before = chat.state
    assert closed(lambda listener: TURNS[turn](chat, listener), after, pause=0.2)
    assert chat.state == before
    assert chat.undo().say.startswith("Taken back.")


def test_a_turn_that_was_taken_whole_stays(read_shop):
    chat = Assistant(read_shop, k=3)
    assert closed(lambda listener: chat.say("a red circle", hear=listener), "turn")
    assert chat.state.shown


def test_the_next_turn_does_not_wait_for_a_model_that_hangs(read_shop):
    asked, go = Event(), Event()

    class Hanging(Fake):
        def stream(self, messages, wants, budget):
            asked.set()
            go.wait(20)
            yield "{}"

    chat = Assistant(read_shop, k=3, llm=Hanging())

    async def stop():
        told = stream("key", lambda listener: chat.say("something for the opera", hear=listener))
        await anext(told)
        waiting = asyncio.ensure_future(anext(told))
        await asyncio.to_thread(asked.wait, 10)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await told.aclose()
        return await asyncio.to_thread(chat.do, {"verb": "list"})

    assert asyncio.run(stop()).say == "Your list is empty."
    assert not go.is_set()
    assert not chat.state.said
    go.set()


@pytest.mark.parametrize(
    "said",
    [
        {"text": "a red circle", "action": {"verb": "more"}},
        {"text": "a red circle", "remove": "colour: red"},
        {"remove": "colour: red", "action": {"verb": "more"}},
        {"image": "AAAA", "action": {"verb": "more"}},
    ],
)
def test_one_thing_a_turn(reader, said):
    refused = reader.post("/chat", json=said)
    assert refused.status_code == 422
    assert "one thing a turn" in refused.text


@pytest.mark.parametrize(
    "action", [{"verb": "ask", "about": "zzz"}, {"verb": "compare", "items": ["red-circle-0", "red-circle-0"]}]
)
def test_what_no_action_can_name_is_a_problem(reader, action):
    told = events(reader.post("/chat", json={"action": action}))
    assert [name for name, _ in told] == ["session", "problem"]
    assert told[-1][1]["hint"]
