"""The camera of a room photo, from what is known of its floor: where a metre is how many pixels, and which way is up.

Four corners of a rectangle on the floor with its sides in metres fix everything: the homography from the floor, from
that the focal length (pixels are square, the middle of the photo is where the camera looks), from that the height of
anything that stands there. Without them lines that run together in the photo give the horizon, and the camera is taken
to be held at eye height; then sizes are guesses, and said to be.

Coordinates of the world are metres: x along the first edge of the rectangle, y along the second, z up.

Source: Zhang, "A flexible new technique for camera calibration", PAMI 22(11), 2000, section 3.1; Hartley, Zisserman,
"Multiple View Geometry", 2004, chapter 8.
"""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from tastemaker.core.errors import InputError
from tastemaker.core.types import Doubles
from tastemaker.studio.cutout import Pixels

EYE = 1.45
"""Height in metres at which a camera is usually held."""
USUAL_FOCAL = 0.95
"""Focal length of a usual room photo, in longer sides of the photo."""


@dataclass(frozen=True)
class Camera:
    """Where a point of the room is in the photo.

    Attributes:
        matrix: 3 x 4, from (x, y, z, 1) in metres to pixels.
        source: how it is known: "floor" (said by a person), "lines" or "usual".
    """

    matrix: Doubles
    source: Literal["floor", "lines", "usual"] = "floor"

    def project(self, points: Doubles) -> Doubles:
        """Points of the room in the photo. Shapes: (n, 3) -> (n, 2)."""
        seen = np.c_[np.asarray(points, np.float64), np.ones(len(points))] @ self.matrix.T
        return np.asarray(seen[:, :2] / seen[:, 2:], np.float64)

    def on_floor(self, pixel: tuple[float, float], height: float = 0.0) -> Doubles:
        """The point of the floor, or of a level above it, that a pixel shows. Shapes: (2,)."""
        plane = self.matrix[:, [0, 1, 3]].copy()
        plane[:, 2] += height * self.matrix[:, 2]
        found = np.linalg.solve(plane, [*pixel, 1.0])
        return np.asarray(found[:2] / found[2], np.float64)

    @property
    def centre(self) -> Doubles:
        """Where the camera is. Shapes: (3,)."""
        return np.asarray(-np.linalg.solve(self.matrix[:, :3], self.matrix[:, 3]), np.float64)

    def in_front(self, points: Doubles) -> bool:
        """Are all of some points before the camera?"""
        depth = np.c_[np.asarray(points, np.float64), np.ones(len(points))] @ self.matrix[2]
        return bool((depth * np.sign(np.linalg.det(self.matrix[:, :3])) > 0).all())

    def vanishing(self, direction: tuple[float, float, float]) -> Doubles:
        """Where lines of a direction run together, in homogeneous pixels. Shapes: (3,)."""
        return np.asarray(self.matrix[:, :3] @ np.asarray(direction, np.float64), np.float64)

    def facing(self, place: Doubles) -> Doubles:
        """The horizontal direction, of length 1, from left to right as seen at a place. Shapes: (2,) -> (2,)."""
        away = np.asarray(place)[:2] - self.centre[:2]
        away = away / max(float(np.linalg.norm(away)), 1e-9)
        right = np.array([away[1], -away[0]])
        here, there = self.project(np.array([[*place[:2], 0.0], [*(place[:2] + 0.01 * right), 0.0]]))
        return right if there[0] > here[0] else -right


def from_floor(corners: Doubles, size: tuple[float, float], shape: tuple[int, int]) -> Camera:
    """The camera that sees a rectangle of the floor at four places.

    Args:
        corners: of the rectangle, in order around it.
        size: its sides in metres: from the first corner to the second, from the second to the third.
        shape: height and width of the photo.

    Shapes: corners (4, 2).

    Raises:
        InputError: the corners are no rectangle of a floor that a camera could see, or a side is not positive.
    """
    corners = np.asarray(corners, np.float64)
    hint = "give them in order around the rectangle, e.g. near left, near right, far right, far left"
    if min(size) <= 0:
        raise InputError(f"the floor is {size[0]:g} by {size[1]:g} metres", hint="give both sides in metres: 3x4")
    if not cv2.isContourConvex(corners.astype(np.float32).reshape(-1, 1, 2)) or _area(corners) < 1e-3 * np.prod(shape):
        raise InputError("the four corners are no rectangle of a floor seen by a camera", hint=hint)
    world = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float64)
    floor = _homography(world, corners)
    middle = np.array([shape[1] / 2, shape[0] / 2])
    focal = _focal(floor, middle, max(shape))
    inside = np.array([[focal, 0, middle[0]], [0, focal, middle[1]], [0, 0, 1.0]])
    columns = np.linalg.solve(inside, floor)
    columns /= (np.linalg.norm(columns[:, 0]) + np.linalg.norm(columns[:, 1])) / 2
    if columns[2, 2] < 0:
        columns = -columns
    up = np.cross(columns[:, 0], columns[:, 1])
    camera = Camera(inside @ np.c_[columns[:, :2], up, columns[:, 2]])
    if camera.centre[2] < 0:  # the corners were given the other way round, so z points down
        camera = Camera(inside @ np.c_[columns[:, :2], -up, columns[:, 2]])
    return camera


