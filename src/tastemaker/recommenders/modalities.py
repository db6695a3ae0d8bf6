"""Vectors that come with the items: the space's, and every matrix of ``features/``. Each is one modality, by its name.

What a user brings may be of any scale and lie far from zero, so that all items look alike: it is centred on the items
there were when it was learned, and cut to unit length (:class:`Modalities`, for methods that regress on content); or
each column is also divided by its spread (:class:`Standardised`, for methods that compare items in each modality, see
:mod:`neighbours`). The space's vectors are made to be compared: they stay.
An item that lacks a modality has a row of zeros there, and so has every item while a whole modality is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.types import Floats, Ints
from tastemaker.encoders.base import unit
from tastemaker.recommenders.features import aligned

SPACE = "space"
FEATURES = "features/"


@dataclass(frozen=True)
class Modalities:
    """What was learned about each: made by :func:`learn`.

    Attributes:
        means: name -> what is taken off every row; "space", or "features/" and the name of a matrix.

    Shapes: each (dim of the modality,).
    """

    means: Mapping[str, Floats]

    @property
    def width(self) -> int:
        """Columns of all together."""
        return sum(len(mean) for mean in self.means.values())

    def read(self, catalog: Catalog, vectors: ItemVectors | None, rows: Ints) -> dict[str, Floats]:
        """Unit rows, zero where an item lacks the modality.

        Shapes: each (len(rows), dim of the modality).
        """
        return {name: self._one(name, mean, catalog, vectors, rows) for name, mean in self.means.items()}

    def _one(self, name: str, mean: Floats, catalog: Catalog, vectors: ItemVectors | None, rows: Ints) -> Floats:
        raw = raw_rows(name, catalog, vectors, rows)
        if raw is None or raw.shape[1] != len(mean):
            return np.zeros((len(rows), len(mean)), np.float32)
        return raw if name == SPACE else unit(zeroed(raw - mean))

    def tensors(self, prefix: str) -> dict[str, npt.NDArray[np.generic]]:
        """For storage; the names start with ``prefix``."""
        return {f"{prefix}{name}": mean for name, mean in self.means.items()}


def learn(catalog: Catalog, vectors: ItemVectors | None) -> Modalities:
    """Every modality that some item has, and its mean over the items that have it."""
    everything = np.arange(catalog.size)
    means: dict[str, Floats] = {}
    for name in [*(f"{FEATURES}{name}" for name in sorted(catalog.features)), SPACE]:
        raw = raw_rows(name, catalog, vectors, everything)
        if raw is not None and raw.shape[1]:
            there = np.isfinite(raw).all(axis=1) & catalog.alive
            mean = (
                raw[there].mean(axis=0, dtype=np.float64) if there.any() and name != SPACE else np.zeros(raw.shape[1])
            )
            means[name] = mean.astype(np.float32)
    return Modalities(means)


def restore(tensors: Mapping[str, npt.NDArray[np.generic]], prefix: str) -> Modalities:
    """Take back what :meth:`Modalities.tensors` gave."""
    own = {name.removeprefix(prefix): mean for name, mean in tensors.items() if name.startswith(prefix)}
    return Modalities({name: np.asarray(own[name], np.float32) for name in sorted(own)})


@dataclass(frozen=True)
class Standardised:
    """What was learned about each, its columns on one scale: made by :func:`standardise`.

    Attributes:
        means: name -> what is taken off every row; "space", or "features/" and the name of a matrix.
        spread: name -> how far each column varies; it is divided out, so that no column drowns the others. Zeros and
            ones for the space, whose vectors were made to be compared as they are.

    Shapes: each (dim of the modality,).
    """

    means: Mapping[str, Floats]
    spread: Mapping[str, Floats]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the modalities."""
        return tuple(self.spread)

    def vectors(self, catalog: Catalog, vectors: ItemVectors | None, rows: Ints) -> dict[str, Floats]:
        """Unit rows; zeros where an item lacks the modality. Shapes: each (len(rows), dim of the modality)."""
        found = {}
        for name, spread in self.spread.items():
            raw = raw_rows(name, catalog, vectors, rows)
            if raw is None or raw.shape[1] != len(spread):
                raw = np.full((len(rows), len(spread)), np.nan, np.float32)
            found[name] = unit(zeroed((raw - self.means[name]) / spread))
        return found

    def tensors(self, prefix: str) -> dict[str, npt.NDArray[np.generic]]:
        """For storage; the names start with ``prefix``."""
        state: dict[str, npt.NDArray[np.generic]] = {f"{prefix}mean.{name}": mean for name, mean in self.means.items()}
        return state | {f"{prefix}spread.{name}": value for name, value in self.spread.items()}

    @classmethod
    def restore(cls, tensors: Mapping[str, npt.NDArray[np.generic]], prefix: str) -> Self:
        """Take back what :meth:`tensors` gave."""
        names = sorted(name.removeprefix(f"{prefix}mean.") for name in tensors if name.startswith(f"{prefix}mean."))
        return cls(
            {name: np.asarray(tensors[f"{prefix}mean.{name}"], np.float32) for name in names},
            {name: np.asarray(tensors[f"{prefix}spread.{name}"], np.float32) for name in names},
        )


def standardise(catalog: Catalog, vectors: ItemVectors | None) -> Standardised:
    """Centre and scale of every modality that some item has."""
    means: dict[str, Floats] = {}
    spreads: dict[str, Floats] = {}
    for name in [*(f"{FEATURES}{name}" for name in sorted(catalog.features)), SPACE]:
        raw = raw_rows(name, catalog, vectors, np.arange(catalog.size))
        there = None if raw is None else np.isfinite(raw).all(axis=1) & catalog.alive
        if raw is None or there is None or not there.any():
            continue
        means[name] = np.zeros(raw.shape[1], np.float32)
        spreads[name] = np.ones(raw.shape[1], np.float32)
        if name != SPACE:
            means[name] = raw[there].mean(axis=0, dtype=np.float64).astype(np.float32)
            deviation = raw[there].std(axis=0, dtype=np.float64)
            spreads[name] = np.where(deviation > 0, deviation, 1.0).astype(np.float32)
    return Standardised(means, spreads)


def raw_rows(name: str, catalog: Catalog, vectors: ItemVectors | None, rows: Ints) -> Floats | None:
    """A modality as it comes, NaN where an item has none; None where the shop has none of it.

    Shapes: -> (len(rows), dim of the modality).
    """
    if name == SPACE:
        return None if vectors is None else aligned(vectors, rows)
    given = catalog.features.get(name.removeprefix(FEATURES))
    if given is None:
        return None
    found = np.full((len(rows), given.shape[1]), np.nan, np.float32)
    found[rows < len(given)] = given[rows[rows < len(given)]]
    return found


def zeroed(raw: Floats) -> Floats:
    """Zeros where a row is not all numbers. Shapes: (n, dim) -> (n, dim)."""
    return np.where(np.isfinite(raw).all(axis=1, keepdims=True), raw, np.float32(0.0))
