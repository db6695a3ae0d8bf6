"""A product in a room, composed: its photo stands upright on the floor, lies on it, or hangs on a wall, in true size.

A photo of a sofa shows it from one side; it cannot be turned much. The box that it fills is found in the photo and set
up in the room as it was turned there; the photo is projected from the one box onto the other, so that its size, its
front edge on the floor and the way its edges run together are those of the place. What is flat - a rug, a frame - is
truly projected. What fills no box - a plant - is set up like a screen that faces the camera.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from tastemaker.core.seeds import generator
from tastemaker.core.types import Doubles, Floats
from tastemaker.studio import blend
from tastemaker.studio.cutout import Cutout, Pixels, box_of, cut
from tastemaker.studio.engines import Refusal
from tastemaker.studio.floor import Camera, from_floor, guess
from tastemaker.studio.kinds import Stance, stance_of
from tastemaker.studio.request import Candidate, Region, VisualRequest
from tastemaker.studio.sizes import PITCH, Size
from tastemaker.studio.view import AROUND, View, box_corners, outer, view_of
from tastemaker.studio.warp import homography, project

CEILING = 2.45
"""Height of a usual room, in metres."""
STRETCH = 1.25
"""How much more a thing may be stretched one way than the other, into a box that somebody has drawn."""
TALL = 1.2
"""Height of a thing, in metres, from which on its shadow grows no longer."""
ON_WALL = 1.5
"""Height of the middle of what hangs on a wall."""


KEYSTONE = 1.4
"""By how much one side of a photo that stands may be longer than the other."""
BOXY = 0.8
"""Overlap of a cut-out's hull with a box from which on it is treated as one."""
MOST_TURN = 30
"""Degrees by which somebody may turn what stands."""
TURNED = np.radians(10)
"""How far a photo may be bent to show a thing turned otherwise than it was taken."""


@dataclass(frozen=True)
class Spot:
    """Where a product is in the room.

    Attributes:
        own: points of its cut-out, in pixels.
        corners: where these are, in metres; four in one plane, or more of a box.
        place: where it stands on the floor.
        right: the horizontal direction along it.
        ground: corners of what it covers of the floor, in order around it.

    Shapes: own (n, 2), corners (n, 3), place (2,), right (2,), ground (4, 3).
    """

    own: Doubles
    corners: Doubles
    place: Doubles
    right: Doubles
    ground: Doubles


def furnish(request: VisualRequest, seed: int) -> Candidate:
    """One candidate of a placement.

    Raises:
        Refusal: the product cannot be cut out, its size is unknown, or the place is not in front of the camera.
    """
    thing = cut(request.product, holes=True)
    if thing.sure < 0.15 or not thing.mask.any():
        raise Refusal("the product cannot be told from the ground of its photo")
    thing = thing.cropped()
    room, region = request.context, request.region
    stance = stance_of(request.item) or "stands"
    camera, said = camera_of(room, region)
    tall, wide = thing.alpha.shape
    if request.size is None or not request.size.known:
        raise Refusal("the size of the product is not known; give it a width and a height in the catalog")
    size = request.size.seen(wide / tall).scaled(region.scale)
    if stance in ("stands", "rests") and abs(region.turn) > MOST_TURN:
        raise Refusal(f"its photo shows it from one side only; turn it by {MOST_TURN} degrees at most")
    spot = _spot(camera, thing, size, stance, region, room.shape[:2], _aside(request, seed))
    if not camera.in_front(spot.corners):
        raise Refusal("that place is behind the camera; choose one further up in the photo")
    return _composed(request, thing, camera, spot, stance, size, said)


