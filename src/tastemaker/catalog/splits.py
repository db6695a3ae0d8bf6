"""Splits of what people did into what a method may learn from and what it must then foresee.

Nothing of the second part reaches the first: evaluation stands on that.
A person's test items are those they have a positive event with afterwards and had not met before. Where several events
share a time their order is unknown, and is drawn by the seed; in file order the later line would leak.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from tastemaker.catalog.interactions import Interactions
from tastemaker.core.errors import FitError, InputError
from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Ints, UserId


@dataclass(frozen=True)
class Split:
    """Two parts of the events of a shop.

    Attributes:
        name: which rule made it.
        train: what may be learned from; also each person's history when they are asked about.
        test: the rows that each person turned to afterwards, in time order.
        cold: rows that have no event in ``train`` by construction; empty unless the rule hides items.
        notes: what a reader of the figures must know.
    """

    name: str
    train: Interactions
    test: dict[UserId, Ints]
    cold: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    notes: tuple[str, ...] = ()


def time_split(interactions: Interactions, share: float = 0.8) -> Split:
    """One moment for everyone: what happened before it trains, what happened after it tests.

    Args:
        interactions: with times.
        share: part of the timed events before the moment, above 0 and below 1.

    Raises:
        FitError: no event has a time, or all have the same.
    """
    _check_share(share)
    known = np.sort(interactions.time[~np.isnan(interactions.time)])
    if not len(known):
        raise FitError("no event has a time", hint="use the split leave-one-out, or add a column time")
    moment = known[min(len(known) - 1, int(share * len(known)))]
    before = ~(interactions.time >= moment)  # events without a time train
    if before.all() or not before.any():
        raise FitError("all events have the same time", hint="use the split leave-one-out")
    return _split("time", interactions, before, (f"{before.mean():.0%} of the events come before the moment",))


def user_time_split(interactions: Interactions, share: float = 0.8, seed: int = 0) -> Split:
    """Each person's earliest events train and the rest test.

    Everyone has a moment of their own, so the future of others is known: flatters against :func:`time_split`.

    Args:
        interactions: in time order.
        share: part of a person's events that trains; at least one does.
        seed: orders events of the same time.
    """
    _check_share(share)
    order, untimed = _shuffled_ties(interactions, seed)
    before = np.zeros(len(interactions), np.bool_)
    for events in _by_person(interactions, order):
        before[events[: max(1, int(share * len(events)))]] = True
    return _split("user-time", interactions, before, _order_note(untimed=untimed), order)


def leave_one_out(interactions: Interactions, seed: int = 0) -> Split:
    """Each person's last event tests; those with one event only train.

    Args:
        interactions: in time order.
        seed: orders events of the same time.
    """
    order, untimed = _shuffled_ties(interactions, seed)
    before = np.ones(len(interactions), np.bool_)
    for events in _by_person(interactions, order):
        if len(events) > 1:
            before[events[-1]] = False
    return _split("leave-one-out", interactions, before, _order_note(untimed=untimed), order)


def cold_items(interactions: Interactions, share: float = 0.1, seed: int = 0) -> Split:
    """Some items lose all their events: who turned to them must be foreseen from what they are.

    Args:
        interactions: of any order.
        share: part of the items with events that is hidden; at least one is.
        seed: draws them.
    """
    _check_share(share)
    rows = np.unique(interactions.row)
    if len(rows) < 2:
        raise FitError("fewer than two items have events", hint="add events")
    drawn = generator(seed, "cold-items").permutation(rows)
    cold = np.sort(drawn[: max(1, int(share * len(rows)))])
    before = ~np.isin(interactions.row, cold)
    split = _split("cold-items", interactions, before, (f"{len(cold)} items have no events to learn from",))
    return Split(split.name, split.train, split.test, cold, split.notes)


SPLITS = {"time": time_split, "user-time": user_time_split, "leave-one-out": leave_one_out, "cold-items": cold_items}
"""Every rule by its name."""


def _split(
    name: str, interactions: Interactions, before: Bools, notes: tuple[str, ...], order: Ints | None = None
) -> Split:
    train = interactions.where(before)
    met = np.unique(train.user * interactions.n_rows + train.row)
    order = np.arange(len(interactions)) if order is None else order
    later = order[(~before & (interactions.weight > 0))[order]]
    later = later[~np.isin(interactions.user[later] * interactions.n_rows + interactions.row[later], met)]
    rows: dict[int, list[int]] = {}
    for user, row in zip(interactions.user[later].tolist(), interactions.row[later].tolist(), strict=True):
        rows.setdefault(user, []).append(row)
    test = {interactions.people[user]: np.array(list(dict.fromkeys(found)), np.int64) for user, found in rows.items()}
    return Split(name, train, test, notes=notes)


def _shuffled_ties(interactions: Interactions, seed: int) -> tuple[Ints, int]:
    """Events in time order, those of the same time in an order drawn by the seed; and how many have no time."""
    untimed = np.isnan(interactions.time)
    draw = generator(seed, "ties").random(len(interactions))
    place = np.where(
        untimed, np.arange(len(interactions)), draw
    )  # without a time, the order of the file is all there is
    time = np.where(untimed, -np.inf, interactions.time)
    return np.lexsort((place, time)), int(untimed.sum())


def _order_note(*, untimed: int) -> tuple[str, ...]:
    if not untimed:
        return ()
    return (f"{untimed:,} events have no time: their order is that of the file, which may leak what comes next",)


def _by_person(interactions: Interactions, order: Ints) -> Iterator[Ints]:
    """Indices of each person's events, in the given order."""
    grouped = order[np.argsort(interactions.user[order], kind="stable")]
    bounds = np.searchsorted(interactions.user[grouped], np.arange(len(interactions.people) + 1)).tolist()
    for low, high in pairwise(bounds):
        if high > low:
            yield grouped[low:high]


def _check_share(share: float) -> None:
    if not 0 < share < 1:
        raise InputError(f"share is {share!r}", hint="give a number above 0 and below 1")
