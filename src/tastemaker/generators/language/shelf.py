"""The items that can be answered with: what they look and read like, and the id that each is spelled by.

Ids come from what items look and read like, so an item that was added since is spelled without learning anew, and no
answer can be spelled that is not on the shelf.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.generators.material import Material
from tastemaker.nn.quantisation import ResidualKMeans
from tastemaker.nn.tries import Trie

LEVELS = 3
"""Codes of an id."""
CODES = (4, 64)
"""Fewest and most codes of a level; an eighth of the items between them."""


def features_of(words: Floats, pictures: Floats) -> Floats:
    """What items are known by: both vectors side by side, zero for what is missing.

    Shapes: (n, dim), (n, dim) -> (n, 2 dim).
    """
    return np.ascontiguousarray(np.hstack([words, pictures]), np.float32)


def quantiser_of(features: Floats, seed: int) -> ResidualKMeans:
    """What makes ids of features. Shapes: (n, dim)."""
    codes = int(np.clip(len(features) // 8, *CODES))
    return ResidualKMeans.fit(features, levels=LEVELS, codes=min(codes, len(features)), seed=seed)


@dataclass(frozen=True, eq=False)
class Shelf:
    """Items of which something is known.

    Attributes:
        rows: in the catalog.
        features: see :func:`features_of`.
        codes: of their ids.

    Shapes: rows (n,), features (n, dim), codes (n, levels).
    """

    rows: Ints
    features: Floats
    codes: Ints

    @classmethod
    def of(cls, rows: Ints, features: Floats, quantiser: ResidualKMeans) -> Self:
        """Those of some items that are known by something."""
        known = known_of(features)
        return cls(rows[known], features[known], quantiser.encode(features[known]))

    @classmethod
    def read(cls, material: Material, quantiser: ResidualKMeans) -> Self:
        """All items of a material."""
        return cls.of(material.rows, features_of(material.vectors["text"], material.vectors["picture"]), quantiser)

    @cached_property
    def trie(self) -> Trie:
        """Of the ids."""
        return Trie(self.codes)

    def where(self, mask: Bools) -> Self:
        """Some of the items. Shapes: mask (n,)."""
        return type(self)(self.rows[mask], self.features[mask], self.codes[mask])

    def joined(self, other: "Shelf") -> "Shelf":
        """The items of both."""
        rows = np.concatenate([self.rows, other.rows])
        both = np.concatenate([self.features, other.features]), np.concatenate([self.codes, other.codes])
        return Shelf(rows, *both)


def known_of(features: Floats) -> Bools:
    """Items of which something is known. Shapes: (n, dim) -> (n,)."""
    return np.asarray(np.any(features != 0, axis=1), np.bool_)
