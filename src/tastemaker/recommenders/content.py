"""Content: what looks and reads like what the person liked. Works for an item that nobody has touched yet.

A person with several tastes is not their average: the score mixes nearness to the mean of what they liked with nearness to
the closest few of it, and takes off nearness to what they disliked.
"""

from collections.abc import Mapping, Sequence
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
from tastemaker.core.progress import Observer, silent
from tastemaker.core.types import Floats, Ints
from tastemaker.recommenders import features
from tastemaker.recommenders.base import Recommender
from tastemaker.recommenders.signals import recent, shares

MOST_HISTORY = 100


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

    described: float = Field(default=0.5, ge=0, le=1)
    """Share of words, labels and numbers against the vectors of the space."""


class Content(Recommender[ContentConfig]):
    """``score = (1 - f) mean_i w_i s(i, j) + f mean of the n largest s(i, j) - d mean over disliked``, s the cosine."""

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = "content-based profile (Rocchio); several tastes as in MaxSim, Khattab and Zaharia 2020"
    config_class: ClassVar[type[Config]] = ContentConfig
    serves_cold_items: ClassVar[bool] = True

    @override
    def fit(self, catalog: Catalog, vectors: ItemVectors | None, observer: Observer = silent) -> Self:
        """Read the items.

        Raises:
            FitError: the items have neither vectors nor words nor attributes.
        """
        self._features = features.learn(catalog, np.arange(catalog.size))
        if vectors is None and self._features.width == 0:
            raise FitError(
                "content: the items say nothing", hint="give items a title, a text or attributes, or fit a space"
            )
        self.refresh(catalog, vectors)
        return self

    def refresh(self, catalog: Catalog, vectors: ItemVectors | None) -> None:
        """Read the items again; new ones are answered from now on."""
        rows = np.arange(catalog.size)
        described = self.config.described if vectors is not None else 1.0
        weights: dict[features.Block, float] = {"words": 0.25, "labels": 0.5, "numbers": 0.25}
        self._sparse = features.unit(self._features.read(catalog, rows, weights)) * np.float32(np.sqrt(described))
        dense = np.zeros((catalog.size, 1), np.float32) if vectors is None else vectors.matrix
        if len(dense) < catalog.size:
            dense = np.vstack([dense, np.zeros((catalog.size - len(dense), dense.shape[1]), np.float32)])
        self._dense = (dense * np.sqrt(1.0 - described)).astype(np.float32)

    def score(self, histories: Sequence[History], candidates: Ints) -> Floats:
        """Nearness to what was liked; -inf for items of which nothing is known, and for an empty history.

        Shapes: (len(histories), n).
        """
        known = candidates < len(self._dense)
        known[known] = self._told(candidates[known])
        scores = np.full((len(histories), len(candidates)), -np.inf, np.float32)
        for line, history in zip(scores, histories, strict=True):
            rows, weights = recent(history, self.config.half_life, self.config.dislike)
            rows, weights = rows[:MOST_HISTORY], weights[:MOST_HISTORY]
            here = rows < len(self._dense)
            here[here] = self._told(rows[here])
            if here.any() and known.any():
                line[known] = self._mixture(self._near(rows[here], candidates[known]), weights[here])
        return scores

    def _told(self, rows: Ints) -> npt.NDArray[np.bool_]:
        """Rows of which anything is known."""
        told = np.diff(self._sparse.indptr)[rows] > 0
        return told | np.any(self._dense[rows] != 0, axis=1)

    def _near(self, history: Ints, candidates: Ints) -> Floats:
        """Cosines. Shapes: (len(history), len(candidates))."""
        dense = self._dense[history] @ self._dense[candidates].T
        sparse: csr_matrix = self._sparse[history] @ self._sparse[candidates].T
        return np.asarray(dense + sparse.toarray(), np.float32)

    def _mixture(self, near: Floats, weights: Floats) -> Floats:
        """Mean of all liked, mean of the closest liked, less the disliked. Shapes: (h, n), (h,) -> (n,)."""
        liked, disliked = weights > 0, weights < 0
        score = np.zeros(near.shape[1], np.float32)
        if liked.any():
            good, w = near[liked], weights[liked]
            n = min(self.config.nearest, len(good))
            closest = np.partition(good * np.sqrt(w / w.max())[:, None], -n, axis=0)[-n:].mean(axis=0)
            score += (1.0 - self.config.focus) * (w @ good) / w.sum() + self.config.focus * closest
        if disliked.any():
            score += (weights[disliked] @ near[disliked]) / max(1.0, float(np.abs(weights).sum()))
        return score

    def because(self, history: History, row: int, n: int = 3) -> list[tuple[int, float]]:
        """The liked items that are nearest to the item."""
        rows, weights = recent(history, self.config.half_life)
        rows, weights = rows[:MOST_HISTORY], weights[:MOST_HISTORY]
        here = rows < len(self._dense)
        if row >= len(self._dense) or not here.any():
            return []
        near = self._near(rows[here], np.array([row]))[:, 0]
        return shares(rows[here], weights[here] * np.maximum(near, 0.0) ** 2, n)

    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """What is known of each item."""
        return self._features.tensors("features.") | {
            "dense": self._dense, "data": self._sparse.data, "indices": self._sparse.indices, "indptr": self._sparse.indptr,
        }  # fmt: skip

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        self._features = features.restore(tensors, "features.")
        self._dense = np.asarray(tensors["dense"], np.float32)
        parts = (tensors["data"], tensors["indices"], tensors["indptr"])
        self._sparse = csr_matrix(parts, shape=(len(self._dense), self._features.width))
        return self
