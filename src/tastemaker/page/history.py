"""What a person did, day by day, each with a way to have it forgotten; and everything at once."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from nicegui import Client

from tastemaker.catalog.events import Event
from tastemaker.catalog.shown import value_text
from tastemaker.page.card import picture
from tastemaker.page.frame import Content, way_on
from tastemaker.page.html import Safe, join, tag
from tastemaker.page.live import Given, Reply, button, hear
from tastemaker.page.state import State

if TYPE_CHECKING:
    from tastemaker.shop import Shop

PATH = "/history"
SHOWN = 200
"""Events on the page, the latest."""
TITLE = "History · Tastemaker"
_DID = {
    "view": "Looked at", "search": "Searched for", "like": "Saved", "cart": "Put in the cart", "buy": "Bought",
    "dislike": "Not for me",
}  # fmt: skip
"""What an event of each kind is called."""


def history(shop: "Shop", state: State) -> Content:
    """The page."""
    home = State(person=state.person).url()
    if not state.person:
        text = "Without a person nothing is kept, so there is nothing to show and nothing to forget."
        return Content(TITLE, way_on("Nobody is chosen", text, [("Back to the start", home)]))
    events = shop.past(state.person, limit=SHOWN)
    if not events:
        return Content(TITLE, way_on("Nothing is kept of you", "", [("Look around", home)]))
    note = "What your recommendations rest on. What you have forgotten counts for nothing from then on."
    more = f" The latest {SHOWN} are shown." if len(events) == SHOWN else ""
    everything = button(
        "tm_forget", {"item": ""}, "Forget everything", sure="Forget everything you did here? This cannot be undone."
    )
    days = [_day(shop, state, name, list(group)) for name, group in groupby(events, _day_of)]
    heading = tag("div", {"class": "heading"}, tag("h1", None, "Your history"), everything)
    return Content(TITLE, tag("section", {"class": "past"}, heading, tag("p", {"class": "note"}, note + more), *days))


def hear_history(client: Client, shop: "Shop", state: State) -> None:
    """Hear of what is to be forgotten."""

    def forget(given: Given) -> Reply:
        if not state.person:
            return Reply()
        count = shop.forget(state.person, given.get("item", ""))
        said = "Forgotten" if count else "There was nothing to forget"
        return Reply(history(shop, state), f"{said}: {given['title']}" if given.get("title") else said)

    hear(client, "tm_forget", forget)


def _day_of(event: Event) -> str:
    return "At some time" if event.time is None else f"{datetime.fromtimestamp(event.time, UTC):%-d %B %Y}"


def _day(shop: "Shop", state: State, name: str, events: Iterable[Event]) -> Safe:
    """Everything of one day."""
    lines = join(_line(shop, state, event) for event in events)
    return tag("section", None, tag("h2", None, name), tag("ul", {"role": "list"}, lines))


def _line(shop: "Shop", state: State, event: Event) -> Safe:
    item = shop.item(event.item)
    title = item.title or item.id
    did = _DID.get(event.kind, event.kind.replace("_", " ").capitalize())
    if event.kind == "rate" and event.value is not None:
        did = f"Gave it {value_text(event.value)}"
    at = "" if event.time is None else f"{datetime.fromtimestamp(event.time, UTC):%H:%M}"
    act = button("tm_forget", {"item": item.id, "title": title}, "Forget this", label=f"Forget {title}", look="quiet")
    return tag(
        "li",
        None,
        tag("span", {"class": "thumb"}, picture(item.images[0] if item.images else "", "", sizes="56px", title="")),
        tag("span", {"class": "what"}, tag("a", {"href": state.item_url(item.id)}, title),
            tag("span", {"class": "quiet"}, f"{did}{f', {at}' if at else ''}")),
        act,
    )  # fmt: skip
