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


def covering(matrix: Floats, share: float) -> Floats:
    """The fewest leading directions in which every line that is not zero keeps a share of its squared length.

    Args:
        matrix: lines whose products are to stay as they are, or nearly: it is not centred.
        share: above 0, up to 1; 1 gives every direction.

    Returns:
        An orthogonal basis, the leading direction first; at least one.

    Shapes: (n, width) -> (width, k).
    """
    if share >= 1.0:
        return np.eye(matrix.shape[1], dtype=np.float32)
    _, directions = np.linalg.eigh(matrix.T.astype(np.float64) @ matrix.astype(np.float64))
    directions = directions[:, ::-1].astype(np.float32)
    lines = matrix[np.any(matrix != 0, axis=1)]
    lacks = np.cumsum((lines @ directions) ** 2, axis=1) < share * np.sum(lines * lines, axis=1, keepdims=True)
    fewest = int(lacks.sum(axis=1).max(initial=0)) + 1
    return np.ascontiguousarray(directions[:, :fewest])
