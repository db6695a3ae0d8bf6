"""The home range's own drawings, seen by a camera of a room: a piece at its place on the floor, as a layer.

The makers draw on a stage; this stage stands in a room. Boxes are exact, since all their corners go through the
camera; turned bodies and bars use the scale at the piece's own distance. The stage notes the footprints whose shadows
the makers ask for and leaves the shadows to the room.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tastemaker.demoshop.canvas import Canvas
from tastemaker.demoshop.curves import Frame
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.home.pictures import maker_of
from tastemaker.demoshop.home.stage import Stage
from tastemaker.demoshop.rooms.camera import Camera
from tastemaker.demoshop.rooms.space import Wide


@dataclass(frozen=True)
class Spot:
    """Where a piece stands.

    Attributes:
        x, z: its middle on the floor, cm.
        turn: degrees by which it is turned; its front looks towards the viewer and to the left of them when above 0.
    """

    x: float
    z: float
    turn: float

    def world(self, points: Field) -> Field:
        """Points of the piece's own space in the room. Shapes: (n, 3) -> (n, 3)."""
        a = np.radians(self.turn)
        x, y, z = points[:, 0], points[:, 1], points[:, 2]
        return np.stack([self.x + x * np.cos(a) - z * np.sin(a), y, self.z + x * np.sin(a) + z * np.cos(a)], 1)


class RoomStage(Stage):
    """A stage at a spot of a room.

    Args:
        canvas: of the room.
        camera: in sheet units.
        spot: where.
        rng: chance for grain and wrinkles.
    """

    def __init__(self, canvas: Canvas, camera: Camera, spot: Spot, rng: np.random.Generator) -> None:
        self.canvas, self.rng = canvas, rng
        self.camera, self.spot = camera, spot
        middle = np.array([[spot.x, 40.0, spot.z]])
        away = middle[0] - camera.eye
        self.yaw = np.radians(27.0)
        self.pitch = float(np.arctan2(-away[1], np.hypot(away[0], away[2])))
        self.reach = float(np.linalg.norm(away))
        self.frame = Frame(camera.focal / float(camera.depth(middle)[0]), 0.0, 0.0)
        self.footprints: list[Field] = []

    def see(self, points: Field | Sequence[tuple[float, float, float]]) -> Field:
        """Points of the piece on the sheet."""
        return self.camera.project(self.spot.world(np.asarray(points, np.float64)))

    def shadow(self, footprint: Field, *, strength: float = 0.42, spread: float = 7.0) -> None:  # noqa: ARG002
        """Note where something stands; the room throws the shadow."""
        self.footprints.append(np.asarray(footprint, np.float64))


def placed(piece: Piece, spot: Spot, camera: Camera, width: int, seed: int) -> tuple[Field, Field, list[Field]]:
    """A piece at a spot.

    Args:
        piece: of the home range.
        spot: where it stands.
        camera: in sheet units.
        width: of the canvas' picture.
        seed: of its grain.

    Returns:
        Colour times alpha, alpha, and the footprints on the floor of the room, cm.

    Shapes: (h, w, 3), (h, w), each footprint (n, 2) of x and z.
    """
    drawn, feet = [], []
    for ground in (0.0, 1.0):
        canvas = Wide(width, np.full(3, ground, np.float32))
        stage = RoomStage(canvas, camera, spot, np.random.default_rng(seed))
        maker_of(piece)(stage, piece)
        drawn.append(canvas.pixels)
        feet = [spot.world(np.stack([f[:, 0], 0 * f[:, 0], f[:, 1]], 1))[:, (0, 2)] for f in stage.footprints]
    black, white = drawn
    return np.clip(black, 0, 1), np.clip(1 - (white - black).mean(2), 0, 1), feet
