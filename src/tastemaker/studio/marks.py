"""What somebody says of the person in a photo: where shoulders, arms, belt and feet are. It overrules what was found.

Left and right are those of the picture. Two shoulders say where a body is and how wide; the rows of a belt, a crotch or
ankles move what lies between them along.
"""

from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np

from tastemaker.core.errors import InputError, UnknownName
from tastemaker.core.types import Doubles

Mark = Literal[
    "left shoulder", "right shoulder", "left elbow", "right elbow", "left wrist", "right wrist", "belt", "crotch",
    "ankles",
]  # fmt: skip
"""A part of a body that can be marked: the outer ends of the shoulders, and where what is worn above ends (belt)."""
MARKS: tuple[Mark, ...] = get_args(Mark)
Points = Mapping[Mark, tuple[float, float]]
"""Column and row of each mark, in pixels."""
NAMED: Mapping[str, Mark] = {"crotch": "crotch", "ankle": "ankles"}
"""Levels of a body that are marked themselves."""
LEAST = 8.0
"""Pixels between two shoulders."""


def checked(points: Mapping[str, tuple[float, float]]) -> dict[Mark, tuple[float, float]]:
    """Marks as they can be used.

    Raises:
        UnknownName: there is no such mark.
        InputError: one is no point, one shoulder is without the other, or they are not in their order.
    """
    found: dict[Mark, tuple[float, float]] = {}
    for name, place in points.items():
        if name not in MARKS:
            raise UnknownName("mark", name, MARKS)
        pair = np.asarray(place, np.float64)
        if pair.shape != (2,) or not np.isfinite(pair).all():
            raise InputError(f"the {name} is marked at {place!r}", hint="give its column and its row, in pixels")
        found[MARKS[MARKS.index(name)]] = float(pair[0]), float(pair[1])
    _ordered(found)
    return found


def _ordered(points: Points) -> None:
    left, right = points.get("left shoulder"), points.get("right shoulder")
    if (left is None) != (right is None):
        raise InputError("one shoulder is marked without the other", hint="mark both")
    if left and right and right[0] - left[0] < LEAST:
        raise InputError("the shoulders are marked the wrong way round", hint="left is left in the picture")
    rows = [points[name][1] for name in ("belt", "crotch", "ankles") if name in points]
    rows = ([(left[1] + right[1]) / 2] if left and right else []) + rows
    if rows != sorted(set(rows)):
        raise InputError("shoulders, belt, crotch and ankles are not marked from above to below", hint="mark them anew")


def shoulders_of(points: Points) -> tuple[float, float, float] | None:
    """Row, width and middle of the shoulders that are marked; None when they are not."""
    if "left shoulder" not in points or "right shoulder" not in points:
        return None
    (left, high), (right, low) = points["left shoulder"], points["right shoulder"]
    return (high + low) / 2, float(np.hypot(right - left, high - low)), (left + right) / 2


def moved(levels: Mapping[str, float], points: Points) -> dict[str, float]:
    """Rows of a body's levels, those between two marks moved along with them."""
    said = [(levels["shoulder"], levels["shoulder"])]
    said += [(levels[name], points[mark][1]) for name, mark in NAMED.items() if mark in points]
    rows, shifts = np.array([row for row, _ in said]), np.array([goal - row for row, goal in said])
    return {name: row + float(np.interp(row, rows, shifts)) for name, row in levels.items()}


def arm_of(points: Points, side: int) -> Doubles | None:
    """The marked places of an arm, from the shoulder outwards; None for none. Shapes: (n, 2)."""
    names: tuple[Mark, Mark] = ("left elbow", "left wrist") if side < 0 else ("right elbow", "right wrist")
    places = [points[name] for name in names if name in points]
    return np.array(places, np.float64) if places else None
