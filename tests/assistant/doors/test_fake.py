"""The fakes; of what the liar says, nothing that is not so reaches anybody."""

import itertools
import re

import pytest

from tastemaker.assistant import Assistant
from tastemaker.assistant.doors.door import Budget, DoorFailed, Message
from tastemaker.assistant.doors.fake import Fake, lying, statements
from tastemaker.assistant.grounding import grounded
from tastemaker.core.errors import UnknownName
from tests.assistant.conftest import COLUMNS, rows

OPENINGS = (
    "a red dress",
    "something for summer days",
    "shirt under 40",
    "a white sofa",
    "blue things over 50",
    "a game",
)
FURTHER = ("cheaper", "not that brand", "like the second but in green", "I like the first one", "show me more", "linen")


def test_no_lie_reaches_anybody(shop):
    """Every sentence that is left is one of the liar's true ones, and so by the table that the shop was made of."""
    table = {row[1]: {str(value) for value in row[3:] if value} for row in rows()}
    lies = truths = turns = 0
    for opening, first in itertools.product(OPENINGS, FURTHER):
        door = Fake(lying)
        chat = Assistant(shop, k=4, llm=door)
        for words in (opening, first):
            heard = []
            turn = chat.say(words, hear=heard.append)
            turns += 1
            if not turn.items.items:
                continue
            told = statements(door.prompts[-1][1])
            false = {sentence for sentence, so in told if not so} - {sentence for sentence, so in told if so}
            assert not [sentence for sentence in false if sentence in turn.say]
            added = turn.say.removeprefix(heard[0].say)
            said = re.findall(r"“([^”]+)” (?:is|costs) ([^.]+)\.", added)
            assert all(value in table[title] for title, value in said), turn.say
            assert len(said) == added.count("“")
            assert not grounded(
                " ".join(f"“{title}” is {value}." for title, value in said), turn.items.ids, shop.view
            ).wrong
            assert "left out" in turn.notes[-1]
            lies, truths = lies + len(false), truths + len(said)
    assert len(COLUMNS) == 9
    assert turns == 72
    assert truths > 500
    assert lies > 3_000


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
