"""Rules of the shop itself, from ``rules.toml``: what is put first, lifted, or sent to the end, and until when.

    [[rules]]
    boost = "brand = 'x'"        # lifts what the filter keeps
    by = 0.2                     # of the way from the middle of the ranking to its best
    until = 2026-12-24           # the last day; since = the first

    [[rules]]
    pin = ["sku-1", "sku-2"]     # at this place, and the ones after it
    place = 1

    [[rules]]
    bury = "department = garden" # to the end

The file is read again when it has changed; no fit, no restart. One that cannot be read is not used, and the answers say
so.
"""

import json
import re
import tomllib
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Literal

from pydantic import Field

from tastemaker.core.config import Config
from tastemaker.core.errors import ConfigError, InputError
from tastemaker.core.storage import replace_text
from tastemaker.index import filters

Verb = Literal["recommend", "complete"]


class Rule(Config):
    """One rule; exactly one of ``boost``, ``bury`` and ``pin`` is given."""

    boost: str = ""
    """A filter: what it keeps is lifted."""
    bury: str = ""
    """A filter: what it keeps goes to the end."""
    pin: tuple[str, ...] = ()
    """Ids that stand at ``place`` and after it, in this order, where they may be shown at all."""
    by: float = Field(default=0.2, gt=0, le=10)
    """How far a boost lifts: 1 is the way from the middle of the ranking to its best."""
    place: int = Field(default=1, ge=1)
    """The place of the first pinned item, from 1."""
    since: date | None = None
    """First day; from the beginning when unset."""
    until: date | None = None
    """Last day; without end when unset."""
    on: tuple[Verb, ...] = ("recommend", "complete")
    """Which verbs it is for."""

    def holds(self, verb: Verb, today: date) -> bool:
        """Is it for this verb and this day?"""
        begun = self.since is None or self.since <= today
        return verb in self.on and begun and (self.until is None or today <= self.until)

    def checked(self) -> "Rule":
        """This rule, once it is known to be one.

        Raises:
            ConfigError: it says none or several of boost, bury and pin.
            FilterError: its filter cannot be read.
        """
        said = [name for name in ("boost", "bury", "pin") if getattr(self, name)]
        if len(said) != 1:
            found = " and ".join(said) or "none of them"
            raise ConfigError(f"a rule says {found}", hint="a rule says one of boost, bury and pin")
        filters.parse(self.boost or self.bury)
        return self

    def to_toml(self) -> str:
        """The rule as it stands in the file, without what is as it is by default."""
        lines = []
        for name, value in self.model_dump(exclude_defaults=True).items():
            text = value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)
            lines.append(f"{name} = {text}".replace("\x7f", "\\u007f"))
        return "\n".join(["[[rules]]", *lines, ""])

    def __str__(self) -> str:
        if self.pin:
            return f"pin {', '.join(self.pin[:3])}{' ...' if len(self.pin) > 3 else ''} at {self.place}"
        return f"boost {self.boost} by {self.by:g}" if self.boost else f"bury {self.bury}"


class _File(Config):
    """The whole file."""

    rules: tuple[Rule, ...] = ()
    """In the order in which they are applied, kind by kind."""


def read_rules(path: Path) -> tuple[Rule, ...]:
    """Read the file.

    Raises:
        ConfigError: it is not TOML, holds an unknown key, or a rule says none or several of boost, bury and pin.
        FilterError: a filter cannot be read.
    """
    rules = _File.from_toml(path).rules
    for number, rule in enumerate(rules, 1):
        try:
            rule.checked()
        except ConfigError as error:
            raise ConfigError(f"rule {number}: {error.message}", hint=error.hint) from None
    return rules


class Rules:
    """The rules of a shop as the file says them now.

    Args:
        path: of the file; need not be there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._read: tuple[tuple[int, int], tuple[Rule, ...], str] | None = None

    def now(self) -> tuple[tuple[Rule, ...], str]:
        """The rules, and why the file is not used; "" when it is."""
        try:
            facts = self._path.stat()
        except OSError:
            return (), ""
        stamp = (facts.st_mtime_ns, facts.st_size)
        with self._lock:
            if self._read is None or self._read[0] != stamp:
                self._read = (stamp, *self._again())
            return self._read[1:]

    def add(self, rule: Rule) -> None:
        """Write one more rule into the file, behind the others; it holds at once.

        Raises:
            ConfigError: the rule is none, or the file cannot be read as it is and is left alone.
        """
        with self._lock:
            held, text = self._writable()
            self._write(f"{text.rstrip()}\n\n{rule.checked().to_toml()}".lstrip(), (*held, rule))

    def drop(self, rule: Rule) -> None:
        """Take a rule out of the file; what else stands there, comments included, stays.

        Raises:
            ConfigError: it is not there any more, or the file cannot be read and is left alone.
        """
        with self._lock:
            held, text = self._writable()
            if rule not in held:
                raise ConfigError(f"the rule `{rule}` is not there any more", hint="look at the rules again")
            place = held.index(rule)
            heads = [found.start() for found in _HEAD.finditer(text)]
            end = heads[place + 1] if place + 1 < len(heads) else len(text)
            self._write(text[: heads[place]] + text[end:] if len(heads) == len(held) else "", _without(held, place))

    def _writable(self) -> tuple[tuple[Rule, ...], str]:
        """The rules and the text of the file; none and "" when there is no file."""
        return (read_rules(self._path), self._path.read_text(encoding="utf-8")) if self._path.exists() else ((), "")

    def _write(self, text: str, wanted: tuple[Rule, ...]) -> None:
        """The text, when it says what is wanted; otherwise the rules alone."""
        try:
            said = _File.read(tomllib.loads(text)).rules
        except (tomllib.TOMLDecodeError, ConfigError):
            said = ()
        replace_text(self._path, text if said == wanted else "\n".join(rule.to_toml() for rule in wanted))

    def _again(self) -> tuple[tuple[Rule, ...], str]:
        try:
            return read_rules(self._path), ""
        except InputError as error:
            return (), f"{self._path.name} is not used: {error.message}{f' ({error.hint})' if error.hint else ''}"


_HEAD = re.compile(r"^\[\[rules\]\]", re.MULTILINE)


def _without(held: tuple[Rule, ...], place: int) -> tuple[Rule, ...]:
    return (*held[:place], *held[place + 1 :])
