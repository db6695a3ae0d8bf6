"""A garment is carried on to the body's outline, over clefts, and over nothing that is bare or hangs beside."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tastemaker.studio.body import read
from tastemaker.studio.carrying import carried_on, kept_bare
from tastemaker.studio.dressing import LOOSE, _lying
from tastemaker.studio.fidelity import THRESHOLDS
from tastemaker.studio.garment import lower, upper
from tastemaker.studio.wear import Fitting, fit_lower
from tests.studio.scenes import PERSON, mannequin, trousers

RED = np.array([200, 30, 30], np.uint8)


@pytest.fixture(scope="module")
def body():
    return read(mannequin())


def shirt(body, short):
    """A shirt on the trunk that ends so many pixels before the outline on the left."""
    alpha = np.zeros(body.mask.shape, np.float32)
    for row in range(160, 240):
        left, right = body.trunk(row)
        alpha[row, int(left) + short : int(right)] = 1
    return np.broadcast_to(RED, (*alpha.shape, 3)).copy(), alpha


def test_a_finger_is_covered_and_a_hand_is_not(body):
    for short, covered in ((6, True), (40, False)):
        picture, alpha = shirt(body, short)
        made, grown = carried_on(picture, alpha, body, np.zeros(alpha.shape, np.bool_))
        column = int(body.trunk(200)[0]) + short // 2
        assert (grown[200, column] > 0.5) is np.bool_(covered)
        if covered:
            assert (made[200, column] == RED).all()
        assert not (grown > 0.5)[~body.mask & (alpha == 0)].any()


def test_what_is_kept_is_not_covered(body):
    picture, alpha = shirt(body, 6)
    _, grown = carried_on(picture, alpha, body, np.ones(alpha.shape, np.bool_))
    assert np.array_equal(grown, alpha)


def test_bare_shoulders_are_for_sleeves_alone(body):
    fitting = Fitting()
    for place in range(14):
        fitting.add(np.zeros(2), PERSON["axis"] + (-20 if place % 4 < 2 else 20), 90 + 10 * place)
    shoulder = np.zeros_like(body.mask)
    shoulder[102:125] = body.mask[102:125]
    bare = replace(body, skin=shoulder, head=np.zeros_like(shoulder), hair=np.zeros_like(shoulder))
    assert (kept_bare(bare, fitting) & shoulder).sum() == shoulder.sum()
    fitting.sleeves[1] = Fitting()
    assert (kept_bare(bare, fitting) & shoulder).sum() < 0.6 * shoulder.sum()


def test_what_stands_off_the_body_is_found(body):
    near = cv2.dilate(body.mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert _lying(near, body, LOOSE["top"]) == 1
    beside = body.mask.copy()
    beside[150:250, :100] = True
    assert _lying(beside, body, LOOSE["top"]) < THRESHOLDS["loose"]


def test_a_sleeve_that_lies_along_the_trunk_is_one():
    mask = np.zeros((400, 360), np.uint8)
    left = [(180, 40), (100, 40), (30, 90), (10, 380), (60, 380), (70, 300), (90, 300), (90, 390), (180, 390)]
    cv2.fillPoly(mask, [np.array(left + [(360 - x, y) for x, y in reversed(left)])], 1)
    flat = upper(mask > 0)
    assert set(flat.sleeves) == {-1, 1}
    for side, edge in ((-1, 90), (1, 270)):
        assert flat.points[f"armpit{side:+d}"][0] == pytest.approx(edge, abs=3)
        assert flat.points[f"armpit{side:+d}"][1] < 180
        assert not flat.sleeves[side].mask[350, 100:260].any()
        assert flat.sleeves[side].mask.sum() > 0.1 * mask.sum()


def test_trousers_are_bent_leg_by_leg(body):
    fitting = fit_lower(lower(trousers()[1]), body, 256.0)
    assert set(fitting.legs) == {-1, 1}
    shared = [tuple(point) for point in fitting.legs[1].targets[-3:]]
    assert shared == [tuple(point) for point in fitting.legs[-1].targets[-3:]]
    for side, leg in fitting.legs.items():
        outer = [x for x, _ in leg.targets[:-3]]
        assert (np.mean(outer) - body.axis) * side > 0
