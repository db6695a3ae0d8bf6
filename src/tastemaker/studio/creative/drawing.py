"""A scene as pixels, and what is measured on the pixels themselves: contrast of every line, and that nothing overflows.

Where a line on a photo is not legible enough, the veil under it is made denser until it is.
"""

import io
import math
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from tastemaker.studio.creative.colours import LEGIBLE, contrasts
from tastemaker.studio.creative.lettering import Face
from tastemaker.studio.creative.scene import Box, Line, Panel, Scene

SLACK = 1.5
"""Pixels that a letter's soft edge may stand out."""
DENSER = 0.06


@dataclass(frozen=True)
class Measured:
    """What was measured on a drawn scene.

    Attributes:
        contrast: the least of any pixel behind a letter's box, over all lines.
        overflow: texts of lines whose ink leaves their part, the safe area or the canvas.
    """

    contrast: float
    overflow: tuple[str, ...]

    @property
    def good(self) -> bool:
        """May it be shown?"""
        return self.contrast >= LEGIBLE and not self.overflow


def render(scene: Scene, face: Face) -> tuple[Scene, Image.Image, Measured]:
    """Draw a scene; the one that comes back has the veils that were needed."""
    while True:
        ground = _ground(scene)
        found = Measured(*_contrast_and_ink(scene, face, ground))
        densest = all(veil.alpha[0] >= 0.95 for veil in scene.veils)
        if found.contrast >= LEGIBLE or densest:
            break
        scene = replace(scene, veils=tuple(_denser(veil) for veil in scene.veils))
    pen = ImageDraw.Draw(ground)
    for line in scene.lines:
        write(pen, line, face)
    return scene, ground, found


def write(pen: ImageDraw.ImageDraw, line: Line, face: Face, fill: str | tuple[int, int, int] | None = None) -> None:
    """Draw one line of text on its baseline."""
    font, colour = face.font(line.size, line.weight), fill if fill is not None else line.colour
    if line.tracking:
        for place, letter in enumerate(line.text):  # by the length of what stands before, so that kerning stays
            x = line.left + float(font.getlength(line.text[:place])) + line.tracking * place
            pen.text((x, line.baseline), letter, colour, font, anchor="ls")
    else:
        pen.text((line.left, line.baseline), line.text, colour, font, anchor="ls")
    if line.struck:
        y = line.baseline - 0.27 * line.size
        thick = max(1, round(line.size * 0.06))
        pen.line((line.left, y, line.left + line.width, y), colour, thick)


def png(picture: Image.Image, told: str) -> bytes:
    """The file, with what it says of itself."""
    about = PngInfo()
    about.add_itxt("Tastemaker", told)
    about.add_text("Software", "Tastemaker")
    stream = io.BytesIO()
    picture.save(stream, "PNG", pnginfo=about, optimize=False, compress_level=6)
    return stream.getvalue()


def _ground(scene: Scene) -> Image.Image:
    """Everything but the text."""
    canvas = Image.new("RGB", (scene.width, scene.height))
    for panel in scene.panels:
        _paint(canvas, panel)
    for picture in scene.pictures:
        mask = picture.image if picture.image.mode == "RGBA" else None
        canvas.paste(picture.image, (picture.left, picture.top), mask)
    for veil in scene.veils:
        _paint(canvas, veil)
    return canvas


def _paint(canvas: Image.Image, panel: Panel) -> None:
    left, top, right, bottom = panel.box.whole
    share = np.linspace(0, 1, bottom - top)[:, None]
    colours = np.array(panel.top) * (1 - share) + np.array(panel.bottom) * share
    column = np.hstack([colours, 255 * (panel.alpha[0] * (1 - share) + panel.alpha[1] * share)])
    strip = Image.fromarray(np.rint(column).astype(np.uint8)[:, None], "RGBA").resize((right - left, bottom - top))
    canvas.paste(strip, (left, top), strip)


def _contrast_and_ink(scene: Scene, face: Face, ground: Image.Image) -> tuple[float, tuple[str, ...]]:
    pixels = np.asarray(ground, np.float64)
    least, overflow = 21.0, []
    canvas = Box(0, 0, scene.width, scene.height)
    for line in scene.lines:
        ink = ink_box(line, face)
        if not all(area.holds(ink, SLACK) for area in (line.box, scene.safe, canvas)):
            overflow.append(line.text)
        left, top, right, bottom = ink.whole
        behind = pixels[max(0, top) : bottom, max(0, left) : right]
        if behind.size:
            least = min(least, float(contrasts(line.colour, behind).min()))
    return least, tuple(overflow)


def ink_box(line: Line, face: Face) -> Box:
    """Where a line's ink really lies, measured on a strip with room around it."""
    room = 2 * line.size
    left, top = math.floor(line.left) - room, math.floor(line.baseline) - room
    strip = Image.new("L", (math.ceil(line.width) + 2 * room, 2 * room))
    moved = replace(line, left=line.left - left, baseline=line.baseline - top)
    write(ImageDraw.Draw(strip), moved, face, "white")
    found = strip.getbbox() or (room, room, room, room)
    return Box(found[0] + left, found[1] + top, found[2] + left, found[3] + top)


def _denser(veil: Panel) -> Panel:
    first, last = veil.alpha
    return replace(veil, alpha=(min(0.95, first + DENSER), min(0.97, last + DENSER / 2)))
