"""Content: what looks and reads like what the person liked. Works for an item that nobody has touched yet.

A person with several tastes is not their average: the score mixes nearness to the mean of what they liked with nearness
to the closest few of it, and takes off nearness to what they disliked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy.sparse import csr_matrix
from typing_extensions import override

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.core.config import Config
from tastemaker.core.errors import FitError
from tastemaker.core.progress import Observer, silent, track
from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.encoders.base import unit
from tastemaker.nn.directions import covering, iterated
from tastemaker.recommenders import features, modalities
from tastemaker.recommenders.base import Recommender
from tastemaker.recommenders.lines import looked_up
from tastemaker.recommenders.signals import recent, shares_each
from tastemaker.recommenders.validation import Validation

BATCH = 512
TOGETHER = 16  # histories whose items are compared at once
MOST_READ = 20_000  # items that the leading directions are learned from
MANY = 4  # items for each number that is known of them, from which directions may be left out
BLOCKS: Mapping[features.Block, float] = {"words": 0.25, "labels": 0.5, "names": 0.25, "numbers": 0.25}


class ContentConfig(Config):
    """Settings of content."""

    half_life: float = Field(default=20.0, ge=0)
    """In items: how far back in a history an item counts half; 0 lets all count alike."""

    nearest: int = Field(default=3, ge=1)
    """How many of the closest liked items speak for an item beside the mean."""

    focus: float = Field(default=0.5, ge=0, le=1)
    """Share of the closest items against the mean of all: 0 one taste, 1 many."""

    dislike: float = Field(default=0.5, ge=0)
    """How much nearness to disliked items takes off."""

    newest: int = Field(default=20, ge=1)
    """How many items of a history are read, the newest."""

    dim: int = Field(default=64, ge=1)
    """Leading directions of words, labels and numbers that are kept."""

    seed: int = Field(default=0, ge=0)
    """Start of their search."""

    described: float = Field(default=0.7, ge=0, le=1)
    """Share of words, labels and numbers against the vectors of the space and the matrices of ``features/``."""

    kept: float = Field(default=0.995, gt=0, le=1)
    """Least share of an item's squared length that the compared directions keep; 1 compares all. Learned from at most
    20,000 items, and only where there are four for each number that is known of them."""


class Content(Recommender[ContentConfig]):
    """``score = (1 - f) mean_i w_i s(i, j) + f mean of the n largest s(i, j) - d mean over disliked``, s the cosine."""

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = "content-based profile (Rocchio); several tastes as in MaxSim, Khattab and Zaharia 2020"
    config_class: ClassVar[type[Config]] = ContentConfig
    serves_cold_items: ClassVar[bool] = True

    @override
    def fit(
        self,
        catalog: Catalog,
        vectors: ItemVectors | None,
        observer: Observer = silent,
        validation: Validation | None = None,
    ) -> Self:
        """Read the items.

        Raises:
            FitError: the items have neither vectors nor words nor attributes.
        """
        self._features = features.learn(catalog, np.arange(catalog.size))
        self._modalities = modalities.learn(catalog, vectors)
        if self._features.width + self._modalities.width == 0:
            raise FitError(
                "content: the items say nothing", hint="give items a title, a text or attributes, or fit a space"
            )
        with track(observer, "content"):
            sample = generator(self.config.seed, "content").permutation(catalog.size)[:MOST_READ]
            self._basis = self._directions(self._features.read(catalog, np.sort(sample), BLOCKS))
            self._turn = self._turned(self._described(catalog, vectors, np.sort(sample)))
        self._table = np.zeros((0, self._turn.shape[1]), np.float32)
        self._digests = np.empty(0, np.uint64)
        self.refresh(catalog, vectors)
        return self

    def _directions(self, table: csr_matrix) -> Floats:
        """Leading directions of what items say. Shapes: (items, width) -> (width, d)."""
        dim = min(self.config.dim, *table.shape)
        start = generator(self.config.seed, "content basis").standard_normal((table.shape[1], dim)).astype(np.float32)
        return iterated(table, start, 4)

    def _turned(self, known: Floats) -> Floats:
        """The directions that are compared: all, unless there are many items to know from which new ones will need.

        Shapes: (items, width) -> (width, d).
        """
        few = len(known) < MANY * known.shape[1]
        return covering(known, 1.0 if few else self.config.kept)

    @override
    def refresh(self, catalog: Catalog, vectors: ItemVectors | None) -> None:
        """Read items that are new or have changed; they are answered from now on."""
        now = features.digests(catalog, vectors)
        if np.array_equal(now, self._digests):
            return  # the table may be mapped, and then all processes have it once
        before = np.zeros(catalog.size, np.uint64)
        before[: len(self._digests)] = self._digests[: catalog.size]
        table = np.zeros((catalog.size, self._table.shape[1]), np.float32)
        table[: len(self._table)] = self._table[: catalog.size]
        changed = np.flatnonzero((now != before) & (now != 0))
        for low in range(0, len(changed), BATCH):
            rows = changed[low : low + BATCH]
            table[rows] = self._described(catalog, vectors, rows) @ self._turn
        self._digests = now
        self._take(table)

    def _described(self, catalog: Catalog, vectors: ItemVectors | None, rows: Ints) -> Floats:
        """All that is known of some items: their inner products are the likeness. Shapes: -> (len(rows), width)."""
        came = len(self._modalities.means)
        share = self.config.described if came else 1.0
        said = unit(self._features.read(catalog, rows, BLOCKS) @ self._basis) * np.sqrt(share)
        other = self._modalities.read(catalog, vectors, rows).values()
        scaled = [matrix * np.float32(np.sqrt((1.0 - share) / came)) for matrix in other]
        return np.concatenate([said, *scaled], axis=1).astype(np.float32)

    def _take(self, table: Floats) -> None:
        """What is known of each item; once more by columns, which is how all items are compared soonest."""
        self._columns, self._table = np.ascontiguousarray(table.T), table
        self._known = np.any(table != 0, axis=1)  # last: whoever scores meanwhile asks for nothing that is not there

    @override
    def score(self, histories: Sequence[History], candidates: Ints) -> Floats:
        """Nearness to what was liked; -inf for items of which nothing is known, and for an empty history.

        Shapes: (len(histories), n).
        """
        known = self._told(candidates)
        rows_asked = candidates if known.all() else candidates[known]
        whole = 2 * len(rows_asked) > len(self._table)  # then all at once is cheaper than a copy of most of the table
        columns = self._columns if whole else self._table[rows_asked].T
        scores = np.full((len(histories), len(candidates)), -np.inf, np.float32)
        for low in range(0, len(histories), TOGETHER):
            heard = [self._heard(history) for history in histories[low : low + TOGETHER]]
            near = np.concatenate([person.items for person in heard]) @ columns
            bounds = np.cumsum([0, *(len(person.items) for person in heard)])
            for line, person, begin in zip(scores[low:], heard, bounds, strict=False):
                if len(person.items):
                    mixed = self._mixture(near[begin : begin + len(person.items)], person)
                    mixed = mixed.take(rows_asked) if whole else mixed
                    line[slice(None) if rows_asked is candidates else known] = mixed
        return scores

    def _heard(self, history: History) -> "_Heard":
        """What is compared for a history."""
        rows, weights = self._read(history, self.config.dislike)
        order = np.argsort(weights <= 0, kind="stable")
        rows, weights = rows[order], weights[order]
        liked, least = np.maximum(weights, 0.0), np.finfo(np.float32).tiny
        loud = np.where(liked > 0, np.sqrt(liked / max(liked.max(initial=0.0), least)), np.float32(1.0))
        mean = (1 - np.float32(self.config.focus)) * liked / max(liked.sum(), least)
        mean += np.minimum(weights, 0.0) / max(1.0, np.abs(weights).sum())
        return _Heard(
            self._table[rows] * loud[:, None], np.asarray(mean / loud, np.float32), int(np.count_nonzero(liked))
        )

    def _mixture(self, near: Floats, person: "_Heard") -> Floats:
        """Mean of all liked, mean of the closest liked, less the disliked. ``near`` is overwritten.

        Shapes: (h, n) -> (n,).
        """
        score = np.asarray(person.mean @ near, np.float32)
        if person.liked:
            score += np.float32(self.config.focus) * mean_of_largest(near[: person.liked], self.config.nearest)
        return score

    def _told(self, rows: Ints) -> Bools:
        """Rows of which anything is known."""
        return looked_up(self._known, rows, otherwise=False)

    def _read(self, history: History, dislike: float = 0.0) -> tuple[Ints, Floats]:
        """The newest items of a history of which anything is known, and their weights."""
        rows, weights = recent(history, self.config.half_life, dislike)
        told = self._told(rows)
        return rows[told][: self.config.newest], weights[told][: self.config.newest]

    @override
    def because(self, history: History, row: int, n: int = 3) -> list[tuple[int, float]]:
        """The liked items that are nearest to the item."""
        return self.because_each(history, np.array([row]), n)[0]

    @override
    def because_each(self, history: History, rows: Ints, n: int = 3) -> list[list[tuple[int, float]]]:
        """The same for several items."""
        liked, weights = self._read(history)
        told = self._told(rows)
        found: list[list[tuple[int, float]]] = [[] for _ in rows]
        near = self._table[rows[told]] @ self._table[liked].T
        each = shares_each(liked, weights * np.maximum(near, 0.0) ** 2, n)
        for at, own in zip(np.flatnonzero(told).tolist(), each, strict=True):
            found[at] = own
        return found

    @override
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """What is known of each item, and how it was read."""
        state = self._features.tensors("features.") | self._modalities.tensors("modalities.")
        return state | {"table": self._table, "basis": self._basis, "turn": self._turn, "digests": self._digests}

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        self._features = features.restore(tensors, "features.")
        self._modalities = modalities.restore(tensors, "modalities.")
        self._take(np.asarray(tensors["table"], np.float32))
        self._basis = np.asarray(tensors["basis"], np.float32)
        width = self._basis.shape[1] + self._modalities.width  # an earlier version compared all of it
        self._turn = np.asarray(tensors.get("turn", np.eye(width)), np.float32)
        self._digests = np.asarray(tensors["digests"], np.uint64)
        return self


@dataclass(frozen=True)
class _Heard:
    """Items of a history, those that were liked first.

    Attributes:
        items: each as loud as it counts among the closest.
        mean: what each counts in the mean of all.
        liked: how many were.

    Shapes: items (h, d), mean (h,).
    """

    items: Floats
    mean: Floats
    liked: int


def mean_of_largest(lines: Floats, n: int) -> Floats:
    """Mean of the ``n`` largest of each column, of all where there are fewer.

    The first lines become places for the largest, through which every later line passes: for a few of them much sooner
    than sorting. The lines are not what they were afterwards.

    Shapes: (h, m) -> (m,).
    """
    smaller = np.empty(lines.shape[1:], lines.dtype)
    for at, line in enumerate(lines):
        for place in lines[: min(at, n)]:
            np.minimum(line, place, out=smaller)
            np.maximum(line, place, out=place)
            line[:] = smaller
    return np.asarray(lines[:n].mean(axis=0), np.float32)
