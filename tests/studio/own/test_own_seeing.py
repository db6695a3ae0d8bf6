"""The loss sees colours as the score does."""

import numpy as np
import pytest
import torch

from tastemaker.studio.colour import difference
from tastemaker.studio.cutout import lab_of
from tastemaker.studio.own.seeing import apart, lab


def values(pixels):
    return torch.from_numpy(pixels.transpose(2, 0, 1)[None].astype(np.float32)).div(127.5).sub(1)


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)


def test_lab_is_that_of_the_score(pixels):
    found = lab(values(pixels))[0].numpy().transpose(1, 2, 0)
    assert np.abs(found - lab_of(pixels)).max() < 0.5


def test_grey_a_little_lighter():
    one, other = (values(np.full((1, 1, 3), level, np.uint8)) for level in (124, 119))
    lightness = [float(lab(each)[0, 0]) for each in (one, other)]
    assert float(apart(one, other)) == pytest.approx(lightness[0] - lightness[1], abs=0.05)


def test_it_grows_as_the_score_does(pixels):
    rng = np.random.default_rng(1)
    other = np.clip(pixels + rng.normal(0, 12, pixels.shape), 0, 255).astype(np.uint8)
    seen, scored = apart(values(other), values(pixels)).numpy().ravel(), difference(lab_of(other), lab_of(pixels))
    assert np.corrcoef(seen, scored.ravel())[0, 1] > 0.95
    assert seen.mean() == pytest.approx(scored.mean(), rel=0.1)


def test_a_gradient_is_a_number_even_of_black_and_of_equal_colours():
    made = torch.full((1, 3, 2, 2), -1.0, requires_grad=True)
    apart(made, made.detach()).sum().backward()
    assert made.grad is not None
    assert torch.isfinite(made.grad).all()
