"""``/explain``: why an item, from facts that can be looked up."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from tastemaker.core.wire import Json, plain
from tastemaker.server.access import READ, shop_of
from tastemaker.server.answers import Open
from tastemaker.server.requests import ExplainPicture, ExplainRequest

router = APIRouter(tags=["ask"], dependencies=[READ])


@router.get("/explain", response_model=Open, summary="Why this item")
def get_explain(request: Request, asked: Annotated[ExplainRequest, Query()]) -> Json:
    """Reasons, the score of every source, what the item lacks, and which part of its picture counts."""
    return plain(shop_of(request).explain(asked.item, user=asked.user, text=asked.text, looks=asked.looks))


@router.post("/explain", response_model=Open, summary="Why this item")
def post_explain(request: Request, asked: ExplainPicture) -> Json:
    """The same as GET, or against a picture."""
    told = shop_of(request).explain(asked.item, user=asked.user, text=asked.text, image=asked.image, looks=asked.looks)
    return plain(told)
