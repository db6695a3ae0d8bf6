"""Bags, hats and scarves."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tastemaker.demoshop.cloth import Cloth
from tastemaker.demoshop.curves import along, bend, box, ellipse, flow, join, line, rounded, shifted, symmetric
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.palette import mix, rgb
from tastemaker.demoshop.wardrobe.figure import Figure
from tastemaker.demoshop.wardrobe.tailor import Tailor, pair

_BRASS = rgb("bf9a5a")


def draw_bag(tailor: Tailor, piece: Piece, _figure: Figure) -> None:
    """Tote, shoulder bag, crossbody, backpack."""
    tailor.shadow(ellipse(0, 27.2, 21, 1.9), 2.0, 0.45, (1.5, 0.2))
    tailor.shadow(ellipse(0, 27.0, 18, 0.9), 0.7, 0.4, (0, 0))
    {"tote": _tote, "shoulder": _shoulder, "crossbody": _shoulder, "backpack": _backpack}[piece["cut"]](tailor, piece)


def _strap(tailor: Tailor, stroke: Field, width: float, *, dark: float = 0.0) -> None:
    """A band of the trim along a stroke."""
    steps = np.gradient(stroke, axis=0)
    steps /= np.maximum(np.hypot(*steps.T), 1e-6)[:, None]
    out = np.stack([-steps[:, 1], steps[:, 0]], 1) * width / 2
    band = join(stroke + out, (stroke - out)[::-1])
    tailor.shadow(band, 0.7, 0.22, (0.5, 0.7))
    tailor.lay(band, cloth=_trim(tailor).darker(dark), volume=0.4)
    tailor.stitch(stroke + out * 0.62, strength=0.4, dash=0.5)


def _trim(tailor: Tailor) -> Cloth:
    """Handles and edges: the same leather, or leather on canvas and straw."""
    if tailor.cloth.material in ("leather", "suede"):
        return replace(tailor.cloth.plain(), stiff=0.9)
    return Cloth(rgb("8a5d3b"), rgb("000000"), "plain", "leather", 1.0, 0.35, 0.9)


def _tote(tailor: Tailor, _piece: Piece) -> None:
    _strap(tailor, flow([(-9.5, -8), (-8.5, -22), (0, -29.5), (8.5, -22), (9.5, -8)], 10), 1.9, dark=0.25)
    body = symmetric(
        join(
            bend((0, -8.6), (10, -8.8), (19.5, -9.6)),
            flow([(19.5, -9.6), (18.6, 6), (16.8, 25.5)]),
            bend((16.8, 25.5), (9, 27.6), (0, 27.6)),
        )
    )
    inside = join(bend((-19.5, -9.6), (0, -12.4), (19.5, -9.6)), bend((19.5, -9.6), (0, -7.6), (-19.5, -9.6)))
    tailor.lay(inside, cloth=tailor.cloth.plain().darker(0.45), volume=0)
    tailor.lay(
        body,
        [bend((-13, -6), (-11, 4), (-13.5, 16)), bend((12, -4), (10, 8), (13, 20)), bend((-6, 20), (0, 16), (7, 22))],
        fold_width=4.5,
        volume=1.2,
    )
    tailor.seam(bend((-19.2, -7.4), (0, -6.2), (19.2, -7.4)), strength=0.35)
    if tailor.cloth.material in ("canvas", "straw"):
        base = symmetric(join(line((0, 19.5), (17.4, 18.8)), bend((16.8, 25.5), (9, 27.6), (0, 27.6))))
        tailor.lay(base, cloth=_trim(tailor), volume=0.5)
        tailor.stitch(line((-17, 19.8), (17, 19.8)), strength=0.5)
    _strap(tailor, flow([(-8.5, -2), (-8.8, -10), (-7.5, -24), (0, -32.5), (7.5, -24), (8.8, -10), (8.5, -2)], 10), 1.9)
    for x in (-8.5, 8.5):
        tailor.button((x, -3.2), 0.75, _BRASS)


def _shoulder(tailor: Tailor, piece: Piece) -> None:
    small = piece["cut"] == "crossbody"
    wide, top, low = (14.5, 2.0, 25.5) if small else (18.5, -1.0, 27.0)
    loop = flow(
        [
            (-wide + 1, top + 4),
            (-wide * 0.92, -14),
            (-4, -33 if small else -26),
            (6, -33 if small else -26),
            (wide * 0.95, -14),
            (wide - 1, top + 4),
        ],
        12,
    )
    _strap(tailor, loop, 1.2 if small else 1.9)
    body = rounded(line((-wide, top), (wide, top), (wide * 1.03, low), (-wide * 1.03, low)), 6.5)
    tailor.lay(body, volume=1.3)
    depth = 0.62 if piece.chance("flap") % 2 else 0.48
    edge = top + (low - top) * depth
    flap = join(
        line((-wide * 1.01, top + 3), (-wide * 0.97, top - 0.6), (wide * 0.97, top - 0.6), (wide * 1.01, top + 3)),
        flow(
            [
                (wide * 1.0, edge - 7),
                (wide * 0.7, edge - 0.6),
                (0, edge + 0.8),
                (-wide * 0.7, edge - 0.6),
                (-wide * 1.0, edge - 7),
            ],
            8,
        ),
    )
    tailor.shadow(flap, 1.3, 0.4, (0.2, 1.2))
    tailor.lay(flap, volume=1.0)
    tailor.stitch(join(flap[4:]) * (0.955, 1) - (0, 0.9), strength=0.5)
    _lock(tailor, edge)
    for x in (-wide + 1, wide - 1):
        ring = ellipse(x, top + 3.4, 1.3, 1.5)
        closed = tailor.frame(join(ring, ring[:2]))
        tailor.canvas.paint(tailor.canvas.stroke([closed], 0.55 * tailor.frame.scale), _BRASS)


def _lock(tailor: Tailor, y: float) -> None:
    """A brass lock on the edge of a flap."""
    plate = rounded(box(-2.0, y - 2.6, 2.0, y + 2.6), 0.9)
    tailor.shadow(plate, 0.6, 0.4, (0.3, 0.5))
    tailor.lay(plate, cloth=Cloth(_BRASS, _BRASS, material="metal", gloss=0.8, stiff=1.0), volume=0.4)


def _backpack(tailor: Tailor, _piece: Piece) -> None:
    _strap(tailor, flow([(-3.5, -22), (-2.6, -28), (2.6, -28), (3.5, -22)], 8), 1.5)
    for sign in (1, -1):
        _strap(
            tailor, flow([(sign * 11, -14), (sign * 18.5, -4), (sign * 18.5, 12), (sign * 14, 22)], 10), 2.4, dark=0.2
        )
    body = symmetric(flow([(0, -23.5), (9, -22.6), (14.4, -14), (16.0, 6), (15.4, 25), (8, 27.4), (0, 27.6)], 8))
    tailor.lay(body, [bend((-12, -8), (-10, 0), (-12.5, 6))], volume=1.4)
    zipper = flow([(-13.4, 1), (-12.6, -12), (-7, -19.4), (0, -20.6), (7, -19.4), (12.6, -12), (13.4, 1)], 8)
    tailor.seam(zipper, strength=0.7, width=0.5)
    tailor.stitch(shifted(zipper, 0, 0.8), _BRASS, 0.25, 0.5)
    pocket = rounded(line((-12, 5.5), (12, 5.5), (12.6, 24.6), (-12.6, 24.6)), 4.5)
    tailor.shadow(pocket, 1.2, 0.32, (0.2, 0.9))
    tailor.lay(pocket, volume=0.9)
    tailor.seam(line((-11.4, 8.6), (11.4, 8.6)), strength=0.6, width=0.45)
    patch = rounded(box(-3.2, 13, 3.2, 16.4), 0.6)
    tailor.lay(patch, cloth=Cloth(rgb("8a5d3b"), rgb("000000"), material="leather", gloss=0.3, stiff=0.9), volume=0.2)
    tailor.stitch(join(patch, patch[:1]), rgb("e3d2b0"), 0.35, 0.6)


def draw_hat(tailor: Tailor, piece: Piece, _figure: Figure) -> None:
    """Beanie, bucket hat, brimmed hat, cap."""
    makers: dict[str, Callable[[Tailor, Piece], None]] = {
        "beanie": _beanie,
        "bucket": _bucket,
        "brim": _brim,
        "cap": _cap,
    }
    low = {"beanie": 15.5, "bucket": 12.5, "brim": 11.5, "cap": 11.5}[piece["cut"]]
    tailor.shadow(ellipse(0, low, 17, 1.8), 2.2, 0.42, (1.5, 0.4))
    makers[piece["cut"]](tailor, piece)


def _beanie(tailor: Tailor, piece: Piece) -> None:
    knitted = replace(tailor.cloth, material="knit", stiff=0.6)
    dome = symmetric(flow([(0, -15.5), (6, -14.8), (12, -9.5), (14, 0), (14, 7), (0, 9)], 8))
    gathers = [bend((x * 0.15, -14.6), (x * 0.8, -8), (x, 4)) for x in np.linspace(-12, 12, 7)]
    tailor.lay(dome, gathers, cloth=knitted, volume=1.3, fold_width=1.6)
    fold = symmetric(
        join(
            bend((0, 5.4), (9, 5.2), (14.6, 3.8)),
            flow([(14.6, 3.8), (15.4, 9), (14.6, 14)]),
            bend((14.6, 14), (8, 15.8), (0, 16)),
        )
    )
    tailor.shadow(fold, 1.0, 0.3, (0, -0.6))
    tailor.lay(fold, cloth=replace(knitted, material="rib"), volume=1.0)
    if piece.chance("pompom") % 2:
        ball = ellipse(0, -17.2, 4.4, 4.2)
        tailor.lay(
            ball,
            cloth=Cloth(mix(tailor.cloth.colour, rgb("f3eee4"), 0.6), tailor.cloth.ink, material="boucle", stiff=0.2),
            volume=1.2,
        )
    tag = box(8.5, 8.6, 11.6, 12.4)
    tailor.lay(tag, cloth=Cloth(rgb("8a5d3b"), rgb("000000"), material="leather", stiff=0.9), volume=0.2)


def _bucket(tailor: Tailor, _piece: Piece) -> None:
    under = ellipse(0, 8.4, 18.5, 4.2)
    tailor.lay(under, cloth=tailor.cloth.darker(0.4), volume=0.2)
    crown = symmetric(
        join(
            bend((0, -12.2), (7, -12.2), (10, -10.6)),
            flow([(10, -10.6), (11.4, -3), (12.6, 4.4)]),
            bend((12.6, 4.4), (6, 7.0), (0, 7.0)),
        )
    )
    tailor.lay(crown, [bend((-8, -9), (-9, -3), (-10, 3))], volume=1.2)
    top = ellipse(0, -10.6, 10, 2.2)
    tailor.lay(top, volume=0.3)
    tailor.seam(top[: len(top) // 2 + 1], strength=0.4)
    brim = join(
        bend((-12.6, 4.0), (0, 8.6), (12.6, 4.0), 16),
        flow([(18.8, 9.4), (12, 13.2), (0, 14.6), (-12, 13.2), (-18.8, 9.4)], 8),
    )
    tailor.lay(brim, volume=0.7)
    for share in (0.25, 0.5, 0.75):
        inner = bend((-12.6, 4.0), (0, 8.6), (12.6, 4.0), 16)
        outer = flow([(-18.8, 9.4), (-12, 13.2), (0, 14.6), (12, 13.2), (18.8, 9.4)], 8)
        ring = (
            along(inner, list(np.linspace(0, 1, 20))) * (1 - share) + along(outer, list(np.linspace(0, 1, 20))) * share
        )
        tailor.stitch(ring, strength=0.5)


def _brim(tailor: Tailor, _piece: Piece) -> None:
    brim = flow(
        [(-21, 7.2), (-14, 3.4), (0, 2.2), (14, 3.4), (21, 7.2), (13, 11.2), (0, 12.4), (-13, 11.2)], 10, closed=True
    )
    tailor.shadow(brim, 1.4, 0.25, (0.4, 1.2))
    tailor.lay(brim, volume=0.7)
    crown = symmetric(
        join(
            flow([(0, -9.4), (4, -11.4), (8.5, -10.4), (10.4, -2), (11.6, 6.2)], 8),
            bend((11.6, 6.2), (6, 8.6), (0, 8.8)),
        )
    )
    tailor.shadow(crown, 1.6, 0.35, (1.0, 0.8))
    tailor.lay(
        crown, [bend((0, -9), (0.8, -5), (0.4, 0)), bend((-7, -9), (-6, -5), (-7, 0))], volume=1.3, fold_width=3.0
    )
    band = join(bend((-11.0, 2.4), (0, 5.8), (11.0, 2.4), 16), bend((11.6, 6.4), (0, 10.2), (-11.6, 6.4), 16))
    ribbon = Cloth(
        rgb("2b2724") if not tailor.dark else rgb("8f7a62"), rgb("000000"), material="satin", gloss=0.2, stiff=0.9
    )
    tailor.lay(band, cloth=ribbon, volume=0.35)
    tailor.canvas.paint(
        tailor.canvas.stroke([tailor.frame(line((8.2, 4.0), (8.4, 7.6)))], 0.9 * tailor.frame.scale),
        ribbon.colour * 0.7,
    )


def _cap(tailor: Tailor, _piece: Piece) -> None:
    crown = join(
        flow([(-14, 8.0), (-14.4, -1), (-9, -10.4), (0, -12.8), (8, -10.4), (12, -2), (12.2, 6.8)], 8),
        bend((12.2, 6.8), (0, 10.6), (-14, 8.0)),
    )
    tailor.lay(crown, volume=1.3)
    for seam in (
        bend((-1, -12.7), (-6.5, -4), (-6.0, 9.0)),
        bend((-1, -12.7), (5.5, -5), (6.4, 8.4)),
        bend((-1, -12.7), (-13, -6), (-13.6, 6)),
    ):
        tailor.seam(seam, strength=0.35)
        tailor.stitch(shifted(seam, 0.6, 0), strength=0.35)
    peak = join(
        bend((-2.6, 8.6), (6, 9.6), (12.3, 6.6)),
        flow([(12.3, 6.6), (19, 8.4), (21.6, 11.4), (16, 12.8), (6, 12.4), (-2.6, 8.6)], 8),
    )
    tailor.shadow(peak, 1.0, 0.3, (0.2, 1.0))
    tailor.lay(peak, volume=0.6)
    for share in (0.35, 0.6, 0.85):
        tailor.stitch(
            bend((1 + share * 2, 9.2 + share * 2.6), (12, 9.2 + share * 3.4), (13 + 7 * share, 7.6 + 3 * share)),
            strength=0.45,
        )
    tailor.button((-1, -12.8), 0.9, tailor.cloth.colour * 0.9)
    letter = pair(line((0.3, -3.4), (2.3, 1.4)))
    tailor.canvas.paint(
        tailor.canvas.stroke([tailor.frame(shifted(part, 1.2, 0)) for part in letter], 0.9 * tailor.frame.scale),
        tailor.cloth.ink,
    )


def draw_scarf(tailor: Tailor, piece: Piece, figure: Figure) -> None:
    """A scarf, folded in half and hung: two layers, a soft fold at the top, fringes below."""
    del piece, figure
    for x, low, shade in ((5.0, 22.0, 0.16), (-3.0, 29.0, 0.0)):
        cloth = tailor.cloth.darker(shade)
        left, right = x - 10.5, x + 10.5
        side_a = flow([(left + 1.2, -33.0), (left - 0.4, -12), (left + 0.6, 8), (left - 0.3, low)], 8)
        side_b = flow([(right + 0.4, low + 0.6), (right - 0.5, 8), (right + 0.5, -12), (right - 1.0, -33.0)], 8)
        layer = join(side_a, side_b, bend((right - 1.0, -33.0), (x, -35.6), (left + 1.2, -33.0)))
        _fringe(tailor, left, right, low, cloth.colour)
        folds = [
            bend((x + dx, -32), (x + dx * 1.3, -8), (x + dx * 0.8, low - 3)) for dx in tailor.rng.uniform(-8, 8, 4)
        ]
        tailor.shadow(layer, 1.6, 0.32, (0.4, 0.9))
        tailor.lay(layer, folds, cloth=cloth, volume=0.7, fold_width=3.0)
    label = box(-10.6, 21.5, -7.0, 26.0)
    tailor.lay(label, cloth=Cloth(rgb("efe8da"), rgb("000000"), material="cotton", stiff=1.0), volume=0.1)


def _fringe(tailor: Tailor, left: float, right: float, low: float, colour: Field) -> None:
    ends = np.linspace(left + 0.6, right - 0.6, 22)
    strands = [line((x, low - 0.6), (x + tailor.rng.normal(0, 0.35), low + 4.6)) for x in ends]
    tailor.canvas.paint(
        tailor.canvas.stroke([tailor.frame(strand) for strand in strands], 0.42 * tailor.frame.scale), colour * 0.9
    )
