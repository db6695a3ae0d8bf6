"""Upper garments: shirts, knitwear, jackets, coats - a torso, two sleeves, and what is sewn onto them."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tastemaker.core.types import Doubles
from tastemaker.demo.curves import bend, between, box, flow, join, line, mirrored
from tastemaker.demo.goods import Piece
from tastemaker.demo.palette import mix, rgb
from tastemaker.demo.wardrobe.figure import (
    Figure,
    TopCut,
    armhole,
    back_neck,
    corners,
    neckline,
    sleeve,
    torso,
)
from tastemaker.demo.wardrobe.tailor import Tailor, pair

_EASE = {
    "slim": -0.8,
    "regular": 0.0,
    "relaxed": 2.2,
    "oversized": 4.0,
    "cropped": 1.0,
    "fitted": -1.0,
    "wrap": 0.0,
    "a-line": 0.0,
    "shift": 1.0,
}


def cut_of(piece: Piece) -> TopCut:
    """The cut that fits a piece's attributes."""
    ease = _EASE.get(piece["cut"], 0.0)
    cut = replace(_BASE[piece["kind"]], ease=_BASE[piece["kind"]].ease + ease)
    if ease > 1.5:
        cut = replace(cut, drop=cut.drop + ease * 0.6, waist=0.0)
    if ease < -0.5:
        cut = replace(cut, waist=0.6)
    if piece["cut"] == "cropped":
        cut = replace(cut, hem=cut.hem - 10)
    if piece["sleeve"] == "short":
        cut = replace(cut, sleeve=23.0 + ease * 0.5, cuff=16.5 + ease * 0.6, spread=27)
    if piece["sleeve"] == "sleeveless":
        cut = replace(cut, sleeve=0.0, drop=-5.2, neck_width=cut.neck_width + 1.2)
    return _necked(cut, piece["neck"])


_BASE = {
    "shirt": TopCut(2.6, 96, 58, 9.5, 0.35, 0.0, 0.6, 6.0),
    "t-shirt": TopCut(2.4, 92, 57, 9.5, 0.15, 0.0, 1.6, 6.0),
    "blouse": TopCut(3.0, 92, 57, 8.0, 0.2, 1.0, 1.4, 7.0),
    "top": TopCut(1.0, 88, 0, 9, 0.5, 0.4, 2.5, 9.0),
    "jumper": TopCut(3.2, 92, 59, 8.5, 0.0, -0.8, 1.6, 5.6),
    "cardigan": TopCut(3.2, 94, 59, 8.5, 0.0, -0.5, 1.2, 6.0),
    "hoodie": TopCut(4.4, 93, 59, 8.5, 0.0, -1.2, 2.0, 7.0, drop=1.5),
    "jacket": TopCut(4.0, 88, 60, 11.0, 0.1, -0.4, 1.0, 5.0),
    "blazer": TopCut(3.4, 100, 60, 11.0, 0.5, 0.8, 0.8, 30.0, v=True),
    "coat": TopCut(4.6, 122, 62, 12.5, 0.3, 4.0, 0.8, 24.0, v=True),
    "dress": TopCut(1.2, 74, 57, 8.5, 0.8, 0.0, 2.4, 8.0),
}


def _necked(cut: TopCut, neck: str) -> TopCut:
    if neck == "v-neck":
        return replace(cut, neck_depth=16.0, v=True)
    if neck == "roll neck":
        return replace(cut, neck_width=0.6, neck_depth=3.4)
    if neck == "square":
        return replace(cut, neck_width=cut.neck_width + 3.0, neck_depth=10.0)
    if neck == "band collar":
        return replace(cut, neck_width=0.4, neck_depth=4.6)
    return cut


