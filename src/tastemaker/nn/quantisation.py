"""Semantic ids: a vector becomes a short tuple of codes, near vectors sharing the first ones.

Two quantisers that need no training loop live here, the third in ``rq_vae``. All of them are learned once and then read
new vectors as they come: an item that was added yesterday gets its id without anything being fitted again.

    residual k-means   cluster, subtract the centre, cluster what is left, and so on: coarse to fine, each code hangs
                       on the ones before it
    product            cut the vector into parts and cluster each part: all codes weigh alike
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from tastemaker.core.errors import FitError
from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Floats, Ints

CHUNK = 8_192  # vectors whose distances are held at once
ROUNDS = 25  # of k-means, at most
Tensors = Mapping[str, npt.NDArray[np.generic]]


class Quantiser(Protocol):
    """Vectors to codes and back."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of codes of each level."""

    def encode(self, vectors: Floats) -> Ints:
        """Shapes: (n, dim) -> (n, levels)."""

    def decode(self, codes: Ints) -> Floats:
        """Shapes: (n, levels) -> (n, dim)."""

    def tensors(self, prefix: str) -> dict[str, npt.NDArray[np.generic]]:
        """Everything learned, for storage; the names start with ``prefix``."""


@dataclass(frozen=True)
class ResidualKMeans:
    """``c_l = argmin_k |r_l - e_lk|``, ``r_(l+1) = r_l - e_(l, c_l)``, ``r_0`` the vector less the mean.

    Attributes:
        mean: of the vectors, (dim,).
        centres: one table a level, each (codes, dim).

    Source: residual quantisation as in Juang and Gray 1982; for semantic ids e.g. Deng et al. 2025 (OneRec).
    """

    mean: Floats
    centres: tuple[Floats, ...]

    @classmethod
    def fit(cls, vectors: Floats, *, levels: int, codes: int, seed: int = 0) -> Self:
        """Cluster the vectors, then what the centres leave of them, level by level.

        Args:
            vectors: (n, dim), finite.
            levels: codes of an id.
            codes: centres of a level; fewer where fewer vectors are distinct.
            seed: of the start.

        Raises:
            FitError: there is no vector.
        """
        _require_some(vectors)
        mean = vectors.mean(axis=0)
        residual, centres = vectors - mean, []
        for level in range(levels):
            table = k_means(residual, codes, generator(seed, f"residual k-means {level}"))
            centres.append(table)
            residual = residual - table[nearest(residual, table)]
        return cls(mean, tuple(centres))

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of codes of each level."""
        return tuple(len(table) for table in self.centres)

    def encode(self, vectors: Floats) -> Ints:
        """The nearest centre, level by level. Shapes: (n, dim) -> (n, levels)."""
        residual, found = vectors - self.mean, []
        for table in self.centres:
            found.append(nearest(residual, table))
            residual = residual - table[found[-1]]
        return np.stack(found, axis=1)

    def decode(self, codes: Ints) -> Floats:
        """Sum of the centres; fewer columns give a coarser vector. Shapes: (n, up to levels) -> (n, dim)."""
        found = np.repeat(self.mean[None], len(codes), axis=0)
        for level, table in enumerate(self.centres[: codes.shape[1]]):
            found += table[codes[:, level]]
        return found

    def tensors(self, prefix: str) -> dict[str, npt.NDArray[np.generic]]:
        """Everything learned, for storage."""
        return {f"{prefix}mean": self.mean} | _numbered(f"{prefix}centres", self.centres)

    @classmethod
    def restore(cls, tensors: Tensors, prefix: str) -> Self:
        """Take back what :meth:`tensors` gave."""
        return cls(np.asarray(tensors[f"{prefix}mean"], np.float32), _tables(tensors, f"{prefix}centres"))


@dataclass(frozen=True)
class ProductKMeans:
    """Each part of the vector has a code of its own.

    Attributes:
        parts: columns of each part, in order.
        centres: one table a part, each (codes, columns of the part).

    Source: Jégou, Douze and Schmid 2011 (product quantisation); for parallel semantic ids Hou et al. 2025 (RPG).
    """

    parts: tuple[int, ...]
    centres: tuple[Floats, ...]

    @classmethod
    def fit(cls, vectors: Floats, *, levels: int, codes: int, seed: int = 0) -> Self:
        """Cluster each part of the vectors; parts of one width, the first ones wider where it does not divide.

        Args:
            vectors: (n, dim), finite, dim at least ``levels``.
            levels: number of parts.
            codes: centres of a part; fewer where fewer are distinct.
            seed: of the start.

        Raises:
            FitError: there is no vector, or it has fewer columns than parts.
        """
        _require_some(vectors)
        if vectors.shape[1] < levels:
            hint = f"set levels to at most {vectors.shape[1]}, or use residual k-means"
            raise FitError(f"vectors of {vectors.shape[1]} columns cannot be cut into {levels} parts", hint=hint)
        blocks = np.array_split(vectors, levels, axis=1)
        tables = [k_means(b, codes, generator(seed, f"product k-means {i}")) for i, b in enumerate(blocks)]
        return cls(tuple(b.shape[1] for b in blocks), tuple(tables))

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of codes of each part."""
        return tuple(len(table) for table in self.centres)

    def encode(self, vectors: Floats) -> Ints:
        """The nearest centre of each part. Shapes: (n, dim) -> (n, levels)."""
        blocks = np.split(vectors, np.cumsum(self.parts)[:-1], axis=1)
        return np.stack([nearest(b, table) for b, table in zip(blocks, self.centres, strict=True)], axis=1)

    def decode(self, codes: Ints) -> Floats:
        """The centres side by side. Shapes: (n, levels) -> (n, dim)."""
        return np.concatenate([table[codes[:, i]] for i, table in enumerate(self.centres)], axis=1)

    def tensors(self, prefix: str) -> dict[str, npt.NDArray[np.generic]]:
        """Everything learned, for storage."""
        return {f"{prefix}parts": np.array(self.parts, np.int64)} | _numbered(f"{prefix}centres", self.centres)

    @classmethod
    def restore(cls, tensors: Tensors, prefix: str) -> Self:
        """Take back what :meth:`tensors` gave."""
        parts = tuple(int(part) for part in tensors[f"{prefix}parts"].astype(np.int64))
        return cls(parts, _tables(tensors, f"{prefix}centres"))


