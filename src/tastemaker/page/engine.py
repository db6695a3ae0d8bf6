"""For the engineer: what the doctor says, and the methods that are installed with their sources."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tastemaker.core import registry
from tastemaker.core.wire import Json, plain
from tastemaker.page.frame import Content
from tastemaker.page.html import Attribute, Safe, join, tag
from tastemaker.page.tables import section, table

if TYPE_CHECKING:
    from tastemaker.shop import Shop


def engine(shop: "Shop") -> Content:
    """The page of the doctor."""
    name = "Installation and workspace"
    wide: dict[str, Attribute] = {"class": "wide", "tabindex": 0, "role": "region", "aria-label": name}
    parts = [tag("h1", None, "Doctor"), section(name, tag("div", wide, _values(plain(shop.doctor()))))]
    return Content("Doctor · Tastemaker", tag("div", {"class": "work engine"}, join(parts)))


def methods() -> Safe:
    """Every method that is installed, with its source."""
    rows = [(card.kind, card.name, card.figure, card.source) for card in registry.cards()]
    return table(("Kind", "Name", "Figure", "Source"), rows, name="Methods")


def _values(value: Json) -> Safe:
    """Nested values as nested tables."""
    if isinstance(value, Mapping):
        lines = [
            tag("tr", None, tag("th", {"scope": "row"}, str(name)), tag("td", None, _values(entry)))
            for name, entry in value.items()
        ]
        return tag("table", None, tag("tbody", None, join(lines)))
    if isinstance(value, list) and value:
        return tag("ul", None, join(tag("li", None, _values(entry)) for entry in value))
    if isinstance(value, bool):
        return tag("span", None, "yes" if value else "no")
    return tag("span", None, "–" if value in (None, "", []) else str(value))
