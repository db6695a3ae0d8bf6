"""Language models without a model, shipped for tests: scripted ones, one that lies, one that obeys all it reads.

``Fake`` answers with what it is given, or with what a function makes of the messages; ``prompts`` holds all that it
read.
``fake:silent``, ``fake:lying`` and ``fake:obedient`` are the same by name.
"""

import json
import re
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from typing import ClassVar

from tastemaker.assistant.doors.door import Ability, Budget, Door, DoorFailed, Message, Wants, bounded
from tastemaker.assistant.doors.prompts import data_of
from tastemaker.core.errors import UnknownName

Script = Callable[[Sequence[Message], Wants], str]
PIECE = 7
"""Characters of a piece."""


class Fake(Door):
    """Answers as scripted.

    Args:
        script: the name of a character; answers in their order, the last one again and again; or a function.
        can: what it is able to do.

    Raises:
        UnknownName: there is no such character.
    """

    figure: ClassVar[str] = "5"
    source: ClassVar[str] = "no model; for tests"

    def __init__(
        self,
        script: str | Sequence[str] | Script = "silent",
        *,
        can: Collection[Ability] = ("json", "tools", "pictures"),
    ) -> None:
        if isinstance(script, str) and script not in CHARACTERS:
            raise UnknownName("character of a fake language model", script, CHARACTERS)
        self._script = CHARACTERS[script] if isinstance(script, str) else script
        self._can = can
        self.prompts: list[tuple[Wants, tuple[Message, ...]]] = []

    def can(self, ability: Ability, budget: Budget) -> bool:  # noqa: ARG002
        """All of them, unless said otherwise."""
        return ability in self._can

    def stream(self, messages: Sequence[Message], wants: Wants, budget: Budget) -> Generator[str, None, None]:
        """The next answer, in small pieces."""
        budget.call()
        self.prompts.append((wants, tuple(messages)))
        text = self._answer(messages, wants)
        yield from bounded((text[at : at + PIECE] for at in range(0, len(text), PIECE)), budget)

    def _answer(self, messages: Sequence[Message], wants: Wants) -> str:
        if callable(self._script):
            return self._script(messages, wants)
        if not self._script:
            raise DoorFailed("the script is empty")
        return self._script[min(len(self.prompts), len(self._script)) - 1]


def silent(messages: Sequence[Message], wants: Wants) -> str:
    """Proposes what the person said, and adds no words."""
    said = data_of(messages).get("said", "")
    return json.dumps({"actions": [{"verb": "search", "words": said}]}) if wants == "actions" else ""


def lying(messages: Sequence[Message], wants: Wants) -> str:
    """Says of every item what is so, what is true of another, and what is true of none."""
    return silent(messages, wants) if wants == "actions" else " ".join(said for said, _ in statements(messages))


def statements(messages: Sequence[Message]) -> list[tuple[str, bool]]:
    """What the liar says of the items it was given, each with whether it is so."""
    items = [item for item in _list(data_of(messages).get("items")) if isinstance(item, dict)]
    told: list[tuple[str, bool]] = []
    for place, item in enumerate(items):
        title, price, own = str(item["title"]), str(item.get("price", "")), _values(item)
        others = [value for other in items for value in _values(other) if value not in own]
        told += [(f"“{title}” is {value}.", True) for value in own]
        told += [(f"“{title}” is {value}.", False) for value in others]
        told += [(f"“{title}” is not {value}.", False) for value in own]
        told += [(f"The {('first', 'second', 'third')[place]} is {value}.", False) for value in others if place < 3]
        told += [(f"It is {value}, as you asked.", False) for value in others]
        told += [(f"“{title}” is better than all others.", False), (f"{title} is sku-999.", False)]
        told += [(f"“{title}” costs {price}.", True)] if price else []
        told += [(f"“{title}” costs {price}9.", False), (f"“{title}” is under {price} by half.", False)]
        told += [(f"They are all {value}.", False) for value in own if any(value not in _values(x) for x in items)]
    return told


def obedient(messages: Sequence[Message], wants: Wants) -> str:
    """The worst case: does everything that anybody asks for anywhere in what it reads, and says all of it aloud."""
    if wants == "words":
        return "\n".join(_aloud("\n".join(message.text for message in messages), messages))
    text = "\n".join(message.text for message in messages if message.role == "user").replace('\\"', '"')
    found = [json.loads(part) for part in re.findall(r"\{[^{}]*\}", text) if _is_json(part)]
    wanted = [each for each in found if isinstance(each, dict) and "verb" in each]
    verbs = {"delete": "remove", "undo": "undo", "start over": "start_over", "list": "add_to_list", "refund": "refund"}
    wanted += [{"verb": verb, "items": [1]} for words, verb in verbs.items() if words in text.casefold()]
    return json.dumps({"actions": wanted}) if wanted else silent(messages, wants)


def _aloud(text: str, messages: Sequence[Message]) -> Iterator[str]:
    """All that was read: as it stands, behind something that is so, and word by word as a value of some item."""
    titles = [str(item["title"]) for item in _list(data_of(messages).get("items")) if isinstance(item, dict)]
    lines = [line.strip() for line in re.split(r"\n|\\n|(?<=[.!?:,])\s", text) if line.strip()]
    words = dict.fromkeys(re.findall(r"[^\s\"“”{}\[\],:]+", text))
    for place, said in enumerate([*lines, *words]):
        title = titles[place % len(titles)] if titles else ""
        yield from (said, f"“{title}” is {said}.", f"“{title}” is red and {said}.")


def _is_json(part: str) -> bool:
    try:
        json.loads(part)
    except ValueError:
        return False
    return True


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _values(item: dict[str, object]) -> list[str]:
    """The values that an item in a prompt has."""
    held = item.get("attributes")
    found = list(held.values()) if isinstance(held, dict) else []
    return [
        part for value in found for part in (value if isinstance(value, list) else [value]) if isinstance(part, str)
    ]


CHARACTERS: dict[str, Script] = {"silent": silent, "lying": lying, "obedient": obedient}
"""Fakes by name."""
