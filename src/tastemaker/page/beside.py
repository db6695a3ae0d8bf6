"""What the cards of the conversation show beside what ``/chat`` sends: where an item can be seen; any item as a card.

GET /page/cards?item=...&item=...   -> those that are there, in order
"""

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query

from tastemaker.catalog.items import Item
from tastemaker.core.wire import Json
from tastemaker.page.show import WORDS, show_url, ways
from tastemaker.page.state import State

if TYPE_CHECKING:
    from tastemaker.shop import Shop

MAX_CARDS = 100
"""Cards asked for at a time."""


def router(shop: "Shop") -> APIRouter:
    """The route."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/page/cards", response_model=None)
    def cards(item: Annotated[list[str], Query(max_length=MAX_CARDS)]) -> list[Json]:
        catalog = shop.catalog
        return [_card(catalog.item(catalog.row(id))) for id in item if catalog.has(id)]

    return routes


def _card(item: Item) -> Json:
    seen: list[Json] = [{"text": WORDS[way]["button"], "path": show_url(State(), way, item.id)} for way in ways(item)]
    picture = item.images[0] if item.images else ""
    return {"id": item.id, "title": item.title, "price": item.price, "picture": picture, "reasons": [], "ways": seen}
