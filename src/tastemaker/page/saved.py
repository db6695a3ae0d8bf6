"""The list: what somebody wants to come back to. Of a person it is what they liked; without one it is in the browser.

Saving is a like, so it counts for the taste of the person at once; taking it off the list forgets the like.
"""

import time
import uuid
from typing import TYPE_CHECKING

from nicegui import Client

from tastemaker.catalog.events import Event
from tastemaker.catalog.shown import price_text
from tastemaker.core.errors import NotFitted
from tastemaker.core.ranking import Ranked, Reason
from tastemaker.core.types import ItemId, UserId
from tastemaker.page.card import Frame, Row, grid, row
from tastemaker.page.facts import currency_of
from tastemaker.page.frame import Content, way_on
from tastemaker.page.html import Safe, join, tag
from tastemaker.page.live import Given, Reply, hear
from tastemaker.page.state import State

if TYPE_CHECKING:
    from tastemaker.shop import Shop

PATH = "/list"
KIND = "like"
MOST = 200
"""Things on a list."""
GOES_WITH = 12
ASKED = 8
"""Things of the list, the latest, that others are to go with."""


def saved_of(shop: "Shop", person: str) -> list[str]:
    """Ids of what a person has saved, the latest first."""
    return list(dict.fromkeys(event.item for event in shop.past(person, kind=KIND, limit=MOST))) if person else []


def saved(shop: "Shop", state: State, ids: list[str] | None = None) -> Content:
    """The page.

    Args:
        shop: whose things.
        state: whose list.
        ids: of what the browser has saved, where nobody is named; None before it has said so.
    """
    if state.person:
        ids = saved_of(shop, state.person)
    if ids is None:
        waits = tag("div", {"data-list": True}, tag("p", {"class": "note"}, "Fetching your list …"))
        return Content("Your list · Tastemaker", join([tag("h1", None, "Your list"), waits]))
    known = [id for id in ids[:MOST] if shop.catalog.has(id) and shop.catalog.alive[shop.catalog.row(id)]]
    if not known:
        text = "Press the heart on anything you want to come back to."
        return Content("Your list · Tastemaker", way_on("Your list is empty", text, [("Look around", State(
            person=state.person).url())]))  # fmt: skip
    frame = Frame(state, currency_of(shop))
    cards = tag("div", {"class": "listed"}, grid([_ranked(shop, id) for id in known], frame))
    goes_with = _goes_with(shop, known, frame)
    parts = [tag("h1", None, "Your list"), tag("p", {"class": "note"}, _summed(shop, known)), cards, goes_with]
    return Content("Your list · Tastemaker", join(parts))


def hear_list(client: Client, shop: "Shop", state: State) -> None:
    """Hear of what is saved and taken off, and of the list that a browser keeps."""

    def save(given: Given) -> Reply:
        item, on = given.get("item", ""), given.get("on") == "true"
        if state.person and shop.catalog.has(item):
            if on:
                event = Event(UserId(state.person), ItemId(item), KIND, time=time.time(), id=f"page-{uuid.uuid4().hex}")
                shop.record([event])
            else:
                shop.forget(state.person, item, kind=KIND)
        return Reply()

    def fetch(given: Given) -> Reply:
        return Reply(saved(shop, state, [id for id in given.get("items", "").split("\n") if id]))

    hear(client, "tm_save", save)
    hear(client, "tm_list", fetch)


def _ranked(shop: "Shop", id: str) -> Ranked:
    item = shop.item(id)
    reasons = () if item.available else (Reason("sold out", "not available now"),)
    return Ranked(item.id, 0.0, item.title, item.price, item.images[0] if item.images else "", reasons)


def _summed(shop: "Shop", ids: list[str]) -> str:
    """How many, and what they cost together."""
    prices = [price for id in ids if (price := shop.item(id).price) is not None]
    many = "1 thing" if len(ids) == 1 else f"{len(ids)} things"
    if not prices:
        return many
    lacking = f", of {len(ids) - len(prices)} the price is not known" if len(prices) < len(ids) else ""
    return f"{many}, {price_text(round(sum(prices), 2), currency_of(shop))} together{lacking}"


def _goes_with(shop: "Shop", ids: list[str], frame: Frame) -> Safe | None:
    """What would complete the list; None where the shop has nothing to learn that from."""
    try:
        found = shop.complete(ids[:ASKED], k=GOES_WITH)
    except NotFitted:
        return None
    return row(Row("Goes with your list", found.items), frame) if found.items else None
