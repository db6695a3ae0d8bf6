"""Upper garments: shirts, knitwear, jackets, coats - a torso, two sleeves, and what is sewn onto them."""

from dataclasses import replace

import numpy as np

from tastemaker.demoshop.curves import bend, flow, join, line, mirrored, shifted
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.wardrobe.figure import (
    Figure,
    TopCut,
    armhole,
    back_neck,
    corners,
    neckline,
    sleeve,
    torso,
)
from tastemaker.demoshop.wardrobe.tailor import Tailor, pair
from tastemaker.demoshop.wardrobe.trims import COLLARS, KNITS, TRIMS, crew

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
        _sleeves(tailor, figure, cut, ribbed=kind in KNITS)
    curve = 3.4 if kind == "shirt" else 1.2
    outline = torso(figure, cut, curve)
    tailor.shadow(outline, 1.6, 0.22, (0, 0.8))
    body = tailor.lay(outline, _body_folds(tailor, figure, cut))
    if cut.sleeve:
        for seam in pair(armhole(figure, cut)):
            tailor.shade_inside(body, seam, 2.4, 0.22)
            tailor.seam(seam, strength=0.35)
    TRIMS[kind](tailor, figure, cut, piece)
    COLLARS.get(piece["neck"], crew)(tailor, figure, cut, piece)


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
        inner = shifted(armhole(figure, cut), 0.9, 0.4)
        tailor.shade_inside(patch, mirrored(inner) if flip else inner, 3.0, 0.24)
        if cut.sleeve > 40:
            _cuff(tailor, outline, flip=flip, ribbed=ribbed)
        else:
            hem = outline[27:31] - (0.35, 1.6)
            tailor.seam(mirrored(hem) if flip else hem, strength=0.25)


def _cuff(tailor: Tailor, outline: Field, *, flip: bool, ribbed: bool) -> None:
    """The end of a long sleeve: a ribbed band or a sewn cuff."""
    out, inn = outline[25], outline[30]
    up = np.array([out[1] - inn[1], inn[0] - out[0]]) / np.hypot(*(inn - out))
    deep = 5.2 if ribbed else 4.6
    rise = -abs(up[1]) * deep
    lean = (out[0] - outline[12][0]) / (out[1] - outline[12][1]) * rise
    band = line(tuple(out), tuple(inn), tuple(shifted(inn, lean, rise)), tuple(shifted(out, lean, rise)))
    band = mirrored(band) if flip else band
    cloth = replace(tailor.cloth.plain(), material="rib") if ribbed else None
    if ribbed:
        tailor.lay(band, cloth=cloth, volume=0.35)
    tailor.seam(band[2:4], strength=0.4)


def _sleeve_folds(tailor: Tailor, figure: Figure, cut: TopCut) -> list[Field]:
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


def _body_folds(tailor: Tailor, figure: Figure, cut: TopCut) -> list[Field]:
    """Folds that hang from the armpits and gather at the waist."""
    at = corners(figure, cut)
    folds: list[Field] = []
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
