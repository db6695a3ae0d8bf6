"""Trousers, jeans, shorts, skirts and dresses."""

from dataclasses import replace

import numpy as np

from tastemaker.demoshop.canvas import Patch, soften
from tastemaker.demoshop.cloth import pleat_profile
from tastemaker.demoshop.curves import bend, box, flow, join, line, mirrored, shifted
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.palette import mix, rgb
from tastemaker.demoshop.wardrobe.figure import (
    Figure,
    LegCut,
    SkirtCut,
    TopCut,
    armhole,
    back_neck,
    corners,
    leg,
    neckline,
    skirt,
    sleeve,
)
from tastemaker.demoshop.wardrobe.tailor import Tailor, pair
from tastemaker.demoshop.wardrobe.tops import cut_of

_LEGS = {
    "straight": LegCut(thigh=19.5, knee=16.5, ankle=15.5),
    "wide": LegCut(thigh=22, knee=20.5, ankle=22.0, gap=1.0),
    "tapered": LegCut(thigh=20, knee=15.5, ankle=11.5, gap=2.4),
    "slim": LegCut(thigh=18, knee=13.5, ankle=11, gap=2.8),
}
_HEMS = {"mini": 112.0, "knee": 126.0, "midi": 140.0}


def draw_legs(tailor: Tailor, piece: Piece, figure: Figure) -> None:
    """Trousers, jeans and shorts."""
    cut = _LEGS[piece["cut"]]
    if piece["kind"] == "shorts":
        cut = replace(cut, hem=112.0 if piece["length"] == "mini" else 124.0, ankle=cut.thigh + 1.5, gap=3.0)
    elif piece["length"] == "ankle":
        cut = replace(cut, hem=156.0)
    _waist_back(tailor, figure, cut)
    outline = leg(figure, cut)
    centre = outline[-1]
    for flip in (True, False):
        part = mirrored(outline) if flip else outline
        folds = [mirrored(fold) if flip else fold for fold in _leg_folds(tailor, figure, cut, piece)]
        patch = tailor.lay(part, folds, volume=1.05, fold_width=2.6)
        sign = -1.0 if flip else 1.0
        tailor.shade_inside(patch, line((0, centre[1]), (sign * 1.0, centre[1] + 26)), 4.5, 0.22)
        if piece["kind"] == "jeans":
            _fade(tailor, figure, cut, sign)
    _waistband(tailor, figure, cut, piece)
    _fly(tailor, figure, cut, piece)
    _leg_hems(tailor, outline, piece)


def _waist_back(tailor: Tailor, figure: Figure, cut: LegCut) -> None:
    wide = figure.waist[0] + 1.0
    hollow = join(
        bend((-wide, cut.rise), (0, cut.rise - 2.2), (wide, cut.rise)),
        bend((wide, cut.rise), (0, cut.rise + 2.8), (-wide, cut.rise)),
    )
    tailor.lay(hollow, cloth=tailor.cloth.darker(0.4), volume=0.0)
    tailor.label((0, cut.rise - 0.9), 5, 1.5)


def _leg_folds(tailor: Tailor, figure: Figure, cut: LegCut, piece: Piece) -> list[Field]:
    """Whiskers at the crotch, creases at the knee, breaks at the hem; a pressed crease on dress trousers."""
    rng = tailor.rng
    folds = []
    for _ in range(3):
        y = figure.crotch + rng.uniform(-4, 5)
        folds.append(bend((1.5, y), (8, y - 1), (rng.uniform(11, 17), y - rng.uniform(3, 9))))
    long = cut.hem > figure.knee[1] + 5
    if long:
        knees, breaks = figure.knee[1] + rng.uniform(-7, 7, 3), cut.hem - rng.uniform(3, 16, 3)
        folds.extend(bend((3.5, y), (8, y + 2), (rng.uniform(11, 16), y + rng.uniform(-2, 3))) for y in knees)
        folds.extend(bend((4, y), (9, y + 1.5), (13, y - rng.uniform(0, 3))) for y in breaks)
    if piece["kind"] == "trousers" and piece["style"] in ("classic", "evening", "minimal"):
        middle = 1.5 + cut.ankle / 2
        folds.append(line((10.5, figure.hip[1] - 6), (middle + 1.0, figure.knee[1]), (middle + cut.gap, cut.hem - 1)))
    return folds