def camera_of(room: Pixels, region: Region) -> tuple[Camera, tuple[str, ...]]:
    """The camera, and what to say of it.

    Raises:
        InputError: the floor cannot be one.

    Shapes: room (h, w, 3).
    """
    if region.floor is not None:
        if region.floor_size is not None:
            return from_floor(region.floor, region.floor_size, room.shape[:2]), ()
        guessed = guess(room)
        sides = [guessed.on_floor(tuple(corner)) for corner in region.floor.tolist()]
        lengths = float(np.linalg.norm(sides[1] - sides[0])), float(np.linalg.norm(sides[2] - sides[1]))
        said = f"the floor's size was not given; taken to be {lengths[0]:.1f} x {lengths[1]:.1f} m"
        return from_floor(region.floor, lengths, room.shape[:2]), (said,)
    camera = guess(room)
    how = "from lines that meet" if camera.source == "lines" else "from a usual photo"
    return camera, (f"the floor was not given; it is guessed {how}, so the size is a guess too",)


def _aside(request: VisualRequest, seed: int) -> float:
    """How far aside another candidate stands, in metres."""
    return 0.0 if seed == request.seed else float(generator(seed, "aside").uniform(-0.6, 0.6))


def _spot(
    camera: Camera, thing: Cutout, size: Size, stance: Stance, region: Region, shape: tuple[int, int], aside: float
) -> Spot:  # fmt: skip
    """Where the product is put: where the person said, or in the middle of the floor."""
    place = _foot(camera, region, shape, stance)
    right = camera.facing(place)
    place = place + aside * right
    if stance == "lies":
        return _lying(camera, thing, size, place, region)
    sides = (size.width or 0.1, size.depth or 0.0, size.height or 0.1)
    if stance in ("stands", "rests"):
        view = view_of(thing.mask, sides)
        spot = _standing(camera, view, sides, place, region)
        if view.fit >= BOXY and _upright(camera, thing, spot):
            return spot
    wide, tall = _extent(thing, size)
    away = _away(camera, place)
    if stance == "wall":
        right = _along_wall(camera, region, right)
    elif stance != "ceiling":
        place = place - away * sides[1] / 4  # its lower edge is its front
        turn = np.radians(region.turn)
        right, away = np.cos(turn) * right + np.sin(turn) * away, np.cos(turn) * away - np.sin(turn) * right
    low = {"wall": ON_WALL - tall / 2, "ceiling": CEILING - tall}.get(stance, 0.0)
    if region.at is not None and stance in ("wall", "ceiling"):
        low = _height_at(camera, place, region.at) - tall / 2
    left, far = place - right * wide / 2, place + right * wide / 2
    corners = [[*left, low + tall], [*far, low + tall], [*far, low], [*left, low]]
    height, width = thing.alpha.shape
    own = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64) - 0.5
    back = away * sides[1] / 2
    ground = np.array([[*point, 0.0] for point in (left, far, far + back, left + back)])
    return Spot(own, np.array(corners), place, right, ground)


def _away(camera: Camera, place: Doubles) -> Doubles:
    """The horizontal direction from the camera to a place, of length 1."""
    right = camera.facing(place)
    away = np.array([-right[1], right[0]])
    return away if (place - camera.centre[:2]) @ away > 0 else -away


def _in_room(camera: Camera, place: Doubles, points: Doubles) -> Doubles:
    """Points of a thing's own space (right, away, up) where it stands. Shapes: (n, 3) -> (n, 3)."""
    flat = place + points[:, :1] * camera.facing(place) + points[:, 1:2] * _away(camera, place)
    return np.asarray(np.c_[flat, points[:, 2]], np.float64)


def _turned(camera: Camera, place: Doubles, sides: tuple[float, float, float], turn: float, region: Region) -> float:
    """How a thing is turned: as in its photo and as asked, or nearly so where a box that somebody has drawn asks."""
    if region.box is None or region.turn:
        return turn + float(np.radians(region.turn))
    wanted = np.log((region.box[2] - region.box[0]) / (region.box[3] - region.box[1]))

    def wrong(other: float) -> float:
        seen = camera.project(_in_room(camera, place, box_corners(sides, other)))
        width, height = np.maximum(np.ptp(seen, 0), 1e-6)
        return abs(float(np.log(width / height) - wanted)) + 0.05 * abs(other - turn)

    near = turn + TURNED * np.linspace(-1, 1, 9)
    return min((float(other) for other in near if other * turn >= 0), key=wrong)


