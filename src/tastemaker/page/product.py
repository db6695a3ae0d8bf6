"""One item: picture, facts, why it is shown, what is like it."""

from typing import TYPE_CHECKING

from tastemaker.catalog.items import Item
from tastemaker.catalog.shown import labelled, price_text
from tastemaker.core.errors import NotFitted, UnknownName
from tastemaker.core.ranking import Reason
from tastemaker.page.card import Frame, Row, heart, picture, row, sentence
from tastemaker.page.chips import suggestions
from tastemaker.page.facts import currency_of, facts_for
from tastemaker.page.frame import OBVIOUS, Content, way_on
from tastemaker.page.html import Attribute, Safe, join, tag
from tastemaker.page.show import buttons
from tastemaker.page.state import State

if TYPE_CHECKING:
    from tastemaker.shop import Shop

SIMILAR = 12
LARGE = "(max-width: 640px) 100vw, 560px"
_LACKS = {"picture": "There is no picture of it", "text": "There is no description of it"}


def product(shop: "Shop", state: State, item_id: str) -> Content:
    """An item's own page; what is not in the catalog gets a page that leads on."""
    try:
        item = shop.item(item_id)
    except UnknownName:
        links = [("Back to the start", State(person=state.person).url())]
        main = way_on("This is not here any more", "It may be sold, or the link may be incomplete.", links)
        return Content("Not here · Tastemaker", main, status=404)
    currency = currency_of(shop)
    title = item.title or item.id
    similar = shop.similar(item.id, k=SIMILAR)
    frame = Frame(state, currency)
    alike = Row("More like this", similar.items, more=state.more_like(item.id).url())
    article = tag(
        "article",
        {"class": "product", "data-item": item.id, "data-title": title},
        tag("div", {"class": "large"}, _pictures(item, title), heart(title)),
        tag(
            "div",
            {"class": "facts"},
            tag("p", {"class": "quiet"}, item.department.capitalize()) if item.department else None,
            tag("h1", None, title),
            _price_line(item, currency),
            tag("p", {"class": "text"}, item.text) if item.text else None,
            _acts(state, item),
            suggestions(state.more_like(item.id), facts_for(shop.catalog, item)),
            _why(shop, state, item),
            attributes(item),
        ),
    )
    shelves = [_goes_with(shop, item), alike if similar.items else None]
    drawn = [row(shelf, frame) for shelf in shelves if shelf is not None]
    return Content(f"{title} · Tastemaker", join([article, *drawn]), seen=item.id)


def _goes_with(shop: "Shop", item: Item) -> Row | None:
    """What stands together with an item; None where the shop has nothing to learn that from."""
    try:
        found = shop.complete([item.id], k=SIMILAR)
    except NotFitted:
        return None
    return Row("Goes with this", found.items) if found.items else None


def attributes(item: Item) -> Safe | None:
    """Everything else that is known, as a table; None when nothing is."""
    lines = [
        tag(
            "tr",
            None,
            tag("th", {"scope": "row"}, name),
            tag("td", None, text),
        )
        for name, text in (labelled(name, value) for name, value in item.attributes.items())
    ]
    if not lines:
        return None
    return tag(
        "section", {"class": "known"}, tag("h2", None, "Details"), tag("table", None, tag("tbody", None, join(lines)))
    )


def _pictures(item: Item, title: str) -> Safe:
    """All pictures of an item, the main one first."""
    names = item.images or ("",)
    first = picture(names[0], title, sizes=LARGE, eager=True, title=title)
    return join([first, *(picture(name, f"{title}, another picture", sizes=LARGE) for name in names[1:6])])


def _price_line(item: Item, currency: str) -> Safe | None:
    text = price_text(item.price, currency)
    parts = [tag("span", None, text)] if text else []
    if not item.available:
        parts.append(tag("span", {"class": "quiet"}, "Not available now"))
    return tag("p", {"class": "cost"}, join(parts)) if parts else None


def _acts(state: State, item: Item) -> Safe:
    title = item.title or item.id
    return tag(
        "div",
        {"class": "acts"},
        *buttons(state, item),
        tag("a", {"class": "button", "href": state.more_like(item.id).url()}, "More like this"),
        tag(
            "button",
            {"class": "button", "type": "button", "data-act": "dislike", "aria-label": f"Not for me: {title}"},
            "Not for me",
        ),
    )


def _why(shop: "Shop", state: State, item: Item) -> Safe:
    """Why it is shown: reasons as sentences, with how much each counted."""
    explained = shop.explain(item.id, user=state.person or None)
    lines = [_reason(shop, state, reason) for reason in explained.reasons if reason.items[:1] != (item.id,)]
    notes = [note for note in explained.notes if not note.startswith(OBVIOUS)]
    notes += [_LACKS[part] for part in explained.missing if part in _LACKS]
    if not lines:
        notes.insert(
            0, "Nothing is known yet that speaks for it" if state.person else "Choose a person to see why it suits them"
        )
    return tag(
        "section",
        {"class": "why", "id": "why"},
        tag("h2", None, "Why this?"),
        tag("ul", {"role": "list"}, join(lines)) if lines else None,
        *(tag("p", {"class": "note"}, sentence(note)) for note in notes),
        _part(state, item),
    )


def _part(state: State, item: Item) -> Safe | None:
    """Asks which part of the picture counts, for the words that were searched or for what the person chose."""
    if not item.images or not (state.words or state.person):
        return None
    attributes: dict[str, Attribute] = {
        "class": "button", "type": "button", "data-act": "looks", "data-item": item.id, "data-user": state.person,
        "data-text": state.words, "aria-pressed": "false",
    }  # fmt: skip
    return join(
        [
            tag("button", attributes, "Which part of the picture?"),
            tag("p", {"class": "note looks-told", "role": "status"}),
        ]
    )


def _reason(shop: "Shop", state: State, reason: Reason) -> Safe:
    share = round(100 * min(max(reason.weight, 0.0), 1.0))
    known = [shop.item(item) for item in reason.items[:4]]
    thumbs = [
        tag(
            "a",
            {"href": state.item_url(item.id), "aria-label": item.title or item.id},
            picture(item.images[0] if item.images else "", "", sizes="56px", title=item.title or item.id),
        )
        for item in known
    ]
    return tag(
        "li",
        None,
        tag("span", {"class": "sentence"}, sentence(reason.sentence)),
        tag("span", {"class": "share"}, f"{share}\N{NO-BREAK SPACE}%"),
        tag("span", {"class": "meter", "aria-hidden": "true"}, tag("span", {"style": f"inline-size:{share}%"})),
        tag("span", {"class": "thumbs"}, join(thumbs)) if thumbs else None,
    )
