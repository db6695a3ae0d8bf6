"""Several rankings -> one: by place (reciprocal rank), or by score (weighted, each list on its own scale).

By place needs no scale and no learning, and is the safe start. By score keeps how far apart the answers stand, and can
be told which doors can speak of an item at all: an item that brings only a picture has no words to be matched, and must
not stand behind for it.
"""

from collections.abc import Sequence

import numpy as np

from tastemaker.core.errors import InputError
from tastemaker.core.types import Bools, Doubles, Floats, Ints

Hits = tuple[Ints, Floats]
"""What a door answers: rows, best first, and their scores. Shapes: (n,), (n,)."""


def reciprocal_rank(rankings: Sequence[Ints], weights: Sequence[float] | None = None, *, k: int = 60) -> Hits:
    """Fuse rankings by place: ``score(row) = sum_i w_i / (k + place_i(row))``, places from 1.

    Args:
        rankings: rows, best first; each row at most once a ranking.
        weights: one a ranking, 0 or above; all 1 when None.
        k: how slowly the places lose weight; 60 is the paper's.

    Returns:
        Every row that appears in a ranking of positive weight, best first; of equals the lower row first.

    Source: Cormack, Clarke, Buettcher, "Reciprocal rank fusion outperforms Condorcet", SIGIR 2009.
    """
    shares = _weights(weights, len(rankings))
    parts = [
        (np.asarray(ranking, np.int64), w / (k + np.arange(1, len(ranking) + 1)))
        for ranking, w in zip(rankings, shares, strict=True)
        if w > 0
    ]
    return _summed(parts)


def blend(
    lists: Sequence[Hits],
    weights: Sequence[float],
    *,
    floors: Sequence[float | None] | None = None,
    speaks: Sequence[Bools | None] | None = None,
) -> Hits:
    """Fuse by score: each list is scaled to 0..1 between its floor and its best, then averaged by weight.

    A row that a list could have brought and did not counts 0 there; a list that cannot speak of a row (``speaks`` is
    False) is left out of that row's average, so that a missing modality is no fault.

    Args:
        lists: what each door answered.
        weights: one a list, 0 or above, at least one above.
        floors: for each list the score that says nothing: 0 for word matches, None for the list's own worst (vectors).
        speaks: for each list which rows it can speak of, (rows,); None says all.

    Returns:
        Every row of a list of positive weight, best first; of equals the lower row first. Scores are 0..1.
    """
    shares = _weights(weights, len(lists))
    used = [(hits, w) for hits, w in zip(lists, shares, strict=True) if w > 0 and len(hits[0])]
    if not used:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    rows, _ = _summed([(hits[0], np.zeros(len(hits[0]))) for hits, _ in used])
    rows = np.sort(rows)
    total, weight = np.zeros(len(rows)), np.zeros(len(rows))
    doors = speaks if speaks is not None else [None] * len(lists)
    lows = floors if floors is not None else [None] * len(lists)
    for hits, w, low, mask in zip(lists, shares, lows, doors, strict=True):
        if w <= 0:
            continue
        heard = np.ones(len(rows), np.bool_) if mask is None else _look_up(mask, rows)
        scaled = np.zeros(len(rows))
        scaled[np.searchsorted(rows, hits[0])] = _scaled(np.asarray(hits[1], np.float64), low)
        heard[np.searchsorted(rows, hits[0])] = True  # who answered can speak
        total += w * scaled * heard
        weight += w * heard
    fused = total / np.where(weight > 0, weight, 1.0)
    order = np.lexsort((rows, -fused))
    return rows[order], fused[order].astype(np.float32)


def _summed(parts: Sequence[tuple[Ints, Doubles]]) -> Hits:
    """Sum scores by row; best first, of equals the lower row first."""
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    rows, inverse = np.unique(np.concatenate([rows for rows, _ in parts]), return_inverse=True)
    sums = np.bincount(inverse, np.concatenate([scores for _, scores in parts]), minlength=len(rows))
    order = np.lexsort((rows, -sums))
    return rows[order], sums[order].astype(np.float32)


def _scaled(scores: Doubles, floor: float | None) -> Doubles:
    """Scores as 0..1 between the floor (or their worst) and their best; all 1 when they are all the same."""
    if not len(scores):
        return scores
    low, high = scores.min() if floor is None else floor, scores.max()
    return np.ones(len(scores)) if high <= low else np.clip((scores - low) / (high - low), 0.0, 1.0)


def _look_up(mask: Bools, rows: Ints) -> Bools:
    """What a mask says of rows; False beyond its end."""
    inside = rows < len(mask)
    found = np.zeros(len(rows), np.bool_)
    found[inside] = mask[rows[inside]]
    return found


def _weights(weights: Sequence[float] | None, n: int) -> list[float]:
    """One finite weight of 0 or above for each list.

    Raises:
        InputError: another number of weights, or one below 0.
    """
    shares = [1.0] * n if weights is None else [float(w) for w in weights]
    if len(shares) != n or any(not np.isfinite(w) or w < 0 for w in shares):
        raise InputError(f"weights are {shares!r}", hint=f"{n} numbers of 0 or above, one a ranking")
    return shares
