"""Pictures -> one uint8 array of equal frames, kept in memory for training and fed to the picture tower.

The frame has the catalog's usual aspect. A picture whose aspect is near the frame's is scaled into it; another one is
set on a ground of its own border colour, so that nothing is cut off and nothing is distorted much.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from PIL import Image

from tastemaker.catalog.pictures import Pictures
from tastemaker.core.errors import PictureError
from tastemaker.core.types import Bools

Frames = npt.NDArray[np.uint8]
STRETCH = 1.12
"""An aspect that is off by this factor or less is scaled away."""


def frame_shape(aspects: Sequence[float], longer: int) -> tuple[int, int]:
    """Height and width of the frame for pictures of these aspects (width / height).

    Shapes: sides are multiples of 4, the longer one is ``longer``.
    """
    aspect = float(np.median(aspects)) if len(aspects) else 1.0
    aspect = min(2.0, max(0.5, aspect))
    shorter = max(8, round(longer * min(aspect, 1 / aspect) / 4) * 4)
    return (longer, shorter) if aspect <= 1 else (shorter, longer)


def frame(picture: Image.Image, shape: tuple[int, int]) -> Frames:
    """One picture in the frame. Shapes: -> (*shape, 3)."""
    height, width = shape
    off = (picture.width / picture.height) / (width / height)
    picture = picture.convert("RGB")
    if 1 / STRETCH <= off <= STRETCH:
        return np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0))
    scale = min(width / picture.width, height / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    small = np.asarray(picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0))
    border = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    ground = np.empty((height, width, 3), np.uint8)
    ground[:] = np.median(border, axis=0).astype(np.uint8)
    top, left = (height - size[1]) // 2, (width - size[0]) // 2
    ground[top : top + size[1], left : left + size[0]] = small
    return ground


def read_frames(pictures: Pictures, names: Sequence[str], shape: tuple[int, int]) -> tuple[Frames, Bools]:
    """Frames of pictures by name, and which of them could be read; "" and damaged ones give a blank frame.

    Shapes: -> (n, *shape, 3), (n,).
    """
    out = np.zeros((len(names), *shape, 3), np.uint8)
    good = np.zeros(len(names), np.bool_)

    def read(place: int) -> None:
        try:
            out[place] = frame(pictures.open(names[place], 2 * max(shape)), shape)
        except PictureError:
            return
        good[place] = True

    with ThreadPoolExecutor(2) as pool:
        for _ in pool.map(read, [place for place, name in enumerate(names) if name]):
            pass
    return out, good


def sample_aspects(pictures: Pictures, names: Sequence[str], n: int = 200) -> list[float]:
    """Aspects of some of the pictures, spread evenly; those that cannot be read are left out."""
    named = [name for name in names if name]
    aspects = []
    for name in named[:: max(1, len(named) // n)]:
        try:
            width, height = pictures.measure(name)
        except PictureError:
            continue
        aspects.append(width / max(1, height))
    return aspects