def k_means(vectors: Floats, codes: int, rng: np.random.Generator) -> Floats:
    """Centres of the vectors: k-means++ start, Lloyd's steps, a centre that nothing is near moves to the worst placed.

    Shapes: (n, dim) -> (at most codes, dim).
    """
    centres = _spread(vectors, codes, rng)
    before = np.full(len(vectors), -1)
    for _ in range(ROUNDS):
        owner, distance = _assigned(vectors, centres)
        if np.array_equal(owner, before):
            break
        before = owner
        count = np.bincount(owner, minlength=len(centres))
        total = np.zeros((len(centres), vectors.shape[1]), np.float64)
        np.add.at(total, owner, vectors)
        centres = (total / np.maximum(count, 1)[:, None]).astype(np.float32)
        empty = np.flatnonzero(count == 0)
        centres[empty] = vectors[np.argsort(-distance, kind="stable")[: len(empty)]]
    return centres


def nearest(vectors: Floats, centres: Floats) -> Ints:
    """Number of the nearest centre; the first of equals. Shapes: (n, dim), (codes, dim) -> (n,)."""
    return _assigned(vectors, centres)[0]


def numbered(codes: Ints, taken: Ints | None = None) -> Ints:
    """A last code that tells items of the same codes apart: 0 for the first of them, 1 for the second, and so on.

    Args:
        codes: -1 throughout for a row that has no id; its last code is -1 too.
        taken: last codes given earlier, to be kept; -1 where one is still to be given. None gives all.

    Shapes: (n, levels), (n,) -> (n,).
    """
    last = np.full(len(codes), -1, np.int64) if taken is None else taken.copy()
    same = np.unique(codes, axis=0, return_inverse=True)[1].ravel()
    used: dict[int, set[int]] = {}
    for row in np.flatnonzero(last >= 0).tolist():
        used.setdefault(int(same[row]), set()).add(int(last[row]))
    for row in np.flatnonzero((last < 0) & ~_absent(codes)).tolist():
        mine = used.setdefault(int(same[row]), set())
        last[row] = next(number for number in range(len(mine) + 1) if number not in mine)
        mine.add(int(last[row]))
    return last


def _absent(codes: Ints) -> Bools:
    return np.asarray((codes < 0).all(axis=1))


def _assigned(vectors: Floats, centres: Floats) -> tuple[Ints, Floats]:
    """Nearest centre of each vector, and the squared distance to it. Shapes: -> (n,), (n,)."""
    owner, distance = np.empty(len(vectors), np.int64), np.empty(len(vectors), np.float32)
    lengths = np.einsum("kd,kd->k", centres, centres)
    for low in range(0, len(vectors), CHUNK):
        part = vectors[low : low + CHUNK]
        gaps = lengths - 2.0 * (part @ centres.T)
        best = gaps.argmin(axis=1)
        owner[low : low + CHUNK] = best
        distance[low : low + CHUNK] = gaps[np.arange(len(part)), best] + np.einsum("nd,nd->n", part, part)
    return owner, np.maximum(distance, 0.0)


def _spread(vectors: Floats, codes: int, rng: np.random.Generator) -> Floats:
    """k-means++: each next centre is drawn in proportion to its squared distance from those there are."""
    chosen = [int(rng.integers(len(vectors)))]
    distance = _gap(vectors, chosen[0])
    tiny = 1e-9 * max(1e-30, float(np.einsum("nd,nd->n", vectors, vectors).max()))
    while len(chosen) < codes:
        weight = np.where(distance > tiny, distance, 0.0).astype(np.float64)
        if not weight.any():
            break  # every vector is a centre already
        chosen.append(int(np.searchsorted(np.cumsum(weight), rng.random() * weight.sum(), side="right")))
        distance = np.minimum(distance, _gap(vectors, chosen[-1]))
    return np.array(vectors[chosen], np.float32)


def _gap(vectors: Floats, place: int) -> Floats:
    """Squared distance of all vectors from one of them. Shapes: (n,)."""
    away = vectors - vectors[place]
    return np.asarray(np.einsum("nd,nd->n", away, away), np.float32)


def _numbered(name: str, tables: tuple[Floats, ...]) -> dict[str, npt.NDArray[np.generic]]:
    return {f"{name}.{i}": table for i, table in enumerate(tables)}


def _tables(tensors: Tensors, name: str) -> tuple[Floats, ...]:
    count = sum(key.startswith(f"{name}.") for key in tensors)
    return tuple(np.asarray(tensors[f"{name}.{i}"], np.float32) for i in range(count))


def _require_some(vectors: Floats) -> None:
    if not len(vectors):
        raise FitError("there is no vector to make codes of", hint="give items a text, a picture or features")
