"""One item-to-item matrix, read by a history: what EASE, item-kNN and transitions share.

``score(u, j) = sum_i h_u(i) M(i, j)``, where ``h_u`` are the recency weights of :mod:`signals`. The methods differ only
in how they learn ``M``, which is kept for the rows that had events; of any other row they cannot say anything.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Self, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy.sparse import csr_matrix
from typing_extensions import override

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History, Interactions
from tastemaker.core.config import Config
from tastemaker.core.progress import Observer, silent
from tastemaker.core.types import Floats, Ints
from tastemaker.recommenders.base import Recommender
from tastemaker.recommenders.lines import Lines, chosen
from tastemaker.recommenders.signals import in_order, recent, shares_each
from tastemaker.recommenders.validation import Validation

HALF_LIFE = 20.0
Matrix: TypeAlias = Floats | csr_matrix


class LinearConfig(Config):
    """Settings that all item-to-item methods share."""

    half_life: float | None = Field(default=None, ge=0)
    """In items: how far back in a history an item counts half; 0 lets all count alike. None chooses 20 or 0."""


L = TypeVar("L", bound=LinearConfig)


class Linear(Recommender[L]):
    """Base of the methods that are one item-to-item matrix."""

    serves_cold_items: ClassVar[bool] = False

    _half_life: float | None = None
    _lines: Lines
    _matrix: Matrix

    @property
    @override
    def settled(self) -> L:
        """With the half-life that was chosen."""
        return self.config.model_copy(update={"half_life": self.half_life})

    @property
    def half_life(self) -> float:
        """How histories are read: what was set or, where it was left open, chosen."""
        read = self._half_life if self.config.half_life is None else self.config.half_life
        return HALF_LIFE if read is None else read

    def half_lives(self, events: Interactions) -> tuple[float, ...]:
        """Half-lives to choose among; one where it is set, and where the order of the events means nothing."""
        if self.config.half_life is not None:
            return (self.config.half_life,)
        return (HALF_LIFE, 0.0) if in_order(events) else (0.0,)

    @abstractmethod
    def learn(self, events: Interactions, rows: Ints, validation: Validation | None, observer: Observer) -> Matrix:
        """The matrix over ``rows``, the rows that have events; settings that were left open are chosen here.

        Shapes: (len(rows), len(rows)), from the history's item to the candidate.
        """

    def most(self) -> int:
        """How many rows the matrix may hold; the most chosen ones are kept."""
        return 1 << 31

    @override
    def fit(
        self,
        catalog: Catalog,
        vectors: ItemVectors | None,
        observer: Observer = silent,
        validation: Validation | None = None,
    ) -> Self:
        """Learn the matrix.

        Raises:
            FitError: nobody did anything yet.
        """
        events = catalog.interactions
        rows = chosen(events, type(self).__name__)
        rows = np.sort(rows[np.argsort(-events.counts()[rows], kind="stable")[: self.most()]])
        self._half_life = self.half_lives(events)[0]
        self._matrix = self.learn(events, rows, validation, observer)
        self._lines = Lines.of(rows, events.n_rows)
        return self

    def score(self, histories: Sequence[History], candidates: Ints) -> Floats:
        """Weighted sums of matrix lines; -inf for unknown rows, and for a history that holds no known row.

        Shapes: (len(histories), n).
        """
        places = self._lines.places(candidates)
        scores = np.full((len(histories), len(candidates)), -np.inf, np.float32)
        for line, history in zip(scores, histories, strict=True):
            here, weights = self._lines.known_of(*recent(history, self.half_life))
            if len(here):
                answer = np.append(self._product(here, weights), np.float32(-np.inf))
                np.take(answer, places, out=line, mode="wrap")  # the place of an unknown row is the last
        return scores

    def _product(self, here: Ints, weights: Floats) -> Floats:
        """Weighted sum of some lines of the matrix. Shapes: (n,), (n,) -> (lines,)."""
        matrix = self._matrix
        if not isinstance(matrix, csr_matrix):
            return np.asarray(weights @ matrix[here], np.float32)
        owner, entries = _entries(matrix, here)
        said = weights[owner] * matrix.data[entries]
        return np.bincount(matrix.indices[entries], said, minlength=matrix.shape[1]).astype(np.float32)

    def _between(self, here: Ints, asked: Ints) -> Floats:
        """Some lines of the matrix at some columns. Shapes: (n,), (m,) -> (n, m)."""
        matrix = self._matrix
        if not isinstance(matrix, csr_matrix):
            return matrix[np.ix_(here, asked)]
        owner, entries = _entries(matrix, here)
        lines = np.zeros((len(here), matrix.shape[1]), np.float32)
        lines[owner, matrix.indices[entries]] = matrix.data[entries]
        return lines[:, asked]

    @override
    def because(self, history: History, row: int, n: int = 3) -> list[tuple[int, float]]:
        """The rows of the history that bring the most to the item's score."""
        return self.because_each(history, np.array([row]), n)[0]

    @override
    def because_each(self, history: History, rows: Ints, n: int = 3) -> list[list[tuple[int, float]]]:
        """The same for several items."""
        said, weights = recent(history, self.half_life)
        here = self._lines.places(said)
        known, places = here >= 0, self._lines.places(rows)
        brought = self._between(here[known], places[places >= 0]).T
        each = shares_each(said[known], weights[known] * brought, n)
        found: list[list[tuple[int, float]]] = [[] for _ in rows]
        for at, own in zip(np.flatnonzero(places >= 0).tolist(), each, strict=True):
            found[at] = own
        return found

    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The matrix, and which rows it is about."""
        state = {**self._lines.tensors(), "half_life": np.array([self.half_life], np.float64)}
        if isinstance(self._matrix, csr_matrix):
            matrix = self._matrix
            return state | {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr}
        return state | {"matrix": self._matrix}

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        self._lines = Lines.restore(tensors)
        self._half_life = float(tensors["half_life"][0]) if "half_life" in tensors else None
        if "matrix" in tensors:
            self._matrix = np.asarray(tensors["matrix"], np.float32)
        else:
            parts = (tensors["data"], tensors["indices"], tensors["indptr"])
            self._matrix = csr_matrix(parts, shape=(len(self._lines), len(self._lines)))
        return self


def _entries(matrix: csr_matrix, lines: Ints) -> tuple[Ints, Ints]:
    """The entries of some lines, and which of the lines each is of; much sooner than cutting a matrix out of them.

    Shapes: (n,) -> (entries,), (entries,).
    """
    begin, length = matrix.indptr[lines], np.diff(matrix.indptr)[lines]
    entries = np.repeat(begin - np.cumsum(length) + length, length) + np.arange(length.sum())
    return np.repeat(np.arange(len(lines)), length), entries


def strongest(block: Floats, k: int) -> csr_matrix:
    """Keep the ``k`` largest positive entries of each line; of equals the lower column."""
    k = min(k, block.shape[1])
    order = np.argsort(-block, axis=1, kind="stable")[:, :k]
    values = np.take_along_axis(block, order, axis=1)
    keep = values > 0
    owner = np.broadcast_to(np.arange(len(block))[:, None], order.shape)
    return csr_matrix((values[keep], (owner[keep], order[keep])), shape=block.shape, dtype=np.float32)


def strongest_sparse(block: csr_matrix, k: int) -> csr_matrix:
    """As :func:`strongest`, for a sparse block: cost grows with its entries."""
    owner = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
    order = np.lexsort((block.indices, -block.data, owner))
    place = np.arange(len(order)) - np.repeat(block.indptr[:-1], np.diff(block.indptr))
    kept = order[(place < k) & (block.data[order] > 0)]
    return csr_matrix((block.data[kept], (owner[kept], block.indices[kept])), shape=block.shape, dtype=np.float32)
