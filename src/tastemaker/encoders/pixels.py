"""Pictures -> what a pretrained model reads: the same numbers as its own image processor, in fewer steps.

A processor works on one picture at a time, through several float copies of it. Most of them do the same four things -
scale, cut out the middle, bring to 0..1, standardise - which here are one call of Pillow (in a thread, on bytes) and
one multiplication of the whole batch. Ours is used only when it gives the processor's numbers on two test pictures;
any other processor is called as it is. A JPEG that is far too large is decoded at a half, a quarter or an eighth.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from tastemaker.core.seeds import generator
from tastemaker.nn.augment import augment

Pixels = npt.NDArray[np.generic]
CLOSE = 1e-4
"""Standardised values may differ by this much from the processor's."""
TOLD = (
    "do_resize", "size", "resample", "do_center_crop", "crop_size", "do_rescale", "rescale_factor", "do_normalize",
    "image_mean", "image_std",
)  # fmt: skip
"""Settings of a processor that are read."""
ENLARGED = 2
"""Pictures are decoded at least this many times as large as they are read."""


class Processor(Protocol):
    """An image processor of transformers, as far as it is called here."""

    def __call__(self, images: Sequence[Image.Image], *, return_tensors: str) -> Mapping[str, npt.NDArray[np.float32]]:
        """Pixel values of pictures."""


class Eye(ABC):
    """How pictures become the input of a model.

    Attributes:
        least: both sides of a picture may be shrunk this far before it is given here; None: not at all.
    """

    least: int | None

    @abstractmethod
    def take(self, picture: Image.Image) -> Pixels:
        """One picture; safe to call in several threads. Shapes: as the kind of eye wants, always the same."""

    @abstractmethod
    def batch(self, taken: Sequence[Pixels], rng: np.random.Generator | None = None) -> Tensor:
        """Several of them as the model reads them; changed a little by chance when ``rng`` is given.

        Shapes: -> (n, 3, h, w) float32.
        """


@dataclass(frozen=True)
class PlainEye(Eye):
    """Scale, cut, standardise.

    Attributes:
        size: height and width after scaling; a width of 0: the shorter side becomes the height.
        crop: height and width of the middle that is kept; None keeps all.
        filter: number of Pillow's filter.
        gain, shift: of each channel, from bytes to standardised values.
    """

    size: tuple[int, int]
    crop: tuple[int, int] | None
    filter: int
    gain: tuple[float, ...]
    shift: tuple[float, ...]

    @property
    def least(self) -> int | None:  # type: ignore[override]
        """See :class:`Eye`."""
        return ENLARGED * max(self.size)

    def take(self, picture: Image.Image) -> Pixels:
        """Shapes: -> (h, w, 3) bytes."""
        high, wide = self._scaled(picture)
        small = picture.convert("RGB").resize((wide, high), Image.Resampling(self.filter))
        if self.crop is not None:
            top, left = (high - self.crop[0]) // 2, (wide - self.crop[1]) // 2
            small = small.crop((left, top, left + self.crop[1], top + self.crop[0]))
        return np.asarray(small)

    def batch(self, taken: Sequence[Pixels], rng: np.random.Generator | None = None) -> Tensor:
        """Shapes: (h, w, 3) bytes each -> (n, 3, h, w) float32."""
        x = torch.from_numpy(np.stack(taken)).permute(0, 3, 1, 2).float()
        if rng is not None:
            x = augment(x / 255, rng) * 255
        return torch.addcmul(_channels(self.shift), x, _channels(self.gain)).contiguous()

    def _scaled(self, picture: Image.Image) -> tuple[int, int]:
        """Height and width after scaling; the longer side is cut down to a whole number, as processors do."""
        if self.size[1]:
            return self.size
        short, long = sorted(picture.size)
        longer = int(self.size[0] * long / short)
        return (longer, self.size[0]) if picture.height >= picture.width else (self.size[0], longer)


class OwnEye(Eye):
    """Whatever the model's own processor does, one picture at a time."""

    least = None

    def __init__(self, processor: Processor) -> None:
        self._processor = processor

    def __repr__(self) -> str:
        return repr(self._processor)

    def take(self, picture: Image.Image) -> Pixels:
        """Shapes: -> (3, h, w) float32."""
        return np.asarray(self._processor([picture.convert("RGB")], return_tensors="np")["pixel_values"][0])

    def batch(self, taken: Sequence[Pixels], rng: np.random.Generator | None = None) -> Tensor:
        """Shapes: (3, h, w) each -> (n, 3, h, w); chance changes nothing here."""
        del rng
        return torch.from_numpy(np.stack(taken).astype(np.float32, copy=False))


def eye_of(processor: Processor) -> Eye:
    """The fast way to do what a processor does, or the processor itself when that is not the same."""
    own = OwnEye(processor)
    try:
        plain = _read(processor)
        for picture in _test_pictures():
            ours, theirs = plain.batch([plain.take(picture)]), own.batch([own.take(picture)])
            if ours.shape != theirs.shape or not torch.allclose(ours, theirs, atol=CLOSE):
                return own
    except (AttributeError, KeyError, TypeError, ValueError):  # settings that are not read here
        return own
    return plain


def _read(processor: Processor) -> PlainEye:
    """The settings of a processor that does the four things.

    Raises:
        AttributeError, KeyError, TypeError, ValueError: it does others.
    """
    told = {name: getattr(processor, name, None) for name in TOLD}
    if not told["do_resize"] or not told["do_rescale"]:
        raise ValueError("pictures are not scaled, or not brought to 0..1")
    size, crop = _sides(told["size"]), _sides(told["crop_size"]) if told["do_center_crop"] else None
    normal = told["do_normalize"]
    mean = np.broadcast_to(np.asarray(told["image_mean"] if normal else 0, np.float64), 3)
    std = np.broadcast_to(np.asarray(told["image_std"] if normal else 1, np.float64), 3)
    gain = float(str(told["rescale_factor"])) / std
    return PlainEye(size, crop, int(told["resample"] or 0), tuple(gain.tolist()), tuple((-mean / std).tolist()))


def _sides(given: object) -> tuple[int, int]:
    """Height and width of a size as processors write it; (shorter, 0) where only the shorter side is told."""
    told = dict(given)  # type: ignore[call-overload]
    shorter = told.get("shortest_edge")
    if shorter is not None and told.get("longest_edge") is None:
        return int(shorter), 0
    return int(told["height"]), int(told["width"])


def _test_pictures() -> list[Image.Image]:
    rng = generator(0, "test pictures")
    shapes = ((301, 417), (190, 83))
    return [Image.fromarray(rng.integers(0, 256, (*shape, 3), np.uint8)) for shape in shapes]


def _channels(values: Sequence[float]) -> Tensor:
    return torch.tensor(values, dtype=torch.float32).view(1, 3, 1, 1)
