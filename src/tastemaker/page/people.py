"""Whose taste counts: a searchable list of people, and nobody. A NiceGUI dialog, filled when it is opened."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from nicegui import events, ui

from tastemaker.page.html import Safe, join, tag
from tastemaker.page.state import PAGE_SIZE, State

if TYPE_CHECKING:
    from tastemaker.shop import Shop

LISTED = 60


def people(shop: "Shop", state: State, path: str) -> None:
    """Put the dialog on the page; ``page.js`` opens it and asks for its first list."""
    heading = tag("div", {"class": "heading"}, tag("h2", {"id": "people-title"}, "Whose taste?"), _close())
    with ui.element("dialog").props('id="people" aria-labelledby="people-title"'):
        ui.html(heading, sanitize=False)
        ui.element("input").props(
            'id="people-words" type="search" placeholder="Find a person" aria-label="Find a person" autocomplete="off"'
        )
        listing = ui.html("", sanitize=False)

    async def look_up(message: events.GenericEventArguments) -> None:
        prefix = message.args if isinstance(message.args, str) else ""
        known = await asyncio.to_thread(shop.users, prefix[:100], LISTED)
        listing.set_content(people_list(known, state, path, prefix))

    ui.on("tm_people", look_up)


def people_list(known: Sequence[tuple[str, int]], state: State, path: str, prefix: str) -> Safe:
    """People as links to the same page, seen by them."""
    nobody = [_choice("Nobody", "what is popular", state, path, "")] if not prefix else []
    links = [_choice(name, _events(count), state, path, name) for name, count in known]
    if not links and prefix:
        return tag("p", {"class": "note"}, f"Nobody’s name begins with “{prefix}”")
    more = tag("p", {"class": "note"}, "Type a name to find more") if len(known) >= LISTED else None
    return join([tag("ul", {"class": "names", "role": "list"}, join([*nobody, *links])), more])


def _choice(name: str, aside: str, state: State, path: str, person: str) -> Safe:
    target = replace(state, person=person, size=PAGE_SIZE)
    current = "true" if state.person == person else None
    link = tag(
        "a",
        {"href": target.url(path), "aria-current": current},
        tag("span", None, name),
        tag("span", {"class": "quiet"}, aside),
    )
    return tag("li", None, link)


def _events(count: int) -> str:
    return "1 thing so far" if count == 1 else f"{count:,} things so far"


def _close() -> Safe:
    return tag("button", {"type": "button", "class": "cross", "data-act": "close", "aria-label": "Close"}, "×")
