"""A rich query -> items: words, a picture, a change in words, a filter and a person's taste, each where it is given.

understand   words -> facets of this catalog (hard ones filter, soft ones pull) and the words that are left
doors        vectors for everything that can be embedded, BM25 for the words
fuse         the doors' scores, by the share that the fit has learned
pull         up goes what has the wanted attribute values, or looks as if it had; and what suits the person
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from tastemaker.alignment.query import Query, Term, mix, terms
from tastemaker.alignment.wording import understand
from tastemaker.catalog.interactions import History
from tastemaker.catalog.items import Item
from tastemaker.catalog.store import Store
from tastemaker.core.errors import InputError, NotFitted
from tastemaker.core.ranking import Facet, Ranked, Ranking, Reason
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.index import filters, fusion
from tastemaker.index.exact import best
from tastemaker.index.near import near_misses
from tastemaker.shop.live import View
from tastemaker.shop.pulling import keeps, pulls, reference_values, taste
from tastemaker.shop.recommending import place

DEPTH = 500
"""How many answers of each door are fused."""


@dataclass(frozen=True)
class Request:
    """What was asked for.

    Attributes:
        text: words.
        picture: a decoded picture; None when there is none.
        change: what should be different, in words.
        where: a filter.
        history: what the person did, when one is named.
        mask: rows that may come back; None for all.
        ignore: labels of facets that the person has removed.
        reference: the item whose picture it is, when it is one of the catalog's.
    """

    text: str = ""
    picture: Image.Image | None = None
    change: str = ""
    where: str = ""
    history: History | None = None
    mask: Bools | None = None
    ignore: tuple[str, ...] = ()
    reference: Item | None = None


def search(view: View, store: Store, request: Request, k: int) -> Ranking:
    """The items that answer a request best.

    Raises:
        InputError: nothing was asked for.
        FilterError: the filter cannot be read or typed.
    """
    if not (request.text.strip() or request.change.strip() or request.picture or request.where.strip()):
        raise InputError("nothing was asked for", hint="give words, a picture, a change or a filter")
    wanted = filters.parse(request.where)
    asked = understand(request.text, view.vocabulary, ignore=request.ignore)
    edit = understand(request.change, view.vocabulary, reference=request.reference, ignore=request.ignore)
    facets = tuple(dict.fromkeys((*asked.facets, *edit.facets)))
    query = Query(asked.words, request.picture, edit.words, avoid=asked.avoid + edit.avoid)
    mask = view.catalog.available & (wanted & filters.of_facets(facets)).mask(view.catalog)
    if request.mask is not None:
        mask &= request.mask
    parts = _parts(view, query)
    rows, scores, doors = _answers(view, store, query, parts, mask)
    scores = scores + pulls(view, facets, rows) + taste(view, request.history, rows)
    if request.change.strip():
        scores = scores + keeps(view, reference_values(view, request.reference, parts), facets, rows)
    order = best(scores, k)
    items = [
        place(view.catalog, row, float(score), _reasons(view, row, facets, doors))
        for row, score in zip(rows[order].tolist(), scores[order], strict=True)
    ]
    chips = _chips(request, facets)
    notes = (*asked.notes, *edit.notes, *_notes(view, request, facets, wanted, found=bool(items)))
    return Ranking(tuple(items), chips, notes)


def similar(view: View, row: int, mask: Bools, k: int) -> Ranking:
    """Items near a row in the space; without a space, items that the same people chose.

    Raises:
        NotFitted: there is neither.
    """
    if view.index is not None and view.vectors is not None and view.vectors.present[row]:
        rows, scores = view.index.search(view.vectors.matrix[row], k, mask)
        return Ranking(tuple(_near(view, row, int(other), float(s)) for other, s in zip(rows, scores, strict=True)))
    if view.fitted.recommender is None:
        raise NotFitted("nothing is fitted to find similar items with", hint="run `tastemaker fit`")
    rows = np.flatnonzero(mask)
    scores = view.fitted.recommender.score([History.of([row])], rows)[0]
    order = best(scores, k)
    note = "this item has neither picture nor words that the space can read: what the same people chose"
    why = [Reason("history", "the same people chose both", 1.0, (view.catalog.ids[row],))]
    items = [place(view.catalog, int(rows[at]), float(scores[at]), why) for at in order]
    return Ranking(tuple(items), notes=(note,))


def _near(view: View, row: int, other: int, score: float) -> Ranked:
    """A neighbour, with the attribute values that both have."""
    mine, theirs = view.catalog.item(row).attributes, view.catalog.item(other).attributes
    same = {name: str(value) for name, value in theirs.items() if isinstance(value, str) and mine.get(name) == value}
    shown = dict(list(same.items())[:3])
    sentence = (
        f"same {', '.join(f'{name} {value}' for name, value in shown.items())}" if shown else "looks and reads alike"
    )
    return place(view.catalog, other, score, [Reason("near", sentence, 1.0, (view.catalog.ids[row],), shown)])


def _answers(
    view: View, store: Store, query: Query, parts: Sequence[Term], mask: Bools
) -> tuple[Ints, Floats, dict[str, frozenset[int]]]:
    """Fused answers of the doors, and which rows each of them brought; every kept row when only a filter was given."""
    near = (np.empty(0, np.int64), np.empty(0, np.float32))
    if parts and view.index is not None:
        near = _second_look(view, query, parts, view.index.search(mix(parts), DEPTH, mask))
    spoken = f"{query.text} {query.change}".strip()
    said = store.search_words(spoken, DEPTH, mask) if spoken else (near[0][:0], near[1][:0])
    share = view.fitted.words_share
    if query.image is not None:
        share *= 0.25  # the picture holds what the words leave out
    if not parts:
        share = 1.0
    if not spoken and not parts:
        rows = np.flatnonzero(mask)
        return rows, view.popularity[rows] / max(1.0, float(view.popularity.max(initial=0))), {}
    has_words = None if view.vectors is None else view.vectors.has.get("text")
    rows, scores = fusion.blend([near, said], [1.0 - share, share], floors=[None, 0.0], speaks=[None, has_words])
    return rows, scores, {"words": frozenset(said[0].tolist())}


def _second_look(view: View, query: Query, parts: Sequence[Term], near: tuple[Ints, Floats]) -> tuple[Ints, Floats]:
    """The nearest items in the order of a space that looks twice, when words alone or a picture alone ask."""
    if len(parts) != 1 or view.fitted.space is None or view.vectors is None:
        return near
    asked = query.image if query.image is not None else query.text
    return view.fitted.space.rerank(asked, view.vectors, *near) if asked else near


def _parts(view: View, query: Query) -> tuple[Term, ...]:
    """The request's parts in the space; none when there is no space or nothing that a space could read."""
    if view.fitted.space is None or view.index is None:
        return ()
    if query.image is None and not query.text.strip() and not query.change.strip():
        return ()
    return terms(view.fitted.space, query)


