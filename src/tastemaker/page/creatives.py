"""For the merchandiser: advertisements that were made, what each prints and why, to be approved, refused, taken back.

Making is a form that works as a link; the same request twice is the same creative, so reloading does no harm. Decisions
travel over the page's connection and replace the card in place.
"""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nicegui import Client, events, ui

from tastemaker.page.card import sentence
from tastemaker.page.frame import Content, way_on
from tastemaker.page.html import Safe, join, tag
from tastemaker.page.state import MAX_TEXT, State
from tastemaker.page.trying import tried
from tastemaker.studio.creative.formats import FORMATS
from tastemaker.studio.creative.queue import STATES, Creative

if TYPE_CHECKING:
    from tastemaker.shop import Shop

PATH = "/creatives"
SHOWN = 60
"""Creatives on one page."""
LAYOUTS = 4
"""Made at once."""
_TITLES = {"waiting": "Waiting", "approved": "Approved", "refused": "Refused", "": "All"}
_FORMATS = {"banner": "Banner", "square": "Square", "story": "Story", "email": "E-mail header"}
_SOURCES = {"brand.name": "settings"}


def creatives(shop: "Shop", state: State, wanted: str, words: str, format: str) -> Content:
    """The page.

    Args:
        shop: whose creatives.
        state: whose taste decides what comes first in new ones.
        wanted: only those in this state; "" for all.
        words: ids of items, or words to find one; "" makes nothing.
        format: of new ones.
    """
    wanted = wanted if wanted in STATES else ""
    notes = _made(shop, state, words, format) if words.strip() else ()
    every = shop.creatives.all()
    found = [one for one in every if wanted in ("", one.state)]
    cards = [creative_card(shop, one) for one in found[:SHOWN]]
    nothing = "Nothing is here. Name an item above." if every else "Nothing has been made yet. Name an item above."
    parts = [
        tag("h1", {"class": "asked"}, "Creatives"),
        _form(state, words, format),
        *(tag("p", {"class": "note"}, sentence(note)) for note in notes),
        _tabs(state, wanted, every),
        tag("ul", {"class": "creatives", "role": "list"}, join(cards)) if cards else way_on("", nothing, []),
    ]
    return Content("Creatives · Tastemaker", join(parts))


def creative_card(shop: "Shop", one: Creative) -> Safe:
    """One creative: the picture, what it prints and where from, what was decided, the acts."""
    image = tag(
        "img",
        {"src": f"/creative/{one.name}.png", "alt": " ".join(fact.text for fact in one.facts), "width": one.width,
         "height": one.height, "loading": "lazy", "decoding": "async"},
    )  # fmt: skip
    stale = shop.outdated(one)
    title = f"{_FORMATS.get(one.format, one.format)}, {one.layout.replace('-', ' on ')}"
    return tag(
        "li",
        {"class": f"creative {one.format} {one.state}", "data-name": one.name},
        tag("a", {"class": "sheet", "href": f"/creative/{one.name}.png", "target": "_blank"}, image),
        tag("p", {"class": "line"}, tag("strong", None, one.headline), tag("span", {"class": "quiet"}, title)),
        *(tag("p", {"class": "stale"}, sentence(line)) for line in stale),
        _acts(one, stale=bool(stale)),
        _printed(one),
    )


def hear_decisions(client: Client, shop: "Shop") -> None:
    """Hear of decisions, and send the changed card back."""

    async def decide(message: events.GenericEventArguments) -> None:
        said = message.args if isinstance(message.args, dict) else {}
        name, state, who, why = (str(said.get(key, "")) for key in ("name", "state", "who", "why"))

        def done() -> str:
            decided = shop.decide(name, state, who=who, why=why)
            tabs = list(_counts(shop.creatives.all()).values())
            return f"tm.decided({json.dumps(name)}, {json.dumps(creative_card(shop, decided))}, {json.dumps(tabs)})"

        client.run_javascript(await tried(done, lambda said, _status: f"tm.say({json.dumps(said)})"))

    with client:
        ui.on("tm_decide", decide)


