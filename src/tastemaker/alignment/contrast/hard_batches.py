"""Batches of near neighbours: the negatives that a picture is really mixed up with stand beside it.

In a random batch most negatives are of another kind and teach nothing after a while. Here items are grouped by exact
search in what the towers say now: an item, and those still free whose pictures its words come nearest to (and whose
words its picture does). A batch is made of many such groups, so that easy negatives are there too.

Source: ANCE, Xiong et al. 2021 (arXiv 2007.00808); batches of neighbours as in Hofstätter et al. 2021 (2104.06967).
"""

from collections.abc import Iterator

import numpy as np

from tastemaker.core.types import Floats, Ints


def groups_of(texts: Floats, pictures: Floats, size: int, rng: np.random.Generator) -> Ints:
    """Every item in one group of items that are taken for each other; the rest of the division is left out.

    Shapes: texts, pictures (n, dim), unit rows -> (n // size, size).
    """
    asks, answers = np.hstack([texts, pictures]), np.hstack([pictures, texts])
    free = rng.permutation(len(texts))
    groups = []
    while len(free) >= size:
        alike = answers[free] @ asks[free[0]]
        alike[0] = np.inf
        taken = np.argpartition(-alike, size - 1)[:size]
        groups.append(free[taken])
        free = np.delete(free, taken)
    return np.array(groups, np.int64).reshape(-1, size)


def hard_batches(groups: Ints, size: int, rng: np.random.Generator) -> Iterator[Ints]:
    """Whole groups by chance, ``size`` items together; the rest of the division waits for the next epoch.

    Shapes: groups (m, members) -> (size // members * members,) each.
    """
    each = max(1, size // groups.shape[1])
    order = rng.permutation(len(groups))
    for start in range(0, len(order) // each * each, each):
        yield groups[order[start : start + each]].ravel()
