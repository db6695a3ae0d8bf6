"""What lifts an item in a search answer beside its nearness: wanted values, what was to stay, and the person's taste.

A door's scores span 0 to 1; each pull here is a fraction of that, and none of them filters.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from tastemaker.alignment.query import Term
from tastemaker.catalog.interactions import History
from tastemaker.catalog.items import Item
from tastemaker.core.ranking import Facet
from tastemaker.core.types import Floats, Ints
from tastemaker.shop.live import View

PULL = 0.25
"""How far one understood attribute value can lift an item."""
KEEP = 0.5
"""How far all the values together that a change did not name can lift an item that keeps them."""
TASTE = 0.15
"""How far a known person's taste can lift an item."""
TELLING = 200
"""An attribute with more values than this (a brand, a director) says little about what was to stay."""


def pulls(view: View, facets: Sequence[Facet], rows: Ints) -> Floats:
    """What the soft facets add to each row: known values count fully, likely ones as far as they are likely.

    Shapes: rows (n,) -> (n,).
    """
    total = np.zeros(len(rows), np.float32)
    for facet in facets:
        if facet.hard:
            continue
        if facet.name == "price":
            total += _cheaper(view.catalog.prices[rows], facet)
        elif facet.op in ("=", "!="):
            likely = _likely(view, facet.name, facet.value, rows)
            total += likely if facet.op == "=" else -likely
    return (PULL * total).astype(np.float32)


def reference_values(view: View, reference: Item | None, parts: Sequence[Term]) -> dict[str, tuple[str, float]]:
    """What the picture that is to be changed shows: attribute -> (value, how sure), known or guessed from its looks."""
    traits = view.fitted.traits
    if traits is None:
        return {}
    kinds = {
        n: spec
        for n, spec in view.catalog.attributes.items()
        if spec.type == "category" and len(spec.values) <= TELLING
    }
    if reference is not None:
        return {name: (str(value), 1.0) for name, value in reference.attributes.items() if name in kinds}
    seen = [part.vector for part in parts if part.name == "picture"]
    if not seen:
        return {}
    guesses = {name: traits.likely(name, seen[0][None]) for name in traits.names if name in kinds}
    return {name: guess[0] for name, guess in guesses.items() if guess}


def keeps(view: View, reference: Mapping[str, tuple[str, float]], changed: Sequence[Facet], rows: Ints) -> Floats:
    """What each row is lifted by for keeping the reference's values that the change does not name.

    Shapes: rows (n,) -> (n,), 0 to KEEP.
    """
    named = {facet.name for facet in changed}
    kept = {name: told for name, told in reference.items() if name not in named}
    weight = sum(sure for _, sure in kept.values())
    if not weight:
        return np.zeros(len(rows), np.float32)
    total = sum(sure * _likely(view, name, value, rows) for name, (value, sure) in kept.items())
    return np.asarray(KEEP * total / weight, np.float32)


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


def _likely(view: View, name: str, value: str, rows: Ints) -> Floats:
    """How far each row has a value: 1 or 0 where it is known, a probability where it is not; 0 without a space."""
    if view.fitted.traits is None or view.vectors is None:
        return np.zeros(len(rows), np.float32)
    return view.fitted.traits.score(name, value, rows, view.catalog, view.vectors.matrix)


def _cheaper(prices: Floats, facet: Facet) -> Floats:
    """A wish about the price that is no limit: the rank among the prices at hand, 0 to 1; 0 where there is no price."""
    known = np.isfinite(prices)
    rank = np.zeros(len(prices), np.float32)
    if known.sum() > 1:
        order = np.argsort(np.argsort(prices[known])) / (known.sum() - 1)
        rank[known] = 1 - order if facet.op in ("<", "<=") else order
    return rank
