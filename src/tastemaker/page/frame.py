"""What surrounds every page: the bar with the search, the main part, the message at the bottom.

It is sent as finished HTML, so the first picture is on its way before NiceGUI has loaded; NiceGUI then brings the
live parts: people to choose from, "not for me", what takes longer than a moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tastemaker.page.bar import Held, search_bar
from tastemaker.page.chat import opener, panel
from tastemaker.page.html import Safe, join, tag
from tastemaker.page.state import State

OBVIOUS = "nobody is named"
"""How the shop's note begins that says what the page shows anyway: nobody is chosen."""


@dataclass(frozen=True)
class Content:
    """The main part of a page.

    Attributes:
        title: of the window.
        main: what stands between the bar and the end.
        status: of the HTTP answer.
        seen: id of the item whose own page this is; "" for the others.
    """

    title: str
    main: Safe
    status: int = 200
    seen: str = ""


@dataclass(frozen=True)
class Around:
    """What stands around the main part.

    Attributes:
        held: the picture or item in the search bar.
        example: of a change that fits the catalog.
        currency: stands before prices.
        ways: the navigation.
        saved: ids of what the person has on their list.
    """

    held: Held | None = None
    example: str = "in red"
    currency: str = ""
    ways: Safe | None = None
    saved: Sequence[str] = ()


def body(state: State, content: Content, around: Around) -> Safe:
    """Everything that people see, before NiceGUI arrives."""
    skip = tag("a", {"class": "skip", "href": "#main"}, "Skip to the content")
    main = tag("main", {"id": "main", "tabindex": -1}, content.main)
    message = tag("div", {"id": "message", "role": "status", "aria-live": "polite"})
    drop = tag("div", {"id": "drop", "hidden": True}, tag("p", None, "Drop the picture to search with it"))
    return tag(
        "div",
        {"id": "page", "data-person": state.person, "data-saved": "\n".join(around.saved)},
        skip,
        _top(state, around.held, around.example),
        around.ways,
        main,
        panel(state, around.currency),
        message,
        drop,
    )


def _top(state: State, held: Held | None, example: str) -> Safe:
    brand = tag("a", {"class": "brand", "href": State(person=state.person).url()}, "Tastemaker")
    who = state.person or "Nobody chosen"
    person = tag(
        "button",
        {"type": "button", "id": "person", "class": "person", "aria-haspopup": "dialog"},
        "Looking as " if state.person else None,
        tag("span", {"class": "who"}, who),
        tag("span", {"aria-hidden": "true"}, " ▾"),
    )
    return tag("header", {"class": "top"}, brand, search_bar(state, held, example), opener(), person)


def skeleton(saying: str) -> Safe:
    """Empty cards in the places of those to come."""
    blank = tag("li", {"class": "card blank"}, tag("span", {"class": "picture"}), tag("span", {"class": "bar"}))
    return tag(
        "div",
        {"class": "waiting", "aria-busy": "true"},
        tag("p", {"class": "saying"}, saying, " ", tag("a", {"href": "/"}, "Stop")),
        tag("ul", {"class": "cards grid", "role": "list", "aria-hidden": "true"}, join([blank] * 12)),
    )


def way_on(title: str, text: str, links: list[tuple[str, str]]) -> Safe:
    """An answer where there is nothing to show: what happened, and where to go from here."""
    items = [tag("li", None, tag("a", {"class": "chip try", "href": url}, words)) for words, url in links]
    return tag(
        "section",
        {"class": "empty"},
        tag("h1", None, title),
        tag("p", None, text) if text else None,
        tag("ul", {"class": "chips", "role": "list"}, join(items)),
    )
