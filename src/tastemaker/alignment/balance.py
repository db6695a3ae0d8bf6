"""Vectors that can be compared whatever an item brings: centred by modality, the missing one completed.

Contrastive training leaves pictures and texts in two separate cones of the space (the modality gap: Liang et al. 2022,
arXiv 2203.02053): any text is nearer to any text than to its own picture, and an item with words would stand before
one that brings a picture alone. So each modality's mean is taken away, and a ridge regression learned on the items that
have both says what the other modality would most likely be.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from tastemaker.core.types import Bools, Doubles, Floats
from tastemaker.encoders.base import unit


@dataclass(frozen=True)
class Balance:
    """What was learned about how the two modalities lie.

    Attributes:
        picture_mean: taken from every picture vector.
        text_mean: taken from every text vector.
        to_text: completes a text from a picture.
        to_picture: completes a picture from a text.

    Shapes: means (dim,), completions (dim, dim).
    """

    picture_mean: Floats
    text_mean: Floats
    to_text: Floats
    to_picture: Floats

    @classmethod
    def fit(
        cls, pictures: Floats, texts: Floats, has_picture: Bools, has_text: Bools, *, strength: float = 10.0
    ) -> Self:
        """Learn from items; rows of a modality that an item lacks are not read.

        Shapes: pictures, texts (n, dim); has (n,).
        """
        dim = pictures.shape[1]
        picture_mean = pictures[has_picture].mean(0) if has_picture.any() else np.zeros(dim, np.float32)
        text_mean = texts[has_text].mean(0) if has_text.any() else np.zeros(dim, np.float32)
        both = has_picture & has_text
        p, t = unit(pictures[both] - picture_mean), unit(texts[both] - text_mean)
        return cls(picture_mean, text_mean, _ridge(p, t, strength), _ridge(t, p, strength))

    def picture(self, raw: Floats) -> Floats:
        """Picture vectors as they are compared. Shapes: (n, dim) -> (n, dim), unit rows."""
        centred = unit(raw - self.picture_mean)
        return unit(centred + centred @ self.to_text)

    def text(self, raw: Floats) -> Floats:
        """Text vectors as they are compared. Shapes: (n, dim) -> (n, dim), unit rows."""
        centred = unit(raw - self.text_mean)
        return unit(centred + centred @ self.to_picture)

    def items(self, pictures: Floats, texts: Floats, has_picture: Bools, has_text: Bools) -> Floats:
        """Items as they are compared. Shapes: (n, dim), (n, dim), (n,), (n,) -> (n, dim); zero rows have neither."""
        p, t = unit(pictures - self.picture_mean), unit(texts - self.text_mean)
        both = unit(p + t)
        matrix = np.where(has_text[:, None], self.text(texts), 0.0)
        matrix = np.where(has_picture[:, None], self.picture(pictures), matrix)
        return np.where((has_picture & has_text)[:, None], both, matrix).astype(np.float32)

    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """For storage."""
        return {
            "picture_mean": self.picture_mean, "text_mean": self.text_mean,
            "to_text": self.to_text, "to_picture": self.to_picture,
        }  # fmt: skip

    @classmethod
    def restore(cls, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        names = ("picture_mean", "text_mean", "to_text", "to_picture")
        return cls(*(np.asarray(tensors[name], np.float32) for name in names))


def _ridge(x: Floats, y: Floats, strength: float) -> Floats:
    """The linear map from x to y, with the squared weights held down by ``strength``."""
    if not len(x):
        return np.zeros((x.shape[1], y.shape[1]), np.float32)
    left: Doubles = x.T.astype(np.float64) @ x + strength * np.eye(x.shape[1])
    solved: Floats = np.linalg.solve(left, x.T.astype(np.float64) @ y).astype(np.float32)
    return solved
