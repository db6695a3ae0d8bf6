"""``/recommend``: what suits a person."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from tastemaker.core.wire import Json, plain
from tastemaker.server.access import READ, shop_of
from tastemaker.server.answers import RankingOut
from tastemaker.server.requests import RecommendRequest

router = APIRouter(tags=["ask"], dependencies=[READ])


def _answer(request: Request, asked: RecommendRequest) -> Json:
    ranking = shop_of(request).recommend(
        asked.user,
        history=asked.history,
        k=asked.k,
        where=asked.where,
        exclude=asked.exclude,
        explain=asked.explain,
    )
    return plain(ranking)


@router.get("/recommend", response_model=RankingOut, summary="What suits a person")
def get_recommend(request: Request, asked: Annotated[RecommendRequest, Query()]) -> Json:
    """Items for a person, from all that is known of them; live events count at once."""
    return _answer(request, asked)


@router.post("/recommend", response_model=RankingOut, summary="What suits a person")
def post_recommend(request: Request, asked: RecommendRequest) -> Json:
    """The same as GET, for long histories."""
    return _answer(request, asked)
