"""Sheets of drawings as one picture: a grid with its labels, for the eye that no figure replaces."""

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tastemaker.encoders.frames import Frames
from tastemaker.evaluation.space_sheet import BARE, GROUND, INK

GAP, LETTER, LINE = 4, 13, 20
SCALE = 2
"""A pixel becomes a square of so many, unsmoothed: a sheet must look neither sharper nor softer than the drawings."""


def grid(cells: Sequence[Frames | None], columns: Sequence[str], rows: Sequence[str] = ()) -> bytes:
    """Pictures in rows and columns.

    Args:
        cells: row by row; None leaves a cell bare.
        columns: a label each, "" for none.
        rows: a label each; none at all when empty.

    Returns:
        A PNG.

    Shapes: each cell (h, w, 3).
    """
    height, width = next((cell.shape[:2] for cell in cells if cell is not None), (16, 16))
    wide, high = width * SCALE + GAP, height * SCALE + GAP
    font = ImageFont.load_default(LETTER)
    left = GAP + max((round(font.getlength(label)) + 2 * GAP for label in rows), default=0)
    top = GAP + (LINE if any(columns) else 0)
    lines = -(-len(cells) // len(columns))
    sheet = Image.new("RGB", (left + len(columns) * wide, top + lines * high), GROUND)
    pen = ImageDraw.Draw(sheet)
    for at, label in enumerate(columns):
        pen.text((left + at * wide, GAP), _fitting(label, width * SCALE, font), INK, font)
    for at, label in enumerate(rows):
        pen.text((GAP, top + at * high + height * SCALE // 2 - LETTER // 2), label, INK, font)
    bare = Image.new("RGB", (width * SCALE, height * SCALE), BARE)
    for at, cell in enumerate(cells):
        picture = bare if cell is None else Image.fromarray(cell).resize(bare.size, Image.Resampling.NEAREST)
        sheet.paste(picture, (left + at % len(columns) * wide, top + at // len(columns) * high))
    stream = BytesIO()
    sheet.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def samples(frames: Frames, columns: int = 16) -> bytes:
    """Drawings side by side, as they came. Shapes: (n, h, w, 3)."""
    return grid(list(frames), [""] * columns)


def beside(originals: Frames, again: Frames, labels: tuple[str, str] = ("original", "again")) -> bytes:
    """Pictures in one row, what was made of them in the next. Shapes: (n, h, w, 3) twice."""
    return grid(list(np.concatenate([originals, again])), [""] * len(originals), labels)


def _fitting(label: str, width: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    """As much of a label as has room."""
    while label and font.getlength(label) > width:
        label = label[:-1]
    return label
