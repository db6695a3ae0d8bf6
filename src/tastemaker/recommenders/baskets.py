"""What stands together: given sets, what one person took in one visit, and what they looked at in one visit.

The three kinds differ in what they prove. A room or an outfit was put together on purpose; things that were bought or
put into the cart in one visit were wanted together; things that were looked at in one visit may be two ways to the same
end. So each kind counts with its own weight, and what goes together is learned from the best kind there is enough of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack

from tastemaker.catalog.interactions import WEIGHTS, Interactions
from tastemaker.core.types import Bools, Doubles, Floats, Ints

GIVEN, TAKEN, SEEN = 0, 1, 2
TIERS = ("given", "taken", "seen")
WEIGHT_OF = (1.0, 1.0, 0.2)
"""Weight of a set of each kind beside the others."""
MOST_SETS = 100_000
"""Of each kind the newest so many are read."""


@dataclass(frozen=True)
class Sets:
    """Sets of items.

    Attributes:
        table: 1 where an item stands in a set; every set has two items or more.
        tier: of each set: GIVEN, TAKEN or SEEN.

    Shapes: table (sets, rows); tier (sets,).
    """

    table: csr_matrix
    tier: Ints

    def __len__(self) -> int:
        return int(self.table.shape[0])

    @property
    def weight(self) -> Floats:
        """How much each set counts. Shapes: (sets,)."""
        return np.asarray(WEIGHT_OF, np.float32)[self.tier]

    @property
    def sizes(self) -> Ints:
        """Items of each set. Shapes: (sets,)."""
        return np.asarray(np.diff(self.table.indptr), np.int64)

    def rows(self, number: int) -> Ints:
        """Items of a set. Shapes: (items,)."""
        low, high = self.table.indptr[number : number + 2]
        return np.asarray(self.table.indices[low:high], np.int64)

    def tensors(self) -> dict[str, npt.NDArray[np.generic]]:
        """Everything, for storage."""
        return {
            "sets.bounds": self.table.indptr.astype(np.int64),
            "sets.items": self.table.indices.astype(np.int64),
            "sets.tier": self.tier,
            "sets.rows": np.array([self.table.shape[1]], np.int64),
        }

    @classmethod
    def restore(cls, tensors: Mapping[str, npt.NDArray[np.generic]]) -> "Sets":
        """Take back what :meth:`tensors` gave."""
        items = tensors["sets.items"].astype(np.int64)
        bounds = tensors["sets.bounds"].astype(np.int64)
        shape = (len(bounds) - 1, int(tensors["sets.rows"].astype(np.int64)[0]))
        ones = np.ones(len(items), np.float32)
        return cls(csr_matrix((ones, items, bounds), shape=shape), tensors["sets.tier"].astype(np.int64))


def collect(events: Interactions, given: Sequence[Ints], *, pause: float, longest: int) -> Sets:
    """All sets of a shop.

    Args:
        events: what people did.
        given: sets that somebody has put together, as rows.
        pause: minutes without an event that end a visit.
        longest: a visit with more items than this is left out; it was no person's.
    """
    parts = [
        _binary(np.repeat(np.arange(len(given)), [len(rows) for rows in given]), _joined(given), events.n_rows),
        *_visits(events.where(events.weight > 0), pause, longest),
    ]
    tier = np.repeat(np.arange(len(parts)), [part.shape[0] for part in parts])
    return Sets(vstack(parts, format="csr"), tier.astype(np.int64))


def _visits(events: Interactions, pause: float, longest: int) -> tuple[csr_matrix, csr_matrix]:
    """What was taken in each visit; and what was seen in each where fewer than two things were taken.

    Without times all of a person's events are one visit.
    """
    timed = np.isfinite(events.time)
    events = events.where(timed) if timed.any() else events
    order = np.lexsort((np.nan_to_num(events.time), events.user))
    user, time, row = events.user[order], np.nan_to_num(events.time[order]), events.row[order]
    begins = np.ones(len(order), np.bool_)
    begins[1:] = (np.diff(user) != 0) | (np.diff(time) > 60.0 * pause)
    visit = np.cumsum(begins) - 1
    kept = events.weight[order] >= WEIGHTS["cart"]
    seen = _binary(visit, row, events.n_rows)
    taken = _binary(visit[kept], row[kept], events.n_rows, seen.shape[0])
    much = np.diff(taken.indptr) > 1
    parts = [(taken, much), (seen, ~much & (np.diff(seen.indptr) > 1))]
    newest = [_newest(time[begins], wanted & (np.diff(table.indptr) <= longest)) for table, wanted in parts]
    return taken[newest[0]], seen[newest[1]]


def _newest(time: Doubles, wanted: Bools) -> Ints:
    """At most so many of the wanted visits, in their order."""
    places = np.flatnonzero(wanted)
    return np.sort(places[np.argsort(-time[places], kind="stable")[:MOST_SETS]])


def _binary(owner: Ints, rows: Ints, n_rows: int, n_sets: int | None = None) -> csr_matrix:
    """1 where a set has an item. Shapes: (sets, n_rows)."""
    if n_sets is None:
        n_sets = int(owner.max()) + 1 if len(owner) else 0
    table = csr_matrix((np.ones(len(rows), np.float32), (owner, rows)), shape=(n_sets, n_rows), dtype=np.float32)
    table.sum_duplicates()
    table.data[:] = 1.0
    return table


def _joined(given: Sequence[Ints]) -> Ints:
    return np.concatenate(given).astype(np.int64) if given else np.empty(0, np.int64)