def _standing(
    camera: Camera, view: View, sides: tuple[float, float, float], place: Doubles, region: Region
) -> Spot:  # fmt: skip
    """A box that stands."""
    box = _in_room(camera, place, box_corners(sides, _turned(camera, place, sides, view.turn, region)))
    seen = outer(view.corners, view.turn)
    return Spot(view.corners[seen], box[seen], place, camera.facing(place), box[list(AROUND)])


def _upright(camera: Camera, thing: Cutout, spot: Spot) -> bool:
    """Do the edges of the photo stay about as long on opposite sides? Else the size does not fit the photo."""
    height, width = thing.alpha.shape
    frame = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64)
    matrix = homography(spot.own, camera.project(spot.corners))
    if matrix is None:
        return False
    a, b, c, d = cv2.perspectiveTransform(frame, matrix)[0]
    lengths = [float(np.linalg.norm(side)) for side in (a - b, d - c, a - d, b - c)]
    return all(1 / KEYSTONE < one / other < KEYSTONE for one, other in (lengths[:2], lengths[2:]))


def _lying(camera: Camera, thing: Cutout, size: Size, place: Doubles, region: Region) -> Spot:
    """A rectangle, or what lies in one."""
    wide = size.width or thing.alpha.shape[1] / thing.alpha.shape[0]
    sides = (wide, size.depth or size.height or wide, 0.0)
    view = view_of(thing.mask, sides, lying=True)
    turn = view.turn if view.round else _turned(camera, place, sides, view.turn, region)
    ground = _in_room(camera, place, box_corners(sides, turn))[list(AROUND)]
    return Spot(view.corners[list(AROUND)], ground, place, camera.facing(place), ground)


def _foot(camera: Camera, region: Region, shape: tuple[int, int], stance: Stance) -> Doubles:
    """The point of the floor where the product stands, or under which it hangs."""
    if region.at is not None and stance not in ("wall", "ceiling"):
        return camera.on_floor(region.at)
    if region.floor is not None:
        on = [camera.on_floor((float(x), float(y))) for x, y in region.floor]
        middle = np.mean(on, 0)
        if stance == "wall":
            back = sorted(range(4), key=lambda i: region.floor[i][1] if region.floor is not None else 0)[:2]
            wall = (on[back[0]] + on[back[1]]) / 2
            return _under(camera, wall, region, on[back[1]] - on[back[0]])
        return np.asarray(middle, np.float64)
    height, width = shape
    row = {"wall": 0.68, "ceiling": 0.8}.get(stance, 0.86)
    horizon = camera.project(np.array([[0.0, 1e6, 0.0]]))[0, 1]
    foot = camera.on_floor((region.at[0] if region.at else width / 2, horizon + row * (height - horizon)))
    return np.asarray(foot, np.float64)


def _under(camera: Camera, wall: Doubles, region: Region, along: Doubles) -> Doubles:
    """The point at the foot of a wall that is under what hangs at a pixel."""
    if region.at is None:
        return np.asarray(wall, np.float64)
    steps = np.linspace(-1.5, 1.5, 121)
    feet = np.array([[*(wall + step * along), ON_WALL] for step in steps])
    columns = camera.project(feet)[:, 0]
    return np.asarray(feet[int(np.abs(columns - region.at[0]).argmin()), :2], np.float64)


def _along_wall(camera: Camera, region: Region, right: Doubles) -> Doubles:
    """The direction of the wall at the back of the floor that was given."""
    if region.floor is None:
        return right
    back = sorted(region.floor.tolist(), key=lambda corner: corner[1])[:2]
    one, other = (camera.on_floor((float(x), float(y))) for x, y in sorted(back))
    along = other - one
    return np.asarray(along / max(float(np.linalg.norm(along)), 1e-9), np.float64)


def _height_at(camera: Camera, place: Doubles, at: tuple[float, float]) -> float:
    """How high above a place of the floor a pixel's row is."""
    heights = np.linspace(0, 3.2, 321)
    rows = camera.project(np.array([[*place, height] for height in heights]))[:, 1]
    return float(heights[int(np.abs(rows - at[1]).argmin())])


