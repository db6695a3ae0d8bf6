"""Who gets what: the hybrid's scores for all that is known and for the current visit, in the shop's order, and why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import WEIGHTS, History
from tastemaker.core.ranking import Ranked, Ranking, Reason
from tastemaker.core.recent import digest
from tastemaker.core.stages import stage
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.recommenders.blending import Said
from tastemaker.recommenders.hybrid import Hybrid
from tastemaker.shop.live import View
from tastemaker.shop.reranking import LiveConfig, Setting, Shortlist, rerank, shortlist
from tastemaker.shop.rules import Rule
from tastemaker.shop.visits import current_visit

NOBODY = "nobody is named: what most people like"
UNKNOWN = "nothing is known of {user!r} yet: what most people like"
NEWEST = "nobody did anything in this shop yet: the newest items"
STALE = "fitted before there were events: what most people like; run `tastemaker fit` again"
UNFITTED = "nothing is fitted yet: what most people like; run `tastemaker fit` for personal answers"
VISIT = "this visit"


@dataclass(frozen=True)
class Order:
    """How an answer is ordered beside the scores.

    Attributes:
        live: settings.
        rules: of the shop, those that hold now.
        notes: of the rules, when they cannot be used.
        now: Unix seconds; None when no visit is under way.
    """

    live: LiveConfig = field(default_factory=LiveConfig)
    rules: Sequence[Rule] = ()
    notes: tuple[str, ...] = ()
    now: float | None = None


def recommend(
    view: View, history: History, mask: Bools, k: int, *, named: str, order: Order | None = None, explain: bool = False
) -> Ranking:
    """The best items for a history. The same question is answered once, as long as the view stands.

    Args:
        view: the shop as it is now.
        history: what the person did; may be empty.
        mask: rows that may be shown; those of the history are taken out here.
        k: length of the ranking.
        named: who is asked for; "" when nobody is, which the ranking says.
        order: the visit under way, the rules of the shop and the settings of both; plain ones when None.
        explain: tell what each source has added to each score.
    """
    order = order or Order()
    visit = visit_of(history, order)
    given = digest(history.rows, history.weights, mask)
    now = b"" if visit is None else digest(visit.rows, visit.weights)
    key = ("recommend", named, k, explain, order.live, tuple(order.rules), order.notes, given, now)

    def make() -> Ranking:
        return _ranking(view, history, visit, mask, k, named=named, order=order, explain=explain)

    return view.answers.get(key, make)


def _ranking(
    view: View, history: History, visit: History | None, mask: Bools, k: int, *, named: str, order: Order, explain: bool
) -> Ranking:
    """The answer, made."""
    mask = mask.copy()
    mask[history.seen] = False
    candidates = np.flatnonzero(mask)
    told, notes = said(view, history, candidates, named, visit=visit, share=order.live.visit_weight)
    setting = Setting(view, order.live, k, history, order.rules, order.live.per_kind)
    found = rerank(shortlist(candidates, told.scores), setting)
    parts = _parts(view, history, visit, order, found.rows[:k]) if explain else None
    why = reasons_each(view, history, told.at(np.searchsorted(candidates, found.rows[:k])))
    items = shown(view, found, k, why.__getitem__, parts)
    return Ranking(items, notes=(*notes, *order.notes, *found.notes))


@stage("score")
def said(
    view: View,
    history: History,
    candidates: Ints,
    named: str,
    *,
    visit: History | None = None,
    share: float = 0.0,
) -> tuple[Said, list[str]]:
    """What is said of the candidates to a person, and which fallback was taken.

    The parts are without the visit; a fallback has none.

    Args:
        view: the shop as it is now.
        history: all that the person did.
        candidates: rows.
        named: who is asked for.
        visit: what of it belongs to the visit under way; None or empty when none is.
        share: of the visit in the score.
    """
    notes = []
    counts = view.popularity
    if not len(history.liked):
        notes.append(UNKNOWN.format(user=named) if named else NOBODY)
    if not counts.any() and not len(history.liked):
        return Said(candidates, np.asarray(candidates / max(1, view.catalog.size), np.float32)), [NEWEST]
    if view.fitted.recommender is None:
        return Said(candidates, counts[candidates]), [*notes, UNFITTED]
    asked = [history] if visit is None or not len(visit.liked) or not share else [history, visit]
    told = _told(view, view.fitted.recommender, asked, candidates)
    whole = told[0]
    if len(candidates) and not np.isfinite(whole.scores).any():  # fitted before anybody did anything
        return Said(candidates, counts[candidates]), [*notes, STALE] if len(history.liked) else notes
    return whole if len(told) == 1 else replace(whole, scores=_mixed(whole.scores, told[1].scores, share)), notes


def _told(view: View, recommender: Hybrid, people: Sequence[History], candidates: Ints) -> list[Said]:
    """Of most of the shop it is asked together with whoever else asks now; of a few items by itself."""
    places = view.place[candidates]
    if 2 * len(candidates) < len(view.rows) or (places < 0).any():
        return recommender.said(people, candidates)
    return [each.at(places) for each in view.said(people)]


def visit_of(history: History, order: Order) -> History | None:
    """The visit under way, when it is not all that is known of the person."""
    if order.now is None or not order.live.visit_weight:
        return None
    visit = current_visit(history, order.now, order.live.visit_minutes)
    return visit if 0 < len(visit.liked) < len(history.liked) else None


def _mixed(whole: Floats, visit: Floats, share: float) -> Floats:
    """Both where both speak, the whole where the visit says nothing. Shapes: (n,), (n,) -> (n,)."""
    spoken = np.isfinite(whole) & np.isfinite(visit)
    return np.where(spoken, (1.0 - share) * whole + share * np.where(spoken, visit, 0.0), whole).astype(np.float32)


def _parts(view: View, history: History, visit: History | None, order: Order, rows: Ints) -> dict[str, Floats]:
    """What each source has added to the scores of some rows, before any step of the order. Shapes: each (n,)."""
    recommender, counts = view.fitted.recommender, view.popularity
    if not len(rows) or (not counts.any() and not len(history.liked)):
        return {"newest": np.asarray(rows / max(1, view.catalog.size), np.float32)} if len(rows) else {}
    told, _ = said(view, history, rows, "")
    whole = told.scores
    if recommender is None or not told.all_parts:
        return {"popularity": whole}
    parts = {name: np.where(np.isfinite(part), part, 0.0) for name, part in recommender.parts(history, rows).items()}
    parts["how known the item is"] = whole - sum(parts.values())
    if visit is None:
        return parts
    share = order.live.visit_weight
    mixed, _ = said(view, history, rows, "", visit=visit, share=share)
    parts = {name: (1.0 - share) * part for name, part in parts.items()}
    return parts | {VISIT: mixed.scores - (1.0 - share) * whole}


def shown(
    view: View, found: Shortlist, k: int, why: Callable[[int], Sequence[Reason]], parts: Mapping[str, Floats] | None
) -> tuple[Ranked, ...]:
    """The first places of a shortlist, with reasons; and with the parts of the scores when there are any."""
    items = []
    for at, row in enumerate(found.rows[:k].tolist()):
        told: dict[str, float] = {}
        if parts is not None:
            told = {name: float(part[at]) for name, part in parts.items()}
            told |= {name: float(values[at]) for name, values in found.changes.items()}
        said = (*why(row), *found.reasons.get(row, ()))
        items.append(place(view.catalog, row, float(found.scores[at]), said, told))
    return tuple(items)


def reasons(view: View, history: History, row: int) -> tuple[Reason, ...]:
    """Why a row stands in a person's ranking: their own items that speak for it, else what many people did."""
    past, recommender = history.where(history.rows != row), view.fitted.recommender  # an item is no reason for itself
    found = [] if recommender is None or not len(past.liked) else recommender.because(past, row)
    return _reasons(view, past, row, found)