def _fade(tailor: Tailor, figure: Figure, _cut: LegCut, sign: float) -> None:
    """Worn denim: lighter down the front of the thigh."""
    middle = [tailor.frame(line((sign * 11, figure.crotch + 2), (sign * 10.5, figure.knee[1] + 6)))]
    glow = tailor.canvas.stroke(middle, 7 * tailor.frame.scale, pad=9 * tailor.frame.scale)
    soft = Patch(soften(glow.alpha, 4.2 * tailor.frame.scale * tailor.canvas.scale), glow.x, glow.y, glow.window)
    tailor.canvas.paint(soft, mix(tailor.cloth.colour, rgb("dfe6ec"), 0.6), 0.34)


def _waistband(tailor: Tailor, figure: Figure, cut: LegCut, piece: Piece) -> None:
    wide = figure.waist[0] + 1.2
    deep = 4.2
    top = bend((-wide, cut.rise), (0, cut.rise + 2.8), (wide, cut.rise), 16)
    bottom = bend((wide + 0.8, cut.rise + deep), (0, cut.rise + deep + 2.8), (-wide - 0.8, cut.rise + deep), 16)
    tailor.lay(join(top, bottom), volume=0.25)
    tailor.seam(bottom, strength=0.45)
    for x in (-9.5, 9.5):
        loop = box(x - 0.6, cut.rise + 0.3, x + 0.6, cut.rise + deep + 1.6)
        tailor.shadow(loop, 0.3, 0.3, (0.2, 0.3))
        tailor.lay(loop, volume=0.2)
    metal = rgb("a98552") if piece["kind"] == "jeans" else None
    tailor.button((0.6, cut.rise + 3.4), 0.9, metal)


def _fly(tailor: Tailor, figure: Figure, cut: LegCut, piece: Piece) -> None:
    """Fly, centre seam and pockets."""
    jeans = piece["kind"] == "jeans"
    thread = rgb("c8924c") if jeans and piece["colour"] in ("blue", "navy") else None
    low = cut.rise + 6.4
    tailor.seam(line((0, low), (0, figure.crotch)), strength=0.55)
    fly = join(
        line((3.2, low), (3.2, figure.crotch - 12)),
        bend((3.2, figure.crotch - 12), (3.0, figure.crotch - 8), (0.2, figure.crotch - 6.5)),
    )
    tailor.stitch(fly, thread, strength=0.7 if jeans else 0.35)
    for sign in (1.0, -1.0):
        wide = figure.waist[0] + 1.6
        if jeans:
            pocket = bend(
                (sign * 7.2, cut.rise + 5.6), (sign * 8.4, cut.rise + 13), (sign * (wide + 1.6), cut.rise + 14)
            )
            tailor.stitch(shifted(pocket, 0, 0.8), thread, strength=0.7)
        else:
            pocket = line((sign * 10.4, cut.rise + 5.2), (sign * (wide + 2.4), cut.rise + 20))
        tailor.seam(pocket, strength=0.5)


def _leg_hems(tailor: Tailor, outline: Field, piece: Piece) -> None:
    low = outline[:, 1].max()
    hem = outline[outline[:, 1] > low - 1.0]
    left, right = float(hem[:, 0].min()), float(hem[:, 0].max())
    for stroke in pair(line((left + 0.3, low - 2.6), (right - 0.3, low - 3.0))):
        tailor.seam(stroke, strength=0.3)
        if piece["kind"] == "jeans":
            tailor.stitch(stroke - (0, 0.5), rgb("c8924c"), strength=0.5)


