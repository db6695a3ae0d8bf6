"""``/recommend``: what suits a person."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from tastemaker.server.access import READ, shop_of
from tastemaker.server.answers import RankingOut, answered
from tastemaker.server.requests import RecommendRequest

router = APIRouter(tags=["ask"], dependencies=[READ])


def _answer(request: Request, asked: RecommendRequest) -> JSONResponse:
    ranking = shop_of(request).recommend(
        asked.user,
        history=asked.history,
        k=asked.k,
        where=asked.where,
        exclude=asked.exclude,
        explain=asked.explain,
    )
    return answered(ranking)


@router.get("/recommend", response_model=RankingOut, summary="What suits a person")
def get_recommend(request: Request, asked: Annotated[RecommendRequest, Query()]) -> JSONResponse:
    """Items for a person, from all that is known of them; live events count at once."""
    return _answer(request, asked)


@router.post("/recommend", response_model=RankingOut, summary="What suits a person")
def post_recommend(request: Request, asked: RecommendRequest) -> JSONResponse:
    """The same as GET, for long histories."""
    return _answer(request, asked)
