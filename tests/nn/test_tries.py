import numpy as np
import pytest

from tastemaker.core.seeds import generator
from tastemaker.nn.tries import Trie, search

IDS = np.array([[2, 0, 1], [0, 1, 1], [0, 1, 0], [2, 2, 2], [0, 0, 0], [1, 1, 2], [2, 0, 0]])


def chances(seed=0, queries=3):
    """A made-up model: a table of log-probabilities for every query and beginning."""
    rng = generator(seed, "chances")
    table = rng.normal(size=(3, queries, 27, 3))
    table -= np.log(np.exp(table).sum(-1, keepdims=True))

    def step(level, query, prefixes):
        key = sum((prefixes[:, i] * 3**i for i in range(level)), np.zeros(len(query), np.int64))
        return table[level, query, key]

    def exhaustive(ids):
        total = np.zeros((queries, len(ids)))
        for level in range(ids.shape[1]):
            for query in range(queries):
                asked = np.full(len(ids), query)
                total[query] += step(level, asked, ids[:, :level])[np.arange(len(ids)), ids[:, level]]
        return total

    return step, exhaustive


@pytest.mark.parametrize("width", [7, 100])
def test_a_wide_beam_is_exhaustive_search(width):
    step, exhaustive = chances()
    assert search(Trie(IDS), 3, step, width) == pytest.approx(exhaustive(IDS))


def test_a_narrow_beam_ranks_what_it_followed_first_and_exactly():
    step, exhaustive = chances(seed=3)
    want = exhaustive(IDS)
    for width in (1, 2, 3):
        got = search(Trie(IDS), 3, step, width)
        assert np.isfinite(got).all()
        for line, truth in zip(got, want, strict=True):
            exact = np.isclose(line, truth)
            assert exact.sum() >= width
            assert line[exact].min() > line[~exact].max()


def test_a_beam_of_one_is_greedy():
    step, _ = chances(seed=1, queries=1)
    prefix = np.empty((1, 0), np.int64)
    for level in range(3):
        line = step(level, np.zeros(1, np.int64), prefix)[0]
        allowed = np.unique(IDS[(IDS[:, :level] == prefix).all(1), level])
        prefix = np.append(prefix, [[allowed[line[allowed].argmax()]]], axis=1)
    best = search(Trie(IDS), 1, step, 1)[0].argmax()
    assert IDS[best].tolist() == prefix[0].tolist()


def test_it_never_asks_for_a_beginning_that_no_item_has():
    asked = []

    def step(level, query, prefixes):
        asked.extend((level, tuple(prefix)) for prefix in prefixes.tolist())
        return np.full((len(query), 3), -np.log(3.0))

    search(Trie(IDS), 2, step, 50)
    valid = {(level, tuple(id[:level])) for id in IDS.tolist() for level in range(3)}
    assert set(asked) == valid


def test_equal_ids_score_alike_and_rows_keep_their_order():
    step, exhaustive = chances(seed=2)
    ids = IDS[[3, 1, 3, 0]]
    got = search(Trie(ids), 3, step, 2)
    assert np.array_equal(got[:, 0], got[:, 2])
    assert search(Trie(ids), 3, step, 9) == pytest.approx(exhaustive(ids))


def test_a_catalog_of_one():
    step, exhaustive = chances()
    assert search(Trie(IDS[:1]), 3, step, 1) == pytest.approx(exhaustive(IDS[:1]))
