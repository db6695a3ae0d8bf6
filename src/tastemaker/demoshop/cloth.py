"""Cloth under a lamp: an outline becomes a height field, the height field takes light, the pattern follows the folds.

The light stands at the upper left for every picture of the shop, so that the pictures belong together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tastemaker.demoshop.canvas import Canvas, Patch, soften
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.patterns import print_on
from tastemaker.demoshop.texture import clouds, grain

LIGHT = (-0.50, -0.52, 0.69)


@dataclass(frozen=True)
class Cloth:
    """What a thing is covered with.

    Attributes:
        colour: ground colour, (3,).
        ink: colour of the pattern, (3,).
        pattern: a name of ``patterns.PATTERNS``.
        material: a name of ``texture.GRAIN``.
        size: repeat of the pattern.
        gloss: 0 matt to 1 polished.
        stiff: 0 flows to 1 stands; how little it wrinkles.
        grid: from the sheet to the coordinates of the pattern: a factor, and shifts to the right and down. A garment
            that is drawn at another size keeps its pattern where it was.
    """

    colour: Field
    ink: Field
    pattern: str = "plain"
    material: str = "cotton"
    size: float = 1.0
    gloss: float = 0.0
    stiff: float = 0.4
    grid: tuple[float, float, float] = (1.0, 0.0, 0.0)

    def plain(self, colour: Field | None = None) -> "Cloth":
        """The same cloth without its pattern, perhaps in another colour."""
        return Cloth(
            self.colour if colour is None else colour, self.ink, "plain", self.material, 1.0, self.gloss, self.stiff
        )

    def darker(self, share: float) -> "Cloth":
        """The same cloth in the shade, as on the inside of a collar."""
        keep = np.float32(1 - share)
        return replace(self, colour=self.colour * keep, ink=self.ink * keep, gloss=0.0)


def relief(height: Field, depth: float = 1.0) -> Field:
    """Light on a height field (pixels): 1 where it is flat, below where it turns from the lamp.

    Shapes: (h, w) -> (h, w).
    """
    down, across = np.gradient(height * np.float32(depth))
    lit = (LIGHT[2] - across * LIGHT[0] - down * LIGHT[1]) / np.sqrt(1 + across**2 + down**2)
    return np.asarray(1 + (lit - LIGHT[2]) * 1.05, np.float32)


def lay_light(colour: Field, shade: Field) -> Field:
    """Colour under light: shadows deepen and cool a little, highlights go towards warm white.

    Shapes: (h, w, 3), (h, w) -> (h, w, 3).
    """
    pale = np.clip(colour.min(axis=-1) - 0.55, 0, 1)
    shade = 1 + (shade - 1) * (1 - 0.55 * pale) - 0.10 * pale  # pale cloth is exposed lower, so that its folds show
    dark = np.clip(shade, 0.25, 1)[..., None] ** np.array([1.06, 1.02, 0.94], np.float32)
    bright = np.clip(shade - 1, 0, 1)[..., None]
    white = np.array([1.0, 0.985, 0.96], np.float32)
    return np.asarray(colour * dark + (white - colour * dark) * bright * 0.62, np.float32)


def drape(
    canvas: Canvas,
    outline: Field,
    cloth: Cloth,
    rng: np.random.Generator,
    *,
    folds: Sequence[Field] = (),
    pleats: Field | None = None,
    angle: float = 0.0,
    volume: float = 1.0,
    fold_width: float = 7.0,
) -> Patch:
    """Fill an outline with cloth.

    Args:
        canvas: where.
        outline: in sheet units.
        cloth: of what.
        rng: chance for wrinkles and weave.
        folds: strokes where the cloth stands up.
        pleats: height to add, a (1000,) profile across the outline's width, growing downwards.
        angle: degrees by which the grain of the cloth is turned (a sleeve hangs at an angle).
        volume: how round the thing looks; 1 is a filled garment.
        fold_width: of a fold, in units.

    Returns:
        The patch that was covered, to lay seams and shadows on.
    """
    patch = canvas.fill(outline, pad=2)
    height = _height(canvas, patch, cloth, rng, folds, fold_width, volume)
    if pleats is not None:
        height += _pleated(patch, pleats, canvas.scale)
    u, v = _cloth_coordinates(patch, height / canvas.scale, angle, cloth.grid)
    colour = print_on(cloth.pattern, u, v, cloth.colour, cloth.ink, cloth.size)
    shade = relief(height) * grain(cloth.material, patch, rng)
    shade = shade + cloth.gloss * _gleam(height)
    canvas.paint(patch, lay_light(colour, shade))
    return patch


def _height(
    canvas: Canvas,
    patch: Patch,
    cloth: Cloth,
    rng: np.random.Generator,
    folds: Sequence[Field],
    fold_width: float,
    volume: float,
) -> Field:
    """Body, wrinkles and folds, in pixels."""
    scale = canvas.scale
    height = soften(patch.alpha, 16 * scale) * np.float32(17 * volume * scale)
    height += soften(patch.alpha, 4.5 * scale) * np.float32(3.6 * volume * scale)
    height += soften(patch.alpha, 1.2 * scale) * np.float32(0.8 * volume * scale)
    loose = 1 - cloth.stiff
    height += clouds(patch.shape, 46 * scale, rng, 2) * np.float32(3.2 * loose * scale)
    if folds:
        lines = _folds(canvas, patch, folds, fold_width)
        height += lines * np.float32(scale * (1.5 + 2.5 * loose))
    return height


def _folds(canvas: Canvas, patch: Patch, folds: Sequence[Field], width: float) -> Field:
    """Soft ridges along strokes, on the window of a patch."""
    field = np.zeros_like(canvas.pixels[..., 0])
    ridge = canvas.stroke(list(folds), width * 0.5, pad=width * 1.5)
    field[ridge.window] = soften(ridge.alpha, width * 0.42 * canvas.scale)
    return field[patch.window] * np.float32(2.2)


def _pleated(patch: Patch, pleats: Field, scale: float) -> Field:
    """Height of hanging folds: a profile across each row's own width, from nothing at the top to full at the hem."""
    inside = patch.alpha > 0.5
    wide = inside.shape[1]
    left = np.where(inside.any(1), inside.argmax(1), 0)
    right = np.where(inside.any(1), wide - inside[:, ::-1].argmax(1), wide)
    across = (np.arange(wide)[None, :] - left[:, None]) / np.maximum(right - left, 1)[:, None]
    grows = np.linspace(0, 1, inside.shape[0])[:, None] ** 0.8
    column = np.clip(across * (len(pleats) - 1), 0, len(pleats) - 1).astype(np.int64)
    return np.asarray(pleats[column] * grows * scale, np.float32)