def reasons_each(view: View, history: History, told: Said) -> dict[int, tuple[Reason, ...]]:
    """The same for several rows that the person does not know, of which it is known what was said."""
    recommender, rows = view.fitted.recommender, told.rows
    heard = recommender if len(history.liked) and len(rows) else None
    found = [[]] * len(rows) if heard is None else heard.because_of(told.parts, history, rows)
    return {row: _reasons(view, history, row, own) for row, own in zip(rows.tolist(), found, strict=True)}


def _reasons(view: View, past: History, row: int, found: Sequence[tuple[int, float]]) -> tuple[Reason, ...]:
    if found:
        items = tuple(view.catalog.ids[other] for other, _ in found)
        title = view.catalog.raw_item(found[0][0]).title or items[0]
        liked = past.weights[past.rows == found[0][0]].max() >= WEIGHTS["like"]  # many looks are no like
        sentence = f"because you {'liked' if liked else 'looked at'} {title}"
        return (Reason("history", sentence, min(1.0, sum(share for _, share in found)), items),)
    count = int(view.popularity[row])
    if count:
        return (Reason("popularity", f"chosen {count} times" if count > 1 else "chosen once"),)
    return (Reason("new", "new: nobody has chosen it yet"),)


def place(
    catalog: Catalog, row: int, score: float, reasons: Sequence[Reason], scores: Mapping[str, float] | None = None
) -> Ranked:
    """A row as one place of a ranking."""
    item = catalog.raw_item(row)
    return Ranked(item.id, score, item.title, item.price, catalog.main_picture(row), tuple(reasons), scores or {})
