"""A compositor's candidate as layers, what a network is told of them, and a correction back at the photo's size.

The candidate is taken apart into *front*, the product's pixels, carried on beyond its contour; *shade*, how much light
the photo keeps; and *cover*, how much of each pixel is the product. A correction is another cover, and colours to be
added, both smooth and small. At the photo's size the sharp layers are put together anew, so that a sleeve grows or
shrinks with a crisp edge and the product's own pixels; only light, folds and shadows are as coarse as the correction.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np

from tastemaker.core.types import Bools, Floats
from tastemaker.studio.cutout import Pixels, box_of, cut
from tastemaker.studio.request import Candidate, Task, VisualRequest

GROW = 0.3
"""How much of the product's longer side is seen around it on each side."""
SOLID, BARE = 0.95, 0.02
"""Cover from which on a pixel is the product's alone, and below which it is not at all."""
FAINT, PLAIN = 2.0, 5.0
"""Levels of 255 up to which a correction of a colour is none, and from which on it is whole: noise changes no pixel."""
AGREED = 0.2
"""Difference of two covers at which half of the sharper one's contour is believed."""
TASKS: tuple[Task, ...] = ("try_on", "place")
Window = tuple[int, int, int, int]
"""Left, top, right and bottom; the last two are one behind."""


@dataclass(frozen=True)
class Layers:
    """A photo and what is laid over it.

    Attributes:
        photo: what is there.
        front: the product, carried on everywhere.
        shade: how much of its light the photo keeps, 0 to 1, also under the product.
        cover: how much of each pixel is the product, 0 to 1.
        region: where the product belongs.
        kept: what must not change.

    Shapes: photo (h, w, 3), front (h, w, 3), the others (h, w).
    """

    photo: Floats
    front: Floats
    shade: Floats
    cover: Floats
    region: Floats
    kept: Floats

    @cached_property
    def ground(self) -> Floats:
        """The photo under the product's shadow. Shapes: (h, w, 3)."""
        return self.photo * self.shade[..., None]

    def composed(self, cover: Floats | None = None, colours: Floats | None = None) -> Floats:
        """Front over ground, and colours added. Shapes: cover (h, w), colours (h, w, 3) -> (h, w, 3), 0 to 255."""
        share = (self.cover if cover is None else cover)[..., None]
        made = self.ground + share * (self.front - self.ground)
        return np.clip(made if colours is None else made + colours, 0, 255)

    def seen(self, window: Window, side: int) -> "Layers":
        """A window of them at another size. Shapes: all (side, side, ...)."""
        return Layers(*(scaled(part, window, side) for part in self.parts))

    @property
    def parts(self) -> tuple[Floats, ...]:
        """In the order in which they are stored."""
        return self.photo, self.front, self.shade, self.cover, self.region, self.kept

    def told(self) -> Pixels:
        """All of it in one array of bytes. Shapes: -> (h, w, 10)."""
        bytes_ = [part if part.ndim == 3 else 255 * part[..., None] for part in self.parts]
        return np.asarray(np.clip(np.rint(np.concatenate(bytes_, 2)), 0, 255), np.uint8)

    @classmethod
    def read(cls, told: Pixels) -> "Layers":
        """The way back. Shapes: told (h, w, 10)."""
        values = told.astype(np.float32)
        plain = [np.asarray(values[..., at] / 255, np.float32) for at in range(6, 10)]
        return cls(values[..., :3], values[..., 3:6], *plain)


@dataclass(frozen=True)
class Correction:
    """What a network has to say of layers.

    Attributes:
        cover: how much of each pixel is the product, 0 to 1.
        colours: levels to be added.

    Shapes: cover (h, w), colours (h, w, 3).
    """

    cover: Floats
    colours: Floats


def taken_apart(photo: Pixels, made: Candidate) -> Layers:
    """The layers of a candidate. Shapes: photo (h, w, 3)."""
    picture, ground = made.picture.astype(np.float32), photo.astype(np.float32)
    light = np.clip((picture.mean(2) + 1) / (ground.mean(2) + 1), 0, 1)[..., None]
    bare = made.product < BARE
    front = spread(picture, made.product > SOLID)
    shade = np.where(bare & made.mask, light[..., 0], 1.0)
    if bare.any():
        shade = spread(shade[..., None].astype(np.float32), bare)[..., 0]
    kept = np.zeros(bare.shape, np.float32) if made.keep is None else made.keep.astype(np.float32)
    return Layers(ground, front, shade, made.product, made.region.astype(np.float32), kept)


