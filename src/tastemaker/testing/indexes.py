"""The contract of an index: the right rows, under any mask, whatever was added or dropped before.

An approximate index passes with a ``recall`` below 1; everything but the recall must be exact all the same.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.testing.contract import require, require_equal

ROWS, DIM = 300, 16


class Index(Protocol):
    """What an index must offer."""

    def search(self, vector: Floats, k: int, mask: Bools | None = None) -> tuple[Ints, Floats]:
        """The nearest present rows that the mask keeps, best first, and their similarities."""

    def put(self, rows: Ints, vectors: Floats) -> None:
        """Set the vectors of some rows; grow to the highest row."""

    def drop(self, rows: Ints) -> None:
        """Make rows unfindable."""


Factory = Callable[[Floats, Bools], Index]
"""(matrix (rows, dim) of unit rows, present (rows,)) -> index."""


def check_index(factory: Factory, *, recall: float = 1.0) -> None:
    """Run every clause.

    Args:
        factory: makes an index of a matrix and of marks of presence.
        recall: share of the true nearest ten that must be found, 0 to 1.

    Raises:
        ContractBroken: a clause does not hold.
    """
    finds_the_nearest(factory, recall=recall)
    for clause in CLAUSES:
        clause(factory)


def finds_the_nearest(factory: Factory, *, recall: float = 1.0) -> None:
    """The ten nearest are those of brute force, with their true similarities, best first."""
    matrix, present = _world()
    index = factory(matrix, present)
    shares = []
    for vector in _questions():
        rows, scores = index.search(vector, 10)
        require_equal(scores, matrix[rows] @ vector, "similarities are not those of the rows", tolerance=1e-2)
        require(np.all(np.diff(scores) <= 1e-6), "rows do not come best first")
        shares.append(np.isin(_brute(matrix, present, vector, 10), rows).mean())
    require(np.mean(shares) >= recall - 1e-9, f"recall@10 is {np.mean(shares):.3f}, promised are {recall:.3f}")


def keeps_to_the_mask(factory: Factory) -> None:
    """Under a mask that keeps a tenth, nothing else is found and as many as possible are."""
    matrix, present = _world()
    index = factory(matrix, present)
    mask = generator(0, "mask").random(ROWS) < 0.1
    for vector in _questions():
        rows, _ = index.search(vector, 20, mask)
        require(mask[rows].all(), "a row outside the mask was found")
        expected = _brute(matrix, present & mask, vector, 20)
        require(
            set(rows.tolist()) == set(expected.tolist()), f"{len(rows)} rows instead of {len(expected)} under a mask"
        )


def hides_absent_rows(factory: Factory) -> None:
    """Rows that are not present are never found, whatever is asked."""
    matrix, present = _world()
    index = factory(matrix, present)
    for row in np.flatnonzero(~present)[:5]:
        rows, _ = index.search(matrix[row], ROWS)
        require(present[rows].all(), "a row that is not present was found")
        require(len(rows) == present.sum(), f"{len(rows)} rows instead of all {present.sum()} present ones")


def answers_nothing_when_there_is_nothing(factory: Factory) -> None:
    """An empty mask, an empty presence and no rows at all give empty answers of the right types."""
    matrix, present = _world()
    answers = [
        factory(matrix, present).search(matrix[0], 5, np.zeros(ROWS, bool)),
        factory(matrix, np.zeros(ROWS, bool)).search(matrix[0], 5),
        factory(matrix[:0], present[:0]).search(matrix[0], 5),
    ]
    for rows, scores in answers:
        require(rows.shape == scores.shape == (0,), f"shapes {rows.shape} and {scores.shape} instead of (0,)")
        require(rows.dtype == np.int64, f"rows are {rows.dtype}, not int64")


def gives_each_row_once(factory: Factory) -> None:
    """A k above the number of rows gives every present row once."""
    matrix, present = _world()
    rows, _ = factory(matrix, present).search(matrix[0], ROWS * 2)
    require(sorted(rows.tolist()) == np.flatnonzero(present).tolist(), "not every present row came exactly once")


def takes_changes(factory: Factory) -> None:
    """Rows that are put are found at once, also beyond the end; dropped ones are not; the rest stays."""
    matrix, present = _world()
    index = factory(matrix, present)
    fresh = _unit(generator(0, "fresh"), 3)
    places = np.array([4, ROWS + 7, int(np.flatnonzero(~present)[0])])
    index.put(places, fresh)
    for row, vector in zip(places.tolist(), fresh, strict=True):
        require(index.search(vector, 1)[0].tolist() == [row], f"row {row} is not found after it was put")
    index.drop(np.array([4, ROWS + 7]))
    rows, _ = index.search(fresh[0], ROWS * 2)
    require(not np.isin([4, ROWS + 7], rows).any(), "a dropped row is still found")
    require(len(rows) == present.sum(), f"{len(rows)} rows are left instead of {present.sum()}")
    require(np.array_equal(matrix, _world()[0]), "the index changed the matrix it was given")


CLAUSES: tuple[Callable[[Factory], None], ...] = (
    keeps_to_the_mask,
    hides_absent_rows,
    answers_nothing_when_there_is_nothing,
    gives_each_row_once,
    takes_changes,
)
"""Every clause but the recall."""


def _world() -> tuple[Floats, Bools]:
    """A matrix in which 40 rows are not present."""
    rng = generator(0, "index")
    present = np.ones(ROWS, bool)
    present[rng.permutation(ROWS)[:40]] = False
    present[4] = True
    return _unit(rng, ROWS), present


def _questions() -> Floats:
    return _unit(generator(0, "questions"), 25)


def _unit(rng: np.random.Generator, n: int) -> Floats:
    vectors = rng.normal(size=(n, DIM))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _brute(matrix: Floats, mask: Bools, vector: Floats, k: int) -> Ints:
    rows = np.flatnonzero(mask)
    return rows[np.argsort(-(matrix[rows] @ vector), kind="stable")][:k]
