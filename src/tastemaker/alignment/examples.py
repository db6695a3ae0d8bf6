"""What a contrastive space learns from: the catalog's frames and words in memory, cut into batches of two views.

An item with picture and words gives the pair (picture, words). Items without a picture, when there are enough of them,
give two ways to say the same (words, words); items without words two crops of one picture (picture, picture).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from tastemaker.core.types import Bools, Ints
from tastemaker.encoders.frames import Frames
from tastemaker.encoders.phrases import Parts, view
from tastemaker.encoders.tokens import pad
from tastemaker.nn.augment import as_input, augment

LENGTH = 64
"""Tokens of one text that are read."""


@dataclass(frozen=True)
class Examples:
    """Items to learn from.

    Attributes:
        frames: of every item; blank where there is no picture.
        parts: words of every item; empty where there are none.
        has_picture, has_text: which is which.
        picture_key, text_key: equal numbers for equal content.
        fillers: tokens of requests that say nothing of a product.

    Shapes: frames (n, h, w, 3), the others (n,).
    """

    frames: Frames
    parts: list[Parts]
    has_picture: Bools
    has_text: Bools
    picture_key: Ints
    text_key: Ints
    fillers: tuple[int, ...] = ()

    @classmethod
    def of(cls, frames: Frames, has_picture: Bools, parts: list[Parts], fillers: tuple[int, ...] = ()) -> "Examples":
        """Find the duplicates."""
        has_text = np.array([bool(part) for part in parts], np.bool_)
        pictures = np.array([_key(picture.tobytes()) for picture in frames], np.int64)
        texts = np.array([_key(repr(part).encode()) for part in parts], np.int64)
        return cls(frames, parts, has_picture, has_text, pictures, texts, fillers)

    @property
    def pairs(self) -> Ints:
        """Items with both."""
        return np.flatnonzero(self.has_picture & self.has_text)

    def pictures(self, chosen: Ints, shape: tuple[int, int], rng: np.random.Generator) -> Tensor:
        """Pictures of items as the tower reads them, each changed a little by chance."""
        return augment(as_input(torch.from_numpy(self.frames[chosen]), shape), rng)

    def words(self, chosen: Ints, rng: np.random.Generator) -> Tensor:
        """One way to speak of each item, as the tower reads it."""
        return torch.from_numpy(pad([view(self.parts[i], rng, self.fillers) for i in chosen.tolist()], LENGTH))

    def whole(self, chosen: Ints) -> list[list[int]]:
        """The whole texts of items, as token numbers."""
        return [self.parts[i].whole for i in chosen.tolist()]

    def duplicates(self, chosen: Ints) -> Tensor:
        """Pairs in a batch with the same picture or the same words. Shapes: (n,) -> (n, n)."""
        pictures, texts = self.picture_key[chosen], self.text_key[chosen]
        seen, said = self.has_picture[chosen], self.has_text[chosen]
        same = (pictures[:, None] == pictures) & seen[:, None] & seen
        same |= (texts[:, None] == texts) & said[:, None] & said
        return torch.from_numpy(same)


def batches(chosen: Ints, size: int, rng: np.random.Generator) -> Iterator[Ints]:
    """A random order of items, in equal batches; the rest of the division waits for the next epoch."""
    order = rng.permutation(chosen)
    for start in range(0, len(order) // size * size, size):
        yield order[start : start + size]


def _key(content: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(content, digest_size=7).digest(), "big")
