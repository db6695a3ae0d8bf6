"""Laying a product over a photo: edges, shadows, light. The product's pixels stay; only their rim meets the photo."""

import cv2
import numpy as np

from tastemaker.core.types import Bools, Doubles, Floats
from tastemaker.studio.cutout import Pixels

RIM = 0.006
"""Width of the rim whose light is blended with the photo's, as a share of the photo's longer side."""


def lay(photo: Pixels, product: Pixels, alpha: Floats, shade: Floats | None = None) -> Pixels:
    """A product over a photo whose pixels are darkened first.

    Args:
        photo: what is there.
        product: pixels of the product, everywhere.
        alpha: how much of each pixel is product.
        shade: how much of its light each pixel of the photo keeps, 0 to 1.

    Shapes: photo (h, w, 3), product (h, w, 3), alpha (h, w), shade (h, w).
    """
    ground = photo.astype(np.float32)
    if shade is not None:
        ground *= shade[..., None]
    mixed = ground + (product.astype(np.float32) - ground) * alpha[..., None]
    return np.asarray(np.clip(np.rint(mixed), 0, 255), np.uint8)


def rimmed(photo: Pixels, product: Pixels, alpha: Floats) -> Pixels:
    """The product with the lightness of its outermost rim drawn a little towards the photo's, so that no line is left.

    Shapes: photo (h, w, 3), product (h, w, 3), alpha (h, w) -> (h, w, 3).
    """
    width = max(1.0, RIM * max(alpha.shape))
    solid = (alpha > 0.5).astype(np.uint8)
    depth = cv2.distanceTransform(np.pad(solid, 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    near = np.clip(1 - depth / width, 0, 1) * (alpha > 0)
    around = cv2.GaussianBlur(photo, (0, 0), 2 * width).astype(np.float32)
    gain = np.clip((around.mean(2) + 40) / (product.astype(np.float32).mean(2) + 40), 0.7, 1.15)
    factor = 1 + 0.35 * near * (gain - 1)
    return np.asarray(np.clip(product * factor[..., None], 0, 255), np.uint8)


def contact(alpha: Floats, inside: Bools, width: float, strength: float, drop: float = 0.6) -> Floats:
    """The shadow that a garment throws on what it lies on, just around and below its edge.

    Args:
        alpha: of the garment.
        inside: where a shadow can fall: the body, not what is behind it.
        width: of the shadow in pixels.
        strength: how much light it takes at most.
        drop: how far it falls, in widths.

    Shapes: alpha (h, w), inside (h, w) -> (h, w), how much light is kept.
    """
    moved = cv2.warpAffine(alpha, np.array([[1, 0, 0], [0, 1, drop * width]]), alpha.shape[::-1])
    soft = cv2.GaussianBlur(moved, (0, 0), max(width, 0.8))
    return np.asarray(1 - strength * soft * inside, np.float32)


def shaded(lit: Floats, dark: Floats, strength: float) -> Floats:
    """One more shadow over what is left of the light. Shapes: lit (h, w), dark (h, w) -> (h, w)."""
    return np.asarray(lit * (1 - strength * np.clip(dark, 0, 1)), np.float32)


def soft_hull(points: Doubles, shape: tuple[int, ...], blur: float) -> Floats:
    """The hull of some points, with a soft edge: where a thing stands, or the shadow of what stands there.

    Args:
        points: in pixels.
        shape: height and width of the picture.
        blur: how soft the edge is, in pixels.

    Shapes: points (n, 2) -> (h, w), 0 to 1.
    """
    dark = np.zeros(shape[:2], np.float32)
    cv2.fillConvexPoly(dark, cv2.convexHull(np.rint(points).astype(np.int32)), 1.0)
    return np.asarray(cv2.GaussianBlur(dark, (0, 0), max(blur, 0.8)), np.float32)


def under(alpha: Floats, height: float) -> Floats:
    """Darkness where a thing touches the floor: under the lowest part of its outline, column by column.

    Args:
        alpha: of the thing.
        height: of the strip that counts as touching, in pixels.

    Shapes: alpha (h, w) -> (h, w), 0 to 1.
    """
    solid = alpha > 0.5
    rows = np.flatnonzero(solid.any(1))
    if not len(rows):
        return np.zeros_like(alpha)
    strip = np.zeros_like(alpha)
    low = int(rows[-1])
    lowest = len(solid) - 1 - np.argmax(solid[::-1], axis=0)
    touching = solid.any(0) & (lowest > low - 2.5 * height)
    thick = max(1, round(0.35 * height))
    for column in np.flatnonzero(touching):
        weight = 1 - (low - lowest[column]) / max(2.5 * height, 1)
        strip[max(lowest[column] - thick, 0) : lowest[column] + thick, column] = 0.4 + 0.6 * weight
    return np.asarray(np.clip(1.5 * cv2.GaussianBlur(strip, (0, 0), max(1.0, 0.45 * height)), 0, 1), np.float32)


def light_from(room: Pixels) -> float:
    """From where the light of a room comes: -1 from the left, 1 from the right.

    Shapes: room (h, w, 3).
    """
    small = cv2.resize(room, (16, 12), interpolation=cv2.INTER_AREA).astype(np.float32).mean(2)
    bright = np.square(small[:9] / 255).mean(0)
    return float(np.clip((bright @ np.linspace(-1, 1, 16)) / bright.sum() * 10, -1, 1))
