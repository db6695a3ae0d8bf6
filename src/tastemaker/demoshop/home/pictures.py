"""Furniture in a quiet room: a painted wall, a floor, the piece, its shadow."""

from collections.abc import Callable

from PIL import Image

from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.home import decor, seating, tables
from tastemaker.demoshop.home.stage import Stage
from tastemaker.demoshop.palette import WALLS, mix, rgb
from tastemaker.demoshop.studio import stage as room
from tastemaker.demoshop.studio import warm_floor

_MAKERS: dict[str, Callable[[Stage, Piece], None]] = {
    "sofa": seating.draw_sofa,
    "armchair": seating.draw_armchair,
    "chair": seating.draw_chair,
    "stool": seating.draw_stool,
    "bed": seating.draw_bed,
    "dining table": tables.draw_table,
    "coffee table": tables.draw_table,
    "desk": tables.draw_desk,
    "shelf": tables.draw_shelf,
    "sideboard": tables.draw_sideboard,
    "nightstand": tables.draw_nightstand,
    "floor lamp": decor.draw_floor_lamp,
    "table lamp": decor.draw_table_lamp,
    "pendant": decor.draw_pendant,
    "rug": decor.draw_rug,
    "vase": decor.draw_vase,
    "plant": decor.draw_plant,
    "mirror": decor.draw_mirror,
    "cushion": decor.draw_cushion,
}
_FRAMES: dict[str, tuple[float, float, float, float]] = {
    "sofa": (6, 90, 294, 335),
    "bed": (14, 90, 286, 340),
    "rug": (4, 100, 296, 352),
    "table lamp": (75, 110, 225, 325),
    "vase": (85, 170, 215, 325),
    "pendant": (60, 90, 240, 300),
    "stool": (70, 90, 230, 345),
    "plant": (50, 50, 250, 350),
    "floor lamp": (50, 40, 250, 352),
    "shelf": (40, 45, 260, 350),
}
_SMALL = ("vase", "table lamp", "cushion")


def maker_of(piece: Piece) -> Callable[[Stage, Piece], None]:
    """What draws a piece on a stage."""
    return _MAKERS[piece["kind"]]


def draw_home(piece: Piece, width: int) -> Image.Image:
    """Draw one piece for the home."""
    rng = piece.rng()
    wall = rgb(WALLS[piece.chance("wall") % len(WALLS)])
    if piece.chance("tinted") % 4 == 0:
        wall = mix(wall, piece.ink, 0.22)
    floor = warm_floor(("oak", "pale", "concrete", "oak", "dark")[piece.chance("floor") % 5])
    if piece["kind"] in _SMALL:
        floor = mix(wall, rgb("f2ede4"), 0.4)
    horizon = {"rug": 150.0, "bed": 205.0, "vase": 285.0, "table lamp": 285.0, "cushion": 290.0}.get(
        piece["kind"], 262.0
    )
    if piece["kind"] in ("pendant", "mirror") and piece.number("height_cm") < 110:
        horizon = 420.0
    elif piece["kind"] == "mirror":
        horizon = 325.0
    canvas = room(width, wall, floor, horizon, rng)
    size = (piece.number("width_cm"), piece.number("height_cm"), piece.number("depth_cm"))
    if piece["kind"] == "pendant":
        size = (size[0], size[1] * 1.35, size[2])
    if piece["form"] == "corner":
        size = (size[0], size[1], size[2] + 60)
    if piece["kind"] == "vase":
        size = (size[0], size[1], size[0])
    into = _FRAMES.get(piece["kind"], (30, 80, 270, 340))
    pitch = 34.0 if piece["kind"] == "rug" else 15.0 if piece["kind"] != "bed" else 20.0
    maker_of(piece)(Stage(canvas, size, into, rng, pitch=pitch, yaw=12.0 if piece["kind"] == "rug" else 27.0), piece)
    return canvas.finished()
