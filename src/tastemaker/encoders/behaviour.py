"""Taste vectors: items that the same people chose lie near each other.

The people's choices as a sparse matrix, each row and column divided by the root of its length (so that busy people and
popular items do not drown the rest), and its first singular vectors. No training.
Source: PureSVD, Cremonesi et al. 2010 (RecSys), section 3.2; the normalisation is that of spectral clustering.
"""

import numpy as np

from tastemaker.catalog.interactions import Interactions
from tastemaker.core.seeds import generator
from tastemaker.core.types import Floats
from tastemaker.encoders.base import unit
from tastemaker.nn.directions import iterated

EXACT = 1_000
"""People or items up to which all directions are computed; beyond, the leading ones are come near to."""
SPARE = 8
"""Directions beyond those wanted, which make the wanted ones exact sooner."""
ROUNDS = 8
FAINT = 1e-4
"""Directions this much weaker than the first are rounding errors."""


def taste_vectors(events: Interactions, dim: int = 64) -> Floats:
    """Where each item stands in the taste of people; what people disliked does not count.

    Shapes: -> (rows, d), unit rows, zero for an item that nobody chose; d is ``dim`` or what the events give.
    """
    chosen = events.matrix()
    people, items = (np.maximum(np.asarray(chosen.sum(axis)).ravel(), 1.0) ** -0.5 for axis in (1, 0))
    even = chosen.multiply(people[:, None]).multiply(items[None, :]).tocsr()
    rank = min(dim, min(even.shape) - 1)
    if rank < 1 or not even.nnz:
        return np.zeros((events.n_rows, 1), np.float32)
    basis = np.eye(even.shape[1])
    if min(even.shape) > EXACT:
        start = generator(0, "taste").normal(size=(even.shape[1], rank + SPARE))
        basis = iterated(even, np.linalg.qr(start)[0].astype(np.float32), ROUNDS).astype(np.float64)
    _, values, right = np.linalg.svd(even @ basis, full_matrices=False)
    values, right = values[:rank], right[:rank]
    vectors = basis @ (right * np.where(values > FAINT * values[0], values, 0.0)[:, None]).T
    return unit(np.asarray(vectors * np.any(vectors != 0, axis=1)[:, None], np.float32))
