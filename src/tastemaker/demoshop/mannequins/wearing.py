"""A garment on a body: the wardrobe's own drawing, at the figure's size, as a layer that can lie under arms and hair.

The layer is drawn twice, on white and on black: what differs is how much is seen through, and the shadows inside the
garment come along. The inside that an empty garment shows at neck and waist is not drawn: the body is there.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from tastemaker.demoshop.canvas import Canvas, Patch
from tastemaker.demoshop.cloth import Cloth
from tastemaker.demoshop.curves import Frame, Point
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.wardrobe.figure import Figure
from tastemaker.demoshop.wardrobe.pictures import cloth_of, frame_of, maker_of
from tastemaker.demoshop.wardrobe.tailor import Tailor

HAT = {"beanie": (0.62, 15.0), "bucket": (0.68, 12.5), "brim": (0.72, 11.0), "cap": (0.70, 11.5)}
"""Size of a hat on a head against that of its photo, and where its lower edge is in its own units."""
FOREHEAD = 8.6
"""Height at which a hat ends, cm below the crown."""
BAG, HANDLE = 0.62, -29.0
"""Size of a bag in a hand against that of its photo, and where its handle is in its own units."""


class Dresser(Tailor):
    """A tailor who dresses somebody: no hollow necks, no labels, no shadow on a table under the first part."""

    _laid = False

    def shadow(self, outline: Field, blur: float = 1.6, strength: float = 0.3, shift: Point = (0.6, 0.9)) -> None:
        """The shadow of a part on parts below it."""
        if self._laid:
            super().shadow(outline, blur, strength, shift)

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
        """Lay a part of cloth, unless it is the inside of an empty garment (which has no volume)."""
        if volume == 0.0:
            return self.canvas.fill(self.frame(outline), pad=2)
        self._laid = True
        return super().lay(
            outline, folds, cloth=cloth, angle=angle, volume=volume, pleats=pleats, fold_width=fold_width
        )

    def label(self, at: Point, width: float = 4.4, height: float = 1.8) -> None:
        """Inside, where nobody sees it."""


def held(piece: Piece, frame: Frame, hand: Point) -> Frame:
    """The frame of what is not cut to a figure: a hat sits on the head, a bag hangs from a hand."""
    if piece["kind"] == "hat":
        size, low = HAT[piece["cut"]]
        at = (0.0, FOREHEAD - low * size)
    elif piece["kind"] == "bag":
        size, at = BAG, (hand[0], hand[1] - HANDLE * BAG)
    else:
        return frame
    x, y = frame(np.array([at]))[0].tolist()
    return Frame(frame.scale * size, x, y)


def worn(piece: Piece, figure: Figure, width: int, frame: Frame, seed: int) -> tuple[Field, Field]:
    """A garment on a figure.

    Args:
        piece: of the wardrobe.
        figure: who wears it.
        width: of the picture.
        frame: from the figure's centimetres to the sheet, or what :func:`held` gives.
        seed: of its folds; another one falls otherwise.

    Shapes: -> colour times alpha (h, w, 3) and alpha (h, w), on the canvas' pixels.
    """
    photo = frame_of(piece)
    factor = photo.scale / frame.scale
    grid = (factor, photo.dx - frame.dx * factor, photo.dy - frame.dy * factor)
    cloth = replace(cloth_of(piece), grid=grid)
    return layer(lambda tailor: maker_of(piece)(tailor, piece, figure), cloth, frame, width, seed, Dresser)


def layer(
    draw: Callable[[Tailor], None], cloth: Cloth, frame: Frame, width: int, seed: int, tailor: type[Tailor] = Tailor
) -> tuple[Field, Field]:
    """What is drawn, apart from what lies below: drawn on black and on white, the difference is what shines through.

    Shapes: -> colour times alpha (h, w, 3), alpha (h, w), on the canvas' pixels.
    """
    drawn = []
    for ground in (0.0, 1.0):
        canvas = Canvas(width, np.full(3, ground, np.float32))
        draw(tailor(canvas, frame, cloth, np.random.default_rng(seed)))
        drawn.append(canvas.pixels)
    black, white = drawn
    return np.clip(black, 0, 1), np.clip(1 - (white - black).mean(2), 0, 1)
