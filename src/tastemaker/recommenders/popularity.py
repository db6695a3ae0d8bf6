"""Popularity: what most people chose, recent choices first. Needs nobody's history, so it serves everybody.

It is the plain baseline of every table, and the answer for a person of whom nothing is known.
"""

from collections.abc import Mapping, Sequence
from time import time as clock
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field
from typing_extensions import override

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History, Interactions
from tastemaker.core.config import Config
from tastemaker.core.errors import FitError
from tastemaker.core.progress import Observer, silent
from tastemaker.core.types import Doubles, Floats, Ints
from tastemaker.recommenders.base import Recommender
from tastemaker.recommenders.validation import Validation

DAY = 86_400.0


class PopularityConfig(Config):
    """Settings of popularity."""

    half_life_days: float | None = Field(default=None, ge=0)
    """After so many days an event counts half; unset: half of the time that the shop's events span; 0: never."""


class Popularity(Recommender[PopularityConfig]):
    """An item's share of all choices: ``sum_u 2^(-age / half-life) / total``, one choice a person.

    Now is the newest event that is not in the future; events in the future count as now, events without a time are as
    old as the oldest.
    """

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = "plain baseline: time-decayed counts of distinct people"
    config_class: ClassVar[type[Config]] = PopularityConfig
    serves_cold_items: ClassVar[bool] = False

    @override
    def fit(
        self,
        catalog: Catalog,
        vectors: ItemVectors | None,
        observer: Observer = silent,
        validation: Validation | None = None,
    ) -> Self:
        """Count.

        Raises:
            FitError: nobody did anything yet.
        """
        events = catalog.interactions
        events = events.where(events.weight > 0)
        if len(events) == 0:
            raise FitError(
                "popularity: there are no events", hint="add an events file; without one, newest items are shown"
            )
        self._share = _shares(events, self.config.half_life_days)
        return self

    def score(self, histories: Sequence[History], candidates: Ints) -> Floats:
        """The same for everybody. Shapes: (len(histories), n)."""
        known = candidates < len(self._share)
        line = np.full(len(candidates), -np.inf, np.float32)
        line[known] = self._share[candidates[known]]
        return np.tile(line, (len(histories), 1))

    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """One share a row."""
        return {"share": self._share}

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        self._share = np.asarray(tensors["share"], np.float32)
        return self


def _shares(events: Interactions, half_life_days: float | None) -> Floats:
    """Share of each row. Shapes: (rows,)."""
    ages = _ages(events.time)
    order = np.argsort(ages, kind="stable")  # newest first: np.unique keeps a person's newest event
    key = events.user[order] * np.int64(events.n_rows) + events.row[order]
    _, first = np.unique(key, return_index=True)
    kept = order[first]
    half_life = ages.max() / 2 if half_life_days is None else half_life_days * DAY
    values = np.exp2(-ages[kept] / half_life) if half_life > 0 else np.ones(len(kept))
    counts = np.bincount(events.row[kept], values, minlength=events.n_rows)
    return np.asarray(counts / counts.sum(), np.float32)


def _ages(time: Doubles) -> Doubles:
    """Seconds before now. Shapes: (events,)."""
    known = np.isfinite(time)
    if not known.any():
        return np.zeros(len(time))
    now = _now(time[known])
    age = np.where(known, np.maximum(now - time, 0.0), 0.0)
    age[~known] = age[known].max()
    return age


def _now(time: Doubles) -> float:
    """The newest time that is not in the future: one wrong clock must not make everything else old."""
    past = time[time <= clock() + DAY]
    return float(past.max() if len(past) else time.max())
