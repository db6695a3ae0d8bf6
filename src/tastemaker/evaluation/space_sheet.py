"""A sheet of neighbours: some items, and beside each its nearest, as one picture. It shows what no figure says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont, ImageOps

CELL, GAP, CAPTION, LEFT = (108, 144), 12, 22, 24
GROUND, INK, SOFT, ACCENT, BARE = "#faf8f4", "#1d1a16", "#635c52", "#9c3a1f", "#efeae1"


@dataclass(frozen=True)
class Line:
    """One item and what stands nearest to it.

    Attributes:
        asked: its row.
        found: rows of the nearest, the nearest first.
        cosines: of the nearest.
    """

    asked: int
    found: tuple[int, ...]
    cosines: tuple[float, ...]


def sheet(lines: Sequence[Line], picture: Callable[[int], Image.Image | None], title: Callable[[int], str]) -> bytes:
    """Draw the lines, one below the other, the asked item at the left.

    Args:
        lines: what is drawn.
        picture: of a row; None where there is none, then its title is drawn.
        title: of a row.

    Returns:
        A PNG.
    """
    wide, high = CELL[0] + GAP, CELL[1] + CAPTION + GAP
    columns = 1 + max((len(line.found) for line in lines), default=0)
    drawn = Image.new("RGB", (GAP + columns * wide + LEFT, GAP + max(1, len(lines)) * high), GROUND)
    pen, font = ImageDraw.Draw(drawn), ImageFont.load_default(13)
    for place, line in enumerate(lines):
        top = GAP + place * high
        drawn.paste(_cell(line.asked, picture, title), (GAP, top))
        pen.rectangle((GAP - 4, top - 4, GAP + CELL[0] + 3, top + CELL[1] + 3), outline=ACCENT, width=3)
        pen.text((GAP, top + CELL[1] + 6), "asked", ACCENT, font)
        for column, (row, cosine) in enumerate(zip(line.found, line.cosines, strict=True), 1):
            left = GAP + LEFT + column * wide
            drawn.paste(_cell(row, picture, title), (left, top))
            pen.text((left, top + CELL[1] + 6), f"{cosine:.2f}", SOFT, font)
    stream = BytesIO()
    drawn.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _cell(row: int, picture: Callable[[int], Image.Image | None], title: Callable[[int], str]) -> Image.Image:
    """A picture set into the cell, or the title where there is none."""
    found = picture(row)
    if found is not None:
        return ImageOps.pad(found, CELL, color=BARE)
    cell = Image.new("RGB", CELL, BARE)
    words, lines = title(row).split(), [""]
    for word in words:
        lines = [*lines[:-1], f"{lines[-1]} {word}".strip()] if len(lines[-1] + word) < 15 else [*lines, word]
    pen, font = ImageDraw.Draw(cell), ImageFont.load_default(13)
    for place, text in enumerate([line[:16] for line in lines if line][:7]):
        pen.text((8, 10 + 18 * place), text, INK, font)
    return cell
