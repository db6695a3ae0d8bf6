"""Item-kNN: items chosen by the same people, each item with its k nearest."""

from typing import ClassVar

import numpy as np
from pydantic import Field
from scipy.sparse import csr_matrix, vstack

from tastemaker.catalog.interactions import Interactions
from tastemaker.core.config import Config
from tastemaker.core.progress import Observer, track
from tastemaker.core.types import Ints
from tastemaker.recommenders.linear import Linear, LinearConfig, strongest

BLOCK = 512


class ItemKnnConfig(LinearConfig):
    """Settings of item-kNN."""

    neighbours: int = Field(default=100, ge=1)
    """How many neighbours of each item are kept."""

    shrinkage: float = Field(default=10.0, ge=0)
    """Imaginary people who chose only one of two items: larger trusts rare pairs less."""


class ItemKnn(Linear[ItemKnnConfig]):
    """``M(i, j) = |people of both| / (sqrt(|people of i| |people of j|) + shrinkage)``, k nearest of each j."""

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = (
        "Sarwar et al., Item-based collaborative filtering, WWW 2001; shrinkage after Bell and Koren 2007"
    )
    config_class: ClassVar[type[Config]] = ItemKnnConfig

    def learn(self, events: Interactions, rows: Ints, observer: Observer) -> csr_matrix:
        """Cosine by blocks of lines. Shapes: (len(rows), len(rows))."""
        chosen = events.matrix()[:, rows].tocsc()
        length = np.sqrt(np.asarray(chosen.sum(axis=0)).ravel())
        blocks = []
        with track(observer, "item-knn", len(rows)) as task:
            for low in range(0, len(rows), BLOCK):
                both = np.asarray((chosen[:, low : low + BLOCK].T @ chosen).todense(), np.float32)
                both /= np.outer(length[low : low + BLOCK], length) + self.config.shrinkage
                both[np.arange(len(both)), low + np.arange(len(both))] = 0.0
                blocks.append(strongest(both, self.config.neighbours))
                task.advance(len(both))
        nearest: csr_matrix = vstack(blocks).T.tocsr()  # lines were candidates; a history reads from its own items
        return nearest
