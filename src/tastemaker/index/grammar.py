"""Reading a ``where``: text -> tokens -> tree, by recursive descent. Nothing is ever evaluated as code.

    filter     := and_part ("or" and_part)*
    and_part   := not_part ("and" not_part)*
    not_part   := "not" not_part | "(" filter ")" | condition
    condition  := name                                      a flag
                | name ("=" | "!=" | "<" | "<=" | ">" | ">=") value
                | name ["not"] "contains" value
                | name ["not"] "in" "(" value ("," value)* ")"
    name,value := word+ | "quoted" | 'quoted'

Words side by side make one name or value (``colour = navy blue``); a backslash escapes a quote inside quotes; keywords
are read in any case. Text over 10,000 characters and nesting over 50 are refused, so that no request costs much.
"""

import re
from dataclasses import dataclass
from typing import Literal, cast

from tastemaker.core.errors import FilterError
from tastemaker.index.conditions import BARE, KEYWORDS, And, Compare, Condition, Flag, Not, OneOf, Op, Or

MAX_LENGTH = 10_000
MAX_DEPTH = 50
EXAMPLE = "price < 80 and colour in (red, blue) and not waterproof"

_Kind = Literal["word", "string", "op", "punctuation", "keyword", "end"]
_OPS = {"=": "=", "==": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_PATTERN = re.compile(
    rf"""\s*(?:(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<op>==|!=|<>|<=|>=|=|<|>)|(?P<punctuation>[(),])|(?P<word>{BARE.pattern}))""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class _Token:
    """One token: its kind, its text as meant, and where it began (from 0)."""

    kind: _Kind
    text: str
    at: int

    @property
    def shown(self) -> str:
        """The token as an error message names it."""
        return "the end" if self.kind == "end" else repr(self.text[:40])


def read(where: str) -> Condition | None:
    """Read a ``where``; None when there is nothing but space.

    Raises:
        FilterError: it cannot be read; says where and what was expected.
    """
    if len(where) > MAX_LENGTH:
        raise FilterError(f"the filter has {len(where):,} characters; at most {MAX_LENGTH:,} are read", hint=EXAMPLE)
    if not where.strip():
        return None
    return _Parser(_tokens(where)).parse()


def _tokens(where: str) -> list[_Token]:
    """Cut the text into tokens, an end marker last.

    Raises:
        FilterError: a quote is not closed, or a character belongs to no token.
    """
    found, at = [], 0
    end = len(where.rstrip())
    while at < end:
        match = _PATTERN.match(where, at)
        if match is None:
            at += len(where[at:]) - len(where[at:].lstrip())
            unclosed = where[at] in "\"'"
            why = "a quote is opened and not closed" if unclosed else f"{where[at]!r} is not expected"
            raise FilterError(f"{why} at position {at + 1} of the filter", hint=f"write it like: {EXAMPLE}")
        kind = cast("_Kind", match.lastgroup)
        text, start = match.group(kind), match.start(kind)
        if kind == "string":
            text = re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
        elif kind == "word" and text.casefold() in KEYWORDS:
            kind, text = "keyword", text.casefold()
        found.append(_Token(kind, text, start))
        at = match.end()
    return [*found, _Token("end", "", end)]


class _Parser:
    """Recursive descent over tokens; every method reads one rule of the grammar."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def parse(self) -> Condition:
        """The whole text."""
        tree = self._any()
        if self._peek.kind != "end":
            raise self._error("'and', 'or' or the end")
        return tree

    @property
    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self, text: str, kind: _Kind = "keyword") -> bool:
        """Step over the token if it is this one."""
        taken = self._peek.kind == kind and self._peek.text == text
        self._next += taken
        return taken

    def _any(self) -> Condition:
        parts = [self._all()]
        while self._take("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._take("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self) -> Condition:
        if self._take("not"):
            self._deeper()
            inner: Condition = Not(self._one())
        elif self._take("(", "punctuation"):
            self._deeper()
            inner = self._any()
            self._need(")", "'and', 'or' or ')'")
        else:
            return self._condition()
        self._depth -= 1
        return inner

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FilterError(f"the filter nests deeper than {MAX_DEPTH}", hint=EXAMPLE)

    def _condition(self) -> Condition:
        at = self._peek.at
        name = self._words("the name of an attribute")
        if self._peek.kind == "op":
            op = _OPS[self._tokens[self._next].text]
            self._next += 1
            return Compare(name, cast("Op", op), self._words("a value"), at)
        negated = self._take("not")
        if self._take("contains"):
            found: Condition = Compare(name, "contains", self._words("a value"), at)
        elif self._take("in"):
            found = OneOf(name, self._list(), at)
        elif negated:
            raise self._error("'in' or 'contains'")
        else:
            return Flag(name, at)
        return Not(found) if negated else found

    def _list(self) -> tuple[str, ...]:
        self._need("(", "'(' and values")
        values = [self._words("a value")]
        while self._take(",", "punctuation"):
            values.append(self._words("a value"))
        self._need(")", "',' or ')'")
        return tuple(values)

    def _need(self, text: str, expected: str) -> None:
        if not self._take(text, "punctuation"):
            raise self._error(expected)

    def _words(self, expected: str) -> str:
        """One string, or words side by side."""
        token = self._peek
        if token.kind not in ("word", "string"):
            raise self._error(expected)
        self._next += 1
        words = [token.text]
        while token.kind == "word" and self._peek.kind == "word":
            words.append(self._peek.text)
            self._next += 1
        return " ".join(words)

    def _error(self, expected: str) -> FilterError:
        token = self._peek
        hint = f"put quotes around {token.text!r} if it is a value" if token.kind == "keyword" else f"like: {EXAMPLE}"
        return FilterError(
            f"expected {expected} at position {token.at + 1} of the filter, not {token.shown}", hint=hint
        )
