"""Lessons from a shop's own cut-outs, where nobody has drawn or taken pairs: compose, disturb, learn to undo.

The truth is either the product's own photo, its ground without it being the scene - light, edge and shadow are then
those of a camera - or the cut-out laid into another picture, in the light of the place, sometimes behind something. The
first guess is the same cut-out a little aside, larger or smaller, cut short, in another light, never behind anything.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from tastemaker.catalog.items import Item
from tastemaker.core.seeds import generator
from tastemaker.core.types import Doubles, Floats, ItemId
from tastemaker.studio import blend
from tastemaker.studio.cutout import Cutout, Pixels, cut, shrunk
from tastemaker.studio.own.crops import TASKS
from tastemaker.studio.own.lessons import (
    CHOOSE,
    SCORE,
    VERSION,
    Lessons,
    Source,
    drawn,
    joined,
    lesson,
    use_of,
)
from tastemaker.studio.own.pairs import Case, cases
from tastemaker.studio.own.settings import OwnConfig
from tastemaker.studio.request import Candidate, Task, VisualRequest

SURE = 0.6
"""How much a cut-out must be believed."""
HOME = 0.4
"""Share of the lessons whose truth is the product's own photo, where its ground is smooth."""
BEHIND = 0.35
"""Share of the others that stand behind something."""
ASIDE, RESIZED, RELIT, RECOLOURED = 0.08, 0.14, 0.16, 0.05
"""How far a guess is aside, in its own sides; how much larger or smaller; lighter or darker; otherwise coloured."""
SHORT = 0.4
"""Share of the guesses of which a strip is missing at one end."""
HEIGHT = 256
"""Height of drawn scenes, in pixels; a photo is half as large again at most."""
TRIED = 4
"""Products that are looked at until one can be cut out."""
REFEREE = 40
"""Exact pairs of each task that score a model which has learned from composed ones."""
REUSED = 8
"""Lessons that share a drawn scene."""
Scene = Callable[[int], Pixels]
"""A picture to lay things into, by number."""


@dataclass(frozen=True)
class Product:
    """A product to compose with.

    Attributes:
        id: of the item.
        photo: gives its picture.
    """

    id: str
    photo: Callable[[], Pixels]


def sources(
    config: OwnConfig, products: Mapping[Task, Sequence[Product]], scenes: Mapping[Task, Scene], key: str
) -> list[Source]:
    """Where the lessons of a shop come from; the score always comes from exact pairs.

    Args:
        config: which lessons, and how many.
        products: of the shop, by what they are for.
        scenes: what they are laid into.
        key: of products and scenes.
    """
    found = []
    for task in TASKS:
        if config.lessons != "drawn" and products[task]:
            found.append(composed(task, products[task], scenes[task], config, config.pairs, key))
        if config.lessons == "composed":
            found.append(drawn(task, config, REFEREE, SCORE))
        else:
            found.append(drawn(task, config, config.pairs))
    return found


def composed(task: Task, products: Sequence[Product], scene: Scene, config: OwnConfig, n: int, key: str) -> Source:
    """Lessons of one task.

    Args:
        task: what the products are for.
        products: at least one.
        scene: what they are laid into.
        config: sizes and seed.
        n: how many.
        key: of products and scenes.
    """

    def make(first: int, many: int) -> Lessons:
        return joined(one(number) for number in range(first, first + many))

    def one(number: int) -> Lessons | None:
        rng = generator(config.seed, f"composed {task} {number}")
        for _ in range(TRIED):
            product = products[int(rng.integers(len(products)))]
            photo = product.photo()
            photo = shrunk(photo, min(1.0, 1.5 * HEIGHT / max(photo.shape[:2])))
            thing = cut(photo, holes=task == "place")
            if thing.sure >= SURE and thing.mask.any():
                return _lesson(task, product, photo, thing, scene(number), rng, config)
        return None

    return Source(f"composed-{task}", f"{VERSION} {config.seed} {config.side} {config.product_side} {key}", n, make)


