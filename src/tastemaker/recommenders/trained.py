"""What methods share that are trained step by step on everybody's choices: settings, batches, and when to stop.

A training draws people anew each epoch, and now and then takes what it has come to and looks how high hidden choices
stand with it; the best moment is kept. How a model is made and what it is trained for is each method's own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Generic, Protocol, TypeVar, cast

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from torch import nn
from typing_extensions import override

from tastemaker.core.progress import Observer
from tastemaker.core.seeds import derive
from tastemaker.core.types import Ints
from tastemaker.nn.checkpoint import digest
from tastemaker.nn.training import Learning, Plan, train
from tastemaker.recommenders.factors import Collaborative, FactorsConfig
from tastemaker.recommenders.validation import Validation

STEPS = 8  # fewest batches of an epoch


class TrainedConfig(FactorsConfig):
    """Settings of a training."""

    epochs: int = Field(default=40, ge=1)
    """At most; validation chooses how many."""

    learning_rate: float = Field(default=0.01, gt=0)
    """At its highest."""

    weight_decay: float = Field(default=0.01, ge=0)
    """Shrinks vectors and projections."""

    batch_size: int = Field(default=2048, ge=1)
    """Most people or choices a step; small shops take less, to have enough steps."""

    max_minutes: float = Field(default=20.0, gt=0)
    """After so long the training ends gently."""


T = TypeVar("T", bound=TrainedConfig)
M = TypeVar("M", bound=nn.Module)
Trainee = TypeVar("Trainee", bound=nn.Module, contravariant=True)


class Trained(Collaborative[T]):
    """Base of the methods that are trained; ``task`` names the training, ``average`` is how slowly its mean follows.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes after every epoch and resumes from; None keeps none.
    """

    task: ClassVar[str]
    average: ClassVar[float] = 0.99

    def __init__(self, config: T | None = None, *, checkpoint: Path | None = None) -> None:
        super().__init__(config)
        self._checkpoint = checkpoint

    @contextmanager
    def chance(self) -> Iterator[None]:
        """While inside, torch draws by the seed of this method."""
        with torch.random.fork_rng():
            torch.manual_seed(derive(self.config.seed, self.task))
            yield

    def train(
        self, learning: Learning, observer: Observer, *reads: npt.NDArray[np.generic], seed: int | None = None
    ) -> None:
        """Leave the best moment in ``learning.model``.

        Args:
            learning: what is trained, for what.
            observer: is told how far it is.
            reads: all that the training reads; a checkpoint of other data is not taken up.
            seed: of this training; that of the settings when None.
        """
        config = self.config
        seed = config.seed if seed is None else seed
        plan = Plan(
            epochs=config.epochs, learning_rate=config.learning_rate, weight_decay=config.weight_decay,
            average=self.average, max_seconds=60 * config.max_minutes, seed=seed, checkpoint=self._checkpoint,
            key=digest(f"{self.task} {seed}", config, *reads),
        )  # fmt: skip
        self._best = train(learning, plan.ending(self._stop), observer).best


class Owner(Protocol[Trainee]):
    """A method as its training sees it."""

    task: ClassVar[str]

    @property
    def config(self) -> TrainedConfig:
        """Its settings."""

    def adopt(self, model: Trainee) -> None:
        """Take what the training has come to."""

    def gain(self, questions: Validation) -> float:
        """How high the hidden choices stand with what was taken."""


class Watched(Learning, Generic[M]):
    """A training in batches of people that is watched on hidden choices.

    Args:
        owner: the method.
        model: trained in place.
        users: who is drawn in an epoch, as often as they stand here.
        questions: hidden choices; None when there are too few.
    """

    model: M

    def __init__(self, owner: Owner[M], model: M, users: Ints, questions: Validation | None) -> None:
        self._owner, self.model, self.users, self.questions = owner, model, users, questions
        self.name = owner.task
        self.size = max(1, min(owner.config.batch_size, -(-len(users) // STEPS)))
        self.steps = -(-len(users) // self.size)

    def drawn(self, rng: np.random.Generator) -> Iterator[Ints]:
        """Everybody once, in batches, in an order by chance. Shapes: each (at most ``self.size``,)."""
        order = rng.permutation(self.users)
        for low in range(0, len(order), self.size):
            yield order[low : low + self.size]

    @override
    def validate(self, model: nn.Module) -> float | None:
        """How high the hidden choices stand."""
        if self.questions is None:
            return None
        self._owner.adopt(cast("M", model))
        return self._owner.gain(self.questions)


def by_root(lengths: Ints) -> Ints:
    """People as often as the root of how much they chose, rounded up. Shapes: (users,) -> (draws,)."""
    return np.repeat(np.arange(len(lengths)), np.ceil(np.sqrt(lengths)).astype(np.int64))
