"""Pairs for placing: the same room in the same light, without and with a piece of furniture, and where it is seen.

Pair number ``i`` of a part depends on the shop's settings and ``i`` alone. Furniture and rooms of the two parts are
different ones. Pictures are four by three; shadows fall where the room's light throws them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy.spatial import ConvexHull

from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools
from tastemaker.demoshop.assortment import assortment
from tastemaker.demoshop.canvas import Canvas, Patch, finished, soften
from tastemaker.demoshop.config import DemoConfig
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.pairs import Pair, Part, of_part
from tastemaker.demoshop.rooms.camera import Camera
from tastemaker.demoshop.rooms.placing import Spot, placed
from tastemaker.demoshop.rooms.space import Room, Wide, draw_room, new_room

STANDING = ("sofa", "armchair", "chair", "stool", "bed", "dining table", "coffee table", "desk", "shelf", "sideboard",
            "nightstand", "floor lamp", "plant", "rug")  # fmt: skip
"""Kinds that stand or lie on the floor."""
HIDDEN = 0.4
"""Share of a piece that others may hide."""
RECTANGLE = (150.0, 200.0)
"""Width and depth of the floor rectangle that is told, cm."""


@dataclass(frozen=True)
class PlacedPair(Pair):
    """A room without and with a piece of furniture.

    Attributes:
        shadow: where its shadow is seen; the truth differs from the context nowhere else.
        camera: that sees the room, in pixels and centimetres.
        spot: where the piece stands, and how it is turned.
        size: its width, height and depth, cm.
        floor: a rectangle on the floor in pixels: near left, near right, far right, far left.
        floor_size: width and depth of that rectangle, metres.

    Shapes: shadow (height, width), floor (4, 2).
    """

    shadow: Bools
    camera: Camera
    spot: Spot
    size: tuple[float, float, float]
    floor: Field
    floor_size: tuple[float, float]


def furniture(config: DemoConfig, part: Part) -> list[Piece]:
    """The furniture of one part."""
    return of_part([piece for piece in assortment(config) if piece["kind"] in STANDING], part)


def placed_pairs(
    config: DemoConfig | None = None, n: int = 100, part: Part = "train", *, height: int = 256, first: int = 0
) -> Iterator[PlacedPair]:
    """Pairs of one part, one after the other.

    Args:
        config: which demo shop; the usual one when None.
        n: how many.
        part: furniture and rooms of "train" and of "test" are different ones.
        height: of the pictures in pixels, a multiple of three; four thirds of it is their width.
        first: number of the first one.
    """
    config = config or DemoConfig()
    pieces = furniture(config, part)
    for number in range(first, first + n):
        rng = generator(config.seed, f"placed {part} {number}")
        piece = pieces[int(rng.integers(len(pieces)))]
        others = [pieces[int(rng.integers(len(pieces)))] for _ in range(int(rng.integers(0, 3)))]
        yield _pair(number, piece, others, rng, height)


def size_of(piece: Piece) -> tuple[float, float, float]:
    """Width, height and depth of a piece, cm."""
    width, height, depth = (piece.number(name) if name in piece.facts else 0.0 for name in
                            ("width_cm", "height_cm", "depth_cm"))  # fmt: skip
    return width, height, depth or width


@dataclass(frozen=True)
class _Thing:
    """A piece at its spot, drawn."""

    piece: Piece
    spot: Spot
    colour: Field
    alpha: Field
    feet: list[Field]
    away: float


def _pair(number: int, piece: Piece, others: list[Piece], rng: np.random.Generator, height: int) -> PlacedPair:
    width = height * 4 // 3
    room, camera = new_room(rng), _camera(rng)
    spot, _ = _spot(piece, room, camera, rng, [])
    taken, things = [(piece, spot)], list[_Thing]()
    for other in others:
        place, wrong = _spot(other, room, camera, rng, taken)
        if wrong == 0:
            taken.append((other, place))
    for one, where in taken:
        colour, alpha, feet = placed(one, where, camera, width, int(rng.integers(2**31)))
        away = float(np.hypot(where.x, where.z)) + (1e4 if one["kind"] == "rug" else 0.0)
        things.append(_Thing(one, where, colour, alpha, feet, away))
    own, rest = things[0], _less(things)
    things = [own, *rest]
    empty = draw_room(room, camera, width, rng)
    shades = {len(some): _shade(some, room, camera, width) for some in (rest, things)}
    pictures = [_composed(empty.pixels * shades[len(some)][..., None], some) for some in (rest, things)]
    seen = own.alpha * (1 - _before(things))
    context, truth, touched = finished(pictures[0], pictures[1], empty.target)
    mask = _small(seen, empty.target) > 0.5
    shadow = touched & ~mask
    seeing = camera.scaled(width / 300)
    floor, measured = _rectangle(seeing, empty.target)
    return PlacedPair(number, piece, context, truth, mask, shadow, seeing, spot, size_of(piece), floor, measured)


def _camera(rng: np.random.Generator) -> Camera:
    """Somebody with a phone at the height of their chest or eyes, in sheet units."""
    view = np.radians(rng.uniform(56, 70))
    return Camera(
        float(150 / np.tan(view / 2)), float(rng.uniform(115, 165)), float(rng.uniform(7, 16)),
        float(rng.uniform(-9, 9)), (150.0, 112.5),
    )  # fmt: skip


def _spot(
    piece: Piece, room: Room, camera: Camera, rng: np.random.Generator, taken: list[tuple[Piece, Spot]]
) -> tuple[Spot, float]:
    """A place where a piece is seen whole, clear of the walls and of what stands there, and how far it is from that."""
    best, least = Spot(0.0, -room.back * 0.7, 27.0), np.inf
    for _ in range(60):
        x, z = rng.uniform(room.left * 0.8, room.right * 0.8), -rng.uniform(210, room.back - 60)
        towards = np.degrees(np.arctan2(-x, -z))
        square = 10 <= towards <= 42
        turn = 0.0 if square and rng.random() < 0.5 else float(rng.uniform(14, 40) - towards)
        spot = Spot(float(x), float(z), float(turn))
        wrong = _out(piece, spot, room, camera) + sum(_overlap(piece, spot, *other) for other in taken)
        if wrong < least:
            best, least = spot, wrong
        if least == 0:
            break
    return best, float(least)


def _less(things: list[_Thing]) -> list[_Thing]:
    """What else stands there: without what is before the first one, where that would hide too much of it."""
    own, rest = things[0], things[1:]
    hidden = (own.alpha * _before(things)).sum() / max(1.0, float(own.alpha.sum()))
    return rest if hidden <= HIDDEN else [thing for thing in rest if thing.away > own.away]


def _before(things: list[_Thing]) -> Field:
    """How much of each pixel is covered by things before the first one. Shapes: -> (h, w)."""
    own, rest = things[0], things[1:]
    nearer = [thing.alpha for thing in rest if thing.away < own.away]
    return np.asarray(np.maximum.reduce([np.zeros_like(own.alpha), *nearer]))


def _out(piece: Piece, spot: Spot, room: Room, camera: Camera) -> float:
    """How much of a piece would leave the picture or the room."""
    corners = spot.world(corners_of(size_of(piece)))
    seen = camera.project(corners)
    over = np.maximum(0, [8 - seen[:, 0].min(), seen[:, 0].max() - 292, 6 - seen[:, 1].min(), seen[:, 1].max() - 219])
    through = np.maximum(0, [room.left - corners[:, 0].min(), corners[:, 0].max() - room.right,
                             -room.back + 4 - corners[:, 2].min(), corners[:, 2].max() + 120])  # fmt: skip
    return float(over.sum() + through.sum())


def _overlap(piece: Piece, spot: Spot, other: Piece, there: Spot) -> float:
    """How much two pieces would stand in each other; a rug may lie under anything."""
    if "rug" in (piece["kind"], other["kind"]):
        return 0.0
    reach = sum(float(np.hypot(size_of(one)[0], size_of(one)[2])) / 2 for one in (piece, other))
    return max(0.0, 0.85 * reach - float(np.hypot(spot.x - there.x, spot.z - there.z)))


def corners_of(size: tuple[float, float, float]) -> Field:
    """The corners of a piece's box in its own space, cm. Shapes: (8, 3)."""
    width, height, depth = size
    return np.array(
        [(x, y, z) for x in (-width / 2, width / 2) for y in (0.0, height) for z in (-depth / 2, depth / 2)]
    )