def draw_top(tailor: Tailor, piece: Piece, figure: Figure) -> None:
    """Draw any upper garment."""
    cut = cut_of(piece)
    kind = piece["kind"]
    if piece["neck"] == "hood":
        _hood_back(tailor, figure, cut)
    _inside(tailor, figure, cut)
    if cut.sleeve:
        _sleeves(tailor, figure, cut, ribbed=kind in _KNITS)
    curve = 3.4 if kind == "shirt" else 1.2
    outline = torso(figure, cut, curve)
    tailor.shadow(outline, 1.6, 0.22, (0, 0.8))
    body = tailor.lay(outline, _body_folds(tailor, figure, cut))
    if cut.sleeve:
        for seam in pair(armhole(figure, cut)):
            tailor.shade_inside(body, seam, 2.4, 0.22)
            tailor.seam(seam, strength=0.35)
    _TRIMS[kind](tailor, figure, cut, piece)
    _COLLARS.get(piece["neck"], _crew)(tailor, figure, cut, piece)


_KNITS = ("jumper", "cardigan", "hoodie")


def _inside(tailor: Tailor, figure: Figure, cut: TopCut) -> None:
    """The back panel seen through the neck, in the shade, with its label."""
    hollow = back_neck(figure, cut)
    tailor.lay(hollow, cloth=tailor.cloth.darker(0.34), volume=0.0)
    high = figure.neck[1] + 0.2
    tailor.label((0, high))
    patch = tailor.canvas.fill(tailor.frame(hollow))
    tailor.shade_inside(patch, neckline(figure, cut), 4.0, 0.32)


def _sleeves(tailor: Tailor, figure: Figure, cut: TopCut, *, ribbed: bool) -> None:
    outline = sleeve(figure, cut)
    for flip in (False, True):
        part = mirrored(outline) if flip else outline
        folds = [mirrored(fold) if flip else fold for fold in _sleeve_folds(tailor, figure, cut)]
        angle = -cut.spread if not flip else cut.spread
        patch = tailor.lay(part, folds, angle=angle, volume=0.85)
        inner = armhole(figure, cut) + (0.9, 0.4)
        tailor.shade_inside(patch, mirrored(inner) if flip else inner, 3.0, 0.24)
        if cut.sleeve > 40:
            _cuff(tailor, outline, flip=flip, ribbed=ribbed)
        else:
            hem = outline[27:31] - (0.35, 1.6)
            tailor.seam(mirrored(hem) if flip else hem, strength=0.25)


def _cuff(tailor: Tailor, outline: Doubles, *, flip: bool, ribbed: bool) -> None:
    """The end of a long sleeve: a ribbed band or a sewn cuff."""
    out, inn = outline[25], outline[30]
    up = np.array([out[1] - inn[1], inn[0] - out[0]]) / np.hypot(*(inn - out))
    deep = 5.2 if ribbed else 4.6
    rise = -abs(up[1]) * deep
    lean = (out[0] - outline[12][0]) / (out[1] - outline[12][1]) * rise
    band = line(tuple(out), tuple(inn), tuple(inn + (lean, rise)), tuple(out + (lean, rise)))
    band = mirrored(band) if flip else band
    cloth = replace(tailor.cloth.plain(), material="rib") if ribbed else None
    if ribbed:
        tailor.lay(band, cloth=cloth, volume=0.35)
    tailor.seam(band[2:4], strength=0.4)


def _sleeve_folds(tailor: Tailor, figure: Figure, cut: TopCut) -> list[Doubles]:
    """Creases at the elbow and along the arm."""
    a = np.radians(cut.spread)
    down, out = np.array([np.sin(a), np.cos(a)]), np.array([np.cos(a), -np.sin(a)])
    top = np.array(corners(figure, cut)["shoulder"])
    folds = []
    for share in (0.3, 0.45, 0.52, 0.62, 0.82):
        jitter = tailor.rng.uniform(-0.05, 0.05)
        at = top + down * cut.sleeve * (share + jitter) - out * tailor.rng.uniform(2, 9)
        tilt = tailor.rng.uniform(-2.5, 4.5)
        folds.append(bend(tuple(at), tuple(at + out * 3 + down * tilt * 0.2), tuple(at + out * 6 + down * tilt)))
    length = top + down * cut.sleeve * 0.75 - out * 5
    folds.append(line(tuple(top + down * 8 - out * 5), tuple(length)))
    return folds


