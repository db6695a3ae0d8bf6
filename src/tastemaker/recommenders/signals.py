"""What a history says, as one weight an item: the newest counts most, a repeated item counts once.

Every collaborative method reads histories through here, so that they agree on what "recent" means. Recency is counted
in items rather than in days: it works where no times are known, and for a person who comes back after a year.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

from tastemaker.catalog.interactions import History, Interactions
from tastemaker.core.types import Floats, Ints

SORTED = 0.95  # share of steps up the rows from which a list counts as sorted
FEWEST_STEPS = 50


def recent(history: History, half_life: float, dislike: float = 0.0) -> tuple[Ints, Floats]:
    """Distinct rows of a history, newest first, and a weight for each.

    ``w_i = 2^(-age_i / half_life)``, where ``age_i`` is how many other items came after the last event of ``i``.

    Args:
        history: oldest first.
        half_life: in items; 0 means that every item counts 1.
        dislike: weight of an item whose last word is a dislike (times its recency); 0 leaves such items out.

    Returns:
        Rows, newest first, and weights; both empty when the history says nothing.

    Shapes: (items,), (items,).
    """
    if len(history) == 0:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    rows, liked = history.last
    age = np.arange(len(rows), dtype=np.float32)
    weights = np.exp2(-age / half_life) if half_life > 0 else np.ones(len(rows), np.float32)
    weights = np.where(liked, weights, -dislike * weights).astype(np.float32)
    spoken = weights != 0
    return rows[spoken], weights[spoken]


def stacked(histories: Sequence[History], n_rows: int, half_life: float, dislike: float = 0.0) -> csr_matrix:
    """Histories as a sparse matrix of :func:`recent` weights; rows at or above ``n_rows`` are left out.

    Shapes: (len(histories), n_rows).
    """
    read = [recent(history, half_life, dislike) for history in histories]
    rows = np.concatenate([r for r, _ in read]) if read else np.empty(0, np.int64)
    values = np.concatenate([w for _, w in read]) if read else np.empty(0, np.float32)
    owner = np.repeat(np.arange(len(read)), [len(r) for r, _ in read])
    known = rows < n_rows
    return csr_matrix((values[known], (owner[known], rows[known])), shape=(len(read), n_rows), dtype=np.float32)


def in_order(events: Interactions) -> bool:
    """Does the order of the events mean anything?

    Without times the order is that of the file. A file in which nearly every person's events run up the rows of the
    catalog is a sorted list, not a story: nothing may be learned from what came after what.
    """
    if np.isfinite(events.time).any():
        return True
    order = np.argsort(events.user, kind="stable")
    same = np.diff(events.user[order]) == 0
    up = (np.diff(events.row[order]) > 0)[same]
    return len(up) < FEWEST_STEPS or bool(up.mean() < SORTED)


def shares(rows: Ints, contributions: Floats, n: int) -> list[tuple[int, float]]:
    """The ``n`` largest positive contributions, as shares of all positive ones. Shapes: rows, contributions (m,)."""
    return shares_each(rows, np.asarray(contributions)[None], n)[0]


def shares_each(rows: Ints, contributions: Floats, n: int) -> list[list[tuple[int, float]]]:
    """The same for every line. Shapes: rows (m,), contributions (lines, m)."""
    positive = np.maximum(np.asarray(contributions, np.float64), 0.0)
    order = np.argsort(-positive, axis=1, kind="stable")[:, :n]
    total = positive.sum(axis=1, keepdims=True)
    part = np.take_along_axis(positive, order, axis=1) / np.where(total > 0, total, 1.0)
    return [
        [(row, share) for row, share in zip(own, line, strict=True) if share > 0]
        for own, line in zip(rows[order].tolist(), part.tolist(), strict=True)
    ]
