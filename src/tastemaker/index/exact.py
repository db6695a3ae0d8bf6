"""Exact nearest items: every row's vector in memory, one matrix product a question.

At the sizes of a shop that fits one machine an exact scan answers in milliseconds, knows nothing of recall, and under a
filter it looks only at the rows that are kept - where approximate indexes lose most of what they should find.

Readers never wait and never see half a change: a search reads one immutable state, a change publishes the next one.
"""

from dataclasses import dataclass
from threading import Lock

import numpy as np

from tastemaker.core.errors import InputError
from tastemaker.core.stages import stage
from tastemaker.core.types import Bools, Floats, Ints

GATHER_BELOW = 0.25
"""With less than this share of rows kept, copying the kept rows first is cheaper than scanning all of them."""


@dataclass(frozen=True)
class State:
    """One published version; its arrays are views that nobody writes to again. Shapes: (rows, dim), (rows,)."""

    matrix: Floats
    present: Bools


class ExactIndex:
    """Nearest rows by inner product (cosine, as rows are unit vectors).

    Args:
        matrix: one unit vector a row; what stands in a row that is not present is never read.
        present: rows that can be found; those that are not all zero when None.
        share: True keeps the caller's matrix instead of a copy; nobody may write to it afterwards.

    Shapes: matrix (rows, dim); present (rows,).

    Raises:
        InputError: shapes do not agree, or a number is not finite.
    """

    def __init__(self, matrix: Floats, present: Bools | None = None, *, share: bool = False) -> None:
        matrix = np.array(matrix, np.float32, order="C", copy=None if share else True)
        if matrix.ndim != 2 or matrix.shape[1] == 0:
            raise InputError(f"an index needs a matrix (rows, dim), not {matrix.shape}")
        kept = np.any(matrix != 0, axis=1) if present is None else np.array(present, np.bool_)
        if kept.shape != (len(matrix),):
            raise InputError(f"{len(matrix)} rows need as many marks of presence, not {kept.shape}")
        _check_finite(matrix[kept])
        self._lock = Lock()
        self._spare = (matrix, kept)  # storage with room to grow; states are views of its beginning
        self._state = State(matrix, kept)

    def __len__(self) -> int:
        return len(self._state.matrix)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._state.matrix.shape[1])

    def scores(self, vector: Floats) -> Floats:
        """Similarity of every row; -inf where a row is not present.

        Shapes: vector (dim,) -> (rows,).
        """
        state = self._state
        found = state.matrix @ self._question(vector)
        found[~state.present] = -np.inf
        return found

    @stage("vectors")
    def search(self, vector: Floats, k: int, mask: Bools | None = None) -> tuple[Ints, Floats]:
        """The nearest rows, best first; of equals the lower row first.

        Args:
            vector: what to be near to; need not be a unit vector.
            k: at least 1; fewer come back when fewer rows are present and kept.
            mask: rows that may be found; one shorter than the index keeps none of the rows that came later.

        Shapes: vector (dim,), mask (rows,) -> (n,), (n,) with n <= k.

        Raises:
            InputError: k is below 1, or the vector is of another length or not finite.
        """
        if k < 1:
            raise InputError(f"k is {k}", hint="k is at least 1")
        state = self._state
        question = self._question(vector)
        kept = state.present if mask is None else _and(state.present, np.asarray(mask, np.bool_))
        return self._nearest(state, question, kept, k)

    def _nearest(self, state: State, question: Floats, kept: Bools, k: int) -> tuple[Ints, Floats]:
        """The nearest of the kept rows of one published version."""
        rows = np.flatnonzero(kept)
        if len(rows) < GATHER_BELOW * len(kept):
            found = state.matrix[rows] @ question
        else:
            found = (state.matrix @ question)[rows]
        order = best(found, k)
        return rows[order], found[order]

    def put(self, rows: Ints, vectors: Floats) -> None:
        """Set the vectors of some rows and make them present; the index grows to the highest row.

        Shapes: rows (n,) distinct, vectors (n, dim).

        Raises:
            InputError: shapes do not agree, a row is negative or given twice, or a number is not finite.
        """
        rows, vectors = np.asarray(rows, np.int64), np.asarray(vectors, np.float32)
        if vectors.shape != (len(rows), self.dim):
            raise InputError(f"{len(rows)} rows of {self.dim} numbers are needed, not {vectors.shape}")
        if len(rows) == 0:
            return
        if rows.min() < 0 or len(np.unique(rows)) != len(rows):
            raise InputError("rows are 0 or above, each given once")
        _check_finite(vectors)
        self._publish(rows, vectors, np.ones(len(rows), np.bool_))

    def drop(self, rows: Ints) -> None:
        """Make rows unfindable; rows above the end are none to begin with."""
        rows = np.asarray(rows, np.int64)
        rows = np.unique(rows[(rows >= 0) & (rows < len(self))])
        if len(rows):
            self._publish(rows, np.zeros((len(rows), self.dim), np.float32), np.zeros(len(rows), np.bool_))

    def _publish(self, rows: Ints, vectors: Floats, present: Bools) -> None:
        """Write rows into storage that no reader looks at, then swap the state."""
        with self._lock:
            self._changing(rows)
            old = len(self._state.matrix)
            size = max(old, int(rows.max()) + 1)
            matrix, kept = self._spare
            if rows.min() < old:  # a published row changes: leave it to its readers
                matrix, kept = matrix.copy(), kept.copy()
            if size > len(matrix):
                matrix, kept = _grown(matrix, kept, max(size, len(matrix) + len(matrix) // 2 + 64))
            matrix[rows], kept[rows] = vectors, present
            self._spare = (matrix, kept)
            self._state = State(matrix[:size], kept[:size])

    def _changing(self, rows: Ints) -> None:
        """Told of rows before anybody can see that they change."""

    def _question(self, vector: Floats) -> Floats:
        """Check a vector that is asked for."""
        question = np.asarray(vector, np.float32)
        if question.shape != (self.dim,):
            raise InputError(f"a vector of {self.dim} numbers is needed, not {question.shape}")
        _check_finite(question)
        return question


def best(scores: Floats, k: int) -> Ints:
    """Places of the k highest scores, best first; of equals the earlier place first, also at the cut.

    A score of -inf or NaN means that nothing can be said; such places are left out.

    Shapes: (n,) -> (at most k,).

    Raises:
        InputError: k is below 1.
    """
    if k < 1:
        raise InputError(f"k is {k}", hint="k is at least 1")
    places = np.flatnonzero(scores > -np.inf)
    if k < len(places):
        said = scores[places]
        places = places[said >= np.partition(said, len(said) - k)[len(said) - k]]
    order = np.argsort(-scores[places], kind="stable")
    return places[order][:k].astype(np.int64)


def falling(scores: Floats) -> Ints:
    """Places by falling score, of equals the earlier first: a stable sort, several times sooner.

    Score and place together are one whole number: the bits of a float, turned where it is below zero, sort like it.

    Shapes: (n,) -> (n,).
    """
    bits = (np.float32(0.0) - np.asarray(scores, np.float32)).view(np.int32)
    rising = bits ^ ((bits >> 31) & np.int32(0x7FFFFFFF))
    both = (rising.astype(np.int64) << 32) | np.arange(len(scores))
    both.sort()
    return both & 0xFFFFFFFF


def _and(present: Bools, mask: Bools) -> Bools:
    """Rows present and kept; a mask of an older, smaller catalog keeps none of the later rows."""
    kept = np.zeros_like(present)
    n = min(len(present), len(mask))
    kept[:n] = present[:n] & mask[:n]
    return kept


def _grown(matrix: Floats, kept: Bools, size: int) -> tuple[Floats, Bools]:
    """The same rows in larger storage."""
    larger = np.zeros((size, matrix.shape[1]), np.float32)
    larger[: len(matrix)] = matrix
    marks = np.zeros(size, np.bool_)
    marks[: len(kept)] = kept
    return larger, marks


def _check_finite(numbers: Floats) -> None:
    """Refuse vectors that would sort anywhere.

    Raises:
        InputError: a number is NaN or infinite.
    """
    if not np.isfinite(numbers).all():
        raise InputError("a vector holds a number that is not finite")
