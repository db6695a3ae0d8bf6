"""Changes to a batch of pictures that leave the product what it is: mirrored, shifted, a little closer or lighter.

Colour is never turned: it is half of what a text says of a product.
"""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional


def as_input(frames: Tensor, shape: tuple[int, int] | None = None) -> Tensor:
    """Decoded pictures as the tower reads them.

    Shapes: (n, h, w, 3) uint8 -> (n, 3, *shape), 0 to 1, channels last in memory.
    """
    x = frames.permute(0, 3, 1, 2).float().div_(255)
    if shape is not None and shape != tuple(x.shape[2:]):
        x = functional.interpolate(x, size=shape, mode="area")
    return x.contiguous(memory_format=torch.channels_last)


def augment(pictures: Tensor, rng: np.random.Generator, *, light: float = 0.1) -> Tensor:
    """A changed copy of every picture.

    Shapes: (n, 3, h, w) -> the same.

    Args:
        pictures: values 0 to 1.
        rng: where chance comes from.
        light: brightness and contrast move by up to this much.
    """
    n = len(pictures)
    zoom = rng.uniform(0.85, 1.05, n)
    mirror = np.where(rng.random(n) < 0.5, -1.0, 1.0)
    theta = np.zeros((n, 2, 3), np.float32)
    theta[:, 0, 0] = zoom * mirror
    theta[:, 1, 1] = zoom
    theta[:, 0, 2] = rng.uniform(-0.1, 0.1, n)
    theta[:, 1, 2] = rng.uniform(-0.08, 0.08, n)
    grid = functional.affine_grid(torch.from_numpy(theta), list(pictures.shape), align_corners=False)
    moved = functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)
    gain = torch.from_numpy(rng.uniform(1 - light, 1 + light, (n, 1, 1, 1)).astype(np.float32))
    shift = torch.from_numpy(rng.uniform(-light / 3, light / 3, (n, 1, 1, 1)).astype(np.float32))
    return ((moved - 0.7) * gain + 0.7 + shift).contiguous(memory_format=torch.channels_last)
