"""A space that is fixed, not learned: a direction for each colour, shape or word, the same for pictures and texts.

For tests of everything that stands on a space: it needs no training, and a text finds the picture it describes.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from PIL import Image
from pydantic import Field

from tastemaker.alignment.space import ItemVectors, Space
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import words_of
from tastemaker.core.config import Config
from tastemaker.core.progress import Observer, silent
from tastemaker.core.seeds import generator
from tastemaker.core.types import Floats, Ints
from tastemaker.testing.worlds import COLOURS


class FixedConfig(Config):
    """Settings of the fixed space."""

    dim: int = Field(default=32, ge=2, le=4096)
    """Length of the vectors; 32 keeps different words nearly at right angles."""


class FixedSpace(Space):
    """Words add up the fixed directions of their letters' hash; a picture says the name of its nearest colour.

    Args:
        config: settings; the defaults when None.
        checkpoint: not needed, nothing is trained.
    """

    name: ClassVar[str] = "fixed"
    figure: ClassVar[str] = "-"
    source: ClassVar[str] = "random directions, Johnson and Lindenstrauss 1984"
    config_class: ClassVar[type[Config]] = FixedConfig

    def __init__(self, config: Config | None = None, *, checkpoint: Path | None = None) -> None:  # noqa: ARG002
        self.config = config if isinstance(config, FixedConfig) else FixedConfig()
        self.dim = self.config.dim
        self._directions: dict[str, Floats] = {}

    def fit(self, catalog: Catalog, observer: Observer = silent) -> Self:  # noqa: ARG002 - nothing to learn
        """Nothing is learned."""
        return self

    def embed_texts(self, texts: Sequence[str]) -> Floats:
        """Sum of the words' directions. Shapes: (n, dim), unit rows."""
        return self._stack([self._words(text) for text in texts])

    def embed_pictures(self, pictures: Sequence[Image.Image]) -> Floats:
        """Direction of the nearest colour's name. Shapes: (n, dim), unit rows."""
        return self._stack([self._direction(_colour(picture)) for picture in pictures])

    def embed_items(self, catalog: Catalog, rows: Ints, observer: Observer = silent) -> ItemVectors:  # noqa: ARG002
        """Words and pictures together; zero for an item without either."""
        matrix = np.zeros((len(rows), self.dim), np.float32)
        has = {"picture": np.zeros(len(rows), bool), "text": np.zeros(len(rows), bool)}
        for place, row in enumerate(rows.tolist()):
            words, picture = words_of(catalog.item(row)), catalog.main_picture(row)
            has["text"][place], has["picture"][place] = bool(words), bool(picture)
            total = np.zeros(self.dim, np.float32)
            if words:
                total += self.embed_texts([words])[0]
            if picture:
                total += self.embed_pictures([catalog.pictures.open(picture)])[0]
            matrix[place] = total / (np.linalg.norm(total) or 1.0)
        return ItemVectors(matrix, {"picture": has["picture"], "text": has["text"]})

    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """Nothing was learned: one number, so that there is something to store."""
        return {"dim": np.array([self.dim])}

    def settings(self) -> Mapping[str, object]:
        """The length of a vector."""
        return {"dim": self.dim}

    @classmethod
    def restore(cls, settings: Mapping[str, object], tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:  # noqa: ARG003
        """The same space again."""
        return cls(FixedConfig.read(settings))

    def _words(self, text: str) -> Floats:
        words = [word.strip(".,:;!?()") for word in text.lower().split()]
        found = [self._direction(word) for word in words if word] or [self._direction("")]
        return np.asarray(np.sum(found, axis=0), np.float32)

    def _direction(self, word: str) -> Floats:
        if word not in self._directions:
            drawn = generator(0, f"direction {word}").normal(size=self.dim)
            self._directions[word] = np.asarray(drawn / np.linalg.norm(drawn), np.float32)
        return self._directions[word]

    def _stack(self, vectors: Sequence[Floats]) -> Floats:
        matrix = np.array(vectors, np.float32).reshape(-1, self.dim)
        return np.asarray(matrix / np.linalg.norm(matrix, axis=1, keepdims=True), np.float32)


def _colour(picture: Image.Image) -> str:
    """Name of the colour nearest to the pixels that are not the pale ground."""
    pixels = np.asarray(picture.convert("RGB"), np.float32).reshape(-1, 3)
    vivid = pixels[pixels.max(axis=1) - pixels.min(axis=1) > 60]
    mean = (vivid if len(vivid) else pixels).mean(axis=0)
    return min(COLOURS, key=lambda name: float(np.sum((np.array(COLOURS[name]) - mean) ** 2)))
