"""``/events``: what people did and were shown, on the disk before it answers, counted once however often it is sent."""

from typing import Annotated

from fastapi import APIRouter, Body, Request
from pydantic import JsonValue

from tastemaker.catalog.events import Event
from tastemaker.catalog.impressions import Impression
from tastemaker.core.errors import InputError
from tastemaker.server.access import WRITE, shop_of
from tastemaker.server.answers import EventsOut, RefusedOut
from tastemaker.server.told import EventIn, ImpressionIn, told_of

router = APIRouter(tags=["change"], dependencies=[WRITE])
MOST = 10_000
EXAMPLE: list[JsonValue] = [
    {"id": "e-1", "user": "u42", "item": "sku-7", "kind": "view", "time": 1746100800},
    {"id": "e-2", "user": "u42", "item": "sku-7", "kind": "cart", "time": "2025-05-01T12:05:00Z"},
    {"user": "u42", "items": ["sku-7", "sku-9"], "token": "r-1", "time": 1746100790},
]
FOREIGN: dict[str, object] = {
    "type": "object",
    "title": "A retailer's event",
    "description": "A user event of Google Retail, or an interaction of Amazon Personalize",
    "anyOf": [{"required": ["eventType", "visitorId"]}, {"required": ["USER_ID", "ITEM_ID"]}],
}
SCHEMA: dict[str, object] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "array",
                    "maxItems": MOST,
                    "items": {"anyOf": [EventIn.model_json_schema(), ImpressionIn.model_json_schema(), FOREIGN]},
                },
                "example": EXAMPLE,
            }
        },
    }
}


@router.post("/events", response_model=EventsOut, summary="What people did and were shown", openapi_extra=SCHEMA)
def post_events(
    request: Request, sent: Annotated[list[JsonValue], Body(max_length=MOST, examples=[EXAMPLE])]
) -> EventsOut:
    """Takes every entry that can be read and names the others; the next answer already knows of them.

    An entry with `items` is a list that somebody was shown. User events of Google Retail and interactions of Amazon
    Personalize are known by their fields. Send an `id` with each event: a batch can then be sent again after a broken
    connection without counting twice.
    """
    taken: list[Event | Impression] = []
    refused: list[RefusedOut] = []
    for place, entry in enumerate(sent):
        try:
            taken += told_of(entry)
        except InputError as error:
            refused.append(RefusedOut(place=place, why=error.message))
    receipt = shop_of(request).record(taken)
    return EventsOut(
        accepted=receipt.accepted,
        duplicates=receipt.duplicates,
        unknown_items=receipt.unknown_items,
        refused=refused,
    )
