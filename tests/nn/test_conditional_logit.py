"""Weights of evidence: two candidates have a closed form; what says nothing gets no weight."""

import numpy as np
import pytest

from tastemaker.nn.conditional_logit import Weights, learn_weights


def test_of_two_candidates_the_weight_is_the_log_odds():
    """The chosen one has the sign in 3 of 4 cases: p = 3/4, so the scores of the two must differ by log 3."""
    cases = [np.array([[1.0], [-1.0]], np.float32)] * 30 + [np.array([[-1.0], [1.0]], np.float32)] * 10
    weights = learn_weights(cases, 0.0)
    with_sign, without = weights.parts(np.array([[1.0], [-1.0]], np.float32))[:, 0]
    assert with_sign - without == pytest.approx(np.log(3), abs=1e-3)


def test_chance_and_constants_get_no_weight():
    rng = np.random.default_rng(0)
    cases = [np.stack([rng.normal(size=20), np.ones(20)], axis=1).astype(np.float32) for _ in range(4000)]
    weights = learn_weights(cases, 0.0)
    assert abs(weights.weight[0]) < 0.06
    assert weights.weight[1] == 0


def test_a_penalty_shrinks_and_storage_keeps():
    cases = [np.array([[1.0, 0.0], [-1.0, 1.0], [0.0, 2.0]], np.float32)] * 9
    free, tied = learn_weights(cases, 1e-3), learn_weights(cases, 1.0)
    assert np.abs(tied.weight).sum() < np.abs(free.weight).sum()
    again = Weights.unpacked(free.packed)
    np.testing.assert_array_equal(again.parts(cases[0]), free.parts(cases[0]))
