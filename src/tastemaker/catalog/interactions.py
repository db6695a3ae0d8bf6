"""What people did, as arrays aligned to a catalog's rows; and one person's history."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix

from tastemaker.core.types import Bools, Doubles, Floats, Ints, UserId

WEIGHTS = {"view": 1.0, "search": 1.0, "like": 3.0, "cart": 3.0, "buy": 5.0, "rate": 3.0, "dislike": -1.0}
"""How much an event of each kind says; a kind not listed counts as a view. Below zero: the opposite of taste."""

HOT_FROM = 20
"""Events that make an item or a person hot; fewer is warm, none is cold."""


def weight_of(kind: str, value: float | None = None, *, top: float = 0.0, dislike_below: float | None = None) -> float:
    """How much an event says.

    A rating speaks in proportion to its share of the scale: someone who gave two stars of five watched the film.
    Nothing or less counts as a dislike, and so does a rating under ``dislike_below``.

    Args:
        kind: see :data:`WEIGHTS`; an unknown kind counts as a view.
        value: stars of a rating; other kinds do not read it.
        top: largest rating of the shop; a scale has at least five stars.
        dislike_below: ratings under it are dislikes.
    """
    weight = WEIGHTS.get(kind, 1.0)
    if kind != "rate" or value is None:
        return weight
    if value <= 0 or (dislike_below is not None and value < dislike_below):
        return WEIGHTS["dislike"]
    return weight * value / max(top, 5.0)


@dataclass(frozen=True)
class History:
    """What one person did, oldest first.

    Attributes:
        rows: item rows, one an event; an item may come back.
        weights: how much each event says, see :data:`WEIGHTS`; negative for dislikes.
        times: Unix seconds, NaN where unknown.

    Shapes: all (events,).
    """

    rows: Ints
    weights: Floats
    times: Doubles

    @classmethod
    def of(cls, rows: Sequence[int]) -> "History":
        """A history of plain views, in the order given."""
        return cls(np.asarray(rows, np.int64), np.ones(len(rows), np.float32), np.full(len(rows), np.nan))

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def seen(self) -> Ints:
        """Distinct rows, dislikes included."""
        return np.unique(self.rows)

    @cached_property
    def last(self) -> tuple[Ints, Bools]:
        """Distinct rows, newest first, and whether the last event of each speaks for it. Shapes: (items,), (items,)."""
        _, first = np.unique(self.rows[::-1], return_index=True)
        first.sort()  # places in the backwards list of each item's last event
        return self.rows[::-1][first], self.weights[::-1][first] > 0

    @cached_property
    def liked(self) -> "History":
        """The events that speak for an item."""
        return self.where(self.weights > 0)

    def among(self, there: Bools) -> "History":
        """The events of rows that a mask keeps; rows beyond it are of items that came later. Shapes: there (rows,)."""
        kept = self.rows < len(there)
        kept[kept] = there[self.rows[kept]]
        return self.where(kept)

    def where(self, mask: Bools) -> "History":
        """The events that a mask keeps."""
        return History(self.rows[mask], self.weights[mask], self.times[mask])


@dataclass(frozen=True)
class Interactions:
    """All events of a shop, in time order (file order where there is no time).

    Attributes:
        people: every person with an event, in order of first appearance; ``user`` points into it.
        n_rows: rows of the catalog; ``row`` is below it.
        user, row, weight, time: one entry an event; time NaN where unknown.

    Shapes: arrays (events,).
    """

    people: tuple[UserId, ...]
    n_rows: int
    user: Ints
    row: Ints
    weight: Floats
    time: Doubles

    @classmethod
    def none(cls, n_rows: int) -> "Interactions":
        """No events at all."""
        nobody = np.empty(0, np.int64)
        return cls((), n_rows, nobody, nobody, np.empty(0, np.float32), np.empty(0, np.float64))

    def __len__(self) -> int:
        return len(self.user)

    def where(self, mask: Bools) -> "Interactions":
        """The events that a mask keeps; people and rows keep their numbers."""
        return Interactions(
            self.people, self.n_rows, self.user[mask], self.row[mask], self.weight[mask], self.time[mask]
        )

    def matrix(self, *, binary: bool = True) -> csr_matrix:
        """People x items: 1 for an item a person has a positive event with (or the sum of the weights).

        Shapes: (people, rows), float32.
        """
        positive = self.weight > 0
        values = self.weight[positive]
        shape = (len(self.people), self.n_rows)
        counts = csr_matrix((values, (self.user[positive], self.row[positive])), shape=shape, dtype=np.float32)
        counts.sum_duplicates()
        if binary:
            counts.data[:] = 1.0
        return counts

    def histories(self) -> list[History]:
        """One history a person, aligned to ``people``."""
        order = np.argsort(self.user, kind="stable")
        bounds = np.searchsorted(self.user[order], np.arange(len(self.people) + 1))
        return [
            History(self.row[part], self.weight[part], self.time[part])
            for part in (order[low:high] for low, high in pairwise(bounds.tolist()))
        ]

    def counts(self) -> Ints:
        """Number of positive events of each item.

        Shapes: (rows,).
        """
        return np.bincount(self.row[self.weight > 0], minlength=self.n_rows).astype(np.int64)
