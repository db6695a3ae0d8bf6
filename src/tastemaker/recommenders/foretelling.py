"""Kernel ridge from what items say to what people did with them, and how its settings are chosen.

The choice is made where it counts: some items lose every event, as if nobody had met them, and the setting wins under
which people's rankings of those items are best. Only the shop's own events are used.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from tastemaker.catalog.interactions import Interactions
from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.recommenders.ease import closed_form
from tastemaker.recommenders.signals import stacked
from tastemaker.recommenders.weighing import ndcg

CONSTANT = np.float32(0.1)  # of the kernel: what all items have in common
FAME_SHRINKAGE = 5.0
LOUDER = 0.25
MOST_ITEMS = 2_000  # the most chosen ones: the choice must not cost more than the fit
MOST_PEOPLE = 1_000
FOLDS, HIDDEN = 2, 0.2  # trials, and the share of the items that is hidden in each
FEWEST_HIDDEN, FEWEST_PEOPLE = 10, 30  # below them a choice would be chance
GAIN = 1.002  # by which a setting must better the one before


@dataclass(frozen=True)
class Setting:
    """Settings of the regression.

    Attributes:
        ridge: penalty.
        pairs: weight of the squared inner product.
        fame: how far the items' popularity is divided out.
        weights: of each block of content.
    """

    ridge: float
    pairs: float
    fame: float
    weights: Mapping[str, float]

    def kernel(self, alike: Floats) -> Floats:
        """``l + pairs l^2 + constant`` of weighted inner products l; any shape."""
        return alike + np.float32(self.pairs) * alike * alike + CONSTANT

    def louder(self, said: Floats) -> Floats:
        """What an item's content is multiplied by: one that lacks something says the rest louder.

        Half-way to the length of an item that has all: what brings only a picture must not stay silent, nor be taken
        for as sure.

        Shapes: squared lengths of the weighted contents (n,) -> (n,).
        """
        whole = sum(self.weights.values())
        return np.where(said > 1e-9, (whole / np.maximum(said, 1e-9)) ** LOUDER, 0.0).astype(np.float32)

    def famous(self, counts: Floats) -> Floats:
        """What an item's answers are divided by, about 1 on average. Shapes: (n,) -> (n,)."""
        powers = (counts + FAME_SHRINKAGE) ** self.fame
        return np.asarray(powers / powers.mean(), np.float32)


def solved(kernel: Floats, ridge: float, right: Floats) -> Floats:
    """``(K + r I)^-1 R``. Shapes: (n, n), (n, m) -> (n, m)."""
    system = kernel.astype(np.float64)
    system[np.diag_indices(len(system))] += ridge
    factor = cho_factor(system, lower=True, overwrite_a=True)
    return np.asarray(cho_solve(factor, right.astype(np.float64)), np.float32)


@dataclass(frozen=True)
class _Trial:
    """Some items hidden from some people.

    Attributes:
        known, hidden: lines of the items.
        counts: events of each known item.
        answers: EASE's, about the known items.
        target: which hidden items each person chose.

    Shapes: answers (people, known); target (people, hidden).
    """

    known: Ints
    hidden: Ints
    counts: Floats
    answers: Floats
    target: Bools

    def gain(self, setting: Setting, alike: Floats) -> float:
        """Mean NDCG of the first 20 hidden items. Shapes: weighted inner products (items, items)."""
        kernel = setting.kernel(alike[:, self.known])
        weights = solved(kernel[self.known], setting.ridge, kernel[self.hidden].T)
        answers = self.answers / setting.famous(self.counts)
        return ndcg(self.target, np.asarray(answers @ weights, np.float32))


class Chooser:
    """Tries settings on hidden items.

    Args:
        events: all that happened.
        rows: items that are tried; they have events.
        grams: block -> inner products of their contents.
        penalty: of EASE.
        half_life: how histories are read.

    Shapes: each gram (rows, rows).
    """

    def __init__(
        self, events: Interactions, rows: Ints, grams: Mapping[str, Floats], penalty: float, half_life: float
    ) -> None:
        self._grams = grams
        order = generator(0, "cold items").permutation(len(rows))
        size = int(HIDDEN * len(rows))
        folds = [order[n * size : (n + 1) * size] for n in range(FOLDS)] if size >= FEWEST_HIDDEN else []
        tried = [_trial(events, rows, np.sort(fold), penalty, half_life) for fold in folds]
        self._trials = [trial for trial in tried if len(trial.target) >= FEWEST_PEOPLE]

    def gain(self, setting: Setting) -> float:
        """How well the hidden items are ranked; 0 where there is too little to tell."""
        alike = sum(np.float32(weight) * self._grams[name] for name, weight in setting.weights.items() if weight > 0)
        if not isinstance(alike, np.ndarray) or not self._trials:
            return 0.0
        scale = setting.louder(np.diag(alike))
        alike = scale[:, None] * alike * scale
        return float(np.mean([trial.gain(setting, alike) for trial in self._trials]))

    def best(self, start: Setting, open_: Mapping[str, Sequence[float]]) -> Setting:
        """One setting after the other, each moved to the option that gains most, if it gains enough.

        Args:
            start: where to begin; stays where nothing gains.
            open_: name of a setting, or of a block whose weight is open -> options.
        """
        best, top = start, self.gain(start) if open_ and self._trials else 0.0
        for name, options in open_.items() if top > 0 else ():
            for value in options:
                tried = _with(best, name, value)
                gain = self.gain(tried) if tried != best else 0.0
                if gain > GAIN * top:
                    best, top = tried, gain
        return best


def _with(setting: Setting, name: str, value: float) -> Setting:
    """The setting with one value changed."""
    match name:
        case "ridge":
            return replace(setting, ridge=value)
        case "pairs":
            return replace(setting, pairs=value)
        case "fame":
            return replace(setting, fame=value)
        case _:
            return replace(setting, weights={**setting.weights, name: value})


def _trial(events: Interactions, rows: Ints, hidden: Ints, penalty: float, half_life: float) -> _Trial:
    """Hide some lines of ``rows`` from everybody, ask at most so many people about them."""
    known = np.setdiff1d(np.arange(len(rows)), hidden)
    matrix = events.matrix()[:, rows]
    able = np.flatnonzero((np.diff(matrix[:, hidden].indptr) > 0) & (np.diff(matrix[:, known].indptr) > 0))
    people = np.sort(generator(0, "cold people").permutation(able)[:MOST_PEOPLE])
    gone = np.zeros(events.n_rows, np.bool_)
    gone[rows[hidden]] = True
    histories = events.where(~gone[events.row]).histories()
    told = stacked([histories[person] for person in people], events.n_rows, half_life)[:, rows[known]]
    some = matrix[:, known]
    weights = closed_form(np.asarray((some.T @ some).todense(), np.float32), penalty)
    target = np.asarray(matrix[people][:, hidden].todense()) > 0
    return _Trial(known, hidden, np.asarray(some.sum(axis=0), np.float32).ravel(), told @ weights, target)
