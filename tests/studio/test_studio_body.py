"""A drawn mannequin: where its shoulders, arms, legs and clothes are is known."""

import numpy as np
import pytest

from tastemaker.studio.body import read
from tastemaker.studio.limbs import arm, legs, parting
from tastemaker.studio.wear import belt_of, neckline_of
from tests.studio.scenes import PERSON, mannequin, wall


@pytest.fixture(scope="module")
def photo():
    return mannequin()


@pytest.fixture(scope="module")
def body(photo):
    return read(photo)


def test_the_outline_gives_shoulders_and_middle(body):
    assert body.axis == pytest.approx(PERSON["axis"], abs=8)
    assert body.shoulders == pytest.approx(PERSON["span"], rel=0.15)
    assert body.levels["shoulder"] == pytest.approx(PERSON["shoulder"], abs=14)
    assert body.feet
    assert body.sure > 0.6


def test_skin_is_skin_and_cloth_is_not(body):
    assert body.skin[215, 254]
    assert body.skin[48, 192]
    assert not body.skin[160, 192]
    assert not body.skin[380, 170]
    assert not body.skin[20, 20]


def test_arms_hang_where_they_are_drawn(body):
    for side in (-1, 1):
        limb = arm(body, side)
        assert limb.length > 1.0 * body.shoulders
        middle = limb.across(0.9 * body.shoulders, 8).mean(0)
        assert (middle[0] - PERSON["axis"]) * side == pytest.approx(62, abs=14)


def test_legs_part_and_are_two(body):
    assert parting(body) == pytest.approx(300, abs=14)
    found = legs(body, 400)
    assert found[1][1] == pytest.approx(192 + 22 + 16, abs=6)
    assert found[-1][1] == pytest.approx(192 - 22 - 16, abs=6)


def test_the_belt_and_the_neckline_are_seen(photo, body):
    assert belt_of(photo, body) == pytest.approx(256, abs=8)
    assert neckline_of(body) == pytest.approx(90, abs=10)


def test_nobody_is_nobody():
    assert read(wall()) is None


def test_the_same_photo_tells_the_same(photo, body):
    again = read(photo)
    assert np.array_equal(again.mask, body.mask)
    assert again.levels == body.levels
