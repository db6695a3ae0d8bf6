"""For the engineer: methods with their sources, what the catalog check says, what the doctor says. Thin on purpose."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tastemaker.core import registry
from tastemaker.core.wire import Json, plain
from tastemaker.page.frame import Content
from tastemaker.page.html import Safe, join, tag

if TYPE_CHECKING:
    from tastemaker.shop import Shop


def engine(shop: "Shop") -> Content:
    """The page of the engine."""
    parts = [
        tag("h1", None, "The engine"),
        tag(
            "p",
            {"class": "chips"},
            tag("a", {"class": "chip", "href": "/map"}, "Map of the items"),
            tag("a", {"class": "chip", "href": "/creatives"}, "Creatives"),
        ),
        _section("Methods", _methods()),
        _section("Catalog", tag("pre", {"tabindex": 0}, str(shop.check()))),
        _section("Doctor", _values(plain(shop.doctor()))),
    ]
    return Content("Engine · Tastemaker", tag("div", {"class": "engine"}, join(parts)))


def _methods() -> Safe:
    rows = [(card.kind, card.name, card.figure, card.source) for card in registry.cards()]
    return table(("Kind", "Name", "Figure", "Source"), rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Safe:
    """A plain table."""
    heading = tag("tr", None, join(tag("th", {"scope": "col"}, name) for name in head))
    lines = [tag("tr", None, join(tag("td", None, cell) for cell in row)) for row in rows]
    return tag("table", None, tag("thead", None, heading), tag("tbody", None, join(lines)))


def _values(value: Json) -> Safe:
    """Nested values as nested tables."""
    if isinstance(value, Mapping):
        lines = [
            tag("tr", None, tag("th", {"scope": "row"}, str(name)), tag("td", None, _values(entry)))
            for name, entry in value.items()
        ]
        return tag("table", None, tag("tbody", None, join(lines)))
    if isinstance(value, list):
        return tag("ul", None, join(tag("li", None, _values(entry)) for entry in value))
    return tag("span", None, "–" if value is None else str(value))


def _section(title: str, content: Safe) -> Safe:
    return tag("section", None, tag("h2", None, title), tag("div", {"class": "wide"}, content))
