"""Single fields: how each is read from a table, and what an item must satisfy to be kept.

A field that cannot be used raises :class:`UnfitError` with the reason and the way to mend it; the reader drops the
field (or the row, when it is the id) and goes on. Nothing is guessed.
"""

import json
import math
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache

from tastemaker.catalog.columns import flag
from tastemaker.catalog.events import CONTROL, EARLIEST, LATEST, MAX_NAME
from tastemaker.catalog.items import RESERVED, Item
from tastemaker.core.errors import InputError
from tastemaker.core.types import ItemId, Value

MAX_TITLE = 1_000
MAX_TEXT = 50_000
MAX_ATTRIBUTE = 5_000
MAX_LIST = 1_000
MAX_PRICE = 1e30
"""Prices are counted with in single precision, which ends not far above."""


class UnfitError(Exception):
    """A field cannot be used.

    Args:
        why: what is wrong with it.
        mend: what to do about it.
        instead: a part of it that can be used; None when nothing can.
    """

    def __init__(self, why: str, mend: str, instead: str | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.mend = mend
        self.instead = instead


def text(raw: object, limit: int) -> str:
    """A text without control characters; "" for nothing.

    Raises:
        UnfitError: longer than ``limit`` (the beginning can be used), or a table inside a field.
    """
    if raw is None:
        return ""
    if isinstance(raw, dict | list | tuple):
        raise UnfitError(f"a {type(raw).__name__} where one text belongs", "write one text")
    value = _plain(raw)
    if len(value) > limit:
        short = CONTROL.sub("", value[:limit]).strip()
        raise UnfitError(f"{len(value):,} characters, cut to {limit:,}", "is a quote missing at its end?", short)
    return CONTROL.sub("", value).strip() if CONTROL.search(value) else value.strip()


def name(raw: object) -> str:
    """An id, a person or a kind.

    Raises:
        UnfitError: empty, too long, or with control characters in it.
    """
    if raw is None or isinstance(raw, bool | dict | list | tuple):
        raise UnfitError("is empty" if raw is None else f"is {raw!r}", "give every row a text or a number")
    return _checked_name(raw if isinstance(raw, str) else _plain(raw))


@lru_cache(1 << 16)
def _checked_name(raw: str) -> str:
    value = raw.strip()
    if not value:
        raise UnfitError("is empty", "give every row one")
    if len(value) > MAX_NAME:
        raise UnfitError(f"{len(value):,} characters", f"at most {MAX_NAME}; is a quote missing at its end?")
    if CONTROL.search(value) or "\n" in value:
        raise UnfitError("holds control characters", "remove them")
    return value


def number(raw: object) -> float | None:
    """A finite number; None for nothing.

    Raises:
        UnfitError: not a number, or not finite.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    try:
        value = float(raw) if isinstance(raw, str | int | float) and not isinstance(raw, bool) else None
    except (ValueError, OverflowError):
        value = None
    if value is None:
        raise UnfitError(f"{shown(raw)} is not a number", "write it plainly, like 1299.50")
    if not math.isfinite(value):
        raise UnfitError(f"{shown(raw)} is not a finite number", "leave it empty where it is unknown")
    return value


def price(raw: object) -> float | None:
    """A price; None for nothing.

    Raises:
        UnfitError: not a finite number, below zero, or too large to be counted with.
    """
    value = number(raw)
    if value is not None and value > MAX_PRICE:
        raise UnfitError(f"{shown(raw)} is too large for a price", "leave it empty where it is unknown")
    if value is not None and value < 0:
        raise UnfitError(f"{shown(raw)} is below zero", "leave it empty where it is unknown")
    return value


def available(raw: object) -> bool:
    """Can it be bought? True for nothing.

    Raises:
        UnfitError: neither yes nor no.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return True
    value = flag(float(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw)  # type: ignore[arg-type]
    if value is None:
        raise UnfitError(f"{shown(raw)} is neither yes nor no", "write true or false")
    return value


def many(raw: object, separator: str) -> tuple[str, ...]:
    """Several values: a list, a JSON array in a text, or a text with separators.

    Raises:
        UnfitError: a table inside a field, or far too many values.
    """
    if isinstance(raw, str) and raw.lstrip().startswith("["):
        with suppress(ValueError):  # "[sic] a text"
            raw = json.loads(raw)
    if isinstance(raw, dict):
        raise UnfitError("a table inside a field", "write its keys as columns of their own")
    parts = raw if isinstance(raw, list | tuple) else text(raw, MAX_TEXT).split(separator)
    if len(parts) > MAX_LIST:
        raise UnfitError(f"{len(parts):,} values", f"at most {MAX_LIST:,}")
    values = (text(part, MAX_ATTRIBUTE) for part in parts)
    return tuple(dict.fromkeys(value for value in values if value))


def pictures(raw: object, separator: str) -> tuple[str, ...]:
    """Names of pictures, each a path inside ``images``.

    Raises:
        UnfitError: one of them leaves the folder.
    """
    names = many(raw, separator)
    for value in names:
        parts = value.replace("\\", "/").split("/")
        if "://" in value:
            raise UnfitError(f"{shown(value)} is an address, not a file", "download the picture into images/")
        if value.startswith(("/", "\\")) or ".." in parts or ":" in value[:3]:
            raise UnfitError(f"{shown(value)} is outside the folder of pictures", "give a path inside images/")
    return tuple(value.replace("\\", "/") for value in names)


def attribute(raw: object) -> Value | None:
    """A value of an attribute as the file has it; its type is decided over the whole catalog.

    Raises:
        UnfitError: a table inside a field, or far too long.
    """
    if raw is None or raw == "":
        return None
    if isinstance(raw, str):
        if raw.startswith("[") and raw.endswith("]"):
            return many(raw, "\x00") or None
        return text(raw, MAX_ATTRIBUTE) or None
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, list | tuple | dict):
        return many(raw, "\x00") or None
    if isinstance(raw, int | float):
        return float(raw) if math.isfinite(raw) else None
    return text(raw, MAX_ATTRIBUTE) or None


def moment(raw: object) -> float | None:
    """A time as Unix seconds; None for nothing. A time without zone is UTC.

    Raises:
        UnfitError: neither ISO 8601 nor Unix seconds, or before the year 1.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    try:
        value, latest, mend = number(raw), 1e11, "milliseconds? divide by 1000"
    except UnfitError:
        value, latest, mend = _seconds(raw), LATEST, "leave it empty where it is unknown"
    if value is not None and value >= latest:
        raise UnfitError(f"{shown(raw)} is after the year {9999 if latest == LATEST else 5000}", mend)
    if value is not None and value < EARLIEST:
        raise UnfitError(f"{shown(raw)} is before the year 1", mend)
    return value


def checked(item: Item) -> Item:
    """An item that may be kept, its texts without control characters.

    Raises:
        InputError: a field cannot be used; says which.
    """
    for key in RESERVED:
        if key in item.attributes:
            given = f"item {item.id[:80]!r}: {key!r} is a field of its own, not an attribute"
            raise InputError(given, hint=f"leave it out of attributes and set Item.{key}")
    field = "id"
    try:
        id = ItemId(name(item.id))
        field = "title"
        title = text(item.title, MAX_TITLE)
        field = "text"
        body = text(item.text, MAX_TEXT)
        field = "image"
        images = pictures(item.images, "|")
        field = "price"
        cost = price(item.price)
        field = "department"
        department = text(item.department, MAX_ATTRIBUTE)
        attributes: dict[str, Value] = {}
        for key, raw in item.attributes.items():
            field = key
            value = attribute(raw)
            if value is not None:
                attributes[name(key)] = value
    except UnfitError as error:
        raise InputError(f"item {item.id[:80]!r}: {field[:80]}: {error.why}", hint=error.mend) from None
    return replace(
        item, id=id, title=title, text=body, images=images, price=cost, department=department, attributes=attributes
    )


def shown(raw: object) -> str:
    """A value as errors show it: quoted and short."""
    value = repr(raw)
    return value if len(value) <= 60 else f"{value[:57]}..."


def _plain(raw: object) -> str:
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    return str(raw)


def _seconds(raw: object) -> float:
    """A date, a moment, or either as ISO 8601."""
    try:
        value = raw if isinstance(raw, date) else datetime.fromisoformat(str(raw).strip())
    except ValueError:
        mend = "write ISO 8601 (2026-03-01T12:00:00Z) or Unix seconds"
        raise UnfitError(f"{shown(raw)} is not a time", mend) from None
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
