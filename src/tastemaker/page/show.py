"""See it on you, see it in your room: a person's own photo, consent first, the region shown and theirs to move.

The photo goes from the browser straight to `/try-on` or `/place`, is worked on in memory, and the picture comes back
under a key that is forgotten within the hour, or at once when the person says so. What happens in the browser is in
``assets/show.js``.
"""

from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from tastemaker.catalog.items import Item
from tastemaker.core.errors import UnknownName
from tastemaker.page.card import picture
from tastemaker.page.frame import Content, way_on
from tastemaker.page.html import Attribute, Safe, join, tag
from tastemaker.page.state import State
from tastemaker.studio.kinds import stance_of, worn_as

if TYPE_CHECKING:
    from tastemaker.shop import Shop

Way = Literal["on-you", "in-room"]
"""The two pages."""
WORDS: dict[Way, dict[str, str]] = {
    "on-you": {
        "button": "See it on you",
        "title": "See it on you",
        "photo": "Choose a photo of you",
        "tip": "Stand facing the camera before a plain wall, arms a little away from the body.",
        "mark": "Say where it goes",
        "marked": "Drag the corners of the box to where it goes.",
    },
    "in-room": {
        "button": "See it in your room",
        "title": "See it in your room",
        "photo": "Choose a photo of your room",
        "tip": "Hold the camera level at eye height, with free floor in view.",
        "mark": "Measure the floor",
        "marked": "Drag the corners onto a rectangle of the floor, a rug or tiles, and say how large it is.",
    },
}
CONSENT = "I am the person in the photo, or they agree. The photo is used for this preview only and is not kept."


def ways(item: Item) -> list[Way]:
    """In which of the two ways an item can be shown."""
    if not item.images:
        return []
    if worn_as(item) is not None:
        return ["on-you"]
    return ["in-room"] if stance_of(item) is not None else []


def show_url(state: State, way: Way, item: str) -> str:
    """The address of the page that shows an item."""
    return State(person=state.person).url(f"/{way}/{quote(item, safe='')}")


def buttons(state: State, item: Item) -> list[Safe]:
    """Links to it from an item's own page."""
    return [
        tag("a", {"class": "button", "href": show_url(state, way, item.id)}, WORDS[way]["button"]) for way in ways(item)
    ]


def show(shop: "Shop", state: State, way: Way, item_id: str) -> Content:
    """The page; what is not in the catalog, or cannot be shown, gets a page that leads on."""
    try:
        item = shop.item(item_id)
    except UnknownName:
        links = [("Back to the start", State(person=state.person).url())]
        return Content("Not here · Tastemaker", way_on("This is not here any more", "It may be sold.", links), 404)
    words, title = WORDS[way], item.title or item.id
    if way not in ways(item):
        links = [("Back to the product", state.item_url(item.id))]
        return Content("Tastemaker", way_on("This cannot be shown here", "There is no good way to do it.", links), 404)
    main = tag(
        "section",
        {"class": "show", "data-show": way, "data-item": item.id},
        tag("h1", None, words["title"]),
        tag("p", {"class": "note"}, tag("a", {"href": state.item_url(item.id)}, title), " · a preview, not a fit"),
        tag("div", {"class": "showing"}, _stage(words, item, title), _side(way, words)),
    )
    return Content(f"{words['title']}: {title} · Tastemaker", main)


def _stage(words: dict[str, str], item: Item, title: str) -> Safe:
    """Where the photo appears, with the product small in a corner."""
    choose = tag(
        "label",
        {"class": "choose"},
        tag("span", {"class": "button"}, words["photo"]),
        tag("span", {"class": "note"}, words["tip"]),
        tag("input", {"type": "file", "accept": "image/*", "data-show-photo": True, "aria-label": words["photo"]}),
    )
    small = tag("div", {"class": "shown-item"}, picture(item.images[0], title, sizes="96px", title=title))
    return tag("div", {"class": "stage"}, tag("div", {"class": "photo", "hidden": True}), choose, small)


def _side(way: Way, words: dict[str, str]) -> Safe:
    """Consent, what can be set, the buttons, what is said."""
    room = way == "in-room"
    marked = [tag("p", {"class": "note"}, words["marked"]), _floor() if room else None]
    return tag(
        "div",
        {"class": "side"},
        None if room else _check("consent", CONSENT),
        _check("mark", words["mark"]),
        tag("div", {"class": "marking", "hidden": True}, join(marked)),
        tag("p", {"class": "note"}, "Tap the photo where it should stand.") if room else None,
        tag("p", {"class": "acts"}, _button("go", "Show it", "go"), _button("stop", "Stop", "button", hidden=True)),
        tag("p", {"class": "said", "role": "status", "aria-live": "polite"}),
        _slider(),
        tag(
            "p",
            {"class": "acts after", "hidden": True},
            _button("other", "Another try", "button"),
            tag("a", {"class": "button", "data-show": "download", "download": "preview.png"}, "Download"),
            _button("mask", "What changed", "button"),
        ),
        tag("p", {"class": "acts own", "hidden": True}, _button("delete", "Delete my photo", "button")),
    )


def _check(name: str, text: str) -> Safe:
    box = tag("input", {"type": "checkbox", f"data-show-{name}": True})
    return tag("label", {"class": "agree"}, box, tag("span", None, text))


def _floor() -> Safe:
    """How large the marked floor is."""
    sides = [
        tag("label", None, text, " ", _metres(name), " m")
        for text, name in (("Near edge", "first"), ("To the back", "second"))
    ]
    return tag("p", {"class": "sides"}, join(sides))


def _slider() -> Safe:
    """Before and after."""
    given: dict[str, Attribute] = {"type": "range", "min": 0, "max": 100, "value": 0, "aria-label": "Compare"}
    slider = tag("input", {**given, "data-show-compare": True})
    return tag(
        "label", {"class": "compare", "hidden": True}, tag("span", None, "Before"), slider, tag("span", None, "After")
    )


def _button(act: str, text: str, look: str, *, hidden: bool = False) -> Safe:
    return tag("button", {"type": "button", "class": look, "data-show-act": act, "hidden": hidden}, text)


def _metres(name: str) -> Safe:
    given: dict[str, Attribute] = {"type": "number", "min": 0.2, "max": 30, "step": 0.1, "value": 3}
    return tag("input", {**given, "inputmode": "decimal", "data-show-side": name})
