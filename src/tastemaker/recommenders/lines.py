"""Which rows of a catalog a method knows: its own tables hold one line for each of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt

from tastemaker.catalog.interactions import Interactions
from tastemaker.core.errors import FitError
from tastemaker.core.types import Floats, Ints

S = TypeVar("S", bound=np.generic)


@dataclass(frozen=True)
class Lines:
    """The lines of a method's tables.

    Attributes:
        rows: of the catalog, one a line.
        place: line of each row; -1 for rows without one.

    Shapes: rows (lines,); place (rows of the catalog,).
    """

    rows: Ints
    place: Ints

    @classmethod
    def of(cls, rows: Ints, n_rows: int) -> Self:
        """One line for each of some distinct rows, in their order.

        Args:
            rows: of the catalog.
            n_rows: of the whole catalog.
        """
        place = np.full(n_rows, -1, np.int64)
        place[rows] = np.arange(len(rows))
        return cls(rows, place)

    def __len__(self) -> int:
        return len(self.rows)

    def places(self, rows: Ints) -> Ints:
        """Lines of some rows; -1 for rows without one, also for those that came later. Shapes: (n,) -> (n,)."""
        return looked_up(self.place, rows, otherwise=-1)

    def known_of(self, rows: Ints, values: Floats) -> tuple[Ints, Floats]:
        """Lines of those rows that have one, and their values. Shapes: (n,), (n,) -> (known,), (known,)."""
        places = self.places(rows)
        return places[places >= 0], values[places >= 0]

    def tensors(self) -> dict[str, npt.NDArray[np.generic]]:
        """For storage."""
        return {"rows": self.rows, "size": np.array([len(self.place)], np.int64)}

    @classmethod
    def restore(cls, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        return cls.of(np.asarray(tensors["rows"], np.int64), int(tensors["size"][0]))


def looked_up(table: npt.NDArray[S], rows: Ints, *, otherwise: int) -> npt.NDArray[S]:
    """What a table says of some rows.

    Args:
        table: one value a row of the catalog as it was.
        rows: of the catalog as it is.
        otherwise: for rows that came later.

    Shapes: table (rows then,), rows (n,) -> (n,).
    """
    if rows.max(initial=-1) < len(table):
        return np.take(table, rows)
    found = np.full(len(rows), otherwise, table.dtype)
    inside = rows < len(table)
    found[inside] = table[rows[inside]]
    return found


def chosen(events: Interactions, method: str) -> Ints:
    """Rows that somebody chose, in their order.

    Args:
        events: all that may be learned from.
        method: who asks, for the message.

    Raises:
        FitError: there are none.
    """
    rows = np.flatnonzero(events.counts()).astype(np.int64)
    if not len(rows):
        raise FitError(f"{method}: there are no events", hint="add an events file, or record events")
    return rows
