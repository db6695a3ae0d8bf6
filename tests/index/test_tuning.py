"""How far to read, on ranks that are written down and on a world where it can be checked."""

import numpy as np
import pytest

from tastemaker.index.approximate import Approximate
from tastemaker.index.exact import ExactIndex
from tastemaker.index.planned import Effort, Efforts, PlannedIndex
from tastemaker.index.tuning import RESERVE, Asked, _depth, measure, nearest, tune


def world(n=6000, dim=32):
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(40, dim))[rng.integers(0, 40, n)] + 0.7 * rng.normal(size=(n, dim))
    words = rows[rng.integers(0, n, 60)] + 1.5 * rng.normal(size=(60, dim))  # farther from the rows than rows are
    rows, words = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (rows, words))
    own = rng.permutation(n)[:60]
    asked = {
        "items": Asked(rows[own].astype(np.float32), own),
        "words": Asked(words.astype(np.float32), np.full(60, -1)),
    }
    return rows.astype(np.float32), asked


def test_the_depth_is_that_of_the_worst_rank_that_still_counts():
    ranks = np.array([[0.0, 1, 2, 3, 39], [0, 1, 2, 3, 99]])  # of the true five of two questions
    assert _depth([ranks], 5, 1.0) == int(RESERVE * 100)
    assert _depth([ranks], 5, 0.9) == int(RESERVE * 40)  # nine of ten
    assert _depth([ranks], 2, 1.0) == 4  # never fewer than twice what is asked for
    assert _depth([ranks, ranks + 60], 5, 1.0) == int(RESERVE * 160)  # the harder kind decides
    assert _depth([np.array([[0.0, np.inf]])], 2, 1.0) is None
    assert _depth([np.array([[0.0, np.inf]])], 2, 0.5) == 4


def test_the_true_nearest_leave_out_what_is_absent_and_the_question_itself():
    matrix = np.eye(4, dtype=np.float32) + 0.1
    asked = Asked(matrix[[2, 2]], np.array([2, -1]))
    found = nearest(matrix, np.array([True, False, True, True]), asked, 2)
    assert found.tolist() == [[0, 3], [2, 0]]


@pytest.mark.parametrize("recall", [0.9, 0.99])
def test_what_is_promised_is_found_by_questions_that_chose_nothing(recall):
    matrix, asked = world()
    present = np.ones(len(matrix), bool)
    approximate = Approximate.make(matrix, present)
    choosing, judging = ({kind: each.halves()[half] for kind, each in asked.items()} for half in (0, 1))
    efforts = tune(approximate, matrix, present, choosing, recall)
    assert set(efforts.codes) == {10, 30, 150, 500}
    index = PlannedIndex(matrix, present, approximate, efforts)
    table = measure(index, ExactIndex(matrix), judging, kept=(1.0, 0.5, 0.01))
    assert [(row.asked, row.kept) for row in table][:2] == [("items", 1.0), ("words", 1.0)]
    assert min(row.recall for row in table) >= recall - 0.02
    assert {row.recall for row in table if row.kept == 0.01} == {1.0}
    assert {row.method for row in table if row.kept == 0.01} == {"exact"}


def test_a_higher_promise_reads_no_less():
    matrix, asked = world()
    present = np.ones(len(matrix), bool)
    approximate = Approximate.make(matrix, present)
    low, high = (tune(approximate, matrix, present, asked, recall) for recall in (0.8, 0.99))
    assert all(low.codes[k].proposed < high.codes[k].proposed for k in (10, 150))


def test_an_index_that_reads_too_little_is_measured_as_it_is():
    matrix, asked = world()
    present = np.ones(len(matrix), bool)
    lazy = Efforts({}, {10: Effort(20, 1)})
    table = measure(
        PlannedIndex(matrix, present, Approximate.make(matrix, present), lazy), ExactIndex(matrix), asked, (1.0,)
    )
    assert all(row.method == "lists" and row.recall < 0.9 for row in table)


def test_too_few_rows_need_no_effort():
    matrix, asked = world(30)
    assert tune(Approximate.make(matrix, np.ones(30, bool)), matrix, np.ones(30, bool), asked, 0.99) == Efforts({}, {})
