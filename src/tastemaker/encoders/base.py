"""The contract of level 2: one modality -> unit vectors.

An encoder knows how to read one kind of thing; that two encoders speak of one item is the business of ``alignment``.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np

from tastemaker.core.types import Floats, Modality

T = TypeVar("T")


class Encoder(ABC, Generic[T]):
    """Reads batches of one modality.

    Attributes:
        modality: what it reads.
        dim: length of its vectors.
    """

    modality: Modality
    dim: int

    @abstractmethod
    def encode(self, batch: Sequence[T]) -> Floats:
        """Vectors of a batch; the same whatever else is in it.

        Shapes: -> (len(batch), dim), unit rows; a zero row for an entry that says nothing.
        """


def unit(matrix: Floats) -> Floats:
    """Rows of length one; a zero row stays zero. Shapes: (n, dim) -> (n, dim)."""
    length = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.where(length > 0, length, 1), np.float32)
