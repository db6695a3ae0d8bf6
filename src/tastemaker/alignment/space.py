"""The contract of level 3: several modalities -> vectors that can be compared with each other.

A space gives the same kind of vector for a text, a picture and an item, whatever the item brings. An item that lacks a
modality still gets a vector, and the space says what is missing instead of inventing zeros. Vectors of items with and
without a picture must be comparable: an item that brings only a picture is found as easily as one that has both.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from PIL import Image

from tastemaker.catalog.catalog import Catalog
from tastemaker.core import registry
from tastemaker.core.batching import Batcher
from tastemaker.core.config import Config
from tastemaker.core.errors import WorkspaceError
from tastemaker.core.progress import Observer, silent
from tastemaker.core.storage import Artefact
from tastemaker.core.types import Bools, Floats, Ints, Modality


@dataclass(frozen=True)
class ItemVectors:
    """Vectors of a catalog's items, aligned to its rows.

    Attributes:
        matrix: unit rows; zero for a row that is gone or of which nothing is known.
        has: for every modality the space reads: does the row have it?
        more: whatever else the space keeps of each item, to look at some of them again; see :meth:`Space.rerank`.

    Shapes: matrix (rows, dim); has[modality] (rows,); more[name] (rows, ...).
    """

    matrix: Floats
    has: Mapping[Modality, Bools]
    more: Mapping[str, npt.NDArray[np.generic]] = field(default_factory=dict)

    @property
    def present(self) -> Bools:
        """Rows that have a vector at all. Shapes: (rows,)."""
        return np.asarray(np.any(self.matrix != 0, axis=1), np.bool_)

    def missing(self, row: int) -> list[Modality]:
        """What an item lacks."""
        return [modality for modality, rows in self.has.items() if not rows[row]]


class Space(ABC):
    """Several modalities -> one space of unit vectors.

    Args:
        config: settings of the space; its defaults when None.
        checkpoint: a file that training writes now and then and resumes from; None keeps none.
    """

    name: ClassVar[str]
    figure: ClassVar[str]
    source: ClassVar[str]
    config_class: ClassVar[type[Config]]
    config: Config
    dim: int

    @abstractmethod
    def __init__(self, config: Config | None = None, *, checkpoint: Path | None = None) -> None: ...

    @abstractmethod
    def fit(self, catalog: Catalog, observer: Observer = silent) -> Self:
        """Learn from the catalog's own items; forgets earlier fits.

        Raises:
            FitError: the catalog has nothing to learn from.
            Cancelled: the observer asked to stop.
        """

    @abstractmethod
    def embed_texts(self, texts: Sequence[str]) -> Floats:
        """Shapes: (n, dim), unit rows."""

    @cached_property
    def _asked(self) -> Batcher[str, Floats]:
        return Batcher(lambda texts: list(self.embed_texts(texts)))

    def embed_asked(self, texts: Sequence[str]) -> Floats:
        """Texts of one request; those of requests that come meanwhile, in other threads, are embedded in one batch.

        Shapes: (n, dim), unit rows.
        """
        return np.stack(self._asked(texts))

    @abstractmethod
    def embed_pictures(self, pictures: Sequence[Image.Image]) -> Floats:
        """Shapes: (n, dim), unit rows."""

    @abstractmethod
    def embed_items(self, catalog: Catalog, rows: Ints, observer: Observer = silent) -> ItemVectors:
        """Vectors of some items, aligned to ``rows`` (not to the whole catalog).

        Shapes: matrix (len(rows), dim); has[modality] (len(rows),).
        """

    def held_out(self, pairs: Ints) -> Ints:
        """Of the items with words and a picture at the fit, those that it did not learn from; none where nobody knows.

        Args:
            pairs: places of these items among all that were there, in their order.
        """
        return pairs[:0]

    def rerank(self, asked: str | Image.Image, items: ItemVectors, rows: Ints, scores: Floats) -> tuple[Ints, Floats]:
        """Look again at the first answers of a search; a space that cannot leaves them as they are.

        Args:
            asked: words or a picture.
            items: vectors of all items, as :meth:`embed_items` gave them.
            rows: answers, best first.
            scores: of the answers, falling; the places keep them, the items change places.

        Returns:
            The same rows in a better order, and the scores.

        Shapes: rows (n,), scores (n,).
        """
        del asked, items
        return rows, scores

    @abstractmethod
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """Everything learned, for storage."""

    @abstractmethod
    def settings(self) -> Mapping[str, object]:
        """The config and whatever else (tokenizer) is needed to build the space again, as JSON values."""

    @classmethod
    @abstractmethod
    def restore(cls, settings: Mapping[str, object], tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Build a fitted space from what :meth:`settings` and :meth:`tensors` gave."""


def stored(artefact: Artefact) -> Space:
    """The fitted space that an artefact holds.

    Raises:
        WorkspaceError: it holds none, or is damaged.
        UnknownName: nobody knows this kind of space.
    """
    settings = artefact.settings("settings")
    method = registry.find("encoder", str(artefact.config.get("name")))
    if not issubclass(method, Space):
        raise WorkspaceError(f"artefact {artefact.name} is not a space", hint="fit again")
    return method.restore(settings, artefact.tensors())


def under(prefix: str, tensors: Mapping[str, npt.NDArray[np.generic]]) -> dict[str, npt.NDArray[np.generic]]:
    """Those of stored tensors whose names begin so, without the beginning."""
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
