"""Curves, patterns and light: the few rules that every picture relies on."""

import numpy as np
import pytest

from tastemaker.demoshop.canvas import Canvas, soften
from tastemaker.demoshop.cloth import Cloth, drape, relief
from tastemaker.demoshop.curves import Frame, along, bend, box, ellipse, flow, mirrored, rounded, symmetric
from tastemaker.demoshop.palette import SHADES, rgb
from tastemaker.demoshop.patterns import PATTERNS, print_on
from tastemaker.demoshop.wardrobe.figure import Figure, LegCut, SkirtCut, TopCut, leg, skirt, sleeve, torso


def area(outline):
    x, y = outline.T
    return abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def test_curves_meet_their_ends_and_pass_their_points():
    curve = bend((0, 0), (5, 10), (10, 0))
    assert curve[0].tolist() == [0, 0]
    assert curve[-1].tolist() == [10, 0]
    through = flow([(0, 0), (3, 4), (6, 0)], steps=8)
    assert np.abs(through - (3, 4)).sum(axis=1).min() < 1e-9
    assert np.allclose(along(np.array([(0.0, 0.0), (4.0, 0.0)]), [0.25, 0.5]), [(1, 0), (2, 0)])


def test_rounding_keeps_most_of_a_box():
    square = box(0, 0, 10, 10)
    assert area(square) == 100
    assert 96 < area(rounded(square, 2)) < 100


def test_a_frame_fits_and_centres():
    frame = Frame.fit((-10, 0), (10, 10), (0, 0, 100, 100))
    assert frame.scale == 5
    assert frame(np.array([(-10.0, 5.0), (10.0, 5.0)])).tolist() == [[0, 50], [100, 50]]


def test_garments_are_symmetric_and_follow_the_figure():
    outline = torso(Figure(), TopCut())
    assert np.allclose(np.sort(outline[:, 0]), np.sort(-outline[:, 0]))
    assert area(torso(Figure(), TopCut(ease=8))) > area(outline)
    assert area(skirt(Figure(), SkirtCut(flare=15))) > area(skirt(Figure(), SkirtCut(flare=0)))
    wide = Figure(shoulder=(24.0, 32.5), armpit=(21.0, 49.0))
    assert torso(wide, TopCut())[:, 0].max() > outline[:, 0].max()
    assert sleeve(Figure(), TopCut(sleeve=58))[:, 1].max() > sleeve(Figure(), TopCut(sleeve=22))[:, 1].max() + 25
    assert leg(Figure(), LegCut())[:, 0].min() > -0.01  # the right leg stays on its side
    assert np.allclose(mirrored(mirrored(outline)), outline)
    assert symmetric(np.array([(1.0, 0.0), (2.0, 1.0)]))[:, 0].tolist() == [1, 2, -2, -1]


def test_coverage_is_the_area():
    canvas = Canvas(96, np.zeros(3, np.float32))
    patch = canvas.fill(ellipse(150, 200, 80, 80))
    assert patch.alpha.sum() / canvas.scale**2 == pytest.approx(np.pi * 80**2, rel=0.02)
    canvas.paint(patch, np.ones(3, np.float32), 0.5)
    assert canvas.pixels.max() == pytest.approx(0.5)
    assert canvas.pixels[0, 0].tolist() == [0, 0, 0]


def test_what_lies_outside_the_sheet_is_cut_off():
    canvas = Canvas(48, np.zeros(3, np.float32))
    canvas.paint(canvas.fill(box(-500, -500, 900, 900)), np.ones(3, np.float32))
    assert canvas.pixels.min() == 1
    canvas.paint(canvas.fill(box(-500, -500, -400, -400)), np.zeros(3, np.float32))
    assert canvas.pixels.mean() > 0.99


def test_soft_is_soft_at_any_width():
    step = np.zeros((120, 120), np.float32)
    step[:, 60:] = 1
    for sigma in (3.0, 6.0, 15.0):
        blurred = soften(step, sigma)
        assert blurred.mean() == pytest.approx(0.5, abs=0.02)
        assert blurred[60, 60 - int(sigma)] == pytest.approx(0.16, abs=0.08)


def test_the_lamp_stands_at_the_upper_left():
    y, x = np.mgrid[:60, :60].astype(np.float32)
    dome = -((x - 30) ** 2 + (y - 30) ** 2) / 60
    lit = relief(dome)
    assert lit[15, 15] > 1 > lit[45, 45]
    assert relief(np.zeros((5, 5), np.float32)) == pytest.approx(1)


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_patterns_use_their_inks(name):
    v, u = np.mgrid[:120, :120].astype(np.float32)
    white, red = rgb("cccccc"), rgb("bb1111")
    printed = print_on(name, u, v * 2, white, red)
    assert printed.shape == (120, 120, 3)
    assert printed.min() >= 0
    assert printed.max() <= 1.001
    varied = printed.reshape(-1, 3).std(axis=0).max() > 0.02
    assert varied == (name != "plain")


def test_cloth_keeps_its_colour_whatever_it_is_made_of():
    for family, shades in SHADES.items():
        colour = rgb(next(iter(shades.values())))
        for material in ("cotton", "wool", "leather", "denim"):
            canvas = Canvas(72, rgb("efebe4"))
            patch = drape(
                canvas, box(60, 80, 240, 320), Cloth(colour, colour, material=material), np.random.default_rng(3)
            )
            seen = canvas.pixels[patch.window][patch.alpha > 0.99].mean(axis=0)
            assert np.abs(seen - colour).max() < 0.16, (family, material)
