"""Figures of a space whose values are known by hand."""

import math

import numpy as np
import pytest

from tastemaker.evaluation import space_figures
from tastemaker.evaluation.space_figures import (
    Coverage,
    alignment,
    coverage,
    gap,
    near_pairs,
    places,
    probe,
    spread,
    uniformity,
)

EYE = np.eye(4, dtype=np.float32)


def test_places_count_what_stands_before_and_half_of_what_is_level():
    assert places(EYE, EYE).tolist() == [0.0] * 4
    assert places(EYE[[0]], np.stack([EYE[1], EYE[0], EYE[0]])).tolist() == [2.0]
    assert places(EYE[[0, 0]], EYE[[0, 0]]).tolist() == [0.5, 0.5]


def test_the_gap_is_the_distance_of_the_middles():
    assert gap(EYE, EYE) == 0
    assert gap(EYE[:1], -EYE[:1]) == 2
    assert gap(EYE[:2], EYE[:1]) == pytest.approx(math.sqrt(0.5))


def test_alignment_is_zero_for_the_same_two_for_the_unrelated_four_for_opposites():
    assert alignment(EYE, EYE) == 0
    assert alignment(EYE[:2], EYE[2:]) == pytest.approx(2)
    assert alignment(EYE, -EYE) == pytest.approx(4)


def test_uniformity_is_the_mean_of_a_kernel_over_pairs():
    assert uniformity(EYE[[0, 0, 0]]) == pytest.approx(0, abs=1e-6)
    assert uniformity(EYE) == pytest.approx(-4)
    assert uniformity(np.stack([EYE[0], -EYE[0]])) == pytest.approx(-8)
    assert uniformity(EYE[[0, 0, 1]]) == pytest.approx(math.log((1 + 2 * math.exp(-4)) / 3))


def test_a_probe_reads_what_is_there():
    told = probe("kind", EYE[[0] * 6 + [1] * 5], ["a"] * 6 + ["b"] * 5)
    assert (told.accuracy, told.majority, told.values, told.n) == (1.0, 6 / 11, 2, 11)


def test_a_probe_of_what_says_nothing_is_wrong_about_each_item_of_two_equal_classes():
    told = probe("kind", np.ones((10, 3), np.float32), ["a", "b"] * 5)
    assert (told.accuracy, told.majority) == (0.0, 0.5)  # without the item, its class is the smaller one


def test_leaving_one_out_is_the_same_as_fitting_without_it():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(24, 5)).astype(np.float32)
    classes = np.arange(24) % 3
    hits = []
    for left in range(24):
        kept = np.arange(24) != left
        design = np.hstack([x[kept].astype(float), np.ones((23, 1))])
        pull = np.diag([space_figures.RIDGE] * 5 + [1e-9])
        weights = np.linalg.solve(design.T @ design + pull, design.T @ np.eye(3)[classes[kept]])
        hits.append((np.append(x[left], 1) @ weights).argmax() == classes[left])
    assert probe("kind", x, [str(each) for each in classes]).accuracy == pytest.approx(np.mean(hits))
    assert 0 < np.mean(hits) < 1


def test_rare_values_and_unknown_ones_are_not_asked():
    values = ["a"] * 5 + ["b"] * 5 + ["c"] * 4 + [""] * 6
    assert probe("kind", np.eye(20, dtype=np.float32), values).n == 10
    assert probe("kind", EYE, ["a"] * 4) is None


def test_near_pairs_are_those_of_all_pairs(monkeypatch):
    monkeypatch.setattr(space_figures, "CHUNK", 3)
    rng = np.random.default_rng(1)
    x = rng.normal(size=(11, 3)).astype(np.float32)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    every = {(a, b): x[a] @ x[b] for a in range(11) for b in range(a + 1, 11) if x[a] @ x[b] >= 0.3}
    found = near_pairs(x, 0.3, 100)
    assert {(a, b): pytest.approx(score, abs=1e-6) for a, b, score in found} == every
    assert [score for *_, score in found] == pytest.approx(sorted(every.values(), reverse=True))
    assert near_pairs(x, 0.3, 2) == found[:2]


def test_coverage_counts_each_item_once():
    told = coverage(np.array([True, True, False, False, True]), np.array([True, False, True, False, True]))
    assert told == Coverage(both=2, picture=1, words=1, none=1)
    assert told.items == 5


def test_a_draw_keeps_the_order_and_takes_no_more():
    rows = np.arange(10)
    drawn = spread(rows, 4, np.random.default_rng(0))
    assert len(set(drawn.tolist())) == 4
    assert drawn.tolist() == sorted(drawn.tolist())
    assert spread(rows, 20, np.random.default_rng(0)).tolist() == rows.tolist()
