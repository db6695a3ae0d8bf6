"""``/drift``: has what people do changed since it was learned from?"""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from tastemaker.core.wire import Json, plain
from tastemaker.server.access import ADMIN, shop_of
from tastemaker.server.answers import Open

router = APIRouter(tags=["care"], dependencies=[ADMIN])
Days = Annotated[float | None, Query(gt=0, le=100_000, description="the last so many days; else since the fit")]


@router.get("/drift", response_model=Open, summary="How what people do has changed")
def get_drift(request: Request, days: Days = None) -> Json:
    """What happened lately against what was learned from: each mix with its stability index, beside chance."""
    return plain(shop_of(request).drift(days=days))
