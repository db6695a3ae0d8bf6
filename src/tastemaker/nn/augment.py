"""Changes to a batch of pictures that leave the product what it is: mirrored, shifted, a little closer or lighter.

Colour is not turned unless asked for: where a catalog tells colours, it is half of what a text says of a product.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from tastemaker.core.types import Bools, Doubles


def as_input(frames: Tensor, shape: tuple[int, int] | None = None) -> Tensor:
    """Decoded pictures as the tower reads them.

    Shapes: (n, h, w, 3) uint8 -> (n, 3, *shape), 0 to 1, channels last in memory.
    """
    x = frames.permute(0, 3, 1, 2).float().div_(255)
    if shape is not None and shape != tuple(x.shape[2:]):
        x = functional.interpolate(x, size=shape, mode="area")
    return x.contiguous(memory_format=torch.channels_last)


def augment(
    pictures: Tensor,
    rng: np.random.Generator,
    *,
    light: float = 0.1,
    move: float = 1.0,
    hue: float = 0.0,
    cover: float = 0.0,
) -> Tensor:
    """A changed copy of every picture.

    Shapes: (n, 3, h, w) -> the same.

    Args:
        pictures: values 0 to 1.
        rng: where chance comes from.
        light: brightness and contrast move by up to this much.
        move: 1 zooms from 85 % to 105 % and shifts by a twentieth of the side; 2 does twice that, 0 nothing.
        hue: colours are turned by up to this share of the circle, and their strength moves as much; 0 leaves them.
        cover: share of the pictures of which a rectangle is covered (random erasing, Zhong et al. 2017).
    """
    n = len(pictures)
    zoom = 1 + move * rng.uniform(-0.15, 0.05, n)
    mirror = np.where(rng.random(n) < 0.5, -1.0, 1.0)
    across, down = move * rng.uniform(-0.1, 0.1, n), move * rng.uniform(-0.08, 0.08, n)
    moved = framed(pictures, zoom * mirror, zoom, across, down)
    gain = torch.from_numpy(rng.uniform(1 - light, 1 + light, (n, 1, 1, 1)).astype(np.float32))
    shift = torch.from_numpy(rng.uniform(-light / 3, light / 3, (n, 1, 1, 1)).astype(np.float32))
    lit = (moved - 0.7) * gain + 0.7 + shift
    if hue:
        lit = turned(lit, rng.uniform(-hue, hue, n), rng.uniform(1 - hue, 1 + hue, n))
    if cover:
        covered = (rng.random(n) < cover)[:, None, None] & rectangles(n, lit.shape[2:], (0.2, 0.5), rng)
        lit = lit.masked_fill(torch.from_numpy(covered)[:, None], 0.7)
    return lit.contiguous(memory_format=torch.channels_last)


def framed(pictures: Tensor, wide: Doubles, high: Doubles, across: Doubles, down: Doubles) -> Tensor:
    """Another frame of each picture: what it shows along each side (negative mirrors it), and where its middle lies.

    Shapes: pictures (n, 3, h, w), the others (n,), in halves of the side -> (n, 3, h, w).
    """
    theta = np.zeros((len(pictures), 2, 3), np.float32)
    theta[:, 0, 0], theta[:, 1, 1], theta[:, 0, 2], theta[:, 1, 2] = wide, high, across, down
    grid = functional.affine_grid(torch.from_numpy(theta), list(pictures.shape), align_corners=False)
    seen = functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)
    return seen.contiguous(memory_format=torch.channels_last)


def turned(pictures: Tensor, hue: Doubles, strength: Doubles) -> Tensor:
    """Colours turned around the grey axis and moved away from it; greys stay what they are.

    Shapes: pictures (n, 3, h, w), hue (n,) shares of the circle, strength (n,) -> (n, 3, h, w).
    """
    angle = 2 * np.pi * hue[:, None, None]
    grey = np.full((3, 3), 1 / 3)
    cross = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / np.sqrt(3)
    around = np.cos(angle) * (np.eye(3) - grey) + np.sin(angle) * cross
    matrix = torch.from_numpy((grey + strength[:, None, None] * around).astype(np.float32))
    return torch.einsum("nij,njhw->nihw", matrix, pictures)


def rectangles(n: int, shape: Sequence[int], sides: tuple[float, float], rng: np.random.Generator) -> Bools:
    """True inside one rectangle of each picture, whose sides are such shares of the picture's. Shapes: -> (n, h, w)."""
    inside = np.ones((n, *shape), np.bool_)
    for axis, length in enumerate(shape):
        size = np.ceil(length * rng.uniform(*sides, n))
        start = np.floor(rng.random(n) * (length - size + 1))
        line = np.arange(length)
        along = (line >= start[:, None]) & (line < (start + size)[:, None])  # (n, length)
        inside &= along[:, :, None] if axis == 0 else along[:, None, :]
    return inside
