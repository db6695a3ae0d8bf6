"""Figures of a space: does it find what belongs together, and how do its vectors lie?

Plain arrays in, numbers out; nothing of shops. Every figure has a value that is known by hand, see the tests.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tastemaker.core.types import Bools, Doubles, Floats, Ints

CHUNK = 1024
RIDGE = 1.0
"""Pull of a probe's weights towards zero, for vectors of length one."""
LEAST = 5
"""A value that fewer items have is not asked of a probe."""


def places(asked: Floats, gallery: Floats) -> Doubles:
    """For each question, how many of the gallery stand before the answer of its own number; ties count a half.

    Shapes: asked, gallery (n, dim) -> (n,).
    """
    found = np.empty(len(asked), np.float64)
    for start in range(0, len(asked), CHUNK):
        scores = asked[start : start + CHUNK] @ gallery.T
        own = scores[np.arange(len(scores)), start + np.arange(len(scores))][:, None]
        found[start : start + CHUNK] = (scores > own).sum(1) + 0.5 * ((scores == own).sum(1) - 1)
    return found


def gap(first: Floats, second: Floats) -> float:
    """How far the middles of two modalities lie apart: 0 when they lie in the same place, at most 2.

    Shapes: (n, dim), (m, dim).

    Source: Liang et al. 2022 (arXiv 2203.02053), section 2.
    """
    return float(np.linalg.norm(first.mean(0, dtype=np.float64) - second.mean(0, dtype=np.float64)))


def alignment(first: Floats, second: Floats) -> float:
    """Mean squared distance of what belongs together: 0 is best, 2 is what vectors without a tie have.

    Shapes: (n, dim) twice.

    Source: Wang and Isola 2020 (arXiv 2005.10242), equation 4 with alpha 2.
    """
    return float(((first.astype(np.float64) - second) ** 2).sum(1).mean())


def uniformity(vectors: Floats) -> float:
    """How evenly vectors lie on the sphere: 0 when all are the same, the lower the more even, about -4 at best.

    ``log(mean(exp(-2 |x - y|^2)))`` over all pairs of different vectors.

    Shapes: (n, dim), unit rows, n at least 2.

    Source: Wang and Isola 2020 (arXiv 2005.10242), equation 5 with t 2.
    """
    total = 0.0
    for start in range(0, len(vectors), CHUNK):
        cosine = (vectors[start : start + CHUNK] @ vectors.T).astype(np.float64)
        total += float(np.exp(4 * cosine - 4).sum())
    n = len(vectors)
    own = float(np.exp(4 * (vectors.astype(np.float64) ** 2).sum(1) - 4).sum())
    return float(np.log((total - own) / (n * (n - 1))))


@dataclass(frozen=True)
class Probe:
    """What a linear reading of the vectors says of one attribute.

    Attributes:
        attribute: its name.
        values: how many values were told apart.
        n: items asked.
        accuracy: share of the items whose value is read rightly, each by a probe that has not learned from it.
        majority: what always saying the most frequent value would reach.
    """

    attribute: str
    values: int
    n: int
    accuracy: float
    majority: float


def probe(attribute: str, vectors: Floats, values: Sequence[str]) -> Probe | None:
    """Ridge regression from vectors to values, each item read by the regression on all others.

    Leaving one out needs no second fit: its error is the error with it, over one less its leverage.

    Shapes: vectors (n, dim), values (n,), "" where unknown -> None where fewer than two values have five items.
    """
    names, number, counts = np.unique(np.asarray(values, str), return_inverse=True, return_counts=True)
    asked = (counts >= LEAST) & (names != "")
    if asked.sum() < 2:
        return None
    kept = asked[number]
    classes = (np.cumsum(asked) - 1)[number[kept]]
    x = np.hstack([vectors[kept].astype(np.float64), np.ones((int(kept.sum()), 1))])
    target = np.eye(int(asked.sum()))[classes]
    ridge = RIDGE * np.eye(x.shape[1])
    ridge[-1, -1] = 1e-9  # how frequent a value is, is not pulled
    half = np.linalg.solve(x.T @ x + ridge, x.T)
    leverage = np.minimum((x * half.T).sum(1), 1 - 1e-9)[:, None]
    said = (x @ (half @ target) - leverage * target) / (1 - leverage)
    accuracy = float((said.argmax(1) == classes).mean())
    return Probe(attribute, int(asked.sum()), len(classes), accuracy, float(counts[asked].max() / len(classes)))


def near_pairs(vectors: Floats, least: float, most: int) -> list[tuple[int, int, float]]:
    """Pairs of vectors whose cosine is at least ``least``, the nearest first, ``most`` of them.

    Shapes: (n, dim), unit rows.
    """
    found: list[tuple[int, int, float]] = []
    for start in range(0, len(vectors), CHUNK):
        cosine = vectors[start : start + CHUNK] @ vectors[start:].T
        first, second = np.nonzero(np.triu(cosine, 1) >= least)
        score = cosine[first, second]
        best = np.argsort(-score, kind="stable")[:most]
        found += zip((start + first[best]).tolist(), (start + second[best]).tolist(), score[best].tolist(), strict=True)
    return sorted(found, key=lambda pair: (-pair[2], pair[:2]))[:most]


@dataclass(frozen=True)
class Coverage:
    """How many items bring what."""

    both: int
    picture: int
    words: int
    none: int

    @property
    def items(self) -> int:
        """All of them."""
        return self.both + self.picture + self.words + self.none


def coverage(picture: Bools, words: Bools) -> Coverage:
    """Count items by what they bring. Shapes: (n,) twice."""
    return Coverage(
        int((picture & words).sum()), int((picture & ~words).sum()), int((~picture & words).sum()),
        int((~picture & ~words).sum()),
    )  # fmt: skip


def spread(rows: Ints, n: int, rng: np.random.Generator) -> Ints:
    """At most n of some rows, drawn by chance, in their order. Shapes: (m,) -> (at most n,)."""
    return rows if len(rows) <= n else np.sort(rng.permutation(rows)[:n])