def drawn_scene(task: Task) -> Scene:
    """People and rooms of the demo shop, without a product."""

    @lru_cache(maxsize=4)
    def scene(number: int) -> Pixels:
        return next(cases(task, "train", number, 1, height=HEIGHT, product=48)).request.context

    return lambda number: scene(number // REUSED)


def given_scene(photos: Sequence[Callable[[], Pixels]]) -> Scene:
    """Photos that the shop has put at our disposal, in turn."""

    def scene(number: int) -> Pixels:
        photo = photos[number % len(photos)]()
        return shrunk(photo, min(1.0, 1.5 * HEIGHT / max(photo.shape[:2])))

    return scene


def _lesson(
    task: Task,
    product: Product,
    photo: Pixels,
    thing: Cutout,
    scene: Pixels,
    rng: np.random.Generator,
    config: OwnConfig,
) -> Lessons | None:
    """A truth and a disturbed guess at it; None where nothing of the guess is inside."""
    home = thing.ground is not None and rng.random() < HOME
    if home and thing.ground is not None:
        context, matrix = thing.ground, np.eye(2, 3)
        truth, cover = photo, thing.alpha
    else:
        context, matrix = scene, _placed(thing, scene.shape, rng)
        truth, cover = _laid(context, thing, matrix, rng)
    made = _guess(context, thing, _moved(matrix, thing, rng), rng)
    case = Case(VisualRequest(task, Item(ItemId(product.id)), photo, context), truth, cover > 0.5)
    use = min(use_of(product.id), CHOOSE)
    return lesson(case, made, config, use) if (made.product > 0.5).any() else None


def _placed(thing: Cutout, shape: tuple[int, ...], rng: np.random.Generator) -> Doubles:
    """Somewhere in a scene, a third to nine tenths as large as it, upright."""
    rows, columns = np.nonzero(thing.mask)
    low, high = np.array([columns.min(), rows.min()]), np.array([columns.max(), rows.max()]) + 1.0
    room = np.array([shape[1], shape[0]], np.float64)
    scale = float(rng.uniform(0.35, 0.9) * (room / (high - low)).min())
    start = rng.uniform(0, 1, 2) * (room - scale * (high - low))
    return np.asarray(np.c_[scale * np.eye(2), start - scale * low], np.float64)


def _moved(matrix: Doubles, thing: Cutout, rng: np.random.Generator) -> Doubles:
    """The same place, nearly: aside, stretched about the product's own middle."""
    rows, columns = np.nonzero(thing.mask)
    middle = np.array([columns.mean(), rows.mean()])
    sides = np.array([np.ptp(columns), np.ptp(rows)], np.float64)
    scale = np.exp(rng.uniform(-RESIZED, RESIZED, 2))
    shift = rng.uniform(-ASIDE, ASIDE, 2) * sides
    own = np.c_[np.diag(scale), middle - scale * middle + shift]
    turn = matrix[:, :2]
    return np.asarray(np.c_[turn @ own[:, :2], turn @ own[:, 2] + matrix[:, 2]], np.float64)


def _warped(thing: Cutout, matrix: Doubles, shape: tuple[int, ...]) -> tuple[Pixels, Floats]:
    """Pixels and cover of a cut-out at its place. Shapes: -> (h, w, 3), (h, w)."""
    size = (shape[1], shape[0])
    how = cv2.INTER_AREA if abs(np.linalg.det(matrix[:, :2])) < 1 else cv2.INTER_LINEAR
    picture = cv2.warpAffine(thing.picture, matrix, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(picture, np.uint8), np.asarray(cv2.warpAffine(thing.alpha, matrix, size), np.float32)


def _laid(context: Pixels, thing: Cutout, matrix: Doubles, rng: np.random.Generator) -> tuple[Pixels, Floats]:
    """A cut-out in the light of its place, with its shadow, sometimes behind something."""
    picture, alpha = _warped(thing, matrix, context.shape)
    light = cv2.GaussianBlur(context.astype(np.float32).mean(2), (0, 0), 0.08 * max(alpha.shape))
    gain = np.clip((light + 40) / (float(light.mean()) + 40), 0.85, 1.12)[..., None]
    cover = alpha
    if rng.random() < BEHIND and (alpha > 0.5).any():
        cover = np.asarray(alpha * (1 - _something(alpha, rng)), np.float32)
    lit = np.clip(picture * gain, 0, 255).astype(np.uint8)
    return blend.lay(context, lit, cover, _shade(alpha, float(rng.uniform(0.15, 0.35)))), cover


def _something(alpha: Floats, rng: np.random.Generator) -> Floats:
    """An oval before a part of the product. Shapes: (h, w) -> (h, w)."""
    rows, columns = np.nonzero(alpha > 0.5)
    at = int(rng.integers(len(rows)))
    sides = np.array([np.ptp(columns), np.ptp(rows)]) * rng.uniform(0.08, 0.25, 2)
    mask = np.zeros(alpha.shape, np.float32)
    axes = (max(1, round(float(sides[0]))), max(1, round(float(sides[1]))))
    cv2.ellipse(mask, (int(columns[at]), int(rows[at])), axes, float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.8), np.float32)


def _shade(alpha: Floats, strength: float) -> Floats:
    width = 0.02 * max(alpha.shape)
    return blend.contact(alpha, np.ones(alpha.shape, np.bool_), width, strength)


def _guess(context: Pixels, thing: Cutout, matrix: Doubles, rng: np.random.Generator) -> Candidate:
    """What a compositor might have made of it: in no light but its own, whole, perhaps too short."""
    picture, alpha = _warped(thing, matrix, context.shape)
    gain = np.exp(rng.uniform(-RELIT, RELIT)) * np.exp(rng.uniform(-RECOLOURED, RECOLOURED, 3))
    picture = np.clip(picture * gain, 0, 255).astype(np.uint8)
    if rng.random() < SHORT and (alpha > 0.5).any():
        alpha = _shortened(alpha, rng)
    shade = _shade(alpha, float(rng.uniform(0, 0.35)))
    shade[shade > 0.995] = 1.0
    shown = blend.lay(context, picture, alpha, shade)
    return Candidate(shown, (alpha > 0) | (shade < 1), picture, alpha, alpha > 0.5)


def _shortened(alpha: Floats, rng: np.random.Generator) -> Floats:
    """Without a strip at its top, bottom, left or right. Shapes: (h, w) -> (h, w)."""
    axis, end = int(rng.integers(2)), int(rng.integers(2))
    there = np.flatnonzero((alpha > 0.5).any(1 - axis))
    strip = max(1, round(float(rng.uniform(0.05, 0.2)) * len(there)))
    gone = there[:strip] if end else there[-strip:]
    made = alpha.copy()
    np.moveaxis(made, axis, 0)[gone] = 0
    return made
