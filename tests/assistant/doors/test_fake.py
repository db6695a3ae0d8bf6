"""The fakes; of what the liar says, nothing that is not so reaches anybody."""

import itertools
import re

import pytest

from tastemaker.assistant import Assistant
from tastemaker.assistant.doors.door import Budget, DoorFailed, Message
from tastemaker.assistant.doors.fake import Fake, lying, statements
from tastemaker.assistant.grounding import grounded
from tastemaker.core.errors import UnknownName
from tests.assistant.conftest import rows

OPENINGS = (
    "a red dress",
    "something for summer days",
    "shirt under 40",
    "a white sofa",
    "blue things over 50",
    "a game",
)
FURTHER = ("cheaper", "not that brand", "like the second but in green", "I like the first one", "show me more", "linen")


def lied_to(shop, conversations):
    """How much the liar says that is not so, and what is left; all of that is so by the table the shop was made of."""
    table = {row[1]: {str(value) for value in row[3:] if value} for row in rows()}
    lies = truths = turns = 0
    for conversation in conversations:
        door = Fake(lying)
        chat = Assistant(shop, k=4, llm=door)
        for words in conversation:
            heard, asked = [], len(door.prompts)
            turn = chat.say(words, hear=heard.append)
            turns += 1
            worded = [messages for wants, messages in door.prompts[asked:] if wants == "words"]
            if not worded:
                continue
            told = statements(worded[-1])
            false = {sentence for sentence, so in told if not so} - {sentence for sentence, so in told if so}
            assert not [sentence for sentence in false if sentence in turn.say]
            added = turn.say.removeprefix(heard[0].say)
            said = re.findall(r"“([^”]+)” (?:is|costs) ([^.]+)\.", added)
            assert all(value in table[title] for title, value in said), turn.say
            assert len(said) == added.count("“")
            assert not grounded(added, turn.items.ids, shop.view).wrong
            lies, truths = lies + len(false), truths + len(said)
    return turns, lies, truths


def test_no_lie_reaches_anybody(shop):
    turns, lies, truths = lied_to(shop, itertools.product(OPENINGS, FURTHER))
    assert turns == 72
    assert truths > 500
    assert lies > 3_000


@pytest.mark.slow
def test_no_lie_reaches_anybody_in_six_hundred_turns(shop):
    turns, lies, truths = lied_to(shop, itertools.product(OPENINGS, FURTHER, FURTHER))
    assert turns == 648
    assert truths > 5_000
    assert lies > 20_000


def test_a_script_is_followed_to_its_last_answer():
    door = Fake(["one", "two"])
    told = ["".join(door.stream([Message("user", "x")], "words", Budget(5, 1, 100))) for _ in range(3)]
    assert told == ["one", "two", "two"]
    assert [wants for wants, _ in door.prompts] == ["words"] * 3
    with pytest.raises(DoorFailed):
        list(Fake([]).stream([], "words", Budget(5, 1, 100)))


def test_a_function_answers_what_it_likes():
    door = Fake(lambda messages, wants: f"{wants}: {messages[-1].text}", can=["json"])
    assert "".join(door.stream([Message("user", "x")], "words", Budget(5, 1, 100))) == "words: x"
    assert (door.can("json", Budget(5, 1, 1)), door.can("tools", Budget(5, 1, 1))) == (True, False)


def test_an_unknown_character():
    with pytest.raises(UnknownName, match="lyin"):
        Fake("lyin")
