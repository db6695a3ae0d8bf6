"""Pairs for trying on: the same person in the same light, without and with a garment, and where it is seen.

Pair number ``i`` of a part depends on the shop's settings and ``i`` alone, so any share of them can be drawn anywhere.
Garments and people of the two parts are different ones.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy.ndimage import map_coordinates

from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools
from tastemaker.demoshop.assortment import assortment
from tastemaker.demoshop.canvas import Canvas, finished, soften
from tastemaker.demoshop.config import DemoConfig
from tastemaker.demoshop.curves import Frame, Point, ellipse
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.mannequins.body import (
    HEAD,
    Arm,
    arm_of,
    draw_arm,
    draw_body,
    draw_forearm,
    draw_hand,
    draw_head,
    draw_neck,
    draw_wrist,
    joint_of,
    skin_of,
)
from tastemaker.demoshop.mannequins.hair import draw_before, draw_behind
from tastemaker.demoshop.mannequins.people import Person, person
from tastemaker.demoshop.mannequins.sleeves import bent
from tastemaker.demoshop.mannequins.wearing import held, layer, worn
from tastemaker.demoshop.pairs import Pair, Part, of_part
from tastemaker.demoshop.studio import backdrop, stage, warm_floor
from tastemaker.demoshop.wardrobe.figure import Figure, TopCut, corners
from tastemaker.demoshop.wardrobe.tailor import Tailor
from tastemaker.demoshop.wardrobe.tops import cut_of

UPPER = ("shirt", "t-shirt", "blouse", "top", "jumper", "cardigan", "hoodie", "jacket", "blazer", "coat")
LOWER = ("skirt", "trousers", "jeans", "shorts")
HELD = ("hat", "bag")
WORN = (*UPPER, *LOWER, *HELD, "dress")
"""Kinds of the wardrobe that are worn on the body."""


@dataclass(frozen=True)
class WornPair(Pair):
    """A person without and with a garment.

    Attributes:
        band: where else the truth differs from the context: its shadow on the body, its soft edges.
        anchors: points of the body by name, in pixels: head, neck, and left and right (as seen) shoulder, armpit,
            elbow, wrist, waist, hip, knee and ankle.

    Shapes: band (height, width).
    """

    band: Bools
    anchors: Mapping[str, Point]


def garments(config: DemoConfig, part: Part) -> list[Piece]:
    """The garments of one part."""
    worn = [piece for piece in assortment(config) if piece["kind"] in WORN and piece["cut"] != "backpack"]
    return of_part(worn, part)


def worn_pairs(
    config: DemoConfig | None = None, n: int = 100, part: Part = "train", *, height: int = 256, first: int = 0
) -> Iterator[WornPair]:
    """Pairs of one part, one after the other.

    Args:
        config: which demo shop; the usual one when None.
        n: how many.
        part: garments and people of "train" and of "test" are different ones.
        height: of the pictures in pixels; three quarters of it is their width.
        first: number of the first one.
    """
    config = config or DemoConfig()
    pieces = garments(config, part)
    below = [piece for piece in pieces if piece["kind"] in LOWER]
    for number in range(first, first + n):
        rng = generator(config.seed, f"worn {part} {number}")
        piece = pieces[int(rng.integers(len(pieces)))]
        other = below[int(rng.integers(len(below)))] if piece["kind"] in (*UPPER, *HELD) else None
        yield _pair(number, piece, other, person(rng), rng, height * 3 // 4)


def _pair(
    number: int, piece: Piece, other: Piece | None, who: Person, rng: np.random.Generator, width: int
) -> WornPair:
    frame = _framed(piece, rng)
    arms, seed = _arms(piece, who, rng), int(rng.integers(2**31))
    canvas = _behind(who, frame, width, rng)
    tailor = Tailor(canvas, frame, skin_of(who), rng)
    draw_behind(tailor, who)
    draw_body(tailor, who, arms)
    body = canvas.pixels
    if other is not None:
        body = _over(body, *worn(other, who.figure, width, frame, seed + 1))
    garment = worn(piece, who.figure, width, held(piece, frame, arms[1].wrist), seed)
    front = layer(_in_front(piece, who, arms, sleeved=False), skin_of(who), frame, width, seed + 2)
    without = _over(body, *front)
    if piece["kind"] == "hat":  # over the hair
        with_it, seen = _over(_shaded(without, garment[1], canvas.scale), *garment), garment[1]
    else:
        lower = (np.zeros_like(garment[0]), np.zeros_like(garment[1]))
        if _long_sleeved(piece) and any(arm.before for arm in arms):
            garment, lower = bent(garment, arms, who.figure, cut_of(piece), frame, canvas)
            front = layer(_in_front(piece, who, arms, sleeved=True), skin_of(who), frame, width, seed + 2)
        with_it = _over(_over(_shaded(body, garment[1], canvas.scale), *garment), *front)
        with_it = _over(_shaded(with_it, lower[1], canvas.scale), *lower)
        seen = garment[1] * (1 - front[1]) * (1 - lower[1]) + lower[1]
    pose, light = Pose(who, frame, canvas), _light(who, seen.shape)
    context, truth, differs = finished(pose.bent(without) * light, pose.bent(with_it) * light, canvas.target)
    small = Image.fromarray(pose.bent(seen[..., None])[..., 0]).resize(canvas.target, Image.Resampling.BOX)
    mask = np.asarray(small) > 0.5
    return WornPair(number, piece, context, truth, mask, differs & ~mask, _anchors(who, arms, pose))


def _in_front(piece: Piece, who: Person, arms: tuple[Arm, Arm], *, sleeved: bool) -> Callable[[Tailor], None]:
    """What lies before the garment: forearms (of sleeved ones what comes out), head and hair."""

    def draw(tailor: Tailor) -> None:
        for arm in arms:
            if arm.before:
                (draw_wrist if sleeved else draw_forearm)(tailor, arm, skin_of(who))
                tailor.rng = np.random.default_rng(1)  # the same hand and head, whichever was drawn before
                draw_hand(tailor, arm, skin_of(who))
            elif piece["kind"] in LOWER:
                draw_arm(tailor, arm, skin_of(who))
        tailor.rng = np.random.default_rng(2)
        if piece["kind"] == "bag":
            draw_hand(tailor, arms[1], skin_of(who))
        if piece["neck"] == "hood":
            draw_neck(tailor, who)
        draw_head(tailor, who)
        draw_before(tailor, who)

    return draw


def _long_sleeved(piece: Piece) -> bool:
    short = piece["kind"] in (*LOWER, *HELD) or piece["sleeve"] == "short"
    return not short and cut_of(piece).sleeve > 0


class Pose:
    """How a body stands: the hips aside, the shoulders tilted against them, the whole of it leaning.

    Args:
        who: stands so.
        frame: from centimetres to the sheet.
        canvas: the sheet.
    """

    def __init__(self, who: Person, frame: Frame, canvas: Canvas) -> None:
        self._who, self._frame, self._scale = who, frame, canvas.scale
        self._out = canvas.target[0] / (canvas.pixels.shape[1])
        tall, wide = canvas.pixels.shape[:2]
        rows, columns = np.mgrid[0:tall, 0:wide].astype(np.float64)
        want = self._centimetres(np.stack([columns, rows], -1))
        at = want.copy()
        for _ in range(3):  # where does each pixel come from: the shift is smooth, so this settles at once
            at = want - self._shift(at)
        back = (frame(at.reshape(-1, 2)) * self._scale).reshape(tall, wide, 2)
        self._rows, self._columns = back[..., 1] - 0.5, back[..., 0] - 0.5

    def bent(self, picture: Field) -> Field:
        """A picture of the straight body, bent. Shapes: (h, w, c) -> (h, w, c)."""
        parts = [
            map_coordinates(picture[..., part], (self._rows, self._columns), order=1, mode="nearest")
            for part in range(picture.shape[2])
        ]
        return np.stack(parts, -1)

    def pixel(self, point: Point) -> Point:
        """Where a point of the straight body, cm, is seen in the finished picture."""
        straight = np.array([point], np.float64)
        x, y = (self._frame(straight + self._shift(straight)) * self._scale * self._out)[0].tolist()
        return x, y

    def _centimetres(self, pixels: Field) -> Field:
        return np.asarray(((pixels + 0.5) / self._scale - (self._frame.dx, self._frame.dy)) / self._frame.scale)

    def _shift(self, points: Field) -> Field:
        """How far points move, cm."""
        x, y = points[..., 0], points[..., 1]
        sway, lean = self._who.sway, self._who.lean
        aside = (
            lean * (1 - y / 172) + sway * np.exp(-(((y - 92) / 30) ** 2)) - 0.4 * sway * np.exp(-(((y - 30) / 22) ** 2))
        )
        tilt = 0.014 * sway * x * np.exp(-(((y - 38) / 24) ** 2)) * np.exp(-((x / 46) ** 2))
        return np.stack([aside, tilt], -1)


def _over(below: Field, colour: Field, alpha: Field) -> Field:
    return below * (1 - alpha[..., None]) + colour


def _shaded(below: Field, cover: Field, scale: float) -> Field:
    """The soft shadow of a garment on what is under and beside it."""
    down, right = max(1, round(2.5 * scale)), max(1, round(1.2 * scale))
    moved = np.zeros_like(cover)
    moved[down:, right:] = cover[:-down, :-right]
    shade = soften(moved, 1.2 * scale) * (1 - cover)
    return np.asarray(below * (1 - 0.26 * shade)[..., None])


def _framed(piece: Piece, rng: np.random.Generator) -> Frame:
    """The whole person, or the half that matters, with a little air."""
    kind, low, high = piece["kind"], -5.0, 179.0
    if rng.random() > 0.4:
        low, high = {"dress": (-5.0, 146.0), "coat": (-5.0, 146.0), "hat": (-16.0, 96.0)}.get(kind, (-5.0, 120.0))
        if kind in (*LOWER, "bag"):
            low, high = 42.0, 179.0
    elif kind == "hat":
        low = -16.0
    slack = rng.uniform(0, 0.06) * (high - low)
    return Frame.fit((-30, low - slack), (30, high + slack), (0, 0, 300, 400))


def _arms(piece: Piece, who: Person, rng: np.random.Generator) -> tuple[Arm, Arm]:
    """The arms as the sleeves want them; free forearms go where the person likes."""
    joint, left, right = joint_of(who.figure), who.left, who.right
    spread = float(rng.uniform(4, 13))
    if piece["kind"] == "bag":
        right = "down"
    elif piece["sleeve"] == "short":
        spread = 27.0
    elif _long_sleeved(piece):
        joint, spread = _in_sleeve(cut_of(piece), who.figure)
    return arm_of(joint, spread, left, right=False), arm_of(joint, spread, right, right=True)


def _in_sleeve(cut: TopCut, figure: Figure) -> tuple[Point, float]:
    """Joint and angle of an arm that runs through the middle of a long sleeve."""
    at, turn = corners(figure, cut), np.radians(cut.spread)
    down, out = np.array([np.sin(turn), np.cos(turn)]), np.array([np.cos(turn), -np.sin(turn)])
    top = (np.array(at["shoulder"]) + at["armpit"]) / 2
    cuff = np.array(at["shoulder"]) + down * cut.sleeve + out * (0.6 - cut.cuff / 2)
    axis = (cuff - top) / np.hypot(*(cuff - top))
    joint = top + axis * 2.0 - out * 0.4
    return (float(joint[0]), float(joint[1])), float(np.degrees(np.arctan2(axis[0], axis[1])))


def _behind(who: Person, frame: Frame, width: int, rng: np.random.Generator) -> Canvas:
    """The wall, with the person's shadow on it and under the feet."""
    if who.wall == "paper":
        canvas = backdrop(width, who.tint, rng)
    else:
        floor = warm_floor(("oak", "pale", "concrete", "dark")[int(rng.integers(4))])
        canvas = stage(width, who.tint, floor, float(frame(np.array([[0.0, rng.uniform(148, 160)]]))[0, 1]), rng)
    figure = who.figure
    canvas.shadow(frame(ellipse(1.5, figure.ankle[1] + 8, figure.hip[0] + 6, 3.2)), 2.4 * frame.scale, 0.4)
    canvas.shadow(frame(ellipse(4, 92, figure.hip[0] + 3, 62)), 7 * frame.scale, 0.10, (5, 3))
    return canvas


