"""One vector an item, one vector a person, who is the sum of what each item of the history says.

What ALS, BPR and LightGCN differ in is how they learn the items' vectors and how they read a history. Because a person
is a function of a history, nobody needs to have been there when the method was fitted, and each item's share of a score
is known.

A method that was given no validation learns twice: without the choices that it hides from itself, to see when to stop;
then from all events, for as long. To take part, its ``learn`` says in ``self._best`` which epoch was best and, where
``self._stop`` is not 0, ends after so many; in nn's training that is one line::

    self._best = train(learning, plan.ending(self._stop), observer).best
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Self, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import Field
from typing_extensions import override

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History, Interactions
from tastemaker.core.config import Config
from tastemaker.core.progress import Observer, silent
from tastemaker.core.types import Floats, Ints
from tastemaker.recommenders.base import Recommender
from tastemaker.recommenders.lines import Lines, chosen
from tastemaker.recommenders.signals import in_order, recent, shares
from tastemaker.recommenders.validation import Validation, again, held_back, some

HALF_LIVES = (0.0, 20.0, 5.0)
ASKED = 3_000  # people of a validation that settings and epochs are chosen on


class FactorsConfig(Config):
    """Settings that all methods of this kind share."""

    dim: int = Field(default=64, ge=1)
    """Numbers of a vector."""

    half_life: float | None = Field(default=None, ge=0)
    """In items: how far back in a history an item counts half; 0 lets all count alike. None chooses 0, 5 or 20."""

    seed: int = Field(default=0, ge=0)
    """Of every chance."""


F = TypeVar("F", bound=FactorsConfig)


class Collaborative(Recommender[F]):
    """Base of the methods that learn from events alone and choose on hidden ones when to stop and how to read."""

    serves_cold_items: ClassVar[bool] = False

    _half_life: float = 0.0
    _lines: Lines
    _best: int = 0  # the epoch that hidden choices found best; 0 where a method does not say
    _stop: int = 0  # in a training on all events: after how many epochs it ends; else 0

    @property
    @override
    def settled(self) -> F:
        """With the half-life that was chosen."""
        return self.config.model_copy(update={"half_life": self._half_life})

    @abstractmethod
    def learn(self, events: Interactions, questions: Validation | None, observer: Observer) -> None:
        """Learn what there is to know of ``self._rows``.

        Args:
            events: what may be learned from; every row of ``self._rows`` has one.
            questions: to choose settings and epochs on; None when there is too little, and in a training on all events:
                then what was chosen before stands.
            observer: is told how far it is.
        """

    @override
    def fit(
        self,
        catalog: Catalog,
        vectors: ItemVectors | None,
        observer: Observer = silent,
        validation: Validation | None = None,
    ) -> Self:
        """Learn what there is to know, choose what was left open; then, where choices were hidden, learn from all.

        Raises:
            FitError: nobody did anything yet.
        """
        events = catalog.interactions
        part, questions = held_back(events, validation, seed=self.config.seed)
        questions = None if questions is None else some(questions, ASKED, self.config.seed)
        self._half_life, self._best, self._stop = self.config.half_life or 0.0, 0, 0
        self.begin(catalog, vectors, part)
        self.learn(part, questions, observer)
        if questions is not None:
            self.choose(part, questions)
        if part is not events and self._best:
            observer(again(type(self).__name__, self._best))
            self._stop = self._best
            self.begin(catalog, vectors, events)
            self.learn(events, None, observer)
        return self

    def begin(self, catalog: Catalog, vectors: ItemVectors | None, events: Interactions) -> None:
        """See what there is to learn from, before it is learned.

        Raises:
            FitError: nobody did anything yet.
        """
        del catalog, vectors
        self._know(chosen(events, type(self).__name__), events.n_rows)

    def choose(self, events: Interactions, questions: Validation) -> None:
        """What training does not choose."""
        if self.config.half_life is None and in_order(events):
            self._half_life = self._read_best(questions)

    @property
    def fixed(self) -> F:
        """Settings as far as they stand: those of the config; in a training on all events those that were chosen."""
        return self.settled if self._stop else self.config

    def _read_best(self, questions: Validation) -> float:
        gains = []
        for half_life in HALF_LIVES:
            self._half_life = half_life
            gains.append(self.gain(questions))
        return HALF_LIVES[int(np.argmax(gains))]

    def gain(self, questions: Validation) -> float:
        """How high the hidden choices stand with the present vectors."""
        return questions.gain(self.score, self._rows)

    def _know(self, rows: Ints, n_rows: int) -> None:
        self._lines = Lines.of(rows, n_rows)

    @property
    def _rows(self) -> Ints:
        return self._lines.rows

    @property
    def _place(self) -> Ints:
        return self._lines.place

    def places(self, rows: Ints) -> Ints:
        """Lines of the vectors for catalog rows; -1 for rows without one."""
        return self._lines.places(rows)

    def _known_of(self, history: History) -> tuple[Ints, Floats]:
        """Known items of a history, newest first, and their weights."""
        rows, weights = recent(history, self._half_life)
        places = self.places(rows)
        return places[places >= 0], weights[places >= 0]

    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """Which rows are known, and how histories are read."""
        return {**self._lines.tensors(), "half_life": np.array([self._half_life], np.float64)}

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        self._lines = Lines.restore(tensors)
        self._half_life = float(tensors["half_life"][0])
        return self


class Factors(Collaborative[F]):
    """``score(u, j) = (sum_i r(i | history)) . q_j + b_j``."""

    _items: Floats
    _offset: Floats

    @abstractmethod
    def read(self, places: Ints, weights: Floats) -> Floats:
        """What each item of a history brings to the person's vector; their sum is the person.

        Shapes: places (items,) into ``self._items``, weights (items,) -> (items, width).
        """

    def take(self, items: Floats, offset: Floats | None = None) -> None:
        """The items' vectors, and what is added for everybody. Shapes: (len(rows), width), (len(rows),)."""
        self._items = np.array(items, np.float32, order="C")
        self._offset = np.zeros(len(items), np.float32) if offset is None else np.array(offset, np.float32)

    def score(self, histories: Sequence[History], candidates: Ints) -> Floats:
        """Products of vectors; -inf for unknown rows, and for a history that holds no known row.

        Shapes: (len(histories), n).
        """
        places = self.places(candidates)
        known = places >= 0
        items, offset = self._items[places[known]], self._offset[places[known]]
        scores = np.full((len(histories), len(candidates)), -np.inf, np.float32)
        for line, history in enumerate(histories):
            here, weights = self._known_of(history)
            if len(here):
                scores[line, known] = items @ self.read(here, weights).sum(axis=0) + offset
        return scores

    def because(self, history: History, row: int, n: int = 3) -> list[tuple[int, float]]:
        """The rows of the history that bring the most to the item's score."""
        here, weights = self._known_of(history)
        place = int(self.places(np.array([row]))[0])
        if place < 0 or not len(here):
            return []
        return shares(self._rows[here], self.read(here, weights) @ self._items[place], n)

    @override
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The vectors, and what they are of."""
        return {**super().tensors(), "items": self._items, "offset": self._offset}

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        super().restore(tensors)
        self.take(np.asarray(tensors["items"], np.float32), np.asarray(tensors["offset"], np.float32))
        return self
