"""``/similar``: more like this item."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from tastemaker.core.wire import Json, plain
from tastemaker.server.access import READ, shop_of
from tastemaker.server.answers import RankingOut
from tastemaker.server.requests import SimilarRequest

router = APIRouter(tags=["ask"], dependencies=[READ])


@router.get("/similar", response_model=RankingOut, summary="More like this item")
def get_similar(request: Request, asked: Annotated[SimilarRequest, Query()]) -> Json:
    """Items like the one given, itself left out."""
    return plain(shop_of(request).similar(asked.item, k=asked.k, where=asked.where))


@router.post("/similar", response_model=RankingOut, summary="More like this item")
def post_similar(request: Request, asked: SimilarRequest) -> Json:
    """The same as GET."""
    return plain(shop_of(request).similar(asked.item, k=asked.k, where=asked.where))
