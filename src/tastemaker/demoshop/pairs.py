"""What pairs of pictures have in common, without and with a product: the exact truth that picture verbs are scored on.

Products of the two parts are different ones, and so are the people and rooms around them.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from PIL import Image

from tastemaker.core.types import Bools
from tastemaker.demoshop.goods import Piece

Part = Literal["train", "test"]
TESTED = 5
"""One product in so many is of the test part."""


@dataclass(frozen=True)
class Pair:
    """The same scene in the same light, without and with a product.

    Attributes:
        number: of the pair in its part.
        piece: the product; its photo is ``demoshop.pictures.picture(piece, width)``.
        context: the scene without it.
        truth: the scene with it.
        mask: where it is seen.

    Shapes: mask (height, width).
    """

    number: int
    piece: Piece
    context: Image.Image
    truth: Image.Image
    mask: Bools

    @property
    def item(self) -> str:
        """Id of the product."""
        return self.piece.id


def of_part(pieces: Iterable[Piece], part: Part) -> list[Piece]:
    """The products of one part."""
    tested = part == "test"
    return [piece for piece in pieces if (hashlib.sha256(piece.id.encode()).digest()[0] % TESTED == 0) == tested]
