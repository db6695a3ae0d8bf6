"""What is sewn onto an upper garment: collars, plackets, pockets, ribs, buttons."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tastemaker.demoshop.curves import bend, between, box, flow, join, line, mirrored, shifted
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.palette import mix, rgb
from tastemaker.demoshop.wardrobe.figure import (
    Figure,
    TopCut,
    corners,
    neckline,
)
from tastemaker.demoshop.wardrobe.tailor import Tailor, pair

KNITS = ("jumper", "cardigan", "hoodie")


def crew(tailor: Tailor, figure: Figure, cut: TopCut, piece: Piece) -> None:
    """A band along the neckline; also serves the V."""
    front = neckline(figure, cut)
    wide = 2.5 if piece["kind"] in KNITS else 1.5
    inner = np.stack([front[:, 0] * 0.985, front[:, 1]], 1)
    outer = front + np.stack(
        [np.sign(front[:, 0]) * wide * 0.75 * np.minimum(1, np.abs(front[:, 0]) / 3), np.full(len(front), wide)], 1
    )
    outer[[0, -1], 1] -= wide * 0.5
    cloth = replace(tailor.cloth.plain(), material="rib" if piece["kind"] in KNITS else tailor.cloth.material)
    tailor.lay(join(inner, outer[::-1]), cloth=cloth, volume=0.25)
    tailor.seam(outer, strength=0.32)


def _roll(tailor: Tailor, figure: Figure, cut: TopCut, _piece: Piece) -> None:
    neck = corners(figure, cut)["neck"]
    top = neck[1] - 8.5
    half = join(
        bend((0, top + 1.8), (neck[0] * 0.6, top + 1.6), (neck[0] * 0.86, top)),
        flow([(neck[0] * 0.86, top), (neck[0] * 1.02, top + 3), (neck[0] * 1.1, neck[1] + 0.6)]),
        bend(
            (neck[0] * 1.1, neck[1] + 0.6),
            (neck[0] * 0.7, neck[1] + cut.neck_depth + 1.4),
            (0, neck[1] + cut.neck_depth + 1.6),
        ),
    )
    tube = join(half, mirrored(half)[::-1])
    back = join(
        bend((-neck[0] * 0.86, top), (0, top - 1.6), (neck[0] * 0.86, top)),
        bend((neck[0] * 0.86, top), (0, top + 3.6), (-neck[0] * 0.86, top)),
    )
    tailor.lay(back, cloth=tailor.cloth.plain().darker(0.4), volume=0)
    tailor.shadow(tube, 1.0, 0.25, (0, 0.7))
    tailor.lay(
        tube,
        [bend((-neck[0], top + 4.5), (0, top + 7), (neck[0], top + 4.5))],
        cloth=replace(tailor.cloth.plain(), material="rib"),
        volume=0.5,
    )


def _collar(tailor: Tailor, figure: Figure, cut: TopCut, _piece: Piece) -> None:
    """A turned-down shirt collar: two leaves over a stand."""
    neck = corners(figure, cut)["neck"]
    low = neck[1] + cut.neck_depth
    leaf = join(
        bend((0.25, low - 0.6), (neck[0] * 0.75, neck[1] + 1.5), (neck[0] * 0.92, neck[1] - 2.4)),
        bend((neck[0] * 0.92, neck[1] - 2.4), (neck[0] * 1.24, neck[1] - 0.8), (neck[0] * 1.26, neck[1] + 1.6)),
        line((neck[0] * 1.26, neck[1] + 1.6), (neck[0] * 0.98, low + 3.6), (0.25, low - 0.6)),
    )
    stand = join(
        bend((-neck[0] * 0.92, neck[1] - 2.4), (0, neck[1] - 4.0), (neck[0] * 0.92, neck[1] - 2.4)),
        bend((neck[0] * 0.92, neck[1] - 2.4), (0, neck[1] - 0.4), (-neck[0] * 0.92, neck[1] - 2.4)),
    )
    tailor.lay(stand, cloth=tailor.cloth.darker(0.12), volume=0.15)
    for part in pair(leaf):
        tailor.shadow(part, 0.9, 0.34, (0.1, 0.7))
        tailor.lay(part, volume=0.25, angle=12)
        tailor.stitch(between(part[-3:], part[-3:].mean(axis=0, keepdims=True).repeat(3, 0), 0.12), strength=0.35)


def _band(tailor: Tailor, figure: Figure, cut: TopCut, _piece: Piece) -> None:
    front = neckline(figure, cut)
    outer = shifted(front, 0, 0.2)
    inner = front * (0.9, 1) - (0, 2.2)
    tailor.lay(join(outer, inner[::-1]), volume=0.25)
    tailor.seam(outer, strength=0.35)


def _lapels(tailor: Tailor, figure: Figure, cut: TopCut, piece: Piece) -> None:
    """Notched lapels from the collar to the first button, over a lining that shows in the V."""
    neck = corners(figure, cut)["neck"]
    low = neck[1] + cut.neck_depth
    wide = 6.4 if piece["kind"] == "blazer" else 8.0
    notch = neck[1] + cut.neck_depth * 0.30
    edge = bend((neck[0] * 0.98, neck[1]), (neck[0] * 0.62, low * 0.52 + neck[1] * 0.48), (-0.4, low))
    lapel = join(
        edge[2:],
        line((-0.4, low)),
        flow([(-0.4, low), (wide * 0.62, low - cut.neck_depth * 0.3), (neck[0] + wide * 0.9, notch + 2.0)]),
        line((neck[0] + wide * 0.45, notch + 0.6), tuple(edge[2])),
    )
    collar = join(
        line((neck[0] * 0.9, neck[1] - 2.2)),
        bend((neck[0] * 0.9, neck[1] - 2.2), (neck[0] * 1.3, neck[1] - 1), (neck[0] + wide * 0.62, notch - 2.4)),
        line((neck[0] + wide * 0.45, notch + 0.6), tuple(edge[4])),
    )
    for flip in (True, False):
        for part, shade in ((lapel, 1.0), (collar, 0.96)):
            shaped = mirrored(part) if flip else part
            tailor.shadow(shaped, 0.9, 0.36, (0.2, 0.7))
            tailor.lay(
                shaped,
                cloth=tailor.cloth if shade == 1.0 else tailor.cloth.darker(0.05),
                volume=0.28,
                angle=14 if flip else -14,
            )


def _hood_front(tailor: Tailor, figure: Figure, cut: TopCut, _piece: Piece) -> None:
    neck = corners(figure, cut)["neck"]
    low = neck[1] + cut.neck_depth
    side_part = join(
        flow([(0.2, low + 1.5), (4.5, low - 1.5), (7.4, neck[1] - 1), (7.6, neck[1] - 6)]),
        flow([(11, neck[1] - 3), (11.4, neck[1] + 4), (7, low + 3), (0.2, low + 3.4)]),
    )
    for part in pair(side_part):
        tailor.shadow(part, 0.9, 0.3)
        tailor.lay(part, volume=0.5)
    cord = mix(tailor.cloth.colour, rgb("f4efe6"), 0.75)
    for x, end in ((2.6, 17.0), (-2.4, 18.5)):
        string = [tailor.frame(flow([(x, low + 1), (x * 1.15, low + end * 0.5), (x * 0.95, low + end)]))]
        tailor.canvas.light(tailor.canvas.stroke([string[0] + (0.8, 0.9)], 0.8 * tailor.frame.scale), 0.78)
        tailor.canvas.paint(tailor.canvas.stroke(string, 0.62 * tailor.frame.scale), cord)


COLLARS: dict[str, Callable[[Tailor, Figure, TopCut, Piece], None]] = {
    "collar": _collar,
    "band collar": _band,
    "roll neck": _roll,
    "lapel": _lapels,
    "hood": _hood_front,
}


def _placket(tailor: Tailor, figure: Figure, cut: TopCut, piece: Piece) -> None:
    """Button front, chest pocket, shoulder yoke."""
    top = figure.neck[1] + cut.neck_depth + 0.4
    tailor.seam(line((1.5, top + 1), (1.5, cut.hem + 2.6)), strength=0.34)
    tailor.stitch(line((-1.5, top + 1), (-1.5, cut.hem + 2.6)), strength=0.35)
    tailor.buttons((0, top + 2.6), (0, cut.hem - 4), 7, 0.6)
    if piece["kind"] == "shirt" and piece["style"] != "minimal":
        pocket = line((5.4, 50.5), (13.2, 50.5), (13.2, 58.6), (9.3, 60.6), (5.4, 58.6))
        tailor.seam(join(pocket, pocket[:1]), strength=0.34)
        tailor.stitch(line((5.6, 52.2), (13.0, 52.2)), strength=0.4)
    _hem(tailor, figure, cut, piece)


def _hem(tailor: Tailor, figure: Figure, cut: TopCut, piece: Piece) -> None:
    """A stitched hem."""
    wide = corners(figure, cut)["hem"][0]
    deep = 3.4 if piece["kind"] == "shirt" else 1.2
    if piece["kind"] == "shirt":
        return
    edge = bend(
        (-wide + 0.3, cut.hem - 1.7), (0, cut.hem + deep * 2 - 1.7 - deep * 0.8), (wide - 0.3, cut.hem - 1.7), 20
    )
    tailor.seam(edge, strength=0.2)


def _ribbed(tailor: Tailor, figure: Figure, cut: TopCut, piece: Piece) -> None:
    """A ribbed hem; the cardigan also opens at the front, the hoodie has its pouch."""
    wide = corners(figure, cut)["hem"][0]
    top = bend((-wide - 0.3, cut.hem - 5.4), (0, cut.hem - 4.0), (wide + 0.3, cut.hem - 5.4), 16)
    bottom = bend((wide - 0.4, cut.hem + 0.2), (0, cut.hem + 2.3), (-wide + 0.4, cut.hem + 0.2), 16)
    tailor.lay(join(top, bottom), cloth=replace(tailor.cloth.plain(), material="rib"), volume=0.5)
    tailor.seam(top, strength=0.35)
    if piece["kind"] == "cardigan":
        low = figure.neck[1] + cut.neck_depth
        band = box(-1.9, low, 1.9, cut.hem + 1.2)
        tailor.lay(band, cloth=replace(tailor.cloth.plain(), material="rib"), volume=0.25)
        tailor.seam(line((-1.9, low), (-1.9, cut.hem + 1)), line((1.9, low), (1.9, cut.hem + 1)), strength=0.3)
        tailor.buttons((0, low + 3), (0, cut.hem - 2.5), 5, 0.85)
    if piece["kind"] == "hoodie":
        pouch = line((-8, 74), (8, 74), (13, 86), (13, 88.5), (-13, 88.5), (-13, 86))
        tailor.shadow(pouch, 0.8, 0.18, (0, 0.4))
        tailor.lay(pouch, volume=0.3)
        tailor.seam(line((-8, 74), (8, 74)), *pair(line((8, 74), (13, 86))), strength=0.4)


def _jacket(tailor: Tailor, figure: Figure, cut: TopCut, piece: Piece) -> None:
    """Chest pockets with flaps, a waistband, and a zip or studs."""
    wide = corners(figure, cut)["hem"][0]
    low = figure.neck[1] + cut.neck_depth
    metal = rgb("b08d57") if piece["material"] in ("denim", "canvas", "corduroy") else rgb("b9bbbd")
    thread = rgb("c8924c") if piece["material"] == "denim" and piece["colour"] in ("blue", "navy") else None
    tailor.seam(line((1.3, low), (1.3, cut.hem + 1)), strength=0.5)
    tailor.seam(bend((-wide, cut.hem - 4.6), (0, cut.hem - 3.4), (wide, cut.hem - 4.6)), strength=0.45)
    for sign in (1, -1):
        panel = bend((sign * 13.5, 52.0), (sign * 10.5, 66), (sign * 8.5, cut.hem - 4.4))
        tailor.seam(panel, strength=0.3)
        tailor.stitch(shifted(panel, 0.7 * sign, 0), thread, strength=0.5)
        flap = line((sign * 5, 52), (sign * 14, 52), (sign * 14, 54.2), (sign * 9.5, 56.4), (sign * 5, 54.2))
        tailor.shadow(flap, 0.6, 0.3, (0.1, 0.6))
        tailor.lay(flap, volume=0.25)
        tailor.stitch(flap[1:], thread, strength=0.55)
        tailor.button((sign * 9.5, 54.6), 0.5, metal)
    if piece["material"] in ("nylon", "leather"):
        zipper = line((0, low), (0, cut.hem + 0.5))
        tailor.canvas.paint(
            tailor.canvas.stroke([tailor.frame(zipper)], 0.9 * tailor.frame.scale), tailor.cloth.colour * 0.5
        )
        tailor.stitch(zipper, metal, 0.28, 0.9)
    else:
        tailor.stitch(line((-1.3, low + 1), (-1.3, cut.hem)), thread, strength=0.5)
        tailor.buttons((0, low + 3), (0, cut.hem - 2.0), 5, 0.7, metal)


def _tailored(tailor: Tailor, figure: Figure, cut: TopCut, piece: Piece) -> None:
    """Front edge, welt pockets, darts and two or three buttons; the coat may be double-breasted."""
    low = figure.neck[1] + cut.neck_depth
    coat = piece["kind"] == "coat"
    tailor.seam(bend((0.6, low - 1), (0.9, low + 20), (2.2 if coat else 5.0, cut.hem + 0.6)), strength=0.6, width=0.34)
    horn = mix(tailor.cloth.colour, rgb("241c16"), 0.7)
    twice = coat and piece.chance("double") % 2 == 0
    rows = (-4.0, 4.6) if twice else (0.2,)
    for x in rows:
        tailor.buttons((x, low + 1.5), (x, low + (26 if coat else 9)), 3 if coat else 2, 1.05 if coat else 0.85, horn)
    y = 84 if coat else 80
    for sign in (1, -1):
        welt = line((sign * 8, y + 0.8), (sign * 17, y - 0.6), (sign * 17.2, y + 3.4), (sign * 8.2, y + 4.8))
        tailor.shadow(welt, 0.5, 0.28, (0, 0.5))
        tailor.lay(welt, volume=0.2)
        tailor.seam(join(welt, welt[:1]), strength=0.25)
        tailor.seam(bend((sign * 10.5, 52), (sign * 9.0, 66), (sign * 10.5, y)), strength=0.16)
    if not coat:
        tailor.seam(line((8, 52), (14, 51)), strength=0.5)


def _plain_front(tailor: Tailor, figure: Figure, cut: TopCut, piece: Piece) -> None:
    _hem(tailor, figure, cut, piece)
    if piece["kind"] == "blouse" and piece["neck"] != "crew":
        _placket(tailor, figure, cut, piece)


TRIMS: dict[str, Callable[[Tailor, Figure, TopCut, Piece], None]] = {
    "shirt": _placket,
    "t-shirt": _plain_front,
    "blouse": _plain_front,
    "top": _plain_front,
    "jumper": _ribbed,
    "cardigan": _ribbed,
    "hoodie": _ribbed,
    "jacket": _jacket,
    "blazer": _tailored,
    "coat": _tailored,
}
