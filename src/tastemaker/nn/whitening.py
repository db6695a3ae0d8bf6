"""Vectors without correlation: learned spaces have a few loud directions, and what tells things apart is often quiet.

Source: Kessy, Lewin and Strimmer 2018, Optimal whitening and decorrelation (arXiv 1512.00809), ZCA. Differs: a share of
the mean variance is added to each direction's, so that what is nothing but noise is not made loud.
"""

import numpy as np

from tastemaker.core.types import Floats


def whitening(vectors: Floats, ridge: float) -> tuple[Floats, Floats]:
    """Mean, and the matrix that takes the correlation out of vectors; those that are zero are left out.

    Args:
        vectors: at least one that is not zero.
        ridge: added to the variance of every direction, in mean variances.

    Shapes: (rows, dim) -> (dim,), (dim, dim).
    """
    kept = vectors[np.any(vectors != 0, axis=1)].astype(np.float64)
    mean = kept.mean(axis=0)
    values, directions = np.linalg.eigh(np.cov(kept - mean, rowvar=False, bias=True).reshape(len(mean), -1))
    scale = 1.0 / np.sqrt(np.maximum(values, 0) + ridge * max(values.mean(), 1e-12))
    return mean.astype(np.float32), (directions * scale @ directions.T).astype(np.float32)


def whitened(vectors: Floats, whiten: tuple[Floats, Floats]) -> Floats:
    """Vectors without correlation; zero stays zero. Shapes: (n, dim) -> (n, dim)."""
    told = np.any(vectors != 0, axis=1, keepdims=True)
    return np.where(told, (vectors - whiten[0]) @ whiten[1], 0.0).astype(np.float32)
