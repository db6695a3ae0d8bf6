"""Are semantic ids any good? A few figures a stream, and a word when they collapsed.

A quantiser that was trained badly gives every item the same codes, and everything built on it still runs. So what came
out is looked at before anybody learns from it, and a collapse is an error.
"""

from dataclasses import dataclass

import numpy as np

from tastemaker.core.errors import FitError
from tastemaker.core.seeds import generator
from tastemaker.core.types import Doubles, Floats, Ints

SAMPLE = 1_000  # items whose neighbours are looked for
NEIGHBOURS = 10
LEAST_SPREAD = 0.05  # of what the first codes could say; less is a collapse
LEAST_DISTINCT = 0.1  # of the ids that could differ
FEW = 8  # distinct vectors; fewer cannot collapse


@dataclass(frozen=True)
class CodeHealth:
    """How a stream of codes uses what it has.

    Attributes:
        usage: share of each level's codes that any item has.
        entropy: of each level's codes, as a share of the most it could be: 0 one code for all, 1 all alike often.
        distinct: different ids per item, above 0 and at most 1.
        collisions: share of the items that share their whole id with another.
        purity: share of an item's nearest neighbours that have its first code.
        chance: the purity that codes dealt out at random would have.
        lost: share of the vectors' squared spread that the codes do not give back: 0 nothing, 1 as much as the mean.
    """

    usage: tuple[float, ...]
    entropy: tuple[float, ...]
    distinct: float
    collisions: float
    purity: float
    chance: float
    lost: float

    def line(self) -> str:
        """All of it in one line."""
        used = " ".join(f"{share:.2f}" for share in self.usage)
        spread = " ".join(f"{share:.2f}" for share in self.entropy)
        near = f"purity {self.purity:.2f} (chance {self.chance:.2f}), lost {self.lost:.2f}"
        return f"usage {used}, entropy {spread}, distinct {self.distinct:.2f}, collisions {self.collisions:.2f}, {near}"


def examine(
    codes: Ints, sizes: tuple[int, ...], vectors: Floats | None = None, decoded: Floats | None = None, *, seed: int = 0
) -> CodeHealth:
    """Measure.

    Shapes: codes (n, levels), n at least 1; vectors, decoded (n, dim).

    Args:
        codes: of all items that have any.
        sizes: codes that each level could use.
        vectors: what the codes were made of; without them purity and chance are NaN.
        decoded: what the codes give back; without them ``lost`` is NaN.
        seed: of the sample that purity is measured on.
    """
    _, counts = np.unique(codes, axis=0, return_counts=True)
    shares = [np.bincount(column, minlength=size) / len(codes) for column, size in zip(codes.T, sizes, strict=True)]
    return CodeHealth(
        usage=tuple(float((share > 0).mean()) for share in shares),
        entropy=tuple(_entropy(share) for share in shares),
        distinct=len(counts) / len(codes),
        collisions=float(counts[counts > 1].sum() / len(codes)),
        purity=float("nan") if vectors is None else _purity(codes[:, 0], vectors, seed),
        chance=float("nan") if vectors is None else float((shares[0] ** 2).sum()),
        lost=float("nan") if vectors is None or decoded is None else _lost(vectors, decoded),
    )


def require_healthy(name: str, health: CodeHealth, codes: Ints, vectors: Floats) -> None:
    """Stop when the codes say much less than the vectors do.

    Raises:
        FitError: nearly all items have the same first code, or nearly no ids differ.
    """
    different = len(np.unique(np.round(vectors, 5), axis=0))
    if different < FEW:
        return
    distinct = len(np.unique(codes, axis=0))
    if max(health.entropy[0], 0.0) >= LEAST_SPREAD and distinct >= min(LEAST_DISTINCT * different, 1_000):
        return
    what = f"{distinct:,} ids for {different:,} different vectors, {health.line()}"
    raise FitError(
        f"the semantic ids of {name!r} collapsed: {what}",
        hint="use residual k-means, or give the RQ-VAE more epochs and a lower learning rate",
    )


def _lost(vectors: Floats, decoded: Floats) -> float:
    """Squared error over squared spread; 0 where all vectors are one."""
    spread = float(np.square(vectors - vectors.mean(axis=0), dtype=np.float64).sum())
    return float(np.square(vectors - decoded, dtype=np.float64).sum()) / spread if spread > 0 else 0.0


def _entropy(share: Doubles) -> float:
    """Entropy of shares over the largest there is; 0 where there is a single code."""
    if len(share) < 2:
        return 0.0
    used = share[share > 0]
    return float(-(used * np.log(used)).sum() / np.log(len(share)))


def _purity(first: Ints, vectors: Floats, seed: int) -> float:
    """How often a near neighbour has the same first code."""
    n = len(vectors)
    if n < 2:
        return 1.0
    asked = generator(seed, "purity").permutation(n)[:SAMPLE]
    lengths = np.einsum("nd,nd->n", vectors, vectors)
    gaps = lengths - 2.0 * (vectors[asked] @ vectors.T)
    gaps[np.arange(len(asked)), asked] = np.inf
    k = min(NEIGHBOURS, n - 1)
    near = np.argpartition(gaps, k - 1, axis=1)[:, :k]
    return float((first[near] == first[asked][:, None]).mean())
