"""What a person did with an item: one event. Every kind is allowed; the known ones carry more weight than a view."""

import hashlib
import math
import re
from dataclasses import dataclass

from tastemaker.core.errors import InputError
from tastemaker.core.types import ItemId, UserId

EARLIEST = -62_135_596_800.0
"""The first second of the year 1, before which no calendar goes."""
LATEST = 253_402_300_799.0
"""The last second of the year 9999; a larger time is milliseconds by mistake."""
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Characters that no text of a shop holds: control characters and halves of characters."""
MAX_NAME = 256
"""Most characters of an id, a person's name or a kind."""


def _is_name(text: str) -> bool:
    return 0 < len(text) <= MAX_NAME and not text.isspace() and "\n" not in text


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that one person did.

    Attributes:
        user: who; any text up to 256 characters.
        item: id of the item; it need not be in the catalog yet.
        kind: "view", "like", "cart", "buy", "rate", "dislike" or any other word.
        value: stars of a rating, or a quantity; None when there is none.
        time: Unix seconds; None when unknown (a live event without a time happened when it arrived).
        id: makes the event countable once only; "" to derive one from the other fields.
        token: of the list that it came of, see :class:`tastemaker.catalog.impressions.Impression`; "" when unknown.

    Raises:
        InputError: a name is empty or too long, or a number is not finite.
    """

    user: UserId
    item: ItemId
    kind: str = "view"
    value: float | None = None
    time: float | None = None
    id: str = ""
    token: str = ""

    def __post_init__(self) -> None:
        if not (_is_name(self.user) and _is_name(self.item) and _is_name(self.kind)):
            self._refuse_names()
        if CONTROL.search(f"{self.user}{self.item}{self.kind}{self.id}{self.token}"):
            raise InputError("event with control characters in a name", hint="remove them")
        for field, value in (("id", self.id), ("token", self.token)):
            if len(value) > MAX_NAME:
                raise InputError(f"event {field} of {len(value):,} characters", hint=f"at most {MAX_NAME} are kept")
        if self.value is not None and not math.isfinite(self.value):
            raise InputError(f"event value is {self.value!r}", hint="give a finite number, or none")
        if self.time is not None and not EARLIEST <= self.time < LATEST:
            hint = "give Unix seconds (milliseconds / 1000) of the years 1 to 9999, or none"
            raise InputError(f"event time is {self.time!r}", hint=hint)

    def _refuse_names(self) -> None:
        for field, value in (("user", self.user), ("item", self.item), ("kind", self.kind)):
            if not value.strip():
                raise InputError(f"event without {field}", hint=f"{field} must be a text of 1 to {MAX_NAME} characters")
            if len(value) > MAX_NAME:
                raise InputError(f"event {field} of {len(value):,} characters", hint=f"at most {MAX_NAME} are kept")
            if "\n" in value:
                raise InputError(f"event {field} of several lines", hint="remove the line breaks")


@dataclass(frozen=True)
class Receipt:
    """What became of events that were handed in; everything counted here is on the disk.

    Attributes:
        accepted: new events, those of unknown items included.
        duplicates: events whose id was there already; they count once.
        unknown_items: accepted events that are set aside until their item is added.
    """

    accepted: int
    duplicates: int
    unknown_items: int = 0


class DerivedIds:
    """Ids made of what events say, for events that bring none.

    The same file read twice gives the same ids, so nothing doubles; a row that stands in the file three times gives
    three ids, so nothing is lost either.
    """

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def __call__(self, user: str, item: str, kind: str, value: float | None, time: float | None) -> str:
        """The id of the next event that says this."""
        id = content_id(user, item, kind, value, time)
        place = self._seen.get(id, 0)
        self._seen[id] = place + 1
        return f"{id}.{place}" if place else id


def content_id(user: str, item: str, kind: str, value: float | None, time: float | None) -> str:
    """An id made of everything an event says, 26 characters."""
    content = f"{user}\x1f{item}\x1f{kind}\x1f{value}\x1f{time}".encode()
    return "d:" + hashlib.blake2b(content, digest_size=12).hexdigest()
