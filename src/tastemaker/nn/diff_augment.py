"""Augmentation that gradients pass: real pictures and drawings are changed alike before they are judged.

The discriminator of a small catalog would learn its pictures by heart; it cannot when it never sees one of them twice,
and because drawings are changed in the same way, the generator need not draw the changes. What is shifted in is the
border, since goods stand on a plain ground. Colour is changed gently if at all: it is what many goods are asked by.

Source: Zhao et al. 2020 (DiffAugment, arXiv 2006.10738), section 3.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from tastemaker.core.types import Floats, Ints

Change = Literal["colour", "translation", "cutout"]
SHIFT = 0.125
"""Largest shift, as a share of a side."""
HOLE = 0.4
"""Sides of what is cut out, as a share of the picture's."""
TINT = 0.1
"""Largest change of brightness; contrast changes by at most this share."""


def augment(pictures: Tensor, changes: Sequence[Change], rng: np.random.Generator) -> Tensor:
    """Change each picture of a batch by chance.

    Shapes: (n, 3, h, w), -1 to 1 -> the same.

    Args:
        pictures: real or drawn.
        changes: which kinds, in this order; none gives the pictures themselves.
        rng: where chance comes from; what it gives does not depend on the pictures.
    """
    for change in changes:
        pictures = _CHANGES[change](pictures, rng)
    return pictures


def _translation(pictures: Tensor, rng: np.random.Generator) -> Tensor:
    n, channels, height, width = pictures.shape
    rows, columns = (_shifted(side, n, rng) for side in (height, width))
    place = rows[:, :, None] * width + columns[:, None, :]  # (n, h, w): the pixel that comes here
    flat = torch.from_numpy(place.reshape(n, 1, -1)).expand(n, channels, -1)
    return pictures.flatten(2).gather(2, flat).view(pictures.shape)


def _shifted(side: int, n: int, rng: np.random.Generator) -> Ints:
    """Which pixel comes to each place. Shapes: -> (n, side)."""
    most = round(side * SHIFT)
    shift = rng.integers(-most, most + 1, n)
    return np.asarray(np.clip(np.arange(side) + shift[:, None], 0, side - 1), np.int64)


def _cutout(pictures: Tensor, rng: np.random.Generator) -> Tensor:
    n, _, height, width = pictures.shape
    rows, columns = (_hole(side, n, rng) for side in (height, width))
    keep = 1 - rows[:, :, None] * columns[:, None, :]
    return pictures * torch.from_numpy(keep[:, None])


def _hole(side: int, n: int, rng: np.random.Generator) -> Floats:
    """1 where it is cut out; the middle of the hole is anywhere. Shapes: -> (n, side)."""
    middle = rng.integers(0, side, n)
    away = np.abs(np.arange(side) - middle[:, None])
    return np.asarray(away * 2 < side * HOLE, np.float32)


def _colour(pictures: Tensor, rng: np.random.Generator) -> Tensor:
    n = len(pictures)
    bright, strong = (torch.from_numpy(rng.uniform(-TINT, TINT, (n, 1, 1, 1)).astype(np.float32)) for _ in range(2))
    middle = pictures.mean((1, 2, 3), keepdim=True)
    return middle + (pictures - middle) * (1 + strong) + bright


_CHANGES: Mapping[Change, Callable[[Tensor, np.random.Generator], Tensor]] = {
    "colour": _colour, "translation": _translation, "cutout": _cutout,
}  # fmt: skip
