"""What surrounds every page: the bar with the search, the main part, the message at the bottom.

It is sent as finished HTML, so the first picture is on its way before NiceGUI has loaded; NiceGUI then brings the
live parts: people to choose from, "not for me", what takes longer than a moment.
"""

from dataclasses import dataclass

from tastemaker.page.html import Safe, join, tag
from tastemaker.page.state import State

_CAMERA = (
    "M4 8.5h3.2l1.6-2.3h6.4l1.6 2.3H20a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 18v-8"
    "A1.5 1.5 0 0 1 4 8.5Zm8 8.7a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2Z"
)

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
class Held:
    """What the search bar holds beside words: a picture or an item, shown small.

    Attributes:
        field: the form field it goes by ("picture" or "like").
        value: key of the picture, id of the item.
        label: for people who do not see the picture.
        source: address of the small picture; "" when there is none.
    """

    field: str
    value: str
    label: str
    source: str = ""


def body(state: State, content: Content, held: Held | None) -> Safe:
    """Everything that people see, before NiceGUI arrives."""
    skip = tag("a", {"class": "skip", "href": "#main"}, "Skip to the products")
    main = tag("main", {"id": "main", "tabindex": -1}, content.main)
    message = tag("div", {"id": "message", "role": "status", "aria-live": "polite"})
    drop = tag("div", {"id": "drop", "hidden": True}, tag("p", None, "Drop the picture to search with it"))
    return tag("div", {"id": "page", "data-person": state.person}, skip, _top(state, held), main, message, drop)


def _top(state: State, held: Held | None) -> Safe:
    brand = tag("a", {"class": "brand", "href": State(person=state.person).url()}, "Tastemaker")
    who = state.person or "Nobody chosen"
    person = tag(
        "button",
        {"type": "button", "id": "person", "class": "person", "aria-haspopup": "dialog"},
        tag("span", {"class": "hush"}, "Looking as: "),
        tag("span", {"class": "who"}, who),
        tag("span", {"aria-hidden": "true"}, " ▾"),
    )
    return tag("header", {"class": "top"}, brand, search_bar(state, held), person)


def search_bar(state: State, held: Held | None) -> Safe:
    """Words, a picture and a change, in one form that works as a plain link."""
    words = tag(
        "input",
        {
            "id": "words",
            "name": "q",
            "type": "search",
            "value": state.words,
            "placeholder": "And words, if you like" if held else "Words, or drop a picture",
            "aria-label": "Search with words",
            "autocomplete": "off",
            "enterkeyhint": "search",
            "maxlength": 400,
        },
    )
    change = tag(
        "input",
        {
            "id": "change",
            "name": "change",
            "type": "text",
            "value": state.change,
            "placeholder": "but… in red",
            "aria-label": "What should be different, for example: in red",
            "autocomplete": "off",
            "enterkeyhint": "search",
            "maxlength": 400,
            "hidden": not (state.asks or held),
        },
    )
    camera = tag(
        "label",
        {"class": "camera", "title": "Search with a picture"},
        tag("input", {"id": "file", "type": "file", "accept": "image/*", "aria-label": "Search with a picture"}),
        _icon(_CAMERA),
    )
    kept = [("person", state.person), ("department", state.department)]
    kept += [("under", f"{state.under:g}")] if state.under is not None else []
    hidden = [tag("input", {"type": "hidden", "name": name, "value": value}) for name, value in kept if value]
    go = tag("button", {"type": "submit", "class": "go"}, "Search")
    return tag(
        "form",
        {"class": "search", "role": "search", "action": "/", "method": "get", "id": "search"},
        tag("div", {"id": "held"}, held_thumb(held) if held else None),
        words,
        change,
        camera,
        join(hidden),
        go,
    )


def held_thumb(held: Held) -> Safe:
    """The picture or item in the search bar, with a cross that takes it away."""
    image = tag("img", {"src": held.source, "alt": held.label}) if held.source else tag("span", None, held.label)
    return tag(
        "span",
        {"class": "held", "data-field": held.field},
        image,
        tag("input", {"type": "hidden", "name": held.field, "value": held.value}),
        tag("button", {"type": "button", "data-act": "let-go", "aria-label": f"Remove {held.label}"}, "×"),
    )


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


def _icon(path: str) -> Safe:
    drawing = tag("path", {"d": path, "fill": "none", "stroke": "currentColor", "stroke-width": "1.6"})
    return tag("svg", {"viewBox": "0 0 24 24", "width": 24, "height": 24, "aria-hidden": "true"}, drawing)