def _light(who: Person, shape: tuple[int, ...]) -> Field:
    """A slope of light over the picture, cool or warm."""
    strength, turn, warm = who.light
    y, x = np.linspace(-0.5, 0.5, shape[0])[:, None], np.linspace(-0.5, 0.5, shape[1])[None]
    slope = 1 + strength * (np.cos(turn) * x + np.sin(turn) * y)
    return np.asarray(slope[..., None] * np.array([1 + warm, 1.0, 1 - warm]))


def _anchors(who: Person, arms: tuple[Arm, Arm], pose: Pose) -> dict[str, Point]:
    figure = who.figure
    points: dict[str, Point] = {"head": (HEAD[0], HEAD[1]), "neck": (0.0, figure.neck[1])}
    for side, arm, sign in (("left", arms[0], -1), ("right", arms[1], 1)):
        body = {"shoulder": figure.shoulder, "armpit": figure.armpit, "waist": figure.waist, "hip": figure.hip,
                "knee": figure.knee, "ankle": figure.ankle}  # fmt: skip
        points |= {f"{side} {name}": (sign * x, y) for name, (x, y) in body.items()}
        points |= {f"{side} elbow": arm.elbow, f"{side} wrist": arm.wrist}
    return {name: pose.pixel(point) for name, point in points.items()}
