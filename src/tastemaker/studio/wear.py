"""Where each point of a garment comes to lie on a person: the anchors of the warp.

Widths follow the garment's own cut, measured in widths of its shoulders (or waist), but never less than the body's: a
loose shirt stays loose, a tight one lies on the body. Heights follow its length, so a cropped top stays cropped.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from tastemaker.core.types import Doubles
from tastemaker.studio.body import Body, run_at
from tastemaker.studio.cutout import Pixels, lab_of
from tastemaker.studio.garment import BANDS, LEG, SIDES, Flat, Sleeve
from tastemaker.studio.limbs import arm, hanging, legs, parting

Place = Literal["top", "bottom", "dress", "shoes", "bag", "hat"]
"""Where on a body something is worn."""

SEAMS = 0.9
"""From shoulder seam to shoulder seam, in widths of the shoulders with the arms."""
HANDS = 0.35
"""How far below the crotch hands hang, in widths of the shoulders."""
EASE = 0.9
"""What of the width of a garment laid flat is seen from the front once a body is in it."""


@dataclass
class Part:
    """A piece of a garment that is bent on its own: the trunk, or a sleeve.

    Attributes:
        points: of the packshot.
        targets: in the photo.
    """

    points: list[Doubles] = field(default_factory=list)
    targets: list[Doubles] = field(default_factory=list)

    def add(self, point: Doubles, x: float, y: float) -> None:
        """One more anchor."""
        self.points.append(point)
        self.targets.append(np.array([x, y], np.float64))


@dataclass
class Fitting(Part):
    """Anchors of a warp: points of the garment and where they go; sleeves apart, because a spline cannot fold.

    Attributes:
        sleeves: by side.
        legs: by side, of trousers; legs may touch or cross, and a spline cannot.
        hidden: what could not be followed: a sleeve for an arm that is not seen.
        hem: lowest row the garment reaches.
    """

    sleeves: dict[int, Part] = field(default_factory=dict)
    legs: dict[int, Part] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    hem: float = 0.0


def fit_upper(
    flat: Flat, body: Body, belt: float | None, neckline: float | None, *, long: bool, loose: float = 1.0
) -> Fitting:
    """Anchors for what hangs from the shoulders.

    Args:
        flat: the garment.
        body: the person.
        belt: row where what they wear above ends; None when it cannot be seen.
        neckline: row where it begins in the middle; None when it cannot be seen.
        long: a dress or coat, which may be wide below the hips.
        loose: factor on the width.
    """
    fitting, points = Fitting(), flat.points
    scale, axis, span = SEAMS * body.shoulders / flat.width, body.axis, body.shoulders
    shoulder = body.levels["shoulder"]
    neck = shoulder - 0.15 * span
    if neckline is not None:
        neck = float(np.clip(neckline - 0.14 * span, shoulder - 0.24 * span, neck))
    for side in SIDES:
        half = abs(points[f"collar{side:+d}"][0] - points["collar"][0]) * scale
        wide = float(np.clip(half, 0.12 * span, 0.42 * span))
        row = float(np.interp(wide / span, [0.16, 0.46], [neck, shoulder + 0.05 * span]))
        fitting.add(points[f"collar{side:+d}"], axis + side * wide, row)
        out = abs(points[f"shoulder{side:+d}"][0] - points["collar"][0]) * scale
        if out > 0.36 * span:
            fitting.add(points[f"shoulder{side:+d}"], axis + side * 0.46 * span, _tip(body, side))
        else:  # a strap
            end = float(np.interp(out / span, [0.16, 0.46], [neck, shoulder + 0.05 * span]))
            fitting.add(points[f"shoulder{side:+d}"], axis + side * max(out, wide + 0.03 * span), end)
    ends = float(np.mean([points[f"collar{side:+d}"][1] for side in SIDES]))
    collar = float(np.mean([target[1] for target in fitting.targets[::2]]))
    fitting.add(points["collar"], axis, collar + max(points["collar"][1] - ends, 0) * scale)
    hem = collar + (points["hem"][1] - ends) * scale
    if belt is not None and not long and abs(hem - belt) < 0.3 * span:
        hem = max(hem, belt + 0.04 * span)
    least, most = ("hip", "ankle") if long else ("chest", "crotch")
    hem = float(np.clip(hem, body.levels[least] + 0.2 * span, body.levels[most] + 0.05 * span))
    fitting.hem = hem
    pit = shoulder + float(np.clip((points["armpit+1"][1] - points["shoulder+1"][1]) * scale, 0.3 * span, 0.5 * span))
    _sides(fitting, flat, body, pit, hem, scale * EASE * loose, long=long)
    fitting.add(points["hem"], axis, hem + 0.02 * span)
    _sleeves(fitting, flat, body, scale)
    return fitting


def _tip(body: Body, side: int) -> float:
    """The row of a shoulder's end: on the outline where it is plausible, else where it usually is."""
    usual, span = body.levels["shoulder"] + 0.05 * body.shoulders, body.shoulders
    x = int(np.clip(body.axis + side * 0.46 * span, 0, body.mask.shape[1] - 1))
    rows = np.flatnonzero((body.mask & ~body.hair)[:, x])
    return float(rows[0] - 1) if len(rows) and abs(rows[0] - usual) < 0.14 * span else usual


