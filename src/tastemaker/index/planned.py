"""The planner: for each question the cheapest way to its nearest rows that keeps the recall which was asked for.

    exact    every kept row is compared: always with few rows in all, and wherever a filter leaves few
    codes    the bits of all kept rows are scanned, the best of them compared: whatever a filter leaves
    lists    the lists around the question are scanned, the best of them compared: under a wide filter or none

The mask of a filter is there when the question comes, so how many rows it keeps is counted, not guessed. What no count
tells is how many it keeps *around the question*: "shoes" under a filter that keeps all but shoes. That is seen in the
lists: when too few of their rows are kept, the codes are scanned instead. Under a filter that keeps one in s as many
lists are read as for s times as long an answer; under a narrow one only what it keeps of their rows is looked at.

How far codes and lists must be read was measured beforehand (``index.tuning``). Rows that came or changed since the
approximation was made are compared exactly beside it, so that a change counts at once; dropped ones are never found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np

from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.index.approximate import Approximate
from tastemaker.index.exact import ExactIndex, State, best

Method = Literal["exact", "codes", "lists"]
WIDE = 0.9
"""A filter that keeps this share is as good as none."""
NARROW = 0.2
"""Of a filter that keeps less than this share the mask is asked before the bits, else after them."""
NEAREST = 8
"""One of so many rows that lists hold, the nearest, must be kept as often as all of them."""
OVER = 1.3
"""Times as long as the filter demands is the answer that lists are read for."""
GATHER = 3.0
"""What a byte of rows here and there costs, beside one of rows in a row."""
LOOK = 4e6
"""What a look into lists under a narrow filter costs before any row is read, in bytes of rows in a row."""
PER_ROW = 8
"""Bytes a row beside its bits: its number, its factors, or its place in the mask."""


@dataclass(frozen=True)
class Effort:
    """How far to read.

    Attributes:
        proposed: rows that are proposed, and then compared.
        lists: how many lists are looked into; 0 for codes.
    """

    proposed: int
    lists: int = 0


@dataclass(frozen=True)
class Efforts:
    """What a length of answer needs; a length that is missing is not reached.

    Attributes:
        codes: length -> effort.
        lists: length -> effort.
    """

    codes: Mapping[int, Effort]
    lists: Mapping[int, Effort]

    def settings(self) -> dict[str, object]:
        """As JSON: for each way length, rows that are proposed, lists."""
        ways = {"codes": self.codes, "lists": self.lists}
        return {way: [[k, e.proposed, e.lists] for k, e in found.items()] for way, found in ways.items()}

    @classmethod
    def restore(cls, settings: Mapping[str, object]) -> Self:
        """What :meth:`settings` gave.

        Raises:
            KeyError, TypeError, ValueError: it is something else.
        """
        return cls(_efforts(settings["codes"]), _efforts(settings["lists"]))


@dataclass(frozen=True)
class Plan:
    """How a question is answered.

    Attributes:
        method: the way.
        kept: rows that may be found.
        effort: how far codes or lists are read; None for exact.
        megabytes: what has to be read, by which the ways were compared.
        length: of the answer that the effort was measured for; 0 for exact.
        narrow: does the filter keep so little that the mask is asked first?
    """

    method: Method
    kept: int
    effort: Effort | None
    megabytes: float
    length: int = 0
    narrow: bool = False


class PlannedIndex(ExactIndex):
    """Nearest rows, by whichever way is cheapest; without an approximation it is the exact index.

    Args:
        matrix: one unit vector a row.
        present: rows that can be found.
        approximate: of the same rows as they once were.
        efforts: how far it must be read.
        stale: rows that are not what they were then; rows beyond what it knows are stale without a word.

    Shapes: matrix (rows, dim); present (rows,); stale (rows,).
    """

    def __init__(
        self, matrix: Floats, present: Bools, approximate: Approximate, efforts: Efforts, stale: Bools | None = None
    ) -> None:
        super().__init__(matrix, present, share=True)
        self._approximate, self._efforts = approximate, efforts
        changed = np.ones(max(len(matrix), len(approximate)), np.bool_)
        known = min(len(matrix), len(approximate))
        changed[:known] = False if stale is None else stale[:known]
        self._stale = changed

    @property
    def stale(self) -> int:
        """Rows that are compared exactly beside the approximation."""
        state = self._state
        return int(np.count_nonzero(self._stale[: len(state.present)] & state.present))

    def plan(self, kept: int, k: int) -> Plan:
        """The cheapest way to the k nearest of so many kept rows."""
        state, row = self._state, 4.0 * self.dim
        ways = [Plan("exact", kept, None, row * min(GATHER * kept, len(state.matrix)) / 1e6)]
        if (reach := _reaching(self._efforts.codes, k)) is not None:
            effort = self._efforts.codes[reach]
            scanned = len(self._approximate) * (self._approximate.row_bytes + PER_ROW)
            ways.append(Plan("codes", kept, effort, (scanned + GATHER * row * effort.proposed) / 1e6, reach))
        share = kept / max(1, int(np.count_nonzero(state.present)))
        length = k if share >= WIDE else OVER * k / max(share, 1e-9)
        if (reach := _reaching(self._efforts.lists, length)) is not None:
            effort = self._efforts.lists[reach]
            read = list_bytes(self._approximate, self.dim, effort, min(1.0, share))
            ways.append(Plan("lists", kept, effort, read / 1e6, reach, share < NARROW))
        return min(ways, key=lambda way: way.megabytes)

    def _nearest(self, state: State, question: Floats, kept: Bools, k: int) -> tuple[Ints, Floats]:
        plan = self.plan(int(np.count_nonzero(kept)), k)
        if plan.effort is None:
            return super()._nearest(state, question, kept, k)
        stale = self._stale[: len(kept)]  # read after the state: never older than it
        settled = np.zeros(len(self._approximate), np.bool_)
        common = min(len(settled), len(kept))
        settled[:common] = (kept & ~stale)[:common]
        rows = self._from_lists(question, plan.effort, plan, settled, k) if plan.method == "lists" else None
        if rows is None:
            far = plan.method == "lists"  # what is kept lies apart from the question: read as far as was ever measured
            rows = self._from_codes(question, settled, max((k, *self._efforts.codes)) if far else k)
        if rows is None:
            return super()._nearest(state, question, kept, k)
        rows = np.sort(np.concatenate([rows, np.flatnonzero(kept & stale)]))
        scores = state.matrix[rows] @ question
        order = best(scores, k)
        return rows[order], scores[order]

    def _from_lists(self, question: Floats, effort: Effort, plan: Plan, settled: Bools, k: int) -> Ints | None:
        """What the lists propose of the kept rows; None when too little is kept for the length they were read for."""
        near, lists = self._approximate, effort.lists
        found = near.around(question, lists) if plan.narrow else near.probe(question, effort.proposed, lists)
        there = settled[found]
        kept = found[there]
        share = len(kept) / max(1, len(there))
        # the lists come by nearness, and it counts what is kept around the question
        around = min(share, float(there[: -(-len(there) // NEAREST)].mean())) if plan.narrow and len(there) else share
        if len(kept) < k or (around < WIDE and around * plan.length < OVER * k):
            return None
        most = max(2 * k, round(OVER * share * effort.proposed))
        return near.probe(question, most, lists, settled) if plan.narrow and len(kept) > 2 * most else kept

    def _from_codes(self, question: Floats, settled: Bools, k: int) -> Ints | None:
        """What the bits of the kept rows propose; None when no depth was found that is enough."""
        reach = _reaching(self._efforts.codes, k)
        if reach is None:
            return None
        known = None if settled.all() else settled
        return self._approximate.scan(question, self._efforts.codes[reach].proposed, known)

    def _changing(self, rows: Ints) -> None:
        """Changed rows are compared exactly from now on; who still reads the old state finds them so too."""
        stale = np.ones(max(len(self._stale), int(rows.max()) + 1), np.bool_)
        stale[: len(self._stale)] = self._stale
        stale[rows] = True
        self._stale = stale


def list_bytes(approximate: Approximate, dim: int, effort: Effort, share: float = 1.0) -> float:
    """What a look into lists reads: the centres, some lists, and of what a filter leaves there bits and some rows."""
    bits, rows = approximate.row_bytes, len(approximate)
    looked = rows * effort.lists / approximate.lists
    scanned, fixed = (share, LOOK) if share < NARROW else (1.0, 0.0)
    compared = 4.0 * dim * effort.proposed * share
    return fixed + 32.0 * bits * approximate.lists + GATHER * (looked * (scanned * bits + PER_ROW) + compared)


def _efforts(rows: object) -> dict[int, Effort]:
    if not isinstance(rows, list):
        raise TypeError("efforts are a list of rows")
    return {int(k): Effort(int(proposed), int(lists)) for k, proposed, lists in rows}


def _reaching(efforts: Mapping[int, Effort], k: float) -> int | None:
    """The shortest measured length that is no shorter than what is asked."""
    return min((length for length in efforts if length >= k), default=None)
