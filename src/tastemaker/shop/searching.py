"""A rich query -> items: words, a picture, a change in words, a filter and a person's taste, each where it is given.

understand   words -> facets of this catalog (hard ones filter, soft ones pull) and the words that are left
doors        vectors for everything that can be embedded, BM25 for the words, fit for an edit of what is shown
fuse         the doors' scores, by the share that the fit has learned
pull         up goes what has the wanted attribute values, or looks as if it had; and what suits the person
refuse       what is not wanted goes: where the attribute is known, where it looks so, where the item's own words say so
show         one variant a product, the asked one, and the picture that shows it
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tastemaker.alignment.composing.query import Query, Term, mix, terms
from tastemaker.alignment.language.turns import understand_turns
from tastemaker.alignment.language.wordforms import stems
from tastemaker.alignment.language.wording import Wording
from tastemaker.catalog.interactions import History
from tastemaker.catalog.store import Store
from tastemaker.core.errors import InputError, NotFitted
from tastemaker.core.ranking import Facet, Part, Plan, Ranked, Ranking, Reason
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.index import filters, fusion
from tastemaker.index.coded import coded
from tastemaker.index.exact import best
from tastemaker.shop import editing
from tastemaker.shop.live import View
from tastemaker.shop.pulling import TASTE, pulls, taste
from tastemaker.shop.recommending import place
from tastemaker.shop.request import DEPTH, Request
from tastemaker.shop.telling import alike, chips, notes, reasons
from tastemaker.shop.variants import one_each, pictures

EDIT = 0.25
"""What one unit of fit to an edit weighs beside the doors, whose scores span 0 to 1."""
REFUSED = 0.05
"""From which chance on an item of unknown attributes counts as having a value that is refused."""


@dataclass(frozen=True)
class _Asked:
    """What a request means in a view: facets of its words and of its changes, and its parts in the space."""

    query: Query
    wished: tuple[Facet, ...]
    edited: tuple[Facet, ...]
    notes: tuple[str, ...]
    other: tuple[str, ...] = ()
    parts: tuple[Term, ...] = ()
    shown: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def facets(self) -> tuple[Facet, ...]:
        """All that was understood, each once."""
        return tuple(dict.fromkeys((*self.wished, *self.edited)))


@dataclass(frozen=True)
class Found:
    """Everything that a request finds, before it is cut to a length.

    Attributes:
        asked: what the request means.
        mask: rows that may be shown.
        rows: what the doors brought, in no order.
        scores: of the rows.
        doors: rows that each door brought.

    Shapes: mask (all rows,); rows, scores (n,).
    """

    asked: _Asked
    mask: Bools
    rows: Ints
    scores: Floats
    doors: dict[str, frozenset[int]]

    @property
    def facets(self) -> tuple[Facet, ...]:
        """All that was understood."""
        return self.asked.facets


def search(view: View, store: Store, request: Request, k: int) -> Ranking:
    """The items that answer a request best. The same words are answered once, as long as the view stands.

    Raises:
        InputError: nothing was asked for.
        FilterError: the filter cannot be read or typed.
    """

    def make() -> Ranking:
        return answer(view, request, find(view, store, request), k)

    asked = request.key
    return make() if asked is None else view.answers.get(("search", k, asked), make)


def find(view: View, store: Store, request: Request) -> Found:
    """All that answers a request, with scores, for whoever orders it further.

    Raises:
        InputError: nothing was asked for.
        FilterError: the filter cannot be read or typed.
    """
    if not (request.text.strip() or request.changes or request.picture or request.where.strip()):
        raise InputError("nothing was asked for", hint="give words, a picture, a change or a filter")
    asked = _otherwise(view, request, _with_parts(view, request, _understood(view, request)))
    kept = filters.parse(request.where) & filters.of_facets(asked.facets)
    mask = view.catalog.available & kept.mask(view.catalog) & ~editing.refused(view, asked.facets, REFUSED)
    if request.mask is not None:
        mask &= request.mask
    rows, scores, doors = _answers(view, store, asked, mask, request.depth)
    scores = (
        scores + pulls(view, asked.wished, rows) + request.weigh.get("taste", 1.0) * taste(view, request.history, rows)
    )
    return Found(asked, mask, rows, scores, doors)


def answer(view: View, request: Request, found: Found, k: int) -> Ranking:
    """What was found in its order, cut to a length and told."""
    asked, rows, scores = found.asked, found.rows, found.scores
    spare = DEPTH * bool(asked.query.avoid or request.product)
    order = _not_refused(view, asked.query.avoid, rows, best(scores, k + spare))
    rows, scores = one_each(view, request.product, asked.facets, rows[order], scores[order])
    items = _places(view, asked, rows[:k], scores[:k], found.doors)
    wanted = filters.parse(request.where)
    said = (*asked.notes, *notes(view, request, asked.facets, wanted, found=bool(items)))
    plan = _plan(view, request, asked, str(wanted & filters.of_facets(asked.facets))) if request.explain else None
    return Ranking(tuple(items), chips(request, asked.facets), said, plan)


def _places(view: View, asked: _Asked, rows: Ints, scores: Floats, doors: dict[str, frozenset[int]]) -> list[Ranked]:
    """The answer as it is shown, each item by the picture that was asked for."""
    shown = pictures(view, rows, asked.facets, asked.parts)
    items = []
    for row, score in zip(rows.tolist(), scores.tolist(), strict=True):
        item = place(view.catalog, row, score, reasons(view, row, asked.facets, doors))
        items.append(replace(item, picture=shown.get(row, item.picture)))
    return items


def similar(view: View, row: int, mask: Bools, k: int) -> Ranking:
    """Items near a row in the space; without a space, items that the same people chose.

    Raises:
        NotFitted: there is neither.
    """
    if view.index is not None and view.vectors is not None and view.vectors.present[row]:
        rows, scores = view.index.search(view.vectors.matrix[row], k, mask)
        near = zip(rows.tolist(), scores.tolist(), strict=True)
        return Ranking(tuple(place(view.catalog, at, score, [alike(view, row, at)]) for at, score in near))
    if view.fitted.recommender is None:
        raise NotFitted("nothing is fitted to find similar items with", hint="run `tastemaker fit`")
    rows = np.flatnonzero(mask)
    scores = view.fitted.recommender.score([History.of([row])], rows)[0]
    order = best(scores, k)
    note = "this item has neither picture nor words that the space can read: what the same people chose"
    why = [Reason("history", "the same people chose both", 1.0, (view.catalog.ids[row],))]
    items = [place(view.catalog, int(rows[at]), float(scores[at]), why) for at in order]
    return Ranking(tuple(items), notes=(note,))


def _understood(view: View, request: Request) -> _Asked:
    """The words and the changes read, the later over the earlier."""
    texts = (request.text, *request.changes)
    references = (None, *(request.reference for _ in request.changes))
    asked, *edits = understand_turns(texts, view.vocabulary, references, request.ignore)
    query = Query(
        asked.words,
        request.picture,
        tuple((shown.picture, shown.weight) for shown in request.others if shown.picture is not None),
        request.weight,
        ", ".join(edit.words for edit in edits if edit.words and _asks(edit)),
        avoid=tuple(dict.fromkeys(word for said in (asked, *edits) for word in said.avoid)),
    )
    notes = tuple(note for said in (asked, *edits) for note in said.notes)
    notes += _taken_as_words(request, edits)
    other = dict.fromkeys(name for said in (asked, *edits) for name in said.other)
    return _Asked(query, asked.facets, _facets(edits), notes, tuple(other))


def _asks(edit: Wording) -> bool:
    """Does a change ask for anything? "Something like this" does not."""
    return bool(edit.facets or edit.rest or edit.avoid or edit.other)


def _taken_as_words(request: Request, edits: Sequence[Wording]) -> tuple[str, ...]:
    """What to say of a change to a picture in which no attribute, amount or refusal was found at all."""
    rest = ", ".join(edit.rest for edit in edits if edit.rest)
    told = any(edit.facets or edit.notes or edit.other for edit in edits)
    if told or not rest or (request.picture is None and not request.items):
        return ()
    return (f"“{rest}” is taken as words: it names no attribute of these items",)


def _facets(wordings: Sequence[Wording]) -> tuple[Facet, ...]:
    return tuple(dict.fromkeys(facet for wording in wordings for facet in wording.facets))


def _with_parts(view: View, request: Request, asked: _Asked) -> _Asked:
    """The request's parts in the space, and what its pictures show; neither without a space."""
    if view.fitted.space is None or view.index is None:
        return asked
    query = asked.query
    if query.image is None and not query.text.strip() and not query.change.strip() and not query.others:
        return asked
    found = terms(view.fitted.space, query)
    parts = weighed(found, request.weigh)
    asked = replace(asked, notes=(*asked.notes, *_weighs_nothing(found, request.weigh), *_unheard(query, found)))
    if not request.changes:
        return replace(asked, parts=parts)
    pictures = iter(part for part in parts if part.name == "picture")
    items = [request.reference] * (query.image is not None) + [shown.item for shown in request.others]
    shown = editing.shown_values(
        view, [(item, part.vector, part.weight) for item, part in zip(items, pictures, strict=False)], request.mask
    )
    return replace(asked, parts=parts, shown=shown)