def _body_folds(tailor: Tailor, figure: Figure, cut: TopCut) -> list[Doubles]:
    """Folds that hang from the armpits and gather at the waist."""
    at = corners(figure, cut)
    folds: list[Doubles] = []
    for flip in (1.0, -1.0):
        armpit = np.array(at["armpit"]) * (flip, 1)
        for reach in tailor.rng.uniform(6, 17, 3):
            end = armpit + np.array([-flip * reach * 0.55, reach * 1.25])
            folds.append(
                bend(
                    tuple(armpit - (flip * 2, -1)),
                    (float(armpit[0] - flip * reach * 0.5), float(armpit[1] + 2)),
                    tuple(end),
                )
            )
        x = tailor.rng.uniform(5, at["hem"][0] - 2) * flip
        folds.append(bend((x, cut.hem - 2), (x * 0.9, cut.hem - 14), (x * 0.72, cut.hem - tailor.rng.uniform(20, 34))))
        waist = at["waist"]
        folds.append(
            bend(
                (waist[0] * flip, waist[1]),
                (waist[0] * 0.7 * flip, waist[1] + 1.5),
                (waist[0] * 0.35 * flip, waist[1] - 1),
            )
        )
    return folds


def _crew(tailor: Tailor, figure: Figure, cut: TopCut, piece: Piece) -> None:
    """A band along the neckline; also serves the V."""
    front = neckline(figure, cut)
    wide = 2.5 if piece["kind"] in _KNITS else 1.5
    inner = np.stack([front[:, 0] * 0.985, front[:, 1]], 1)
    outer = front + np.stack(
        [np.sign(front[:, 0]) * wide * 0.75 * np.minimum(1, np.abs(front[:, 0]) / 3), np.full(len(front), wide)], 1
    )
    outer[[0, -1], 1] -= wide * 0.5
    cloth = replace(tailor.cloth.plain(), material="rib" if piece["kind"] in _KNITS else tailor.cloth.material)
    tailor.lay(join(inner, outer[::-1]), cloth=cloth, volume=0.25)
    tailor.seam(outer, strength=0.32)


def _roll(tailor: Tailor, figure: Figure, cut: TopCut, piece: Piece) -> None:
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


def _collar(tailor: Tailor, figure: Figure, cut: TopCut, piece: Piece) -> None:
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


def _band(tailor: Tailor, figure: Figure, cut: TopCut, piece: Piece) -> None:
    front = neckline(figure, cut)
    outer = front + (0, 0.2)
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


def _hood_back(tailor: Tailor, figure: Figure, cut: TopCut) -> None:
    neck = corners(figure, cut)["neck"]
    half = flow([(0, neck[1] - 15), (7, neck[1] - 13.5), (11.5, neck[1] - 5), (11.8, neck[1] + 4), (6, neck[1] + 8)], 8)
    hood = join(half, mirrored(half)[::-1])
    tailor.lay(hood, volume=0.9)
    opening = flow(
        [(0, neck[1] - 11.5), (5, neck[1] - 10), (7.6, neck[1] - 3), (6.6, neck[1] + 5), (0, neck[1] + 9)], 8
    )
    hole = join(opening, mirrored(opening)[::-1])
    patch = tailor.lay(hole, cloth=tailor.cloth.darker(0.42), volume=0.1)
    tailor.shade_inside(patch, hole, 3.5, 0.35)


def _hood_front(tailor: Tailor, figure: Figure, cut: TopCut, piece: Piece) -> None:
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


_COLLARS: dict[str, Callable[[Tailor, Figure, TopCut, Piece], None]] = {
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
        tailor.stitch(panel + (0.7 * sign, 0), thread, strength=0.5)
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


_TRIMS: dict[str, Callable[[Tailor, Figure, TopCut, Piece], None]] = {
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
