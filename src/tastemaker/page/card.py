"""Product cards, and the rows and grids they stand in.

A card is two links and a button: nothing in it needs the page to be alive but "Not for me".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from tastemaker.catalog.shown import price_text
from tastemaker.core.ranking import Ranked
from tastemaker.page.html import Attribute, Safe, join, tag
from tastemaker.page.state import State

WIDTHS = (240, 360, 480, 720)
CARD_SIZES = "(max-width: 640px) 44vw, 220px"
EAGER = 4
"""Cards of the first row whose pictures are fetched at once; the others wait until they come near the window."""
_HEART = "M12 20s-7.5-4.6-7.5-10.1A4.4 4.4 0 0 1 12 7.2a4.4 4.4 0 0 1 7.5 2.7C19.5 15.4 12 20 12 20Z"


@dataclass(frozen=True)
class Frame:
    """What every card of one page shares: whose page it is, and how prices are written."""

    state: State
    currency: str = ""


@dataclass(frozen=True)
class Row:
    """Items under one heading.

    Attributes:
        title: of the row, in plain words.
        items: in order.
        note: one quiet line under the title; "" for none.
        more: address of all of them; "" for none.
    """

    title: str
    items: tuple[Ranked, ...]
    note: str = ""
    more: str = ""


def picture(name: str, alt: str, *, sizes: str = CARD_SIZES, eager: bool = False, title: str = "") -> Safe:
    """A picture in its reserved box; an item without one gets its title as a typographic cover instead."""
    cover = tag("span", {"class": "cover", "aria-hidden": "true"}, title or alt)
    if not name:
        return tag("span", {"class": "picture bare"}, cover)
    source = f"/pictures/{quote(name, safe='/')}"
    attributes: dict[str, str | bool | None] = {
        "src": f"{source}?width={WIDTHS[1]}",
        "srcset": ", ".join(f"{source}?width={width} {width}w" for width in WIDTHS),
        "sizes": sizes,
        "alt": alt,
        "loading": None if eager else "lazy",
        "fetchpriority": "high" if eager else None,
        "decoding": "async",
    }
    return tag("span", {"class": "picture"}, cover, tag("img", attributes))


def sentence(text: str) -> str:
    """A reason as it stands alone: with a capital letter."""
    return text[:1].upper() + text[1:]


def card(item: Ranked, frame: Frame, *, eager: bool = False) -> Safe:
    """One product: picture, title, price, one reason, and the two acts."""
    title = item.title or item.id
    reason = sentence(item.reasons[0].sentence) if item.reasons else ""
    link = tag(
        "a",
        {"class": "see", "href": frame.state.item_url(item.id)},
        picture(item.picture, "", eager=eager, title=title),
        tag("span", {"class": "line"}, tag("span", {"class": "title"}, title), _price(item.price, frame.currency)),
    )
    acts = tag(
        "div",
        {"class": "acts"},
        tag(
            "a",
            {"href": frame.state.more_like(item.id).url(), "aria-label": f"More like this: {title}"},
            "More like this",
        ),
        tag(
            "button",
            {"type": "button", "data-act": "dislike", "aria-label": f"Not for me: {title}"},
            "Not for me",
        ),
    )
    return tag(
        "li",
        {"class": "card", "data-item": item.id, "data-title": title},
        link,
        heart(title),
        tag("p", {"class": "reason"}, reason) if reason else None,
        acts,
    )


def heart(title: str) -> Safe:
    """The button that puts an item on the list and takes it off; ``page.js`` knows which it does."""
    attributes: dict[str, Attribute] = {"type": "button", "class": "heart", "data-act": "save", "aria-pressed": "false"}
    shape = tag("path", {"d": _HEART})
    drawing = tag("svg", {"viewBox": "0 0 24 24", "width": 22, "height": 22, "aria-hidden": "true"}, shape)
    return tag("button", attributes | {"aria-label": f"On your list: {title}"}, drawing)


def row(content: Row, frame: Frame, *, eager: bool = False) -> Safe:
    """A row that scrolls sideways."""
    cards = [card(item, frame, eager=eager and place < EAGER) for place, item in enumerate(content.items)]
    heading = tag(
        "div",
        {"class": "heading"},
        tag("h2", None, content.title),
        tag("a", {"class": "quiet", "href": content.more}, "See all") if content.more else None,
    )
    return tag(
        "section",
        {"class": "shelf"},
        heading,
        tag("p", {"class": "note"}, content.note) if content.note else None,
        tag(
            "div",
            {"class": "rail"},
            tag("ul", {"class": "cards", "role": "list"}, join(cards)),
            _arrow("back", "‹"),
            _arrow("on", "›"),
        ),
    )


def grid(items: Sequence[Ranked], frame: Frame) -> Safe:
    """All results, several a line."""
    cards = [card(item, frame, eager=place < EAGER) for place, item in enumerate(items)]
    return tag("ul", {"class": "cards grid", "role": "list"}, join(cards))


def _arrow(way: str, sign: str) -> Safe:
    """A button that scrolls a row with the mouse; the keyboard walks through the cards themselves."""
    return tag("button", {"type": "button", "class": f"arrow {way}", "tabindex": -1, "aria-hidden": "true"}, sign)


def _price(price: float | None, currency: str) -> Safe | None:
    text = price_text(price, currency)
    return tag("span", {"class": "price"}, text) if text else None
