"""Splits of what people did into what a method may learn from and what it must then foresee.

Nothing of the second part reaches the first: evaluation stands on that.
A person's test items are those they have a positive event with afterwards and had not met before. Where several events
share a time their order is unknown, and is drawn by the seed; in file order the later line would leak.
"""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from tastemaker.catalog.interactions import Interactions
from tastemaker.core.errors import FitError, InputError, UnknownName
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
        told: what people say of themselves when they are asked about and nobody may learn from; None when ``train`` is
            all that is known of anybody.
    """

    name: str
    train: Interactions
    test: dict[UserId, Ints]
    cold: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    notes: tuple[str, ...] = ()
    told: Interactions | None = None

    @property
    def before(self) -> Interactions:
        """The histories of the people who are asked about."""
        return self.train if self.told is None else self.told


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


def random_split(interactions: Interactions, share: float = 0.8, seed: int = 0) -> Split:
    """Some of what each person chose tests, whenever it was; all events of a person with one item stay together.

    Nothing tells before from after, so a method may learn what came later: flatters against :func:`time_split`. It is
    here because many published tables are made so.

    Args:
        interactions: of any order.
        share: part of a person's items that trains; at least one does.
        seed: draws them.
    """
    _check_share(share)
    pairs, place = np.unique(interactions.user * interactions.n_rows + interactions.row, return_inverse=True)
    drawn = generator(seed, "random split").permutation(len(pairs))
    owner = pairs // max(1, interactions.n_rows)
    order = drawn[np.argsort(owner[drawn], kind="stable")]
    _, begin, total = np.unique(owner[order], return_index=True, return_counts=True)
    rank = np.arange(len(order)) - np.repeat(begin, total)
    kept = np.zeros(len(pairs), np.bool_)
    kept[order] = rank < np.repeat(np.maximum(1, (share * total).astype(np.int64)), total)
    return _split("random", interactions, kept[place], ("drawn by chance: what came later is learned too",))


def cold_people(interactions: Interactions, share: float = 0.1, seed: int = 0) -> Split:
    """Some people are unknown while methods learn: they come with their earlier events and are asked about the rest.

    Args:
        interactions: in time order.
        share: part of the people with two events or more who are held out; at least one is.
        seed: draws them, and orders events of the same time.

    Raises:
        FitError: nobody has two events, or nobody is left to learn from.
    """
    _check_share(share)
    counts = np.bincount(interactions.user, minlength=len(interactions.people))
    able = np.flatnonzero(counts > 1)
    if not len(able) or np.count_nonzero(counts) < 2:
        raise FitError("fewer than two people have events enough to be held out", hint="add events")
    drawn = generator(seed, "cold-people").permutation(able)[: max(1, int(share * len(able)))]
    held = np.isin(interactions.user, drawn)
    theirs = user_time_split(interactions.where(held), TOLD, seed)
    notes = (f"{len(drawn)} people were unknown while the methods learned", *theirs.notes)
    return Split("cold-people", interactions.where(~held), theirs.test, notes=notes, told=theirs.train)


TOLD = 0.8
"""Part of their events that people who were held out tell of themselves."""
SPLITS = {
    "time": time_split,
    "user-time": user_time_split,
    "leave-one-out": leave_one_out,
    "random": random_split,
    "cold-items": cold_items,
    "cold-people": cold_people,
}
"""Every rule by its name."""


def cut(interactions: Interactions, name: str, *, share: float | None = None, seed: int = 0) -> Split:
    """Cut by the rule of a name.

    Args:
        interactions: in time order.
        name: one of :data:`SPLITS`.
        share: see the rule; its own when None. "leave-one-out" has none.
        seed: of whatever the rule draws; "time" draws nothing.

    Raises:
        UnknownName: there is no such rule.
        InputError: the share is not between 0 and 1.
        FitError: there are no events, or they cannot be cut by it (no times, one person).
    """
    if name not in SPLITS:
        raise UnknownName("split", name, sorted(SPLITS))
    if not len(interactions):
        raise FitError("there are no events to split", hint="add an events file; searches are judged by queries")
    rule = SPLITS[name]
    given: dict[str, object] = {"seed": seed} | ({} if share is None else {"share": share})
    wanted = inspect.signature(rule).parameters
    made: Split = rule(interactions, **{key: value for key, value in given.items() if key in wanted})
    return made


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
