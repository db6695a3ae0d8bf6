"""``/remove``: take items out of the shop, live."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from tastemaker.server.access import WRITE, shop_of
from tastemaker.server.requests import RemoveRequest

router = APIRouter(tags=["change"], dependencies=[WRITE])


class Removed(BaseModel):
    """What was removed."""

    removed: int


@router.post("/remove", response_model=Removed, summary="Take items out of the shop")
def post_remove(request: Request, asked: RemoveRequest) -> Removed:
    """The items are no longer ranked; what people did with them is kept."""
    return Removed(removed=shop_of(request).remove(asked.items))