def _extent(thing: Cutout, size: Size) -> tuple[float, float]:
    """Width and height in metres of the cut-out set up as a screen.

    A photo from a little above shows part of the depth as height; one from the side part of it as width. Both angles
    are taken from the proportions of the cut-out.
    """
    tall, wide = thing.alpha.shape
    width, depth, height = size.width or 0.1, size.depth or 0.0, size.height or 0.1
    turn, pitch = np.meshgrid(np.radians(np.arange(0, 61, 2)), np.radians(np.arange(0, 31)), indexing="ij")
    seen = width * np.cos(turn) + depth * np.sin(turn)
    upright = height * np.cos(pitch) + (depth * np.cos(turn) + width * np.sin(turn)) * np.sin(pitch)
    odd = 0.01 * np.square(turn / np.radians(30)) + 0.01 * np.square(pitch / PITCH - 1)
    best = int((np.abs(np.log(seen / upright) - np.log(wide / tall)) + odd).argmin())
    scale = float(np.sqrt(seen.flat[best] * upright.flat[best] / (wide * tall)))  # metres a pixel
    return wide * scale, tall * scale


def _composed(
    request: VisualRequest, thing: Cutout, camera: Camera, spot: Spot, stance: Stance, size: Size, said: tuple[str, ...]
) -> Candidate:
    """The product over the room, with its shadows."""
    room = request.context
    shape = (room.shape[0], room.shape[1])
    targets = camera.project(spot.corners)
    move = _moved(_outline(thing, spot.own, targets), request.region.box)
    targets = move(targets)
    picture, alpha = project(thing, targets, shape, spot.own)
    shade = _shadow(room, camera, spot, move, alpha, stance)
    if request.region.brush is not None:
        alpha = alpha * request.region.brush
        shade = np.where(request.region.brush, shade, 1.0).astype(np.float32)
    shade[shade > 0.99] = 1.0
    shown = blend.lay(room, blend.rimmed(room, picture, alpha), alpha, shade)
    region = alpha > 0.5
    inside = _inside(targets, shape)
    share = float(cv2.contourArea(cv2.convexHull(targets.astype(np.float32)))) / (shape[0] * shape[1])
    checks = {"cutout": thing.sure, "frame": inside, "size": _plausible(share, targets)}
    mask = (alpha > 0) | (shade < 1)
    said = (*said, *_told(thing, size, stance, request.region))
    return Candidate(shown, mask, picture, alpha, region, None, checks, said, size.sides)


def _outline(thing: Cutout, own: Doubles, targets: Doubles) -> Doubles:
    """Where the hull of a cut-out is seen. Shapes: own (n, 2), targets (n, 2) -> (m, 2)."""
    rows, columns = np.nonzero(thing.mask)
    hull = cv2.convexHull(np.stack([columns, rows], 1).astype(np.float32))
    matrix = homography(own, targets)
    if matrix is None:
        return targets
    seen = cv2.perspectiveTransform(hull.astype(np.float64), matrix)
    return np.asarray(seen, np.float64)[:, 0]


def _moved(seen: Doubles, box: tuple[int, int, int, int] | None) -> Callable[[Doubles], Doubles]:
    """A map of pixels that takes what is seen into a box that somebody has drawn, stretched a little at most."""
    if box is None:
        return lambda points: points
    low, high = seen.min(0), seen.max(0)
    scale = np.array([box[2] - box[0], box[3] - box[1]]) / np.maximum(high - low, 1e-6)
    scale = np.minimum(scale, STRETCH * scale.min())
    foot, goal = np.array([(low[0] + high[0]) / 2, high[1]]), np.array([(box[0] + box[2]) / 2, box[3]])
    return lambda points: (points - foot) * scale + goal


