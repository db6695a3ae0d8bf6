"""Attributes -> vectors without training: each value hashed to signs, each number to a place between its extremes.

A few lines that need no data to learn from: two items are alike as far as their attributes agree, rare agreements
counting more. Source: feature hashing, Weinberger et al. 2009 (arXiv 0902.2206), with inverse document frequency.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import AttributeSpec, Item
from tastemaker.core.types import Floats, Modality, Value
from tastemaker.encoders.base import Encoder, unit

STEPS = 4
"""Numbers are told apart in this many soft steps between lowest and highest."""


class AttributeEncoder(Encoder[Item]):
    """Hashed attributes of a catalog.

    Args:
        specs: of the catalog.
        n_items: items the counts in ``specs`` were taken over.
        dim: length of the vectors.
    """

    modality: Modality = "attributes"

    def __init__(self, specs: Mapping[str, AttributeSpec], n_items: int, *, dim: int = 256) -> None:
        self.dim = dim
        self._specs = specs
        self._n = n_items

    @classmethod
    def of(cls, catalog: Catalog, *, dim: int = 256) -> Self:
        """An encoder for a catalog's attributes."""
        return cls(catalog.attributes, int(catalog.alive.sum()), dim=dim)

    def encode(self, batch: Sequence[Item]) -> Floats:
        """Shapes: -> (n, dim), unit rows; a zero row for an item without attributes."""
        out = np.zeros((len(batch), self.dim), np.float32)
        for place, item in enumerate(batch):
            for name, value in item.attributes.items():
                for key, weight in self._terms(name, value):
                    out[place] += weight * _signs(f"{name}={key}", self.dim)
        return unit(out)

    def _terms(self, name: str, value: Value) -> list[tuple[str, float]]:
        """What a value contributes: keys to hash, and how much each weighs."""
        spec = self._specs.get(name)
        if spec is None or value is False:
            return []
        if isinstance(value, float) and not isinstance(value, bool):
            return _steps(value, spec)
        values = value if isinstance(value, tuple) else (str(value),)
        return [(v, math.log((1 + self._n) / (1 + spec.values.get(v, 0))) + 0.1) for v in values]


def _steps(value: float, spec: AttributeSpec) -> list[tuple[str, float]]:
    """A number as a mixture of the two steps it lies between."""
    if spec.low is None or spec.high is None or spec.high <= spec.low or not math.isfinite(value):
        return []
    place = min(1.0, max(0.0, (value - spec.low) / (spec.high - spec.low))) * STEPS
    low = min(int(place), STEPS - 1)
    return [(str(low), 1 - (place - low)), (str(low + 1), place - low)]


def _signs(key: str, dim: int) -> Floats:
    """A fixed random sign vector of length one for a key."""
    digest = hashlib.shake_128(key.encode()).digest((dim + 7) // 8)
    bits = np.unpackbits(np.frombuffer(digest, np.uint8))[:dim]
    return np.asarray((2.0 * bits - 1.0) / math.sqrt(dim), np.float32)


def hashed_facts(facts: Sequence[Sequence[tuple[str, str]]], dim: int = 256) -> Floats:
    """Names and values of attributes as sums of signs, all alike in weight: what a tower of attributes reads.

    Nothing is fitted, so an item gives the same vector in every catalog.

    Shapes: -> (n, dim), unit rows; a zero row for an item without attributes.
    """
    out = np.zeros((len(facts), dim), np.float32)
    known = {fact: _signs("=".join(fact), dim) for each in facts for fact in each}
    for place, each in enumerate(facts):
        for fact in each:
            out[place] += known[fact]
    return unit(out)
