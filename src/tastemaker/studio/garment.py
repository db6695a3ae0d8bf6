"""Points of a garment in its packshot: collar, shoulders, armpits, waist, hem, and along each sleeve or leg.

A packshot shows a garment flat and from the front, so its outline says where these are: the armpit is where the outline
turns in deepest between cuff and hem, the crotch where the legs part.
"""

from dataclasses import dataclass

import numpy as np

from tastemaker.core.types import Bools, Doubles
from tastemaker.studio.body import run_at
from tastemaker.studio.cutout import box_of

SIDES = (-1, 1)
"""Left and right in the picture."""
BANDS = (0.2, 0.5, 0.98)
"""Places along a sleeve where it is held, as shares of its length."""
STRAP = 0.3
"""How far below the neckline a garment begins above the armpit, in widths of its trunk, when it has no shoulders."""
DEEP = 0.55
"""How far below the shoulder an armpit is at most, in widths of the trunk."""
LEG = (("thigh", 0.44), ("knee", 0.62), ("calf", 0.8), ("hem", 0.98))
"""Places along a leg, as shares of the garment's height."""


@dataclass(frozen=True)
class Sleeve:
    """A sleeve of a packshot.

    Attributes:
        root: the middle between shoulder and armpit.
        cuff: the middle of its end.
        bands: for each of ``BANDS`` its outer and inner edge, the side away from the trunk first.
        length: from root to cuff, in pixels.
        mask: its pixels.

    Shapes: root (2,), cuff (2,), bands (BANDS, 2, 2), mask (h, w).
    """

    root: Doubles
    cuff: Doubles
    bands: Doubles
    length: float
    mask: Bools


@dataclass(frozen=True)
class Flat:
    """A garment laid flat.

    Attributes:
        points: by name, ``shoulder-1`` is the one on the left of the picture, ``shoulder+1`` on the right.
        sleeves: by side; none for a garment without, or with sleeves that are caps only.
        width: of the shoulders, or of the waist of what is worn below it, in pixels.
    """

    points: dict[str, Doubles]
    sleeves: dict[int, Sleeve]
    width: float


def upper(mask: Bools) -> Flat:
    """Points of what hangs from the shoulders: top, dress, coat. Shapes: mask (h, w)."""
    _, top, _, bottom = box_of(mask)
    axis = _axis(mask, top, bottom)
    bottom = _trunk_end(mask, axis, bottom)
    pits = {side: _armpit(mask, side, axis) for side in SIDES}
    parted = {side: y for side, (_, y) in pits.items()}
    pits = {side: _raised(mask, pits[side], side, abs(pits[1][0] - pits[-1][0])) for side in SIDES}
    trunk = max(pits[1][0] - pits[-1][0], 4.0)
    points: dict[str, Doubles] = {}
    for side in SIDES:
        x, y = pits[side]
        over = float(np.clip(x - side * 0.04 * trunk, 0, mask.shape[1] - 1))
        points[f"armpit{side:+d}"] = np.array([x, y], np.float64)
        points[f"collar{side:+d}"] = collar = _collar(mask, side, axis, trunk)
        points[f"shoulder{side:+d}"] = np.array([over, _top(mask, over, top)])
        if points[f"shoulder{side:+d}"][1] - collar[1] > STRAP * trunk:  # an armhole: its shoulder is a strap
            points[f"shoulder{side:+d}"] = _strap(mask, collar, over)
        points[f"hem{side:+d}"] = _edge(mask, _hem(mask, axis, top, bottom), axis, side)
        for name, share in (("waist", 0.4), ("hip", 0.75)):
            points[f"{name}{side:+d}"] = _edge(mask, y + share * (bottom - y), axis, side)
    points["collar"] = np.array([axis, _top(mask, axis, top)])
    points["hem"] = np.array([axis, bottom - 1.0])
    sleeves = {side: found for side in SIDES if (found := _sleeve(mask, side, points, trunk, parted[side])) is not None}
    width = float(points["shoulder+1"][0] - points["shoulder-1"][0])
    return Flat(points, sleeves, max(width, (0.9 if sleeves else 1.02) * trunk))


def lower(mask: Bools) -> Flat:
    """Points of what hangs from the waist: trousers, shorts, skirt. Shapes: mask (h, w)."""
    _, top, _, bottom = box_of(mask)
    height = bottom - top
    axis = _axis(mask, top, bottom)
    points: dict[str, Doubles] = {}
    for side in SIDES:
        points[f"waist{side:+d}"] = _outer(mask, top + 0.02 * height, side)
        points[f"hip{side:+d}"] = _outer(mask, top + 0.22 * height, side)
        for name, share in LEG:
            points[f"{name}{side:+d}"] = _outer(mask, top + share * height, side)
    points["waist"] = np.array([axis, float(top)])
    split = _crotch(mask, axis, top, bottom)
    if split is not None:
        points["crotch"] = np.array([axis, split])
        for name, share in LEG:
            row = top + share * height
            if row > split + 0.02 * height:
                inner = _inner_edges(mask, row, axis)
                for side in SIDES:
                    points[f"{name}-inner{side:+d}"] = np.array([inner[side], row])
    else:
        points["hem"] = np.array([axis, bottom - 1.0])
    return Flat(points, {}, float(points["waist+1"][0] - points["waist-1"][0]))


