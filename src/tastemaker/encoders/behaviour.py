"""Taste vectors: items that the same people chose lie near each other.

The people's choices as a sparse matrix, each row and column divided by the root of its length (so that busy people and
popular items do not drown the rest), and its first singular vectors. No training.
Source: PureSVD, Cremonesi et al. 2010 (RecSys), section 3.2; the normalisation is that of spectral clustering.
"""

import numpy as np
from scipy.sparse.linalg import svds

from tastemaker.catalog.interactions import Interactions
from tastemaker.core.seeds import generator
from tastemaker.core.types import Floats
from tastemaker.encoders.base import unit


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
    start = generator(0, "taste").normal(size=min(even.shape))
    values, right = svds(even, k=rank, v0=start, return_singular_vectors="vh")[1:]
    vectors = (right * values[:, None]).T
    return unit(np.asarray(vectors * np.any(vectors != 0, axis=1)[:, None], np.float32))
