from threading import Thread

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tastemaker.core.errors import InputError
from tastemaker.index.exact import ExactIndex, best, falling


def unit(matrix):
    return (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32)


def world(n=200, dim=8, seed=0):
    return unit(np.random.default_rng(seed).normal(size=(n, dim)))


@pytest.mark.parametrize("share", [0.03, 0.6])
def test_agrees_with_a_full_sort_under_narrow_and_wide_masks(share):
    matrix = world()
    mask = np.random.default_rng(1).random(len(matrix)) < share
    question = world(1, seed=2)[0]
    rows, scores = ExactIndex(matrix).search(question, 10, mask)
    want = [r for r in np.argsort(-(matrix @ question)) if mask[r]][:10]
    assert rows.tolist() == want
    np.testing.assert_allclose(scores, (matrix @ question)[want], rtol=1e-5)


def test_equal_scores_come_in_row_order_even_at_the_cut():
    matrix = np.tile(np.array([[1.0, 0.0]], np.float32), (50, 1))
    rows, _ = ExactIndex(matrix).search(np.array([1.0, 0.0]), 7)
    assert rows.tolist() == list(range(7))


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=0, max_size=30), st.integers(1, 35))
def test_best_is_the_beginning_of_a_stable_sort(scores, k):
    scores = np.array(scores, np.float32)
    assert best(scores, k).tolist() == np.argsort(-scores, kind="stable")[:k].tolist()


def test_scores_that_say_nothing_are_left_out():
    scores = np.array([np.nan, 1.0, -np.inf, 2.0, 1.0], np.float32)
    assert best(scores, 5).tolist() == [3, 1, 4]
    assert best(scores, 2).tolist() == [3, 1]
    with pytest.raises(InputError):
        best(scores, 0)


def test_rows_of_zeros_are_not_found():
    matrix = world(6)
    matrix[2] = 0
    rows, _ = ExactIndex(matrix).search(matrix[0], 10)
    assert sorted(rows.tolist()) == [0, 1, 3, 4, 5]


def test_a_mask_that_keeps_nothing_finds_nothing():
    rows, scores = ExactIndex(world(5)).search(world(1)[0], 3, np.zeros(5, bool))
    assert len(rows) == len(scores) == 0


def test_put_adds_beyond_the_end_and_replaces_within():
    index, new = ExactIndex(world(5)), world(3, seed=9)
    index.put(np.array([2, 7, 6]), new)
    assert len(index) == 8
    for row, vector in zip((2, 7, 6), new, strict=True):
        assert index.search(vector, 1)[0].tolist() == [row]
    assert 5 not in index.search(new[0], 8)[0]  # never put: a gap, not an item


def test_a_mask_from_before_the_growth_keeps_no_later_row():
    index = ExactIndex(world(4))
    index.put(np.array([4]), world(1, seed=3))
    rows, _ = index.search(world(1, seed=3)[0], 9, np.ones(4, bool))
    assert sorted(rows.tolist()) == [0, 1, 2, 3]


def test_dropped_rows_are_gone_and_may_come_back():
    matrix = world(4)
    index = ExactIndex(matrix)
    index.drop(np.array([1, 99]))
    assert 1 not in index.search(matrix[1], 4)[0]
    assert index.scores(matrix[1])[1] == -np.inf
    index.put(np.array([1]), matrix[1:2])
    assert index.search(matrix[1], 1)[0].tolist() == [1]


def test_the_callers_matrix_is_not_written_to():
    matrix = world(4)
    before = matrix.copy()
    ExactIndex(matrix).put(np.array([0]), world(1, seed=5))
    np.testing.assert_array_equal(matrix, before)


def test_grown_one_by_one_equals_built_at_once():
    matrix = world(300)
    index = ExactIndex(matrix[:1])
    for row in range(1, 300):
        index.put(np.array([row]), matrix[row : row + 1])
    rows, scores = index.search(matrix[17], 25)
    want = ExactIndex(matrix).search(matrix[17], 25)
    assert rows.tolist() == want[0].tolist()
    np.testing.assert_allclose(scores, want[1], rtol=1e-6)


def test_a_search_while_rows_change_sees_whole_vectors_only():
    """Every row is either e0 or e1; a torn row would score something else against (1, 1)."""
    flat = np.tile(np.array([[1.0, 0.0]], np.float32), (400, 1))
    index, torn = ExactIndex(flat), []

    def write():
        for turn in range(200):
            one = np.tile(np.array([[turn % 2, 1 - turn % 2]], np.float32), (400, 1))
            index.put(np.arange(400), one)

    writer = Thread(target=write)
    writer.start()
    while writer.is_alive():
        scores = index.search(np.array([1.0, 2.0]), 400)[1]
        torn.append(len(set(scores.tolist())) != 1)
    writer.join()
    assert not any(torn)


@pytest.mark.parametrize(
    "call",
    [
        lambda i: i.search(np.zeros(3), 5),
        lambda i: i.search(np.zeros(8), 0),
        lambda i: i.search(np.full(8, np.nan), 1),
        lambda i: i.put(np.array([0, 0]), world(2)),
        lambda i: i.put(np.array([-1]), world(1)),
        lambda i: i.put(np.array([0]), np.ones((1, 3))),
        lambda i: i.put(np.array([0]), np.full((1, 8), np.inf)),
        lambda i: ExactIndex(np.ones(4)),
        lambda i: ExactIndex(world(3), np.ones(2, bool)),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(InputError):
        call(ExactIndex(world(4)))


@settings(max_examples=50)
@given(st.data())
def test_any_masked_search_equals_the_naive_one(data):
    n = data.draw(st.integers(1, 40))
    matrix = world(n, 4, seed=data.draw(st.integers(0, 5)))
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    k = data.draw(st.integers(1, 50))
    rows, _ = ExactIndex(matrix).search(matrix[0], k, mask)
    naive = sorted(np.flatnonzero(mask), key=lambda r: (-float(matrix[r] @ matrix[0]), r))[:k]
    np.testing.assert_allclose((matrix @ matrix[0])[rows], (matrix @ matrix[0])[naive], rtol=1e-5, atol=1e-6)


@given(st.lists(st.floats(width=32, allow_nan=False), max_size=60), st.integers(1, 4))
def test_falling_is_a_stable_sort(numbers, times):
    scores = np.array(numbers * times, np.float32)
    assert falling(scores).tolist() == np.argsort(-scores, kind="stable").tolist()
