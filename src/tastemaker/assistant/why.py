"""Why an item is shown, to this person and for this request; every fact looked up, every "would not" measured.

Counterfactuals are not guessed: the ranking is made again without the events, or without the wish, and the two places
are told. Source: counterfactual explanations after Ghazimatin et al., "PRINCE", WSDM 2020 (there by a graph; here the
whole ranker is asked again).
"""

from dataclasses import dataclass, replace

import numpy as np

from tastemaker.assistant.asking import spoken
from tastemaker.assistant.changing import without
from tastemaker.assistant.looking import FindPicture, look, place_of
from tastemaker.assistant.state import State
from tastemaker.catalog.interactions import History
from tastemaker.core.ranking import Facet, Reason
from tastemaker.core.types import ItemId
from tastemaker.index.coded import fold
from tastemaker.shop.explaining import explain
from tastemaker.shop.live import View
from tastemaker.shop.shop import Shop

SHOWN = 10
"""Places that a person sees at once."""


@dataclass(frozen=True)
class Without:
    """What would be, had something not been.

    Attributes:
        what: what is left out, in words: "your 3 events with linen things", "the wish price under 60".
        place: of the item as it is, from 1.
        then: its place without; None when it would not be ranked at all.
        items: ids of the events' items that were left out.
        facet: the wish that was left out; None for events.
    """

    what: str
    place: int
    then: int | None
    items: tuple[ItemId, ...] = ()
    facet: Facet | None = None

    @property
    def gone(self) -> bool:
        """Would the item not be shown?"""
        return self.place <= SHOWN and (self.then is None or self.then > SHOWN)

    @property
    def sentence(self) -> str:
        """What would be, in words."""
        if self.gone:
            return f"without {self.what} it would not be among the first {SHOWN}"
        where = "out of the ranking" if self.then is None else f"at place {self.then}"
        return f"without {self.what} it would stand {where} instead of {self.place}"


@dataclass(frozen=True)
class Why:
    """Why an item is shown.

    Attributes:
        item: which.
        title: its title.
        place: in the ranking for what was asked; None when it is not ranked.
        met: wishes that it meets, with the values looked up.
        unmet: wishes that it does not meet.
        reasons: of the person's history.
        without: counterfactuals, the strongest first.
        notes: fallbacks.
    """

    item: ItemId
    title: str
    place: int | None
    met: tuple[Facet, ...] = ()
    unmet: tuple[Facet, ...] = ()
    reasons: tuple[Reason, ...] = ()
    without: tuple[Without, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """All of it in words."""
        parts = []
        if self.met:
            parts.append(f"it has {', '.join(_said(facet) for facet in self.met)}")
        if self.unmet:
            parts.append(f"it has not {', '.join(_said(facet) for facet in self.unmet)}")
        parts += [reason.sentence for reason in self.reasons[:2]]
        parts += [each.sentence for each in self.without[:2]]
        told = "; ".join(parts) if parts else "it is close to what you asked for in words and looks"
        return f"“{self.title or self.item}”: {told}."


def because(shop: Shop, state: State, item: ItemId, find: FindPicture) -> Why:
    """Explain an item for what was asked and for who asks.

    Args:
        shop: the shop.
        state: what is understood.
        item: which.
        find: the person's pictures by key.
    """
    state = replace(state, seen=tuple(id for id in state.seen if id not in state.shown))  # as when it was shown
    seen = look(shop, state, find)
    view, row = seen.view, seen.view.catalog.row(item)
    place = place_of(seen, row)
    met, unmet = _wishes(view, row, state)
    told = explain(view, seen.history, row, state.person)
    personal = tuple(reason for reason in told.reasons if reason.source != "popularity" or not state.wishes)
    found = _without_wishes(shop, state, find, row, place)
    if not state.wishes:
        found += without_events(view, seen.history, row)
    found.sort(key=lambda each: each.place - (each.then or view.catalog.size))
    notes = tuple(f"it lacks {part}" for part in told.missing)
    return Why(item, told.title, place, met, unmet, personal if len(seen.history) or not state.wishes else (),
               tuple(each for each in found if each.then is None or each.then > each.place), notes)  # fmt: skip


def without_events(view: View, history: History, row: int) -> list[Without]:
    """Where an item would stand without the person's events with things that share a value with it."""
    before = explain(view, history, row, "").place
    if before is None or not len(history.liked):
        return []
    found = []
    for name, value in view.catalog.item(row).attributes.items():
        if not isinstance(value, str) or view.catalog.types[name] != "category":
            continue
        column = view.catalog.column(name)
        same = np.array([column[other] == value for other in history.rows.tolist()], np.bool_)
        same &= history.weights > 0
        if not same.any() or (same.all() and len(history) == 1):
            continue
        then = explain(view, history.where(~same), row, "").place
        ids = tuple(dict.fromkeys(view.catalog.ids[other] for other in history.rows[same].tolist()))
        count = int(same.sum())
        events = "event" if count == 1 else "events"
        found.append(Without(f"your {count} {events} with {spoken(name)} {value}", before, then, ids))
    return found


def _without_wishes(shop: Shop, state: State, find: FindPicture, row: int, place: int | None) -> list[Without]:
    """Where an item would stand had one wish not been understood."""
    if place is None:
        return []
    found = []
    for known in state.facets[:6]:
        other = look(shop, without(state, known.label), find)
        found.append(Without(f"the wish {known.label}", place, place_of(other, row), facet=known.facet))
    return found


def _wishes(view: View, row: int, state: State) -> tuple[tuple[Facet, ...], tuple[Facet, ...]]:
    """Which wishes for a value or a price an item meets, each with the item's own value, and which it does not."""
    item = view.catalog.item(row)
    met: list[Facet] = []
    unmet: list[Facet] = []
    for known in state.facets:
        facet = known.facet
        if facet.name == "price" and facet.op in ("<", "<=", ">", ">="):
            if item.price is not None:
                met.append(Facet("price", "=", f"{item.price:.10g}"))
        elif facet.op == "=":
            held = item.department if facet.name == "department" else item.attributes.get(facet.name)
            values = held if isinstance(held, tuple) else (held,)
            same = any(isinstance(v, str) and fold(facet.name, v) == fold(facet.name, facet.value) for v in values)
            (met if same else unmet).append(facet)
    return tuple(dict.fromkeys(met)), tuple(unmet)


def _said(facet: Facet) -> str:
    return f"{spoken(facet.name)} {facet.value}"
