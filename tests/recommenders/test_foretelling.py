import numpy as np
import pytest

from tastemaker.recommenders.foretelling import Chooser, Setting, solved
from tastemaker.testing.worlds import checkerboard

PLAIN = Setting(ridge=2.0, pairs=0.5, fame=0.5, weights={"words": 3.0, "labels": 1.0})


def test_the_kernel_is_the_product_its_square_and_a_constant():
    assert PLAIN.kernel(np.array([2.0], np.float32)).tolist() == pytest.approx([2 + 0.5 * 4 + 0.1])


def test_who_lacks_something_says_the_rest_louder():
    assert PLAIN.louder(np.array([4.0, 0.25, 0.0], np.float32)).tolist() == pytest.approx([1.0, 2.0, 0.0])


def test_fame_is_divided_out_by_its_power():
    assert PLAIN.famous(np.array([4.0, 20.0], np.float32)).tolist() == pytest.approx([3 / 4, 5 / 4])


def test_solved_is_the_inverse():
    kernel, right = np.array([[2.0, 1.0], [1.0, 2.0]], np.float32), np.array([[1.0], [0.0]], np.float32)
    assert solved(kernel, 2.0, right).ravel().tolist() == pytest.approx([4 / 15, -1 / 15])
    assert kernel[0, 0] == 2.0  # what was given stays


@pytest.fixture(scope="module")
def chooser():
    world = checkerboard(items=80, people=120, cold=0)
    parity = np.arange(80) % 2
    right = (parity[:, None] == parity).astype(np.float32)
    grams = {"right": right, "wrong": np.eye(80, dtype=np.float32)}
    return Chooser(world.interactions, np.arange(80), grams, 20.0, 0.0)


def test_hidden_items_are_foretold_by_what_is_alike(chooser):
    told = chooser.gain(Setting(1.0, 0.0, 0.0, {"right": 1.0, "wrong": 0.0}))
    untold = chooser.gain(Setting(1.0, 0.0, 0.0, {"right": 0.0, "wrong": 1.0}))
    assert told > untold + 0.1


def test_the_weight_that_helps_is_found_and_the_rest_stays(chooser):
    start = Setting(1.0, 0.0, 0.0, {"right": 0.0, "wrong": 1.0})
    best = chooser.best(start, {"right": (0.0, 1.0), "ridge": (1.0,)})
    assert best == Setting(1.0, 0.0, 0.0, {"right": 1.0, "wrong": 1.0})


def test_where_there_is_too_little_nothing_is_chosen():
    world = checkerboard(items=20, people=8, cold=0)
    chooser = Chooser(world.interactions, np.arange(20), {"words": np.eye(20, dtype=np.float32)}, 20.0, 0.0)
    start = Setting(1.0, 0.0, 0.0, {"words": 1.0})
    assert chooser.best(start, {"ridge": (1.0, 5.0), "pairs": (0.0, 1.0)}) == start
