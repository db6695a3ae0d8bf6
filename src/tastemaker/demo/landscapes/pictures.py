"""A destination as one would photograph it: sky, light, distance, and something near to stand on."""

from PIL import Image

from tastemaker.demo.canvas import Canvas
from tastemaker.demo.goods import Piece
from tastemaker.demo.landscapes.scenes import SCENES
from tastemaker.demo.landscapes.sky import light_of, paint_sky
from tastemaker.demo.landscapes.terrain import finish


def draw_trip(piece: Piece, width: int) -> Image.Image:
    """Draw one destination."""
    rng = piece.rng()
    light = light_of(piece, rng)
    canvas = Canvas(width, light.high)
    paint_sky(canvas, light, rng)
    SCENES[piece["landscape"]](canvas, light, piece, rng)
    finish(canvas, light, rng)
    return canvas.finished()
