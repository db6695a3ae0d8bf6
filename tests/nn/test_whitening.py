"""Vectors without correlation: closed forms."""

import numpy as np

from tastemaker.nn.whitening import whitened, whitening


def test_correlation_is_taken_out_and_zero_stays_zero():
    rng = np.random.default_rng(0)
    mixed = rng.standard_normal((5000, 3)) @ np.array([[3.0, 1.0, 0.0], [0.0, 1.0, 0.5], [0.0, 0.0, 0.1]]) + 4
    vectors = np.vstack([mixed, np.zeros((2, 3))]).astype(np.float32)
    found = whitened(vectors, whitening(vectors, 1e-6))
    assert np.allclose(np.cov(found[:-2], rowvar=False), np.eye(3), atol=0.01)
    assert np.allclose(found[:-2].mean(0), 0, atol=1e-3)
    assert not found[-2:].any()


def test_a_ridge_keeps_what_is_silent_silent():
    vectors = np.array([[1, 0], [-1, 0], [2, 0], [-2, 0]], np.float32)  # variances 2.5 and 0, mean 1.25
    mean, matrix = whitening(vectors, 0.1)
    assert np.allclose(mean, 0)
    assert np.allclose(np.diag(matrix), [1 / np.sqrt(2.5 + 0.125), 1 / np.sqrt(0.125)])
    assert np.allclose(matrix[0, 1], 0, atol=1e-6)