def _sides(fitting: Fitting, flat: Flat, body: Body, pit: float, hem: float, scale: float, *, long: bool) -> None:
    """Anchors down both sides, from the armpit to the hem."""
    low = flat.points["hem"][1]
    for side in SIDES:
        high = flat.points[f"armpit{side:+d}"][1]
        for name in ("armpit", "waist", "hip", "hem"):
            point = flat.points[f"{name}{side:+d}"]
            row = pit + (hem - pit) * float(np.clip((point[1] - high) / max(low - high, 1), 0, 1))
            edge = body.trunk(row)[0 if side < 0 else 1]
            least = abs(edge - body.axis)
            if long and row > body.levels["crotch"] + HANDS * body.shoulders:
                least = max(abs(outer - body.axis) for _, outer in legs(body, row).values())
            most = least * (2.6 if long and row > body.levels["waist"] else 1.3)
            own = abs(point[0] - flat.points["collar"][0]) * scale
            fitting.add(point, body.axis + side * float(np.clip(own, 1.03 * least, most)), row)


def _sleeves(fitting: Fitting, flat: Flat, body: Body, scale: float) -> None:
    """Anchors along the arms; a sleeve whose arm is not seen hangs down."""
    placed = {id(point): target for point, target in zip(fitting.points, fitting.targets, strict=True)}
    for side, sleeve in flat.sleeves.items():
        need = sleeve.length * scale
        limb = arm(body, side, need)
        if limb is None or limb.length < 0.7 * need:
            fitting.hidden.append("left arm" if side < 0 else "right arm")
            if limb is None:
                limb = hanging(body, side)
        part = fitting.sleeves[side] = Part()
        for name in ("shoulder", "armpit"):
            point = flat.points[f"{name}{side:+d}"]
            part.add(point, *placed[id(point)])
        for share, band in zip(BANDS, sleeve.bands, strict=True):
            half = 0.5 * float(np.linalg.norm(band[0] - band[1])) * scale * 0.8
            for point, target in zip(band, limb.across(min(share * need, limb.length), half), strict=True):
                part.add(point, *target)
        _over_shoulder(part, sleeve, body, side)


def _over_shoulder(part: Part, sleeve: Sleeve, body: Body, side: int) -> None:
    """One more anchor between the end of the shoulder and the first band, where the arm bulges: on both outlines."""
    (tip, own_tip), (band, own_band) = ((part.targets[at], part.points[at]) for at in (0, 2))
    row, own_row = (tip[1] + band[1]) / 2, int((own_tip[1] + own_band[1]) / 2)
    own = np.flatnonzero(sleeve.mask[own_row]) if own_tip[1] < own_row < own_band[1] else np.zeros(0, np.intp)
    run = run_at(body.mask[int(np.clip(row, 0, len(body.mask) - 1))], (tip[0] + band[0]) / 2)
    if not len(own) or run is None:
        return
    straight = (tip[0] + band[0]) / 2
    edge = run[0] if side < 0 else run[1]
    bulge = float(np.clip((edge - straight) * side, 0, 0.1 * body.shoulders)) + 0.015 * body.shoulders
    part.add(np.array([own[0 if side < 0 else -1], own_row], np.float64), straight + side * bulge, row)


