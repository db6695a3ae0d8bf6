"""``/past`` and ``/forget``: what a person did, and what of it is to be forgotten."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from tastemaker.core.wire import Json, plain
from tastemaker.server.access import READ, WRITE, shop_of
from tastemaker.server.answers import EventOut
from tastemaker.server.requests import ForgetRequest, PastRequest

router = APIRouter()


class Forgotten(BaseModel):
    """What was forgotten."""

    forgotten: int


@router.get("/past", response_model=list[EventOut], summary="What a person did", tags=["ask"], dependencies=[READ])
def get_past(request: Request, asked: Annotated[PastRequest, Query()]) -> Json:
    """What a person did with items that are in the shop, newest first; nothing for somebody unknown."""
    return plain(shop_of(request).past(asked.user, kind=asked.kind, limit=asked.limit))


@router.post("/forget", summary="Forget what a person did", tags=["change"], dependencies=[WRITE])
def post_forget(request: Request, asked: ForgetRequest) -> Forgotten:
    """Everything, or what they did with one item.

    Their answers know nothing of it at once, what is trained at the next fit.
    The events file does not bring it back; what the person does from now on counts again.
    """
    return Forgotten(forgotten=shop_of(request).forget(asked.user, asked.item, kind=asked.kind))
