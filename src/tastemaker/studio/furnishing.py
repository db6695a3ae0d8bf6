"""A product in a room, composed: its photo stands upright on the floor, lies on it, or hangs on a wall, in true size.

A photo of a sofa shows it from where its photographer stood; it cannot be turned. It is set up like a screen that faces
the camera, upright in the room, so that its size and the way its edges run together are those of the place. What is
flat - a rug, a frame - is truly projected.
"""

from dataclasses import dataclass

import numpy as np

from tastemaker.core.seeds import generator
from tastemaker.core.types import Doubles, Floats
from tastemaker.studio import blend
from tastemaker.studio.cutout import Cutout, Pixels, cut
from tastemaker.studio.engines import Refusal
from tastemaker.studio.floor import Camera, from_floor, guess
from tastemaker.studio.kinds import Stance, stance_of
from tastemaker.studio.request import Candidate, Region, VisualRequest
from tastemaker.studio.sizes import PITCH, Size
from tastemaker.studio.warp import project

CEILING = 2.45
"""Height of a usual room, in metres."""
ON_WALL = 1.5
"""Height of the middle of what hangs on a wall."""


@dataclass(frozen=True)
class Spot:
    """Where a product is in the room.

    Attributes:
        corners: of its photo, top left, top right, bottom right, bottom left, in metres.
        place: where it stands on the floor.
        right: the horizontal direction along it.

    Shapes: corners (4, 3), place (2,), right (2,).
    """

    corners: Doubles
    place: Doubles
    right: Doubles


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
    size = request.size.seen(wide / tall)
    spot = _spot(camera, thing, size, stance, region, room.shape[:2], _aside(request, seed))
    if not camera.in_front(spot.corners):
        raise Refusal("that place is behind the camera; choose one further up in the photo")
    corners = camera.project(spot.corners)
    if request.region.box is not None:
        corners = _boxed(corners, request.region.box)
    return _composed(request, thing, camera, spot, corners, stance, size, said)


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
    wide, tall = _extent(thing, size)
    if stance == "lies":
        depth = size.depth or size.height or wide
        deep = np.array([-right[1], right[0]])
        if (
            camera.project(np.array([[*(place + 0.1 * deep), 0.0]]))[0, 1]
            > camera.project(np.array([[*place, 0.0]]))[0, 1]
        ):
            deep = -deep
        half, back = right * (size.width or wide) / 2, deep * depth / 2
        floor = [place - half + back, place + half + back, place + half - back, place - half - back]
        return Spot(np.array([[*point, 0.0] for point in floor]), place, right)
    if stance == "wall":
        right = _along_wall(camera, region, right)
    low = {"wall": ON_WALL - tall / 2, "ceiling": CEILING - tall}.get(stance, 0.0)
    if region.at is not None and stance in ("wall", "ceiling"):
        low = _height_at(camera, place, region.at) - tall / 2
    left, far = place - right * wide / 2, place + right * wide / 2
    corners = [[*left, low + tall], [*far, low + tall], [*far, low], [*left, low]]
    return Spot(np.array(corners), place, right)


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


def _boxed(corners: Doubles, box: tuple[int, int, int, int]) -> Doubles:
    """The same shape moved and scaled into a box that somebody has drawn."""
    low, high = corners.min(0), corners.max(0)
    scale = min((box[2] - box[0]) / (high[0] - low[0]), (box[3] - box[1]) / (high[1] - low[1]))
    foot = np.array([(low[0] + high[0]) / 2, high[1]])
    return np.asarray((corners - foot) * scale + np.array([(box[0] + box[2]) / 2, box[3]]), np.float64)


def _composed(
    request: VisualRequest, thing: Cutout, camera: Camera, spot: Spot, corners: Doubles, stance: Stance, size: Size,
    said: tuple[str, ...],
) -> Candidate:  # fmt: skip
    """The product over the room, with its shadows."""
    room = request.context
    picture, alpha = project(thing, corners, room.shape[:2])
    if request.region.brush is not None:
        alpha = alpha * request.region.brush
    region = alpha > 0.5
    shade = _shadow(room, camera, spot, corners, alpha, stance)
    if request.region.brush is not None:
        shade = np.where(request.region.brush, shade, 1.0).astype(np.float32)
    shade[shade > 0.99] = 1.0
    shown = blend.lay(room, blend.rimmed(room, picture, alpha), alpha, shade)
    area = float(_area(corners))
    inside = float((alpha > 0.5).sum() / max(area * float(thing.mask.mean()), 1.0))
    share = area / (room.shape[0] * room.shape[1])
    checks = {"cutout": thing.sure, "frame": min(inside, 1.0), "size": _plausible(share, corners)}
    mask = (alpha > 0) | (shade < 1)
    return Candidate(shown, mask, picture, alpha, region, None, checks, (*said, *_told(thing, size, stance)))


def _shadow(room: Pixels, camera: Camera, spot: Spot, corners: Doubles, alpha: Floats, stance: Stance) -> Floats:
    """How much light the room keeps: contact and cast shadow on the floor, a soft one on a wall."""
    kept = np.ones(alpha.shape, np.float32)
    high = float(np.abs(corners[3, 1] - corners[0, 1]))
    everywhere = np.ones(alpha.shape, np.bool_)
    if stance == "ceiling":
        return kept
    if stance in ("lies", "wall"):
        side = blend.light_from(room)
        return blend.contact(
            np.roll(alpha, round(-side * 0.012 * high), 1), everywhere, max(1.5, 0.02 * high), 0.3, 0.8
        )
    side = blend.light_from(room)
    length = 0.45 * float(spot.corners[0, 2] - spot.corners[3, 2])
    away = np.array([spot.right[1], -spot.right[0]])
    away = away if (spot.place - camera.centre[:2]) @ away > 0 else -away
    thrown = (-side * spot.right + 0.35 * away) * length
    feet = [spot.corners[3, :2], spot.corners[2, :2]]
    tips = [feet[0], feet[1], feet[1] + thrown, feet[0] + thrown]
    floor = np.array([[*point, 0.0] for point in tips])
    if camera.in_front(floor):
        dark = blend.cast(alpha, corners[[3, 2, 1, 0]], camera.project(floor))
        kept = blend.shaded(kept, dark, 0.28)
    return blend.shaded(kept, blend.under(alpha, max(2.0, 0.05 * high)), 0.5)


def _area(corners: Doubles) -> float:
    x, y = corners[:, 0], corners[:, 1]
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


def _plausible(share: float, corners: Doubles) -> float:
    """Is it of a size that can be looked at? Not a speck, not the whole photo."""
    side = float(min(np.ptp(corners[:, 0]), np.ptp(corners[:, 1])))
    return float(np.clip(side / 12, 0, 1) * np.clip((0.9 - share) / 0.3, 0, 1))


def _told(thing: Cutout, size: Size, stance: Stance) -> tuple[str, ...]:
    """Warnings that go with the picture."""
    said = []
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
