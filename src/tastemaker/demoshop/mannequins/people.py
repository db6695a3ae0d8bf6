"""Who wears it: build, skin, hair, how the arms hang, in what light and before what wall. All drawn from one seed."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tastemaker.demoshop.curves import Point
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.palette import BACKDROPS, WALLS, rgb
from tastemaker.demoshop.wardrobe.figure import Figure

SKINS = ("f3d7c3", "e8c0a2", "d9a680", "c08a63", "9b6a48", "7a5138", "5b3b29", "46302a")
HAIRS = ("1f1b1a", "3a2a22", "5c4030", "8a5f3c", "b98a55", "d9bd85", "8f3f2a", "9a9793")
STYLES = ("short", "bob", "long", "bun", "shaved")
BASES = ("8d8a86", "a59c92", "5d5c60", "b9a99a")
Reach = Literal["down", "waist", "hip"]
"""Where a free forearm goes: it hangs, lies before the waist, or rests on the hip."""


@dataclass(frozen=True)
class Person:
    """One mannequin.

    Attributes:
        figure: landmarks of the body, cm.
        skin, hair, base: colours; the base is what they wear underneath.
        style: of the hair.
        left, right: where each forearm goes when the sleeve leaves it free.
        sway: the hips go aside by so much, cm; the shoulders tilt against it.
        lean: the whole body leans aside, cm at the head.
        light: strength and direction of a slope of light over the picture, and its warmth.
        tint: of the wall.
        wall: paper, or a wall that meets a floor.
    """

    figure: Figure
    skin: Field
    hair: Field
    base: Field
    style: str
    left: Reach
    right: Reach
    sway: float
    lean: float
    light: tuple[float, float, float]
    tint: Field
    wall: Literal["paper", "room"]


def person(rng: np.random.Generator) -> Person:
    """Somebody."""
    reaches: tuple[Reach, ...] = ("down", "down", "waist", "hip")
    left, right = (reaches[int(rng.integers(len(reaches)))] for _ in range(2))
    room = rng.random() < 0.45
    walls = WALLS if room else BACKDROPS
    tint = rgb(walls[int(rng.integers(len(walls)))])
    return Person(
        _build(rng),
        rgb(SKINS[int(rng.integers(len(SKINS)))]),
        rgb(HAIRS[int(rng.integers(len(HAIRS)))]),
        rgb(BASES[int(rng.integers(len(BASES)))]),
        STYLES[int(rng.integers(len(STYLES)))],
        left,
        "down" if left == right == "waist" else right,
        float(rng.uniform(-3.0, 3.0)),
        float(rng.uniform(-2.5, 2.5)),
        (float(rng.uniform(0.0, 0.22)), float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(-0.04, 0.05))),
        np.clip(tint * (1 + 0.08 * rng.uniform(-1, 0.3) + 0.015 * rng.standard_normal(3)), 0, 1).astype(np.float32),
        "room" if room else "paper",
    )


def _build(rng: np.random.Generator) -> Figure:
    """A body: wide or narrow, shoulders against hips, long or short legs."""
    usual = Figure()
    wide, pear = rng.uniform(0.9, 1.18), rng.uniform(-0.05, 0.07)
    legs, soft = rng.uniform(-4, 4), rng.uniform(0.95, 1.12)

    def at(point: Point, across: float, down: float = 0.0) -> Point:
        return point[0] * across, point[1] + down

    return Figure(
        neck=at(usual.neck, 0.6 + 0.4 * wide),
        shoulder=at(usual.shoulder, wide * (1 - pear)),
        armpit=at(usual.armpit, wide * (1 - pear)),
        waist=at(usual.waist, wide * soft, legs * 0.3),
        hip=at(usual.hip, wide * (1 + pear), legs * 0.2),
        crotch=usual.crotch + legs * 0.2,
        knee=at(usual.knee, 0.5 + 0.5 * wide, legs * 0.6),
        ankle=at(usual.ankle, 0.5 + 0.5 * wide, legs),
        arm=usual.arm,
    )
