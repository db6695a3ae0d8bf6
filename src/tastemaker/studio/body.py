"""A person in a photo: silhouette, face, skin, hair, and where shoulders, waist, hips and feet are.

No trained model is at hand that finds joints, so the outline tells: on a plain ground it is exact, and people are built
alike. A face (Haar cascades of OpenCV) sets the scale when one is seen; many shop photos end at the neck, and then the
place where the outline widens to the shoulders does. What a person says, a box, always overrules what was found.

Source: Viola, Jones, "Rapid object detection using a boosted cascade", CVPR 2001; proportions: Drillis, Contini, "Body
segment parameters", 1966.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np

from tastemaker.core.types import Bools, Doubles, Floats
from tastemaker.studio.cutout import Cutout, Pixels, box_of, cut, lab_of, segment, shrunk
from tastemaker.studio.marks import Points, arm_of, moved, shoulders_of

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels; the last two are one behind."""

SHOULDERS = 2.35
"""Width of the shoulders in widths of the face, as the cascade frames it."""
UNDER_FACE = 0.38
"""From the chin to the shoulders, in widths of the face."""
NOTHING: Points = MappingProxyType({})
"""Nobody has marked anything."""
STEEP = 1.5
"""Growth of the outline's width from row to row, in pixels, above which it is a shoulder and not an arm."""
DELTOID = 1.06
"""Width of the shoulders in widths of the outline where it turns from the shoulder into the arm."""
LEVELS = {"shoulder": 0.0, "chest": 0.10, "waist": 0.25, "hip": 0.385, "crotch": 0.44, "knee": 0.66, "ankle": 0.93}
"""Heights of the body, from the shoulders (0) to the soles (1)."""
IN_SHOULDERS = {"shoulder": 0.0, "chest": 0.36, "waist": 0.95, "hip": 1.5, "crotch": 1.72, "knee": 2.6, "ankle": 3.6}
"""The same in widths of the shoulders, for photos that do not show the feet."""
HALF_WIDTHS = (("shoulder", 0.44), ("chest", 0.385), ("waist", 0.335), ("hip", 0.41), ("crotch", 0.41))
"""Half the width of the trunk without arms, in widths of the shoulders."""


@dataclass(frozen=True)
class Body:
    """What is known of a person in a photo.

    Attributes:
        cutout: the person apart from the ground.
        face: where it is; None when none was found.
        skin: pixels of the person that are skin.
        hair: pixels that are hair; none when no face shows where it is.
        axis: the middle between the shoulders, a column.
        shoulders: width of the shoulders in pixels.
        levels: rows of shoulder, chest, waist, hip, crotch, knee and ankle; may lie outside the photo.
        feet: True when the photo shows them.
        sure: how much this is to be believed, 0 to 1.
        head: what is above the shoulders.
        belt: row where what is worn above ends, when somebody has marked it.
        arms: places of an arm that somebody has marked, by side.

    Shapes: skin (h, w), hair (h, w), head (h, w), arms (n, 2).
    """

    cutout: Cutout
    face: Box | None
    skin: Bools
    hair: Bools
    axis: float
    shoulders: float
    levels: dict[str, float]
    feet: bool
    sure: float
    head: Bools = field(repr=False, default_factory=lambda: np.zeros((0, 0), np.bool_))
    belt: float | None = None
    arms: Mapping[int, Doubles] = field(default_factory=dict)

    @property
    def mask(self) -> Bools:
        """The silhouette."""
        return self.cutout.mask

    def half_width(self, row: float) -> float:
        """Half the usual width of the trunk at a row, without arms."""
        rows = [self.levels[name] for name, _ in HALF_WIDTHS]
        return float(np.interp(row, rows, [share for _, share in HALF_WIDTHS])) * self.shoulders

    def trunk(self, row: float) -> tuple[float, float]:
        """Left and right edge of the trunk at a row: the outline where it is plausible, else the usual width."""
        usual = self.half_width(row)
        left, right = self.axis - usual, self.axis + usual
        y = int(row)
        if 0 <= y < len(self.mask):
            run = run_at(self.mask[y], self.axis)
            if run is not None:
                left = run[0] if 0.75 * usual < self.axis - run[0] < 1.2 * usual else left
                right = run[1] if 0.75 * usual < run[1] - self.axis < 1.2 * usual else right
        return float(left), float(right)


