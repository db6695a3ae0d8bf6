"""From scores to what is shown: pure steps in a fixed order, each of which can be tested, named and left out.

    1  not for me   what looks most like something the person has dismissed falls
    2  boost        rules of the shop lift
    3  other kinds  what goes with a thing stands before what could stand in for it (``complete`` alone)
    4  diversity    near-copies and too many of one kind make room
    5  bury         rules of the shop send to the end
    6  sold out     what cannot be bought goes last (it is not there at all unless the settings say so)
    7  pin          rules of the shop put at a place

Steps 1 and 2 change scores, the others only the order. What a step adds to a score is kept under its name, so that the
parts of a score always sum up to it. Nothing that a filter, the history or ``exclude`` has taken out comes back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

import numpy as np
from pydantic import Field

from tastemaker.catalog.interactions import History
from tastemaker.core.config import Config
from tastemaker.core.errors import InputError
from tastemaker.core.ranking import Reason
from tastemaker.core.stages import stage
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.index import filters
from tastemaker.index.exact import falling
from tastemaker.recommenders.baskets import GIVEN
from tastemaker.recommenders.signals import recent
from tastemaker.shop.live import View
from tastemaker.shop.rules import Rule, Verb

DEPTH = 100
"""At least so many of the best are looked at for diversity; five times what is asked for, if that is more."""
MOST_DEPTH = 500


class LiveConfig(Config):
    """Settings of the current visit and of the order in which answers are shown, the table ``[live]``."""

    visit_minutes: float = Field(default=30.0, ge=0)
    """Minutes without an event that end a visit; 0: no visit counts for itself."""
    visit_weight: float = Field(default=0.5, ge=0, le=1)
    """Share of the current visit in a person's ranking, beside all that they did."""
    dislike: float = Field(default=1.0, ge=0)
    """How far the nearest look-alike of a dismissed item falls: 1 is the way from the best to the middle."""
    look_alikes: int = Field(default=8, ge=0)
    """How many look-alikes of each dismissed item fall, the nearest the most."""
    sold_out: Literal["hide", "last"] = "hide"
    """What cannot be bought is hidden, or stands last."""
    diversity: float = Field(default=0.0, ge=0, le=1)
    """How much of a place is decided by being unlike those before it, in the space: 0 nothing, 1 all."""
    per_kind: int = Field(default=0, ge=0)
    """Most items of one kind before all other kinds had their turn; 0: any number."""
    goes_with_per_kind: int = Field(default=3, ge=0)
    """The same for ``complete``."""
    substitutes: Literal["auto", "last", "keep"] = "auto"
    """In ``complete``, another of a kind that is there already: behind other kinds of its department (last), or where
    its score puts it (keep). auto: last where it was learned from visits, in which people compare; keep with sets."""


