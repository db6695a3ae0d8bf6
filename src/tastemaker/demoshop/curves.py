"""Outlines: the few curves that every drawing is made of, as arrays of points.

Shapes: a line or an outline is (points, 2), x to the right, y downwards; an outline is closed by whoever fills it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tastemaker.demoshop.field import Field

Point = tuple[float, float]


def line(*points: Point) -> Field:
    """Straight strokes from point to point."""
    return np.array(points, np.float64)


def bend(start: Point, pull: Point, end: Point, steps: int = 12) -> Field:
    """A curve from ``start`` to ``end`` drawn towards ``pull`` (a quadratic Bezier curve)."""
    t = np.linspace(0, 1, steps)[:, None]
    a, b, c = (np.asarray(p, np.float64) for p in (start, pull, end))
    return np.asarray((1 - t) ** 2 * a + 2 * t * (1 - t) * b + t**2 * c)


def flow(points: Sequence[Point], steps: int = 8, *, closed: bool = False) -> Field:
    """A smooth curve through all points (Catmull-Rom)."""
    p = np.asarray(points, np.float64)
    ends = (p[-1:], p[:2]) if closed else (2 * p[:1] - p[1:2], 2 * p[-1:] - p[-2:-1])
    p = np.concatenate([ends[0], p, ends[1]])
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    a, b, c, d = p[:-3, None], p[1:-2, None], p[2:-1, None], p[3:, None]
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    out = curve.reshape(-1, 2)
    return out if closed else np.concatenate([out, p[-2:-1]])


def join(*parts: Field) -> Field:
    """Several strokes as one."""
    return np.concatenate([np.atleast_2d(part) for part in parts])


def mirrored(points: Field, axis: float = 0.0) -> Field:
    """The same stroke on the other side of a vertical axis, same direction of travel."""
    return np.stack([2 * axis - points[:, 0], points[:, 1]], axis=1)


def symmetric(half: Field, axis: float = 0.0) -> Field:
    """An outline from its right half, given from top to bottom."""
    return np.concatenate([half, mirrored(half, axis)[::-1]])


def ellipse(cx: float, cy: float, rx: float, ry: float, start: float = 0.0, end: float = 360.0) -> Field:
    """An arc of an ellipse, degrees clockwise from three o'clock."""
    angle = np.radians(np.linspace(start, end, max(8, int(abs(end - start) / 9))))
    return np.stack([cx + rx * np.cos(angle), cy + ry * np.sin(angle)], axis=1)


def box(left: float, top: float, right: float, bottom: float) -> Field:
    """A rectangle."""
    return line((left, top), (right, top), (right, bottom), (left, bottom))


def rounded(outline: Field, radius: float, steps: int = 5) -> Field:
    """An outline with its corners cut round; never more than half a side is cut."""
    before, after = np.roll(outline, 1, axis=0), np.roll(outline, -1, axis=0)
    parts = []
    for corner, a, b in zip(outline, before, after, strict=True):
        to_a, to_b = a - corner, b - corner
        la, lb = np.hypot(*to_a), np.hypot(*to_b)
        if min(la, lb) < 1e-6:
            continue
        start = corner + to_a * min(radius / la, 0.5)
        end = corner + to_b * min(radius / lb, 0.5)
        parts.append(bend(tuple(start), tuple(corner), tuple(end), steps))
    return np.concatenate(parts)


def along(stroke: Field, shares: Sequence[float]) -> Field:
    """Points on a stroke at the given shares of its length."""
    steps = np.hypot(*np.diff(stroke, axis=0).T)
    at = np.concatenate([[0.0], np.cumsum(steps)])
    want = np.asarray(shares) * at[-1]
    return np.stack([np.interp(want, at, stroke[:, 0]), np.interp(want, at, stroke[:, 1])], axis=1)


def shifted(points: Field, dx: float, dy: float) -> Field:
    """Points moved by a fixed step."""
    return np.asarray(points + np.array((dx, dy)))


def between(a: Field, b: Field, share: float, count: int = 24) -> Field:
    """A stroke that lies ``share`` of the way from stroke ``a`` to stroke ``b``."""
    grid = list(np.linspace(0, 1, count))
    return along(a, grid) * (1 - share) + along(b, grid) * share


def turned(points: Field, degrees: float, about: Point = (0.0, 0.0)) -> Field:
    """Points rotated clockwise about a point."""
    a = np.radians(degrees)
    matrix = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    return np.asarray((points - about) @ matrix + about)


@dataclass(frozen=True)
class Frame:
    """Where a drawing's own units lie on the canvas: ``canvas = point * scale + (dx, dy)``."""

    scale: float
    dx: float
    dy: float

    def __call__(self, points: Field) -> Field:
        """Points in canvas units."""
        return np.asarray(points * self.scale + (self.dx, self.dy))

    @classmethod
    def fit(cls, low: Point, high: Point, into: tuple[float, float, float, float]) -> "Frame":
        """The largest frame that shows ``low`` to ``high`` centred in ``into`` (left, top, right, bottom)."""
        left, top, right, bottom = into
        wide, tall = high[0] - low[0], high[1] - low[1]
        scale = min((right - left) / wide, (bottom - top) / tall)
        cx, cy = (left + right) / 2, (top + bottom) / 2
        return cls(scale, cx - scale * (low[0] + high[0]) / 2, cy - scale * (low[1] + high[1]) / 2)