def _shade(things: list[_Thing], room: Room, camera: Camera, width: int) -> Field:
    """What the shadows of all things leave of the light on the floor. Shapes: (h, w)."""
    probe = Wide(width, np.ones(3, np.float32))
    for thing in things:
        low = thing.piece["kind"] == "rug"
        tall = 2.0 if low else min(size_of(thing.piece)[1], 120.0)
        cast, contact = (0.08, 0.15) if low else (0.24, 0.36)
        throw = -np.array([room.lamp[0], room.lamp[2]]) / room.lamp[1] * tall * 0.55
        unit = camera.focal / float(camera.depth(np.array([[thing.spot.x, 0, thing.spot.z]]))[0])
        for foot in thing.feet:
            both = np.concatenate([foot, foot + throw])
            hull = both[ConvexHull(both).vertices]
            _darken(probe, hull, room, camera, 9.0 * unit, cast)
            _darken(probe, foot, room, camera, 3.5 * unit, contact)
    return np.asarray(probe.pixels[..., 0])


def _darken(probe: Canvas, outline: Field, room: Room, camera: Camera, blur: float, strength: float) -> None:
    inside = np.stack([outline[:, 0].clip(room.left, room.right), outline[:, 1].clip(-room.back, -60)], 1)
    flat = camera.project(np.stack([inside[:, 0], 0 * inside[:, 0], inside[:, 1]], 1))
    patch = probe.fill(flat, pad=3 * blur)
    soft = soften(patch.alpha, blur * probe.scale)
    probe.light(Patch(soft, patch.x, patch.y, patch.window), 1 - strength)


def _composed(below: Field, things: list[_Thing]) -> Field:
    """Everything, what is farther first."""
    for thing in sorted(things, key=lambda one: -one.away):
        below = below * (1 - thing.alpha[..., None]) + thing.colour
    return below


def _rectangle(camera: Camera, size: tuple[int, int]) -> tuple[Field, tuple[float, float]]:
    """A rectangle on the floor that is seen whole, as far to the front as can be."""
    wide, deep = RECTANGLE
    for near in np.arange(150.0, 460.0, 10.0):
        middle = near * np.tan(np.radians(camera.yaw))
        corners = [(middle - wide / 2, -near), (middle + wide / 2, -near), (middle + wide / 2, -near - deep),
                   (middle - wide / 2, -near - deep)]  # fmt: skip
        seen = camera.project(np.array([(x, 0.0, z) for x, z in corners]))
        if seen.min() >= 1 and seen[:, 0].max() < size[0] - 1 and seen[:, 1].max() < size[1] - 1:
            break
    return seen, (wide / 100, deep / 100)


def _small(field: Field, size: tuple[int, int]) -> Field:
    return np.asarray(Image.fromarray(field.astype(np.float32)).resize(size, Image.Resampling.BOX))
