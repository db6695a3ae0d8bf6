"""Values of a catalog that look like slips. Nothing here is certain; each is a line for somebody to look at.

A number is odd when it is far from all others of its department, a word when it is nearly one that many items have, a
gap where nearly everybody has a value.

Source: outliers by the median and the median absolute deviation, Iglewicz and Hoaglin 1993.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.core.types import ItemId

FAR = 6.0
"""Deviations from the middle from which on a number is odd."""
ENOUGH = 20
"""Items of a department below which nothing is said of it."""
USUAL = 0.9
"""Share of a department that has a value, from which on those without are odd."""
OFTEN, SELDOM = 10, 2
"""A value on so many items is a word of the shop; one on so few may be a slip for it."""
ALIKE = 0.85


@dataclass(frozen=True)
class Oddity:
    """One value to look at.

    Attributes:
        item: whose.
        field: of which column.
        value: as it stands there; "" for none.
        why: what is odd about it.
    """

    item: ItemId
    field: str
    value: str
    why: str


def oddities(catalog: Catalog) -> tuple[Oddity, ...]:
    """All of a catalog, kind by kind: numbers, words, gaps."""
    groups: dict[str, list[Item]] = defaultdict(list)
    for row in np.flatnonzero(catalog.alive).tolist():
        item = catalog.item(row)
        groups[item.department].append(item)
    large = [group for group in groups.values() if len(group) >= ENOUGH]
    found = [*_untitled(catalog)]
    for group in large:
        found += _far(group)
    found += _slips(catalog)
    for group in large:
        found += _gaps(group)
    return tuple(found)


def _untitled(catalog: Catalog) -> Iterator[Oddity]:
    for row in np.flatnonzero(catalog.alive).tolist():
        item = catalog.item(row)
        if not item.title:
            yield Oddity(item.id, "title", "", "no title")
        if item.price == 0:
            yield Oddity(item.id, "price", "0", "costs nothing")


def _far(group: Sequence[Item]) -> Iterator[Oddity]:
    """Numbers far from those of the department, on a scale of ratios."""
    names = sorted({name for item in group for name, value in _numbers(item).items() if value > 0})
    for name in names:
        own = [(item, value) for item in group if (value := _numbers(item).get(name, 0.0)) > 0]
        if len(own) < ENOUGH:
            continue
        logs = np.log([value for _, value in own])
        middle = float(np.median(logs))
        spread = max(float(np.median(np.abs(logs - middle))) / 0.6745, 0.05)
        for (item, value), off in zip(own, (logs - middle) / spread, strict=True):
            if abs(off) > FAR:
                often = f"{np.exp(middle):,.4g}"
                yield Oddity(item.id, name, f"{value:,.10g}", f"far from the usual {often} of its department")


def _numbers(item: Item) -> Mapping[str, float]:
    """Price and numeric attributes by name."""
    found = {name: value for name, value in item.attributes.items() if isinstance(value, float)}
    return found if item.price is None else {"price": item.price, **found}


def _slips(catalog: Catalog) -> Iterator[Oddity]:
    """Words on hardly any item that are nearly a word on many."""
    suspects: dict[tuple[str, str], str] = {}
    for name, spec in catalog.attributes.items():
        if spec.type in ("category", "list"):
            often = [value for value, count in spec.values.items() if count >= OFTEN]
            for value in (value for value, count in spec.values.items() if count <= SELDOM):
                near = get_close_matches(value.casefold(), [word.casefold() for word in often], 1, ALIKE)
                if near:
                    suspects[name, value] = next(word for word in often if word.casefold() == near[0])
    if not suspects:
        return
    for row in np.flatnonzero(catalog.alive).tolist():
        item = catalog.item(row)
        for name, held in item.attributes.items():
            for word in held if isinstance(held, tuple) else (held,):
                if isinstance(word, str) and (name, word) in suspects:
                    yield Oddity(item.id, name, word, f"is “{suspects[name, word]}” meant?")


def _gaps(group: Sequence[Item]) -> Iterator[Oddity]:
    """Items without a value that nearly all of the department have."""
    counts: dict[str, int] = defaultdict(int)
    for item in group:
        for name in item.attributes:
            counts[name] += 1
        counts["price"] += item.price is not None
    for name, count in counts.items():
        if USUAL * len(group) <= count < len(group):
            for item in group:
                if (item.price is None) if name == "price" else (name not in item.attributes):
                    share = int(100 * count / len(group))
                    yield Oddity(item.id, name, "", f"missing, and {share} % of its department have it")
