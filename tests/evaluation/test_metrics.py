"""Hand-written fractions, and an independent oracle on random rankings."""

import math

import numpy as np
import pytest

from tastemaker.core.errors import InputError
from tastemaker.evaluation import metrics


def rows(*values):
    return np.array(values, np.int64)


def judge(name, ranking, positives, k):
    found = metrics.hits([rows(*ranking)], [rows(*positives)], k)
    return metrics.METRICS[name](found, np.array([len(positives)]), k)[0]


@pytest.mark.parametrize(
    ("name", "ranking", "positives", "k", "value"),
    [
        ("recall", (5, 1, 7), (1, 2), 3, 1 / 2),
        ("recall", (1, 2, 3), (1, 2, 3, 4), 2, 2 / 4),  # divides by the positives, not by k
        ("recall", (9, 8, 1), (1,), 2, 0),
        ("hitrate", (5, 1, 7), (1, 2), 3, 1),
        ("hitrate", (5, 6, 1), (1, 2), 2, 0),
        ("mrr", (5, 1, 2), (1, 2), 3, 1 / 2),
        ("mrr", (5, 6, 1), (1,), 2, 0),
        ("ndcg", (1, 2), (1, 2), 2, 1),
        ("ndcg", (1, 2), (1, 2, 3), 2, 1),  # the ideal has min(k, positives) places
        ("ndcg", (9, 1, 8), (1,), 3, 1 / math.log2(3)),
        ("ndcg", (1, 9, 2), (1, 2), 3, (1 + 1 / 2) / (1 + 1 / math.log2(3))),
        ("ndcg", (1,), (1, 2), 3, 1 / (1 + 1 / math.log2(3))),  # a short ranking
        ("recall", (), (1,), 3, 0),
        ("map", (1, 9, 2), (1, 2), 3, (1 + 2 / 3) / 2),
        ("map", (9, 1, 2), (1, 2, 3, 4), 3, (1 / 2 + 2 / 3) / 4),  # divides by the positives, not by k
        ("map", (9, 1, 2), (2,), 2, 0),
        ("map", (1,), (1, 2), 5, 1 / 2),
    ],
)
def test_fractions(name, ranking, positives, k, value):
    assert judge(name, ranking, positives, k) == pytest.approx(value)


def test_coverage_counts_different_items_over_the_candidates():
    assert metrics.coverage([rows(1, 2, 3), rows(2, 4, 5)], 10, 2) == 3 / 10
    assert metrics.coverage([], 10, 2) == 0


def test_k_and_lengths_are_checked():
    with pytest.raises(InputError, match="k is 0"):
        metrics.hits([rows(1)], [rows(1)], 0)
    with pytest.raises(InputError, match="1 rankings for 2 cases"):
        metrics.hits([rows(1)], [rows(1), rows(2)], 1)


@pytest.mark.parametrize("k", [1, 3, 10])
def test_agrees_with_ir_measures(k):
    import ir_measures
    from ir_measures import AP, RR, R, Success, nDCG

    rng = np.random.default_rng(7)
    rankings = [rng.permutation(40)[: rng.integers(1, 15)] for _ in range(60)]
    positives = [rng.permutation(40)[: rng.integers(1, 12)] for _ in range(60)]
    found, sizes = metrics.hits(rankings, positives, k), np.array([len(rows) for rows in positives])
    qrels = [ir_measures.Qrel(str(case), str(row), 1) for case, wanted in enumerate(positives) for row in wanted]
    run = [
        ir_measures.ScoredDoc(str(case), str(row), -float(place))
        for case, ranking in enumerate(rankings)
        for place, row in enumerate(ranking)
    ]
    measures = {"recall": R @ k, "ndcg": nDCG @ k, "hitrate": Success @ k, "mrr": RR @ k, "map": AP @ k}
    assert list(measures) == list(metrics.METRICS)
    for name, measure in measures.items():
        ours = metrics.METRICS[name](found, sizes, k)
        theirs = {entry.query_id: entry.value for entry in ir_measures.iter_calc([measure], qrels, run)}
        assert ours == pytest.approx([theirs[str(case)] for case in range(60)]), name
