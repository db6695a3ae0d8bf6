"""Ranking metrics with binary relevance, one value a case.

They are why here: every table of this project divides the same way. Recall divides by the number of positives (not by
min(k, positives)), hit rate asks for at least one, NDCG compares with the best ranking that fits into k places.
Checked against hand-written fractions and against ``ir_measures``. Source: Järvelin and Kekäläinen 2002 for NDCG.
"""

from collections.abc import Callable, Sequence

import numpy as np

from tastemaker.core.errors import InputError
from tastemaker.core.types import Bools, Doubles, Ints

Metric = Callable[[Bools, Ints, int], Doubles]


def hits(rankings: Sequence[Ints], positives: Sequence[Ints], k: int) -> Bools:
    """Which places of each ranking hold a positive; places that a short ranking leaves empty hold none.

    Shapes: (cases, k).

    Raises:
        InputError: k is below 1, or the two lists differ in length.
    """
    if k < 1:
        raise InputError(f"k is {k!r}; it must be 1 or more")
    if len(rankings) != len(positives):
        raise InputError(f"{len(rankings)} rankings for {len(positives)} cases; there must be one a case")
    found = np.zeros((len(rankings), k), bool)
    if not rankings:
        return found
    tops = [ranking[:k] for ranking in rankings]
    case, shown = _flat(tops)
    owner, wanted = _flat(positives)
    place = np.concatenate([np.arange(len(top)) for top in tops])
    size = 1 + max(shown.max(initial=0), wanted.max(initial=0))
    found[case, place] = np.isin(case * size + shown, owner * size + wanted)
    return found


def _flat(lists: Sequence[Ints]) -> tuple[Ints, Ints]:
    """All rows one after another, and the list that each is of."""
    return np.repeat(np.arange(len(lists)), [len(rows) for rows in lists]), np.concatenate(lists).astype(np.int64)


def recall(found: Bools, positives: Ints, k: int) -> Doubles:
    """Share of the positives that stand in the first k places.

    Shapes: found (cases, K >= k), positives (cases,) -> (cases,).
    """
    return np.asarray(found[:, :k].sum(axis=1) / positives, np.float64)


def ndcg(found: Bools, positives: Ints, k: int) -> Doubles:
    """Discounted gain of the first k places over that of the best ranking: sum 1/log2(place + 1).

    Shapes: found (cases, K >= k), positives (cases,) -> (cases,).
    """
    discounts = 1.0 / np.log2(np.arange(2, k + 2))
    ideal = np.cumsum(discounts)[np.minimum(positives, k) - 1]
    return np.asarray(found[:, :k] @ discounts / ideal, np.float64)


def mrr(found: Bools, positives: Ints, k: int) -> Doubles:  # noqa: ARG001 - all metrics take the same arguments
    """One over the place of the first positive; 0 when none stands in the first k places.

    Shapes: found (cases, K >= k) -> (cases,).
    """
    top = found[:, :k]
    first = top.argmax(axis=1)
    return np.asarray(top.any(axis=1) / (first + 1), np.float64)


def hit_rate(found: Bools, positives: Ints, k: int) -> Doubles:  # noqa: ARG001 - all metrics take the same arguments
    """1 when at least one positive stands in the first k places, else 0.

    Shapes: found (cases, K >= k) -> (cases,).
    """
    return np.asarray(found[:, :k].any(axis=1), np.float64)


def average_precision(found: Bools, positives: Ints, k: int) -> Doubles:
    """Precision at each positive of the first k places, summed, over the number of positives.

    Shapes: found (cases, K >= k), positives (cases,) -> (cases,).
    """
    top = found[:, :k]
    precision = np.cumsum(top, axis=1) / np.arange(1, top.shape[1] + 1)
    return np.asarray((precision * top).sum(axis=1) / positives, np.float64)


METRICS: dict[str, Metric] = {
    "recall": recall,
    "ndcg": ndcg,
    "hitrate": hit_rate,
    "mrr": mrr,
    "map": average_precision,
}
"""Metrics of accuracy, a mean over cases, by the name they carry in a report."""


def coverage(rankings: Sequence[Ints], n_candidates: int, k: int) -> float:
    """Share of the candidates that stand in the first k places of any ranking.

    Args:
        rankings: best first, one a case.
        n_candidates: how many items could have been ranked, 1 or more.
        k: places that count.
    """
    shown = [ranking[:k] for ranking in rankings]
    return len(np.unique(np.concatenate(shown))) / n_candidates if shown else 0.0
