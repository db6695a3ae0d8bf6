"""Precomputed features -> vectors: whatever the shop brings in ``features/NAME.npy``, standardised.

Published feature files are often far from centred; a constant in every row would make all items alike.
"""

from collections.abc import Sequence

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.core.errors import UnknownName
from tastemaker.core.types import Floats, Modality
from tastemaker.encoders.base import Encoder, unit


class FeatureEncoder(Encoder[int]):
    """Rows of a catalog -> their precomputed features, centred and scaled over the items that are there.

    Args:
        catalog: brings the features.
        name: which of them.
        modality: what they describe.

    Raises:
        UnknownName: the catalog has no features of the name.
    """

    def __init__(self, catalog: Catalog, name: str, *, modality: Modality = "picture") -> None:
        if name not in catalog.features:
            raise UnknownName("feature", name, list(catalog.features), hint="put features/NAME.npy and NAME.ids there")
        self.modality = modality
        self._matrix = catalog.features[name]
        complete = np.flatnonzero(~np.isnan(self._matrix).any(axis=1))
        known = self._matrix[complete[catalog.alive[complete]]]
        self.dim = self._matrix.shape[1]
        self._mean = known.mean(axis=0) if len(known) else np.zeros(self.dim, np.float32)
        spread = known.std(axis=0) if len(known) else np.zeros(self.dim, np.float32)
        self._spread = np.where(spread > 1e-8, spread, 1.0)

    def encode(self, batch: Sequence[int]) -> Floats:
        """Shapes: rows (n,) -> (n, dim), unit rows; zero where the features are missing."""
        chosen = self._matrix[np.asarray(batch, np.int64)]
        missing = np.asarray(np.isnan(chosen).any(axis=1), np.bool_)
        scaled = np.where(missing[:, None], 0.0, (chosen - self._mean) / self._spread)
        return unit(np.asarray(scaled, np.float32))