def draw_skirt(tailor: Tailor, piece: Piece, figure: Figure) -> None:
    """Skirts: a-line, pencil, pleated."""
    flare = {"a-line": 10.0, "pencil": 0.5, "pleated": 12.0}[piece["cut"]]
    cut = SkirtCut(
        hem=_HEMS[piece["length"]] - 3,
        flare=flare * (0.8 if piece["length"] == "mini" else 1.0),
        curve=2.8 if flare > 5 else 1.4,
    )
    waist = figure.waist[0] + 0.6
    hollow = join(
        bend((-waist, cut.rise), (0, cut.rise - 2.0), (waist, cut.rise)),
        bend((waist, cut.rise), (0, cut.rise + 2.4), (-waist, cut.rise)),
    )
    tailor.lay(hollow, cloth=tailor.cloth.darker(0.4), volume=0.0)
    tailor.label((0, cut.rise - 0.8), 5, 1.4)
    _fall(tailor, figure, cut, piece["cut"])
    band = join(
        bend((-waist, cut.rise), (0, cut.rise + 2.4), (waist, cut.rise), 16),
        bend((waist + 0.5, cut.rise + 3.6), (0, cut.rise + 6), (-waist - 0.5, cut.rise + 3.6), 16),
    )
    tailor.lay(band, volume=0.25)
    tailor.seam(band[16:], strength=0.4)
    if piece["material"] == "denim" or piece["style"] == "workwear":
        tailor.buttons((0, cut.rise + 3.4), (0, cut.hem - 12), 6, 0.85)
        tailor.seam(line((1.8, cut.rise + 5), (1.8, cut.hem + 2)), strength=0.35)


def _fall(tailor: Tailor, figure: Figure, cut: SkirtCut, style: str) -> None:
    """The falling cloth of a skirt."""
    outline = skirt(figure, cut)
    rng = tailor.rng
    if style == "pleated":
        x = np.linspace(0, 1, 1000)
        angle = np.arcsin((x - 0.5) * 1.98)
        saw = (angle / np.pi + 0.5) * 17 % 1.0
        pleats = ((saw**0.7) * 2.1).astype(np.float32)
    elif style == "pencil":
        pleats = pleat_profile(rng, 1.2, 0.5)
    else:
        pleats = pleat_profile(rng, rng.uniform(3.2, 4.8), rng.uniform(2.6, 3.8))
    tailor.lay(outline, [], pleats=pleats, volume=0.9)
    wide = figure.hip[0] + cut.hip + cut.flare
    hem = bend(
        (-wide + 0.5, cut.hem - 1.6),
        (0, cut.hem + cut.curve * 2 - 1.8 - cut.curve * 0.9),
        (wide - 0.5, cut.hem - 1.6),
        20,
    )
    tailor.seam(hem, strength=0.2)


def draw_dress(tailor: Tailor, piece: Piece, figure: Figure) -> None:
    """Dresses: a bodice and what falls from it."""
    cut = cut_of(piece)
    style = piece["cut"]
    cut = replace(cut, hem=71.0, waist={"shift": 0.1, "a-line": 0.75}.get(style, 0.95))
    hollow = back_neck(figure, cut)
    tailor.lay(hollow, cloth=tailor.cloth.darker(0.34), volume=0.0)
    tailor.label((0, figure.neck[1] + 0.6))
    if cut.sleeve:
        _dress_sleeves(tailor, figure, cut)
    flare = {"fitted": 1.5, "a-line": 13.0, "shift": 5.0, "wrap": 9.0}[style]
    lower = SkirtCut(rise=70.5, hem=_HEMS[piece["length"]] - 2, flare=flare, curve=3.0, hip=1.2)
    patch = tailor.lay(
        _dress_outline(figure, cut, lower),
        _bodice_folds(tailor, figure, cut),
        pleats=_dress_pleats(tailor, style, lower),
    )
    if cut.sleeve:
        for seam in pair(armhole(figure, cut)):
            tailor.shade_inside(patch, seam, 2.2, 0.22)
            tailor.seam(seam, strength=0.3)
    _dress_trim(tailor, piece, figure, cut, lower)


