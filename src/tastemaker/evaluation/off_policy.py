r"""What another method would have earned, from lists that were shown with known chances: IPS, SNIPS and doubly robust.

A list is judged place by place: what an item earns is taken to depend on the person, the item and its place, not on its
neighbours. With ``p`` the chance with which the item stood there, ``t`` the chance that the judged method would put it
there, ``r`` what it earned and ``q`` what a model of the earnings foretells, the value of one place is

    IPS     w r                                       w = t / p
    SNIPS   w r / mean(w)                             self-normalised: a little biased, far steadier
    DR      E_t[q] + w (r - q)                        unbiased when either the chances or the model are right

and the value of a method is their sum over the places, averaged over the lists. Intervals resample people.

Sources: Horvitz and Thompson 1952; Swaminathan and Joachims 2015 (SNIPS); Dudik, Langford and Li 2011 (DR); Li et al.
2018 (lists place by place).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tastemaker.core.errors import InputError
from tastemaker.core.types import Doubles, Ints
from tastemaker.evaluation.interleaving import by_person
from tastemaker.evaluation.significance import intervals

NOTHING = -1
"""Row of a place at which no item stands."""
FOLDS = 2
PRIOR = 10.0
"""So many chances at the usual rate are added to what an item has earned."""


@dataclass(frozen=True)
class Logged:
    """Lists that were shown.

    Attributes:
        people: who saw each.
        rows: the item at each place, :data:`NOTHING` behind the end.
        chances: with which it stood there, above 0 and up to 1; 1 behind the end.
        rewards: what it earned there.

    Shapes: rows, chances, rewards (lists, k).
    """

    people: tuple[str, ...]
    rows: Ints
    chances: Doubles
    rewards: Doubles

    def __post_init__(self) -> None:
        if not len(self.people):
            raise InputError("there is no list to judge by", hint="were lists shown with their chances?")
        shapes = {self.rows.shape, self.chances.shape, self.rewards.shape}
        if len(shapes) > 1 or len(self.rows) != len(self.people):
            raise InputError(f"lists of shapes {sorted(shapes)}", hint="give one entry a list and place")
        if not ((self.chances > 0) & (self.chances <= 1)).all():
            raise InputError("a chance is not above 0 and up to 1", hint="what was shown had a chance")


@dataclass(frozen=True)
class Estimate:
    """A mean over ``n`` lists with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


def ips(rewards: Doubles, weights: Doubles) -> Doubles:
    """Contributions whose mean is the inverse-propensity estimate. Shapes: (lists, k) -> (lists,)."""
    return np.asarray((weights * rewards).sum(axis=1))


def snips(rewards: Doubles, weights: Doubles) -> Doubles:
    """Contributions whose mean is the self-normalised estimate, linearised; a place without weight adds nothing.

    Shapes: (lists, k) -> (lists,).
    """
    total = weights.mean(axis=0)
    known = total > 0
    value = np.where(known, (weights * rewards).mean(axis=0) / np.where(known, total, 1.0), 0.0)
    off = weights * (rewards - value) / np.where(known, total, 1.0)
    return np.asarray((value + off).sum(axis=1))


def doubly_robust(rewards: Doubles, weights: Doubles, foretold: Doubles, expected: Doubles) -> Doubles:
    """Contributions whose mean is the doubly robust estimate.

    Args:
        rewards: what was earned.
        weights: chance under the judged method over the chance with which it was shown.
        foretold: the model's reward for what was shown.
        expected: the model's mean reward for what the judged method shows.

    Shapes: all (lists, k) -> (lists,).
    """
    return np.asarray((expected + weights * (rewards - foretold)).sum(axis=1))


def estimates(logged: Logged, shown: Ints, *, seed: int = 0) -> dict[str, Estimate]:
    """The three estimates for a method that shows one list for sure.

    Args:
        logged: what was shown and what it earned.
        shown: rows that the method would have shown instead, :data:`NOTHING` behind the end.
        seed: of the intervals.

    Returns:
        By "ips", "snips" and "dr"; and under "overlap" the mean weight of a place: 1 when all that the method shows
        could have been seen, less when some of it never stood there, so that nothing is known of it.

    Shapes: shown (lists, k).
    """
    there = logged.rows != NOTHING
    weights = np.where((shown == logged.rows) & there, 1.0 / logged.chances, 0.0)
    foretold, expected = model(logged, shown)
    found: Mapping[str, Doubles] = {
        "ips": ips(logged.rewards, weights),
        "snips": snips(logged.rewards, weights),
        "dr": doubly_robust(logged.rewards, weights, foretold, expected),
        "overlap": weights.sum(axis=1) / np.maximum(1, (shown != NOTHING).sum(axis=1)),
    }
    return means(found, logged.people, seed=seed)


def as_shown(logged: Logged, *, seed: int = 0) -> dict[str, Estimate]:
    """What was shown, judged as it was shown: every estimate is the mean of what the lists earned."""
    earned = logged.rewards.sum(axis=1)
    found = dict.fromkeys(("ips", "snips", "dr"), earned) | {"overlap": np.ones(len(earned))}
    return means(found, logged.people, seed=seed)


def means(values: Mapping[str, Doubles], people: Sequence[str], *, seed: int = 0) -> dict[str, Estimate]:
    """Means over lists with their intervals over people. Shapes: each of values (lists,)."""
    found = [by_person(each, people) for each in values.values()]
    low, high = intervals(np.stack([each for each, _ in found], axis=1), seed=seed)
    ends = zip(found, low.tolist(), high.tolist(), strict=True)
    n = len(people)
    return {name: Estimate(mean, least, most, n) for name, ((_, mean), least, most) in zip(values, ends, strict=True)}


def model(logged: Logged, shown: Ints) -> tuple[Doubles, Doubles]:
    """What the shown items and those of another method would earn, foretold from other people's lists alone.

    The rate of a place times how much more or less an item earns than the places it stood at: ``(earned + 10) /
    (expected + 10)``. Each half of the people is foretold from the other half.

    Returns:
        For ``logged.rows`` and for ``shown``; zero behind the end.

    Shapes: shown (lists, k) -> (lists, k), (lists, k).
    """
    size = int(max(logged.rows.max(initial=0), shown.max(initial=0))) + 1
    _, place = np.unique(np.array(logged.people), return_inverse=True)
    fold = place % FOLDS
    foretold, expected = np.zeros(shown.shape), np.zeros(shown.shape)
    for one in range(FOLDS):
        learn, ask = fold != one, fold == one
        if not learn.any() or not ask.any():
            continue
        rate, lift = _learned(logged, learn, size)
        for rows, out in ((logged.rows, foretold), (shown, expected)):
            out[ask] = np.where(rows[ask] == NOTHING, 0.0, rate * lift[rows[ask]])
    return foretold, expected


def _learned(logged: Logged, learn: np.ndarray, size: int) -> tuple[Doubles, Doubles]:
    """Rate of each place, and how much more than that each item earns. Shapes: (k,), (size,)."""
    rows, rewards = logged.rows[learn], logged.rewards[learn]
    there = rows != NOTHING
    rate = rewards.sum(axis=0) / np.maximum(1, there.sum(axis=0))
    usual = np.broadcast_to(rate, rows.shape)[there]
    earned = np.bincount(rows[there], weights=rewards[there], minlength=size)
    awaited = np.bincount(rows[there], weights=usual, minlength=size)
    return rate, (earned + PRIOR) / (awaited + PRIOR)
