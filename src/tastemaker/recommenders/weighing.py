"""The arithmetic of learned weights: likelihood first, then the top of the ranking."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from tastemaker.core.types import Bools, Doubles, Floats

PENALTY = 1e-3
TOP = 20  # places that the second step looks at
FEWEST_PEOPLE = 100  # below it the second step would learn noise
FACTORS = (0.0, 0.6, 1.5)  # moves of a weight that are tried
START = 0.1  # what a weight of nothing is tried at
GAIN = 1.002  # by which a move must better the whole
PASSES = 2
COUNTED = 256  # targets whose places are counted at once
BLOCKED = np.float32(-1e9)


@dataclass(frozen=True)
class Part:
    """Answers of all sources about the items of one cohort.

    Attributes:
        stack: standardised scores, 0 where a source cannot say.
        target: what each person chose.
        seen: what each person had already; never ranked.

    Shapes: stack (sources, people, items); target, seen (people, items).
    """

    stack: Floats
    target: Bools
    seen: Bools

    def scores(self, weights: Floats | Doubles, offset: float) -> Floats:
        """Weighted sums. Shapes: weights (sources,) -> (people, items)."""
        flat = weights.astype(np.float32) @ self.stack.reshape(len(self.stack), -1)
        score: Floats = flat.reshape(self.seen.shape) + np.float32(offset)
        score[self.seen] = BLOCKED
        return score

    def of(self, people: Bools) -> "Part":
        """Only some of the people."""
        return Part(np.ascontiguousarray(self.stack[:, people]), self.target[people], self.seen[people])


def weigh(parts: list[Part]) -> tuple[Floats, Floats]:
    """Weights and offsets: likelihood over all items, then the top of the cold ranking and that of the others.

    Args:
        parts: one a cohort, cold items first; every person chose something of one of them.

    Shapes: (sources, cohorts), (cohorts,).
    """
    matrix, offset = likeliest(parts)
    for group in ([0], list(range(1, len(parts)))):
        chose = np.any([parts[c].target.any(axis=1) for c in group], axis=0)
        if chose.sum() >= FEWEST_PEOPLE:
            some = [parts[c].of(chose) for c in group]
            matrix[:, group] = climb(some, matrix[:, group], offset[group])
    return matrix, offset


def likeliest(parts: list[Part]) -> tuple[Floats, Floats]:
    """Minimise the mean over people of the mean ``-log softmax`` of what they chose, weights at or above 0.

    Shapes: (sources, cohorts), (cohorts,).
    """
    shape = (len(parts[0].stack), len(parts))
    size = shape[0] * shape[1]
    chosen = np.sum([part.target.sum(axis=1, keepdims=True) for part in parts], axis=0)
    shares = [np.asarray(part.target / (chosen * len(chosen)), np.float32) for part in parts]

    def loss(flat: Doubles) -> tuple[float, Doubles]:
        matrix, offset = flat[:size].reshape(shape), flat[size:]
        lines = [part.scores(matrix[:, c], float(offset[c])) for c, part in enumerate(parts)]
        top = np.max([line.max(axis=1, keepdims=True, initial=BLOCKED) for line in lines], axis=0)
        weights = [np.exp(line - top) for line in lines]
        total = np.sum([weight.sum(axis=1, keepdims=True) for weight in weights], axis=0)
        base = top + np.log(total)
        value = sum(float((share * (base - line)).sum()) for share, line in zip(shares, lines, strict=True))
        slopes = [weight / (total * len(total)) - share for weight, share in zip(weights, shares, strict=True)]
        d_matrix = [part.stack.reshape(shape[0], -1) @ slope.ravel() for part, slope in zip(parts, slopes, strict=True)]
        d_offset = [float(slope.sum()) for slope in slopes]
        gradient = np.concatenate([np.stack(d_matrix, axis=1).ravel(), d_offset]).astype(np.float64)
        return value + PENALTY * float(flat @ flat), gradient + 2 * PENALTY * flat

    start = np.concatenate([np.full(size, 0.2), np.zeros(len(parts))])
    bounds = [(0.0, None)] * size + [(None, None)] * len(parts)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 60})
    speaks = np.array([[part.stack[s].any() for part in parts] for s in range(shape[0])])
    return np.where(speaks, found.x[:size].reshape(shape), 0.0).astype(np.float32), found.x[size:].astype(np.float32)


def climb(parts: list[Part], before: Floats, offset: Floats) -> Floats:
    """Move one weight at a time while the NDCG of the first places gains by it; the spread of the scores stays.

    Shapes: before (sources, parts), offset (parts,) -> (sources, parts).
    """
    matrix = before.copy()
    target = np.concatenate([part.target for part in parts], axis=1)
    score = np.concatenate([part.scores(matrix[:, c], float(offset[c])) for c, part in enumerate(parts)], axis=1)
    ends = np.cumsum([part.seen.shape[1] for part in parts])
    best = ndcg(target, score)
    for _ in range(PASSES):
        begun = best
        for c, part in enumerate(parts):
            items = slice(ends[c] - part.seen.shape[1], ends[c])
            for s in range(len(matrix)):
                weight = float(matrix[s, c])
                for value in [weight * factor for factor in FACTORS] if weight > START / 10 else [START]:
                    moved = score.copy()
                    moved[:, items] += np.float32(value - matrix[s, c]) * part.stack[s]
                    gain = ndcg(target, moved)
                    if gain > GAIN * best:
                        best, score, matrix[s, c] = gain, moved, value
        if best == begun:
            break
    return _respread(parts, before, matrix)


def ndcg(target: Bools, score: Floats) -> float:
    """Mean NDCG of the first places; of equals half come before. What scores ``-inf`` has no place.

    The places of the few targets are counted: sorting is slow where many scores are equal, as sparse methods give them.
    """
    k = min(TOP, score.shape[1])
    person, item = np.nonzero(target)
    gained = np.zeros(len(person))
    for low in range(0, len(person), COUNTED):
        here = slice(low, low + COUNTED)
        lines, own = score[person[here]], score[person[here], item[here]][:, None]
        place = (lines > own).sum(axis=1) + ((lines == own).sum(axis=1) - 1) // 2
        gained[here] = np.where((place < k) & np.isfinite(own[:, 0]), 1.0 / np.log2(place + 2.0), 0.0)
    ideal = np.cumsum(1.0 / np.log2(np.arange(2, k + 2)))[np.minimum(target.sum(axis=1), k) - 1]
    return float((np.bincount(person, gained, minlength=len(target)) / ideal).mean())


def _respread(parts: list[Part], before: Floats, after: Floats) -> Floats:
    """The new weights on the scale that the likelihood found, so that no cohort pushes the others aside."""
    matrix = after.copy()
    for c, part in enumerate(parts):
        flat = part.stack.reshape(len(part.stack), -1)
        old, new = (float((w[:, c] @ flat).std()) if flat.size else 0.0 for w in (before, after))
        matrix[:, c] *= old / new if new > 1e-9 else 1.0
    return matrix
