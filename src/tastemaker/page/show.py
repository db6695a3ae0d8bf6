"""See it on you, see it in your room: a person's own photo, consent first, the region shown and theirs to move.

The photo goes from the browser straight to `/try-on` or `/place`, is worked on in memory, and the picture comes back
under a key that is forgotten within the hour, or at once when the person says so. What happens in the browser is in
``assets/show.js``.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from tastemaker.catalog.items import Item
from tastemaker.core.errors import UnknownName
from tastemaker.page.card import picture
from tastemaker.page.frame import Content, way_on
from tastemaker.page.html import Attribute, Safe, join, tag
from tastemaker.page.state import MAX_TEXT, State
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
        tag("div", {"class": "showing"}, _stage(words, item, title), _side(way, words, item, hears=shop.hears)),
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


def _side(way: Way, words: dict[str, str], item: Item, *, hears: bool) -> Safe:
    """Consent, what can be set, the buttons, what is said."""
    room = way == "in-room"
    return tag(
        "div",
        {"class": "side"},
        None if room else _check("consent", CONSENT),
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
        tag("details", {"class": "adjust"}, tag("summary", None, "Correct it"), *_corrections(way, words, item),
            _instruction() if hears else None),
        tag("p", {"class": "acts own", "hidden": True}, _button("delete", "Delete my photo", "button")),
    )  # fmt: skip


def _corrections(way: Way, words: dict[str, str], item: Item) -> list[Safe | None]:
    """Everything by which a person can correct what was found."""
    room = way == "in-room"
    marked = [tag("p", {"class": "note"}, words["marked"]), _floor() if room else None]
    pointed = "Drag each point to its part of the body; left is left in the picture."
    painted = "Paint with the finger or the mouse; only there may the photo change."
    painted += "" if room else " By keyboard, use the box instead."
    brushes = tag("p", {"class": "acts"}, _button("rub", "Erase", "button"), _button("clean", "Clear", "button"))
    size: dict[str, int | str] = {"min": 2, "max": 20, "value": 7, "unit": "%"}
    return [
        _check("mark", words["mark"]),
        tag("div", {"class": "marking", "hidden": True}, join(marked)),
        None if room else tag("div", {"class": "pointing", "hidden": True}, _check("points", "Move the points"),
                              tag("p", {"class": "note"}, pointed)),
        _check("brush", "Paint where it may change"),
        tag("div", {"class": "painting", "hidden": True}, tag("p", {"class": "note"}, painted),
            _range("width", "Brush", size), brushes),
        _turn(item) if room else None,
        _range("scale", "Size", {"min": 50, "max": 200, "value": 100, "step": 5, "unit": "%"}) if room else None,
    ]  # fmt: skip


def _turn(item: Item) -> Safe | None:
    """How far it is turned: what lies as far as one likes, what stands a little, what hangs not at all."""
    from tastemaker.studio.furnishing import MOST_TURN

    stance = stance_of(item)
    if stance in ("wall", "ceiling"):
        return None
    most = 180 if stance == "lies" else MOST_TURN
    return _range("turn", "Turn", {"min": -most, "max": most, "value": 0, "step": 5, "unit": "°"})


def _range(name: str, label: str, given: Mapping[str, int | str]) -> Safe:
    """A slider that says its value."""
    unit, value = given["unit"], given["value"]
    kept: dict[str, Attribute] = {key: number for key, number in given.items() if key != "unit"}
    slider = tag("input", {"type": "range", **kept, f"data-show-{name}": True, "data-unit": unit, "aria-label": label})
    return tag("label", {"class": "slide"}, tag("span", None, label), slider, tag("output", None, f"{value}{unit}"))


def _instruction() -> Safe:
    """Words on how it should look."""
    given: dict[str, Attribute] = {"type": "text", "maxlength": MAX_TEXT, "data-show-instruction": True}
    words = tag("input", {**given, "placeholder": "such as: sleeves rolled up"})
    return tag("label", {"class": "told"}, tag("span", None, "How it should look"), words)


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
