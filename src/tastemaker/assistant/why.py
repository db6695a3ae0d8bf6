"""Why an item is shown, to this person and for this request; every fact looked up, every "would not" measured.

Counterfactuals are not guessed: the ranking is made again without the events, or without the wish, and the two places
are told. Source: counterfactual explanations after Ghazimatin et al., "PRINCE", WSDM 2020 (there by a graph; here the
whole ranker is asked again).
"""

from dataclasses import dataclass, replace

import numpy as np

from tastemaker.alignment.composing.query import mix
from tastemaker.assistant.asking import spoken
from tastemaker.assistant.changing import without
from tastemaker.assistant.looking import FindPicture, Look, look, place_of
from tastemaker.assistant.state import State
from tastemaker.catalog.interactions import History
from tastemaker.core.lines import one_line
from tastemaker.core.ranking import Facet, Reason
from tastemaker.core.types import ItemId
from tastemaker.index.coded import fold
from tastemaker.shop.explaining import explain
from tastemaker.shop.live import View
from tastemaker.shop.looks import Against, Looks, chosen_before, looks
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
        met: wishes that it meets, each with the item's own value.
        unmet: wishes that it does not meet.
        instead: what the item has where it does not meet a wish.
        reasons: of the person's history.
        without: counterfactuals, the strongest first.
        notes: fallbacks.
        looks: which part of its picture is like what was asked for, else like what the person chose; None where there
            is nothing to see.
    """

    item: ItemId
    title: str
    place: int | None
    met: tuple[Facet, ...] = ()
    unmet: tuple[Facet, ...] = ()
    instead: tuple[Facet, ...] = ()
    reasons: tuple[Reason, ...] = ()
    without: tuple[Without, ...] = ()
    notes: tuple[str, ...] = ()
    looks: Looks | None = None

    @property
    def sentence(self) -> str:
        """All of it in words."""
        parts = [f"its {spoken(facet.name)} is {facet.value}" for facet in self.met]
        parts += [self._missed(name) for name in dict.fromkeys(facet.name for facet in self.unmet)]
        parts += [reason.sentence for reason in self.reasons[:2]]
        parts += [each.sentence for each in self.without[:2]]
        parts += [self.looks.sentence] if self.looks is not None and self.looks.sentence else []
        told = "; ".join(parts) if parts else "it is close to what you asked for in words and looks"
        return one_line(f"“{self.title or self.item}”: {told}.")

    def _missed(self, name: str) -> str:
        """What the item has instead of what was wished for."""
        wanted = " or ".join(facet.value for facet in self.unmet if facet.name == name)
        own = " and ".join(held.value for held in self.instead if held.name == name)
        return f"its {spoken(name)} is {f'{own}, not {wanted}' if own else 'not known'}"


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
    met, unmet, instead = _wishes(view, row, state)
    told = explain(view, seen.history, row, state.person)
    personal = tuple(reason for reason in told.reasons if reason.source != "popularity" or not state.wishes)
    found = _without_wishes(shop, state, find, row, place)
    if not state.wishes:
        found += without_events(view, seen.history, row)
    found.sort(key=lambda each: each.place - (each.then or view.catalog.size))
    notes = tuple(f"it lacks {part}" for part in told.missing)
    return Why(item, told.title, place, met, unmet, instead, personal if len(seen.history) or not state.wishes else (),
               tuple(each for each in found if each.then is None or each.then > each.place), notes,
               _looks(seen, row))  # fmt: skip


def _looks(seen: Look, row: int) -> Looks | None:
    """Which part of an item's picture is like the wish, as the search has it; without a wish like what was chosen."""
    found = seen.base.found
    parts = found.asked.parts if found is not None else ()
    if any(part.weight > 0 for part in parts):
        return looks(seen.view, row, Against(mix(parts), "what you asked for"))
    against = chosen_before(seen.view, row, seen.history)
    return looks(seen.view, row, against) if against is not None else None


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


def _wishes(view: View, row: int, state: State) -> tuple[tuple[Facet, ...], tuple[Facet, ...], tuple[Facet, ...]]:
    """Which wishes an item meets, which it does not, and what it has there; of several values any one is enough."""
    item = view.catalog.item(row)
    met: list[Facet] = []
    missed: list[Facet] = []
    instead: list[Facet] = []
    for known in state.facets:
        facet = known.facet
        if facet.name == "price":
            met += [] if item.price is None else [Facet("price", "=", f"{item.price:.10g}")]
            continue
        held = item.department if facet.name == "department" else item.attributes.get(facet.name)
        own = [Facet(facet.name, "=", value) for value in (held if isinstance(held, tuple) else (held,)) if
               isinstance(value, str) and value]  # fmt: skip
        same = [each for each in own if fold(facet.name, each.value) == fold(facet.name, facet.value)]
        if facet.op == "=":
            met += same
            missed += [] if same else [facet]
            instead += [] if same else own
        elif facet.op == "!=" and not same:
            met += own
    names = {facet.name for facet in met}
    unmet = tuple(facet for facet in missed if facet.name not in names)
    return tuple(dict.fromkeys(met)), unmet, tuple(dict.fromkeys(instead))
