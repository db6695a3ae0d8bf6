"""Shoes: a pair, the near one in profile, the far one a little behind it."""

from dataclasses import replace

import numpy as np

from tastemaker.demoshop.cloth import Cloth
from tastemaker.demoshop.curves import Frame, bend, flow, join, line, rounded, shifted
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.palette import luminance, mix, rgb
from tastemaker.demoshop.wardrobe.figure import Figure
from tastemaker.demoshop.wardrobe.tailor import Tailor


def draw_shoes(tailor: Tailor, piece: Piece, _figure: Figure) -> None:
    """Sneakers, boots and loafers."""
    _floor_shadow(tailor)
    frame = tailor.frame
    makers = {"sneakers": _sneaker, "boots": _boot, "loafers": _loafer}
    scale = frame.scale
    for dx, dy, size in ((2.6, -3.6, 0.97), (-1.2, 0.6, 1.0)):
        tailor.frame = Frame(scale * size, frame.dx + dx * scale, frame.dy + dy * scale)
        makers[piece["kind"]](tailor, piece)
    tailor.frame = frame


def _floor_shadow(tailor: Tailor) -> None:
    for dx, dy in ((2.6, -3.4), (-1.2, 0.6)):
        sole = shifted(
            flow([(-15, 8.6), (-4, 8.0), (10, 8.2), (15.5, 8.8), (10, 10.0), (-12, 10.2)], closed=True), dx, dy
        )
        tailor.shadow(sole, 2.2, 0.34, (1.4, 0.6))
        tailor.shadow(sole, 0.7, 0.4, (0.2, -0.1))


def _sole(tailor: Tailor, outline: Field, colour: Field, *, rubber: bool) -> None:
    tailor.lay(outline, cloth=Cloth(colour, colour, material="smooth", stiff=1.0, gloss=0.1), volume=0.35)
    if rubber:
        low = outline[outline[:, 1] > 8.2]
        if len(low) > 2:
            tailor.canvas.paint(
                tailor.canvas.stroke([tailor.frame(line((-14.2, 8.5), (14.2, 8.5)))], 0.3 * tailor.frame.scale),
                colour * 0.62,
                0.7,
            )


def _mouth(tailor: Tailor, outline: Field) -> None:
    """The dark inside of a shoe."""
    tailor.lay(
        outline, cloth=tailor.cloth.plain(mix(tailor.cloth.colour, rgb("3a2f28"), 0.55)).darker(0.35), volume=0.0
    )


def _sneaker(tailor: Tailor, piece: Piece) -> None:
    top = -6.5 if piece["cut"] == "high" else -0.5
    mouth = flow(
        [(-13.2, top - 0.6), (-8.5, top - 1.3), (-4.6, top + 0.1), (-8.5, top + 1.3), (-12.6, top + 0.9)], closed=True
    )
    _mouth(tailor, mouth)
    upper = join(
        flow([(-13.4, top - 0.8), (-12.9, 2.0), (-14.4, 6.8)]),
        line((-14.2, 7.4), (14.0, 7.4)),
        flow([(14.2, 7.2), (14.0, 4.6), (10.8, 3.0), (5.5, 1.6), (0.5, min(-1.6, top)), (-4.2, top + 0.1)]),
        bend((-4.2, top + 0.1), (-8.6, top + 2.4), (-13.4, top - 0.8)),
    )
    tailor.lay(upper, [bend((4.0, 3.4), (6.0, 4.4), (7.0, 6.4)), bend((-9, 2), (-8, 4), (-9, 6))], volume=0.9)
    accent = tailor.cloth.ink if piece["pattern"] == "colour block" else mix(tailor.cloth.colour, rgb("f4f1ea"), 0.25)
    toe = join(bend((8.6, 7.4), (8.4, 4.4), (9.6, 2.9)), flow([(9.6, 2.9), (12.4, 3.8), (14.1, 5.6), (14.1, 7.4)]))
    tailor.lay(toe, cloth=tailor.cloth.plain(mix(accent, rgb("f4f1ea"), 0.4)), volume=0.5)
    heel = join(
        flow([(-13.3, top + 0.6), (-12.9, 2.0), (-14.3, 7.3)]),
        bend((-14.3, 7.3), (-9.6, 7.4), (-9.8, 7.4)),
        flow([(-9.8, 7.4), (-9.4, 4.0), (-10.6, top + 1.6)]),
    )
    tailor.lay(heel, cloth=tailor.cloth.plain(accent), volume=0.4)
    swoop = join(bend((-7.8, 5.6), (-1.0, 6.4), (4.0, 1.8)), bend((4.0, 1.8), (0.0, 4.4), (-7.2, 4.2)))
    tailor.lay(
        swoop,
        cloth=tailor.cloth.plain(
            tailor.cloth.ink if piece["pattern"] == "colour block" else mix(tailor.cloth.colour, rgb("2a2a2c"), 0.18)
        ),
        volume=0.3,
    )
    _laces(tailor, top)
    for seam in (toe[:12], heel[-8:], swoop[:12]):
        tailor.stitch(seam, strength=0.5, dash=0.4)
    white = rgb("efece4") if luminance(tailor.cloth.colour) < 0.85 else rgb("e3ded2")
    sole = rounded(line((-14.9, 6.5), (14.7, 6.5), (15.3, 8.0), (14.2, 9.6), (-14.2, 9.6), (-15.2, 8.2)), 1.1)
    _sole(tailor, sole, white, rubber=True)


