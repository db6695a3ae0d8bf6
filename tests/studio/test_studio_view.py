"""Views of boxes and rugs: drawn from a known side, that side is found again."""

import cv2
import numpy as np
import pytest

from tastemaker.studio.view import box_corners, outer, view_of

SIZE = (1.6, 0.5, 0.8)


def drawn(points, pitch, away):
    """Pixels of points seen from a distance, the camera looking at their middle."""
    middle = (points.min(0) + points.max(0)) / 2
    across, back, up = (points - middle).T
    depth = away + back * np.cos(pitch) - up * np.sin(pitch)
    seen = np.stack([across / depth, -(back * np.sin(pitch) + up * np.cos(pitch)) / depth], 1)
    return 300 + 250 * seen / np.abs(seen).max()


def filled(points):
    mask = np.zeros((600, 600), np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(np.rint(points).astype(np.int32)), 1)
    return mask > 0


@pytest.mark.parametrize("turn", [-30, -15, 20, 35])
def test_the_side_a_box_is_seen_from_is_found(turn):
    points = drawn(box_corners(SIZE, np.radians(turn)), np.radians(15), 6.4)
    view = view_of(filled(points), SIZE)
    assert np.degrees(view.turn) == pytest.approx(turn, abs=6)
    assert np.degrees(view.pitch) == pytest.approx(15, abs=6)
    assert view.fit > 0.95
    assert np.abs(view.corners - points)[outer(points, turn)].max() < 32


def test_what_fills_no_box_says_so():
    mask = np.zeros((400, 400), np.uint8)
    cv2.fillConvexPoly(mask, np.array([[200, 20], [380, 390], [20, 390]]), 1)
    assert view_of(mask > 0, (1.0, 0.3, 1.0)).fit < 0.75


def test_a_rug_from_straight_above_is_its_own_rectangle():
    mask = np.zeros((300, 400), np.bool_)
    mask[50:250, 40:340] = True
    view = view_of(mask, (3.0, 2.0, 0.0), lying=True)
    assert (view.turn, view.pitch) == (0.0, pytest.approx(np.pi / 2))
    assert view.corners[0].tolist() == [39.5, 249.5]
    assert view.corners[3].tolist() == [339.5, 49.5]


def test_a_rug_from_the_side_keeps_its_corners_and_a_round_one_is_round():
    points = drawn(box_corners((2.0, 1.4, 0.0), np.radians(-10)), np.radians(35), 6.0)
    view = view_of(filled(points), (2.0, 1.4, 0.0), lying=True)
    assert np.degrees(view.pitch) == pytest.approx(35, abs=6)
    assert np.abs(view.corners[:4] - points[:4]).max() < 30
    assert not view.round
    disc = np.zeros((300, 400), np.uint8)
    cv2.ellipse(disc, (200, 150), (150, 90), 0, 0, 360, 1, -1)
    assert view_of(disc > 0, (2.0, 2.0, 0.0), lying=True).round


def test_the_right_end_of_a_turned_box_is_farther():
    corners = box_corners((2.0, 0.0, 1.0), np.radians(30))
    assert corners[1, 1] == pytest.approx(0.5)
    assert corners[0, 1] == pytest.approx(-0.5)
    assert corners[4:, 2].tolist() == [1.0] * 4