def _made(shop: "Shop", state: State, words: str, format: str) -> tuple[str, ...]:
    """Make creatives for ids, or for what is found first; what has to be said about it."""
    ids = words.replace(",", " ").split()
    if not all(shop.catalog.has(id) for id in ids):
        ids = [item.id for item in shop.search(words, k=1)]
    if not ids:
        return (f"nothing was found for “{words}”",)
    format = format if format in FORMATS else FORMATS[0]
    return shop.creative(ids, format=format, n=LAYOUTS, user=state.person or None).notes


def _form(state: State, words: str, format: str) -> Safe:
    field = tag(
        "input",
        {"name": "q", "value": words, "maxlength": MAX_TEXT, "aria-label": "Items to advertise", "required": True,
         "placeholder": "Up to four item ids, or words", "autocomplete": "off"},
    )  # fmt: skip
    options = [tag("option", {"value": name, "selected": name == format}, _FORMATS.get(name, name)) for name in FORMATS]
    choice = tag("select", {"name": "format", "aria-label": "Format"}, join(options))
    who = tag("input", {"type": "hidden", "name": "person", "value": state.person}) if state.person else None
    button = tag("button", {"type": "submit", "class": "go"}, "Make")
    return tag("form", {"class": "wish", "action": PATH, "method": "get"}, field, choice, who, button)


def _tabs(state: State, wanted: str, every: list[Creative]) -> Safe:
    """The states with their counts, and who is deciding."""
    links = []
    for name, title in _counts(every).items():
        person = f"&person={state.person}" if state.person else ""
        attributes = {"href": f"{PATH}?state={name}{person}", "aria-current": "page" if name == wanted else None}
        links.append(tag("a", attributes, title))
    who = tag("input", {"id": "who", "placeholder": "Your name", "aria-label": "Your name, for decisions",
                        "maxlength": 100, "autocomplete": "name"})  # fmt: skip
    return tag("div", {"class": "filters"}, tag("div", {"class": "choices"}, join(links)), who)


def _counts(every: list[Creative]) -> dict[str, str]:
    """The title of every state with how many there are."""
    return {name: f"{title} {sum(name in ('', one.state) for one in every)}" for name, title in _TITLES.items()}


def _acts(one: Creative, *, stale: bool) -> Safe:
    """What can be done now; under it who did what last."""

    def act(state: str, words: str, *, off: bool = False, strong: bool = False) -> Safe:
        shape = {"type": "button", "class": "go" if strong else "button", "data-decide": state, "disabled": off}
        return tag("button", shape, words)

    last = one.decisions[-1] if one.decisions else None
    if one.state == "waiting":
        why = tag("input", {"class": "why-field", "placeholder": "Why (if you like)", "aria-label": "Why",
                            "maxlength": 500})  # fmt: skip
        buttons = [why, act("approved", "Approve", off=stale, strong=True), act("refused", "Refuse")]
    else:
        buttons = [act("waiting", "Undo")]
    told = None
    if last is not None:
        when = datetime.fromtimestamp(last.when, UTC).strftime("%d %b %Y, %H:%M UTC")
        what = {"waiting": "Taken back", "approved": "Approved", "refused": "Refused"}[last.state]
        told = tag("p", {"class": "note"}, f"{what} by {last.who}, {when}", f": {last.why}" if last.why else None)
    return join([told, tag("div", {"class": "acts"}, join(buttons))])


def _printed(one: Creative) -> Safe:
    """Every printed fact with its field, why it comes first, and the files."""
    rows = [
        tag("tr", None, tag("td", None, f"{fact.text}{' …' if fact.cut else ''}"),
            tag("td", {"class": "quiet"}, f"{fact.item} {_SOURCES.get(fact.field, fact.field)}".strip()))
        for fact in one.facts
    ]  # fmt: skip
    leads = [tag("p", {"class": "note"}, sentence(lead)) for lead in one.leads]
    files = tag(
        "p",
        {"class": "note"},
        tag("a", {"href": f"/creative/{one.name}.png", "download": f"{one.name}.png"}, "PNG"),
        " · ",
        tag("a", {"href": f"/creative/{one.name}.svg", "download": f"{one.name}.svg"}, "SVG"),
        f" · contrast {one.contrast:.1f} : 1",
    )
    table = tag("table", None, tag("tbody", None, join(rows)))
    return tag("details", None, tag("summary", None, "What it prints, and from where"), table, *leads, files)
