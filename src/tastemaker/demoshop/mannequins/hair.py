"""Hair: what falls behind the body, and what lies before it - long hair covers part of what is worn."""

import numpy as np

from tastemaker.demoshop.cloth import Cloth
from tastemaker.demoshop.curves import bend, ellipse, flow, join, mirrored, symmetric
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.mannequins.body import HEAD
from tastemaker.demoshop.mannequins.people import Person
from tastemaker.demoshop.wardrobe.tailor import Tailor


def hair_of(person: Person) -> Cloth:
    """Hair, as something to lay."""
    return Cloth(person.hair, person.hair, "plain", "suede", 1.0, 0.12, 0.2)


def draw_behind(tailor: Tailor, person: Person) -> None:
    """The mass behind head and shoulders."""
    _, y, wide, tall = HEAD
    low = {"bob": y + 14, "long": y + 27}.get(person.style)
    if low is None:
        return
    half = flow([(0, y - tall - 1.2), (wide * 1.1, y - tall * 0.6), (wide * 1.28, y + 2), (wide * 1.34, low - 3),
                 (wide * 0.7, low), (0, low - 1)], 8)  # fmt: skip
    tailor.lay(symmetric(half), cloth=hair_of(person).darker(0.25), volume=0.6)


def draw_before(tailor: Tailor, person: Person) -> None:
    """The cap, and strands that fall over the shoulders."""
    _, y, wide, tall = HEAD
    hair = hair_of(person)
    if person.style == "bun":
        tailor.lay(ellipse(0, y - tall - 2.8, 4.2, 3.9), cloth=hair, volume=0.6)
    thin = 0.55 if person.style == "shaved" else 1.0
    top = 1.4 * thin
    outer = flow([(0, y - tall - top), (wide * 0.86, y - tall * 0.76 - top * 0.6), (wide * 1.06, y - tall * 0.2),
                  (wide * 1.05, y + 1.2)], 8)  # fmt: skip
    line_low = {"shaved": 0.72, "short": 0.55}.get(person.style, 0.5)
    inner = flow([(wide * 0.9, y - 0.6), (wide * 0.8, y - tall * 0.42), (wide * 0.3, y - tall * line_low - 0.6),
                  (0, y - tall * line_low)], 8)  # fmt: skip
    tailor.lay(symmetric(join(outer, inner)), _strands(tailor.rng, y, wide, tall), cloth=hair, volume=0.4 * thin,
               fold_width=0.9)  # fmt: skip
    if person.style in ("bob", "long"):
        for flip in (False, True):
            _lock(tailor, person, hair, flip=flip)


def _lock(tailor: Tailor, person: Person, hair: Cloth, *, flip: bool) -> None:
    """Hair beside the face; when long it ends on the chest."""
    _, y, wide, tall = HEAD
    long = person.style == "long"
    low = y + 40 + tailor.rng.uniform(-4, 5) if long else y + 13.5
    out = wide * (1.22 if long else 1.16)
    outline = join(
        flow([(wide * 0.72, y - tall * 0.62), (wide * 1.08, y - 2), (out, y + 9),
              (out * (1.15 if long else 1.0), low - 5), (out * 0.92, low)], 8),
        flow([(out * 0.62, low - 3), (wide * 0.78, y + 12), (wide * 0.88, y + 2), (wide * 0.84, y - 4)], 8),
    )  # fmt: skip
    folds = [bend((wide * s, y - 2), (out * s * 1.06, (y + low) / 2), (out * s * 0.95, low - 4)) for s in (0.86, 0.98)]
    outline, folds = (mirrored(outline), [mirrored(fold) for fold in folds]) if flip else (outline, folds)
    tailor.shadow(outline, 1.0, 0.28, (0.5, 0.6))
    tailor.lay(outline, folds, cloth=hair, volume=0.45, fold_width=1.1)


def _strands(rng: np.random.Generator, y: float, wide: float, tall: float) -> list[Field]:
    ends = rng.uniform(-0.95, 0.95, 9) * wide
    return [
        bend((x * 0.15, y - tall - 1), (x * 0.8, y - tall * 0.9), (float(x), y - tall * 0.45)) for x in ends.tolist()
    ]
