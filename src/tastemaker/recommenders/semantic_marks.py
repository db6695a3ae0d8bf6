"""What an item's vector is made of: the beginnings of its ids, or its codes one by one.

The second code of a residual id says where an item lies inside the group of the first; alone it means little. So the
first code, the first two and the first three are looked up as wholes, where at least two items share them. What only
one item has is left to that item's own vector. Product codes mean the same wherever they stand and are taken singly.

Source: prefix n-grams of semantic ids, Zheng et al. 2025 (arXiv 2504.02137).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
import numpy.typing as npt

from tastemaker.core.types import Ints

Made = Literal["beginnings", "codes"]
DEEPEST = 3  # codes of the longest beginning that is looked up
FEWEST = 2  # items that share a beginning


@dataclass(frozen=True)
class Marks:
    """Which beginnings there are.

    Attributes:
        spans: columns of each mark: where its stream starts, and where it ends.
        radix: codes of each column, to write a span as one number.
        keys: numbers of the spans that there are, sorted, one array a mark.
    """

    spans: tuple[tuple[int, int], ...]
    radix: tuple[int, ...]
    keys: tuple[Ints, ...]

    @classmethod
    def learn(cls, codes: Ints, streams: Sequence[Sequence[int]], made: Made) -> Self:
        """Find them.

        Args:
            codes: of all items, (n, columns), -1 for none.
            streams: sizes of each stream's columns, in order.
            made: what vectors are made of.
        """
        radix = tuple(size for stream in streams for size in stream)
        spans = tuple(_spans([len(stream) for stream in streams], made))
        keys = []
        for low, high in spans:
            found, count = np.unique(_packed(codes[:, low:high], radix[low:high]), return_counts=True)
            keys.append(found[(count >= FEWEST) & (found >= 0)])
        return cls(spans, radix, tuple(keys))

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of different values of each mark."""
        return tuple(len(keys) for keys in self.keys)

    def read(self, codes: Ints) -> Ints:
        """Marks of items; -1 where an item has none or one that was not there. Shapes: (n, columns) -> (n, marks)."""
        marks = np.full((len(codes), len(self.spans)), -1, np.int64)
        for place, ((low, high), keys) in enumerate(zip(self.spans, self.keys, strict=True)):
            if len(keys):
                asked = _packed(codes[:, low:high], self.radix[low:high])
                at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
                marks[:, place] = np.where((keys[at] == asked) & (asked >= 0), at, -1)
        return marks

    def tensors(self) -> dict[str, npt.NDArray[np.generic]]:
        """Everything, for storage."""
        found: dict[str, npt.NDArray[np.generic]] = {f"mark.{i}": keys for i, keys in enumerate(self.keys)}
        return found | {"mark spans": np.array(self.spans, np.int64), "mark radix": np.array(self.radix, np.int64)}

    @classmethod
    def restore(cls, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        spans = tuple((int(low), int(high)) for low, high in tensors["mark spans"].astype(np.int64))
        radix = tuple(int(size) for size in tensors["mark radix"].astype(np.int64))
        return cls(spans, radix, tuple(np.asarray(tensors[f"mark.{i}"], np.int64) for i in range(len(spans))))


def _spans(widths: Sequence[int], made: Made) -> Iterator[tuple[int, int]]:
    """Columns of each mark."""
    start = 0
    for width in widths:
        if made == "codes":
            yield from ((start + i, start + i + 1) for i in range(width))
        else:
            yield from ((start, start + depth) for depth in range(1, min(width, DEEPEST) + 1))
        start += width


def _packed(codes: Ints, radix: Sequence[int]) -> Ints:
    """Some columns as one number; -1 where one of them is missing. Shapes: (n, columns) -> (n,)."""
    key = np.zeros(len(codes), np.int64)
    for column, size in zip(codes.T, radix, strict=True):
        key = key * size + column
    return np.where((codes >= 0).all(axis=1), key, -1)
