"""A piece -> its picture. The drawings know nothing of each other; this is the only place that knows them all."""

from collections.abc import Callable

from PIL import Image

from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.home.pictures import draw_home
from tastemaker.demoshop.landscapes.pictures import draw_trip
from tastemaker.demoshop.posters.pictures import draw_poster
from tastemaker.demoshop.wardrobe.pictures import draw_garment

_ARTISTS: dict[str, Callable[[Piece, int], Image.Image]] = {
    "wardrobe": draw_garment,
    "home": draw_home,
    "screen": draw_poster,
    "trips": draw_trip,
}


def picture(piece: Piece, width: int) -> Image.Image:
    """Draw one piece, ``width`` pixels wide and four thirds as high; the same piece is the same picture, always."""
    return _ARTISTS[piece.department](piece, width)
