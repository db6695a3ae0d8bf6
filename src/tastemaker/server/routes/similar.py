"""``/similar``: more like this item."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from tastemaker.server.access import READ, shop_of
from tastemaker.server.answers import RankingOut, answered
from tastemaker.server.requests import SimilarRequest

router = APIRouter(tags=["ask"], dependencies=[READ])


def _answer(request: Request, asked: SimilarRequest) -> JSONResponse:
    ranking = shop_of(request).similar(asked.item, k=asked.k, where=asked.where)
    return answered(ranking)


@router.get("/similar", response_model=RankingOut, summary="More like this item")
def get_similar(request: Request, asked: Annotated[SimilarRequest, Query()]) -> JSONResponse:
    """Items like the one given, itself left out."""
    return _answer(request, asked)


@router.post("/similar", response_model=RankingOut, summary="More like this item")
def post_similar(request: Request, asked: SimilarRequest) -> JSONResponse:
    """The same as GET."""
    return _answer(request, asked)
