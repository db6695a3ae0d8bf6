"""Layers of a candidate, and corrections of them at the photo's size."""

from dataclasses import replace

import numpy as np
import pytest

from tastemaker.catalog.items import Item
from tastemaker.studio.compositor import Compositor
from tastemaker.studio.fidelity import failing, judge
from tastemaker.studio.own.crops import (
    Correction,
    Layers,
    faint_gone,
    mended,
    product_seen,
    spread,
    taken_apart,
    window_of,
)
from tastemaker.studio.request import Region, VisualRequest
from tests.studio.scenes import mannequin, tee

SIDE = 64
REQUEST = VisualRequest("try_on", Item("tee"), tee()[0], mannequin(), worn="top", consent=True)


@pytest.fixture(scope="module")
def made():
    return Compositor().propose(REQUEST, 0)


@pytest.fixture(scope="module")
def layers(made):
    return taken_apart(REQUEST.context, made)


def corrected(made, layers, cover=None, colours=0.0, request=REQUEST):
    window = window_of(made)
    seen = layers.seen(window, SIDE)
    found = Correction(seen.cover if cover is None else cover(seen), np.full((SIDE, SIDE, 3), colours, np.float32))
    return mended(request, made, layers, window, found)


def test_what_is_known_is_carried_on():
    values = np.zeros((9, 9, 1), np.float32)
    values[4, 4], values[0, 0] = 7, 3
    known = values[..., 0] > 0
    filled = spread(values, known)
    assert (filled[4, 4], filled[0, 0]) == (7, 3)
    assert filled.min() >= 3
    assert filled[8, 8] > filled[0, 1]


def test_layers_put_together_are_the_candidate(made, layers):
    again = layers.composed()
    assert np.abs(again - made.picture)[made.product > 0.999].max() <= 0.5
    assert np.abs(again - made.picture).mean() < 0.5
    there = made.product > 0.5
    assert np.array_equal(layers.ground[~made.mask], REQUEST.context[~made.mask])
    assert layers.shade[there].min() > 0.5


def test_what_the_network_is_told_can_be_read_back(made, layers):
    seen = layers.seen(window_of(made), SIDE)
    told = seen.told()
    assert told.shape == (SIDE, SIDE, 10)
    back = Layers.read(told)
    for one, other in zip(seen.parts[:2], back.parts[:2], strict=True):
        assert np.abs(one - other).max() <= 0.5
    assert np.abs(seen.cover - back.cover).max() <= 0.5 / 255 + 1e-6


def test_the_window_is_square_where_the_photo_allows(made):
    left, top, right, bottom = window_of(made)
    assert right - left == bottom - top
    columns = np.flatnonzero(made.mask.any(0))
    assert left < columns.min()
    assert right > columns.max()
    wide = replace(made, mask=np.ones_like(made.mask))
    assert window_of(wide) == (0, 0, 384, 512)


def test_no_correction_leaves_the_candidate_as_it_is(made, layers):
    same = corrected(made, layers)
    assert (same.picture == made.picture).all(2).mean() > 0.99
    assert np.array_equal(same.picture[~same.mask], REQUEST.context[~same.mask])
    assert same.checks["coverage"] == pytest.approx(made.checks["coverage"], abs=0.01)


def test_a_cover_can_grow_and_shrink_and_its_edge_stays_crisp(made, layers):
    def longer(seen):
        down = np.roll(seen.cover, 6, 0)
        return np.maximum(seen.cover, down)

    grown = corrected(made, layers, longer)
    rows = [np.flatnonzero((each.product > 0.5).any(1))[-1] for each in (made, grown)]
    step = (window_of(made)[3] - window_of(made)[1]) / SIDE
    assert rows[1] - rows[0] == pytest.approx(6 * step, abs=3)
    column = grown.product[rows[1] - 12 : rows[1] + 12, 192]
    assert ((column > 0.1) & (column < 0.9)).sum() <= 2 * step
    new = (grown.product > 0.9) & (made.product < 0.1)
    assert grown.picture[new][:, 0].mean() > 1.3 * grown.picture[new][:, 2].mean()  # in the red of the tee
    bare = corrected(made, layers, lambda seen: np.zeros_like(seen.cover))
    assert (bare.product > 0.5).mean() < 0.1 * (made.product > 0.5).mean()
    assert bare.checks["coverage"] < made.checks["coverage"] - 0.5


def test_a_product_that_mostly_vanishes_is_told(made, layers):
    def lowest(seen):
        return seen.cover * (np.arange(SIDE)[:, None] >= 0.65 * SIDE)

    assert corrected(made, layers).checks["present"] == pytest.approx(1, abs=0.02)
    hidden = corrected(made, layers, lowest)
    assert 0.1 < hidden.checks["present"] < 0.5
    assert "present" in failing(judge(REQUEST.context, hidden))


def test_faint_colours_change_nothing_and_plain_ones_are_kept():
    given = np.array([[[1.9, -1, 0], [5, 1, -2], [0, 3.5, 0]]], np.float32)
    expected = [[[0, 0, 0], [5, 1, -2], [0, 1.75, 0]]]
    np.testing.assert_allclose(faint_gone(given), expected, atol=1e-6)


def test_nothing_changes_outside_the_brush_nor_where_it_is_kept(made, layers):
    brush = np.zeros(made.mask.shape, np.bool_)
    brush[:, 192:] = True
    request = replace(REQUEST, region=Region(brush=brush))
    kept = np.zeros_like(brush)
    kept[150:180] = True
    spared = replace(layers, kept=kept.astype(np.float32))
    done = corrected(made, spared, colours=40.0, request=request)
    changed = (done.picture != made.picture).any(2)
    assert changed.any()
    assert not changed[~brush | kept].any()


def test_the_product_is_seen_without_its_ground():
    seen = product_seen(REQUEST.product, 16)
    assert seen.shape == (16, 16, 3)
    assert (seen[4:12, 5:11].astype(int)[..., 0] > 150).all()
