"""``/items/{id}``: one item, as the catalog has it."""

from fastapi import APIRouter, Request

from tastemaker.core.wire import Json, plain
from tastemaker.server.access import READ, shop_of
from tastemaker.server.answers import ItemOut

router = APIRouter(tags=["ask"], dependencies=[READ])


@router.get("/items/{item_id:path}", response_model=ItemOut, summary="One item")
def get_item(request: Request, item_id: str) -> Json:
    """Everything known of an item: title, text, pictures, price, attributes."""
    return plain(shop_of(request).item(item_id))
