"""What lifts an item in a search answer beside its nearness: wanted values and the person's taste.

A door's scores span 0 to 1; each pull here is a fraction of that, and none of them filters.
"""

from collections.abc import Sequence

import numpy as np

from tastemaker.catalog.interactions import History
from tastemaker.core.ranking import Facet
from tastemaker.core.stages import stage
from tastemaker.core.types import Floats, Ints
from tastemaker.index.coded import fold
from tastemaker.shop.editing import is_worded, likely
from tastemaker.shop.live import View

PULL = 0.25
"""How far one understood attribute value can lift an item."""
KIND = 0.5
"""The same of a value that says what a thing is: a dress in another colour comes before a red film."""
TASTE = 0.15
"""How far a known person's taste can lift an item."""


@stage("rank")
def pulls(view: View, facets: Sequence[Facet], rows: Ints) -> Floats:
    """What the soft facets add to each row: known values count fully, likely ones as far as they are likely.

    Shapes: rows (n,) -> (n,).
    """
    total = np.zeros(len(rows), np.float32)
    for facet in facets:
        if facet.hard:
            continue
        if facet.name == "price":
            total += PULL * _cheaper(view.catalog.prices[rows], facet)
        elif facet.op in ("=", "more", "!=", "less") and is_worded(view, facet.name):
            pull = KIND if facet.op == "=" and view.vocabulary.is_kind(facet.name) else PULL
            chance = likely(view, facet.name, {fold(facet.name, facet.value): 1.0}, rows)
            total += pull * chance if facet.op in ("=", "more") else -pull * chance
    return total.astype(np.float32)


def taste(view: View, history: History | None, rows: Ints) -> Floats:
    """What a person's taste adds to each row, 0 to TASTE.

    Shapes: rows (n,) -> (n,).
    """
    if history is None or not len(history.liked) or view.fitted.recommender is None or not len(rows):
        return np.zeros(len(rows), np.float32)
    scores = view.fitted.recommender.score([history], rows)[0]
    finite = np.isfinite(scores)
    if not finite.any():
        return np.zeros(len(rows), np.float32)
    low, high = float(scores[finite].min()), float(scores[finite].max())
    scaled = np.where(finite, (scores - low) / max(1e-9, high - low), 0.0)
    return (TASTE * scaled).astype(np.float32)


def _cheaper(prices: Floats, facet: Facet) -> Floats:
    """A wish about the price that is no limit: the rank among the prices at hand, 0 to 1; 0 where there is no price."""
    known = np.isfinite(prices)
    rank = np.zeros(len(prices), np.float32)
    if known.sum() > 1:
        order = np.argsort(np.argsort(prices[known])) / (known.sum() - 1)
        rank[known] = 1 - order if facet.op in ("<", "<=", "less") else order
    return rank
