"""Colours as three numbers, and how well one is read on another (WCAG 2: relative luminance, contrast ratio)."""

import re
from collections.abc import Sequence

import numpy as np

from tastemaker.core.errors import ConfigError
from tastemaker.core.types import Doubles

Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255 each, sRGB."""
LEGIBLE = 4.5
"""Least contrast of text and what lies behind it (WCAG 2.2, level AA)."""
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)


def read_colour(text: str) -> Colour:
    """``#8c3b1f`` as a colour.

    Raises:
        ConfigError: it is not written so.
    """
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ConfigError(f"{text!r} is not a colour", hint='write it as "#8c3b1f"')
    return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))


def written(colour: Colour) -> str:
    """A colour as SVG takes it."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Between two colours; share 0 is the first, 1 the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def luminance(pixels: Doubles) -> Doubles:
    """Relative luminance, 0 to 1. Shapes: (..., 3) in 0 to 255 -> (...)."""
    share = pixels / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]), np.float64)


def contrasts(colour: Colour, behind: Doubles) -> Doubles:
    """Contrast ratio of a colour with each of some pixels, 1 to 21. Shapes: (..., 3) -> (...)."""
    own, others = luminance(np.array(colour, np.float64)), luminance(behind)
    return np.asarray((np.maximum(own, others) + 0.05) / (np.minimum(own, others) + 0.05), np.float64)


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio of two colours: 21 for black on white.

    Example:
        >>> contrast((0, 0, 0), (255, 255, 255))
        21.0
    """
    return float(contrasts(one, np.array(other, np.float64)))


def readable(wishes: Sequence[Colour], *behind: Colour) -> Colour:
    """The first of some colours that can be read on all of others; else the better of black and white."""
    for wish in wishes:
        if min(contrast(wish, ground) for ground in behind) >= LEGIBLE:
            return wish
    return max((BLACK, WHITE), key=lambda colour: min(contrast(colour, ground) for ground in behind))
