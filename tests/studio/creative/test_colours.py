"""Contrast by the formula of WCAG 2."""

import numpy as np
import pytest

from tastemaker.core.errors import ConfigError
from tastemaker.studio.creative.brand import Brand
from tastemaker.studio.creative.colours import contrast, contrasts, mix, read_colour, readable, written


def test_contrast_of_known_pairs():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.478, abs=0.001)
    assert contrast((10, 200, 30), (10, 200, 30)) == pytest.approx(1)


def test_contrast_with_pixels_is_contrast_with_each():
    pixels = np.array([[[0, 0, 0], [255, 255, 255]]], np.float64)
    assert contrasts((255, 255, 255), pixels) == pytest.approx(np.array([[21, 1]]))


def test_the_first_readable_colour_is_taken_else_black_or_white():
    grey = (119, 119, 119)
    assert readable((grey, (0, 0, 120)), (255, 255, 255)) == (0, 0, 120)
    assert readable((grey,), (250, 250, 250)) == (0, 0, 0)
    assert readable((grey,), (20, 20, 20), (0, 0, 60)) == (255, 255, 255)


def test_colours_are_read_and_written():
    assert written(read_colour("#8c3b1f")) == "#8c3b1f"
    assert mix((0, 0, 0), (200, 100, 50), 0.5) == (100, 50, 25)
    with pytest.raises(ConfigError):
        Brand.read({"accent": "red"})
