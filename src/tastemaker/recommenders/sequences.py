"""Events as sequences of items, for the methods that read a history in its order.

A history is told as a list of lines (places in a method's own table of items), oldest first: what a person disliked in
the end is left out, and an item that comes back at once counts once. Items that come back later stay in what is read,
but only the first choice of an item is something to foretell: what a person had is never ranked for them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tastemaker.catalog.interactions import History, Interactions
from tastemaker.core.types import Bools, Ints


@dataclass(frozen=True)
class Sequences:
    """Windows of people's histories, one after the other in one flat array.

    Attributes:
        lines: of the items.
        fresh: is it the person's first event with the item?
        starts: where each window begins.
        sizes: how many items each has, two or more.

    Shapes: lines, fresh (items,); starts, sizes (windows,).
    """

    lines: Ints
    fresh: Bools
    starts: Ints
    sizes: Ints

    def __len__(self) -> int:
        return len(self.starts)

    def shuffled(self, rng: np.random.Generator) -> "Sequences":
        """Each window in an order drawn by chance, for events whose order means nothing."""
        owner = np.repeat(np.arange(len(self)), self.sizes)
        place = np.concatenate([np.arange(a, a + n) for a, n in zip(self.starts, self.sizes, strict=True)])
        order = place[np.lexsort((rng.random(len(place)), owner))]
        starts = np.cumsum(self.sizes) - self.sizes
        return Sequences(self.lines[order], np.ones(len(order), np.bool_), starts, self.sizes)


def sequences_of(events: Interactions, place: Ints, length: int) -> Sequences:
    """Everybody's events as windows; who has fewer than two items has none.

    A longer history is cut into windows that share one item, so that every item but the first is foretold once.

    Shapes: place (rows,): line of each row, -1 for none.

    Args:
        events: in time order.
        place: line of each row of the catalog.
        length: items that a window foretells at most; it has one more.
    """
    lines, fresh, starts, sizes, done = [], [], [], [], 0
    for history in events.histories():
        told = story(history, place)
        new = np.zeros(len(told), np.bool_)
        new[np.unique(told, return_index=True)[1]] = True
        if len(told) < 2 or not new[1:].any():
            continue
        lines.append(told)
        fresh.append(new)
        for low, high in windows(len(told), length):
            starts.append(done + low)
            sizes.append(high - low)
        done += len(told)
    none = [np.empty(0, np.int64)]
    flat, first = np.concatenate([*none, *lines]), np.concatenate([np.empty(0, np.bool_), *fresh])
    return Sequences(flat, first, np.array(starts, np.int64), np.array(sizes, np.int64))


def story(history: History, place: Ints, length: int | None = None) -> Ints:
    """Lines of a history's items, oldest first; rows without a line are left out.

    Shapes: place (rows,) -> (at most length,).

    Args:
        history: of one person.
        place: line of each row of the catalog, -1 for none; rows beyond it have none.
        length: only the newest so many; None for all.
    """
    inside = history.rows < len(place)
    rows, weights = history.rows[inside], history.weights[inside]
    if (weights <= 0).any():
        last = len(rows) - 1 - np.unique(rows[::-1], return_index=True)[1]  # of each distinct row
        wanted = rows[last[weights[last] > 0]]
        rows = rows[(weights > 0) & np.isin(rows, wanted)]
    told: Ints = place[rows]
    told = told[told >= 0]
    told = told[np.diff(told, prepend=-1) != 0]
    return told if length is None else told[-length:]


def windows(n: int, length: int) -> Iterator[tuple[int, int]]:
    """Begin and end of windows over a sequence of n items, the newest first; neighbours share one item."""
    high = n
    while high > 1:
        low = max(0, high - length - 1)
        yield low, high
        high = low + 1