def _otherwise(view: View, request: Request, asked: _Asked) -> _Asked:
    """What is to be other than the shown ("another colour") is refused: the value that it most likely has."""
    refused, notes = [], []
    for name in asked.other:
        if chances := asked.shown.get(name):
            column = coded(view.catalog, name)
            value = column.shown[column.code_of[max(chances, key=lambda value: chances[value])]]
            refused.append(Facet(name, "!=", value, hard=True))
        else:
            notes.append(f"another {name} is not used: it is not known what {name} is shown")
    edited = (*asked.edited, *(facet for facet in refused if facet.label not in request.ignore))
    return replace(asked, edited=edited, notes=(*asked.notes, *notes))


def weighed(parts: Sequence[Term], factors: Mapping[str, float]) -> tuple[Term, ...]:
    """The parts with the weights that a person has changed; a factor is found by the part's name in the plan."""
    names = _names(parts)
    return tuple(
        replace(part, weight=part.weight * factors.get(name, 1.0)) for name, part in zip(names, parts, strict=True)
    )


def _weighs_nothing(parts: Sequence[Term], factors: Mapping[str, float]) -> tuple[str, ...]:
    """What to say of factors on parts that the request does not have."""
    names = [*_names(parts), "taste"]
    return tuple(
        f"nothing is called {name!r} here; what weighs: {', '.join(names)}" for name in factors if name not in names
    )


