"""Filters: the small language of ``where``, read, typed against a catalog, turned into a mask of rows.

    price < 80 and colour in (red, blue) and available
    genres contains comedy and not (year < 1990 or title contains "part ii")

Built-in names are id, title, text, price, available, department; every attribute of the catalog is a name too. Values
are compared without regard to capitals (ids excepted). A value that no item has is no error: it keeps nothing, and
:func:`~tastemaker.index.near.near_misses` says what there is instead. The grammar is in ``index.grammar``, what holds
for missing values in ``index.masks``.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.core.ranking import Facet
from tastemaker.core.types import Bools
from tastemaker.index.conditions import And, Compare, Condition, Op
from tastemaker.index.grammar import read
from tastemaker.index.masks import keep

_OPS: dict[str, Op] = {"=": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_NOT_COLUMNS = frozenset({"words", "picture", "person"})


@dataclass(frozen=True)
class Filter:
    """A ``where`` that was read.

    Attributes:
        condition: what must hold; None keeps everything that is there.
    """

    condition: Condition | None = None

    def __str__(self) -> str:
        return "" if self.condition is None else str(self.condition)

    def __and__(self, other: "Filter") -> "Filter":
        parts = [c for c in (self.condition, other.condition) if c is not None]
        return Filter(And(tuple(parts)) if len(parts) == 2 else next(iter(parts), None))

    def mask(self, catalog: Catalog) -> Bools:
        """Rows that are there and for which the condition holds.

        Shapes: (rows,).

        Raises:
            FilterError: an attribute does not exist (its neighbours are named), or a comparison does not fit its type.
        """
        if self.condition is None:
            return catalog.alive.copy()
        return np.asarray(keep(self.condition, catalog) & catalog.alive, np.bool_)


def parse(where: str) -> Filter:
    """Read a ``where``; an empty one keeps everything.

    Raises:
        FilterError: it cannot be read; says where, and what was expected.
    """
    return Filter(read(where))


def of_facets(facets: Iterable[Facet]) -> Filter:
    """The hard facets of a request as a filter; soft ones pull and do not filter."""
    parts: tuple[Condition, ...] = tuple(
        Compare(facet.name, _OPS[facet.op], facet.value)
        for facet in facets
        if facet.hard and facet.op in _OPS and facet.name not in _NOT_COLUMNS
    )
    if len(parts) > 1:
        return Filter(And(parts))
    return Filter(parts[0] if parts else None)
