"""RP3beta: three random steps, from a person to an item, to somebody else who chose it, to what they chose.

Two exponents and one sparse product: among the fastest methods there are, and hard to beat where people know few items.
"""

from typing import ClassVar

import numpy as np
from pydantic import Field
from scipy.sparse import csr_matrix, diags, vstack
from typing_extensions import override

from tastemaker.catalog.interactions import Interactions
from tastemaker.core.config import Config
from tastemaker.core.progress import Observer, track
from tastemaker.core.types import Ints
from tastemaker.recommenders.choosing import best, best_pair
from tastemaker.recommenders.linear import Linear, LinearConfig, strongest_sparse
from tastemaker.recommenders.validation import Validation

BLOCK = 512
ALPHAS = (0.6, 0.4, 0.8, 1.0, 0.2)
BETAS = (0.4, 0.2, 0.6, 0.0)


class Rp3BetaConfig(LinearConfig):
    """Settings of RP3beta."""

    alpha: float | None = Field(default=None, ge=0, le=2)
    """Exponent of each step's probability: below 1 the busy people and known items speak louder. None chooses."""

    beta: float | None = Field(default=None, ge=0, le=2)
    """How far a candidate's popularity is divided out: 0 not at all, 1 wholly. None chooses."""

    neighbours: int = Field(default=300, ge=1)
    """How many ends of the walk are kept for each item."""


class Rp3Beta(Linear[Rp3BetaConfig]):
    """``M(i, j) = sum_(u of both) (1 / n_i)^alpha (1 / |u|)^alpha / n_j^beta``, the largest of each i."""

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = (
        "Paudel et al., Updatable, accurate, diverse, and scalable recommendations, TiiS 2017, eq. 6"
    )
    config_class: ClassVar[type[Config]] = Rp3BetaConfig

    _option: tuple[float | None, float | None] = (None, None)

    @property
    @override
    def settled(self) -> Rp3BetaConfig:
        """With the exponents and the half-life that were chosen."""
        return super().settled.model_copy(update={"alpha": self._option[0], "beta": self._option[1]})

    def learn(self, events: Interactions, rows: Ints, validation: Validation | None, observer: Observer) -> csr_matrix:
        """Blocks of lines. Shapes: (len(rows), len(rows))."""
        with track(observer, "rp3beta") as task:
            option, self._half_life = self._chosen(events, validation)
            self._option = option
            task.note(f"alpha {option[0]:g}, beta {option[1]:g}, half-life {self.half_life:g}")
            return self._walked(events, rows, option)

    def _chosen(self, events: Interactions, validation: Validation | None) -> tuple[tuple[float, float], float]:
        """The exponents, one after the other, and then the half-life."""
        config, half_lives = self.config, self.half_lives(events)
        alpha, beta = (
            given if given is not None else first
            for given, first in ((config.alpha, ALPHAS[0]), (config.beta, BETAS[0]))
        )
        if config.beta is None:
            options = [(alpha, b) for b in BETAS]
            alpha, beta = best(options, events, half_lives[-1], self._walked, validation)
        options = [(alpha if config.alpha is not None else a, beta) for a in ALPHAS]
        return best_pair(list(dict.fromkeys(options)), half_lives, events, self._walked, validation)

    def _walked(self, events: Interactions, rows: Ints, option: tuple[float, float]) -> csr_matrix:
        """The matrix for an alpha and a beta."""
        alpha, beta = option
        people = events.matrix()
        lengths = np.maximum(np.asarray(people.sum(axis=1)).ravel(), 1.0)
        chosen = people[:, rows].tocsr()
        counts = np.maximum(np.asarray(chosen.sum(axis=0)).ravel(), 1.0)
        there = (diags(counts**-alpha) @ chosen.T).tocsr().astype(np.float32)
        back = (diags(lengths**-alpha) @ chosen @ diags(counts**-beta)).tocsr().astype(np.float32)
        blocks = []
        for low in range(0, len(rows), BLOCK):
            block = (there[low : low + BLOCK] @ back).tocoo()
            other = block.row + low != block.col
            entries = (block.data[other], (block.row[other], block.col[other]))
            blocks.append(strongest_sparse(csr_matrix(entries, shape=block.shape), self.config.neighbours))
        walked: csr_matrix = vstack(blocks).tocsr()
        return walked
