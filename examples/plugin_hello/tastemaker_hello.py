"""A recommender that looks at nothing but the last few things somebody liked; `latest`, once it is installed."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.core.config import Config
from tastemaker.core.errors import FitError
from tastemaker.core.types import Floats, Ints
from tastemaker.recommenders.base import Recommender


class LatestConfig(Config):
    """Settings of latest; the table `[methods.latest]` of a shop."""

    last: int = Field(default=3, ge=1)
    """How many of the newest things count."""


class Latest(Recommender[LatestConfig]):
    """`score(u, j) = sum of cos(i, j) over the last i that u liked`; -inf where the item or the person says nothing."""

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = "an example: near to the last few"
    config_class: ClassVar[type[Config]] = LatestConfig
    serves_cold_items: ClassVar[bool] = True

    def fit(
        self, catalog: Catalog, vectors: ItemVectors | None, observer: object = None, validation: object = None
    ) -> Self:
        if vectors is None:
            raise FitError("latest: the shop has no space", hint='set name = "contrastive" under [space]')
        return self.restore({"matrix": vectors.matrix})

    def refresh(self, catalog: Catalog, vectors: ItemVectors | None) -> None:
        self._matrix = self._matrix if vectors is None else vectors.matrix  # (rows, dim), unit rows

    def score(self, histories: Sequence[History], candidates: Ints) -> Floats:
        scores = np.full((len(histories), len(candidates)), -np.inf, np.float32)
        known = np.flatnonzero(candidates < len(self._matrix))
        known = known[self._matrix[candidates[known]].any(axis=1)]
        for line, history in zip(scores, histories, strict=True):
            liked = [row for row in history.liked.rows if row < len(self._matrix)][-self.config.last :]
            if liked:
                line[known] = self._matrix[candidates[known]] @ self._matrix[liked].sum(axis=0)
        return scores

    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        return {"matrix": self._matrix}

    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        self._matrix = np.asarray(tensors["matrix"], np.float32)
        return self
