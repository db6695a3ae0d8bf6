import numpy as np
import pytest

from tastemaker.alignment.fusion.matching import FEWEST, Weights, mean_reciprocal_rank


def told(n, informative, seed=0):
    """Questions with four candidates; of three figures one tells the right candidate, the others are noise."""
    rng = np.random.default_rng(seed)
    figures = rng.normal(size=(n, 4, 3)).astype(np.float32)
    right = np.zeros((n, 4), np.bool_)
    right[np.arange(n), rng.integers(0, 4, n)] = True
    figures[..., informative] += 2 * right
    return figures, right


def test_ranks_by_hand():
    scores = np.array([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0], [1.0, 1.0, 1.0]], np.float32)
    right = np.array([[False, True, False], [False, False, True], [False, False, False]])
    assert mean_reciprocal_rank(scores, right) == pytest.approx((1 / 2 + 1 / 3 + 0) / 3)


@pytest.mark.parametrize("informative", [0, 1, 2])
def test_what_tells_gets_the_weight(informative):
    weights = Weights.fit(*told(400, informative))
    others = np.delete(weights.weight, informative)
    assert weights.weight[informative] > 1.0
    assert np.abs(others).max() < 0.3


def test_weights_do_not_depend_on_the_unit_of_a_figure():
    figures, right = told(200, 1)
    stretched = figures * np.array([1.0, 50.0, 0.1], np.float32)
    one, other = Weights.fit(figures, right), Weights.fit(stretched, right)
    np.testing.assert_allclose(one(figures), other(stretched), atol=1e-3)


def test_two_alike_figures_share_the_weight():
    figures, right = told(300, 0)
    figures[..., 1] = figures[..., 0]
    weights = Weights.fit(figures, right)
    assert weights.weight[0] == pytest.approx(weights.weight[1], rel=1e-3)


def test_questions_without_their_answer_say_nothing():
    figures, right = told(200, 2)
    more = np.concatenate([right, np.zeros_like(right)])
    doubled = np.concatenate([figures, figures])
    np.testing.assert_allclose(Weights.fit(doubled, more).weight, Weights.fit(figures, right).weight, atol=1e-4)


def test_too_few_answers_leave_the_weights_even():
    assert Weights.fit(*told(FEWEST - 1, 0)).weight.tolist() == [1, 1, 1]


def test_come_back_from_storage():
    figures, right = told(100, 0)
    weights = Weights.fit(figures, right)
    np.testing.assert_array_equal(Weights.restore(weights.tensors())(figures), weights(figures))