def _unheard(query: Query, parts: Sequence[Term]) -> tuple[str, ...]:
    """What to say of words in a space that has never read any, and of a picture in one that has never seen any."""
    heard, said = {part.name for part in parts}, []
    if f"{query.text}{query.change}".strip() and not heard & {"words", "change"}:
        said.append(
            "no item had words when the space was fitted: show a picture, or give the items titles and fit again"
        )
    if query.image is not None and "picture" not in heard:
        said.append("no item had a picture when the space was fitted: say it in words, or add pictures and fit again")
    return tuple(said)


def _names(parts: Sequence[Term]) -> list[str]:
    """A name of its own for every part: the second picture is "picture 2"."""
    before: dict[str, int] = {}
    names = []
    for part in parts:
        before[part.name] = before.get(part.name, 0) + 1
        names.append(part.name if before[part.name] == 1 else f"{part.name} {before[part.name]}")
    return names


def _answers(
    view: View, store: Store, asked: _Asked, mask: Bools, depth: int
) -> tuple[Ints, Floats, dict[str, frozenset[int]]]:
    """Fused answers of the doors, and which rows each of them brought; every kept row when only a filter was given."""
    query, pull = asked.query, [part for part in asked.parts if part.weight > 0]
    near = (np.empty(0, np.int64), np.empty(0, np.float32))
    if pull and view.index is not None:
        near = view.index.search(_mixed(view, asked.parts)[0], depth, mask)
    spoken = f"{query.text} {query.change}".strip()
    said = store.search_words(spoken, depth, mask) if spoken else (near[0][:0], near[1][:0])
    share = view.fitted.words_share
    if query.image is not None:
        share *= 0.25  # the picture holds what the words leave out
    if not pull:
        share = 1.0
    if not spoken and not pull and (query.image is None or view.index is None):
        rows = np.flatnonzero(mask)
        return rows, view.popularity[rows] / max(1.0, float(view.popularity.max(initial=0))), {}
    has_words = None if view.vectors is None else view.vectors.has.get("text")
    rows, scores = fusion.blend([near, said], [1.0 - share, share], floors=[None, 0.0], speaks=[None, has_words])
    if asked.edited or asked.shown:
        rows, scores = _edited(view, asked, mask, rows, scores)
    return rows, scores, {"words": frozenset(said[0].tolist())}


