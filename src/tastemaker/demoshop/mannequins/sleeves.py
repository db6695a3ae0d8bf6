"""A long sleeve on a bent arm: the part below the elbow is cut off the hanging garment, turned, and laid before it.

The wardrobe draws sleeves that hang. Around the elbow both parts keep a round piece of cloth, so that no gap opens.
"""

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import binary_dilation, map_coordinates

from tastemaker.demoshop.canvas import Canvas
from tastemaker.demoshop.curves import Frame, mirrored
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.mannequins.body import Arm
from tastemaker.demoshop.wardrobe.figure import Figure, TopCut, sleeve

ELBOW = 5.6
"""Radius of the cloth around an elbow, cm."""
SOFT = 0.5
"""Width of the cut's edge, cm."""


def bent(
    garment: tuple[Field, Field], arms: Sequence[Arm], figure: Figure, cut: TopCut, frame: Frame, canvas: Canvas
) -> tuple[tuple[Field, Field], tuple[Field, Field]]:
    """The garment without its lower sleeves, and these where the forearms are; arms that hang keep theirs.

    Args:
        garment: colour times alpha and alpha, hanging.
        arms: both.
        figure: who wears it.
        cut: of the garment.
        frame: from centimetres to the sheet.
        canvas: the sheet.

    Shapes: colours (h, w, 3), alphas (h, w).
    """
    colour, alpha = garment
    points = _centimetres(alpha.shape, frame, canvas.scale)
    lower, covered = np.zeros_like(colour), np.zeros_like(alpha)
    for arm in arms:
        if not arm.before:
            continue
        elbow, straight = np.array(arm.elbow), _unit(np.array(arm.elbow) - arm.shoulder)
        cloth = _region(figure, cut, frame, canvas, right=arm.shoulder[0] > 0)
        away = points - elbow
        beyond = np.clip(away @ straight / SOFT + 0.5, 0, 1)
        round_ = np.clip((ELBOW - np.hypot(away[..., 0], away[..., 1])) / SOFT + 0.5, 0, 1)
        part = cloth * np.maximum(beyond, round_)
        turned = [
            _turned(layer * part, elbow, straight, _unit(np.array(arm.wrist) - elbow), points, frame, canvas.scale)
            for layer in (*np.moveaxis(colour, 2, 0), alpha)
        ]
        gone = cloth * beyond * (1 - round_)
        colour, alpha = colour * (1 - gone)[..., None], alpha * (1 - gone)
        lower = lower * (1 - turned[3])[..., None] + np.stack(turned[:3], -1)
        covered = covered * (1 - turned[3]) + turned[3]
    return (colour, alpha), (lower, covered)


def _region(figure: Figure, cut: TopCut, frame: Frame, canvas: Canvas, *, right: bool) -> Field:
    """Where a hanging sleeve is, with its edge. Shapes: -> (h, w)."""
    outline = sleeve(figure, cut)
    patch = canvas.fill(frame(outline if right else mirrored(outline)))
    found = np.zeros(canvas.pixels.shape[:2], np.bool_)
    found[patch.window] = patch.alpha > 0.1
    grown = binary_dilation(found, iterations=max(1, round(0.7 * frame.scale * canvas.scale)))
    return np.asarray(grown, np.float64)


def _turned(
    layer: Field, about: Field, before: Field, after: Field, points: Field, frame: Frame, scale: float
) -> Field:
    """A layer turned about a point, so that one direction becomes another. Shapes: (h, w) -> (h, w)."""
    cos, sin = float(before @ after), float(before[0] * after[1] - before[1] * after[0])
    x, y = np.moveaxis(points - about, -1, 0)
    source = np.stack([cos * x + sin * y, -sin * x + cos * y], -1) + about
    pixels = (source * frame.scale + (frame.dx, frame.dy)) * scale - 0.5
    return np.asarray(map_coordinates(layer, (pixels[..., 1], pixels[..., 0]), order=1, mode="constant"))


def _centimetres(shape: tuple[int, ...], frame: Frame, scale: float) -> Field:
    """The place of every pixel on the figure. Shapes: -> (h, w, 2)."""
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]]
    return np.asarray((np.stack([columns + 0.5, rows + 0.5], -1) / scale - (frame.dx, frame.dy)) / frame.scale)


def _unit(step: Field) -> Field:
    return np.asarray(step / np.hypot(*step))
