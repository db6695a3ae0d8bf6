"""The leading directions of a matrix: where its lines differ most, from a few of its singular vectors."""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import svds

from tastemaker.core.types import Doubles, Floats


def leading(matrix: Floats | csr_matrix, k: int, start: Floats | Doubles | None = None) -> tuple[Floats, Floats]:
    """The ``k`` largest singular values and their right singular vectors, the smallest of them first.

    Args:
        matrix: dense or sparse.
        k: fewer than its lines and than its columns.
        start: where the iteration begins, not all zeros; the same start gives the same signs. Ones when None.

    Shapes: (n, width), start (min(n, width),) -> (k,), (width, k).
    """
    start = np.ones(min(matrix.shape), np.float32) if start is None else start
    _, strengths, directions = svds(matrix.astype(np.float32), k=k, v0=start)
    return strengths, directions.T


def iterated(matrix: Floats | csr_matrix, start: Floats, rounds: int) -> Floats:
    """An orthogonal basis near the leading directions, by subspace iteration: cheap where hundreds are wanted.

    Args:
        matrix: dense or sparse.
        start: drawn by chance, one column a direction.
        rounds: the more, the nearer.

    Shapes: (n, width), (width, k) -> (width, k).
    """
    for _ in range(rounds):
        start = np.linalg.qr(matrix.T @ (matrix @ start))[0]
    return np.ascontiguousarray(start, np.float32)
