"""What a contrastive space learns from: the catalog's frames and words in memory, cut into batches of two views.

An item with picture and words gives the pair (picture, words). Items without a picture, when there are enough of them,
give two ways to say the same (words, words); items without words two crops of one picture (picture, picture).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

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
        product: equal numbers for variants of one product, -1 for an item without any; None when nobody says.
        move, hue, cover: how pictures are changed, see :func:`~tastemaker.nn.augment.augment`.

    Shapes: frames (n, h, w, 3), the others (n,).
    """

    frames: Frames
    parts: list[Parts]
    has_picture: Bools
    has_text: Bools
    picture_key: Ints
    text_key: Ints
    fillers: tuple[int, ...] = ()
    product: Ints | None = None
    move: float = 1.0
    hue: float = 0.0
    cover: float = 0.0

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

    @cached_property
    def coarse(self) -> Bools:
        """Items of which attributes are all that is said: their words are labels that many share. Shapes: (n,)."""
        return np.array([bool(part.facts and not part.title and not part.text) for part in self.parts], np.bool_)

    def pictures(self, chosen: Ints, shape: tuple[int, int], rng: np.random.Generator) -> Tensor:
        """Pictures of items as the tower reads them, each changed a little by chance."""
        changed = as_input(torch.from_numpy(self.frames[chosen]), shape)
        return augment(changed, rng, move=self.move, hue=self.hue, cover=self.cover)

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

    def together(self, chosen: Ints) -> Tensor:
        """Pairs in a batch that are right for each other: variants of a product, items of the same coarse label.

        Shapes: (n,) -> (n, n).
        """
        texts, coarse = self.text_key[chosen], self.coarse[chosen]
        right = (texts[:, None] == texts) & coarse[:, None] & coarse
        if self.product is not None:
            product = self.product[chosen]
            right |= (product[:, None] == product) & (product >= 0)
        return torch.from_numpy(right)

    def keys(self, chosen: Ints) -> Tensor:
        """Keys of picture and words. Shapes: (n,) -> (n, 2)."""
        return torch.from_numpy(np.stack([self.picture_key[chosen], self.text_key[chosen]], 1))


def batches(chosen: Ints, size: int, rng: np.random.Generator) -> Iterator[Ints]:
    """A random order of items, in equal batches; the rest of the division waits for the next epoch."""
    order = rng.permutation(chosen)
    for start in range(0, len(order) // size * size, size):
        yield order[start : start + size]


def _key(content: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(content, digest_size=7).digest(), "big")
