import numpy as np

from tastemaker.catalog.interactions import History
from tastemaker.recommenders.random import Random, RandomConfig

from .worlds import shop


def ask(seed, rows):
    return Random(RandomConfig(seed=seed)).fit(shop([], items=3), None).score([rows], np.arange(20_000))[0]


def test_same_seed_same_answer_and_another_seed_another():
    assert np.array_equal(ask(1, History.of([2])), ask(1, History.of([2])))
    assert not np.array_equal(ask(1, History.of([2])), ask(2, History.of([2])))
    assert not np.array_equal(ask(1, History.of([2])), ask(1, History.of([3])))


def test_it_is_uniform():
    scores = np.sort(ask(0, History.of([])))
    assert np.abs(scores - np.linspace(0, 1, len(scores))).max() < 0.02  # Kolmogorov-Smirnov
    assert abs(np.corrcoef(ask(0, History.of([]))[:-1], ask(0, History.of([]))[1:])[0, 1]) < 0.03
