import numpy as np
import pytest
import torch

from tastemaker.core.seeds import generator
from tastemaker.nn.diff_augment import HOLE, SHIFT, TINT, augment

CHANGES = ("colour", "translation", "cutout")


def pictures(n=8, shape=(16, 24), seed=0):
    return torch.rand(n, 3, *shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def test_no_change_is_no_change():
    x = pictures()
    assert augment(x, (), generator(0, "a")) is x


@pytest.mark.parametrize("change", CHANGES)
def test_gradients_reach_every_picture(change):
    x = pictures().requires_grad_(True)
    augment(x, (change,), generator(0, "a")).sum().backward()
    assert torch.isfinite(x.grad).all()
    assert (x.grad.abs().sum((1, 2, 3)) > 0).all()


@pytest.mark.parametrize("change", CHANGES)
def test_real_and_drawn_are_changed_alike(change):
    """All of them are linear in what they see but for a constant: the same chance changes any batch in the same way."""
    real, drawn = pictures(seed=0), pictures(seed=1)
    one, two, both = (augment(x, (change,), generator(3, "a")) for x in (real, drawn, (real + drawn) / 2))
    torch.testing.assert_close((one + two) / 2, both)


@pytest.mark.parametrize("change", CHANGES)
def test_each_picture_is_changed_in_its_own_way(change):
    same = pictures(1).expand(8, -1, -1, -1)
    changed = augment(same, (change,), generator(0, "a"))
    assert len(np.unique(changed.flatten(1).numpy(), axis=0)) > 3


def test_translation_moves_by_up_to_an_eighth_and_repeats_the_border():
    """A column of ones at x = 12 of 24 moves to 12 - 3 .. 12 + 3; the ramp below stays within its own values."""
    x = torch.zeros(200, 3, 16, 24)
    x[:, :, :, 12] = 1
    moved = augment(x, ("translation",), generator(0, "a"))[:, 0, 0].argmax(1) - 12
    assert set(moved.tolist()) == set(range(-round(24 * SHIFT), round(24 * SHIFT) + 1))
    ramp = torch.arange(16.0)[:, None].expand(3, 16, 24)
    rows = augment(ramp.expand(50, -1, -1, -1), ("translation",), generator(1, "a"))[:, 0, :, 0]
    steps = rows.diff(dim=1)
    assert ((steps == 0) | (steps == 1)).all()
    assert rows.min() >= 0
    assert rows.max() <= 15


def test_cutout_greys_one_rectangle():
    holes = augment(torch.ones(200, 3, 16, 24), ("cutout",), generator(0, "a"))[:, 0] == 0
    heights, widths = holes.any(2).sum(1), holes.any(1).sum(1)
    assert (holes.sum((1, 2)) == heights * widths).all()
    assert heights.max() <= 16 * HOLE + 1
    assert widths.max() <= 24 * HOLE + 1
    assert holes.float().mean(0).min() > 0  # every place is hidden now and then


def test_colour_is_gentle():
    x = pictures(200)
    changed = augment(x, ("colour",), generator(0, "a"))
    assert (changed - x).abs().max() <= TINT + TINT * 2
    shift = (changed - x).mean((1, 2, 3))
    assert shift.std() > TINT / 4
