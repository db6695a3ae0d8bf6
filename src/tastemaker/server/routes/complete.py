"""``/complete``: what goes with these."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from tastemaker.server.access import READ, shop_of
from tastemaker.server.answers import RankingOut, answered
from tastemaker.server.requests import CompleteRequest

router = APIRouter(tags=["ask"], dependencies=[READ])


def _answer(request: Request, asked: CompleteRequest) -> JSONResponse:
    ranking = shop_of(request).complete(
        asked.items, k=asked.k, where=asked.where, exclude=asked.exclude, explain=asked.explain
    )
    return answered(ranking)


@router.get("/complete", response_model=RankingOut, summary="What goes with these items")
def get_complete(request: Request, asked: Annotated[CompleteRequest, Query()]) -> JSONResponse:
    """Items that stand together with the given ones, which are left out; `items` may be repeated."""
    return _answer(request, asked)


@router.post("/complete", response_model=RankingOut, summary="What goes with these items")
def post_complete(request: Request, asked: CompleteRequest) -> JSONResponse:
    """The same as GET, for long lists."""
    return _answer(request, asked)