def read(picture: Pixels, points: Points = NOTHING) -> Body | None:
    """What can be told of the person in a photo; None when nobody is there.

    Args:
        picture: the photo.
        points: what somebody has marked in it, which is believed.

    Shapes: picture (h, w, 3).
    """
    face, marked = _face(picture), shoulders_of(points)
    cutout = cut(picture, holes=True)
    if cutout.flat and face is None and cutout.mask.mean() < 0.03:
        return None
    if not cutout.flat or cutout.sure < 0.4:
        cutout = _around(picture, face or (None if marked is None else _head_over(*marked)))
    mask = cutout.mask
    if mask.mean() < 0.03:
        return None
    if face is not None and (mask[_inner(face)].mean() <= 0.6 or _below_head(mask, face)):
        face = None
    top, shoulders, axis, sure = _shoulders(mask, face) if marked is None else (*marked, 1.0)
    skin = _skin(picture, mask, face, top)
    levels, feet = _levels(mask, top, shoulders)
    levels = moved(levels, points)
    head = np.zeros_like(mask)
    head[: max(int(top - 0.06 * shoulders), 0)] = mask[: max(int(top - 0.06 * shoulders), 0)]
    hair = _hair(picture, mask, skin, face, levels)
    sure *= min(1.0, cutout.sure + 0.2) * float(np.clip(1.6 - 2 * mask[:, [0, -1]].mean(), 0, 1))
    sure *= float(np.clip((0.85 * mask.shape[1] - shoulders) / (0.2 * mask.shape[1]), 0, 1))
    belt = points["belt"][1] if "belt" in points else None
    arms = {side: found for side in (-1, 1) if (found := arm_of(points, side)) is not None}
    return Body(cutout, face, skin, hair, axis, shoulders, levels, feet, sure, head, belt, arms)


def run_at(row: Bools, column: float) -> tuple[int, int] | None:
    """First and last place of the run of true values that holds a column; None when it is false there."""
    x = int(np.clip(column, 0, len(row) - 1))
    if not row[x]:
        return None
    off = np.flatnonzero(~row)
    left, right = off[off < x], off[off > x]
    return (int(left[-1]) + 1 if len(left) else 0), (int(right[0]) - 1 if len(right) else len(row) - 1)


@cache
def _cascade(name: str) -> cv2.CascadeClassifier:
    folder = Path(cv2.__file__).parent / "data"  # ships in the wheel
    return cv2.CascadeClassifier(str(folder / f"haarcascade_{name}.xml"))


def _face(picture: Pixels) -> Box | None:
    """The largest face in the upper two thirds."""
    height, width = picture.shape[:2]
    scale = min(1.0, 360 / max(height, width))
    grey = cv2.cvtColor(shrunk(picture, scale), cv2.COLOR_RGB2GRAY)
    least = max(16, int(0.05 * max(grey.shape)))
    for name in ("frontalface_alt2", "frontalface_default", "profileface"):
        upper = grey[: int(0.66 * len(grey))]
        found = _cascade(name).detectMultiScale(upper, 1.1, 5, minSize=(least, least))
        if len(found):
            x, y, w, h = (round(float(v) / scale) for v in max(np.asarray(found).tolist(), key=lambda box: box[2]))
            return x, y, x + w, y + h
    return None


def _head_over(row: float, shoulders: float, axis: float) -> Box:
    """Where a face is over shoulders that somebody has marked."""
    wide = shoulders / SHOULDERS
    low = row - UNDER_FACE * wide
    return round(axis - wide / 2), max(round(low - wide), 0), round(axis + wide / 2), max(round(low), 1)