def _laces(tailor: Tailor, top: float) -> None:
    tongue = join(
        flow([(-5.0, top + 0.4), (-3.4, top - 1.8), (-1.6, top - 1.4), (0.9, -0.6)]), line((4.8, 2.0), (1.0, 1.2))
    )
    tailor.lay(tongue, cloth=tailor.cloth.plain().darker(0.06), volume=0.4)
    lace = rgb("f4f1ea") if luminance(tailor.cloth.colour) < 0.8 else mix(tailor.cloth.colour, rgb("8a857c"), 0.4)
    count = 6 if top < -3 else 4
    for i in range(count):
        t = i / (count - 1)
        x, y = -3.4 + t * 7.6, top + 0.6 + t * (1.6 - top - 0.6) - 0.2
        cord = [tailor.frame(bend((x - 1.9, y + 1.5), (x - 0.2, y + 0.2), (x + 0.9, y - 0.3)))]
        tailor.canvas.light(tailor.canvas.stroke([cord[0] + (0.6, 1.2)], 0.7 * tailor.frame.scale), 0.72)
        tailor.canvas.paint(tailor.canvas.stroke(cord, 0.55 * tailor.frame.scale), lace)


def _boot(tailor: Tailor, piece: Piece) -> None:
    top = -20.0 if piece["cut"] == "knee-high" else -9.0
    wide = 1.6 if piece["cut"] == "knee-high" else 0.0
    mouth = flow([(-13.6 - wide, top), (-9, top - 0.9), (-4.4 + wide, top + 0.3), (-9, top + 1.2)], closed=True)
    _mouth(tailor, mouth)
    upper = join(
        flow([(-13.8 - wide, top), (-13.2 - wide * 0.6, -4.0), (-12.9, 1.0), (-14.3, 6.8)]),
        line((-14.2, 7.3), (14.4, 7.3)),
        flow([(14.6, 7.2), (14.2, 4.9), (10.6, 3.4), (4.5, 2.2), (-1.2, -0.9), (-3.6, -4.6), (-4.2 + wide, top + 0.3)]),
        bend((-4.2 + wide, top + 0.3), (-9, top + 1.9), (-13.8 - wide, top)),
    )
    folds = [
        bend((-12.5, 0.6), (-8, 2.2), (-3, -0.8)),
        bend((-12.4, 2.6), (-8, 3.6), (-2, 1.2)),
        bend((4, 3.4), (6, 4.8), (6.4, 6.6)),
    ]
    tailor.lay(upper, folds, volume=1.0, fold_width=2.0)
    if piece["style"] == "workwear" and piece["cut"] == "ankle":
        _boot_laces(tailor)
    else:
        gore = join(
            bend((-10.6, top + 1.4), (-10.2, -2), (-8.8, 0.8)), bend((-8.8, 0.8), (-7.2, -2), (-6.8, top + 1.6))
        )
        if piece["cut"] == "ankle":
            tailor.lay(gore, cloth=replace(tailor.cloth.plain().darker(0.3), material="rib"), volume=0.1)
        else:
            tailor.seam(flow([(-9.4, top + 1.6), (-9.0, -3), (-8.6, 6.8)]), strength=0.4)
    tailor.seam(bend((5.4, 2.5), (4.8, 5.0), (6.0, 7.2)), strength=0.4)
    dark = mix(tailor.cloth.colour, rgb("2b211a"), 0.8)
    _sole(tailor, line((-14.4, 8.0), (-6.4, 8.0), (-6.9, 10.0), (-14.0, 10.0)), rgb("2a211b"), rubber=False)
    _sole(tailor, rounded(line((-2.5, 8.0), (15.0, 8.0), (14.2, 10.0), (0.5, 10.0)), 0.8), rgb("2d241d"), rubber=False)
    _sole(
        tailor,
        rounded(line((-14.7, 6.9), (14.9, 6.9), (15.3, 7.7), (15.0, 8.5), (-14.8, 8.5)), 0.5),
        dark,
        rubber=False,
    )
    tailor.stitch(line((-13.8, 7.6), (14.4, 7.6)), rgb("cbb48c"), 0.45, 0.6)


