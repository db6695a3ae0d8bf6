"""The canvas: coverage is drawn at three times the picture's size, light at one and a half, Lanczos brings it home.

Coordinates are units of a 300 x 400 sheet, whatever the size in pixels. A drawing fills outlines into *patches*
(coverage on a small window), so that the cost of a stroke is the cost of its own window.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

from tastemaker.core.types import Bools
from tastemaker.demoshop.field import Field

SHEET = (300.0, 400.0)
_OVER = 2  # coverage is drawn this much larger than light


@dataclass(frozen=True)
class Patch:
    """Coverage on a window of the canvas.

    Attributes:
        alpha: 0 to 1.
        x, y: coordinates of the pixels in sheet units.
        window: where it lies in the canvas' pixels.

    Shapes: alpha (h, w), x (1, w), y (h, 1).
    """

    alpha: Field
    x: Field
    y: Field
    window: tuple[slice, slice]

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.alpha.shape[0], self.alpha.shape[1]

    def times(self, other: Field | float) -> "Patch":
        """The same window with coverage multiplied."""
        return Patch((self.alpha * other).astype(np.float32), self.x, self.y, self.window)


class Canvas:
    """A picture at work.

    Args:
        width: of the finished picture in pixels.
        colour: of the empty sheet.
    """

    def __init__(self, width: int, colour: Field) -> None:
        self.target = (width, width * 4 // 3)
        wide, tall = width * 3 // 2, width * 2
        self.scale = wide / SHEET[0]
        self.pixels = np.empty((tall, wide, 3), np.float32)
        self.pixels[:] = colour

    def whole(self) -> Patch:
        """The full sheet."""
        tall, wide = self.pixels.shape[:2]
        return self._patch(np.ones((tall, wide), np.float32), 0, 0)

    def fill(self, outline: Field, *, pad: float = 0.0, holes: Sequence[Field] = ()) -> Patch:
        """Coverage of an outline, on a window that is ``pad`` units wider than it."""
        image, left, top = self._sheet(outline, pad)
        draw = ImageDraw.Draw(image)
        draw.polygon(self._pixels(outline, left, top), fill=255)
        for hole in holes:
            draw.polygon(self._pixels(hole, left, top), fill=0)
        return self._reduced(image, left, top)

    def fill_all(self, outlines: Sequence[Field], *, pad: float = 0.0) -> Patch:
        """Coverage of several outlines together."""
        image, left, top = self._sheet(np.concatenate(list(outlines)), pad)
        draw = ImageDraw.Draw(image)
        for outline in outlines:
            draw.polygon(self._pixels(outline, left, top), fill=255)
        return self._reduced(image, left, top)

    def stroke(self, strokes: Sequence[Field], width: float, *, pad: float = 0.0) -> Patch:
        """Coverage of lines, ``width`` units wide."""
        image, left, top = self._sheet(np.concatenate(list(strokes)), pad + width)
        draw = ImageDraw.Draw(image)
        thick = width * self.scale * _OVER
        for stroke in strokes:
            draw.line(self._pixels(stroke, left, top), fill=255, width=max(1, round(thick)), joint="curve")
        patch = self._reduced(image, left, top)
        return patch if thick >= 1 else patch.times(thick)

    def paint(self, patch: Patch, colour: Field, opacity: float = 1.0) -> None:
        """Lay a colour (3,) or a picture (h, w, 3) where the patch is."""
        area = self.pixels[patch.window]
        area += (colour - area) * (patch.alpha * np.float32(opacity))[..., None]

    def light(self, patch: Patch, shade: Field | float) -> None:
        """Darken (below 1) or lighten (above 1) what lies where the patch is."""
        area = self.pixels[patch.window]
        area *= (1 + (np.float32(shade) - 1) * patch.alpha)[..., None]

    def shadow(self, outline: Field, blur: float, strength: float, shift: tuple[float, float] = (0.0, 0.0)) -> None:
        """A soft shadow of an outline on what is there so far; ``blur`` in units."""
        patch = self.fill(outline + np.asarray(shift), pad=blur * 2.5)
        soft = Patch(soften(patch.alpha, blur * self.scale), patch.x, patch.y, patch.window)
        self.light(soft, 1 - strength)

    def finished(self) -> Image.Image:
        """The picture at its final size."""
        data = (np.clip(self.pixels, 0, 1) * 255 + 0.5).astype(np.uint8)
        return Image.fromarray(data).resize(self.target, Image.Resampling.LANCZOS)

    def _sheet(self, outline: Field, pad: float) -> tuple[Image.Image, int, int]:
        tall, wide = self.pixels.shape[:2]
        low = np.floor((outline.min(axis=0) - pad) * self.scale).astype(int) - 1
        high = np.ceil((outline.max(axis=0) + pad) * self.scale).astype(int) + 2
        left, top = (int(v) for v in np.clip(low, 0, (wide - 2, tall - 2)))  # off the sheet: a corner of two pixels
        right, bottom = int(np.clip(high[0], left + 2, wide)), int(np.clip(high[1], top + 2, tall))
        return Image.new("L", ((right - left) * _OVER, (bottom - top) * _OVER)), left, top

    def _pixels(self, points: Field, left: int, top: int) -> list[float]:
        flat: list[float] = ((points * self.scale - (left, top)) * _OVER).ravel().tolist()
        return flat

    def _reduced(self, image: Image.Image, left: int, top: int) -> Patch:
        alpha = np.asarray(image.reduce(_OVER), np.float32) / 255
        return self._patch(alpha, left, top)

    def _patch(self, alpha: Field, left: int, top: int) -> Patch:
        tall, wide = alpha.shape
        x = ((np.arange(left, left + wide, dtype=np.float32) + 0.5) / self.scale)[None, :]
        y = ((np.arange(top, top + tall, dtype=np.float32) + 0.5) / self.scale)[:, None]
        return Patch(alpha, x, y, (slice(top, top + tall), slice(left, left + wide)))


def finished(without: Field, with_it: Field, size: tuple[int, int]) -> tuple[Image.Image, Image.Image, Bools]:
    """Two drawings of the same sheet as pictures, and where these differ.

    Shapes: (h, w, 3) twice -> pictures, (height, width).
    """
    data = [(np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8) for pixels in (without, with_it)]
    first, second = (Image.fromarray(each).resize(size, Image.Resampling.BOX) for each in data)
    return first, second, (np.asarray(first) != np.asarray(second)).any(2)


def soften(field: Field, sigma: float) -> Field:
    """Gaussian blur; wide ones are done on a smaller copy, which nobody can tell.

    Args:
        field: (h, w).
        sigma: in pixels.
    """
    step = int(sigma / 2)
    if step < 2:
        return np.asarray(gaussian_filter(field, sigma, truncate=3.0, mode="nearest"), np.float32)
    tall, wide = field.shape
    small = (max(2, -(-wide // step)), max(2, -(-tall // step)))
    image = Image.fromarray(field).resize(small, Image.Resampling.BOX)
    blurred = gaussian_filter(np.asarray(image), sigma / step, truncate=3.0, mode="nearest")
    return np.asarray(Image.fromarray(blurred).resize((wide, tall), Image.Resampling.BICUBIC), np.float32)
