"""Sums over pairs against counting by hand, and taking a set back against never having seen it."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from tastemaker.recommenders.baskets import GIVEN, TAKEN, Sets
from tastemaker.recommenders.pairs import PRIOR, Own, Pairs

GIVEN_SETS = [[0, 1, 2], [1, 3], [0, 2, 3, 4], [2, 4]]


def sets_of(lists, items=5):
    owner = np.repeat(np.arange(len(lists)), [len(rows) for rows in lists])
    table = csr_matrix((np.ones(len(owner), np.float32), (owner, np.concatenate(lists))), (len(lists), items))
    return Sets(table, np.full(len(lists), GIVEN))


@pytest.fixture
def table():
    return np.random.default_rng(3).normal(size=(5, 3)).astype(np.float32)


def test_sums_are_those_of_every_pair(table):
    pairs = Pairs.of(sets_of(GIVEN_SETS), table)
    matrix = np.zeros((3, 3))
    for rows in GIVEN_SETS:
        for i in rows:
            for j in rows:
                if i != j:
                    matrix += np.outer(table[i], table[j]) / (len(rows) - 1)
    np.testing.assert_allclose(pairs.matrix, matrix, atol=1e-5)
    np.testing.assert_allclose(pairs.margin, sum(table[rows].sum(0) for rows in GIVEN_SETS), atol=1e-5)
    assert pairs.total == 11


def test_a_sparse_table_sums_alike():
    tokens = (np.random.default_rng(1).random((5, 6)) < 0.4).astype(np.float32)
    sets = sets_of(GIVEN_SETS)
    np.testing.assert_allclose(Pairs.of(sets, csr_matrix(tokens)).matrix, Pairs.of(sets, tokens).matrix, atol=1e-6)


@pytest.mark.parametrize("at", range(len(GIVEN_SETS)))
def test_a_set_taken_back_was_never_seen(table, at):
    whole = Pairs.of(sets_of(GIVEN_SETS), np.abs(table))
    without = Pairs.of(sets_of([rows for place, rows in enumerate(GIVEN_SETS) if place != at]), np.abs(table))
    own = Own(np.abs(table)[GIVEN_SETS[at]], 1.0)
    columns = np.array([2, 0])
    np.testing.assert_allclose(whole.lifts(columns, own), without.lifts(columns), atol=1e-4)
    np.testing.assert_allclose(whole.times(table[:2], own), without.times(table[:2]), atol=1e-5)


def test_lift_is_pairs_over_chance():
    tokens = np.eye(5, dtype=np.float32)
    pairs = Pairs.of(sets_of([[0, 1], [0, 1], [2, 3]]), tokens)
    lifts = pairs.lifts(np.array([0]))[0]  # 6 items in sets; 0 and 1 stand in 2: chance 2 * 2 / 6
    assert lifts[1] == pytest.approx(np.log((2 + PRIOR) / (4 / 6 + PRIOR)), abs=1e-5)
    assert lifts[2] == pytest.approx(np.log(PRIOR / (2 / 6 + PRIOR)), abs=1e-5)
    assert lifts[0] == pytest.approx(np.log(PRIOR / (4 / 6 + PRIOR)), abs=1e-5)


def test_weights_of_kinds_of_sets_count_and_pairs_come_back_from_storage(table):
    sets = sets_of([[0, 1], [2, 3]])
    seen = Sets(sets.table, np.array([TAKEN, 2]))
    pairs = Pairs.of(seen, table)
    assert pairs.total == pytest.approx(2 + 2 * 0.2)
    again = Pairs.restore(pairs.tensors("a."), "a.")
    np.testing.assert_array_equal(again.matrix, pairs.matrix)
    assert (again.total, again.margin.tolist()) == (pairs.total, pairs.margin.tolist())
