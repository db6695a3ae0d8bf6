"""Who stops waiting leaves the conversation as it was, and waits for no language model."""

import time
from threading import Event, Thread

import pytest

from tastemaker.assistant import Assistant
from tastemaker.assistant.doors.fake import Fake
from tastemaker.assistant.listening import Listener
from tastemaker.core.errors import Cancelled


class Leaves(Listener):
    """Goes away when the whole answer is there, or at a sign."""

    def __init__(self, sign=None):
        self.sign = sign

    def whole(self, turn):
        raise Cancelled("stopped")

    def gone(self):
        return self.sign is not None and self.sign.is_set()


class Hanging(Fake):
    """Answers nothing until it is told to."""

    def __init__(self):
        super().__init__()
        self.asked, self.go = Event(), Event()

    def stream(self, messages, wants, budget):
        self.asked.set()
        self.go.wait(20)
        yield from super().stream(messages, wants, budget)


@pytest.mark.parametrize(
    "turn",
    [
        lambda chat, who: chat.do({"verb": "judge", "items": ["d-00"], "liked": False}, hear=who),
        lambda chat, who: chat.do({"verb": "add_to_list", "items": ["d-00"]}, hear=who),
        lambda chat, who: chat.say("undo", hear=who),
        lambda chat, who: chat.say("start over", hear=who),
        lambda chat, who: chat.remove("colour: red", hear=who),
        lambda chat, who: chat.say("in blue", hear=who),
    ],
)
def test_a_turn_that_nobody_has_got_whole_never_was(chat, turn):
    chat.say("a dress")
    chat.say("in red")
    before = chat.state
    with pytest.raises(Cancelled):
        turn(chat, Leaves())
    assert chat.state == before
    chat.undo()
    assert [known.label for known in chat.state.facets] == ["kind: dress"]


def test_a_model_that_hangs_is_let_go(shop):
    door, sign = Hanging(), Event()
    chat = Assistant(shop, k=3, asker=None, llm=door)
    stopped = []

    def talk():
        with pytest.raises(Cancelled):
            chat.say("something for the opera", hear=Leaves(sign))
        stopped.append(time.monotonic())

    talking = Thread(target=talk)
    talking.start()
    assert door.asked.wait(10)
    sign.set()
    talking.join(10)
    assert stopped  # while the model has said nothing yet
    assert not door.go.is_set()
    assert chat.do({"verb": "list"}).say == "Your list is empty."
    assert chat.state.said == ()
    door.go.set()


def test_what_is_waited_for_says_the_same(shop):
    words = "“Red dress 0” is red. “Red dress 0” is linen."
    answers = [
        Assistant(shop, k=3, asker=None, llm=Fake(lambda messages, wants: script(wants, words))).say("opera", hear=who)
        for who in (None, Waits())
    ]
    assert answers[0] == answers[1]
    assert "is linen" in answers[0].say


class Waits(Listener):
    def gone(self):
        return False


def script(wants, words):
    return '{"actions": [{"verb": "search", "words": "a red dress"}]}' if wants == "actions" else words
