"""Arms and legs of a silhouette, as lines with a width: where a sleeve or a trouser leg goes.

An arm is what is left of the silhouette beside the trunk; along it the distance is measured as an ant would walk, so a
hand on the hip is as far from the shoulder as a hand that hangs down.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from tastemaker.core.types import Bools, Doubles
from tastemaker.studio.body import Body, run_at
from tastemaker.studio.marks import Mark

GRAIN = 40.0
"""Width of the shoulders, in pixels, at which limbs are walked along."""
UPPER_ARM, FOREARM = 0.7, 1.3
"""From the shoulder to the elbow and to the wrist, in widths of the shoulders."""


@dataclass(frozen=True)
class Limb:
    """An arm: places along it and half its width there.

    Attributes:
        places: from the shoulder outwards, one a step.
        radius: half the width at each.
        step: pixels between two places.
        side: -1 on the left of the picture, 1 on the right.

    Shapes: places (n, 2), radius (n,).
    """

    places: Doubles
    radius: Doubles
    step: float
    side: int

    @property
    def length(self) -> float:
        """How far it can be followed, in pixels."""
        return self.step * (len(self.places) - 1)

    def across(self, distance: float, half: float) -> Doubles:
        """Both edges of a sleeve at a distance from the shoulder, the outer one first.

        Args:
            distance: along the arm, in pixels.
            half: half width of the sleeve; a wide one hangs towards the trunk.

        Shapes: (2, 2).
        """
        at = np.clip(distance / self.step, 0, len(self.places) - 1)
        marks = np.arange(len(self.places))
        middle = np.array([np.interp(at, marks, self.places[:, c]) for c in (0, 1)])
        ahead, behind = (self.places[int(np.clip(at + d, 0, len(self.places) - 1))] for d in (2, -2))
        along = (ahead - behind) / max(float(np.linalg.norm(ahead - behind)), 1e-6)
        radius = float(np.interp(at, marks, self.radius))
        wide = float(np.clip(half, 1.12 * radius, 1.5 * radius))
        out = self.side * np.array([along[1], -along[0]])  # the outside of the elbow stays outside
        outer = middle + 1.15 * radius * out
        return np.array([outer, outer - 2 * wide * out])


def arm(body: Body, side: int, need: float = 0.0) -> Limb | None:
    """The arm on one side; None when it cannot be told from the trunk.

    Args:
        body: the person.
        side: -1 on the left of the picture, 1 on the right.
        need: how far it should be followed, in pixels: if it ends before that, it may be bent before the trunk.
    """
    if side in body.arms:
        return _marked(body, side)
    found = _followed(body, side, _beside(body, side))
    if found is None or found.length >= need:
        return found
    bent = _followed(body, side, _beside(body, side) | _forearms(body, side))
    return bent if bent is not None and bent.length > found.length else found


def _marked(body: Body, side: int) -> Limb:
    """An arm that somebody has marked: straight from the shoulder to the elbow, and on to the wrist."""
    span = body.shoulders
    path = np.vstack([_root(body, side), body.arms[side]])
    along = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))]
    marks = np.arange(0.0, max(along[-1], 2 * span / GRAIN), span / GRAIN)
    places = np.stack([np.interp(marks, along, path[:, c]) for c in (0, 1)], 1)
    return Limb(places, np.linspace(0.11, 0.08, len(marks)) * span, span / GRAIN, side)


def marks_of(body: Body) -> dict[Mark, tuple[float, float]]:
    """Where parts of a body are, as somebody would mark them."""
    found: dict[Mark, tuple[float, float]] = {}
    top, half = body.levels["shoulder"], body.shoulders / 2
    sides: tuple[tuple[int, Mark, Mark, Mark], ...] = (
        (-1, "left shoulder", "left elbow", "left wrist"), (1, "right shoulder", "right elbow", "right wrist")
    )  # fmt: skip
    for side, shoulder, elbow, wrist in sides:
        found[shoulder] = body.axis + side * half, top
        limb = arm(body, side, FOREARM * body.shoulders)
        if limb is not None and limb.length > UPPER_ARM * body.shoulders:
            for name, share in ((elbow, UPPER_ARM), (wrist, FOREARM)):
                x, y = limb.places[min(round(share * body.shoulders / limb.step), len(limb.places) - 1)]
                found[name] = float(x), float(y)
    found["crotch"], found["ankles"] = (body.axis, body.levels["crotch"]), (body.axis, body.levels["ankle"])
    return found


def _root(body: Body, side: int) -> Doubles:
    """Where an arm begins."""
    row = 0.5 * (body.levels["shoulder"] + body.levels["chest"])
    return np.array([body.axis + side * 0.45 * body.shoulders, row])


def _followed(body: Body, side: int, inside: Bools) -> Limb | None:
    """An arm inside a mask."""
    scale = min(1.0, GRAIN / body.shoulders)
    beside = inside.astype(np.uint8)
    small = cv2.resize(beside, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) > 0
    root = _root(body, side)
    near = np.zeros(small.shape, np.uint8)
    cv2.circle(near, (int(root[0] * scale), int(root[1] * scale)), max(2, int(0.16 * GRAIN)), 1, -1)
    rings = _walk(small, (near > 0) & small)
    if len(rings) < 6:
        return None
    room = cv2.distanceTransform(np.pad(small.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    places = np.array([(np.stack(np.nonzero(ring)[::-1], 1).mean(0) + 0.5) / scale for ring in rings])
    radius = np.array([np.percentile(room[ring], 90) / scale for ring in rings])
    smooth = np.array([1, 2, 3, 2, 1]) / 9
    places = np.stack([np.convolve(np.pad(places[:, c], 2, mode="edge"), smooth, "valid") for c in (0, 1)], 1)
    return Limb(np.vstack([root, places]), np.r_[radius[0], radius], 1.0 / scale, side)


def hanging(body: Body, side: int) -> Limb:
    """An arm that hangs down, for one that is not seen."""
    span = body.shoulders
    root = np.array([body.axis + side * 0.47 * span, body.levels["shoulder"] + 0.2 * span])
    places = root + np.linspace(0, 1.4 * span, 36)[:, None] * np.array([0.1 * side, 1.0])
    return Limb(places, np.full(36, 0.1 * span), 0.04 * span, side)


def _beside(body: Body, side: int) -> Bools:
    """The silhouette beside the trunk, from the shoulder down, without the head."""
    mask = body.mask & ~body.head & ~body.hair
    rows = range(len(mask))
    edges = np.array([body.trunk(row)[0 if side < 0 else 1] for row in rows])
    inner = np.minimum(np.abs(edges - body.axis), [body.half_width(row) for row in rows])
    columns = np.arange(mask.shape[1])[None]
    outside = (columns - body.axis) * side > inner[:, None]
    outside[: max(int(body.levels["shoulder"] - 0.05 * body.shoulders), 0)] = False
    outside[int(body.levels["crotch"] + 0.5 * body.shoulders) :] = False
    return np.asarray(mask & outside, np.bool_)


def _forearms(body: Body, side: int) -> Bools:
    """Skin before the trunk below the chest, on one side and just across the middle: a bare arm that is bent."""
    found = body.skin & ~body.head
    found[: max(int(body.levels["chest"] + 0.25 * body.shoulders), 0)] = False
    found[max(int(body.levels["crotch"]), 0) :] = False
    columns = np.arange(found.shape[1])[None]
    return np.asarray(found & ((columns - body.axis) * side > -0.25 * body.shoulders), np.bool_)


def _walk(inside: Bools, start: Bools, most: int = 90) -> list[Bools]:
    """Rings of equal distance from a start, going only inside."""
    rings, reached = [], start.copy()
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    for count in range(most):
        kernel = cross if count % 2 else np.ones((3, 3), np.uint8)
        grown = (cv2.dilate(reached.astype(np.uint8), kernel) > 0) & inside
        ring = grown & ~reached
        if not ring.any():
            break
        rings.append(ring)
        reached = grown
    return rings


def legs(body: Body, row: float) -> dict[int, tuple[float, float]]:
    """Inner and outer edge of each leg at a row, by side; of the usual width where the outline does not tell."""
    y = int(np.clip(row, 0, len(body.mask) - 1))
    reach = 0.75 * body.shoulders
    line = body.mask[y].copy()
    columns = np.arange(len(line))
    line[np.abs(columns - body.axis) > reach] = False
    found: dict[int, tuple[float, float]] = {}
    split = _gap(line, body.axis, 0.3 * body.shoulders)
    for side in (-1, 1):
        beside = np.flatnonzero(line & ((columns - split) * side > 0))
        first = beside[0 if side > 0 else -1] if len(beside) else split
        run = run_at(line, first)
        usual = (split + side * 0.02 * body.shoulders, split + side * 0.3 * body.shoulders)
        if run is None:
            found[side] = usual
        else:
            edge = run[1] if side > 0 else run[0]
            inner = max(run[0], split) if side > 0 else min(run[1], split)
            found[side] = (float(inner), float(edge))
    return found


def parting(body: Body) -> float:
    """The row where the legs part: where ground shows between them, else where they usually do."""
    usual = body.levels["crotch"]
    reach = int(0.2 * body.shoulders)
    window = body.mask[:, max(int(body.axis) - reach, 0) : int(body.axis) + reach]
    first, last = int(usual - 0.1 * body.shoulders), min(int(usual + 0.7 * body.shoulders), len(window))
    for row in range(max(first, 0), last):
        if not window[row].all() and window[row].any():
            return float(row)
    return usual + 0.08 * body.shoulders


def _gap(line: Bools, axis: float, reach: float) -> float:
    """The middle of the ground between the legs; the middle of both where they touch."""
    columns = np.flatnonzero(line)
    if not len(columns):
        return axis
    breaks = np.flatnonzero(np.diff(columns) > 1)
    middles = [(columns[b] + columns[b + 1]) / 2 for b in breaks]
    near = [m for m in middles if abs(m - axis) < reach]
    return float(min(near, key=lambda m: abs(m - axis))) if near else float((columns[0] + columns[-1]) / 2)
