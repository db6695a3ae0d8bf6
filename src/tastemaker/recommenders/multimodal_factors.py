"""One vector an item, of its own part and of what it looks and sounds like; a person is the sum over their history.

What VBPR, FREEDOM and BM3 differ in is how they learn the vectors. What they share is here: how validation is used, how
items that come later get a vector from their modalities alone, and how far such items are trusted beside known ones.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self, TypeVar

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import Interactions
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.recommenders import modalities
from tastemaker.recommenders.factors import Factors, FactorsConfig
from tastemaker.recommenders.lines import chosen
from tastemaker.recommenders.neighbours import Neighbours
from tastemaker.recommenders.validation import Validation

NEWNESS = (0.0, -0.5, -1.0, -2.0, -4.0)
"""What is added to the score of items without events, in deviations of a person's scores; validation chooses."""
SAMPLE = 200  # people whose scores say how large a deviation is
F = TypeVar("F", bound=FactorsConfig)


@dataclass(frozen=True)
class Vectors:
    """Of every row of a catalog.

    Attributes:
        said: what an item of a history brings to the person.
        items: what a person is compared with.
        offset: is added for everybody.
        there: rows that have a vector at all.

    Shapes: said, items (size, dim); offset, there (size,).
    """

    said: Floats
    items: Floats
    offset: Floats
    there: Bools


class MultimodalFactors(Factors[F]):
    """``score(u, j) = x_u . q_j + b_j``, ``x_u`` the mean of what the history says; see the methods for ``q``."""

    serves_cold_items: ClassVar[bool] = True

    _near: Neighbours
    _said: Floats
    _newness: float = 0.0

    @abstractmethod
    def everything(self) -> Vectors:
        """Vectors of every row of the catalog as ``self._near`` saw it last, by what has been learned so far."""

    def see(self, catalog: Catalog, vectors: ItemVectors | None) -> None:
        """Read the modalities of the items there are now."""
        self._near.refresh(catalog, vectors)

    def neighbours(self) -> int:
        """Of an item in each modality; 0 where a method reads the vectors themselves."""
        return 0

    @override
    def begin(self, catalog: Catalog, vectors: ItemVectors | None, events: Interactions) -> None:
        """Read the modalities; items without events are trusted as was chosen, at first like all others."""
        self._events = chosen(events, type(self).__name__)
        self._near = Neighbours(modalities.standardise(catalog, vectors), self._events, self.neighbours())
        self.see(catalog, vectors)
        if not self._stop:
            self._newness = 0.0

    @override
    def choose(self, events: Interactions, questions: Validation) -> None:
        """How histories are read, and how far new items are trusted."""
        self.place()
        super().choose(events, questions)
        if len(self._rows) == len(self._events):
            return
        scores = self.score(questions.histories[:SAMPLE], self._events)
        spoken = np.isfinite(scores).all(axis=1)  # who has a history that says something
        spread = float(scores[spoken].std(axis=1).mean()) if spoken.any() else 0.0
        gains = []
        for newness in NEWNESS:
            self._newness = newness * spread
            self.place()
            gains.append((self.gain(questions), self._newness))
        self._newness = max(gains)[1]
        self.place()

    def place(self) -> None:
        """Take the vectors that have been learned so far, for every item there is."""
        found = self.everything()
        rows = np.flatnonzero(found.there).astype(np.int64)
        new = np.ones(len(found.there), np.bool_)
        new[self._events[self._events < len(new)]] = False
        self._know(rows, len(found.there))
        self._said = np.array(found.said[rows], np.float32, order="C")
        offset = np.asarray(found.offset + self._newness * new, np.float32)
        self.take(found.items[rows], offset[rows])

    @override
    def read(self, places: Ints, weights: Floats) -> Floats:
        """The weighted mean over the history. Shapes: (items, dim)."""
        return np.asarray(self._said[places] * (weights / weights.sum())[:, None], np.float32)

    @override
    def refresh(self, catalog: Catalog, vectors: ItemVectors | None) -> None:
        """Give vectors to items that are new or have changed; no training."""
        self.see(catalog, vectors)
        self.place()

    @override
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The vectors, and what new items are placed by."""
        newness = np.array([self._newness], np.float64)
        return {**super().tensors(), **self._near.tensors("near."), "said": self._said, "newness": newness}

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        super().restore(tensors)
        self._near = Neighbours.restore(tensors, "near.")
        self._events = self._near.rows
        self._said = np.asarray(tensors["said"], np.float32)
        self._newness = float(tensors["newness"][0])
        return self
