"""How different two colours look: CIEDE2000. Below 1 nobody sees, 2 to 5 is another dye lot, above 10 another colour.

Source: Sharma, Wu, Dalal, "The CIEDE2000 color-difference formula: implementation notes, supplementary test data, and
mathematical observations", Color Research and Application 30(1), 2005.
"""

import numpy as np
import numpy.typing as npt

from tastemaker.core.types import Doubles

Lab = npt.NDArray[np.floating]
"""CIELAB, lightness 0 to 100. Shapes: (..., 3)."""


def difference(one: Lab, other: Lab) -> Doubles:
    """CIEDE2000 between colours, all weights 1.

    Shapes: (..., 3), (..., 3) -> (...).

    Args:
        one: colours.
        other: colours that they are compared with.
    """
    l1, a1, b1 = np.moveaxis(np.asarray(one, np.float64), -1, 0)
    l2, a2, b2 = np.moveaxis(np.asarray(other, np.float64), -1, 0)
    stretch = 1.5 - 0.5 * _saturation((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2)
    c1, h1 = np.hypot(stretch * a1, b1), np.degrees(np.arctan2(b1, stretch * a1)) % 360
    c2, h2 = np.hypot(stretch * a2, b2), np.degrees(np.arctan2(b2, stretch * a2)) % 360
    colourless = c1 * c2 == 0
    turn = np.where(colourless, 0, (h2 - h1 + 180) % 360 - 180)
    turn = np.where((turn == -180) & (h2 > h1), 180, turn)
    hue = np.where(colourless, h1 + h2, _mean_hue(h1, h2))
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    by_hue = 1 - 0.17 * _cos(hue - 30) + 0.24 * _cos(2 * hue) + 0.32 * _cos(3 * hue + 6) - 0.20 * _cos(4 * hue - 63)
    weight_l = 1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2)
    delta_l = (l2 - l1) / weight_l
    delta_c = (c2 - c1) / (1 + 0.045 * chroma)
    delta_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2) / (1 + 0.015 * chroma * by_hue)
    blue = -np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2)))) * 2 * _saturation(chroma)
    squared = delta_l**2 + delta_c**2 + delta_h**2 + blue * delta_c * delta_h
    return np.asarray(np.sqrt(np.maximum(squared, 0)), np.float64)


def _saturation(chroma: Doubles) -> Doubles:
    return np.asarray(np.sqrt(chroma**7 / (chroma**7 + 25.0**7)), np.float64)


def _mean_hue(h1: Doubles, h2: Doubles) -> Doubles:
    """The hue half-way between two, the short way round."""
    far = np.abs(h1 - h2) > 180
    return np.asarray(np.where(far, h1 + h2 + np.where(h1 + h2 < 360, 360, -360), h1 + h2) / 2, np.float64)


def _cos(degrees: Doubles) -> Doubles:
    return np.asarray(np.cos(np.radians(degrees)), np.float64)
