"""A tailor: lays cloth, seams, stitches, buttons and shadows on a canvas, in the centimetres of the figure."""

from collections.abc import Sequence

import numpy as np

from tastemaker.demoshop.canvas import Canvas, Patch, soften
from tastemaker.demoshop.cloth import Cloth, drape
from tastemaker.demoshop.curves import Frame, Point, along, ellipse, line, mirrored, shifted
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.palette import luminance, mix, rgb


class Tailor:
    """Draws one garment.

    Args:
        canvas: where.
        frame: from centimetres to the sheet.
        cloth: what the garment is made of.
        rng: its own chance.
    """

    def __init__(self, canvas: Canvas, frame: Frame, cloth: Cloth, rng: np.random.Generator) -> None:
        self.canvas = canvas
        self.frame = frame
        self.cloth = cloth
        self.rng = rng

    def lay(
        self,
        outline: Field,
        folds: Sequence[Field] = (),
        *,
        cloth: Cloth | None = None,
        angle: float = 0.0,
        volume: float = 1.0,
        pleats: Field | None = None,
        fold_width: float = 3.0,
    ) -> Patch:
        """Lay a part of cloth."""
        strokes = [self.frame(fold) for fold in folds]
        return drape(
            self.canvas,
            self.frame(outline),
            cloth or self.cloth,
            self.rng,
            folds=strokes,
            angle=angle,
            volume=volume,
            pleats=pleats,
            fold_width=fold_width * self.frame.scale,
        )

    def shadow(self, outline: Field, blur: float = 1.6, strength: float = 0.3, shift: Point = (0.6, 0.9)) -> None:
        """The shadow that a part throws on what lies under it; draw it before the part."""
        moved = (shift[0] * self.frame.scale, shift[1] * self.frame.scale)
        self.canvas.shadow(self.frame(outline), blur * self.frame.scale, strength, moved)

    def shade_inside(self, patch: Patch, stroke: Field, width: float, strength: float = 0.3) -> None:
        """Darken a part softly along a stroke: where another part presses or a seam pulls."""
        line_patch = self.canvas.stroke(
            [self.frame(stroke)], width * self.frame.scale * 0.6, pad=width * 2 * self.frame.scale
        )
        soft = soften(line_patch.alpha, width * 0.5 * self.frame.scale * self.canvas.scale)
        cover = np.zeros_like(self.canvas.pixels[..., 0])
        cover[patch.window] = patch.alpha
        self.canvas.light(
            Patch(soft * cover[line_patch.window], line_patch.x, line_patch.y, line_patch.window), 1 - strength
        )

    def seam(self, *strokes: Field, strength: float = 0.3, width: float = 0.28) -> None:
        """Fine dark lines with a lit lip below: where two parts are sewn."""
        lines = [self.frame(stroke) for stroke in strokes]
        dark = self.canvas.stroke(lines, width * self.frame.scale)
        self.canvas.paint(dark, self.cloth.colour * 0.35, strength * 1.6)
        lit = self.canvas.stroke([shifted(points, 0.35, 0.5) for points in lines], width * self.frame.scale)
        self.canvas.paint(lit, mix(self.cloth.colour, rgb("ffffff"), 0.5), strength * 0.45)

    def stitch(self, stroke: Field, colour: Field | None = None, dash: float = 0.75, strength: float = 0.6) -> None:
        """A row of stitches."""
        tint = colour if colour is not None else mix(self.cloth.colour, rgb("ffffff" if self.dark else "2a2622"), 0.45)
        points = self.frame(stroke)
        length = float(np.hypot(*np.diff(points, axis=0).T).sum())
        count = max(2, int(length / (dash * 1.7 * self.frame.scale)))
        ends = along(points, list(np.linspace(0, 1, 2 * count)))
        dashes = [ends[i : i + 2] for i in range(0, 2 * count, 2)]
        self.canvas.paint(self.canvas.stroke(dashes, 0.24 * self.frame.scale), tint, strength)

    def button(self, at: Point, radius: float = 0.62, colour: Field | None = None) -> None:
        """A four-hole button with a rim, a gleam and a shadow."""
        tint = colour if colour is not None else self.button_colour
        disc = ellipse(*at, radius, radius)
        self.shadow(disc, 0.35, 0.45, (0.2, 0.3))
        patch = self.canvas.fill(self.frame(disc), pad=1)
        x, y = (
            (patch.x - self.frame.dx) / self.frame.scale - at[0],
            (patch.y - self.frame.dy) / self.frame.scale - at[1],
        )
        light = 1 - 0.22 * (x + y) / radius - 0.18 * (np.hypot(x, y) > 0.72 * radius)
        self.canvas.paint(patch, np.clip(tint * light[..., None], 0, 1))
        for dx, dy in ((0.2, 0.2), (-0.2, 0.2), (0.2, -0.2), (-0.2, -0.2)):
            hole = ellipse(at[0] + dx * radius * 1.3, at[1] + dy * radius * 1.3, radius * 0.13, radius * 0.13)
            self.canvas.paint(self.canvas.fill(self.frame(hole)), tint * 0.35, 0.8)

    def buttons(self, top: Point, bottom: Point, count: int, radius: float = 0.62, colour: Field | None = None) -> None:
        """A row of buttons."""
        for share in np.linspace(0, 1, count):
            self.button((top[0] + (bottom[0] - top[0]) * share, top[1] + (bottom[1] - top[1]) * share), radius, colour)

    def label(self, at: Point, width: float = 4.4, height: float = 1.8) -> None:
        """The woven label inside the back of the neck."""
        x, y = at
        card = line((x - width / 2, y), (x + width / 2, y), (x + width / 2, y + height), (x - width / 2, y + height))
        self.canvas.paint(self.canvas.fill(self.frame(card)), rgb("efe8da"), 0.95)
        words = line((x - width * 0.3, y + height * 0.5), (x + width * 0.3, y + height * 0.5))
        self.canvas.paint(self.canvas.stroke([self.frame(words)], 0.45 * self.frame.scale), rgb("6b6257"), 0.7)

    @property
    def dark(self) -> bool:
        """Is the cloth a dark one?"""
        return luminance(self.cloth.colour) < 0.42

    @property
    def button_colour(self) -> Field:
        """Buttons that go with the cloth: pearl on light, horn on dark."""
        return (
            mix(self.cloth.colour, rgb("f3eee4"), 0.78) if not self.dark else mix(self.cloth.colour, rgb("4a3a2c"), 0.6)
        )


def pair(stroke: Field) -> tuple[Field, Field]:
    """A stroke and its mirror image."""
    return stroke, mirrored(stroke)