def _homography(world: Doubles, pixels: Doubles) -> Doubles:
    """The map from the floor to the photo, through four points."""
    rows = []
    for (x, y), (u, v) in zip(world, pixels, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y, -u], [0, 0, 0, x, y, 1, -v * x, -v * y, -v]]
    return np.asarray(np.linalg.svd(np.array(rows, np.float64))[2][-1].reshape(3, 3), np.float64)


def _focal(floor: Doubles, middle: Doubles, longer: float) -> float:
    """The focal length that makes the floor's axes equally long and square; a usual one where that says nothing."""
    h = np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, 1.0]]) @ floor
    h /= np.linalg.norm(h)
    a, b = h[:, 0], h[:, 1]
    # (a0 b0 + a1 b1) / f^2 + a2 b2 = 0  and  (a0^2 + a1^2 - b0^2 - b1^2) / f^2 + a2^2 - b2^2 = 0
    left = np.array([a[0] * b[0] + a[1] * b[1], a[0] ** 2 + a[1] ** 2 - b[0] ** 2 - b[1] ** 2])
    right = -np.array([a[2] * b[2], a[2] ** 2 - b[2] ** 2])
    squared = float(left @ right) / max(float(left @ left), 1e-30)  # 1 / f^2, least squares
    if squared <= 0:
        return USUAL_FOCAL * longer
    return float(np.clip(1 / np.sqrt(squared), 0.35 * longer, 5 * longer))


def _area(corners: Doubles) -> float:
    return float(cv2.contourArea(corners.astype(np.float32)))


def guess(picture: Pixels) -> Camera:
    """The camera of a room of which nothing is said: held level at eye height, its horizon from lines that meet.

    Shapes: picture (h, w, 3).
    """
    height, width = picture.shape[:2]
    horizon = _horizon(picture)
    focal = USUAL_FOCAL * max(height, width)
    row = horizon if horizon is not None else 0.42 * height
    tilt = np.arctan2(height / 2 - row, focal)  # how far the camera looks down
    sin, cos = np.sin(tilt), np.cos(tilt)
    # axes of the camera: right, down, forward; of the world: x right, y forward, z up, the camera over (0, 0)
    turn = np.array([[1, 0, 0], [0, -sin, -cos], [0, cos, -sin]], np.float64)
    inside = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1.0]])
    moved = -turn @ np.array([0, 0, EYE])
    return Camera(inside @ np.c_[turn, moved], "lines" if horizon is not None else "usual")


def _horizon(picture: Pixels) -> float | None:
    """The row where lines that go into the room meet; None when too few agree."""
    height, width = picture.shape[:2]
    lines = _lines(picture)
    if len(lines) < 8:
        return None
    crosses = _crossings(lines, max(height, width))
    near = crosses[(crosses[:, 1] > 0.05 * height) & (crosses[:, 1] < 0.75 * height)]
    near = near[np.abs(near[:, 0] - width / 2) < 1.2 * width]
    if len(near) < 30:
        return None
    votes, edges = np.histogram(near[:, 1], bins=28, range=(0, height), weights=near[:, 2])
    smooth = np.convolve(votes, [1, 2, 1], "same")
    best = int(smooth.argmax())
    if smooth[best] < 1.8 * smooth.mean():
        return None
    return float((edges[best] + edges[best + 1]) / 2)


def _lines(picture: Pixels) -> Doubles:
    """Long straight edges that are neither upright nor level. Shapes: -> (n, 4)."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    found: object = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    lines = np.zeros((0, 4)) if found is None else np.asarray(found, np.float64).reshape(-1, 4)
    across, down = np.abs(lines[:, 2] - lines[:, 0]), np.abs(lines[:, 3] - lines[:, 1])
    length = np.hypot(across, down)
    slanted = (down > 0.1 * across) & (across > 0.2 * down) & (length > 0.05 * max(grey.shape))
    lines, length = lines[slanted], length[slanted]
    return np.asarray(lines[np.argsort(-length)[:70]], np.float64)


def _crossings(lines: Doubles, longer: float) -> Doubles:
    """Where pairs of lines cross, and how much the pair counts. Shapes: (n, 4) -> (m, 3)."""
    points = np.c_[lines[:, :2], np.ones(len(lines))], np.c_[lines[:, 2:], np.ones(len(lines))]
    through = np.cross(*points)
    one, other = np.triu_indices(len(lines), 1)
    met = np.cross(through[one], through[other])
    angle = np.arctan2(lines[:, 3] - lines[:, 1], lines[:, 2] - lines[:, 0])
    apart = np.abs((angle[one] - angle[other] + np.pi / 2) % np.pi - np.pi / 2)
    length = np.linalg.norm(lines[:, 2:] - lines[:, :2], axis=1) / longer
    good = (np.abs(met[:, 2]) > 1e-9) & (apart > 0.12)
    places = met[good, :2] / met[good, 2:]
    return np.asarray(np.c_[places, (length[one] * length[other] * np.sin(apart))[good]], np.float64)
