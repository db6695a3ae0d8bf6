import numpy as np

from tastemaker.catalog.interactions import History
from tastemaker.recommenders.signals import recent, shares, shares_each, stacked


def history(rows, weights=None):
    rows = np.array(rows, np.int64)
    weights = np.ones(len(rows)) if weights is None else weights
    return History(rows, np.array(weights, np.float32), np.full(len(rows), np.nan))


def test_newest_first_and_each_item_once():
    rows, weights = recent(history([4, 7, 4, 9]), half_life=1)
    assert rows.tolist() == [9, 4, 7]
    assert weights.tolist() == [1.0, 0.5, 0.25]


def test_no_half_life_lets_all_count_alike():
    assert recent(history([1, 2, 3]), half_life=0)[1].tolist() == [1.0, 1.0, 1.0]


def test_the_last_word_on_an_item_decides():
    rows, _ = recent(history([5, 6, 5], [1, 1, -1]), half_life=0)
    assert rows.tolist() == [6]
    rows, weights = recent(history([5, 6, 5], [1, 1, -1]), half_life=1, dislike=0.5)
    assert dict(zip(rows.tolist(), weights.tolist(), strict=True)) == {5: -0.5, 6: 0.5}


def test_nothing_says_nothing():
    assert len(recent(History.of([]), half_life=5)[0]) == 0


def test_stacked_leaves_out_rows_beyond_the_matrix():
    table = stacked([history([0, 9]), history([]), history([2])], 3, half_life=0)
    assert table.toarray().tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 1]]


def test_shares_are_of_the_positive_part():
    assert shares(np.array([3, 5, 8]), np.array([1.0, -4.0, 3.0]), 5) == [(8, 0.75), (3, 0.25)]
    assert shares(np.array([3]), np.array([-1.0]), 5) == []
    lines = np.array([[1.0, -4.0, 3.0], [-1.0, 0.0, 0.0], [1.0, 1.0, 2.0]])
    assert shares_each(np.array([3, 5, 8]), lines, 2) == [[(8, 0.75), (3, 0.25)], [], [(8, 0.5), (3, 0.25)]]
    assert shares_each(np.empty(0, np.int64), np.empty((2, 0)), 3) == [[], []]
