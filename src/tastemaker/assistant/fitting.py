"""Which items of the catalog have all that was asked for; counted over the whole catalog, not over what is shown."""

from collections.abc import Sequence

import numpy as np

from tastemaker.core.ranking import Facet
from tastemaker.core.types import Bools
from tastemaker.index.coded import coded, fold
from tastemaker.recommenders.item_traits import kind_attribute
from tastemaker.shop.live import View

_NAMED = ("category", "list")


def asked_values(view: View, facets: Sequence[Facet]) -> list[Facet]:
    """The values among some facets that an item has or has not; what filters holds of every item that may be shown."""
    return [each for each in facets if each.op == "=" and not each.hard and _named(view, each.name)]


def fitting(view: View, facets: Sequence[Facet]) -> Bools:
    """Rows that have every value that was asked for; of several of one attribute any one is enough.

    Said are values alone, "red" and not of what, so that whichever attribute holds one will do.

    Shapes: -> (rows,).
    """
    wanted: dict[str, Bools] = {}
    for facet in asked_values(view, facets):
        before = wanted.get(facet.name, np.zeros(view.catalog.size, np.bool_))
        wanted[facet.name] = before | _holding(view, facet.value)
    return np.logical_and.reduce(list(wanted.values())) if wanted else np.ones(view.catalog.size, np.bool_)


def kind_of(view: View, row: int) -> Facet | None:
    """What a thing is, as a wish that pulls; None when nothing says it."""
    item = view.catalog.item(row)
    complete = view.fitted.complete
    name = kind_attribute(view.catalog) if complete is None else complete.kind
    value = item.attributes.get(name)
    if isinstance(value, str) and value:
        return Facet(name, "=", value)
    return Facet("department", "=", item.department) if item.department else None


def _named(view: View, name: str) -> bool:
    return name == "department" or view.catalog.types.get(name) in _NAMED


def _holding(view: View, value: str) -> Bools:
    """Rows in which any attribute holds a value. Shapes: -> (rows,)."""
    found = np.zeros(view.catalog.size, np.bool_)
    for name in (*view.catalog.types, "department"):
        if _named(view, name):
            column = coded(view.catalog, name)
            if (code := column.code_of.get(fold(name, value))) is not None:
                found |= column.holding([code])
    return found
