"""``/events``: what people did, on the disk before it answers, and counted once however often it is sent."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Request
from pydantic import JsonValue, ValidationError

from tastemaker.catalog.events import Event
from tastemaker.core.errors import InputError
from tastemaker.core.types import ItemId, UserId
from tastemaker.server.access import WRITE, shop_of
from tastemaker.server.answers import EventsOut, RefusedOut
from tastemaker.server.problems import describe
from tastemaker.server.requests import EventIn

router = APIRouter(tags=["change"], dependencies=[WRITE])
MOST = 10_000
EXAMPLE: list[JsonValue] = [
    {"id": "e-1", "user": "u42", "item": "sku-7", "kind": "view", "time": 1746100800},
    {"id": "e-2", "user": "u42", "item": "sku-7", "kind": "cart", "time": "2025-05-01T12:05:00Z"},
]
SCHEMA: dict[str, object] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "array", "maxItems": MOST, "items": EventIn.model_json_schema()},
                "example": EXAMPLE,
            }
        },
    }
}


@router.post("/events", response_model=EventsOut, summary="What people did", openapi_extra=SCHEMA)
def post_events(
    request: Request, sent: Annotated[list[JsonValue], Body(max_length=MOST, examples=[EXAMPLE])]
) -> EventsOut:
    """Takes every event that can be read and names the others; the next answer already knows of them.

    Send an `id` with each event: a batch can then be sent again after a broken connection without counting twice.
    """
    taken: list[Event] = []
    refused: list[RefusedOut] = []
    for place, values in enumerate(sent):
        try:
            taken.append(event_of(EventIn.model_validate(values)))
        except ValidationError as error:
            refused.append(
                RefusedOut(place=place, why=describe(error.errors(include_context=False, include_url=False))[0])
            )
        except InputError as error:
            refused.append(RefusedOut(place=place, why=error.message))
    receipt = shop_of(request).record(taken)
    return EventsOut(
        accepted=receipt.accepted,
        duplicates=receipt.duplicates,
        unknown_items=receipt.unknown_items,
        refused=refused,
    )


def event_of(sent: EventIn) -> Event:
    """The catalog's event.

    Raises:
        InputError: the time is neither ISO 8601 nor Unix seconds, or out of range.
    """
    return Event(
        UserId(sent.user), ItemId(sent.item), kind=sent.kind, value=sent.value, time=seconds(sent.time), id=sent.id
    )


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
