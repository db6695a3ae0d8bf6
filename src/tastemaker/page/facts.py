"""What the page has to know of a whole catalog - departments, new items, prices - counted once a revision."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.core.types import Floats

if TYPE_CHECKING:
    from tastemaker.shop import Shop

_COLOUR_NAMES = ("colour", "color", "colours", "colors")
_LIMITS = (10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000, 10000, 20000, 50000)


@dataclass(frozen=True)
class Facts:
    """Counts over a catalog.

    Attributes:
        departments: names, the largest first; empty when there is one or none.
        touched: ids of items that somebody has done something with.
        untouched: how many there are that nobody has.
        limits: price limits worth offering, rising; empty when hardly anything has a price.
        colours: the most frequent colours, as words for a change.
        people: how many people have done something.
    """

    departments: tuple[str, ...]
    touched: Sequence[str]
    untouched: int
    limits: tuple[float, ...]
    colours: tuple[str, ...]
    people: int


_known: "WeakKeyDictionary[Catalog, Facts]" = WeakKeyDictionary()
_lock = Lock()


def facts_of(catalog: Catalog) -> Facts:
    """The facts of a catalog; counted on the first call, remembered as long as the catalog lives."""
    with _lock:
        if catalog not in _known:
            _known[catalog] = _count(catalog)
        return _known[catalog]


def facts_for(catalog: Catalog, item: Item) -> Facts:
    """The facts as they matter for one item: without a colour no other colours, without a price nothing cheaper."""
    facts = facts_of(catalog)
    colours = facts.colours if any(name in item.attributes for name in _COLOUR_NAMES) else ()
    return replace(facts, colours=colours, limits=facts.limits if item.price is not None else ())


def currency_of(shop: "Shop") -> str:
    """What stands before a price; "" when the shop does not say."""
    currency: str = shop.workspace.settings.currency
    return currency


def _count(catalog: Catalog) -> Facts:
    rows = np.flatnonzero(catalog.alive)
    counts = np.bincount(catalog.interactions.row, minlength=catalog.size)[rows]  # dislikes too: somebody tried it
    departments = Counter(str(name) for name in catalog.column("department")[rows] if name)
    prices = catalog.prices[rows]
    known = prices[np.isfinite(prices)]
    return Facts(
        departments=tuple(name for name, _ in departments.most_common(8)) if len(departments) > 1 else (),
        touched=[catalog.ids[row] for row in rows[counts > 0]],
        untouched=int((counts == 0).sum()),
        limits=_limits(known) if len(known) * 2 >= len(rows) else (),
        colours=_colours(catalog),
        people=len(catalog.interactions.people),
    )


def _limits(prices: Floats) -> tuple[float, ...]:
    """At most four round limits that each keep some items and drop some.

    Shapes: prices (items with a price,).
    """
    if not len(prices):
        return ()
    wanted = np.quantile(prices, (0.15, 0.35, 0.6, 0.85))
    steps = np.array(_LIMITS, np.float64)
    nearest = {float(steps[np.abs(steps - price).argmin()]) for price in wanted}
    return tuple(limit for limit in sorted(nearest) if prices.min() < limit < prices.max())


def _colours(catalog: Catalog) -> tuple[str, ...]:
    for name in _COLOUR_NAMES:
        if name in catalog.attributes:
            return tuple(catalog.attributes[name].values)[:5]
    return ()
