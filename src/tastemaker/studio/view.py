"""From where a product photo was taken: how the thing is turned in it, and from how far above it is seen.

A piece of furniture fills a box of the size its catalog gives. That box is seen from many sides, and the view whose
outline lies best on the cut-out is taken. It says which pixel is which corner of the box, so that the photo can be laid
over the same box where it stands in a room: its lower edge is the front of the piece, not its middle.

A thing's own space: x to the right along the photo, y away from the camera, z up, the origin under its middle.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tastemaker.core.types import Bools, Doubles
from tastemaker.studio.cutout import box_of

TURNS = np.radians(np.arange(-50, 51, 5))
"""To which side a thing may be turned."""
PITCHES = np.radians(np.arange(0, 31, 5))
"""From how far above a photo of what stands may be taken."""
FROM_ABOVE = np.radians(np.arange(15, 91, 5))
"""The same of what lies: from a standing person's eyes to straight above."""
AWAY = (2.5, 4.0, 9.0)
"""How far the camera may be, in longest sides of the thing."""
FRAMED = 0.96
"""Share of its bounding box that what lies fills when it is angular and was taken from straight above."""
USUAL_PITCH = np.radians(14)
GRID = 72
"""Side of the grid on which outlines are compared."""
AROUND = (0, 1, 3, 2)
"""The lower corners of a box in order around it."""


@dataclass(frozen=True)
class View:
    """A view of a box.

    Attributes:
        turn: of the box about its upright axis, radians; its right end is farther when above 0.
        pitch: by how much the camera looks down.
        corners: of the box, in pixels of the cut-out, as ``box_corners`` puts them in order.
        fit: overlap of the box's outline with the cut-out's hull, intersection over union.
        round: True for what lies and is rather round than angular.

    Shapes: corners (8, 2).
    """

    turn: float
    pitch: float
    corners: Doubles
    fit: float
    round: bool = False


def box_corners(size: tuple[float, float, float], turn: float) -> Doubles:
    """Corners of a box that stands on the origin: four below, then four above, from left to right, front first.

    Args:
        size: width, depth and height.
        turn: about the upright axis, radians.

    Shapes: (8, 3).
    """
    width, depth, height = size
    flat = np.array([(x, y) for y in (-depth / 2, depth / 2) for x in (-width / 2, width / 2)])
    turned = flat @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return np.array([[*point, z] for z in (0.0, height) for point in turned])


def view_of(mask: Bools, size: tuple[float, float, float], *, lying: bool = False) -> View:
    """The view from which a thing of a size looks like its cut-out.

    Args:
        mask: the cut-out.
        size: width, depth and height.
        lying: the thing is flat, and may be seen from straight above; it may also be round.

    Shapes: mask (h, w).
    """
    left, top, right, bottom = box_of(mask)
    scale = GRID / max(right - left, bottom - top) * 0.8
    shift = np.array([GRID / 2, GRID / 2]) - scale * np.array([(left + right) / 2, (top + bottom) / 2])
    if lying and mask[top:bottom, left:right].mean() > FRAMED:
        flat = np.array([(left, bottom), (right, bottom), (left, top), (right, top)], np.float64) - 0.5
        return View(0.0, np.pi / 2, np.r_[flat, flat], 1.0)
    rows, columns = np.nonzero(mask)
    target = _filled(np.stack([columns, rows], 1) * scale + shift)
    best, chosen = -np.inf, None
    for turn in TURNS:
        box = box_corners(size, float(turn))
        outline = _ellipse(size, float(turn)) if lying else box[:0]
        for pitch in FROM_ABOVE if lying else PITCHES:
            for away in AWAY:
                seen = _seen(np.r_[box, outline], float(pitch), away)
                for part in (slice(0, 8), slice(8, None))[: 1 + lying]:
                    points = _fitted(seen, part, (left, top, right, bottom))
                    overlap = _overlap(_filled(points[part] * scale + shift), target)
                    worth = overlap - 0.02 * abs(turn) - (0.0 if lying else 0.1 * abs(pitch - USUAL_PITCH))
                    if worth > best:
                        best, chosen = worth, View(float(turn), float(pitch), points[:8], overlap, part.start == 8)
    if chosen is None:
        raise ValueError("nothing was compared")
    return chosen


def outer(corners: Doubles, turn: float) -> list[int]:
    """Which corners of a box are seen at its outline, and the upper one that is nearest. Shapes: corners (8, 2)."""
    hull = cv2.convexHull(corners.astype(np.float32), returnPoints=False).ravel()
    return sorted({*(int(corner) for corner in hull), 5 if turn < 0 else 4})


def _seen(points: Doubles, pitch: float, away: float) -> Doubles:
    """Points of a thing as a camera sees them that looks at its middle. Shapes: (n, 3) -> (n, 2)."""
    middle = (points.min(0) + points.max(0)) / 2
    across, back, up = (points - middle).T
    depth = away * float(np.ptp(points, 0).max()) + back * np.cos(pitch) - up * np.sin(pitch)
    return np.stack([across / depth, -(back * np.sin(pitch) + up * np.cos(pitch)) / depth], 1)


def _fitted(points: Doubles, part: slice, box: tuple[int, int, int, int]) -> Doubles:
    """Points moved and scaled so that the bounding box of some has the middle and the area of a box."""
    low, high = points[part].min(0), points[part].max(0)
    area = float(np.prod(np.maximum(high - low, 1e-9)))
    scale = np.sqrt((box[2] - box[0]) * (box[3] - box[1]) / area)
    centre = np.array([box[0] + box[2], box[1] + box[3]]) / 2
    return np.asarray((points - (low + high) / 2) * scale + centre, np.float64)


def _ellipse(size: tuple[float, float, float], turn: float) -> Doubles:
    """The outline of what lies and is round. Shapes: (24, 3)."""
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    x, y = size[0] / 2 * np.cos(angle), size[1] / 2 * np.sin(angle)
    return np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn), 0 * x], 1)


def _filled(points: Doubles) -> npt.NDArray[np.uint8]:
    """The hull of some points on the grid."""
    canvas = np.zeros((GRID, GRID), np.uint8)
    cv2.fillConvexPoly(canvas, cv2.convexHull(np.rint(points).astype(np.int32)), 1)
    return canvas


def _overlap(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> float:
    return float((one & other).sum() / max(int((one | other).sum()), 1))
