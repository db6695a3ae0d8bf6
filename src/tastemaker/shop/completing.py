"""What goes with these: the learned scores in the shop's order, and what they rest on in plain words."""

from collections.abc import Mapping, Sequence

import numpy as np

from tastemaker.catalog.interactions import History
from tastemaker.core.errors import InputError, NotFitted
from tastemaker.core.ranking import Ranking, Reason
from tastemaker.core.types import Bools, Ints
from tastemaker.recommenders.baskets import GIVEN
from tastemaker.recommenders.grounds import Ground
from tastemaker.shop.live import View
from tastemaker.shop.recommending import Order, shown
from tastemaker.shop.reranking import Setting, rerank, shortlist

TOGETHER: Mapping[str, str] = {
    "given": "put together with {title} {times}",
    "taken": "chosen together with {title} {times}",
    "seen": "looked at together with {title} {times}",
}
NOTHING = History.of([])


def complete(
    view: View, rows: Ints, mask: Bools, k: int, *, order: Order | None = None, explain: bool = False
) -> Ranking:
    """The items that go best with some.

    Args:
        view: the shop as it is now.
        rows: what is there already; not shown.
        mask: rows that may be shown.
        k: length of the ranking.
        order: the rules of the shop and the settings of the order; plain ones when None.
        explain: tell what each kind of evidence has added to each score.

    Raises:
        InputError: no item is given.
        NotFitted: too little stands together in this shop to know.
    """
    order = order or Order()
    if not len(rows):
        raise InputError("no item is given", hint="name what is there already: `--items sku-1,sku-2`")
    model = view.fitted.complete
    if model is None:
        hint = "add sets.csv (set, item) or events with times, then `tastemaker fit`"
        raise NotFitted("nothing is known of what goes with what", hint=hint)
    candidates = np.flatnonzero(mask)
    setting = Setting(view, order.live, k, NOTHING, order.rules, order.live.goes_with_per_kind, rows)
    found = rerank(shortlist(candidates, model.score(rows, candidates)), setting)
    parts = model.parts(rows, found.rows[:k]) if explain else None
    items = shown(view, found, k, lambda row: _reasons(view, rows, row), parts)
    return Ranking(items, notes=(*order.notes, *found.notes))


def _reasons(view: View, rows: Ints, row: int) -> Sequence[Reason]:
    """What speaks for a row, the weightiest first; one sentence is said once."""
    model = view.fitted.complete
    grounds = [] if model is None else model.grounds(rows, row)
    told = [_reason(view, ground, rows, row) for ground in grounds]
    distinct = {reason.sentence: reason for reason in reversed(told)}
    return tuple(reason for reason in told if distinct[reason.sentence] is reason) or (
        Reason("goes with", "the best of what is left", 0.0),
    )


def _reason(view: View, ground: Ground, rows: Ints, row: int) -> Reason:
    catalog = view.catalog
    alive = [other for other in ground.rows if catalog.alive[other]]
    ids = tuple(catalog.ids[other] for other in alive)
    title = catalog.raw_item(alive[0]).title or ids[0] if alive else "these"
    times = "once" if ground.count == 1 else f"{ground.count:,} times"
    values = dict(ground.values or {})
    given = view.fitted.complete is not None and view.fitted.complete.tier == GIVEN
    sentences = {
        "together": TOGETHER.get(ground.tier, "").format(title=title, times=times),
        "popularity": f"stands in {ground.count:,} sets" if given else f"chosen with other things {times}",
        "names": f"shares the name {values.get('name', '')!r} with {title}",
        "attributes": "same " + ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in values.items()),
        "kinds": _kinds(view, rows, row),
        "words": f"reads like {title}",
        "looks": f"suits the look of {title}",
        "price": "in the price range of these",
    }
    shared = values if ground.group == "attributes" else {}
    return Reason(ground.group, sentences[ground.group], ground.share, ids, shared)


def _kinds(view: View, rows: Ints, row: int) -> str:
    """Which kind stands beside which."""
    mine, theirs = view.kinds[row], [kind for kind in dict.fromkeys(view.kinds[rows].tolist()) if kind]
    if not mine or not theirs:
        return "a kind that stands with these"
    return f"{mine} goes with {theirs[0]}" if mine not in theirs else "goes with others of its kind"
