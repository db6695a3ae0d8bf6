"""A destination as one would photograph it: sky, light, distance, and something near to stand on."""

from PIL import Image

from tastemaker.demoshop.canvas import Canvas
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.landscapes.scenes import SCENES
from tastemaker.demoshop.landscapes.sky import light_of, paint_sky
from tastemaker.demoshop.landscapes.terrain import finish


def draw_trip(piece: Piece, width: int) -> Image.Image:
    """Draw one destination."""
    rng = piece.rng()
    light = light_of(piece, rng)
    canvas = Canvas(width, light.high)
    paint_sky(canvas, light, rng)
    SCENES[piece["landscape"]](canvas, light, piece, rng)
    finish(canvas, light, rng)
    return canvas.finished()
