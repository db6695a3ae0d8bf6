"""Who gets what: the hybrid's scores for all that is known and for the current visit, in the shop's order, and why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import WEIGHTS, History
from tastemaker.core.ranking import Ranked, Ranking, Reason
from tastemaker.core.stages import stage
from tastemaker.core.types import Bools, Floats, Ints
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
    """The best items for a history.

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
    mask = mask.copy()
    mask[history.seen] = False
    candidates = np.flatnonzero(mask)
    visit = visit_of(history, order)
    scores, notes = score(view, history, candidates, named, visit=visit, share=order.live.visit_weight)
    setting = Setting(view, order.live, k, history, order.rules, order.live.per_kind)
    found = rerank(shortlist(candidates, scores), setting)
    parts = _parts(view, history, visit, order, found.rows[:k]) if explain else None
    said = reasons_each(view, history, found.rows[:k])
    items = shown(view, found, k, said.__getitem__, parts)
    return Ranking(items, notes=(*notes, *order.notes, *found.notes))


@stage("score")
def score(
    view: View,
    history: History,
    candidates: Ints,
    named: str,
    *,
    visit: History | None = None,
    share: float = 0.0,
) -> tuple[Floats, list[str]]:
    """Scores of the candidates for a history, and which fallback was taken.

    Args:
        view: the shop as it is now.
        history: all that the person did.
        candidates: rows.
        named: who is asked for.
        visit: what of it belongs to the visit under way; None or empty when none is.
        share: of the visit in the score.

    Shapes: candidates (n,) -> (n,).
    """
    notes = []
    counts = view.popularity
    if not len(history.liked):
        notes.append(UNKNOWN.format(user=named) if named else NOBODY)
    if not counts.any() and not len(history.liked):
        return np.asarray(candidates / max(1, view.catalog.size), np.float32), [NEWEST]
    if view.fitted.recommender is None:
        return counts[candidates], [*notes, UNFITTED]
    asked = [history] if visit is None or not len(visit.liked) or not share else [history, visit]
    told = view.fitted.recommender.score(asked, candidates)
    if len(candidates) and not np.isfinite(told[0]).any():  # fitted before anybody did anything
        return counts[candidates], [*notes, STALE] if len(history.liked) else notes
    return told[0] if len(asked) == 1 else _mixed(told[0], told[1], share), notes


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
    whole, _ = score(view, history, rows, "")
    if recommender is None or not np.array_equal(whole, recommender.score([history], rows)[0]):
        return {"popularity": whole}
    parts = {name: np.where(np.isfinite(part), part, 0.0) for name, part in recommender.parts(history, rows).items()}
    parts["how known the item is"] = whole - sum(parts.values())
    if visit is None:
        return parts
    share = order.live.visit_weight
    mixed, _ = score(view, history, rows, "", visit=visit, share=share)
    parts = {name: (1.0 - share) * part for name, part in parts.items()}
    return parts | {VISIT: mixed - (1.0 - share) * whole}


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
    return reasons_each(view, history, np.array([row]))[row]


def reasons_each(view: View, history: History, rows: Ints) -> dict[int, tuple[Reason, ...]]:
    """The same for several rows. Shapes: rows (n,)."""
    recommender = view.fitted.recommender
    told: dict[int, tuple[Reason, ...]] = {}
    others = np.isin(rows, history.rows, invert=True)
    own = [(rows[at : at + 1], history.where(history.rows != rows[at])) for at in np.flatnonzero(~others)]
    for asked, past in [(rows[others], history), *own]:  # an item is no reason for itself
        heard = recommender if len(past.liked) and len(asked) else None
        found = [[]] * len(asked) if heard is None else heard.because_each(past, asked)
        told |= {row: _reasons(view, past, row, known) for row, known in zip(asked.tolist(), found, strict=True)}
    return told


def _reasons(view: View, past: History, row: int, found: Sequence[tuple[int, float]]) -> tuple[Reason, ...]:
    if found:
        items = tuple(view.catalog.ids[other] for other, _ in found)
        title = view.catalog.item(found[0][0]).title or items[0]
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
