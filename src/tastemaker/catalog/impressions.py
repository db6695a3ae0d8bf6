"""What a person was shown: one list, the token that names it, and with which chance each item stood where it stood.

Events that carry the token say what came of it. Without lists nobody can tell what was not chosen, and without chances
nobody can tell what another method would have done; see :mod:`tastemaker.evaluation.off_policy`.
"""

import hashlib
import json
from dataclasses import dataclass

from tastemaker.catalog.events import CONTROL, EARLIEST, LATEST, MAX_NAME
from tastemaker.core.errors import InputError
from tastemaker.core.types import ItemId, UserId

MOST = 1_000
"""Most items of one list."""


@dataclass(frozen=True, slots=True)
class Impression:
    """One list that one person was shown.

    Attributes:
        user: who.
        items: ids in their places, the first first; they need not be in the catalog.
        token: names the list; events that came of it carry it. Derived from the rest when empty.
        time: Unix seconds; None when unknown (a live one was shown when it arrived).
        chances: of each item, how likely it was to stand at its place, above 0 and up to 1; empty when unknown.
        experiment: under which it was shown; "" for none.
        arms: which method put each item there: one name for the whole list, or one a place; empty when unknown.
        query: words that were searched for, "" for none.

    Raises:
        InputError: a field cannot be used; says which.
    """

    user: UserId
    items: tuple[ItemId, ...]
    token: str = ""
    time: float | None = None
    chances: tuple[float, ...] = ()
    experiment: str = ""
    arms: tuple[str, ...] = ()
    query: str = ""

    def __post_init__(self) -> None:
        n = len(self.items)
        refused = (
            (not 0 < n <= MOST, f"a list of {n:,} items", f"give 1 to {MOST:,} ids"),
            (
                not all(map(_named, (self.user, *self.items))),
                "a name that cannot be kept",
                f"1 to {MAX_NAME} characters",
            ),
            (
                not all(map(_kept, (self.token, self.experiment, *self.arms))),
                "a word that cannot be kept",
                "say it short",
            ),
            (not _kept(self.query, 2_000), "a query that cannot be kept", "at most 2,000 plain characters"),
            (len(self.chances) not in (0, n), f"{len(self.chances)} chances for {n} items", "give one an item"),
            (not all(0 < chance <= 1 for chance in self.chances), "a chance out of range", "above 0, up to 1"),
            (len(self.arms) not in (0, 1, n), f"{len(self.arms)} arms for {n} items", "give one, or one an item"),
            (not EARLIEST <= (self.time or 0.0) < LATEST, f"time is {self.time!r}", "give Unix seconds, or none"),
        )
        for wrong, why, mend in refused:
            if wrong:
                raise InputError(f"a shown list: {why}", hint=mend)

    @property
    def name(self) -> str:
        """The token; derived from what the list says when it has none, so that the same file counts once."""
        if self.token:
            return self.token
        content = "\x1f".join((self.user, str(self.time), *self.items)).encode()
        return "d:" + hashlib.blake2b(content, digest_size=12).hexdigest()

    def body(self) -> str:
        """What the database keeps beside the columns that are asked for."""
        return json.dumps([self.items, self.chances, self.arms, self.query], ensure_ascii=False)

    @classmethod
    def from_body(cls, token: str, user: str, time: float | None, experiment: str, body: str) -> "Impression":
        """Back from the database."""
        items, chances, arms, query = json.loads(body)
        time = None if time is None else max(time, EARLIEST)
        return cls(UserId(user), tuple(items), token, time, tuple(chances), experiment, tuple(arms), query)


def _kept(text: str, most: int = MAX_NAME) -> bool:
    return len(text) <= most and not CONTROL.search(text)


def _named(text: str) -> bool:
    return bool(text) and _kept(text)