def _inner(face: Box) -> tuple[slice, slice]:
    """The middle of a face."""
    left, top, right, bottom = face
    w, h = right - left, bottom - top
    return np.s_[top + h // 4 : bottom - h // 6, left + w // 4 : right - w // 4]


def _below_head(mask: Bools, face: Box) -> bool:
    """Is so much of the person above a face that it is a pattern of what they wear?"""
    return bool(face[1] - box_of(mask)[1] > 0.65 * (face[3] - face[1]))


def _around(picture: Pixels, face: Box | None) -> Cutout:
    """The person before a busy ground: GrabCut from where a body must be, under the face or in the middle."""
    height, width = picture.shape[:2]
    scale = min(1.0, 224 / max(height, width))
    small = shrunk(picture, scale)
    marks = np.full(small.shape[:2], cv2.GC_BGD, np.uint8)
    left, top, right, bottom = face or (int(0.4 * width), 0, int(0.6 * width), int(0.15 * height))
    w, middle = right - left, (left + right) / 2
    chest = min(bottom + 3.2 * w, height)
    body = [(middle - 2.2 * w, top - 0.6 * w, middle + 2.2 * w, height, cv2.GC_PR_BGD),
            (middle - 1.3 * w, bottom + 0.3 * w, middle + 1.3 * w, height, cv2.GC_PR_FGD),
            (left, top, right, bottom, cv2.GC_FGD if face else cv2.GC_PR_FGD),
            (middle - 0.5 * w, bottom + 0.6 * w, middle + 0.5 * w, chest, cv2.GC_FGD)]  # fmt: skip
    for x0, y0, x1, y1, mark in body:
        x0, y0, x1, y1 = (round(max(v, 0) * scale) for v in (x0, y0, x1, y1))
        marks[y0:y1, x0:x1] = mark
    found = segment(small, marks)
    mask = cv2.resize(found.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    alpha = np.asarray(np.clip(2 * mask - 0.5, 0, 1), np.float32)
    return Cutout(picture, alpha, 0.55 if face else 0.3)


def _skin(picture: Pixels, mask: Bools, face: Box | None, shoulder: float) -> Bools:
    """Skin: of the colour of the face or the neck, or of what skin usually is."""
    lab = lab_of(picture)
    chroma = cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb).astype(np.int32)
    usual = (chroma[..., 1] > 137) & (chroma[..., 1] < 180) & (chroma[..., 2] > 77) & (chroma[..., 2] < 130)
    seen = lab[: int(shoulder)][(usual & mask)[: int(shoulder)]] if face is None else lab[_inner(face)].reshape(-1, 3)
    if len(seen) > 30:
        tone = np.median(seen, 0)
        gap = (lab - tone) * np.array([0.35, 1.0, 1.0], np.float32)
        usual = np.linalg.norm(gap, axis=2) < 13
    smooth = cv2.medianBlur((usual & mask).astype(np.uint8), 5)
    return np.asarray(smooth > 0, np.bool_)


def _hair(picture: Pixels, mask: Bools, skin: Bools, face: Box | None, levels: dict[str, float]) -> Bools:
    """What hangs together with the crown of the head and has its colour."""
    none = np.zeros_like(mask)
    if face is None:
        return none
    left, top, right, bottom = face
    h = bottom - top
    crown = none.copy()
    crown[max(top - h // 4, 0) : top + h // 8, left:right] = True
    crown &= mask & ~skin
    if crown.sum() < 20:
        return none
    lab = lab_of(picture)
    tone = np.median(lab[crown], 0)
    like = (np.linalg.norm(lab - tone, axis=2) < 16) & mask & ~skin
    like[int(levels["waist"]) :] = False
    like[max(bottom, 0) :, : max(left - h, 0)] = like[max(bottom, 0) :, right + h :] = False
    _, labels = cv2.connectedComponents(like.astype(np.uint8))
    held = np.unique(labels[crown & like])
    return np.isin(labels, held[held > 0])


def _shoulders(mask: Bools, face: Box | None) -> tuple[float, float, float, float]:
    """Row of the shoulders, their width, their middle, and how sure that is."""
    widths = mask.sum(1).astype(np.float32)
    rows = np.flatnonzero(widths)
    first, last = int(rows[0]), int(rows[-1])
    if face is not None:
        left, _, right, bottom = face
        w = right - left
        row, axis, sure = bottom + UNDER_FACE * w, (left + right) / 2, 1.0
        span = SHOULDERS * w
        run = run_at(mask[min(int(row + 0.45 * w), last)], axis)
        turn = _corner(widths, first, last, 1.2 * span)
        if run is not None and turn is not None and 0.75 * span < widths[turn] < 1.3 * span and abs(turn - row) < w:
            span = min(DELTOID * float(widths[turn]), float(run[1] - run[0]))
            row = 0.5 * row + 0.5 * (bottom + int(np.argmax(widths[bottom : turn + 1] > 0.7 * span)))
        elif run is not None:
            span = float(np.clip(run[1] - run[0], 0.8 * span, 1.15 * span))
        if run is not None:
            axis = 0.5 * axis + 0.5 * float(np.clip((run[0] + run[1]) / 2, axis - 0.4 * w, axis + 0.4 * w))
        return row, span, axis, sure
    reach = max(int(0.33 * (last - first)), 4)
    upper = widths[first : first + reach]
    wide = float(np.percentile(upper, 90))
    turn = _corner(widths, first, last, wide)
    if turn is not None:  # below it only the arms spread
        wide = min(wide, DELTOID * float(widths[turn]))
    row = first + int(np.argmax(upper > 0.72 * wide))
    below = min(row + max(int(0.25 * wide), 2), last)
    columns = np.flatnonzero(mask[below])
    axis = float(np.median(np.nonzero(mask[row : below + 1])[1]))
    span = float(columns[-1] - columns[0] + 1) * 0.97
    return float(row), span if turn is None else min(span, DELTOID * float(widths[turn])), axis, 0.75


def _corner(widths: Floats, first: int, last: int, wide: float) -> int | None:
    """The row where the outline, followed down from the neck, turns from the shoulder into the arm.

    Shapes: widths (h,).
    """
    reach = max(int(0.4 * (last - first)), 8)
    step = max(2, int(0.03 * wide))
    upper = widths[first : first + reach]
    slope = np.full(len(upper), np.inf)
    slope[: -2 * step] = (upper[2 * step :] - upper[: -2 * step]) / (2 * step)
    high = np.flatnonzero(upper > 0.45 * wide)
    if not len(high) or high[0] + 4 * step >= len(upper):
        return None
    rising = slope[: len(slope) - 2 * step]
    steep = high[0] + int(np.argmax(rising[high[0] :]))
    if slope[steep] < STEEP:
        return None
    steep = max(steep, int(np.flatnonzero(rising >= 0.8 * slope[steep])[-1]))  # the crown of a head is steep, too
    ahead = np.lib.stride_tricks.sliding_window_view(slope[steep:], 3 * step).max(1)
    flat = np.flatnonzero(ahead < STEEP)
    return first + steep + int(flat[0]) + step // 2 if len(flat) and np.isfinite(slope[steep + flat[0]]) else None


def _levels(mask: Bools, top: float, shoulders: float) -> tuple[dict[str, float], bool]:
    """Rows of the body's levels: from the feet when they are seen, else from the shoulders' width."""
    _, _, _, bottom = box_of(mask)
    tall = (bottom - top) / shoulders
    feet = bottom < len(mask) - 2 and tall > 2.2
    if feet:
        return {name: top + share * (bottom - top) for name, share in LEVELS.items()}, True
    return {name: top + share * shoulders for name, share in IN_SHOULDERS.items()}, False