def pleat_profile(rng: np.random.Generator, count: float, depth: float) -> Field:
    """A random profile of about ``count`` hanging folds, ``depth`` units high."""
    x = np.linspace(0, 1, 1000)
    x = x + 0.05 * np.sin(2 * np.pi * (x * rng.uniform(0.7, 1.4) + rng.uniform()))
    waves = np.sin(2 * np.pi * (count * x + rng.uniform())) + 0.5 * np.sin(
        2 * np.pi * (count * 1.7 * x + rng.uniform())
    )
    return np.asarray(waves * depth, np.float32)


def _cloth_coordinates(
    patch: Patch, height: Field, angle: float, grid: tuple[float, float, float]
) -> tuple[Field, Field]:
    """Sheet coordinates shifted by the folds and turned by the grain."""
    factor, right, down = grid
    x = patch.x * factor + right - 150 + height * 0.32
    y = patch.y * factor + down + height * 0.25
    if angle:
        a = np.radians(angle)
        x, y = x * np.cos(a) + y * np.sin(a), y * np.cos(a) - x * np.sin(a)
    return np.asarray(x, np.float32), np.asarray(y, np.float32)


def _gleam(height: Field) -> Field:
    """Where a polished surface would mirror the lamp."""
    down, across = np.gradient(height)
    facing = (1.75 + across * 0.5 + down * 0.55) / np.sqrt((1 + across**2 + down**2) * 3.4)
    return np.asarray(np.clip(facing, 0, 1) ** 26 * 0.5, np.float32)
