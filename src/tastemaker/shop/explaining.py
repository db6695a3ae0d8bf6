"""Why this item for this person, in facts to look up: events, shared attributes, sources, the part of its picture."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from PIL import Image

from tastemaker.catalog.interactions import History
from tastemaker.core.lines import one_line
from tastemaker.core.ranking import Reason
from tastemaker.core.types import ItemId
from tastemaker.shop.live import View
from tastemaker.shop.looks import Looks, asked_for, chosen_before, looks
from tastemaker.shop.recommending import NOBODY, UNFITTED, UNKNOWN, Order, reasons, said, visit_of

MOST_SHARED = 4


@dataclass(frozen=True)
class Explanation:
    """Why an item stands where it stands.

    Attributes:
        item: the item that is explained.
        title: its title.
        user: for whom; "" for nobody in particular.
        place: its place in the person's ranking of everything, from 1; None when it would not be ranked.
        reasons: facts, the weightiest first.
        sources: what each source of the recommender adds to the score, by name; those that cannot say are left out.
        missing: what the item lacks (picture, text ...), so that nobody takes silence for knowledge.
        notes: fallbacks.
        looks: which part of its picture counts, where that was asked.
    """

    item: ItemId
    title: str
    user: str
    place: int | None
    reasons: tuple[Reason, ...]
    sources: Mapping[str, float] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    looks: Looks | None = None

    def __str__(self) -> str:
        where = "" if self.place is None else f", place {self.place:,}"
        head = f"{self.title or self.item} ({self.item}){f' for {self.user}' if self.user else ''}{where}"
        lines = [one_line(head), *(f"  {reason.weight:>4.0%}  {one_line(reason.sentence)}" for reason in self.reasons)]
        lines += [f"  {name:<20} {value:+.3f}" for name, value in self.sources.items()]
        lines += [f"  {one_line(self.looks.sentence)}"] if self.looks and self.looks.sentence else []
        lines += [f"  lacks: {', '.join(self.missing)}"] if self.missing else []
        return "\n".join((*lines, *self.notes))


def explain(view: View, history: History, row: int, user: str, order: Order | None = None) -> Explanation:
    """Explain a row for a history; an empty history is explained by what everybody did.

    The place is that of the scores, the visit under way included, before the rules of the shop and the like.
    """
    item = view.catalog.item(row)
    notes = [] if len(history.liked) else [UNKNOWN.format(user=user) if user else NOBODY]
    sources, place = _scores(view, history, row, order or Order())
    if view.fitted.recommender is None:
        notes.append(UNFITTED)
    if row in history.seen:
        notes.append("this person already knows it")
    return Explanation(
        item.id,
        item.title,
        user,
        place,
        (*reasons(view, history, row), *_shared(view, history, row)),
        sources,
        () if view.vectors is None else tuple(view.vectors.missing(row)),
        tuple(notes),
    )


def with_looks(view: View, told: Explanation, history: History, text: str, picture: Image.Image | None) -> Explanation:
    """An explanation that also tells which part of the item's picture counts.

    Args:
        view: the shop.
        told: the explanation.
        history: of the person; what they chose is what the picture is held against when nothing else is given.
        text: words that it is held against; "" for none.
        picture: that it is held against; None for none.
    """
    row = view.catalog.row(told.item)
    given = text.strip() or picture is not None
    against = asked_for(view, text, picture) if given else chosen_before(view, row, history)
    found = looks(view, row, against) if against is not None else None
    if found is not None:
        return replace(told, looks=found)
    if view.fitted.space is None:
        why = "nothing is fitted that sees pictures; run `tastemaker fit`"
    elif against is None:
        why = "nothing with a picture was chosen before; give words or a picture to hold it against"
    else:
        why = "it has no picture that can be read"
    return replace(told, notes=(*told.notes, f"which part of its picture counts is not known: {why}"))


def _scores(view: View, history: History, row: int, order: Order) -> tuple[dict[str, float], int | None]:
    """Each source's part of the score, and the place among all that the person does not have yet."""
    recommender = view.fitted.recommender
    if recommender is None:
        return {}, None
    mask = view.catalog.available.copy()
    mask[history.seen] = False
    mask[row] = True
    rows = np.flatnonzero(mask)
    visit = visit_of(history, order)
    told, _ = said(view, history, rows, "", visit=visit, share=order.live.visit_weight)
    at = int(np.searchsorted(rows, row))
    parts = {name: float(part[at]) for name, part in recommender.parts(history, rows).items()}
    scores = told.scores
    place = int((scores > scores[at]).sum()) + 1 if np.isfinite(scores[at]) else None
    return {name: value for name, value in parts.items() if np.isfinite(value)}, place


def _shared(view: View, history: History, row: int) -> list[Reason]:
    """Attribute values of the item that the person's other liked items share, the most telling first."""
    chosen = np.unique(history.liked.rows)
    liked = chosen[chosen != row]
    if not len(liked):
        return []
    things = "other things" if len(liked) < len(chosen) else "things"
    found = []
    for name, value in view.catalog.item(row).attributes.items():
        spec = view.catalog.attributes[name]
        if spec.type not in ("category", "list"):
            continue
        column = view.catalog.column(name)
        for one in value if isinstance(value, tuple) else (str(value),):
            same = [
                other
                for other in liked.tolist()
                if (one in column[other] if spec.type == "list" else column[other] == one)
            ]
            usual = spec.values.get(one, 0) / max(1, int(view.catalog.alive.sum()))
            share = len(same) / len(liked)
            if len(same) > 1 and share > usual:
                ids = tuple(view.catalog.ids[other] for other in same[:3])
                sentence = f"{len(same)} of the {len(liked)} {things} you chose are {name.replace('_', ' ')} {one}"
                found.append((share - usual, Reason("attributes", sentence, share, ids, {name: one})))
    return [reason for _, reason in sorted(found, key=lambda entry: -entry[0])[:MOST_SHARED]]
