"""Further towers upon a finished space: attributes, behaviour, or features that somebody else computed (sound, say).

The space is locked; a further tower learns to say what the space says of the same item. So any number of them can be
added in seconds, none disturbs what words and pictures learned, and an item that brings nothing but its sound or the
taste of its buyers still has a place.

Source: locked-image tuning, Zhai et al. 2022 (arXiv 2111.07991), with InfoNCE as in the space itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from tastemaker.alignment.contrast.onto import Onto
from tastemaker.alignment.space import under
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.errors import UnknownName
from tastemaker.core.progress import Observer, silent
from tastemaker.core.seeds import derive
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.encoders.attributes import hashed_facts
from tastemaker.encoders.base import unit
from tastemaker.encoders.behaviour import taste_vectors
from tastemaker.encoders.phrases import facts_of
from tastemaker.nn.towers import FeatureTower
from tastemaker.nn.training import Plan, train

ATTRIBUTES, BEHAVIOUR = "attributes", "behaviour"
FEWEST = 8
"""Items that must bring the modality and stand in the space, or nothing is learned."""


def read(catalog: Catalog, rows: Ints, name: str, spoken: frozenset[str]) -> tuple[Floats, Bools]:
    """What items bring of a modality, and which bring it.

    Shapes: -> (n, d), (n,).

    Args:
        catalog: of the items.
        rows: of the items.
        name: "attributes", "behaviour", or the name of precomputed features.
        spoken: names of the attributes that are read.

    Raises:
        UnknownName: neither a modality nor features of the catalog.
    """
    if name == ATTRIBUTES:
        found = hashed_facts([facts_of(catalog.item(int(row)), spoken) for row in rows])
    elif name == BEHAVIOUR:
        found = taste_vectors(catalog.interactions)[rows]
    elif name in catalog.features:
        found = catalog.features[name][rows]
    else:
        raise UnknownName("modality", name, [ATTRIBUTES, BEHAVIOUR, *catalog.features])
    has = np.asarray(np.isfinite(found).all(1) & (found != 0).any(1), np.bool_)
    return np.where(has[:, None], found, 0).astype(np.float32), has


@dataclass(frozen=True)
class Further:
    """One fitted tower.

    Attributes:
        tower: standardised numbers -> vectors.
        mean, spread: of the numbers.
        middle: mean of the tower's vectors.
        known: of behaviour, rows by item id: people's later choices do not move the space.
    """

    tower: FeatureTower
    mean: Floats
    spread: Floats
    middle: Floats
    known: Mapping[str, int]
    taste: Floats

    @classmethod
    def fit(
        cls, catalog: Catalog, rows: Ints, name: str, spoken: frozenset[str], target: Floats, *, seed: int = 0,
        observer: Observer = silent,
    ) -> "Further":  # fmt: skip
        """Learn to say what the space says.

        Args:
            catalog: of the items.
            rows: of the items.
            name: of the modality, see :func:`read`.
            spoken: names of the attributes that are read.
            target: vectors of the items in the space; a zero row teaches nothing.
            seed: of every chance.
            observer: told of progress.

        Shapes: target (n, dim).
        """
        numbers, has = read(catalog, rows, name, spoken)
        teach = np.flatnonzero(has & (target != 0).any(1))
        mean = numbers[has].mean(0) if has.any() else np.zeros(numbers.shape[1], np.float32)
        spread = numbers[has].std(0) if has.any() else np.ones(numbers.shape[1], np.float32)
        spread = np.where(spread > 1e-8, spread, 1.0).astype(np.float32)
        with torch.random.fork_rng():
            torch.manual_seed(derive(seed, f"tower of {name}"))
            tower = FeatureTower(numbers.shape[1], target.shape[1])
        if len(teach) >= FEWEST:
            even = np.asarray((numbers - mean) / spread, np.float32)
            same = np.unique(numbers, axis=0, return_inverse=True)[1].ravel()
            task = Onto(tower, even[:, None], target, teach, same, f"learning {name}")
            train(task, Plan(epochs=30, learning_rate=2e-3, average=0.9, seed=seed), observer)
        tower.eval()
        known = {catalog.ids[row]: at for at, row in enumerate(rows.tolist())} if name == BEHAVIOUR else {}
        made = cls(tower, mean, spread, np.zeros(target.shape[1], np.float32), known, numbers if known else numbers[:0])
        middle = made._say(numbers[teach]).mean(0) if len(teach) else made.middle
        return cls(tower, mean, spread, np.asarray(middle, np.float32), known, made.taste)

    def embed(self, catalog: Catalog, rows: Ints, name: str, spoken: frozenset[str]) -> tuple[Floats, Bools]:
        """Vectors of items by this modality alone, zero where they lack it. Shapes: -> (n, dim), (n,)."""
        numbers, has = self._recall(catalog, rows) if name == BEHAVIOUR else read(catalog, rows, name, spoken)
        out = np.zeros((len(rows), len(self.middle)), np.float32)
        if has.any():
            out[has] = unit(self._say(numbers[has]) - self.middle)
        return out, has

    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """For storage."""
        own = {"mean": self.mean, "spread": self.spread, "middle": self.middle, "taste": self.taste}
        return own | {f"tower.{name}": tensor.numpy() for name, tensor in self.tower.state_dict().items()}

    @classmethod
    def restore(cls, tensors: Mapping[str, npt.NDArray[np.generic]], known: Mapping[str, int]) -> "Further":
        """Take back what :meth:`tensors` gave."""
        own = {name: np.asarray(tensors[name], np.float32) for name in ("mean", "spread", "middle", "taste")}
        tower = FeatureTower(len(own["mean"]), len(own["middle"]))
        tower.load_state_dict({name: torch.tensor(tensor) for name, tensor in under("tower.", tensors).items()})
        return cls(tower.eval(), own["mean"], own["spread"], own["middle"], known, own["taste"])

    @torch.inference_mode()
    def _say(self, numbers: Floats) -> Floats:
        return unit(self.tower(torch.from_numpy((numbers - self.mean) / self.spread)).numpy())

    def _recall(self, catalog: Catalog, rows: Ints) -> tuple[Floats, Bools]:
        """Taste as it was when the space was fitted."""
        at = np.array([self.known.get(catalog.ids[row], -1) for row in rows.tolist()], np.int64)
        numbers = np.where(at[:, None] >= 0, self.taste[at], 0).astype(np.float32)
        return numbers, np.asarray((numbers != 0).any(1), np.bool_)
