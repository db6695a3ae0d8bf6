"""Conditional logit: weights of evidence under which the one that was chosen stands above those that were not.

``p(j | case) = exp(w . z_j) / sum_i exp(w . z_i)`` over the candidates of a case. A drawn part of the candidates does:
the weights are the same in the limit (McFadden 1978). The likelihood is concave, so there is one answer and no seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tastemaker.core.types import Doubles, Floats, Ints

STEPS = 80


@dataclass(frozen=True)
class Weights:
    """How much each piece of evidence counts, on the scale of the candidates it was learned on.

    Shapes: all (evidence,).
    """

    mean: Floats
    spread: Floats
    weight: Floats

    def parts(self, evidence: Floats) -> Floats:
        """What each piece adds to a score. Shapes: (n, evidence) -> (n, evidence)."""
        return np.asarray((evidence - self.mean) / self.spread * self.weight, np.float32)

    @property
    def packed(self) -> Floats:
        """All as one array. Shapes: (3, evidence)."""
        return np.stack([self.mean, self.spread, self.weight])

    @classmethod
    def unpacked(cls, packed: npt.NDArray[np.generic]) -> "Weights":
        """Take back what :attr:`packed` gave."""
        mean, spread, weight = packed.astype(np.float32)
        return cls(mean, spread, weight)


def learn_weights(cases: Sequence[Floats], weight_decay: float) -> Weights:
    """Learn from cases whose first candidate was chosen.

    Shapes: each case (candidates, evidence); they may differ in length.
    """
    table = np.concatenate(cases)
    mean, spread = table.mean(axis=0), table.std(axis=0)
    spread = np.where(spread > 1e-6, spread, 1.0).astype(np.float32)
    begins = np.cumsum([0, *(len(case) for case in cases)])[:-1]
    return Weights(mean, spread, likeliest((table - mean) / spread, begins, weight_decay))


def likeliest(scaled: Floats, begins: Ints, weight_decay: float) -> Floats:
    """The weights of evidence that is on a common scale already.

    Shapes: scaled (candidates of all cases, evidence), begins (cases,): where each case begins -> (evidence,).
    """
    from scipy.optimize import minimize  # slow to load, and needed by a fit alone

    sizes = np.diff([*begins.tolist(), len(scaled)])
    owner = np.repeat(np.arange(len(begins)), sizes)
    chosen = scaled[begins]

    def loss(weight: Doubles) -> tuple[float, Doubles]:
        """Mean negative log-likelihood, and its slope."""
        scores = (scaled @ weight.astype(np.float32)).astype(np.float64)
        top = np.maximum.reduceat(scores, begins)
        shares = np.exp(scores - top[owner])
        sums = np.add.reduceat(shares, begins)
        shares /= sums[owner]
        value = float((np.log(sums) + top - scores[begins]).mean())
        slope = (scaled.T @ shares.astype(np.float32) - chosen.sum(axis=0)) / len(begins)
        return value + weight_decay * float(weight @ weight), slope.astype(np.float64) + 2 * weight_decay * weight

    found = minimize(loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    return np.asarray(found.x, np.float32)
