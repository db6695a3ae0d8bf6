"""Measures of drift: by hand, and how often chance passes its own level."""

import math

import numpy as np
import pytest

from tastemaker.core.seeds import generator
from tastemaker.evaluation.drift import BINS, OTHER, bands, chance_level, jensen_shannon, shift, stability_index

HALF, QUARTER = np.array([0.5, 0.5]), np.array([0.25, 0.75])


def test_by_hand():
    assert stability_index(HALF, QUARTER) == pytest.approx(0.25 * math.log(3))  # -1/4 log 1/2 + 1/4 log 3/2
    assert stability_index(HALF, HALF) == jensen_shannon(HALF, HALF) == 0.0
    assert jensen_shannon(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == 1.0
    assert jensen_shannon(HALF, QUARTER) == pytest.approx(jensen_shannon(QUARTER, HALF))


def test_a_shift_tells_what_has_changed_most():
    found = shift("kinds", {"view": 799.5, "buy": 199.5}, {"view": 499.5, "buy": 499.5}, (1000, 1000))
    told = {one.name: (one.before, one.after) for one in found.changes}
    assert told == {"buy": pytest.approx((0.2, 0.5)), "view": pytest.approx((0.8, 0.5))}
    assert found.psi == pytest.approx(0.3 * math.log(0.5 / 0.2 * 0.8 / 0.5))
    assert found.verdict == "drifted"


def test_few_people_are_no_proof():
    sides = {"view": 80, "buy": 20}, {"view": 50, "buy": 50}
    assert shift("kinds", *sides, (1000, 1000)).verdict == "drifted"
    assert shift("kinds", *sides, (4, 4)).verdict == "steady"
    assert shift("kinds", *sides, (4, 0)).chance == math.inf


def test_chance_passes_its_level_once_in_twenty():
    rng, n, m = generator(0, "drift"), 400, 300
    mix = np.array([0.4, 0.3, 0.2, 0.1])
    passed = 0
    for _ in range(2_000):
        before, after = (rng.multinomial(count, mix) / count for count in (n, m))
        passed += stability_index(before, after) > chance_level(4, (n, m))
    assert 0.03 < passed / 2_000 < 0.07


def test_what_is_rare_is_put_together_and_nothing_is_lost():
    before = {f"kind {number}": 1.0 + (number < BINS) for number in range(100)}
    after = {"kind 99": 50.0} | {f"kind {number}": 2.0 for number in range(BINS - 1)}
    found = shift("kinds", before, after, (1000, 1000), most=100)
    assert len(found.changes) == BINS + 1
    assert sum(one.before for one in found.changes) == pytest.approx(1.0)
    assert {one.name for one in found.changes} >= {OTHER, "kind 99"}


def test_bands_are_tenths_of_what_was():
    before = np.arange(1.0, 101.0)
    assert len(set(bands(before, before))) == 10
    assert bands(before, np.array([0.5, 100.0, 300.0])) == ["below 1.00", "90.10 to 100.00", "above 100.00"]
    assert bands(np.array([5.0, 5.0]), np.array([5.0, 6.0])) == ["5.00", "elsewhere"]
