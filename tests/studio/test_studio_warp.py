"""Splines go where they are told, and give back any affine map exactly."""

import numpy as np
import pytest

from tastemaker.studio.cutout import Cutout
from tastemaker.studio.warp import Spline, bend, project

CORNERS = np.array([[0, 0], [100, 0], [100, 80], [0, 80], [50, 40]], float)


def thing(height=80, width=100):
    picture = np.zeros((height, width, 3), np.uint8)
    picture[..., 0] = np.linspace(0, 250, width)[None]
    picture[..., 1] = np.linspace(0, 250, height)[:, None]
    return Cutout(picture, np.ones((height, width), np.float32), 1.0)


def test_a_spline_goes_through_its_targets():
    targets = CORNERS + np.random.default_rng(1).normal(0, 6, CORNERS.shape)
    assert np.allclose(Spline(CORNERS, targets)(CORNERS), targets, atol=1e-6)


def test_a_spline_of_an_affine_map_is_that_map():
    turn, shift = np.array([[1.2, 0.3], [-0.2, 0.8]]), np.array([7.0, -3.0])
    spline = Spline(CORNERS, CORNERS @ turn.T + shift)
    elsewhere = np.random.default_rng(2).uniform(-200, 300, (40, 2))
    assert np.allclose(spline(elsewhere), elsewhere @ turn.T + shift, atol=1e-5)


def test_stiffness_bends_less():
    targets = CORNERS.copy()
    targets[4] += (0, 30)
    soft, stiff = Spline(CORNERS, targets)(CORNERS), Spline(CORNERS, targets, stiffness=1e5)(CORNERS)
    assert abs(soft[4, 1] - 70) < 1e-6
    assert 40 < stiff[4, 1] < 60


def test_bending_moves_the_picture_and_a_shift_stretches_nothing():
    picture, alpha, stretch = bend(thing(), CORNERS, CORNERS + np.array([30, 20]), (140, 180))
    assert np.abs(picture[25:95, 35:125].astype(int) - thing().picture[5:75, 5:95]).max() <= 1
    assert alpha[22:98, 32:128].min() == 1
    assert alpha[:18].max() == 0
    assert stretch.max() == pytest.approx(1, abs=1e-3)


def test_a_fold_counts_as_stretched_without_end():
    folded = CORNERS.copy()
    folded[[0, 1]] = folded[[1, 0]]
    assert bend(thing(), CORNERS, folded, (100, 120))[2].max() == 99


def test_projection_puts_corners_where_they_belong():
    corners = np.array([[40, 30], [150, 20], [160, 120], [30, 110]], float)
    _, alpha = project(thing(), corners, (150, 200))
    there = alpha > 0.5
    assert there[40, 60]
    assert there[100, 140]
    assert not there[15, 100]
    assert not there[70, 175]
    area = 0.5 * abs(np.sum(corners[:, 0] * np.roll(corners[:, 1], -1) - corners[:, 1] * np.roll(corners[:, 0], -1)))
    assert there.sum() == pytest.approx(area, rel=0.02)
