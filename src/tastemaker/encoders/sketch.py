"""A picture in hand-made numbers: where its edges run, its colours, and a thumbnail.

A small tower reads small pictures well and overlooks what is finer; these numbers see the finer picture and need no
training, so that a hidden layer learns to read them in a minute. Beside the tower, on 980 validation pairs of fashion,
they raised the MRR of words -> pictures from .623 to .643 (alone: .601).

Source: histograms of oriented gradients, Dalal and Triggs 2005 (CVPR), unsigned, 9 directions, cells of 8 pixels.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tastemaker.catalog.pictures import Pictures
from tastemaker.core.types import Floats
from tastemaker.encoders.frames import Frames, read_frames

Halves = npt.NDArray[np.float16]
CELL, DIRECTIONS, SHADES = 8, 9, 6
LONGER = 64
"""Longer side of what is read, in pixels."""
CHUNK = 512


def sketch_shape(shape: tuple[int, int]) -> tuple[int, int]:
    """The frame that is read, of about the aspect of another frame; whole cells."""
    height, width = (max(CELL, round(side * LONGER / max(shape) / CELL) * CELL) for side in shape)
    return height, width


def sketches(frames: Frames) -> Floats:
    """Numbers of pictures, each of the three parts in a scale of its own.

    Shapes: (n, h, w, 3), sides multiples of 8 -> (n, h/8 * w/8 * 9 + h/4 * w/4 * 3 + 216).
    """
    n, height, width, _ = frames.shape
    x = np.asarray(frames / np.float32(255), np.float32)
    small = x.reshape(n, height // 4, 4, width // 4, 4, 3).mean((2, 4)).reshape(n, -1)
    return np.asarray(np.hstack([_edges(x), small, 6 * _colours(frames)]), np.float32)


def both_ways(frames: Frames) -> Halves:
    """Numbers of pictures and of their mirror images. Shapes: (n, h, w, 3) -> (n, 2, d)."""
    ways = [sketches(frames), sketches(np.ascontiguousarray(frames[:, :, ::-1]))]
    return np.stack(ways, axis=1).astype(np.float16)


def read_sketches(pictures: Pictures, names: Sequence[str], shape: tuple[int, int]) -> Halves:
    """Numbers of pictures by name; "" and damaged ones give those of a blank frame. Shapes: -> (n, 2, d)."""
    nothing = both_ways(np.zeros((1, *shape, 3), np.uint8))[:0]
    starts = range(0, len(names), CHUNK)
    parts = [both_ways(read_frames(pictures, names[start : start + CHUNK], shape)[0]) for start in starts]
    return np.concatenate([nothing, *parts])


def _edges(x: Floats) -> Floats:
    """How strong edges of each direction are in each cell, against the cells around. Shapes: (n, h, w, 3) -> (n, d)."""
    across, down = np.zeros_like(x), np.zeros_like(x)
    across[:, :, 1:-1] = x[:, :, 2:] - x[:, :, :-2]
    down[:, 1:-1] = x[:, 2:] - x[:, :-2]
    clearest = (across**2 + down**2).argmax(3)[..., None]
    across, down = (np.take_along_axis(each, clearest, 3)[..., 0] for each in (across, down))
    strength = np.hypot(across, down)
    angle = (np.arctan2(down, across) % np.pi) / np.pi * DIRECTIONS
    lower = np.floor(angle)
    share, lower = angle - lower, lower.astype(np.int64) % DIRECTIONS
    n, height, width = strength.shape
    cells = np.empty((n, height // CELL, width // CELL, DIRECTIONS), np.float32)
    for at in range(DIRECTIONS):
        part = strength * ((lower == at) * (1 - share) + ((lower + 1) % DIRECTIONS == at) * share)
        cells[..., at] = part.reshape(n, height // CELL, CELL, width // CELL, CELL).sum((2, 4))
    length = np.pad(np.sqrt((cells**2).sum(3)), ((0, 0), (1, 1), (1, 1)), mode="edge")
    rows, columns = cells.shape[1:3]
    nine = [length[:, i : i + rows, j : j + columns] for i in range(3) for j in range(3)]
    return np.asarray(np.sqrt(cells / (np.mean(nine, axis=0)[..., None] + 0.1)).reshape(n, -1), np.float32)


def _colours(frames: Frames) -> Floats:
    """Root of the share of pixels of each of 216 colours. Shapes: (n, h, w, 3) -> (n, 216)."""
    n, pixels = len(frames), frames.shape[1] * frames.shape[2]
    shade = np.minimum(frames.reshape(n, pixels, 3) // 43, SHADES - 1).astype(np.int64)
    number = shade @ np.array([SHADES**2, SHADES, 1]) + np.arange(n)[:, None] * SHADES**3
    counts = np.bincount(number.ravel(), minlength=n * SHADES**3).reshape(n, -1)
    return np.asarray(np.sqrt(counts / pixels), np.float32)
