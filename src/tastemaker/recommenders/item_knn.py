"""Item-kNN: items chosen by the same people, each item with its k nearest."""

from typing import ClassVar

import numpy as np
from pydantic import Field
from scipy.sparse import csr_matrix, diags, vstack
from typing_extensions import override

from tastemaker.catalog.interactions import Interactions
from tastemaker.core.config import Config
from tastemaker.core.progress import Observer, track
from tastemaker.core.types import Ints
from tastemaker.recommenders.choosing import best_pair
from tastemaker.recommenders.linear import Linear, LinearConfig, strongest
from tastemaker.recommenders.validation import Validation

BLOCK = 512
BUSY = (0.5, 1.0)
FAME = (0.5, 0.2)


class ItemKnnConfig(LinearConfig):
    """Settings of item-kNN."""

    neighbours: int = Field(default=100, ge=1)
    """How many neighbours of each item are kept."""

    shrinkage: float = Field(default=10.0, ge=0)
    """Imaginary people who chose only one of two items: larger trusts rare pairs less."""

    busy: float | None = Field(default=None, ge=0, le=1)
    """How far pairs of a person with many items count less: 0 not at all, 1 in proportion; None chooses 0.5 or 1."""

    fame: float | None = Field(default=None, ge=0, le=1)
    """How far a candidate's own popularity is divided out: 0.5 as a cosine, 0 not at all; None chooses 0.5 or 0.2."""


class ItemKnn(Linear[ItemKnnConfig]):
    """``M(i, j) = sum_(u of both) |u|^-busy / ((n_i + s)^0.5 (n_j + s)^fame)``, the k nearest of each candidate j.

    With ``busy = 0, fame = 0.5`` it is the cosine with shrinkage. Where a few people chose much of the shop, ``busy``
    keeps them from making everything alike; where items have few events, a smaller ``fame`` trusts the known ones.
    """

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = "Sarwar et al., WWW 2001; damped degrees as in RP3beta, Paudel et al., TiiS 2017, eq. 6"
    config_class: ClassVar[type[Config]] = ItemKnnConfig

    _option: tuple[float | None, float | None] = (None, None)

    @property
    @override
    def settled(self) -> ItemKnnConfig:
        """With the busy, the fame and the half-life that were chosen."""
        return super().settled.model_copy(update={"busy": self._option[0], "fame": self._option[1]})

    def learn(self, events: Interactions, rows: Ints, validation: Validation | None, observer: Observer) -> csr_matrix:
        """Blocks of lines. Shapes: (len(rows), len(rows))."""
        with track(observer, "item-knn") as task:
            config = self.config
            busy = BUSY if config.busy is None else (config.busy,)
            fame = FAME if config.fame is None else (config.fame,)
            options = [(b, f) for b in busy for f in fame]
            half_lives = self.half_lives(events)
            option, self._half_life = best_pair(options, half_lives, events, self._nearest, validation)
            self._option = option
            task.note(f"busy {option[0]:g}, fame {option[1]:g}, half-life {self.half_life:g}")
            return self._nearest(events, rows, option)

    def _nearest(self, events: Interactions, rows: Ints, option: tuple[float, float]) -> csr_matrix:
        """The matrix for a busy and a fame."""
        busy, fame = option
        people = events.matrix()
        lengths = np.maximum(np.asarray(people.sum(axis=1)).ravel(), 1.0)
        chosen = people[:, rows].tocsc()
        damped = (diags(lengths**-busy) @ chosen).tocsc().astype(np.float32)
        counts = np.asarray(chosen.sum(axis=0)).ravel() + self.config.shrinkage
        blocks = []
        for low in range(0, len(rows), BLOCK):
            here = slice(low, low + BLOCK)  # candidates
            both = np.asarray((damped[:, here].T @ chosen).todense(), np.float32)
            both /= np.outer(np.maximum(counts[here], 1e-9) ** fame, np.sqrt(counts))
            both[np.arange(len(both)), low + np.arange(len(both))] = 0.0
            blocks.append(strongest(both, self.config.neighbours))
        nearest: csr_matrix = vstack(blocks).T.tocsr()  # lines were candidates; a history reads from its own items
        return nearest
