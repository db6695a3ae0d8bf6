"""A standing figure and the outlines of clothes on it, in centimetres: x from the body's middle, y down from the crown.

Nothing here draws. The same outlines dress the studio's empty air today and a mannequin or a photographed person
tomorrow: give another figure, get the garment at its size.
"""

from dataclasses import dataclass

import numpy as np

from tastemaker.demoshop.curves import Point, bend, flow, join, line, mirrored, symmetric
from tastemaker.demoshop.field import Field


@dataclass(frozen=True)
class Figure:
    """Landmarks of the right half of a body, cm."""

    neck: Point = (6.6, 27.5)
    shoulder: Point = (19.6, 32.5)
    armpit: Point = (17.2, 49.0)
    waist: Point = (14.4, 70.0)
    hip: Point = (18.6, 90.0)
    crotch: float = 98.0
    knee: Point = (9.6, 130.0)
    ankle: Point = (8.8, 165.0)
    arm: float = 60.0


@dataclass(frozen=True)
class TopCut:
    """How an upper garment is cut; lengths in cm.

    Attributes:
        ease: added to the body's half-width.
        hem: where it ends.
        sleeve: length along the arm, 0 for none.
        cuff: width of the sleeve's end.
        waist: 0 hangs straight, 1 follows the waist.
        flare: widening of the hem.
        neck_width: added to the neck's half-width.
        neck_depth: of the front neckline below the neck point.
        v: does the neckline run to a point?
        drop: how far the shoulder seam slips down the arm.
        spread: angle of the hanging sleeve, degrees.
    """

    ease: float = 2.5
    hem: float = 93.0
    sleeve: float = 58.0
    cuff: float = 9.0
    waist: float = 0.25
    flare: float = 0.0
    neck_width: float = 1.0
    neck_depth: float = 7.0
    v: bool = False
    drop: float = 0.0
    spread: float = 15.0


def corners(figure: Figure, cut: TopCut) -> dict[str, Point]:
    """The points of the right half where seams meet."""
    shoulder = (figure.shoulder[0] + cut.drop, figure.shoulder[1] + cut.drop * 0.45)
    armpit = (figure.armpit[0] + cut.ease, figure.armpit[1] + cut.ease * 0.7)
    straight = armpit[0] - 0.4
    waist = (straight + (figure.waist[0] + cut.ease - straight) * cut.waist, figure.waist[1])
    if cut.hem > figure.hip[1]:
        wide = max(figure.hip[0] + cut.ease * 0.8, straight - 0.8) + cut.flare
    else:
        wide = straight - 0.3 + cut.flare - 1.2 * cut.waist
    return {
        "neck": (figure.neck[0] + cut.neck_width, figure.neck[1] + cut.neck_width * 0.35),
        "shoulder": shoulder,
        "armpit": armpit,
        "waist": waist,
        "hem": (wide, cut.hem),
    }


def neckline(figure: Figure, cut: TopCut) -> Field:
    """The front neckline from the wearer's left to right (sheet right to left)."""
    neck = corners(figure, cut)["neck"]
    low = (0.0, neck[1] + cut.neck_depth)
    right = line(neck, low) if cut.v else bend(neck, (neck[0] * 0.92, low[1]), low, 10)
    if cut.v:
        right = bend(neck, (neck[0] * 0.62, low[1] * 0.52 + neck[1] * 0.48), low, 10)
    return join(right, mirrored(right)[::-1][1:])


def back_neck(figure: Figure, cut: TopCut) -> Field:
    """The inside of the back that shows through the neckline."""
    neck = corners(figure, cut)["neck"]
    high = bend((-neck[0], neck[1]), (0, neck[1] - 2.0), neck)
    return join(high, neckline(figure, cut))


def armhole(figure: Figure, cut: TopCut) -> Field:
    """The seam from shoulder to armpit, right side."""
    at = corners(figure, cut)
    shoulder, armpit = at["shoulder"], at["armpit"]
    return bend(shoulder, (shoulder[0] - 3.2, armpit[1] - 5), armpit, 14)


def side(figure: Figure, cut: TopCut) -> Field:
    """The side seam from armpit to hem, right side."""
    at = corners(figure, cut)
    return flow([at["armpit"], at["waist"], at["hem"]], 10)


