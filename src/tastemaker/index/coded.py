"""Columns of a catalog prepared for comparing: every distinct value once, in small letters, and a code for each row.

Made when a filter first names the column and kept as long as the catalog snapshot lives; a filter then compares small
integers instead of texts.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from tastemaker.catalog.catalog import FIELDS, Catalog
from tastemaker.catalog.items import AttributeType
from tastemaker.core.errors import FilterError, UnknownName
from tastemaker.core.types import Bools, Ints

EXACT = frozenset({"id"})
"""Fields whose values differ when only their capitals do."""


@dataclass(frozen=True)
class Coded:
    """Distinct values of a text, category or list column.

    Attributes:
        code_of: value in small letters -> its code.
        shown: the value of each code as the catalog writes it.
        codes: one entry a value held.
        rows: the row that holds it; a row without a value has no entry, a list has several.
        size: rows of the catalog.

    Shapes: codes, rows (held,).
    """

    code_of: dict[str, int]
    shown: list[str]
    codes: Ints
    rows: Ints
    size: int

    def holding(self, codes: list[int]) -> Bools:
        """Rows that hold any of the codes. Shapes: (rows,)."""
        wanted = np.zeros(len(self.shown) + 1, np.bool_)
        wanted[codes] = True
        mask = np.zeros(self.size, np.bool_)
        mask[self.rows[wanted[self.codes]]] = True
        return mask


_COLUMNS: WeakKeyDictionary[Catalog, dict[str, Coded]] = WeakKeyDictionary()


def coded(catalog: Catalog, name: str) -> Coded:
    """The values of a text, category or list column of a catalog."""
    columns = _COLUMNS.setdefault(catalog, {})
    if name not in columns:
        columns[name] = _encode(catalog, name)
    return columns[name]


def fold(name: str, value: str) -> str:
    """A value as it is compared: without regard to capitals and outer space, but for ids."""
    return value if name in EXACT else value.strip().casefold()


def resolve(catalog: Catalog, name: str, at: int = 0) -> tuple[str, AttributeType]:
    """The column that a filter names, and its type; capitals, spaces, ``_`` and ``-`` do not matter.

    Raises:
        FilterError: there is no such column; the hint lists its neighbours.
    """
    types = {**catalog.types, **FIELDS}
    if name in types:
        return name, types[name]
    key = _plain(name)
    for known, type in types.items():
        if _plain(known) == key:
            return known, type
    lookup = UnknownName("attribute", name, [*catalog.types, *FIELDS])
    raise FilterError(f"{lookup.message} at position {at + 1} of the filter", hint=lookup.hint)


def _plain(name: str) -> str:
    return name.strip().casefold().replace("_", " ").replace("-", " ")


def _encode(catalog: Catalog, name: str) -> Coded:
    """Give every distinct value a code, in order of first appearance."""
    code_of: dict[str, int] = {}
    shown: list[str] = []
    codes: list[int] = []
    rows: list[int] = []
    for row, held in enumerate(catalog.column(name)):
        for value in held if isinstance(held, tuple) else (held,):
            if not value:
                continue
            key = fold(name, value)
            code = code_of.setdefault(key, len(shown))
            if code == len(shown):
                shown.append(value)
            codes.append(code)
            rows.append(row)
    return Coded(code_of, shown, np.array(codes, np.int64), np.array(rows, np.int64), catalog.size)
