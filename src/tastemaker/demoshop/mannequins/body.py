"""The body of a mannequin: outlines in the centimetres of its figure, laid like cloth in the colour of skin."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tastemaker.demoshop.cloth import Cloth
from tastemaker.demoshop.curves import Point, bend, ellipse, flow, join, line, mirrored, symmetric
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.mannequins.people import Person, Reach
from tastemaker.demoshop.palette import mix, rgb
from tastemaker.demoshop.wardrobe.figure import Figure
from tastemaker.demoshop.wardrobe.tailor import Tailor

UPPER, LOWER, HAND = 30.0, 27.0, 17.0
"""Lengths of upper arm, forearm and hand, cm."""
HEAD = (0.0, 11.6, 7.6, 11.4)
"""Centre and half-axes of the head."""


@dataclass(frozen=True)
class Arm:
    """One arm: its joints, cm."""

    shoulder: Point
    elbow: Point
    wrist: Point
    tip: Point

    @property
    def before(self) -> bool:
        """Does the forearm lie before the body?"""
        return abs(self.wrist[0]) < abs(self.elbow[0]) - 4

    @property
    def outline(self) -> Field:
        """A straight arm from the shoulder to the wrist, as one."""
        half = ((-0.09, 2.8), (-0.05, 4.2), (0.08, 4.7), (0.32, 4.2), (0.5, 3.6), (0.62, 3.7), (0.8, 3.2), (1.0, 2.6),
                (1.03, 2.2))  # fmt: skip
        return _swelling(self.shoulder, self.wrist, half)


def joint_of(figure: Figure) -> Point:
    """Where the right arm hangs in the shoulder."""
    return figure.shoulder[0] - 2.4, figure.shoulder[1] + 5.2


def arm_of(joint: Point, spread: float, reach: Reach, *, right: bool) -> Arm:
    """An arm that leaves the shoulder at an angle; a free forearm goes where it likes.

    Args:
        joint: where it begins, on the right side.
        spread: degrees between the upper arm and the vertical.
        reach: of the forearm; "down" goes on straight.
        right: the side with positive x.
    """
    side = 1.0 if right else -1.0
    start = np.array(joint)
    turn = {"down": spread, "waist": -80.0, "hip": -50.0}[reach]
    upper = np.array([np.sin(np.radians(spread)), np.cos(np.radians(spread))])
    lower = np.array([np.sin(np.radians(turn)), np.cos(np.radians(turn))])
    elbow = start + upper * UPPER
    wrist = elbow + lower * LOWER
    tip = wrist + lower * HAND * (1.0 if reach != "hip" else 0.75)
    points = [(side * float(p[0]), float(p[1])) for p in (start, elbow, wrist, tip)]
    return Arm(*points)


def skin_of(person: Person) -> Cloth:
    """Skin, as something to lay."""
    return Cloth(person.skin, person.skin, "plain", "paper", 1.0, 0.04, 1.0)


def draw_body(tailor: Tailor, person: Person, arms: tuple[Arm, Arm]) -> None:
    """Legs, arms, trunk and neck in skin, and what is worn underneath; forearms before the body come later."""
    figure, skin = person.figure, skin_of(person)
    for flip in (True, False):
        outline = _leg(figure)
        tailor.lay(mirrored(outline) if flip else outline, cloth=skin, volume=0.9)
        _foot(tailor, figure, skin, flip=flip)
    for arm in arms:
        if arm.before:
            tailor.lay(_limb(arm.shoulder, arm.elbow, 4.6, 4.0), cloth=skin, volume=0.75)
        else:
            draw_arm(tailor, arm, skin)
    tailor.lay(_trunk(figure), cloth=skin, volume=0.9)
    _underneath(tailor, person)
    draw_neck(tailor, person)


def draw_neck(tailor: Tailor, person: Person) -> None:
    """Neck and the shade of the chin."""
    wide = person.figure.neck[0] * 0.78
    top, low = 18.0, person.figure.neck[1] + 3.5
    outline = join(
        line((-wide * 0.92, top), (wide * 0.92, top)),
        bend((wide * 0.92, top), (wide * 0.96, low - 4), (wide * 1.3, low)),
        bend((wide * 1.3, low), (0, low + 3.0), (-wide * 1.3, low)),
        bend((-wide * 1.3, low), (-wide * 0.96, low - 4), (-wide * 0.92, top)),
    )
    patch = tailor.lay(outline, cloth=skin_of(person), volume=0.35)
    tailor.shade_inside(patch, bend((-wide, 21.0), (0, 25.5), (wide, 21.0)), 4.0, 0.24)


def draw_arm(tailor: Tailor, arm: Arm, skin: Cloth) -> None:
    """A straight arm and its hand."""
    tailor.lay(arm.outline, cloth=skin, volume=0.75)
    draw_hand(tailor, arm, skin)


def draw_forearm(tailor: Tailor, arm: Arm, skin: Cloth) -> None:
    """A bare forearm, without its hand."""
    outline = _limb(arm.elbow, arm.wrist, 4.0, 2.7)
    tailor.shadow(outline, 1.6, 0.26)
    tailor.lay(outline, cloth=skin, volume=0.75)


def draw_wrist(tailor: Tailor, arm: Arm, skin: Cloth) -> None:
    """What comes out of a sleeve: the end of the forearm, without its hand."""
    x, y = (np.array(arm.elbow) * 0.45 + np.array(arm.wrist) * 0.55).tolist()
    tailor.lay(_limb((x, y), arm.wrist, 2.4, 2.6), cloth=skin, volume=0.6)


def draw_hand(tailor: Tailor, arm: Arm, skin: Cloth) -> None:
    """A closed hand with the hint of fingers and a thumb."""
    start, end = np.array(arm.wrist), np.array(arm.tip)
    along = (end - start) / np.hypot(*(end - start))
    out = np.array([along[1], -along[0]]) * (1.0 if arm.shoulder[0] > 0 else -1.0)
    size = float(np.hypot(*(end - start)))

    def at(forward: float, aside: float) -> Point:
        point = start + along * forward * size + out * aside
        return float(point[0]), float(point[1])

    thumb = flow([at(0.12, -2.2), at(0.34, -4.0), at(0.56, -4.3), at(0.6, -3.3), at(0.38, -2.4)], 5, closed=True)
    palm = flow([at(-0.06, 2.6), at(0.3, 3.5), at(0.7, 3.2), at(1.0, 1.2), at(0.99, -0.9), at(0.62, -2.9),
                 at(0.25, -3.2), at(-0.06, -2.6)], 5, closed=True)  # fmt: skip
    tailor.lay(thumb, cloth=skin, volume=0.4)
    patch = tailor.lay(palm, cloth=skin, volume=0.5)
    for aside in (-1.2, 0.4, 1.9):
        tailor.shade_inside(patch, line(at(0.6, aside), at(0.96, aside * 0.7)), 0.55, 0.25)


def draw_head(tailor: Tailor, person: Person) -> None:
    """Ears, head and a calm face; hair comes apart."""
    skin = skin_of(person)
    x, y, wide, tall = HEAD
    for side in (-1, 1):
        tailor.lay(ellipse(side * wide * 0.98, y + 1.2, 1.2, 2.3), cloth=skin, volume=0.3)
    half = flow([(x, y - tall), (wide * 0.8, y - tall * 0.72), (wide, y - 1), (wide * 0.86, y + tall * 0.5),
                 (wide * 0.42, y + tall * 0.93), (x, y + tall)], 8)  # fmt: skip
    patch = tailor.lay(symmetric(half), cloth=skin, volume=0.55)
    dark = mix(person.skin, rgb("2a1a14"), 0.75)
    canvas, frame = tailor.canvas, tailor.frame
    for side in (-1, 1):
        brow = bend((side * 1.6, y - 1.5), (side * 3.2, y - 2.6), (side * 4.9, y - 1.4), 6)
        canvas.paint(canvas.stroke([frame(brow)], 0.55 * frame.scale), mix(person.hair, dark, 0.3), 0.75)
        eye = ellipse(side * 3.1, y + 0.7, 1.15, 0.62)
        canvas.paint(canvas.fill(frame(eye)), rgb("f4efe9"), 0.9)
        canvas.paint(canvas.fill(frame(ellipse(side * 3.1, y + 0.7, 0.56, 0.6))), rgb("2b201b"), 0.9)
        lid = bend((side * 1.8, y + 0.6), (side * 3.1, y - 0.4), (side * 4.4, y + 0.6), 6)
        canvas.paint(canvas.stroke([frame(lid)], 0.4 * frame.scale), dark, 0.7)
    tailor.shade_inside(patch, bend((0.5, y + 0.5), (1.1, y + 3.0), (0.2, y + 4.2)), 1.0, 0.22)
    mouth = bend((-2.1, y + 6.4), (0, y + 7.2), (2.1, y + 6.4), 8)
    canvas.paint(canvas.stroke([frame(mouth)], 0.75 * frame.scale), mix(person.skin, rgb("7c2f2b"), 0.55), 0.85)


def _limb(start: Point, end: Point, first: float, last: float) -> Field:
    """A limb between two joints that swells a little below the first."""
    shares = ((-0.13, 0.45), (-0.08, 0.85), (0.0, 1.0), (0.25, 1.04), (0.6, 0.94))
    return _swelling(start, end, [*((s, w * first) for s, w in shares), (1.0, last), (1.06, 0.8 * last)])


def _swelling(start: Point, end: Point, half: Sequence[tuple[float, float]]) -> Field:
    """An outline around a line: half of its width at shares of the length."""
    a, b = np.array(start), np.array(end)
    along = (b - a) / np.hypot(*(b - a))
    out = np.array([along[1], -along[0]])
    length = float(np.hypot(*(b - a)))
    one = [a + along * length * s + out * w for s, w in half]
    other = [a + along * length * s - out * w for s, w in half]
    points = [(float(p[0]), float(p[1])) for p in [*one, *other[::-1]]]
    return flow(points, 5, closed=True)


def _leg(figure: Figure) -> Field:
    """The right leg from the hip down."""
    hip, knee, ankle = figure.hip, figure.knee, figure.ankle
    outer = flow([(hip[0] * 0.9, hip[1] - 8), (hip[0], hip[1] + 2), (hip[0] * 0.97, figure.crotch + 8),
                  (knee[0] + 6.4, knee[1] - 4), (knee[0] + 6.0, knee[1] + 14),
                  (ankle[0] + 3.2, ankle[1])], 8)  # fmt: skip
    inner = flow([(ankle[0] - 3.0, ankle[1]), (knee[0] - 5.4, knee[1] + 14), (knee[0] - 5.2, knee[1] - 4),
                  (1.6, figure.crotch + 10), (0.2, figure.crotch)], 8)  # fmt: skip
    return join(outer, inner)


def _foot(tailor: Tailor, figure: Figure, skin: Cloth, *, flip: bool) -> None:
    x, y = figure.ankle
    outline = flow([(x - 3.0, y - 2), (x + 3.2, y - 2), (x + 5.6, y + 6.5), (x + 4.2, y + 9.5), (x - 1.8, y + 9.5),
                    (x - 3.4, y + 6)], 6, closed=True)  # fmt: skip
    tailor.lay(mirrored(outline) if flip else outline, cloth=skin, volume=0.5)


def _trunk(figure: Figure) -> Field:
    neck, shoulder, armpit, waist, hip = figure.neck, figure.shoulder, figure.armpit, figure.waist, figure.hip
    half = join(
        bend((0, neck[1] - 2), (neck[0] * 0.9, neck[1] - 0.5), (shoulder[0] * 0.62, shoulder[1] - 1.6), 8),
        bend((shoulder[0] * 0.62, shoulder[1] - 1.6), (shoulder[0] - 1.0, shoulder[1] - 0.4),
             (shoulder[0] - 0.4, shoulder[1] + 5.5)),
        flow([(armpit[0] - 0.2, armpit[1] - 2), (armpit[0] - 0.7, armpit[1] + 6), (waist[0], waist[1]),
              (hip[0], hip[1]), (hip[0] * 0.94, figure.crotch + 3), (0.0, figure.crotch + 2)], 8),
    )  # fmt: skip
    return symmetric(half)


def _underneath(tailor: Tailor, person: Person) -> None:
    """A fitted vest and shorts: what is there before anything is tried on."""
    figure = person.figure
    cloth = Cloth(person.base, person.base, "plain", "jersey", 1.0, 0.0, 0.8)
    armpit, waist, hip = figure.armpit, figure.waist, figure.hip
    strap = figure.shoulder[0] * 0.56
    half = join(
        bend((0, armpit[1] - 1.5), (strap * 0.75, armpit[1] - 2), (strap * 0.8, figure.shoulder[1] - 0.6), 8),
        line((strap * 1.12, figure.shoulder[1] - 0.2)),
        bend((strap * 1.12, figure.shoulder[1] + 4), (strap * 1.25, armpit[1] - 1),
             (armpit[0] - 0.5, armpit[1] + 1), 8),
        flow([(armpit[0] - 0.6, armpit[1] + 6), (waist[0] + 0.15, waist[1]), (hip[0] + 0.15, hip[1]),
              (hip[0] * 0.98, figure.crotch + 6)], 8),
        line((1.0, figure.crotch + 7), (0.0, figure.crotch + 3)),
    )  # fmt: skip
    tailor.lay(symmetric(half), cloth=cloth, volume=0.9)
