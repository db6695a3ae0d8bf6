"""Bending a picture so that some of its points come to lie on others: thin-plate splines; flat things by homography.

Source: Bookstein, "Principal warps: thin-plate splines and the decomposition of deformations", PAMI 11(6), 1989;
Hartley, Zisserman, "Multiple View Geometry", 2004, section 4.1.
"""

import cv2
import numpy as np

from tastemaker.core.types import Doubles, Floats
from tastemaker.studio.cutout import Cutout, Pixels

STEP = 8
"""Pixels between two places where a spline is worked out; between them it is nearly straight."""


class Spline:
    """The smoothest map of the plane that takes some points to others.

    ``f(p) = A p + sum_i w_i U(|p - p_i|)``, ``U(r) = r^2 log r^2``, with stiffness: ``(K + stiffness I) w + P A = q``.

    Args:
        points: where points are.
        targets: where they go.
        stiffness: 0 goes through every target; more bends less. In squared pixels.

    Shapes: points (n, 2), targets (n, 2), n at least 3 and not on one line.
    """

    def __init__(self, points: Doubles, targets: Doubles, stiffness: float = 0.0) -> None:
        self._points = np.asarray(points, np.float64)
        n = len(self._points)
        system = np.zeros((n + 3, n + 3))
        system[:n, :n] = _bending(self._points, self._points) + stiffness * np.eye(n)
        system[:n, n:] = np.c_[np.ones(n), self._points]
        system[n:, :n] = system[:n, n:].T
        wanted = np.r_[np.asarray(targets, np.float64), np.zeros((3, 2))]
        self._weights = np.linalg.lstsq(system, wanted, rcond=None)[0]

    def __call__(self, points: Doubles) -> Doubles:
        """Where points go. Shapes: (m, 2) -> (m, 2)."""
        points = np.asarray(points, np.float64)
        terms = np.c_[_bending(points, self._points), np.ones(len(points)), points]
        return np.asarray(terms @ self._weights, np.float64)


def _bending(some: Doubles, others: Doubles) -> Doubles:
    squared = np.square(some[:, None] - others[None]).sum(-1)
    return np.asarray(squared * np.log(np.maximum(squared, 1e-12)), np.float64)


def bend(thing: Cutout, points: Doubles, targets: Doubles, size: tuple[int, int]) -> tuple[Pixels, Floats, Floats]:
    """A thing bent so that its points lie on targets in a picture of a given height and width.

    Returns:
        The bent picture, its alpha, and how far it is stretched: the ratio of its longer to its shorter stretch.

    Shapes: points (n, 2), targets (n, 2) -> (h, w, 3), (h, w), (h / STEP, w / STEP).
    """
    height, width = size
    shrink = float(np.sqrt(_hull_area(targets) / max(_hull_area(points), 1.0)))
    thing, matrix = _smaller(thing, np.eye(3), shrink)
    points = (np.asarray(points) + 0.5) / np.diag(matrix)[:2] - 0.5
    back = Spline(targets, points, stiffness=1.0)
    xs, ys = np.arange(0, width + STEP, STEP), np.arange(0, height + STEP, STEP)
    grid = np.stack(np.meshgrid(xs, ys), -1).reshape(-1, 2).astype(np.float64)
    source = back(grid).reshape(len(ys), len(xs), 2)
    columns = np.arange(width, dtype=np.float32) / STEP
    rows = np.arange(height, dtype=np.float32) / STEP
    at_x, at_y = np.meshgrid(columns, rows)
    dense = np.asarray(cv2.remap(source.astype(np.float32), at_x, at_y, cv2.INTER_LINEAR), np.float32)
    return *_sampled(thing, dense[..., 0], dense[..., 1]), _stretch(source)


def homography(points: Doubles, targets: Doubles) -> Doubles | None:
    """The projective map that takes points closest to others; None when they are on one line.

    Shapes: points (n, 2), targets (n, 2), n at least 4 -> (3, 3).
    """
    found: object = cv2.findHomography(np.asarray(points, np.float64), np.asarray(targets, np.float64))[0]
    return None if found is None else np.asarray(found, np.float64)


def project(
    thing: Cutout, corners: Doubles, size: tuple[int, int], own: Doubles | None = None
) -> tuple[Pixels, Floats]:
    """A flat thing whose corners (top left, top right, bottom right, bottom left) come to lie on others.

    Args:
        thing: what is flat.
        corners: where they come to lie.
        size: height and width of the picture.
        own: which points of the thing; its corners when None. More than four are met as well as can be.

    Shapes: corners (n, 2), own (n, 2), n at least 4 -> (h, w, 3), (h, w).
    """
    height, width = thing.alpha.shape
    if own is None:
        own = np.array([[0, 0], [width, 0], [width, height], [0, height]]) - 0.5
    matrix = homography(own, corners)
    if matrix is None:
        return np.zeros((*size, 3), np.uint8), np.zeros(size, np.float32)
    box = (size[1], size[0])
    shrink = np.sqrt(_hull_area(corners) / max(_hull_area(own), 1.0))
    thing, matrix = _smaller(thing, matrix, float(shrink))
    picture = cv2.warpPerspective(thing.picture, matrix, box, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpPerspective(thing.alpha, matrix, box, flags=cv2.INTER_LINEAR)
    return np.asarray(picture, np.uint8), np.asarray(alpha, np.float32)


def _hull_area(points: Doubles) -> float:
    return float(cv2.contourArea(cv2.convexHull(np.asarray(points, np.float32))))


def _smaller(thing: Cutout, matrix: Doubles, shrink: float) -> tuple[Cutout, Doubles]:
    """The thing already at about its final size, so that nothing of a fine pattern is skipped."""
    if shrink > 0.7:
        return thing, np.asarray(matrix, np.float64)
    size = (max(2, round(thing.alpha.shape[1] * shrink)), max(2, round(thing.alpha.shape[0] * shrink)))
    small = Cutout(
        np.asarray(cv2.resize(thing.picture, size, interpolation=cv2.INTER_AREA), np.uint8),
        np.asarray(cv2.resize(thing.alpha, size, interpolation=cv2.INTER_AREA), np.float32),
        thing.sure,
    )
    scale = np.diag([thing.alpha.shape[1] / size[0], thing.alpha.shape[0] / size[1], 1.0])
    return small, np.asarray(matrix @ scale, np.float64)


def _sampled(thing: Cutout, x: Floats, y: Floats) -> tuple[Pixels, Floats]:
    picture = cv2.remap(thing.picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.remap(thing.alpha, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0.0)
    return np.asarray(picture, np.uint8), np.asarray(alpha, np.float32)


def _stretch(source: Doubles) -> Floats:
    """The ratio of the two stretches of a map, everywhere; large also where it folds over."""
    across, down = np.gradient(source, axis=1), np.gradient(source, axis=0)
    total = np.square(across).sum(-1) + np.square(down).sum(-1)
    turned = across[..., 0] * down[..., 1] - across[..., 1] * down[..., 0]
    root = np.sqrt(np.maximum(total**2 - 4 * turned**2, 0))
    ratio = np.sqrt((total + root) / np.maximum(total - root, 1e-9))
    return np.asarray(np.where(turned > 0, np.minimum(ratio, 99), 99), np.float32)
