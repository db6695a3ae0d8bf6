"""Who gets what: the hybrid's scores, what may be shown, and why."""

from collections.abc import Sequence

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import WEIGHTS, History
from tastemaker.core.ranking import Ranked, Ranking, Reason
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.index.exact import best
from tastemaker.shop.live import View

NOBODY = "nobody is named: what most people like"
UNKNOWN = "nothing is known of {user!r} yet: what most people like"
NEWEST = "nobody did anything in this shop yet: the newest items"
STALE = "fitted before there were events: what most people like; run `tastemaker fit` again"
UNFITTED = "nothing is fitted yet: what most people like; run `tastemaker fit` for personal answers"


def recommend(view: View, history: History, mask: Bools, k: int, *, named: str) -> Ranking:
    """The best items for a history.

    Args:
        view: the shop as it is now.
        history: what the person did; may be empty.
        mask: rows that may be shown; those of the history are taken out here.
        k: length of the ranking.
        named: who is asked for; "" when nobody is, which the ranking says.
    """
    mask = mask.copy()
    mask[history.seen] = False
    candidates = np.flatnonzero(mask)
    scores, notes = score(view, history, candidates, named)
    order = best(scores, k)
    rows = candidates[order]
    items = [
        place(view.catalog, row, float(value), reasons(view, history, row))
        for row, value in zip(rows.tolist(), scores[order], strict=True)
    ]
    return Ranking(tuple(items), notes=tuple(notes))


def score(view: View, history: History, candidates: Ints, named: str) -> tuple[Floats, list[str]]:
    """Scores of the candidates for a history, and which fallback was taken.

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
    scores = view.fitted.recommender.score([history], candidates)[0]
    if len(candidates) and not np.isfinite(scores).any():  # fitted before anybody did anything
        return counts[candidates], [*notes, STALE]
    return scores, notes


def reasons(view: View, history: History, row: int) -> tuple[Reason, ...]:
    """Why a row stands in a person's ranking: their own items that speak for it, else what many people did."""
    recommender = view.fitted.recommender
    past = history.where(history.rows != row)  # an item is no reason for itself
    found = [] if recommender is None or not len(past.liked) else recommender.because(past, row)
    if found:
        items = tuple(view.catalog.ids[other] for other, _ in found)
        title = view.catalog.item(found[0][0]).title or items[0]
        liked = past.weights[past.rows == found[0][0]].sum() >= WEIGHTS["like"]
        sentence = f"because you {'liked' if liked else 'looked at'} {title}"
        return (Reason("history", sentence, min(1.0, sum(share for _, share in found)), items),)
    count = int(view.popularity[row])
    if count:
        return (Reason("popularity", f"chosen {count} times" if count > 1 else "chosen once"),)
    return (Reason("new", "new: nobody has chosen it yet"),)


def place(catalog: Catalog, row: int, score: float, reasons: Sequence[Reason]) -> Ranked:
    """A row as one place of a ranking."""
    item = catalog.raw_item(row)
    return Ranked(item.id, score, item.title, item.price, catalog.main_picture(row), tuple(reasons))