def _reasons(view: View, row: int, facets: Sequence[Facet], doors: dict[str, frozenset[int]]) -> list[Reason]:
    """Facts that speak for a row: attribute values that were asked for, words that match, else nearness."""
    item = view.catalog.item(row)
    met = {}
    for facet in facets:
        value = item.attributes.get(facet.name)
        shown = ", ".join(value) if isinstance(value, tuple) else str(value)
        if facet.op == "=" and value is not None and facet.value.casefold() in shown.casefold():
            met[facet.name] = shown
    if met:
        return [Reason("attributes", ", ".join(f"{name}: {value}" for name, value in met.items()), attributes=met)]
    if row in doors.get("words", frozenset()):
        return [Reason("words", "matches your words")]
    return [Reason("near", "close to what you asked for") if doors else Reason("filter", "fits your filter")]


def _chips(request: Request, facets: tuple[Facet, ...]) -> tuple[Facet, ...]:
    """What was understood, as the person sees it: first the picture, then every facet."""
    picture = (Facet("picture", "like", "yours"),) if request.picture is not None else ()
    return picture + facets


def _notes(
    view: View, request: Request, facets: tuple[Facet, ...], wanted: filters.Filter, *, found: bool
) -> list[str]:
    """Fallbacks that were taken, and a way on when nothing was found."""
    notes = []
    if request.picture is not None and view.index is None:
        notes.append("the picture could not be used: no space is fitted")
    if not found:
        misses = near_misses(wanted & filters.of_facets(facets), view.catalog)
        notes.extend(misses or ["nothing fits; take something away"])
    return notes
