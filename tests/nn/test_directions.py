import numpy as np
import pytest
from scipy.sparse import csr_matrix

from tastemaker.nn.directions import covering, iterated, leading

RNG = np.random.default_rng(0)
TURN = np.linalg.qr(RNG.normal(size=(5, 5)))[0]
TABLE = np.linalg.qr(RNG.normal(size=(8, 5)))[0] @ np.diag([9.0, 4.0, 1.0, 0.1, 0.01]) @ TURN.T


@pytest.mark.parametrize("kind", [np.asarray, csr_matrix], ids=["dense", "sparse"])
def test_a_matrix_made_of_known_directions_gives_them_back(kind):
    strengths, directions = leading(kind(TABLE), 2)
    assert strengths == pytest.approx([4.0, 9.0], rel=1e-5)
    assert np.abs(TURN[:, [1, 0]].T @ directions) == pytest.approx(np.eye(2), abs=1e-4)


def test_the_same_start_gives_the_same_signs():
    start = np.arange(1.0, 6.0)
    assert np.array_equal(leading(TABLE, 2, start)[1], leading(TABLE, 2, start)[1])


def test_iteration_comes_to_the_same_directions():
    start = np.random.default_rng(1).normal(size=(5, 2)).astype(np.float32)
    found = iterated(csr_matrix(TABLE), start, 20)
    assert np.abs(TURN[:, :2].T @ found) == pytest.approx(np.eye(2), abs=1e-4)


def test_as_few_directions_as_every_line_needs():
    few = np.array([[3.0, 4.0, 0.0, 0.0]] * 50 + [[0.0, 0.0, 0.0, 0.0]], np.float32)
    assert np.abs(covering(few, 0.99)) == pytest.approx(np.array([[0.6], [0.8], [0.0], [0.0]]), abs=1e-6)
    rare = np.concatenate([few, [[0.0, 0.0, 0.1, 0.0]]])  # next to nothing of the whole, all of one line
    assert covering(rare, 0.99).shape == (4, 2)
    assert np.array_equal(covering(rare, 1.0), np.eye(4))
    assert covering(np.zeros((3, 4), np.float32), 0.99).shape == (4, 1)


def test_a_share_next_to_one_leaves_hardly_a_direction_out():
    rows = np.random.default_rng(0).normal(size=(200, 30)).astype(np.float32)
    assert covering(rows, 1.0 - 1e-7).shape[1] == 30