def torso(figure: Figure, cut: TopCut, hem_curve: float = 1.2) -> Field:
    """Outline of the body of an upper garment."""
    at = corners(figure, cut)
    neck, shoulder, hem = at["neck"], at["shoulder"], at["hem"]
    half_neck = neckline(figure, cut)
    half = join(
        half_neck[: len(half_neck) // 2 + 1][::-1],
        bend(neck, ((neck[0] + shoulder[0]) / 2, (neck[1] + shoulder[1]) / 2 - 0.8), shoulder),
        armhole(figure, cut),
        side(figure, cut),
        bend(hem, (hem[0] * 0.6, hem[1] + hem_curve), (0.0, hem[1] + hem_curve)),
    )
    return symmetric(half)


def sleeve(figure: Figure, cut: TopCut) -> Field:
    """Outline of the right sleeve, hanging."""
    at = corners(figure, cut)
    top, under = np.array(at["shoulder"]), np.array(at["armpit"])
    a = np.radians(cut.spread)
    down, out = np.array([np.sin(a), np.cos(a)]), np.array([np.cos(a), -np.sin(a)])
    cuff_out = top + down * cut.sleeve + out * 0.6
    cuff_in = cuff_out - out * cut.cuff + down * 0.8
    outer = flow(
        [
            _p(top),
            _p(top + down * cut.sleeve * 0.2 + out * 1.7),
            _p(top + down * cut.sleeve * 0.6 + out * 1.3),
            _p(cuff_out),
        ],
        8,
    )
    middle = under + (cuff_in - under) * 0.5 - out * 0.1
    inner = flow([_p(cuff_in), _p(middle), _p(under)], 8)
    cuff = bend(_p(cuff_out), _p((cuff_out + cuff_in) / 2 + down * 0.9), _p(cuff_in), 6)
    return join(outer, cuff, inner, armhole(figure, cut)[::-1])


def _p(point: Field) -> Point:
    return float(point[0]), float(point[1])


@dataclass(frozen=True)
class LegCut:
    """How trousers are cut.

    Attributes:
        rise: where the waistband sits.
        hem: where the leg ends.
        thigh, knee, ankle: widths of one leg.
        gap: half of the space between the legs at the hem.
    """

    rise: float = 71.0
    hem: float = 163.0
    thigh: float = 21.0
    knee: float = 17.0
    ankle: float = 14.0
    gap: float = 1.6


def leg(figure: Figure, cut: LegCut) -> Field:
    """Outline of the right trouser leg with its half of the seat."""
    waist = (figure.waist[0] + 1.2, cut.rise)
    hip = (figure.hip[0] + 1.4, figure.hip[1])
    share = (cut.hem - figure.crotch) / (figure.ankle[1] - figure.crotch)
    inner_hem = cut.gap * share + 1.4
    knee_y = figure.crotch + (figure.knee[1] - figure.crotch) * min(1.0, share)
    knee_in = 1.2 + cut.gap * 0.4
    points: list[Point] = [waist, hip, (max(hip[0] * 0.98, cut.thigh * 0.94), figure.crotch + 3)]
    if share > 0.6:
        points.append((knee_in + cut.knee, knee_y))
    points.append((inner_hem + cut.ankle, cut.hem))
    inner = flow(
        [
            (inner_hem, cut.hem + 0.4),
            (knee_in, knee_y) if share > 0.6 else (1.2, figure.crotch + 6),
            (0.0, figure.crotch),
        ],
        8,
    )
    waistline = bend((0.0, cut.rise + 1.4), (waist[0] * 0.6, cut.rise + 1.3), waist)
    return join(waistline, flow(points, 8), inner)


@dataclass(frozen=True)
class SkirtCut:
    """How a skirt (or the lower half of a dress) is cut."""

    rise: float = 69.0
    hem: float = 125.0
    flare: float = 9.0
    hip: float = 1.0
    curve: float = 2.5


def skirt(figure: Figure, cut: SkirtCut, waist: float = 0.6) -> Field:
    """Outline of a skirt."""
    top = (figure.waist[0] + waist, cut.rise)
    hip = (figure.hip[0] + cut.hip + cut.flare * 0.25, figure.hip[1] - 1)
    hem = (figure.hip[0] + cut.hip + cut.flare, cut.hem)
    half = join(
        bend((0.0, cut.rise + 1.2), (top[0] * 0.6, cut.rise + 1.1), top),
        flow([top, hip, hem], 10),
        bend(hem, (hem[0] * 0.55, cut.hem + cut.curve), (0.0, cut.hem + cut.curve)),
    )
    return symmetric(half)
