import numpy as np

from tastemaker.recommenders.semantic_marks import Marks
from tastemaker.testing.contract import through_storage

CODES = np.array([[0, 1, 2, 0], [0, 1, 0, 0], [0, 2, 2, 1], [3, 1, 2, -1], [3, 0, 2, -1]])


def test_beginnings_are_those_that_two_items_share():
    """Two streams: the first of three columns, the second of one."""
    marks = Marks.learn(CODES, [(4, 3, 3), (2,)], "beginnings")
    assert marks.sizes == (2, 1, 0, 1)
    assert marks.read(CODES).tolist() == [
        [0, 0, -1, 0], [0, 0, -1, 0], [0, -1, -1, -1], [1, -1, -1, -1], [1, -1, -1, -1],
    ]  # fmt: skip


def test_a_new_item_has_the_beginnings_that_are_known():
    marks = Marks.learn(CODES, [(4, 3, 3), (2,)], "beginnings")
    assert marks.read(np.array([[0, 1, 1, 0], [2, 1, 1, -1], [-1, 1, 1, 1]])).tolist() == [
        [0, 0, -1, 0], [-1, -1, -1, -1], [-1, -1, -1, -1],
    ]  # fmt: skip


def test_codes_singly():
    marks = Marks.learn(CODES, [(4, 3, 3), (2,)], "codes")
    assert marks.sizes == (2, 1, 1, 1)
    assert marks.read(CODES)[2].tolist() == [0, -1, 0, -1]


def test_stored_marks_read_alike():
    marks = Marks.learn(CODES, [(4, 3, 3), (2,)], "beginnings")
    again = Marks.restore(through_storage(marks.tensors()))
    assert np.array_equal(again.read(CODES), marks.read(CODES))
    assert again.sizes == marks.sizes
