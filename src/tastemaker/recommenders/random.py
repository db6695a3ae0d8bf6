"""Random: every item equally likely. What a table must beat to say anything at all."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field
from typing_extensions import override

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.core.config import Config
from tastemaker.core.progress import Observer, silent
from tastemaker.core.seeds import derive
from tastemaker.core.types import Floats, Ints
from tastemaker.recommenders.base import Recommender
from tastemaker.recommenders.validation import Validation


class RandomConfig(Config):
    """Settings of the random baseline."""

    seed: int = Field(default=0, ge=0)
    """The same seed gives the same order to the same history."""


class Random(Recommender[RandomConfig]):
    """A score that is a hash of seed, history and row: the same question gives the same answer, in any batch."""

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = "plain baseline"
    config_class: ClassVar[type[Config]] = RandomConfig
    serves_cold_items: ClassVar[bool] = True

    @override
    def fit(
        self,
        catalog: Catalog,
        vectors: ItemVectors | None,
        observer: Observer = silent,
        validation: Validation | None = None,
    ) -> Self:
        """Nothing to learn."""
        return self

    def score(self, histories: Sequence[History], candidates: Ints) -> Floats:
        """Uniform in 0..1. Shapes: (len(histories), n)."""
        scores = np.empty((len(histories), len(candidates)), np.float32)
        for line, history in zip(scores, histories, strict=True):
            stream = derive(self.config.seed, f"random:{history.rows.tolist()}")
            line[:] = _uniform(candidates, stream)
        return scores

    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """Nothing was learned; the seed is in the config."""
        return {"seed": np.array([self.config.seed], np.int64)}

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Nothing to take back."""
        return self


def _uniform(rows: Ints, stream: int) -> Floats:
    """A value in 0..1 for each row, by two rounds of a multiplicative hash. Shapes: (n,) -> (n,)."""
    mixed = rows.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(stream)
    for _ in range(2):
        mixed ^= mixed >> np.uint64(31)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(29)
    return ((mixed >> np.uint64(40)).astype(np.float32) / np.float32(1 << 24)).astype(np.float32)
