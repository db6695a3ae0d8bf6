"""The variant that was asked for: of several items that are one product, and of several pictures of one item.

Who asks for a red shirt and gets one that comes in five colours wants to see the red one. Items that share a product
(the attribute named by ``product`` in ``[search]``) take one place together, the best that any of them has, and the one
that has most of the asked values is shown. An item that comes in several values itself, or of which nobody knows, shows
the picture that looks most like what was asked.
"""

from collections.abc import Sequence

import numpy as np

from tastemaker.alignment.composing.query import Term
from tastemaker.core.ranking import Facet
from tastemaker.core.types import Floats, Ints
from tastemaker.index.coded import fold
from tastemaker.shop.editing import is_worded, likely
from tastemaker.shop.live import View

LOOKED = 100
"""Places whose pictures are looked at; below them an item shows its first."""
PICTURES = 8
"""Pictures of an item that are looked at."""
CLEARLY = 0.05
"""How much better than the first another picture must fit, in cosine and chance together, to be shown instead."""


def one_each(view: View, product: str, facets: Sequence[Facet], rows: Ints, scores: Floats) -> tuple[Ints, Floats]:
    """An answer with one item a product: at the best place of its variants, the one that has most of what was asked.

    Args:
        view: the shop.
        product: attribute that the variants of a product share; "" leaves every item for itself.
        facets: what was understood.
        rows: the answer, best first.
        scores: of the rows.

    Raises:
        UnknownName: the catalog has no such attribute.

    Shapes: rows, scores (n,) -> (m,), (m,).
    """
    if not product or not len(rows):
        return rows, scores
    column = view.catalog.column(product)
    places: dict[str, list[int]] = {}
    for at, row in enumerate(rows.tolist()):
        value = str(column[row])
        places.setdefault(f"row {row}" if value in ("", "nan", "None") else f"product {value}", []).append(at)
    met = np.zeros(len(rows))
    for facet in _asked(view, facets):
        met += likely(view, facet.name, {fold(facet.name, facet.value): 1.0}, rows)
    shown = [max(group, key=lambda at: met[at]) for group in places.values()]
    return rows[shown], scores[[group[0] for group in places.values()]]


def pictures(view: View, rows: Ints, facets: Sequence[Facet], parts: Sequence[Term]) -> dict[int, str]:
    """The picture of an item that shows what was asked, for those rows where it is not the first.

    Args:
        view: the shop.
        rows: of the answer, best first.
        facets: what was understood.
        parts: of the request; without asked values the words and the change say what is wanted.

    Shapes: rows (n,).
    """
    asked = _asked(view, facets)
    said = [part.weight * part.vector for part in parts if part.name in ("words", "change")]
    images = view.catalog.images
    several = {row: images(row)[:PICTURES] for row in rows[:LOOKED].tolist() if len(images(row)) > 1}
    if asked:
        several = {row: names for row, names in several.items() if _open(view, row, asked)}
    space = view.fitted.space
    if space is None or not several or not (asked or said):
        return {}
    towards = space.embed_texts([" ".join(facet.value for facet in asked)])[0] if asked else np.sum(said, axis=0)
    names = [name for each in several.values() for name in each]
    vectors = view.fitted.seen.vectors(space, view.catalog, names)
    fits = vectors @ (towards / max(1e-9, float(np.linalg.norm(towards))))
    for facet in asked:
        fits = fits + _chances(view, facet, vectors) / len(asked)
    ends = np.cumsum([len(each) for each in several.values()])
    best = {}
    for (row, each), own in zip(several.items(), np.split(fits, ends[:-1]), strict=True):
        at = int(own.argmax())
        if own[at] > own[0] + CLEARLY:
            best[row] = each[at]
    return best


def _asked(view: View, facets: Sequence[Facet]) -> list[Facet]:
    """The facets that ask for a value."""
    return [facet for facet in facets if facet.op == "=" and is_worded(view, facet.name)]


def _open(view: View, row: int, asked: Sequence[Facet]) -> bool:
    """Is there an asked value that the item has among others, or may have because nobody knows?"""
    known = view.catalog.item(row).attributes
    for facet in asked:
        value = known.get(facet.name)
        if not value and facet.name in view.catalog.types:
            return True
        held = {fold(facet.name, each) for each in value} if isinstance(value, tuple) else set()
        if len(held) > 1 and fold(facet.name, facet.value) in held:
            return True
    return False


def _chances(view: View, facet: Facet, vectors: Floats) -> Floats:
    """How likely each picture shows a value; 0 where that was not learned. Shapes: (n, dim) -> (n,)."""
    values, chances = ((), vectors[:, :0]) if view.fitted.traits is None else view.fitted.traits.chances(
        facet.name, vectors
    )  # fmt: skip
    key = fold(facet.name, facet.value)
    match = [at for at, value in enumerate(values) if fold(facet.name, value) == key]
    return np.asarray(chances[:, match].sum(axis=1), np.float32)
