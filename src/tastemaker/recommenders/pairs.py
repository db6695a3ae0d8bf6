"""Sums over pairs of different items that stand together, for any features of items: which go with which.

    matrix = sum_s w_s / (L_s - 1)  sum_{i != j in s} x_i x_j^T        margin = sum_s w_s sum_{i in s} x_i

With tokens as features the matrix counts pairs (a sofa beside a floor lamp), and its logarithm over what chance would
bring is a lift. With whitened vectors as features it is the bilinear map ``x_g^T M x_j`` that tells what looks right
beside what: the cross-covariance of canonical correlation analysis. A set of L items counts L times its weight, not
L (L - 1) times.

Sums can be taken back: what a set itself has brought is subtracted before anything is learned from that set, exactly
and without counting anew. Otherwise every training case would have seen its own answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags

from tastemaker.core.types import Floats, Ints
from tastemaker.recommenders.baskets import Sets

PRIOR = 0.05
"""Pairs that every lift is shrunk by."""


@dataclass(frozen=True)
class Own:
    """What one set has brought to the sums, to be taken back.

    Attributes:
        table: features of its items.
        weight: of the set.

    Shapes: table (items, dim).
    """

    table: Floats
    weight: float

    @property
    def share(self) -> float:
        """Weight of one ordered pair."""
        return self.weight / (len(self.table) - 1)


@dataclass(frozen=True)
class Pairs:
    """The sums.

    Attributes:
        matrix: over pairs of different items.
        margin: over items.
        total: weight of all items of all sets.

    Shapes: matrix (dim, dim); margin (dim,).
    """

    matrix: Floats
    margin: Floats
    total: float

    @classmethod
    def of(cls, sets: Sets, table: csr_matrix | Floats) -> "Pairs":
        """Sum over all sets. Shapes: table (rows, dim)."""
        share = sets.weight / np.maximum(sets.sizes - 1, 1)
        sums = sets.table @ table  # (sets, dim)
        alone = np.asarray(sets.table.T @ share).ravel()  # (rows,): the weight of each item's pair with itself
        matrix = sums.T @ diags(share) @ sums - table.T @ diags(alone) @ table
        margin = np.asarray((sets.table.T @ sets.weight) @ table).ravel()
        dense = matrix.toarray() if hasattr(matrix, "toarray") else matrix
        return cls(np.asarray(dense, np.float32), margin.astype(np.float32), float(sets.weight @ sets.sizes))

    def tensors(self, prefix: str) -> dict[str, npt.NDArray[np.generic]]:
        """Everything, for storage; the names start with ``prefix``."""
        total = np.array([self.total], np.float64)
        return {f"{prefix}matrix": self.matrix, f"{prefix}margin": self.margin, f"{prefix}total": total}

    @classmethod
    def restore(cls, tensors: Mapping[str, npt.NDArray[np.generic]], prefix: str) -> "Pairs":
        """Take back what :meth:`tensors` gave."""
        matrix, margin = (tensors[f"{prefix}{name}"].astype(np.float32) for name in ("matrix", "margin"))
        return cls(matrix, margin, float(tensors[f"{prefix}total"].astype(np.float64)[0]))

    def times(self, given: Floats, own: Own | None = None) -> Floats:
        """``given @ matrix``, centred: what chance would bring is taken away; per item of the sets.

        Shapes: given (n, dim) -> (n, dim).
        """
        found, margin, total = given @ self.matrix, self.margin, self.total
        if own is not None:
            sums = own.table.sum(axis=0)
            found = found - own.share * (np.outer(given @ sums, sums) - (given @ own.table.T) @ own.table)
            margin, total = margin - own.weight * sums, total - own.weight * len(own.table)
        if total <= 0:
            return np.zeros_like(found)
        return np.asarray(found / total - np.outer(given @ margin, margin) / total**2, np.float32)

    def lifts(self, columns: Ints, own: Own | None = None) -> Floats:
        """``log (pairs + prior) / (chance + prior)`` of some features with all. Shapes: columns (n,) -> (n, dim)."""
        found, margin, total = self.matrix[columns], self.margin, self.total
        if own is not None:
            sums = own.table.sum(axis=0)
            found = found - own.share * (np.outer(sums[columns], sums) - own.table[:, columns].T @ own.table)
            margin, total = margin - own.weight * sums, total - own.weight * len(own.table)
        chance = np.outer(margin[columns], margin) / max(total, 1e-9)
        return np.asarray(np.log((np.maximum(found, 0) + PRIOR) / (np.maximum(chance, 0) + PRIOR)), np.float32)
