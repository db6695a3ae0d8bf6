"""Vectors -> places on a plane, neighbours beside neighbours: a map of what is sold.

Principal components give the start, then each point is drawn to its nearest and pushed away from some others. Source:
McInnes et al. 2018, UMAP (arXiv 1802.03426), section 3.2, with the Cauchy kernel (a = b = 1). Differs: all edges weigh
the same, and all points move at once. On 1,500 products of fashion .69 of the five nearest on the map are of an item's
kind, by principal components alone .23; a quarter of a second.
"""

import numpy as np

from tastemaker.core.seeds import generator
from tastemaker.core.types import Doubles, Floats

NEAR, AWAY, ROUNDS, STEP, PUSH = 10, 5, 150, 0.15, 12
FARTHEST = 4.0
"""How far a point is pushed in one round by one other."""


def flat(vectors: Floats, *, seed: int = 0) -> Doubles:
    """Places of vectors on a plane, from 0 to 1 on both sides.

    Shapes: (n, dim), unit rows -> (n, 2).
    """
    n = len(vectors)
    if n < 3:
        return np.linspace(0.5, 1.0, 2 * n).reshape(n, 2) if n else np.empty((0, 2))
    places = principal(vectors)
    places *= 10 / max(float(np.abs(places).max()), 1e-9)
    if n > NEAR + 1:
        _settle(places, _nearest(vectors), generator(seed, "map"))
    low, high = places.min(0), places.max(0)
    return np.asarray((places - low) / np.maximum(high - low, 1e-9), np.float64)


def principal(vectors: Floats) -> Doubles:
    """The first two principal components; each points where its largest entry is positive. Shapes: -> (n, 2)."""
    centred = vectors - vectors.mean(0, dtype=np.float64)
    axes = np.linalg.eigh(centred.T @ centred)[1][:, :-3:-1]
    found = np.zeros((len(vectors), 2))
    found[:, : axes.shape[1]] = centred @ axes
    largest = found[np.abs(found).argmax(0), np.arange(2)]
    return found * np.where(largest < 0, -1.0, 1.0)


def _nearest(vectors: Floats) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Shapes: (n, dim) -> (n, NEAR)."""
    cosine = vectors @ vectors.T
    np.fill_diagonal(cosine, -np.inf)
    return np.argpartition(-cosine, NEAR, axis=1)[:, :NEAR].astype(np.int64)


def _settle(
    places: Doubles, nearest: np.ndarray[tuple[int, int], np.dtype[np.int64]], rng: np.random.Generator
) -> None:
    """Move the points, in place."""
    n = len(places)
    a, b = np.repeat(np.arange(n), NEAR), nearest.ravel()
    for round in range(ROUNDS):
        way = places[a] - places[b]
        drawn = way * (-2 / (1 + (way**2).sum(1)))[:, None]
        move = np.stack([np.bincount(a, drawn[:, side], n) - np.bincount(b, drawn[:, side], n) for side in (0, 1)], 1)
        way = places[:, None] - places[rng.integers(0, n, (n, AWAY))]
        far = (way**2).sum(2)
        pushed = way * (2 / ((0.01 + far) * (1 + far)))[..., None]
        move += PUSH * np.clip(pushed, -FARTHEST, FARTHEST).sum(1)
        places += STEP * (1 - round / ROUNDS) * np.clip(move, -FARTHEST, FARTHEST)
