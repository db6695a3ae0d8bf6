"""Axes of a candidate against pictures whose likeness is known."""

import numpy as np
import pytest

from tastemaker.studio.fidelity import THRESHOLDS, judge
from tastemaker.studio.request import Candidate

SIZE = (80, 80)
FLAT = np.full((*SIZE, 3), 120, np.uint8)
STRIPED = np.where((np.arange(80) % 8 < 4)[:, None, None], np.uint8(80), np.uint8(160)) + 0 * FLAT
GRAIN = (FLAT + np.random.default_rng(0).integers(0, 2, (*SIZE, 1))).astype(np.uint8)


@pytest.mark.parametrize(
    ("shown", "meant", "same"),
    [
        (FLAT, FLAT, True),
        (GRAIN, FLAT, True),  # one level of grain is no pattern
        (STRIPED, STRIPED, True),
        (FLAT, STRIPED, False),
        (STRIPED, FLAT, False),
        (np.roll(STRIPED, 4, axis=0), STRIPED, False),
        (np.roll(STRIPED, 2, axis=0), STRIPED, False),
    ],
)
def test_a_pattern_that_is_lost_or_invented_is_found(shown, meant, same):
    there = np.zeros(SIZE, np.float32)
    there[4:76, 4:76] = 1
    candidate = Candidate(shown, there > 0, meant, there, there > 0)
    found = judge(FLAT, candidate)["texture"]
    assert found > 0.95 if same else found < THRESHOLDS["texture"]