def _shadow(
    room: Pixels, camera: Camera, spot: Spot, move: Callable[[Doubles], Doubles], alpha: Floats, stance: Stance
) -> Floats:
    """How much light the room keeps: contact and cast shadow on the floor, a soft one on a wall."""
    kept = np.ones(alpha.shape, np.float32)
    if stance == "ceiling":
        return kept
    side = blend.light_from(room)
    high = float(np.ptp(move(camera.project(spot.corners))[:, 1]))
    if stance == "wall":
        moved = np.roll(alpha, round(-side * 0.012 * high), 1)
        return blend.contact(moved, np.ones(alpha.shape, np.bool_), max(1.5, 0.02 * high), 0.3, 0.8)
    if stance == "lies":
        return blend.contact(alpha, np.ones(alpha.shape, np.bool_), max(1.0, 0.025 * high), 0.2)
    tall = min(float(spot.corners[:, 2].max()), TALL)
    thrown = (-side * camera.facing(spot.place) + 0.3 * _away(camera, spot.place)) * 0.5 * tall
    tips = spot.ground + np.array([*thrown, 0.0])
    if not camera.in_front(np.r_[spot.ground, tips]):
        return kept
    metre = float(np.linalg.norm(np.diff(move(camera.project(_pair(spot))), axis=0)))
    foot, tip = move(camera.project(spot.ground)), move(camera.project(tips))
    solid = _filled(alpha)
    kept = blend.shaded(kept, blend.soft_hull(np.r_[foot, tip], alpha.shape, 0.09 * metre), 0.08 + 0.2 * solid)
    kept = blend.shaded(kept, blend.soft_hull(foot, alpha.shape, 0.04 * metre), 0.34 * solid)
    return blend.shaded(kept, blend.under(alpha, max(2.0, 0.04 * high)), 0.3)


def _filled(alpha: Floats) -> float:
    """How much of the lowest tenth of a thing is not air between its legs."""
    left, top, right, bottom = box_of(alpha > 0.5) if (alpha > 0.5).any() else (0, 0, 1, 1)
    strip = alpha[bottom - max(2, (bottom - top) // 10) : bottom, left:right] > 0.5
    return float(np.clip(1.4 * strip.mean(), 0, 1))


def _pair(spot: Spot) -> Doubles:
    """Two points of the floor a metre apart, across the view. Shapes: (2, 3)."""
    ends = [spot.place + way * 0.5 * spot.right for way in (-1, 1)]
    return np.array([[*end, 0.0] for end in ends])


def _inside(targets: Doubles, shape: tuple[int, int]) -> float:
    """The share of a hull that is inside the photo. Shapes: targets (n, 2)."""
    hull = cv2.convexHull(targets.astype(np.float32))
    frame = np.array([[0, 0], [shape[1], 0], [shape[1], shape[0]], [0, shape[0]]], np.float32)
    return float(cv2.intersectConvexConvex(hull, frame)[0] / max(cv2.contourArea(hull), 1e-6))


def _plausible(share: float, corners: Doubles) -> float:
    """Is it of a size that can be looked at? Not a speck, not the whole photo."""
    side = float(min(np.ptp(corners[:, 0]), np.ptp(corners[:, 1])))
    return float(np.clip(side / 12, 0, 1) * np.clip((0.9 - share) / 0.3, 0, 1))


def _told(thing: Cutout, size: Size, stance: Stance, region: Region) -> tuple[str, ...]:
    """Warnings that go with the picture."""
    said = []
    if region.scale != 1:
        said.append(f"shown at {region.scale:.0%} of its size, as {size}")
    if region.turn and stance in ("wall", "ceiling"):
        said.append("what hangs is not turned")
    if size.source == "kind":
        said.append(f"the catalog gives no size; the median of its kind is taken: {size}")
    elif size.source == "usual":
        said.append(f"the catalog gives no size; a usual one is taken: {size}")
    elif size.source == "words":
        said.append(f"the size is read from the words: {size}")
    if stance == "rests":
        said.append("it usually stands or lies on something; here it is on the floor")
    if thing.sure < 0.7:
        said.append("the product's outline is not sure")
    return tuple(said)
