"""The contract of every recommender: who gets what.

A history is enough: nobody needs to have been there when the method was fitted. Scores are comparable inside one call
only; ``-inf`` means "this method cannot say". Rows are permanent (see ``core.types``), so a method fitted on the first
thousand rows is asked about the thousand-and-first without retraining; one that cannot say so answers ``-inf``.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Generic, Self, TypeVar

import numpy as np
import numpy.typing as npt

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.core.config import Config
from tastemaker.core.progress import Observer, silent
from tastemaker.core.types import Floats, Ints
from tastemaker.recommenders.validation import Validation

C = TypeVar("C", bound=Config, covariant=True)


class Recommender(ABC, Generic[C]):
    """Base of all recommenders.

    Args:
        config: settings of the method; its defaults when None.
    """

    figure: ClassVar[str]
    source: ClassVar[str]
    config_class: ClassVar[type[Config]]
    serves_cold_items: ClassVar[bool]
    serves_new_users: ClassVar[bool] = True

    def __init__(self, config: C | None = None) -> None:
        self.config: C = config if config is not None else self.config_class()  # type: ignore[assignment]

    @property
    def settled(self) -> C:
        """The config with the settings that ``fit`` chose where they were left open."""
        return self.config

    @abstractmethod
    def fit(
        self,
        catalog: Catalog,
        vectors: ItemVectors | None,
        observer: Observer = silent,
        validation: Validation | None = None,
    ) -> Self:
        """Learn from the catalog's events, and from the items' vectors where the method reads them.

        Args:
            catalog: items and events; ``catalog.interactions`` is all the method may see of people.
            vectors: aligned to the catalog's rows; None when the shop has no space.
            observer: is told how far it is.
            validation: what to choose settings and the end of training on; None lets the method hide some of the events
                from itself where it needs any.

        Raises:
            FitError: there is nothing to learn from.
        """

    @abstractmethod
    def score(self, histories: Sequence[History], candidates: Ints) -> Floats:
        """Scores of the candidates for each history.

        Shapes: candidates (n,) -> (len(histories), n); -inf where the method cannot say.
        """

    def refresh(self, catalog: Catalog, vectors: ItemVectors | None) -> None:
        """Take notice of items that were added, changed or removed since ``fit``; no training."""

    def because(self, history: History, row: int, n: int = 3) -> list[tuple[int, float]]:
        """The rows of the history that speak most for an item, with their share of the score; [] when none does."""
        del history, row, n
        return []

    def because_each(self, history: History, rows: Ints, n: int = 3) -> list[list[tuple[int, float]]]:
        """The same for several items. Shapes: rows (m,) -> m lists."""
        return [self.because(history, row, n) for row in rows.tolist()]

    @abstractmethod
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """Everything learned, for storage."""

    @abstractmethod
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