def _boot_laces(tailor: Tailor) -> None:
    for i in range(6):
        y = -8.0 + i * 1.75
        x = -4.0 + max(0, i - 2) * 1.2
        cord = [tailor.frame(bend((x - 2.4, y + 0.9), (x - 0.6, y + 0.1), (x + 0.5, y + 0.4)))]
        tailor.canvas.paint(tailor.canvas.stroke(cord, 0.5 * tailor.frame.scale), rgb("d2bd93"))


def _loafer(tailor: Tailor, piece: Piece) -> None:
    mouth = flow([(-13.0, -1.2), (-7, -1.9), (-0.4, -0.6), (-5, 1.0), (-11.6, 0.8)], closed=True)
    _mouth(tailor, mouth)
    upper = join(
        flow([(-13.3, -1.5), (-12.8, 2.6), (-14.2, 7.0)]),
        line((-14.0, 7.4), (14.4, 7.4)),
        flow([(14.6, 7.2), (14.3, 5.2), (11.2, 3.5), (6.6, 1.8), (2.8, -0.6), (0.2, -2.4), (-1.0, -0.6)]),
        bend((-1.0, -0.6), (-6.4, 2.4), (-13.3, -1.5)),
    )
    tailor.lay(upper, [bend((6, 3.0), (7.2, 4.6), (7.4, 6.8)), bend((-12.4, 3.4), (-9, 4.4), (-6, 3.4))], volume=0.9)
    tailor.seam(flow([(3.0, 2.0), (7.0, 3.0), (11.4, 5.0), (12.6, 6.2), (8.4, 6.4), (3.4, 5.6)]), strength=0.45)
    strap = join(bend((-1.8, 7.0), (0.4, 3.4), (2.0, -1.2)), bend((5.2, 0.8), (4.0, 3.8), (2.6, 7.1)))
    tailor.shadow(strap, 0.4, 0.3, (0.2, 0.3))
    tailor.lay(strap, volume=0.4)
    tailor.stitch(strap[:12] + np.array((0.5, 0.0)), strength=0.5, dash=0.4)
    bit = [tailor.frame(line((1.2, 3.2), (3.8, 3.7)))]
    brass = rgb("c7a462") if piece["style"] == "evening" else tailor.cloth.colour * 0.5
    tailor.canvas.paint(tailor.canvas.stroke(bit, 0.8 * tailor.frame.scale), brass)
    _sole(tailor, line((-14.4, 8.0), (-7.0, 8.0), (-7.3, 9.7), (-14.1, 9.7)), rgb("2a211b"), rubber=False)
    _sole(
        tailor,
        rounded(line((-14.6, 7.0), (14.8, 7.0), (15.2, 7.7), (14.8, 8.4), (-14.7, 8.4)), 0.5),
        rgb("3a2b20"),
        rubber=False,
    )
