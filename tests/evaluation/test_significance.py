"""Intervals that have the width theory gives them, and that a seed fixes."""

import numpy as np
import pytest

from tastemaker.core.errors import InputError
from tastemaker.evaluation import significance


def test_the_interval_of_a_mean_is_about_two_standard_errors():
    values = np.random.default_rng(1).normal(size=(400, 1))
    low, high = significance.intervals(values, resamples=4000)
    error = values.std() / 20
    assert low[0] == pytest.approx(values.mean() - 1.96 * error, abs=0.15 * error)
    assert high[0] == pytest.approx(values.mean() + 1.96 * error, abs=0.15 * error)


def test_the_interval_holds_the_truth_about_95_times_in_100():
    rng = np.random.default_rng(2)
    worlds = rng.random((60, 200)) < 0.3  # 200 experiments of 60 cases, one a column: resampled alike, which is fine
    low, high = significance.intervals(worlds.astype(float), resamples=500)
    assert 0.88 <= np.mean((low <= 0.3) & (high >= 0.3)) <= 1.0


def test_the_same_seed_gives_the_same_interval_and_another_seed_another():
    values = np.random.default_rng(3).random((50, 2))
    first, again, other = (significance.intervals(values, seed=seed)[0] for seed in (4, 4, 5))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_chunks_do_not_change_the_answer(monkeypatch):
    values = np.random.default_rng(3).random((50, 2))
    whole = significance.intervals(values)
    monkeypatch.setattr(significance, "_CHUNK", 170)
    assert np.allclose(whole, significance.intervals(values))


def test_a_constant_has_no_width():
    low, high = significance.intervals(np.full((30, 1), 0.25))
    assert low[0] == high[0] == 0.25


def test_no_case_is_an_error():
    with pytest.raises(InputError, match="no case"):
        significance.intervals(np.zeros((0, 1)))


def test_pairing_sees_a_small_steady_advantage_that_separate_intervals_hide():
    rng = np.random.default_rng(6)
    base = rng.random(200)
    better = base + 0.02 + rng.normal(scale=0.01, size=200)
    found = significance.paired(better, base)
    assert found.p == pytest.approx(2 / 1001)
    assert 0 < found.low < found.value < found.high
    apart = significance.intervals(np.stack([base, better], axis=1))
    assert apart[0][1] < apart[1][0]  # the separate intervals overlap


def test_no_difference_is_not_significant():
    same = np.random.default_rng(6).random(50)
    found = significance.paired(same, same)
    assert (found.value, found.low, found.high, found.p) == (0, 0, 0, 1)


def test_pairs_must_match():
    with pytest.raises(InputError, match="3 values against 2"):
        significance.paired(np.zeros(3), np.zeros(2))


def test_coverage_interval_holds_the_value_and_counts_what_one_case_alone_shows():
    alike = [np.array([1, 2])] * 5
    assert significance.coverage_interval(alike, 10, 2) == (0.2, 0.2)
    mixed = [np.array([1, 2]), np.array([1, 3]), np.array([1, 2])]  # only item 3 depends on one case
    spread = np.sqrt(2 / 3 * ((0.1 - 0.1 / 3) ** 2 + 2 * (0.1 / 3) ** 2))
    low, high = significance.coverage_interval(mixed, 10, 2)
    assert (low, high) == pytest.approx((0.3 - 1.96 * spread, 0.3 + 1.96 * spread))


def test_holm_by_hand():
    assert significance.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert significance.holm([0.5, 0.02, 0.9]) == pytest.approx([1, 0.06, 1])
    assert significance.holm([]) == []


def test_trainings_that_differ_widen_the_interval():
    rng = np.random.default_rng(8)
    cases = rng.random((1, 300, 1))
    alike = np.repeat(cases, 3, axis=0)
    apart = alike + np.array([-0.2, 0.0, 0.2])[:, None, None]
    low, high = significance.intervals_over_seeds(alike)
    plain = significance.intervals(cases[0])
    assert (low[0], high[0]) == pytest.approx((plain[0][0], plain[1][0]))
    wide = significance.intervals_over_seeds(apart)
    assert wide[1][0] - wide[0][0] > 3 * (high[0] - low[0])
    assert wide[0][0] < cases.mean() < wide[1][0]
