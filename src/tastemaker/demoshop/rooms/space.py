"""An empty room: back wall, side walls, a floor of boards or tiles, a window that gives the light, seen by the camera.

Every pixel looks along its own ray; the surface it meets first gives the colour. Light comes from the window and falls
off with the distance from it.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tastemaker.demoshop.canvas import Canvas
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.palette import WALLS, mix, rgb
from tastemaker.demoshop.rooms.camera import Camera
from tastemaker.demoshop.studio import warm_floor
from tastemaker.demoshop.texture import at

Ground = Literal["boards", "parquet", "tiles", "plain"]


class Wide(Canvas):
    """A canvas of four by three: a sheet of 300 x 225 units.

    Args:
        width: of the finished picture in pixels.
        colour: of the empty sheet.
    """

    def __init__(self, width: int, colour: Field) -> None:
        self.target = (width, width * 3 // 4)
        self.scale = width * 3 // 2 / 300.0
        self.pixels = np.empty((width * 9 // 8, width * 3 // 2, 3), np.float32)
        self.pixels[:] = colour


@dataclass(frozen=True)
class Room:
    """A room, cm.

    Attributes:
        left, right: x of the side walls.
        back: how far the back wall is from the camera.
        high: of the ceiling.
        wall, side, floor, ceiling, trim: colours.
        ground: how the floor is laid.
        window: left, right, bottom, top of a window in the back wall; None for none.
        lamp: from where the light comes, a direction that points at the light.
    """

    left: float
    right: float
    back: float
    high: float
    wall: Field
    side: Field
    floor: Field
    ceiling: Field
    trim: Field
    ground: Ground
    window: tuple[float, float, float, float] | None
    lamp: tuple[float, float, float]


def new_room(rng: np.random.Generator) -> Room:
    """Some room."""
    wall = rgb(WALLS[int(rng.integers(len(WALLS)))])
    if rng.random() < 0.35:
        wall = mix(
            wall, rgb(("7c8b7a", "8d7464", "6d7f92", "b08a74")[int(rng.integers(4))]), float(rng.uniform(0.3, 0.75))
        )
    floor = warm_floor(("oak", "concrete", "pale", "dark")[int(rng.integers(4))])
    kinds: tuple[Ground, ...] = ("boards", "boards", "parquet", "tiles", "plain")
    back = float(rng.uniform(430, 600))
    left, right = -float(rng.uniform(190, 330)), float(rng.uniform(190, 330))
    window = None
    if rng.random() < 0.5:
        x = float(rng.uniform(left + 30, right - 170))
        window = (x, x + float(rng.uniform(90, 140)), float(rng.uniform(85, 100)), float(rng.uniform(205, 225)))
    side = (wall * 0.94).astype(np.float32)
    ceiling = mix(rgb("f7f4ee"), wall, 0.15)
    lamp = (float(rng.uniform(-0.75, -0.25)), 1.0, float(rng.uniform(0.1, 0.5)))
    return Room(left, right, back, float(rng.uniform(245, 280)), wall, side, floor, ceiling, rgb("f3efe8"),
                kinds[int(rng.integers(len(kinds)))], window, lamp)  # fmt: skip


def draw_room(room: Room, camera: Camera, width: int, rng: np.random.Generator) -> Wide:
    """The empty room on a canvas.

    Args:
        room: which.
        camera: in sheet units.
        width: of the canvas' picture.
        rng: chance of grain.
    """
    canvas = Wide(width, room.wall)
    sheet = canvas.whole()
    tall, wide = canvas.pixels.shape[:2]
    where = np.stack(np.broadcast_arrays(sheet.x, sheet.y), -1).astype(np.float64)
    rays, eye = camera.rays(where), camera.eye
    far = {
        "floor": -eye[1] / np.minimum(rays[..., 1], -1e-6),
        "ceiling": (room.high - eye[1]) / np.maximum(rays[..., 1], 1e-6),
        "back": -room.back / np.minimum(rays[..., 2], -1e-6),
        "left": room.left / np.minimum(rays[..., 0], -1e-6),
        "right": room.right / np.maximum(rays[..., 0], 1e-6),
    }
    names = list(far)
    first = np.argmin(np.stack([np.where(t > 0, t, np.inf) for t in far.values()]), axis=0)
    nearest = np.take_along_axis(np.stack(list(far.values())), first[None], 0)[0]
    points = eye + rays * nearest[..., None]
    picture = np.empty((tall, wide, 3), np.float64)
    for number, name in enumerate(names):
        mask = first == number
        if mask.any():
            picture[mask] = _surface(room, name, points[mask], rng)
    canvas.pixels[:] = picture * _light(room, points)[..., None]
    return canvas


def _surface(room: Room, name: str, points: Field, rng: np.random.Generator) -> Field:
    """Colour of points of one surface, before light. Shapes: (n, 3) -> (n, 3)."""
    if name == "floor":
        return _floor(room, points)
    if name == "ceiling":
        return np.broadcast_to(room.ceiling, points.shape).astype(np.float64)
    colour: Field = np.broadcast_to(room.wall if name == "back" else room.side, points.shape).astype(np.float64)
    along, up = (points[:, 0], points[:, 1]) if name == "back" else (points[:, 2], points[:, 1])
    grain = at("stone", along * 1.3 + rng.integers(0, 50), -up * 1.3 + 900)
    colour = colour * (1 + 0.006 * grain[:, None])
    skirting = up < 9
    colour[skirting] = room.trim * np.where(up[skirting] > 8.2, 0.86, 1.0)[:, None]
    if name == "back" and room.window is not None:
        colour = _window(room.window, along, up, colour, room.trim)
    return colour


def _window(window: tuple[float, float, float, float], x: Field, y: Field, colour: Field, trim: Field) -> Field:
    left, right, bottom, top = window
    frame = (x > left - 6) & (x < right + 6) & (y > bottom - 6) & (y < top + 6)
    colour = np.where(frame[:, None], trim, colour)
    glass = (x > left) & (x < right) & (y > bottom) & (y < top) & (np.abs(x - (left + right) / 2) > 2)
    sky = (y - bottom) / (top - bottom)
    view = np.array([0.93, 0.96, 0.98]) - 0.16 * np.clip(0.42 - sky, 0, 1)[:, None] * np.array([1.0, 0.6, 0.9])
    colour = np.where(glass[:, None], view * 1.06, colour)
    sill = (x > left - 9) & (x < right + 9) & (y > bottom - 9) & (y < bottom - 5)
    return np.where(sill[:, None], trim * 0.9, colour)


def _floor(room: Room, points: Field) -> Field:
    """Boards run towards the viewer, parquet and tiles lie square."""
    x, z = points[:, 0], points[:, 2]
    colour = np.broadcast_to(room.floor, points.shape).astype(np.float64)
    if room.ground == "plain":
        return colour * (1 + 0.02 * at("stone", x + 900, z + 1900)[:, None])
    if room.ground == "tiles":
        joint = (np.abs(x % 60 - 30) > 29.2) | (np.abs(z % 60 - 30) > 29.2)
        tone = 0.02 * at("stone", x // 60 * 37 + 900, z // 60 * 53 + 900)
        return colour * (1 + tone - 0.16 * joint)[:, None]
    wide, long = (14.0, 180.0) if room.ground == "boards" else (9.0, 55.0)
    row = np.floor(x / wide)
    start = (row * 71.3) % long
    board = np.floor((z + start) / long)
    tone = 0.07 * (((row * 12.9898 + board * 78.233) * 43758.5453) % 1.0 - 0.5)
    grain = 0.022 * at("wood", z * 1.4 + row * 91 + 4000, x * 3 + board * 57 + 4000)
    joint = (np.abs(x / wide - row - 0.5) > 0.478) | (np.abs((z + start) / long - board - 0.5) > 0.496)
    return np.asarray(colour * (1 + tone + grain - 0.15 * joint)[:, None])


def _light(room: Room, points: Field) -> Field:
    """How bright points are: light comes from the lamp's side and from the window, corners are darker."""
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    across = (x - room.left) / (room.right - room.left)
    bright = 1.03 - 0.13 * (across if room.lamp[0] < 0 else 1 - across)
    bright = bright - 0.07 * (1 - np.clip(y / room.high, 0, 1)) * (y > 0.5)
    for gap in (x - room.left, room.right - x, z + room.back, room.high - y):
        bright = bright - 0.06 * np.exp(-np.clip(gap, 0, None) / 26)
    if room.window is not None:
        middle = (room.window[0] + room.window[1]) / 2
        near = np.hypot(x - middle, z + room.back - 60) / 170
        bright = bright + 0.10 * np.exp(-(near**2))
    return np.asarray(bright)
