"""A pinhole camera that stands in a room and looks slightly down.

World, centimetres: x to the right along the back wall, y up from the floor, z towards the viewer; the camera stands
over the origin and looks along -z, turned by ``yaw`` to the right.

    right = (cos yaw, 0, sin yaw)    ahead = (sin yaw cos tilt, -sin tilt, -cos yaw cos tilt)    up = right x ahead
    u = cx + focal * (p - eye) . right / depth    v = cy - focal * (p - eye) . up / depth    depth = (p - eye) . ahead

Something of height h that stands upright at a depth d is ``focal * h / d`` pixels high while the camera looks level.
"""

from dataclasses import dataclass, replace

import numpy as np

from tastemaker.demoshop.field import Field


@dataclass(frozen=True)
class Camera:
    """A camera.

    Attributes:
        focal: focal length in pixels.
        height: of the eye above the floor, cm.
        tilt: how far it looks down, degrees.
        yaw: how far it looks to the right, degrees.
        centre: where its axis meets the picture, pixels.
    """

    focal: float
    height: float
    tilt: float
    yaw: float
    centre: tuple[float, float]

    @property
    def eye(self) -> Field:
        """Where it stands. Shapes: (3,)."""
        return np.array([0.0, self.height, 0.0])

    def axes(self) -> Field:
        """Right, up and ahead. Shapes: (3, 3), one a row."""
        tilt, yaw = np.radians(self.tilt), np.radians(self.yaw)
        right = np.array([np.cos(yaw), 0.0, np.sin(yaw)])
        ahead = np.array([np.sin(yaw) * np.cos(tilt), -np.sin(tilt), -np.cos(yaw) * np.cos(tilt)])
        return np.stack([right, np.cross(right, ahead), ahead])

    def depth(self, points: Field) -> Field:
        """Distance of points along the axis, cm. Shapes: (n, 3) -> (n,)."""
        return np.asarray((points - self.eye) @ self.axes()[2])

    def project(self, points: Field) -> Field:
        """Points of the world in the picture. Shapes: (n, 3) -> (n, 2)."""
        seen = (np.asarray(points, np.float64) - self.eye) @ self.axes().T
        across, up, ahead = seen[:, 0], seen[:, 1], np.maximum(seen[:, 2], 1e-3)
        cx, cy = self.centre
        return np.stack([cx + self.focal * across / ahead, cy - self.focal * up / ahead], 1)

    def rays(self, pixels: Field) -> Field:
        """Directions into the world in which pixels look. Shapes: (..., 2) -> (..., 3)."""
        right, up, ahead = self.axes()
        x = (pixels[..., :1] - self.centre[0]) / self.focal
        y = (self.centre[1] - pixels[..., 1:]) / self.focal
        return np.asarray(ahead + x * right + y * up)

    def vanishing(self, direction: Field) -> Field:
        """Where lines of a direction meet in the picture. Shapes: (3,) -> (2,)."""
        seen = self.axes() @ np.asarray(direction, np.float64)
        cx, cy = self.centre
        return np.array([cx + self.focal * seen[0] / seen[2], cy - self.focal * seen[1] / seen[2]])

    def scaled(self, by: float, shift: tuple[float, float] = (0.0, 0.0)) -> "Camera":
        """The same camera for a picture that is so much larger, and moved by some pixels after that."""
        cx, cy = self.centre
        return replace(self, focal=self.focal * by, centre=(cx * by + shift[0], cy * by + shift[1]))
