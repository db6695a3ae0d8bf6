"""How a tower learns onto vectors that stay: InfoNCE against what a finished space says of the same items."""

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from tastemaker.alignment.contrast.examples import batches
from tastemaker.core.types import Floats, Ints
from tastemaker.nn.losses import HOTTEST, info_nce, same_key
from tastemaker.nn.towers import FeatureTower
from tastemaker.nn.training import Learning

BATCH = 512


class Onto(Learning):
    """Learning of one tower; what it learns from and what it learns onto are in memory.

    Args:
        tower: trained in place.
        numbers: of every item, one or several views of it.
        target: vectors of every item.
        teach: items to learn from.
        same: equal numbers for items that are no negatives of each other.
        name: in progress events.

    Shapes: numbers (n, views, d), target (n, dim), teach (m,), same (n,).
    """

    def __init__(
        self, tower: FeatureTower, numbers: npt.NDArray[np.floating], target: Floats, teach: Ints, same: Ints, name: str
    ) -> None:
        self.name = name
        self.tower, self.heat = tower, _Heat()
        self.model = nn.ModuleList([tower, self.heat])
        self.numbers, self.target, self.teach, self.same = numbers, torch.from_numpy(target), teach, same
        self.size = min(BATCH, len(teach))
        self.steps = len(teach) // self.size

    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """One view of each item against the vectors of the batch."""
        del share
        for batch in batches(self.teach, self.size, rng):
            seen = self.numbers[batch, rng.integers(self.numbers.shape[1], size=len(batch))]
            said = functional.normalize(self.tower(torch.from_numpy(seen).float()), dim=1)
            same = same_key(torch.from_numpy(self.same[batch]))
            yield info_nce(self.heat(said @ self.target[batch].T), ignore=same)


class _Heat(nn.Module):
    """The learned temperature."""

    def __init__(self) -> None:
        super().__init__()
        self.heat = nn.Parameter(torch.tensor(math.log(10.0)))

    def forward(self, cosines: Tensor) -> Tensor:
        """Logits."""
        return cosines * self.heat.exp().clamp(max=HOTTEST)
