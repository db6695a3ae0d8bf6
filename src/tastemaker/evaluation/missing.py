"""What is left when a modality is not there: the same catalog with the pictures, words or features of some items gone.

Nothing else changes, so that two figures differ by what is missing alone. With one seed the items of a smaller share
are among those of a larger one: a curve over shares takes away more and more.
"""

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.core.errors import InputError, UnknownName
from tastemaker.core.seeds import generator
from tastemaker.core.types import Floats, Modality

MODALITIES: tuple[Modality, ...] = ("picture", "text", "attributes")


def without(catalog: Catalog, what: str, share: float, *, seed: int = 0) -> Catalog:
    """Take a modality away from a share of the items.

    Args:
        catalog: is left alone.
        what: "picture", "text" (title and description), "attributes", or the name of a precomputed feature.
        share: part of the living items, 0 to 1.
        seed: draws them.

    Raises:
        InputError: the share is not between 0 and 1.
        UnknownName: there is no such modality, nor such a feature.
    """
    if not 0 <= share <= 1:
        raise InputError(f"the missing share of {what!r} is {share!r}", hint="give a number from 0 to 1")
    drawn = generator(seed, f"missing {what}").permutation(np.flatnonzero(catalog.alive))
    rows = np.sort(drawn[: round(share * len(drawn))])
    for modality in MODALITIES:
        if what == modality:
            return catalog.without_modality(modality, rows)
    if what not in catalog.features:
        raise UnknownName("modality", what, [*MODALITIES, *catalog.features])
    features: dict[str, Floats] = dict(catalog.features)
    features[what] = features[what].copy()
    features[what][rows] = np.nan
    return catalog.with_features(features)
