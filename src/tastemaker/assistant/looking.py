"""A state -> what the shop has for it: a request, what may be meant, and the items that are shown."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from tastemaker.alignment.language.turns import understand_turns
from tastemaker.alignment.language.wording import Wording
from tastemaker.assistant.belief import EDITED, TEMPERATURE, Belief, Evidence, believe
from tastemaker.assistant.fitting import fitting
from tastemaker.assistant.state import Known, Reply, Said, State
from tastemaker.catalog.interactions import WEIGHTS, History
from tastemaker.catalog.items import Item
from tastemaker.core.errors import PictureError
from tastemaker.core.lines import one_line
from tastemaker.core.ranking import Facet, Ranked, Ranking
from tastemaker.core.types import Bools, Doubles, Floats, Ints
from tastemaker.index import filters
from tastemaker.shop import editing, recommending, searching
from tastemaker.shop.asking import OfItem, Shown, shown_of
from tastemaker.shop.live import View
from tastemaker.shop.request import DEPTH, Request
from tastemaker.shop.shop import Shop

LIKE = "like this"
"""Said with a picture that nothing was said with: a change of nothing, so that what it shows is read and held on to."""
NAMED = 0.9
"""Confidence in a value that was only named: it may be part of a title."""
ANSWERED = 0.95
"""Confidence in an answer; see ``assistant.evidence``."""

BEHIND = 1_000.0
"""More than the logarithms of any two chances differ by."""

FindPicture = Callable[[str], Image.Image | None]


@dataclass(frozen=True, eq=False)
class Base:
    """What the wish alone finds, before answers and judgements; kept while only those change.

    Attributes:
        request: the search; None before anything was asked for, when the recommender's scores stand.
        found: its answer.
        mask: rows that may be shown.
        rows: with a score.
        scores: of the rows.
        notes: fallbacks.

    Shapes: mask (all rows,); rows, scores (n,).
    """

    request: Request | None
    found: searching.Found | None
    mask: Bools
    rows: Ints
    scores: Floats
    notes: tuple[str, ...] = ()

    @property
    def guessed(self) -> bool:
        """Are there words and nothing else, and does no item hold any of them?"""
        words = self.request is not None and bool(self.request.text.strip()) and self.request.picture is None
        return words and self.found is not None and self.found.doors.get("words") == frozenset()


@dataclass(frozen=True, eq=False)
class Look:
    """Everything behind one answer.

    Attributes:
        view: the shop as it was.
        base: what the wish alone finds.
        belief: what may be meant.
        history: of the person.
        behind: for each row of the belief whether it stands behind the others, however likely it is: where every word
            of the wish is understood, what lacks any of it.

    Shapes: behind (n,).
    """

    view: View
    base: Base
    belief: Belief
    history: History
    behind: Bools

    @property
    def order(self) -> Doubles:
        """By how much each row of the belief stands before others, the more the earlier. Shapes: (n,)."""
        scores = np.log(np.maximum(self.belief.chances, 1e-300))
        return np.where(self.behind, scores - BEHIND, scores)


def look(shop: Shop, state: State, find: FindPicture, base: Base | None = None, heard: Floats | None = None) -> Look:
    """What may be meant, and how likely each item is.

    Args:
        shop: the shop.
        state: what is understood.
        find: the person's pictures by key.
        base: of the same wish, from before.
        heard: what past conversations make of this one, as logits.

    Shapes: heard (all rows,).
    """
    view = shop.view
    history = history_of(shop, view, state)
    base = base or base_of(shop, view, state, find, history)
    mask = base.mask & filters.of_facets(known.facet for known in state.chosen).mask(view.catalog)
    judged = _rows(view, state.liked), _rows(view, state.disliked)
    evidence = Evidence(state.replies, _rows(view, state.seen), *judged, heard)
    mask &= ~editing.refused(view, [known.facet for known in state.chosen], searching.REFUSED)
    mask[_rows(view, (*state.disliked, *state.likes_of))] = False
    edited = base.request is not None and bool(base.request.picture is not None or base.request.items)
    belief = believe(view, mask, base.rows, base.scores, evidence, EDITED if edited else TEMPERATURE)
    return Look(view, base, belief, history, ~_before(view, state, edited=edited)[belief.rows])


def _before(view: View, state: State, *, edited: bool) -> Bools:
    """Rows that stand before all others: what has all that was said, where nothing was said beside it.

    Of a change to something shown the search says itself how much of it an item meets; only its kind is held on to.

    Shapes: -> (rows,).
    """
    known = facets_of(view, state)
    if edited:
        kinds = [each for each in known if each.source == "reference" or view.vocabulary.is_kind(each.facet.name)]
        return fitting(view, [each.facet for each in kinds])
    read = [wording for _, wording in _read(view, state)]
    understood = not any(wording.rest for wording in read)
    return fitting(view, [each.facet for each in known] if understood else [])


def base_of(shop: Shop, view: View, state: State, find: FindPicture, history: History) -> Base:
    """Search for the wish; without one what suits the person or most people."""
    texts, shown, lost = _parts(view, state, find)
    if not (texts or shown):
        mask = view.catalog.available.copy()
        mask[history.seen] = False
        rows = np.flatnonzero(mask)
        told, notes = recommending.said(view, history, rows, state.person)
        return Base(None, None, mask, rows, _scaled(told.scores), (*lost, *notes))
    depth = max(DEPTH, view.catalog.size)
    request = Request("" if shown else texts[0], ignore=state.removed, depth=depth)
    request = replace(request, history=history if len(history) else None)
    request = request.showing(shown or [Shown(None)], (texts or [LIKE]) if shown else texts[1:])
    found = searching.find(view, shop.store, request)
    return Base(request, found, found.mask, found.rows, found.scores, lost)


def ranking_of(look: Look, state: State, k: int, *, skip: Sequence[str] = ()) -> Ranking:
    """The k likeliest items, told.

    Args:
        look: what may be meant.
        state: what is understood.
        k: how many.
        skip: ids that are not shown again.
    """
    view, belief = look.view, look.belief
    kept = ~np.isin(belief.rows, _rows(view, skip))
    rows, order = belief.rows[kept], look.order[kept]
    chances = dict(zip(rows.tolist(), belief.chances[kept].tolist(), strict=True))
    facets = tuple(known.facet for known in state.facets)
    if look.base.found is None or look.base.request is None:
        first = rows[np.lexsort((rows, -order))[:k]].tolist()
        return Ranking(_told(_recommended(look, row, chances[row]) for row in first), facets, look.base.notes)
    asked = replace(look.base.found.asked, wished=tuple(dict.fromkeys((*look.base.found.asked.wished, *facets))))
    found = replace(look.base.found, asked=asked, rows=rows, scores=order.astype(np.float32))
    told = searching.answer(view, look.base.request, found, k)
    items = _told(replace(item, score=chances[view.catalog.row(item.id)]) for item in told.items)
    return Ranking(items, facets, (*look.base.notes, *told.notes))


def _told(items: Iterable[Ranked]) -> tuple[Ranked, ...]:
    """Items whose words are one line each."""
    return tuple(
        replace(
            item,
            title=one_line(item.title),
            reasons=tuple(replace(reason, sentence=one_line(reason.sentence)) for reason in item.reasons),
        )
        for item in items
    )


def place_of(seen: Look, row: int) -> int | None:
    """The place of a row among all that may be meant, from 1."""
    at = np.flatnonzero(seen.belief.rows == row)
    if not len(at):
        return None
    return int((seen.order > seen.order[at[0]]).sum()) + 1


def facets_of(view: View, state: State) -> tuple[Known, ...]:
    """Everything that is understood: of the words, later ones over earlier ones, then answers and choices."""
    found: dict[str, Known] = {}
    for said, wording in _read(view, state):
        for facet in wording.facets:
            found[facet.label] = Known(facet, said.turn, 1.0 if facet.hard else NAMED)
    for reply in state.replies:
        for facet in answered(reply):
            found[facet.label] = Known(facet, reply.turn, ANSWERED, "answer")
    for known in state.chosen:
        found[known.label] = known
    return tuple(found.values())


def _read(view: View, state: State) -> list[tuple[Said, Wording]]:
    """What was said, each with what was understood of it and later words did not overrule."""
    texts = [said.words for said in state.said]
    references = [_reference(view, state)] * len(texts)
    read = understand_turns(texts, view.vocabulary, references, state.removed)
    return list(zip(state.said, read, strict=True))


def answered(reply: Reply) -> list[Facet]:
    """What an answer says, as chips; nothing for pictures, which say it by themselves."""
    question = reply.question
    if question.kind == "attribute":
        return [Facet(question.about, "=", value) for value in reply.values]
    taken = [choice for choice in question.choices if choice.value in reply.values and question.kind == "price"]
    limits = [("<", choice.high) for choice in taken] + [(">=", choice.low) for choice in taken]
    return [Facet("price", op, f"{limit:g}") for op, limit in limits if limit is not None]


def history_of(shop: Shop, view: View, state: State) -> History:
    """What the person did before and liked in this conversation."""
    past = shop.store.history(state.person) if state.person else History.of([])
    past = past.among(view.catalog.alive)
    liked = _rows(view, state.liked)
    weights = np.full(len(liked), WEIGHTS["like"], np.float32)
    return History(
        np.concatenate([past.rows, np.array(liked, np.int64)]),
        np.concatenate([past.weights, weights]),
        np.concatenate([past.times, np.full(len(liked), np.nan)]),
    )


def _parts(view: View, state: State, find: FindPicture) -> tuple[list[str], list[Shown], tuple[str, ...]]:
    """Words, pictures and items that the wish is made of, and what of it is lost."""
    texts = [said.words for said in state.said if said.words.strip()]
    shown: list[Shown] = []
    lost: list[str] = []
    for id in filter(view.catalog.has, state.likes_of):
        try:
            shown += shown_of(view, OfItem(id), ())
        except PictureError:
            texts.insert(0, view.catalog.item(view.catalog.row(id)).title)
    if state.pictures and not shown:
        picture = find(state.pictures[-1])
        shown = [Shown(picture)] if picture is not None else []
        lost += [] if picture is not None else ["the picture is no longer kept here; send it again"]
    return texts, shown, tuple(lost)


def _reference(view: View, state: State) -> Item | None:
    """The item that the words change."""
    there = next(filter(view.catalog.has, state.likes_of), None)
    return None if there is None else view.catalog.item(view.catalog.row(there))


def _recommended(look: Look, row: int, chance: float) -> Ranked:
    """A row with the reasons of a recommendation."""
    reasons = recommending.reasons(look.view, look.history, row)
    return recommending.place(look.view.catalog, row, chance, reasons)


def _scaled(scores: Floats) -> Floats:
    """Scores of the recommender on the scale of a search, 0 to 1; 0 where it says nothing. Shapes: (n,) -> (n,)."""
    told = np.isfinite(scores)
    if not told.any():
        return np.zeros(len(scores), np.float32)
    low, high = float(scores[told].min()), float(scores[told].max())
    return np.where(told, (scores - low) / max(1e-9, high - low), 0.0).astype(np.float32)


def _rows(view: View, ids: Sequence[str]) -> list[int]:
    """Rows of items that are still there."""
    return [view.catalog.row(id) for id in ids if view.catalog.has(id)]