def _axis(mask: Bools, top: int, bottom: int) -> float:
    """The column a garment is symmetrical about: the middle of its outline, row by row."""
    middles = [(c[0] + c[-1]) / 2 for row in mask[top:bottom] if len(c := np.flatnonzero(row))]
    return float(np.median(middles))


def _trunk_end(mask: Bools, axis: float, bottom: int) -> int:
    """The row where the trunk ends; long sleeves may hang further down."""
    half = max(2, mask.shape[1] // 40)
    middle = mask[:, max(int(axis) - half, 0) : int(axis) + half + 1].any(1)
    return int(np.flatnonzero(middle)[-1]) + 1 if middle.any() else bottom


def _run(mask: Bools, row: float, axis: float) -> tuple[int, int]:
    """The run that holds the axis, or all there is in the row."""
    y = int(np.clip(row, 0, len(mask) - 1))
    found = run_at(mask[y], axis)
    if found is not None:
        return found
    columns = np.flatnonzero(mask[y])
    return (int(columns[0]), int(columns[-1])) if len(columns) else (int(axis), int(axis))


def _edge(mask: Bools, row: float, axis: float, side: int) -> Doubles:
    run = _run(mask, row, axis)
    return np.array([run[0] if side < 0 else run[1], row], np.float64)


def _outer(mask: Bools, row: float, side: int) -> Doubles:
    columns = np.flatnonzero(mask[int(np.clip(row, 0, len(mask) - 1))])
    return np.array([columns[0] if side < 0 else columns[-1], row], np.float64)


def _top(mask: Bools, column: float, otherwise: float) -> float:
    """First row of a column that is garment."""
    rows = np.flatnonzero(mask[:, int(np.clip(column, 0, mask.shape[1] - 1))])
    return float(rows[0]) if len(rows) else float(otherwise)


def _collar(mask: Bools, side: int, axis: float, trunk: float) -> Doubles:
    """The end of the neckline: the highest place beside the middle."""
    columns = axis + side * trunk * np.linspace(0.08, 0.38, 16)
    heights = [_top(mask, column, len(mask)) for column in columns]
    best = int(np.argmin(np.asarray(heights) + 0.02 * trunk * np.linspace(0, 1, 16)))
    return np.array([columns[best], heights[best]])


def _strap(mask: Bools, collar: Doubles, armhole: float) -> Doubles:
    """The outer end of a strap, between the end of the neckline and the armhole."""
    columns = np.linspace(collar[0], armhole, 24)
    heights = np.array([_top(mask, column, len(mask)) for column in columns])
    high = heights - collar[1] < 0.2 * abs(armhole - collar[0]) + 2
    last = len(high) - 1 if high.all() else max(int(np.argmin(high)) - 1, 0)
    return np.array([columns[last], heights[last]])


def _hem(mask: Bools, axis: float, top: int, bottom: int) -> float:
    """The lowest row at which the garment has its full width; below it may be a rounded hem, or a shadow."""
    height = bottom - top
    rows = [bottom - share * height for share in (0.03, 0.05, 0.08, 0.11, 0.15)]
    widths = [b - a for a, b in (_run(mask, row, axis) for row in rows)]
    return next(row for row, width in zip(rows, widths, strict=True) if width >= 0.86 * widths[-1])


def _armpit(mask: Bools, side: int, axis: float) -> tuple[float, float]:
    """Where the outline, followed upwards, jumps out to the sleeve; without one, where the trunk has its full width."""
    _, top, _, bottom = box_of(mask)
    height = bottom - top
    rows = range(top, top + max(int(0.6 * height), 8))
    reach = np.array([(_run(mask, row, axis)[0 if side < 0 else 1] - axis) * side for row in rows])
    step = max(2, int(0.035 * height))
    wide = float(np.median(reach[len(reach) // 2 :]))
    jump = reach[:-step] - reach[step:]
    jump[: int(0.12 * height)] = 0
    if jump.max() > 0.13 * wide:
        at = len(jump) - 1 - int(np.argmax(jump[::-1] > 0.85 * jump.max()))
        return float(axis + side * reach[at + step]), float(rows[at + step])
    beside = _parting(mask, side, axis)
    if beside is not None:
        return beside
    row = rows[int(np.argmax(reach > 0.94 * np.percentile(reach, 90)))]
    return float(_run(mask, row, axis)[0 if side < 0 else 1]), float(row)


def _parting(mask: Bools, side: int, axis: float) -> tuple[float, float] | None:
    """Where a sleeve that lies along the trunk parts from it: the upper end of the gap between them; None without."""
    _, top, _, bottom = box_of(mask)
    height = bottom - top
    for row in range(top + int(0.3 * height), top + int(0.9 * height)):
        line = mask[row]
        run = run_at(line, axis)
        if run is None:
            continue
        edge = run[0] if side < 0 else run[1]
        other = np.flatnonzero(line[:edge] if side < 0 else line[edge + 1 :])
        if (edge - axis) * side > 0.25 * (run[1] - run[0]) and len(other) > 0.12 * (run[1] - run[0]):
            return float(edge), float(row)
    return None


def _raised(mask: Bools, pit: tuple[float, float], side: int, trunk: float) -> tuple[float, float]:
    """An armpit where a body has it: a sleeve may lie along the trunk and part from it further down."""
    x, y = pit
    return x, min(y, _top(mask, x - side * 0.04 * trunk, y) + DEEP * trunk)


def _sleeve(mask: Bools, side: int, points: dict[str, Doubles], trunk: float, parted: float) -> Sleeve | None:
    """What lies outside the line from shoulder to armpit, and the line down from there to where it parts."""
    shoulder, armpit = points[f"shoulder{side:+d}"], points[f"armpit{side:+d}"]
    rows, columns = np.nonzero(mask)
    there = np.stack([columns, rows], 1).astype(np.float64)
    below = np.interp(there[:, 1], [shoulder[1], armpit[1]], [shoulder[0], armpit[0]])
    outside = (there[:, 0] - below) * side > 0.02 * trunk
    runs = np.array([_run(mask, row, points["collar"][0])[0 if side < 0 else 1] for row in range(len(mask))])
    apart = (there[:, 0] - runs[rows]) * side > 0
    chosen = outside & (apart | (there[:, 1] <= parted)) & (there[:, 1] > shoulder[1] - 0.1 * trunk)
    own = there[chosen]
    if len(own) < 0.02 * mask.sum():
        return None
    root = (shoulder + armpit) / 2
    distance = np.linalg.norm(own - root, axis=1)
    cuff = own[distance >= np.percentile(distance, 93)].mean(0)
    length = float(np.linalg.norm(cuff - root))
    if length < 0.12 * trunk:
        return None
    along = (cuff - root) / length
    across = np.array([-along[1], along[0]])
    bands = []
    for share in BANDS:
        place = (own - root) @ along
        near = own[np.abs(place - share * length) < 0.05 * length + 1]
        if not len(near):
            return None
        offset = (near - root) @ across
        ends = [root + along * share * length + across * value for value in (offset.min(), offset.max())]
        bands.append(ends)
    part = np.zeros_like(mask)
    part[rows[chosen], columns[chosen]] = True
    return Sleeve(root, cuff, outer_first(np.array(bands), side), length, part)


def outer_first(bands: Doubles, side: int) -> Doubles:
    """Pairs of edges, the one away from the trunk, or above, first. Shapes: (n, 2, 2) -> (n, 2, 2)."""
    away = (bands[:, :, 0] * side - 0.2 * bands[:, :, 1]).mean(0)
    return bands if away[0] > away[1] else bands[:, ::-1]


def _crotch(mask: Bools, axis: float, top: int, bottom: int) -> float | None:
    """The row where the legs part, the upper end of the longest gap in the middle; None when there is none."""
    middle = int(np.clip(axis, 2, mask.shape[1] - 3))
    closed = mask[top + (bottom - top) // 8 : bottom, [middle - 2, middle, middle + 2]]
    for meets in (closed.any(1), closed.all(1)):  # a gap as wide as all three columns, else a narrow one
        ends = np.flatnonzero(np.diff(np.r_[1, meets.astype(np.int8), 1]))
        gaps = ends.reshape(-1, 2)
        if len(gaps):
            first, last = gaps[int((gaps[:, 1] - gaps[:, 0]).argmax())]
            if last - first >= 0.12 * (bottom - top):
                return float(top + (bottom - top) // 8 + first)
    return None


def _inner_edges(mask: Bools, row: float, axis: float) -> dict[int, float]:
    """Where the two legs begin on both sides of the gap."""
    columns = np.flatnonzero(mask[int(np.clip(row, 0, len(mask) - 1))])
    left, right = columns[columns < axis], columns[columns > axis]
    return {-1: float(left[-1]) if len(left) else axis, 1: float(right[0]) if len(right) else axis}
