"""Neighbours stand beside neighbours, the same way each time."""

import numpy as np
import pytest

from tastemaker.evaluation.space_map import flat, principal


def clusters(n=120, dim=12):
    """Six directions with a little noise, more than two axes can tell apart."""
    vectors = np.random.default_rng(0).normal(scale=0.15, size=(n, dim)).astype(np.float32)
    vectors[np.arange(n), np.arange(n) % 6] += 1
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def agreement(places):
    """Share of the five nearest that are of the same cluster."""
    far = ((places[:, None] - places) ** 2).sum(2)
    np.fill_diagonal(far, np.inf)
    nearest = far.argsort(1)[:, :5]
    return (nearest % 6 == np.arange(len(places))[:, None] % 6).mean()


def test_clusters_stay_together_better_than_on_two_axes():
    vectors = clusters()
    assert agreement(flat(vectors)) > 0.95 > agreement(principal(vectors))


def test_places_lie_in_the_square_and_are_the_same_each_time():
    places = flat(clusters(), seed=3)
    assert places.min(0).tolist() == [0, 0]
    assert places.max(0).tolist() == [1, 1]
    assert (places == flat(clusters(), seed=3)).all()


def test_the_first_axis_is_the_one_of_most_spread():
    x = np.array([[3.0, 0], [-3, 0], [0, 1], [0, -1]], np.float32)
    found = principal(x)
    assert np.abs(found) == pytest.approx(np.abs(x), abs=1e-6)
    assert principal(x + 5) == pytest.approx(found, abs=1e-5)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 11, 12])
def test_few_items_and_equal_ones_have_a_place(n):
    places = flat(np.ones((n, 4), np.float32) / 2)
    assert places.shape == (n, 2)
    assert np.isfinite(places).all()
