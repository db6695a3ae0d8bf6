"""What a ``where`` says, as a frozen tree that prints itself in the language it was read from.

``parse(str(tree)) == tree`` holds for every tree; where a part stood in the text is kept for error messages only.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

Op = Literal["=", "!=", "<", "<=", ">", ">=", "contains"]
KEYWORDS = frozenset({"and", "or", "not", "in", "contains"})
BARE = re.compile(r"[^\s()=<>!,\"'][^\s()=<>!,\"]*")
"""A word that needs no quotes; an apostrophe may stand inside it."""


@dataclass(frozen=True)
class Compare:
    """An attribute against one value."""

    name: str
    op: Op
    value: str
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{quoted(self.name)} {self.op} {quoted(self.value)}"


@dataclass(frozen=True)
class OneOf:
    """An attribute against several values, any of which will do."""

    name: str
    values: tuple[str, ...]
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{quoted(self.name)} in ({', '.join(quoted(value) for value in self.values)})"


@dataclass(frozen=True)
class Flag:
    """A flag by its bare name: true of the items that have it."""

    name: str
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return quoted(self.name)


@dataclass(frozen=True)
class Not:
    """True where its part is not."""

    part: "Condition"

    def __str__(self) -> str:
        return f"not {_inside(self.part, And, Or)}"


@dataclass(frozen=True)
class And:
    """True where all parts are; two or more."""

    parts: "tuple[Condition, ...]"

    def __str__(self) -> str:
        return " and ".join(_inside(part, And, Or) for part in self.parts)


@dataclass(frozen=True)
class Or:
    """True where any part is; two or more."""

    parts: "tuple[Condition, ...]"

    def __str__(self) -> str:
        return " or ".join(_inside(part, Or) for part in self.parts)


Condition = Compare | OneOf | Flag | Not | And | Or
Leaf = Compare | OneOf | Flag


def quoted(word: str) -> str:
    """A name or a value as it can be written: bare where that reads back the same, else in double quotes."""
    if BARE.fullmatch(word) and word.casefold() not in KEYWORDS:
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _inside(part: Condition, *looser: type[Condition]) -> str:
    """A part as text, in parentheses when it binds no tighter than what is around it."""
    return f"({part})" if isinstance(part, looser) else str(part)
