"""The arithmetic of learned weights: likelihood first, then the top of the ranking."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from tastemaker.core.types import Bools, Doubles, Floats, Ints

PENALTY = 1e-3
TOP = 20  # places that the second step looks at
FEWEST_PEOPLE = 100  # below it the second step would learn noise
FACTORS = (0.0, 0.5, 0.8, 1.25, 2.0)  # moves of a weight that are tried
GAIN = 1.001  # by which a move must better the whole
PASSES = 2
BLOCKED = np.float32(-1e9)


@dataclass(frozen=True)
class Trial:
    """Answers of all sources to a rehearsal.

    Attributes:
        stack: standardised scores, 0 where a source cannot say.
        target: what each person chose; at least one each.
        seen: what each person had already; never ranked.
        cohort: of each item.
        cohorts: how many cohorts there are; 0 is cold.

    Shapes: stack (sources, people, items); target, seen (people, items); cohort (items,).
    """

    stack: Floats
    target: Bools
    seen: Bools
    cohort: Ints
    cohorts: int

    def of(self, items: Bools) -> "Trial":
        """Only some of the items, and the people who chose one of them."""
        people = self.target[:, items].any(axis=1)
        stack = self.stack[:, people][:, :, items]
        return Trial(
            stack, self.target[people][:, items], self.seen[people][:, items], self.cohort[items], self.cohorts
        )

    def columns(self) -> list[Ints]:
        """Items of each cohort."""
        return [np.flatnonzero(self.cohort == c) for c in range(self.cohorts)]


def weigh(trial: Trial) -> tuple[Floats, Floats]:
    """Weights and offsets: likelihood over all items, then the top of the cold ranking and that of the others.

    Shapes: (sources, cohorts), (cohorts,).
    """
    matrix, offset = likeliest(trial)
    cold = trial.cohort == 0
    for items in (cold, ~cold):
        part = trial.of(items)
        if len(part.target) >= FEWEST_PEOPLE:
            moved = climb(part, matrix, offset)
            matrix = _same_spread(part, matrix, moved)
    return matrix, offset


def likeliest(trial: Trial) -> tuple[Floats, Floats]:
    """Minimise the mean over people of the mean ``-log softmax`` of what they chose, weights at or above 0.

    Shapes: (sources, cohorts), (cohorts,).
    """
    shape = (len(trial.stack), trial.cohorts)
    size = shape[0] * shape[1]
    share = trial.target / trial.target.sum(axis=1, keepdims=True)
    share = np.asarray(share / len(share), np.float32)
    columns = trial.columns()

    def loss(flat: Doubles) -> tuple[float, Doubles]:
        matrix, offset = flat[:size].reshape(shape).astype(np.float32), flat[size:].astype(np.float32)
        score = scores(trial, matrix, offset)
        top = score.max(axis=1, keepdims=True)
        weight = np.exp(score - top)
        total = weight.sum(axis=1, keepdims=True)
        value = float((share * (top + np.log(total) - score)).sum())
        slope = weight / (total * len(score)) - share  # (people, items)
        d_matrix = np.stack([np.tensordot(trial.stack[:, :, c], slope[:, c], 2) for c in columns], axis=1)
        d_offset = np.array([slope[:, c].sum() for c in columns])
        gradient = np.concatenate([d_matrix.ravel(), d_offset]).astype(np.float64) + 2 * PENALTY * flat
        return value + PENALTY * float(flat @ flat), gradient

    start = np.concatenate([np.full(size, 0.2), np.zeros(trial.cohorts)])
    bounds = [(0.0, None)] * size + [(None, None)] * trial.cohorts
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 100})
    return found.x[:size].reshape(shape).astype(np.float32), found.x[size:].astype(np.float32)


def climb(trial: Trial, matrix: Floats, offset: Floats) -> Floats:
    """Move one weight at a time while the NDCG of the first twenty places gains by it.

    Shapes: (sources, cohorts) -> (sources, cohorts).
    """
    matrix = matrix.copy()
    score = scores(trial, matrix, offset)
    best = _gain(trial, score)
    for _ in range(PASSES):
        before = best
        for c, items in enumerate(trial.columns()):
            for s in range(len(matrix) if len(items) else 0):
                tried = {float(matrix[s, c]) * factor for factor in FACTORS} | {0.1}
                for value in sorted(tried):
                    step = np.float32(value) - matrix[s, c]
                    moved = score.copy()
                    moved[:, items] += step * trial.stack[s][:, items]
                    gain = _gain(trial, moved)
                    if gain > GAIN * best:
                        best, score, matrix[s, c] = gain, moved, value
        if best == before:
            break
    return matrix


def scores(trial: Trial, matrix: Floats, offset: Floats) -> Floats:
    """Weighted sums. Shapes: (people, items)."""
    score = np.where(trial.seen, BLOCKED, offset[trial.cohort])
    for values, weights in zip(trial.stack, matrix, strict=True):
        score += values * weights[trial.cohort]
    return np.asarray(score, np.float32)


def _gain(trial: Trial, score: Floats) -> float:
    """Mean NDCG of the first places."""
    k = min(TOP, score.shape[1])
    top = np.argpartition(-score, k - 1, axis=1)[:, :k]
    order = np.argsort(-np.take_along_axis(score, top, axis=1), axis=1, kind="stable")
    hits = np.take_along_axis(trial.target, np.take_along_axis(top, order, axis=1), axis=1)
    discount = 1.0 / np.log2(np.arange(2, k + 2))
    ideal = np.cumsum(discount)[np.minimum(trial.target.sum(axis=1), k) - 1]
    return float((hits @ discount / ideal).mean())


def _same_spread(trial: Trial, before: Floats, after: Floats) -> Floats:
    """The new weights on the scale that the likelihood found, so that no cohort pushes the others aside."""
    matrix = after.copy()
    for c, items in enumerate(trial.columns()):
        if len(items):
            old, new = (float(np.tensordot(w[:, c], trial.stack[:, :, items], 1).std()) for w in (before, after))
            matrix[:, c] *= old / new if new > 1e-9 else 1.0
    return matrix
