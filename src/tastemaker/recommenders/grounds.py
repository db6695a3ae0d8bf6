"""Why something goes with something, in facts that can be looked up: former sets, a name, values, nearness."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tastemaker.core.types import Ints
from tastemaker.recommenders.baskets import TIERS
from tastemaker.recommenders.compatibility import Evidence

MOST_ROWS = 3


@dataclass(frozen=True)
class Ground:
    """One reason for an item.

    Attributes:
        group: of evidence, see :mod:`compatibility`.
        share: of everything that speaks for the item, 0 to 1.
        rows: items of the question that it rests on, the strongest first.
        tier: for "together": whether the sets were given, taken in one visit or seen in one visit.
        count: for "together" the sets that hold both; for "popularity" the sets that hold the item.
        values: for "attributes" what is shared, by name; for "names" the word.
    """

    group: str
    share: float
    rows: tuple[int, ...] = ()
    tier: str = ""
    count: int = 0
    values: Mapping[str, str] | None = None


def of_group(group: str, share: float, evidence: Evidence, rows: Ints, row: int) -> Ground | None:
    """The facts of one group of evidence for an item beside a set; None when there is none to show."""
    if group == "together":
        return _together(share, evidence, rows, row)
    if group == "popularity":
        sets = evidence.counts.sets.table
        count = int(sets[:, row].sum()) if row < sets.shape[1] else 0
        return Ground(group, share, count=count) if count > 1 else None
    if group == "names":
        return _named(share, evidence, rows, row)
    if group in ("attributes", "labels"):
        return _shared(share, evidence, rows, row)
    return Ground(group, share, _nearest(evidence, rows, row))


def _together(share: float, evidence: Evidence, rows: Ints, row: int) -> Ground | None:
    """Items that stood in the same sets, and how often."""
    sets = evidence.counts.sets
    size = sets.table.shape[1]
    there = rows[rows < size]
    if row >= size or not len(there):
        return None
    held = sets.table[:, row].toarray().ravel() > 0
    for tier, name in enumerate(TIERS):
        counts = np.asarray(sets.table[np.flatnonzero(held & (sets.tier == tier))][:, there].sum(axis=0)).ravel()
        if counts.any():
            order = np.argsort(-counts, kind="stable")[:MOST_ROWS]
            return Ground("together", share, tuple(int(there[at]) for at in order if counts[at] > 0), name,
                          int(counts.max()))  # fmt: skip
    return None


def _named(share: float, evidence: Evidence, rows: Ints, row: int) -> Ground | None:
    """The rarest word of the title that an item of the set has too."""
    table, names = evidence.traits.tables["names"], evidence.vocabularies["names"]
    own = table[row].indices
    mine = table[rows][:, own].toarray()
    if not mine.any():
        return None
    best = int(np.argmax(names.rarity[own] * mine.any(axis=0)))
    word = list(names.columns)[own[best]]
    return Ground("names", share, tuple(rows[mine[:, best] > 0].tolist()[:MOST_ROWS]), values={"name": word})


def _shared(share: float, evidence: Evidence, rows: Ints, row: int) -> Ground | None:
    """Labels that at least half of the set has too."""
    table, labels = evidence.traits.tables["labels"], list(evidence.vocabularies["labels"].columns)
    own = table[row].indices
    if not len(own):
        return None
    mine = table[rows][:, own].toarray()
    often = np.flatnonzero(mine.mean(axis=0) >= 0.5)
    told = [labels[own[at]].partition("=") for at in often]
    values = {name: value for name, _, value in told if name in evidence.attributes and value}
    if not values:
        return None
    return Ground("attributes", share, tuple(rows[mine[:, often].any(axis=1)].tolist()[:MOST_ROWS]), values=values)


def _nearest(evidence: Evidence, rows: Ints, row: int) -> tuple[int, ...]:
    """The two items of the set that are nearest in the space; the first two without one."""
    vectors = evidence.traits.vectors
    near = vectors[rows] @ vectors[row] if vectors.shape[1] else np.zeros(len(rows))
    return tuple(int(rows[at]) for at in np.argsort(-near, kind="stable")[:2])
