"""Lettering from the one typeface that Pillow ships: condensed, extended, spaced, bold or outlined by drawing alone."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tastemaker.demoshop.canvas import Canvas, Patch
from tastemaker.demoshop.field import Field

_SIZE = 96


@dataclass(frozen=True)
class Style:
    """How letters look.

    Attributes:
        bold: thickness added to each stroke, in hundredths of the letter height.
        tracking: space added between letters, in hundredths of the letter height.
        squeeze: width of a letter relative to its natural one.
    """

    bold: int = 3
    tracking: int = 2
    squeeze: float = 1.0


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _drawn(text: str, style: Style) -> Image.Image:
    """One line of text, large, white on black, cut to its ink."""
    font = _font(_SIZE)
    bold = style.bold
    advance = [font.getlength(letter) + style.tracking * _SIZE / 100 + bold for letter in text]
    image = Image.new("L", (int(sum(advance)) + 80, _SIZE * 2))
    draw = ImageDraw.Draw(image)
    x = 40.0
    for letter, step in zip(text, advance, strict=True):
        draw.text((x, _SIZE * 0.3), letter, fill=255, font=font, stroke_width=bold)
        x += step
    box = image.getbbox() or (0, 0, 1, 1)
    # Keep a common height for capitals so that lines of a block align.
    return image.crop((box[0], min(box[1], int(_SIZE * 0.5)), box[2], max(box[3], int(_SIZE * 1.18))))


def write(
    canvas: Canvas,
    text: str,
    at: tuple[float, float],
    height: float,
    colour: Field,
    style: Style | None = None,
    *,
    width: float = 0.0,
    align: str = "left",
    opacity: float = 1.0,
) -> float:
    """Write one line.

    Args:
        canvas: where.
        text: what; no line breaks.
        at: upper left, upper middle or upper right corner, by ``align``, in sheet units.
        height: of a capital, sheet units, unless ``width`` asks for less.
        colour: of the ink.
        style: of the letters.
        width: the line is made narrower to fit into this; 0 for as wide as it is.
        align: left, middle or right.
        opacity: of the ink.

    Returns:
        The height that was used, sheet units.
    """
    style = style or Style()
    image = _drawn(text, style)
    factor = height * 1.25 / (_SIZE * 0.9) * canvas.scale
    wide, tall = image.width * factor * style.squeeze, image.height * factor
    if width and wide > width * canvas.scale:
        shrink = width * canvas.scale / wide
        wide, tall = wide * shrink, tall * max(shrink, 0.8)
    size = (max(1, round(wide)), max(1, round(tall)))
    alpha = np.asarray(image.resize(size, Image.Resampling.LANCZOS), np.float32) / 255
    left = at[0] * canvas.scale - {"left": 0.0, "middle": wide / 2, "right": wide}[align]
    _stamp(canvas, alpha, round(left), round(at[1] * canvas.scale), colour, opacity)
    return size[1] / canvas.scale


def _stamp(canvas: Canvas, alpha: Field, left: int, top: int, colour: Field, opacity: float) -> None:
    tall, wide = canvas.pixels.shape[:2]
    y0, x0 = max(0, top), max(0, left)
    y1, x1 = min(tall, top + alpha.shape[0]), min(wide, left + alpha.shape[1])
    if y1 <= y0 or x1 <= x0:
        return
    cut = alpha[y0 - top : y1 - top, x0 - left : x1 - left]
    empty = np.zeros((1, 1), np.float32)
    canvas.paint(Patch(cut, empty, empty, (slice(y0, y1), slice(x0, x1))), colour, opacity)


def broken(title: str, most: int = 12) -> list[str]:
    """A title in lines of about ``most`` letters, never inside a word."""
    lines: list[str] = []
    for word in title.replace(":", "").split():
        if lines and len(lines[-1]) + len(word) + 1 <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