def _dress_outline(figure: Figure, cut: TopCut, lower: SkirtCut) -> Field:
    at = corners(figure, cut)
    neck, shoulder = at["neck"], at["shoulder"]
    front = neckline(figure, cut)
    waist = at["waist"][0]
    hip = (max(figure.hip[0] + lower.hip + lower.flare * 0.25, waist + 1), figure.hip[1] - 1)
    hem = (figure.hip[0] + lower.hip + lower.flare, lower.hem)
    half = join(
        front[: len(front) // 2 + 1][::-1],
        bend(neck, ((neck[0] + shoulder[0]) / 2, (neck[1] + shoulder[1]) / 2 - 0.6), shoulder),
        armhole(figure, cut),
        flow([at["armpit"], (waist, 70.5), hip, hem], 10),
        bend(hem, (hem[0] * 0.55, lower.hem + lower.curve), (0.0, lower.hem + lower.curve)),
    )
    return join(half, mirrored(half)[::-1])


def _dress_pleats(tailor: Tailor, style: str, _lower: SkirtCut) -> Field:
    rng = tailor.rng
    if style in ("fitted", "shift"):
        return pleat_profile(rng, 1.6, 1.0)
    return pleat_profile(rng, rng.uniform(3.0, 4.4), rng.uniform(3.0, 4.2))


def _bodice_folds(tailor: Tailor, figure: Figure, cut: TopCut) -> list[Field]:
    rng = tailor.rng
    folds: list[Field] = []
    for sign in (1.0, -1.0):
        for _ in range(3):
            x = rng.uniform(4, 13) * sign
            folds.append(bend((x, 71), (x * 0.9, 66), (x * 0.8, rng.uniform(56, 63))))
            folds.append(bend((x, 71), (x * 1.1, 78), (x * 1.3, rng.uniform(82, 96))))
        armpit = corners(figure, cut)["armpit"]
        folds.append(
            bend((sign * armpit[0], armpit[1] + 1), (sign * armpit[0] * 0.6, armpit[1] + 2), (sign * 4, armpit[1] + 8))
        )
    return folds


def _dress_sleeves(tailor: Tailor, figure: Figure, cut: TopCut) -> None:
    outline = sleeve(figure, cut)
    for flip in (False, True):
        part = mirrored(outline) if flip else outline
        patch = tailor.lay(part, angle=cut.spread if flip else -cut.spread, volume=0.8)
        inner = shifted(armhole(figure, cut), 0.9, 0.4)
        tailor.shade_inside(patch, mirrored(inner) if flip else inner, 2.8, 0.24)


def _dress_trim(tailor: Tailor, piece: Piece, figure: Figure, cut: TopCut, lower: SkirtCut) -> None:
    """Neck facing, waist seam or belt, wrap edge or button row."""
    front = neckline(figure, cut)
    tailor.seam(shifted(front, 0, 1.3), strength=0.26)
    waist = corners(figure, cut)["waist"][0]
    seam = bend((-waist, 70.5), (0, 72.6), (waist, 70.5), 16)
    if piece["cut"] == "wrap":
        tailor.seam(bend((-6.5, figure.neck[1] + 3), (2, 55), (waist - 1, 69.5)), strength=0.5)
        tailor.seam(bend((waist - 1, 72), (8, 100), (11, lower.hem + 1.5)), strength=0.45)
    if piece["cut"] in ("wrap", "a-line") and piece.chance("belt") % 3:
        belt = join(seam - (0, 1.2), shifted(seam[::-1], 0, 1.5))
        tailor.shadow(belt, 0.6, 0.25, (0, 0.5))
        tailor.lay(belt, cloth=tailor.cloth.darker(0.08), volume=0.3)
        for end in (line((6, 72), (8.6, 72), (11.4, 94), (7.6, 95)), line((6, 72), (8.0, 72), (4.6, 90), (2.4, 89))):
            tailor.shadow(end, 0.5, 0.25, (0.3, 0.4))
            tailor.lay(end, cloth=tailor.cloth.darker(0.05), volume=0.3)
    elif piece["cut"] == "a-line":
        tailor.seam(seam, strength=0.4)
    elif piece["cut"] == "fitted":
        for dart in pair(flow([(8.5, 52), (7.2, 70), (8.5, 90)])):
            tailor.seam(dart, strength=0.22)
    if piece["style"] == "bohemian" and piece["cut"] != "wrap":
        top = float(front[:, 1].max()) + 2
        tailor.buttons((0, top), (0, lower.hem - 20), 10, 0.55, mix(tailor.cloth.colour, rgb("f3eee4"), 0.7))