def _mixed(view: View, parts: Sequence[Term]) -> tuple[Floats, str]:
    """The parts as one vector, and how: as the fit has learned it for one picture and one change."""
    pictures, changes = ([part for part in parts if part.name == name] for name in ("picture", "change"))
    space, combiner = view.fitted.space, view.fitted.combiner
    if space is None or combiner is None or len(pictures) != 1 or len(changes) != 1:
        return mix(parts), "arithmetic"
    both = combiner.join(space, pictures[0], changes[0])
    rest = [part for part in parts if part.name not in ("picture", "change")]
    return mix([Term("change", both, pictures[0].weight + changes[0].weight), *rest]), combiner.name


def _edited(view: View, asked: _Asked, mask: Bools, rows: Ints, scores: Floats) -> tuple[Ints, Floats]:
    """The answers of the doors and those that fit the edit best, scored by both."""
    every = np.flatnonzero(mask)
    fits = editing.fit(view, asked.shown, asked.edited, every)
    together = np.union1d(rows, every[best(fits, DEPTH)])
    total = np.zeros(len(together), np.float32)
    total[np.searchsorted(together, rows)] = scores
    total += pulls(view, [facet for facet in asked.edited if facet.name == "price"], together)
    total += EDIT * fits[np.searchsorted(every, together)]
    return together, editing.first_what_is_asked(view, asked.shown, asked.edited, together, total)


def _not_refused(view: View, avoid: Sequence[str], rows: Ints, order: Ints) -> Ints:
    """The places of an order whose items do not name what is refused in their own words."""
    if not avoid:
        return order
    refused = [frozenset(stems(phrase)) for phrase in avoid]

    def names_it(row: int) -> bool:
        item = view.catalog.item(row)
        own = frozenset(stems(f"{item.title} {item.text}"))
        return any(phrase and phrase <= own for phrase in refused)

    return np.array([at for at in order.tolist() if not names_it(int(rows[at]))], np.int64)


def _plan(view: View, request: Request, asked: _Asked, filter: str) -> Plan:
    """How the request is carried out, as it can be read."""
    names = _names(asked.parts)
    parts = [Part(name, part.said, round(part.weight, 4)) for name, part in zip(names, asked.parts, strict=True)]
    if request.history is not None:
        parts.append(Part("taste", "", round(TASTE * request.weigh.get("taste", 1.0), 4)))
    held = editing.kept(view, asked.shown, asked.edited)
    top = {name: max(chances.items(), key=lambda entry: entry[1]) for name, (chances, _) in held.items()}
    return Plan(
        tuple(parts),
        asked.facets,
        {name: value for name, (value, _) in top.items()},
        {name: round(sure, 3) for name, (_, sure) in top.items()},
        filter,
        _mixed(view, asked.parts)[1] if any(part.weight > 0 for part in asked.parts) else "arithmetic",
    )