def fit_lower(flat: Flat, body: Body, belt: float | None, *, loose: float = 1.0) -> Fitting:
    """Anchors for what hangs from the waist; see :func:`fit_upper`."""
    fitting, points = Fitting(), flat.points
    outer = [edge for _, edge in legs(body, parting(body) + 0.1 * body.shoulders).values()]
    body = replace(body, axis=float(np.mean(outer)))  # the hips may be beside the middle of the shoulders
    start = belt if belt is not None else body.levels["waist"] + 0.3 * (body.levels["hip"] - body.levels["waist"])
    left, right = body.trunk(start)
    wide = min(right - left, 2.16 * body.half_width(start))  # an arm may lie there
    scale = wide * 1.02 / flat.width
    tall = points["hem+1"][1] - points["waist"][1]
    hem = start + tall * scale
    ankle = body.levels["ankle"]
    if "crotch" in points and tall / flat.width > 2.0:  # long legs reach the ankle, whatever the waist is like
        hem = ankle + 0.03 * (ankle - start)
    fitting.hem = hem
    down = (hem - start) / max(tall, 1.0)
    fitting.add(points["waist"], body.axis, start)
    if "crotch" in points:
        row = parting(body)
        fitting.add(points["crotch"], legs(body, row + 0.1 * body.shoulders)[1][0], row)
    else:
        fitting.add(points["hem"], body.axis, hem)
    for side in SIDES:
        for name in ("waist", "hip", *(name for name, _ in LEG)):
            _leg(fitting, flat, body, name, side, (start, down, scale * loose))
    if "crotch" in points:
        fitting.legs = {side: _half(fitting, flat, side) for side in SIDES}
    return fitting


def _half(fitting: Fitting, flat: Flat, side: int) -> Part:
    """The anchors of one half of trousers; both halves share those of the middle."""
    part, placed = Part(), {id(point): target for point, target in zip(fitting.points, fitting.targets, strict=True)}
    waist, crotch = (placed[id(flat.points[name])] for name in ("waist", "crotch"))
    for name, point in flat.points.items():
        if name.endswith(f"{side:+d}"):
            part.add(point, *placed[id(point)])
    for share in (0.0, 0.5, 1.0):
        own = (1 - share) * flat.points["waist"] + share * flat.points["crotch"]
        part.add(own, *((1 - share) * waist + share * crotch))
    return part


def _leg(fitting: Fitting, flat: Flat, body: Body, name: str, side: int, how: tuple[float, float, float]) -> None:
    """Anchors of one side at one height: the outer edge, and the inner one of a leg."""
    start, down, scale = how
    point = flat.points[f"{name}{side:+d}"]
    row = start + (point[1] - flat.points["waist"][1]) * down
    inner = flat.points.get(f"{name}-inner{side:+d}")
    own = abs(point[0] - flat.points["waist"][0]) * scale * EASE
    if inner is None:
        edge = abs(body.trunk(row)[0 if side < 0 else 1] - body.axis)
        if row > body.levels["crotch"]:
            edge = abs(legs(body, row)[side][1] - body.axis)
        fitting.add(point, body.axis + side * max(own, 1.03 * edge), row)
        return
    near, far = legs(body, row)[side]
    own_wide = abs(point[0] - inner[0]) * scale
    wide = float(np.clip(1.08 * abs(far - near), 0.8 * own_wide, 1.5 * own_wide))
    middle = (near + far) / 2
    fitting.add(point, middle + side * wide / 2, row)
    fitting.add(inner, middle - side * wide / 2, row)


def belt_of(picture: Pixels, body: Body) -> float | None:
    """The row where what is worn above meets what is worn below: the strongest change of colour down the trunk.

    Shapes: picture (h, w, 3).
    """
    if body.belt is not None:  # somebody has marked it
        return body.belt
    first, last = body.levels["waist"] - 0.35 * body.shoulders, body.levels["crotch"] + 0.1 * body.shoulders
    rows = np.arange(max(int(first), 0), min(int(last), len(picture)))
    if len(rows) < 12:
        return None
    half = int(0.2 * body.shoulders)
    window = np.s_[rows[0] : rows[-1] + 1, max(int(body.axis) - half, 0) : int(body.axis) + half]
    line = np.median(lab_of(picture[window]), 1)
    bare = body.skin[window].mean(1) > 0.5
    reach = max(3, int(0.06 * body.shoulders))
    change = np.zeros(len(line))
    for at in range(reach, len(line) - reach):
        if bare[at - reach : at + reach].any():  # an arm before the trunk, or the end of shorts
            continue
        change[at] = np.linalg.norm(np.median(line[at - reach : at], 0) - np.median(line[at : at + reach], 0))
    return float(rows[int(change.argmax())]) if change.max() > 12 else None


def neckline_of(body: Body) -> float | None:
    """The row where what is worn begins under the neck; None when that is not near the shoulders."""
    first, last = (int(body.levels["shoulder"] + share * body.shoulders) for share in (-0.35, 0.2))
    half = max(1, int(0.06 * body.shoulders))
    strip = body.skin[max(first, 0) : last, max(int(body.axis) - half, 0) : int(body.axis) + half]
    if not strip.size:
        return None
    bare = strip.mean(1) > 0.5
    rows = np.flatnonzero(bare)
    return None if not len(rows) or rows[-1] == len(bare) - 1 else float(max(first, 0) + rows[-1])