@dataclass(frozen=True)
class Shortlist:
    """Candidates in the order in which they are shown.

    Attributes:
        rows: the best first.
        scores: of each; not always falling, because some steps only place.
        changes: what each step added to each score, by the step's name.
        reasons: said of a row by a step.
        notes: said of the whole.
        span: from the middle score to the best, before any step.

    Shapes: rows, scores, each of changes (n,).
    """

    rows: Ints
    scores: Floats
    changes: Mapping[str, Floats] = field(default_factory=dict)
    reasons: Mapping[int, tuple[Reason, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    span: float = 1.0

    def __len__(self) -> int:
        return len(self.rows)

    def taken(self, order: Ints) -> "Shortlist":
        """The same in another order."""
        changes = {name: values[order] for name, values in self.changes.items()}
        return replace(self, rows=self.rows[order], scores=self.scores[order], changes=changes)

    def raised(self, step: str, amounts: Floats) -> "Shortlist":
        """Scores with something added, sorted again; of equals the earlier first."""
        if not amounts.any():
            return self
        before = self.changes.get(step, np.zeros(len(self), np.float32))
        told = replace(self, scores=self.scores + amounts, changes={**self.changes, step: before + amounts})
        return told.taken(np.argsort(-told.scores, kind="stable"))

    def last(self, mask: Bools) -> "Shortlist":
        """The masked ones behind all others, else in their order."""
        return self.taken(np.argsort(mask, kind="stable")) if mask.any() else self

    def saying(self, *notes: str, reasons: Mapping[int, Reason] | None = None) -> "Shortlist":
        """With notes, and with reasons added to those of some rows."""
        told = dict(self.reasons)
        for row, reason in (reasons or {}).items():
            told[row] = (*told.get(row, ()), reason)
        return replace(self, notes=(*self.notes, *notes), reasons=told)


@dataclass(frozen=True)
class Setting:
    """What the steps read.

    Attributes:
        view: the shop as it is now.
        live: settings.
        k: how many will be shown.
        history: what the person did.
        rules: of the shop, those that hold today.
        per_kind: most items of one kind, see ``LiveConfig``.
        given: for ``complete``: rows that are there already.
    """

    view: View
    live: LiveConfig
    k: int
    history: History
    rules: Sequence[Rule] = ()
    per_kind: int = 0
    given: Ints = field(default_factory=lambda: np.empty(0, np.int64))


Step = Callable[[Shortlist, Setting], Shortlist]


def shortlist(rows: Ints, scores: Floats) -> Shortlist:
    """Candidates with a score, the best first. Shapes: rows, scores (n,)."""
    said = scores > -np.inf
    if not said.all():
        rows, scores = rows[said], scores[said]
    order = falling(scores)
    kept = scores.take(order).astype(np.float32)
    span = float(kept[0] - kept[(len(kept) - 1) // 2 : len(kept) // 2 + 1].mean()) if len(kept) else 1.0
    return Shortlist(rows.take(order), kept, span=span if span > 1e-9 else 1.0)


def not_for_me(found: Shortlist, setting: Setting) -> Shortlist:
    """Take down what is nearest in the space to items whose last word was a dislike."""
    rows, weights = recent(setting.history, 0, dislike=1.0)
    vectors, most = setting.view.vectors, setting.live.look_alikes
    disliked = rows[weights < 0]
    if vectors is None or not len(disliked) or not most or not setting.live.dislike:
        return found
    near = vectors.matrix @ vectors.matrix[disliked].T  # (rows, disliked)
    near[~setting.view.catalog.alive] = -1.0
    near[disliked] = -1.0
    fall = np.zeros(len(near), np.float32)
    for column in near.T:
        alike = np.argsort(-column, kind="stable")[:most]
        alike = alike[column[alike] > 0]
        depth = np.linspace(1.0, 1.0 / most, most, dtype=np.float32)[: len(alike)]
        fall[alike] = np.maximum(fall[alike], depth)
    return found.raised("not for me", -setting.live.dislike * found.span * fall[found.rows])


def boost(found: Shortlist, setting: Setting) -> Shortlist:
    """Lift what the rules lift."""
    for rule in setting.rules:
        if rule.boost:
            kept, note = _kept(rule, rule.boost, found, setting)
            lifted = found.raised("boost", np.where(kept, rule.by * found.span, 0.0).astype(np.float32))
            reason = Reason("rule", f"put forward by the shop: {rule.boost}", 0.0)
            found = lifted.saying(*note, reasons=dict.fromkeys(found.rows[kept].tolist(), reason))
    return found


def other_kinds(found: Shortlist, setting: Setting) -> Shortlist:
    """Other kinds first, where the department of what is given has others."""
    model, wish = setting.view.fitted.complete, setting.live.substitutes
    learned_from_visits = model is not None and model.tier != GIVEN
    if not len(setting.given) or wish == "keep" or (wish == "auto" and not learned_from_visits):
        return found
    catalog, kinds = setting.view.catalog, setting.view.kinds
    departments = np.array([catalog.raw_item(row).department for row in range(catalog.size)], np.object_)
    same = np.zeros(len(found), np.bool_)
    for row in setting.given.tolist():
        around = (departments == departments[row]) & catalog.alive
        if kinds[row] and len(set(kinds[around].tolist())) > 1:
            same |= kinds[found.rows] == kinds[row]
    return found.last(same)


def diversity(found: Shortlist, setting: Setting) -> Shortlist:
    """Choose place by place: the score against likeness to what stands before, and no more of a kind than wanted.

    Source: maximal marginal relevance, Carbonell and Goldstein 1998.
    """
    share, cap = setting.live.diversity, setting.per_kind
    depth = min(len(found), MOST_DEPTH, max(DEPTH, 5 * setting.k))
    if depth < 2 or not (share or cap):
        return found
    rows = found.rows[:depth]
    low, high = float(found.scores[:depth].min()), float(found.scores[:depth].max())
    worth = (1.0 - share) * (found.scores[:depth] - low) / max(high - low, 1e-9)
    vectors = None if setting.view.vectors is None or not share else setting.view.vectors.matrix[rows]
    kinds = setting.view.kinds[rows] if cap else np.full(depth, "", np.object_)
    order: list[int] = []
    closest, free, counts = np.zeros(depth, np.float32), np.ones(depth, np.bool_), dict.fromkeys(kinds.tolist(), 0)
    for _ in range(min(depth, setting.k)):
        full = [bool(kind and cap and counts[kind] >= cap) for kind in kinds.tolist()]
        value = np.where(free, worth - share * closest - 10.0 * np.array(full), -np.inf)
        at = int(np.argmax(value))
        order.append(at)
        free[at] = False
        counts[kinds[at]] += 1
        if vectors is not None:
            closest = np.maximum(closest, vectors @ vectors[at])
    rest = np.setdiff1d(np.arange(len(found)), order)
    return found.taken(np.concatenate([np.array(order, np.int64), rest]))


def bury(found: Shortlist, setting: Setting) -> Shortlist:
    """Send to the end what the rules send there."""
    for rule in setting.rules:
        if rule.bury:
            kept, note = _kept(rule, rule.bury, found, setting)
            found = found.last(kept).saying(*note)
    return found


def sold_out(found: Shortlist, setting: Setting) -> Shortlist:
    """What cannot be bought, behind all that can."""
    gone = ~setting.view.catalog.available[found.rows]
    reason = Reason("sold out", "not available now", 0.0)
    return found.last(gone).saying(reasons=dict.fromkeys(found.rows[gone].tolist(), reason)) if gone.any() else found


def pin(found: Shortlist, setting: Setting) -> Shortlist:
    """Put what the rules pin at its place; an item that may not be shown stays out."""
    for rule in setting.rules:
        if not rule.pin:
            continue
        catalog = setting.view.catalog
        wanted = [catalog.row(id) for id in rule.pin if catalog.has(id)]
        where = {row: at for at, row in enumerate(found.rows.tolist())}
        chosen = [where[row] for row in dict.fromkeys(wanted) if row in where]
        others = [at for at in range(len(found)) if at not in set(chosen)]
        order = np.array([*others[: rule.place - 1], *chosen, *others[rule.place - 1 :]], np.int64)
        reason = Reason("rule", "chosen by the shop", 0.0)
        reasons = dict.fromkeys(found.rows[chosen].tolist(), reason)
        unknown = [id for id in rule.pin if not catalog.has(id)]
        note = [f"rule `{rule}`: no item has the id {unknown[0]!r}"] if unknown else []
        found = found.taken(order).saying(*([f"rule `{rule}`"] if chosen else []), *note, reasons=reasons)
    return found


STEPS: Mapping[str, Step] = {
    "not for me": not_for_me, "boost": boost, "other kinds": other_kinds, "diversity": diversity, "bury": bury,
    "sold out": sold_out, "pin": pin,
}  # fmt: skip
"""Every step by its name, in their order."""


@stage("rank")
def rerank(found: Shortlist, setting: Setting, steps: Mapping[str, Step] = STEPS) -> Shortlist:
    """Take the steps, one after the other."""
    for step in steps.values():
        found = step(found, setting)
    return found


def holding(rules: Sequence[Rule], verb: Verb, today: date) -> tuple[Rule, ...]:
    """The rules for a verb on a day."""
    return tuple(rule for rule in rules if rule.holds(verb, today))


def _kept(rule: Rule, where: str, found: Shortlist, setting: Setting) -> tuple[Bools, list[str]]:
    """Which of the shortlist a rule's filter keeps, and what is to be said of it. Shapes: -> (n,)."""
    try:
        kept = filters.parse(where).mask(setting.view.catalog)[found.rows]
    except InputError as error:
        return np.zeros(len(found), np.bool_), [f"rule `{rule}` is not used: {error.message}"]
    return kept, [f"rule `{rule}`"] if kept.any() else []
