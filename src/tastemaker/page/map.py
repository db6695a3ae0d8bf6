"""The map: every item a dot, what is alike stands together; coloured by what is known of the items.

It is a picture made of links: without a script each dot opens its item. With it one zooms and moves, sees an item's
picture before opening it, and walks from dot to dot with the arrow keys.
"""

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.core.seeds import generator
from tastemaker.core.types import Doubles, Ints
from tastemaker.evaluation.space_figures import spread
from tastemaker.evaluation.space_map import flat
from tastemaker.page.frame import Content, way_on
from tastemaker.page.html import Safe, join, tag
from tastemaker.page.once import Once
from tastemaker.page.state import State

if TYPE_CHECKING:
    from tastemaker.shop import Shop

POINTS = 1500
"""Items on the map at most; of a larger shop so many drawn by chance."""
COLOURS = 8
"""Values that get a colour of their own; the others share a quiet one."""
CHOICES = 6
SIDE = 1000
SMALLEST, LARGEST = 6.0, 14.0
"""Radius of a dot: the fewer, the larger."""


def item_map(shop: "Shop", state: State, by: str) -> Content:
    """The map of a shop.

    Args:
        shop: whose items.
        state: whose links the dots are.
        by: the attribute that colours them; the first that can, when it is none of them.
    """
    title = "Map · Tastemaker"
    rows, places = _places(shop)
    if not len(rows):
        text = "A map needs items with pictures or words, and a fitted shop."
        return Content(title, way_on("There is no map yet", text, [("Back to the start", state.home().url())]))
    catalog = shop.catalog
    choices = _choices(catalog)
    by = by if by in choices else next(iter(choices), "")
    values = [_value(catalog, row, by) for row in rows.tolist()]
    named = [name for name, _ in Counter(value for value in values if value).most_common(COLOURS)]
    size = round(min(max(SIDE / 6 / len(rows) ** 0.5, SMALLEST), LARGEST), 1)
    dots = [
        _dot(catalog, state, row, (*place, size), (value, named.index(value) if value in named else -1))
        for row, place, value in zip(rows.tolist(), (20 + places * (SIDE - 40)).round(1).tolist(), values, strict=True)
    ]
    parts = [
        tag("h1", None, "The map"),
        tag("p", {"class": "note"}, _shown(shop, len(rows))),
        _chooser(choices, by, state) if len(choices) > 1 else None,
        _legend(named, values, by),
        _canvas(dots, size),
    ]
    return Content(title, tag("section", {"class": "map"}, join(parts)))


def _shown(shop: "Shop", drawn: int) -> str:
    """What the map shows, and what it does not."""
    alive = shop.view.catalog.alive
    seen = int((alive & shop.view.vectors.present).sum()) if shop.view.vectors is not None else 0
    without = int(alive.sum()) - seen
    said = ["What is alike stands together."]
    if drawn < seen:
        said.append(f"{drawn:,} of {seen:,} items, drawn by chance.")
    if without:
        things = "1 item has" if without == 1 else f"{without:,} items have"
        said.append(f"{things} nothing to be compared by, and no place here.")
    return " ".join(said)


@Once
def _places(shop: "Shop") -> tuple[Ints, Doubles]:
    """Rows on the map and where they lie."""
    view = shop.view
    if view.vectors is None:
        return np.empty(0, np.int64), np.empty((0, 2))
    rows = spread(np.flatnonzero(view.vectors.present & view.catalog.alive), POINTS, generator(0, "map"))
    return rows, flat(view.vectors.matrix[rows])


def _choices(catalog: Catalog) -> dict[str, str]:
    """Attributes that can colour the map, with their headings: few values that many items have."""
    found = [
        (spec.coverage, name)
        for name, spec in catalog.attributes.items()
        if spec.type == "category" and len(spec.values) >= 2 and max(spec.values.values()) >= 2
    ]
    names = [name for _, name in sorted(found, key=lambda one: (-one[0], one[1]))][:CHOICES]
    return {name: name.replace("_", " ").capitalize() for name in names}


def _value(catalog: Catalog, row: int, by: str) -> str:
    value = catalog.raw_item(row).attributes.get(by, "")
    return value if isinstance(value, str) else ""


def _dot(catalog: Catalog, state: State, row: int, circle: tuple[float, ...], told: tuple[str, int]) -> Safe:
    """A link to an item: middle and radius of its dot, its value and the number of that value's colour, -1 for none."""
    item = catalog.raw_item(row)
    title, (value, colour) = item.title or item.id, told
    kind = "dot" if colour < 0 else f"dot c{colour}"
    source = f"/pictures/{quote(item.images[0], safe='/')}?width=240" if item.images else None
    link: dict[str, str | int | None] = {
        "href": state.item_url(item.id), "class": kind, "aria-label": f"{title}, {value}" if value else title,
        "data-picture": source, "tabindex": -1,
    }  # fmt: skip
    x, y, radius = circle
    return tag("a", link, tag("circle", {"cx": x, "cy": y, "r": radius}), tag("title", None, title))


def _chooser(choices: dict[str, str], by: str, state: State) -> Safe:
    links = []
    for name, heading in choices.items():
        query = urlencode([("by", name), *([("person", state.person)] if state.person else [])])
        current = "true" if name == by else None
        links.append(tag("li", None, tag("a", {"class": "chip", "href": f"/map?{query}", "aria-current": current},
                                         heading)))  # fmt: skip
    return tag("ul", {"class": "chips", "role": "list", "aria-label": "Coloured by"}, join(links))


def _legend(named: list[str], values: list[str], by: str) -> Safe | None:
    counts = Counter(values)
    rest = len(values) - sum(counts[name] for name in named)
    entries = [(f"key c{place}", name, counts[name]) for place, name in enumerate(named)]
    entries += [("key", "Others", rest)] if rest and named else []
    lines = []
    for kind, name, n in entries:
        key = tag("span", {"class": kind, "aria-hidden": "true"})
        lines.append(tag("li", None, key, f"{name} ", tag("small", None, f"{n:,}")))
    return tag("ul", {"class": "legend", "role": "list", "aria-label": by}, join(lines)) if lines else None


def _canvas(dots: list[Safe], size: float) -> Safe:
    """The dots, the buttons, and the place of the card that shows an item."""
    says = "Map of the items. Arrow keys go from one to the next, Enter opens it, plus and minus zoom."
    svg = tag(
        "svg",
        {
            "viewBox": f"0 0 {SIDE} {SIDE}",
            "role": "group",
            "aria-label": says,
            "tabindex": 0,
            "id": "map",
            "data-dot": size,
        },
        join(dots),
    )
    signs = {"in": ("+", "Closer"), "out": ("−", "Farther"), "whole": ("⤢", "All of it")}
    buttons = [
        tag("button", {"type": "button", "data-zoom": way, "aria-label": says, "title": says}, sign)
        for way, (sign, says) in signs.items()
    ]
    card = tag("div", {"id": "spot", "hidden": True, "aria-hidden": "true"})
    return tag("div", {"class": "canvas"}, svg, tag("div", {"class": "zoom"}, join(buttons)), card)
