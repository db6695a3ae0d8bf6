"""The rehearsal of a hybrid: hide what people did last, and some items altogether, then see who would have known.

Only a shop's own events are used, and nothing that came after what the sources may see of the same person.
"""

from dataclasses import dataclass

import numpy as np

from tastemaker.catalog.interactions import History, Interactions
from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Ints
from tastemaker.recommenders.signals import in_order

SHARE = 0.2  # of each person's choices that are hidden, the newest
FEWEST = 1  # choices that must stay: many shops know two things of most people
VISIT = 30 * 60  # seconds without an event after which a new visit begins
FEWEST_CHOICES = 30  # hidden choices below which nothing can be learned


@dataclass(frozen=True)
class Rehearsal:
    """What is known and what is hidden.

    Attributes:
        train: events that the sources may see.
        histories: of the people who are asked about, from ``train`` alone.
        hidden: what each of them chose next, rows.
    """

    train: Interactions
    histories: tuple[History, ...]
    hidden: tuple[Ints, ...]

    def shortened(self, items: int) -> tuple[History, ...]:
        """The same people as if they were new: only their newest few events are known."""
        return tuple(
            History(history.rows[-items:], history.weights[-items:], history.times[-items:])
            for history in self.histories
        )


def rehearse(events: Interactions, held_out: float, people: int, seed: int) -> Rehearsal | None:
    """Hide the newest choices of some people and every event of some items; None when too little is left to learn from.

    Args:
        events: all that happened.
        held_out: share of the items whose every event is hidden.
        people: how many people are asked about at most.
        seed: which people, and which items.
    """
    pair = events.user * np.int64(events.n_rows) + events.row
    hidden = _last_choices(events, pair, seed)
    able = np.unique(events.user[hidden])
    drawn = generator(seed, "hybrid people").permutation(able)[:people]
    hidden = hidden[np.isin(events.user[hidden], drawn)]  # only theirs: who has two events would be nobody with one
    new = _new_items(events, held_out, seed)
    train = events.where(~np.isin(pair, pair[hidden]) & ~new[events.row])
    if len(hidden) < FEWEST_CHOICES or len(train) == 0:
        return None
    histories = train.histories()
    asked = [user for user in np.sort(drawn).tolist() if len(histories[user].liked)]
    order = hidden[np.argsort(events.user[hidden], kind="stable")]
    bounds = np.searchsorted(events.user[order], [asked, [user + 1 for user in asked]])
    choices = tuple(np.unique(events.row[order[low:high]]) for low, high in bounds.T)
    return Rehearsal(train, tuple(histories[user] for user in asked), choices) if asked else None


def rehearse_new(events: Interactions, held_out: float, people: int, seed: int) -> Rehearsal | None:
    """Hide every event of some items and nothing else; None when too little is left to learn from.

    Asked is who chose one of them, whenever it was: several times as many answers as the newest choices give, from
    people of whom all the rest is known.

    Args:
        events: all that happened.
        held_out: share of the items that are hidden.
        people: how many people are asked about at most.
        seed: which people, and which items.
    """
    new = _new_items(events, held_out, seed)
    hidden, train = events.where(new[events.row] & (events.weight > 0)), events.where(~new[events.row])
    histories = train.histories()
    able = [user for user in np.unique(hidden.user).tolist() if len(histories[user].liked)]
    drawn = np.sort(generator(seed, "hybrid people").permutation(np.array(able, np.int64))[:people])
    order = np.argsort(hidden.user, kind="stable")
    bounds = np.searchsorted(hidden.user[order], [drawn, drawn + 1])
    choices = tuple(np.unique(hidden.row[order[low:high]]) for low, high in bounds.T)
    if sum(map(len, choices)) < FEWEST_CHOICES:
        return None
    return Rehearsal(train, tuple(histories[user] for user in drawn.tolist()), choices)


def _last_choices(events: Interactions, pair: Ints, seed: int) -> Ints:
    """Each person's newest fifth of first choices, as places in ``events``; any fifth where the order means nothing."""
    liked = np.flatnonzero(events.weight > 0)
    _, first = np.unique(pair[liked], return_index=True)
    chosen = liked[np.sort(first)]  # each person's first event with each item, in time order
    if not in_order(events):
        chosen = generator(seed, "hybrid order").permutation(chosen)
    order = chosen[np.argsort(events.user[chosen], kind="stable")]
    _, total = np.unique(events.user[order], return_counts=True)
    begin = np.cumsum(total) - total
    kept = np.maximum(FEWEST, np.floor(total * (1.0 - SHARE))).astype(np.int64)
    kept = _at_visits(events, order, begin, total, kept)
    place = np.arange(len(order)) - np.repeat(begin, total)
    last: Ints = order[place >= np.repeat(kept, total)]
    return last


def _at_visits(events: Interactions, order: Ints, begin: Ints, total: Ints, kept: Ints) -> Ints:
    """Move each person's cut to the nearest beginning of a visit, where they have more than one.

    What is put beside what inside a visit is easy to foretell and soon over; what a person turns to when they come back
    is what the weights are for.

    Shapes: order (choices,), the others (people,) -> (people,).
    """
    fresh = np.diff(events.time[order], prepend=-np.inf) > VISIT  # False where a time is unknown
    moved = kept.copy()
    for person, (start, n, cut) in enumerate(zip(begin.tolist(), total.tolist(), kept.tolist(), strict=True)):
        visits = np.flatnonzero(fresh[start + FEWEST : start + n]) + FEWEST
        if len(visits):
            moved[person] = visits[np.argmin(np.abs(visits - cut))]
    return moved


def _new_items(events: Interactions, share: float, seed: int) -> Bools:
    """Items that are made new for the rehearsal. Shapes: (rows,)."""
    with_events = np.flatnonzero(events.counts())
    drawn = generator(seed, "hybrid items").permutation(with_events)[: int(share * len(with_events))]
    new = np.zeros(events.n_rows, np.bool_)
    new[drawn] = True
    return new
