"""How generators train: batches drawn by chance, an epoch of so many steps whatever the size of the catalog.

The one loop of :mod:`tastemaker.nn.training` does the rest: averaged weights, checkpoints, the limit of time. A game of
two networks fits into it as well: a step's loss reaches one of them alone, and the other, without gradients, stays.
"""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from tastemaker.core.types import Ints
from tastemaker.generators.base import Generator, GeneratorConfig
from tastemaker.generators.material import Material
from tastemaker.nn.checkpoint import digest
from tastemaker.nn.training import Learning, Plan

EPOCH = 50
"""Steps between two looks at time, checkpoint and progress."""


class Batches(Learning):
    """Steps on batches of items drawn by chance.

    Args:
        name: of the task in progress events.
        model: all networks that learn.
        places: of the items to learn from.
        batch_size: items a batch; fewer where there are fewer.
        steps: in all, shared out evenly over epochs of at most :data:`EPOCH`.

    Attributes:
        turns: losses a batch, all of which count as steps of the plan.
    """

    turns: ClassVar[int] = 1

    def __init__(self, name: str, model: nn.Module, places: Ints, batch_size: int, steps: int) -> None:
        self.name, self.model, self.places = name, model, places
        self.batch_size = min(batch_size, len(places))
        self.steps = -(-steps // _epochs(steps)) * self.turns

    @abstractmethod
    def loss(self, places: Ints, share: float, rng: np.random.Generator) -> Tensor | Iterator[Tensor]:
        """The loss of a batch, or several that are stepped on one after another. Shapes: places (batch,)."""

    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """One epoch."""
        for _ in range(self.steps // self.turns):
            found = self.loss(rng.choice(self.places, self.batch_size, replace=False), share, rng)
            if isinstance(found, Tensor):
                yield found
            else:
                yield from found


def plan_of(
    generator: Generator[GeneratorConfig],
    material: Material,
    steps: int,
    *,
    stage: str = "",
    share: float = 1.0,
    average: float = 0.999,
    weight_decay: float = 0.01,
    learning_rate: float | None = None,
    betas: tuple[float, float] = (0.9, 0.98),
    clip: float = 1.0,
    given: Sequence[npt.NDArray[np.generic]] = (),
) -> Plan:
    """The plan of a generator's training, or of one stage of it.

    Args:
        generator: whose config and checkpoint are read.
        material: what it learns from; another one is another training.
        steps: in all.
        stage: name, where there are several; each has its checkpoint.
        share: of the minutes that the config allows.
        average: share of the averaged weights kept each step.
        weight_decay: see :class:`~tastemaker.nn.training.Plan`.
        learning_rate: other than the config's.
        betas: see :class:`~tastemaker.nn.training.Plan`.
        clip: see :class:`~tastemaker.nn.training.Plan`.
        given: whatever else the stage rests on; with other ones it is another training.
    """
    config, path = generator.config, generator.checkpoint
    key = digest(
        f"{generator.name} {stage}",
        config,
        material.rows,
        material.frames,
        material.codes,
        *material.vectors.values(),
        *given,
    )
    return Plan(
        epochs=_epochs(steps),
        learning_rate=learning_rate or config.learning_rate,
        weight_decay=weight_decay,
        clip=clip,
        average=average,
        betas=betas,
        max_seconds=60 * config.max_minutes * share,
        seed=config.seed,
        checkpoint=None if path is None else path.with_name(f"{path.name}-{stage or generator.name}"),
        key=key,
    )


def _epochs(steps: int) -> int:
    return max(1, -(-steps // EPOCH))
