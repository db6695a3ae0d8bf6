"""Draw me something: generated pictures for words, each beside the real things nearest to it.

A generated picture wears a badge and is never a product's picture; what can be bought stands next to it.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tastemaker.core.errors import InputError, NotFitted
from tastemaker.core.progress import Observer, silent
from tastemaker.page.card import Frame, card, sentence
from tastemaker.page.chips import understood
from tastemaker.page.facts import currency_of, facts_of
from tastemaker.page.frame import Content, way_on
from tastemaker.page.html import Safe, join, tag
from tastemaker.page.state import MAX_TEXT, State

if TYPE_CHECKING:
    from tastemaker.shop import Shop
    from tastemaker.shop.imagining import Design

MANY = 4
"""Drawings on one page."""
NEAR = 4
"""Real things beside each of them."""


def draw_url(state: State, seed: int = 0, *, design: bool = False) -> str:
    """The page that draws the words of a state, or designs for its person."""
    asked = State(words=state.words, person=state.person, ignore=state.ignore).url("/draw")
    more = urlencode({**({"seed": seed} if seed else {}), **({"design": 1} if design else {})})
    return f"{asked}{'&' if '?' in asked else '?'}{more}" if more else asked


def draw(shop: "Shop", state: State, seed: int, observer: Observer = silent, *, design: bool = False) -> Content:
    """The page.

    Args:
        shop: whose things are drawn.
        state: words and person.
        seed: another one draws others.
        observer: may stop the drawing.
        design: search for what the person would prefer.
    """
    if not state.words and not design:
        start = [_heading("Draw me something"), _form(shop, state), _for_me(shop, state)]
        return Content("Draw something · Tastemaker", join(start))
    try:
        imagined = shop.imagine(
            state.words, user=state.person or None, n=MANY, seed=seed, ignore=state.ignore, design=design,
            observer=observer,
        )  # fmt: skip
    except (NotFitted, InputError) as error:
        text = f"{sentence(error.message)}. {error.hint}"
        return Content("Tastemaker", way_on("Nothing to show", text, [("Search instead", state.url())]), 404)
    currency = currency_of(shop)
    title = " ".join(("Designed for you" if design else "Drawn", *([f"“{state.words}”"] if state.words else [])))
    parts: list[Safe | None] = [
        _heading(title),
        _form(shop, state),
        tag("p", {"class": "note"}, "Generated pictures of things that do not exist. Beside each: what you can buy."),
        understood(state, imagined.understood, currency, "/draw"),
        *(tag("p", {"class": "note"}, sentence(note)) for note in imagined.notes),
        *(_design(one, Frame(state, currency)) for one in imagined.designs),
        tag("p", {"class": "more"}, tag("a", {"class": "button", "href": draw_url(state, seed + 1, design=design)},
            "Design others" if design else "Draw others")),
        None if design else _for_me(shop, state),
    ]  # fmt: skip
    return Content(f"{title} · Tastemaker", join(parts))


def _for_me(shop: "Shop", state: State) -> Safe | None:
    """The way to designs for the person, where the shop can search for them."""
    if not state.person or not shop.designs:
        return None
    link = tag("a", {"class": "button", "href": draw_url(state, design=True)}, "Design it for me")
    return tag("p", {"class": "more"}, link)


def _heading(text: str) -> Safe:
    return tag("h1", {"class": "asked"}, text)


def _form(shop: "Shop", state: State) -> Safe:
    """Words and a button; before anything is drawn also examples of this shop."""
    words = tag(
        "input",
        {"name": "q", "value": state.words, "maxlength": MAX_TEXT, "aria-label": "What should it be?", "required": True,
         "placeholder": "What should it be?", "autocomplete": "off", "enterkeyhint": "go"},
    )  # fmt: skip
    who = tag("input", {"type": "hidden", "name": "person", "value": state.person}) if state.person else None
    button = tag("button", {"type": "submit", "class": "go"}, "Draw")
    form = tag("form", {"class": "wish", "action": "/draw", "method": "get"}, words, who, button)
    return form if state.words else join([form, _examples(shop, state)])


def _examples(shop: "Shop", state: State) -> Safe | None:
    """A few wishes in words of this catalog."""
    facts = facts_of(shop.catalog)
    titles = [shop.catalog.item(row).title for row in shop.catalog.alive.nonzero()[0][:4].tolist()]
    wishes = [title for title in titles if title] or [f"something {colour}" for colour in facts.colours[:3]]
    links = [
        tag("li", None, tag("a", {"class": "chip try", "href": draw_url(State(words=wish, person=state.person))}, wish))
        for wish in wishes
    ]
    return tag("ul", {"class": "chips", "role": "list"}, join(links)) if links else None


def _design(design: "Design", frame: Frame) -> Safe:
    """A drawing and the real things nearest to it."""
    near = ", ".join(item.title or item.id for item in design.nearest[:1])
    alt = f"A generated picture, nearest to {near}" if near else "A generated picture"
    badge = tag("span", {"class": "badge"}, "Generated")
    image = tag("img", {"src": f"/drawings/{design.name}", "alt": alt, "decoding": "async"})
    drawing = tag("span", {"class": "picture drawn"}, image, badge)
    copied = "Repeats a photo of the shop." if design.copy_of else None
    figure = tag(
        "figure", {"class": "design"}, drawing, tag("figcaption", {"class": "note"}, copied) if copied else None
    )
    cards = [card(item, frame) for item in design.nearest[:NEAR]]
    nearest = tag("ul", {"class": "cards grid", "role": "list"}, join(cards)) if cards else None
    title = tag("h2", None, "Nearest things you can buy") if cards else None
    return tag("section", {"class": "beside"}, figure, tag("div", None, title, nearest))
