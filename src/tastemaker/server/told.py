"""One entry of ``POST /events``: our own event, a list that was shown, or a retailer's shape, known by its fields."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import ConfigDict, Field, FiniteFloat, JsonValue, StringConstraints, ValidationError

from tastemaker.catalog.events import Event
from tastemaker.catalog.fields import UnfitError
from tastemaker.catalog.impressions import Impression
from tastemaker.catalog.retail_events import shape_of, told_by
from tastemaker.core.errors import InputError
from tastemaker.core.types import ItemId, UserId
from tastemaker.server.problems import describe
from tastemaker.server.requests import Request, Words

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=256)]
Short = Annotated[str, StringConstraints(max_length=256)]
Chance = Annotated[FiniteFloat, Field(gt=0, le=1)]


class EventIn(Request):
    """One thing that somebody did."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"id": "e-1", "user": "u42", "item": "sku-7", "kind": "cart", "time": "2025-05-01T12:00:00Z"}
        }
    )

    id: Annotated[str, StringConstraints(max_length=256)] = ""
    """Makes the event countable once only: sent again, it is a duplicate. Derived from the rest when empty."""
    user: Name
    """Who."""
    item: Name
    """With what; an item that is not there yet is kept until it is."""
    kind: Name = "view"
    """`view`, `like`, `cart`, `buy`, `rate`, `dislike` or another word."""
    value: FiniteFloat | None = None
    """Stars of a rating, or a quantity."""
    time: FiniteFloat | str | None = None
    """ISO 8601 or Unix seconds; now when null."""
    token: Annotated[str, StringConstraints(max_length=256)] = ""
    """Of the ranking that it came of."""


class ImpressionIn(Request):
    """One list that somebody was shown."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"user": "u42", "items": ["sku-7", "sku-9"], "token": "r-1", "time": 1746100800}}
    )

    user: Name
    """Who."""
    items: Annotated[list[Name], Field(min_length=1, max_length=1_000)]
    """In their places, the first first."""
    token: Short = ""
    """Names the list; events that came of it carry it. Derived from the rest when empty."""
    time: FiniteFloat | str | None = None
    """ISO 8601 or Unix seconds; now when null."""
    chances: Annotated[list[Chance], Field(default_factory=list, max_length=1_000)]
    """How likely each item was to stand at its place; empty when unknown."""
    experiment: Short = ""
    """Under which it was shown."""
    arms: Annotated[list[Short], Field(default_factory=list, max_length=1_000)]
    """Which method put each item there: one, or one an item."""
    query: Words = ""
    """Words that were searched for."""


def told_of(sent: JsonValue) -> list[Event | Impression]:
    """What an entry tells.

    Raises:
        InputError: it cannot be used; says why.
    """
    try:
        shape = shape_of(sent) if isinstance(sent, dict) else ""
        if shape and isinstance(sent, dict):
            events, lists = told_by(sent, shape)
            return [*lists, *events]
        if isinstance(sent, dict) and "items" in sent:
            return [_impression(ImpressionIn.model_validate(sent))]
        return [event_of(EventIn.model_validate(sent))]
    except UnfitError as error:
        raise InputError(error.why, hint=error.mend) from None
    except ValidationError as error:
        raise InputError(describe(error.errors(include_context=False, include_url=False))[0]) from None


def event_of(sent: EventIn) -> Event:
    """The catalog's event.

    Raises:
        InputError: the time is neither ISO 8601 nor Unix seconds, or out of range.
    """
    user, item, time = UserId(sent.user), ItemId(sent.item), seconds(sent.time)
    return Event(user, item, kind=sent.kind, value=sent.value, time=time, id=sent.id, token=sent.token)


def _impression(sent: ImpressionIn) -> Impression:
    return Impression(
        UserId(sent.user), tuple(ItemId(id) for id in sent.items), sent.token, seconds(sent.time),
        tuple(sent.chances), sent.experiment, tuple(sent.arms), sent.query,
    )  # fmt: skip


def seconds(given: float | str | None) -> float | None:
    """A time as Unix seconds; one without a zone is UTC.

    Raises:
        InputError: it is text, and not ISO 8601.
    """
    if not isinstance(given, str):
        return given
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise InputError(f"time is {given[:40]!r}", hint="give ISO 8601 or Unix seconds") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