def spread(values: Floats, known: Bools) -> Floats:
    """Values where they are known, and around them those of the nearest known ones, smoothly.

    Pull and push through a pyramid. Shapes: values (h, w, c), known (h, w) -> (h, w, c).
    """
    height, width = known.shape
    if known.all() or not known.any():
        return values
    half = (max(1, (width + 1) // 2), max(1, (height + 1) // 2))
    weight = cv2.resize(known.astype(np.float32), half, interpolation=cv2.INTER_AREA)
    total = cv2.resize(values * known[..., None], half, interpolation=cv2.INTER_AREA).reshape(*weight.shape, -1)
    coarse = spread(np.asarray(total / np.maximum(weight, 1e-6)[..., None], np.float32), weight > 1e-4)
    filled = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR).reshape(values.shape)
    return np.where(known[..., None], values, filled).astype(np.float32)


def window_of(made: Candidate) -> Window:
    """What the network looks at: the product, where it belongs, and what is around it; square where the photo allows.

    Raises:
        ValueError: there is nothing.
    """
    left, top, right, bottom = box_of(made.mask | made.region)
    height, width = made.mask.shape
    longer = max(right - left, bottom - top)
    side = round(longer * (1 + 2 * GROW))
    across, down = (_stretch(a, b, side, most) for a, b, most in ((left, right, width), (top, bottom, height)))
    return across[0], down[0], across[1], down[1]


def _stretch(low: int, high: int, side: int, most: int) -> tuple[int, int]:
    """A stretch of a length around another one, inside 0 to ``most``."""
    side = min(side, most)
    start = min(max((low + high - side) // 2, 0), most - side)
    return start, start + side


def scaled(picture: Floats, window: Window, side: int) -> Floats:
    """A window of a picture as a square. Shapes: (h, w, ...) -> (side, side, ...)."""
    left, top, right, bottom = window
    part = np.ascontiguousarray(picture[top:bottom, left:right], np.float32)
    how = cv2.INTER_AREA if min(part.shape[:2]) >= side else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, (side, side), interpolation=how), np.float32)


def product_seen(picture: Pixels, side: int) -> Pixels:
    """The product's photo, cut to the product. Shapes: (h, w, 3) -> (side, side, 3)."""
    mask = cut(picture).mask
    window = box_of(mask) if mask.any() else (0, 0, picture.shape[1], picture.shape[0])
    return np.asarray(np.rint(scaled(picture.astype(np.float32), window, side)), np.uint8)


def faint_gone(colours: Floats) -> Floats:
    """Corrections of colours without those that nobody would see. Shapes: (h, w, 3) -> (h, w, 3)."""
    strong = np.abs(colours).max(2, keepdims=True)
    return np.asarray(colours * np.clip((strong - FAINT) / (PLAIN - FAINT), 0, 1), np.float32)


def mended(request: VisualRequest, made: Candidate, layers: Layers, window: Window, found: Correction) -> Candidate:
    """A candidate with a correction at its own size; nothing changes outside the window, and nothing that is kept.

    Args:
        request: what was asked; its brush limits what may change.
        made: by the compositor.
        layers: of it.
        window: that the correction is of.
        found: the correction, of any size.
    """
    left, top, right, bottom = window
    place, size = np.s_[top:bottom, left:right], (right - left, bottom - top)
    may = np.zeros(made.mask.shape, np.bool_)
    may[place] = True
    may &= layers.kept < 0.5
    if request.region.brush is not None:
        may &= request.region.brush
    cover, colours = made.product.copy(), np.zeros_like(layers.front)
    cover[place] = _sharpened(layers.cover[place], found.cover, size)
    cover = np.where(may, cover, made.product).astype(np.float32)
    smooth = cv2.resize(found.colours, size, interpolation=cv2.INTER_LINEAR)
    colours[place] = faint_gone(np.asarray(smooth, np.float32))
    colours *= may[..., None]
    whole = layers.composed(cover, colours)
    untouched = (np.abs(cover - made.product) < 0.004) & ~colours.any(2)
    picture = np.where(untouched[..., None], made.picture, np.rint(whole)).astype(np.uint8)
    mask = (picture != request.context).any(2)
    region = (layers.region > 0.5) & ~(made.product > 0.5) | (cover > 0.5)
    checks = dict(made.checks)
    if "coverage" in checks:
        checks["coverage"] += _more_covered(layers, made.product, cover)
    laid = made.product > 0.5
    checks["present"] = float((cover[laid] > 0.5).mean()) if laid.any() else 1.0
    meant = np.rint(layers.front).astype(np.uint8)
    meant = np.where((made.product > SOLID)[..., None], made.meant, meant)
    return replace(made, picture=picture, mask=mask, meant=meant, product=cover, region=region, checks=checks)


def _sharpened(sharp: Floats, coarse: Floats, size: tuple[int, int]) -> Floats:
    """A coarse cover at the size of a sharp one: where the two agree the sharp one, elsewhere with as crisp an edge.

    Shapes: sharp (h, w), coarse (side, side), size (w, h) -> (h, w).
    """
    side = coarse.shape[0]
    own = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)
    usual = cv2.resize(cv2.resize(sharp, (side, side), interpolation=cv2.INTER_AREA), size)
    reach = max(1.0, max(size) / side)
    apart = cv2.GaussianBlur(np.abs(own - usual), (0, 0), reach)
    agree = 1 / (1 + np.square(apart / AGREED))
    crisp = np.clip((own - 0.5) * max(reach, 2.0) + 0.5, 0, 1)
    cover = agree * sharp + (1 - agree) * crisp
    return np.asarray(np.where(cover < BARE, 0, cover), np.float32)


def _more_covered(layers: Layers, before: Floats, after: Floats) -> float:
    """The share of the region that is covered now and was not before; below 0 when it is less."""
    region = layers.region > 0.5
    return float(((after > 0.5) & region).sum() - ((before > 0.5) & region).sum()) / max(float(region.sum()), 1.0)
