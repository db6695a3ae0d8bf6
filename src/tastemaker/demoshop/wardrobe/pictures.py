"""A garment in the studio: paper backdrop, soft shadow, the garment as if worn by nobody."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from tastemaker.demoshop.canvas import Canvas, soften
from tastemaker.demoshop.cloth import Cloth
from tastemaker.demoshop.curves import Frame
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.palette import BACKDROPS, mix, rgb
from tastemaker.demoshop.studio import backdrop
from tastemaker.demoshop.wardrobe.accessories import draw_bag, draw_hat, draw_scarf
from tastemaker.demoshop.wardrobe.bottoms import draw_dress, draw_legs, draw_skirt
from tastemaker.demoshop.wardrobe.figure import Figure
from tastemaker.demoshop.wardrobe.shoes import draw_shoes
from tastemaker.demoshop.wardrobe.tailor import Tailor
from tastemaker.demoshop.wardrobe.tops import draw_top

Maker = Callable[[Tailor, Piece, Figure], None]
Extent = tuple[tuple[float, float], tuple[float, float]]

_TOP: Extent = ((-38.5, 20), (38.5, 101))
_PLANS: dict[str, tuple[Maker, Extent]] = {
    "shirt": (draw_top, _TOP),
    "t-shirt": (draw_top, ((-35.5, 20), (35.5, 97))),
    "blouse": (draw_top, _TOP),
    "top": (draw_top, ((-30, 22), (30, 94))),
    "jumper": (draw_top, ((-40, 17), (40, 97))),
    "cardigan": (draw_top, _TOP),
    "hoodie": (draw_top, ((-41, 11), (41, 98))),
    "jacket": (draw_top, ((-40, 20), (40, 97))),
    "blazer": (draw_top, ((-39, 19), (39, 104))),
    "coat": (draw_top, ((-42, 18), (42, 126))),
    "dress": (draw_dress, ((-36, 22), (36, 140))),
    "skirt": (draw_skirt, ((-32, 60), (32, 136))),
    "trousers": (draw_legs, ((-34, 64), (34, 170))),
    "jeans": (draw_legs, ((-34, 64), (34, 170))),
    "shorts": (draw_legs, ((-32, 62), (32, 134))),
    "sneakers": (draw_shoes, ((-17, -14), (17, 14))),
    "boots": (draw_shoes, ((-19, -24), (19, 14))),
    "loafers": (draw_shoes, ((-17, -14), (17, 14))),
    "bag": (draw_bag, ((-25, -36), (25, 30))),
    "hat": (draw_hat, ((-22, -22), (22, 20))),
    "scarf": (draw_scarf, ((-26, -36), (26, 36))),
}
_STIFF = {
    "leather": 0.75,
    "denim": 0.65,
    "canvas": 0.7,
    "wool": 0.6,
    "tweed": 0.7,
    "corduroy": 0.6,
    "knit": 0.5,
    "satin": 0.05,
    "viscose": 0.1,
    "linen": 0.2,
    "jersey": 0.35,
    "velvet": 0.3,
    "cashmere": 0.5,
    "fleece": 0.6,
}
_GLOSS = {"leather": 0.55, "satin": 0.6, "nylon": 0.3, "velvet": 0.2, "suede": 0.04}


def cloth_of(piece: Piece) -> Cloth:
    """The cloth that a piece's attributes describe."""
    ink = piece.ink
    if piece["pattern"] in ("gingham", "windowpane", "herringbone", "candy stripe"):
        ink = mix(ink, rgb("ffffff" if piece.colour.mean() < 0.4 else "34507a"), 0.15)
    size = 0.85 + (piece.chance("size") % 100) / 200
    return Cloth(
        piece.colour,
        ink,
        piece["pattern"],
        piece["material"],
        size,
        _GLOSS.get(piece["material"], 0.0),
        _STIFF.get(piece["material"], 0.35),
    )


def maker_of(piece: Piece) -> Maker:
    """What draws a piece on a figure."""
    return _PLANS[piece["kind"]][0]


def frame_of(piece: Piece) -> Frame:
    """Where a piece lies on the sheet of its product photo."""
    low, high = _PLANS[piece["kind"]][1]
    return Frame.fit(low, high, (10, 20, 290, 380))


def draw_garment(piece: Piece, width: int) -> Image.Image:
    """Draw one piece of the wardrobe."""
    rng = piece.rng()
    tint = rgb(BACKDROPS[piece.chance("backdrop") % len(BACKDROPS)])
    canvas = backdrop(width, tint, rng)
    maker = maker_of(piece)
    tailor = Tailor(canvas, frame_of(piece), cloth_of(piece), rng)
    standing = piece["kind"] in ("sneakers", "boots", "loafers", "bag", "hat")
    if not standing:
        _ghost_shadow(tailor, piece, maker, width)
    maker(tailor, piece, Figure())
    return canvas.finished()


def _ghost_shadow(tailor: Tailor, piece: Piece, maker: Maker, _width: int) -> None:
    """The soft shadow of a garment on the paper behind it: its own drawing on a small sheet, blurred."""
    probe = Canvas(48, np.zeros(3, np.float32))
    white = np.ones(3, np.float32)
    maker(Tailor(probe, tailor.frame, Cloth(white, white), np.random.default_rng(0)), piece, Figure())
    cover = (probe.pixels.max(axis=2) > 0.05).astype(np.float32)
    full = tailor.canvas.whole()
    grown = np.asarray(
        Image.fromarray(soften(cover, 2.2)).resize((full.shape[1], full.shape[0]), Image.Resampling.BICUBIC)
    )
    shift = round(5 * tailor.canvas.scale)
    moved: Field = np.roll(grown, (shift * 2, shift), (0, 1))
    tailor.canvas.light(full.times(np.clip(moved, 0, 1)), 0.80)
