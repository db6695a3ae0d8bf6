"""What the methods share that read a history in its order: settings, training, and how a history is answered.

A history is a list of lines of a method's own table (see :mod:`sequences`). A method says what it learns
(:meth:`Sequential.learning`), keeps it (:meth:`Sequential.keep`), and scores lists of lines
(:meth:`Sequential.answering`); all else is here.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Generic, Self, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from torch import Tensor, nn
from typing_extensions import override

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History, Interactions
from tastemaker.core.config import Config
from tastemaker.core.errors import FitError
from tastemaker.core.progress import Noted, Observer, silent
from tastemaker.core.types import Floats, Ints
from tastemaker.nn.sequence import blocks
from tastemaker.nn.training import Learning, Outcome, Plan, train
from tastemaker.recommenders.base import Recommender
from tastemaker.recommenders.lines import Lines, chosen
from tastemaker.recommenders.sequences import Sequences, sequences_of
from tastemaker.recommenders.signals import in_order, shares
from tastemaker.recommenders.validation import PEOPLE, Validation, again, held_back, some

BATCH = 512
FEWEST_EPOCHS = 10  # where the number is left open
Tensors = Mapping[str, npt.NDArray[np.generic]]


class SequentialConfig(Config):
    """Settings that all methods of this kind share."""

    dim: int = Field(default=64, ge=4, le=2048)
    """Length of an item's vector, a multiple of `heads`."""
    layers: int = Field(default=2, ge=1, le=24)
    """Layers of attention."""
    heads: int = Field(default=2, ge=1)
    """Heads of the attention."""
    dropout: float = Field(default=0.4, ge=0, lt=1)
    """Share dropped in training."""
    length: int = Field(default=50, ge=1, le=4096)
    """In items: how much of a history is read, the newest."""
    epochs: int = Field(default=0, ge=0, le=10_000)
    """Times every history is looked at, at most; 0 chooses by their number: 10 for many, 30 or 60 for few."""
    batch_size: int = Field(default=256, ge=1)
    """Histories a batch; fewer where there are few."""
    learning_rate: float = Field(default=3e-3, gt=0, le=1)
    """Learning rate at its highest."""
    weight_decay: float = Field(default=0.05, ge=0)
    """Pull of the weights towards zero."""
    max_minutes: float = Field(default=30.0, gt=0)
    """Minutes after which a training stops with what it has; without a validation part there are two trainings."""
    seed: int = Field(default=0, ge=0)
    """Of every chance."""


S = TypeVar("S", bound=SequentialConfig)
Answer = Callable[[Sequence[Ints]], Floats]
"""Scores of some lines after each of some stories, none of them empty."""


@dataclass(frozen=True)
class Material:
    """What one training learns from.

    Attributes:
        catalog: items; its own events may be more than those that are learned.
        vectors: of the space; None when there is none.
        events: that are learned.
        lines: rows that have any of them.
        sequences: windows of histories.
        batch_size: windows a batch.
        ordered: does the order of the events mean anything? If not, it is drawn anew each epoch.
        final: is it all events, after a training on a part of them?
    """

    catalog: Catalog
    vectors: ItemVectors | None
    events: Interactions
    lines: Lines
    sequences: Sequences
    batch_size: int
    ordered: bool
    final: bool


class Windows(Learning):
    """Each item of each history foretold from those before it.

    Args:
        name: of the task.
        key: of all that is read, for checkpoints.
        material: what is learned from.
    """

    def __init__(self, name: str, key: str, material: Material) -> None:
        self.name, self.key = name, key
        self.sequences, self.batch_size, self.ordered = material.sequences, material.batch_size, material.ordered
        self.steps = -(-len(self.sequences) // self.batch_size)

    @override
    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """Batches of windows drawn by chance."""
        del share
        sequences = self.sequences if self.ordered else self.sequences.shuffled(rng)
        order = rng.permutation(len(sequences))
        for low in range(0, len(order), self.batch_size):
            yield self.loss(sequences, order[low : low + self.batch_size])

    @abstractmethod
    def loss(self, sequences: Sequences, which: Ints) -> Tensor:
        """Of some windows. Shapes: which (n,) -> ()."""


W = TypeVar("W", bound=Windows)


def foretold(model: nn.Module, table: Tensor, sequences: Sequences, which: Ints, parts: int) -> tuple[Tensor, Tensor]:
    """What is known before each item of some windows that is new to its person, and these items.

    Shapes: table (items, dim), which (windows,) -> (n, dim), (n,).

    Args:
        model: ``(table, lines, keep)`` -> what is known after each line.
        table: the items' vectors.
        sequences: all windows.
        which: the batch.
        parts: blocks of like lengths that it is cut into, at most.
    """
    lines, fresh = torch.from_numpy(sequences.lines), torch.from_numpy(sequences.fresh)
    hidden, target = [], []
    for block in blocks(sequences.starts[which], sequences.sizes[which] - 1, parts):
        known = model(table, lines[block.index], block.keep)
        there = block.keep & fresh[block.index + 1]
        hidden.append(known[there])
        target.append(lines[block.index + 1][there])
    return torch.cat(hidden), torch.cat(target)


@torch.no_grad()
def told(model: nn.Module, table: Tensor, stories: Sequence[Ints], parts: int = 8) -> Tensor:
    """What is known after each story; zero after an empty one.

    Shapes: table (items, width) -> (len(stories), dim), dim what the model gives.
    """
    sizes = np.array([len(lines) for lines in stories], np.int64)
    flat = torch.from_numpy(np.concatenate([np.zeros(1, np.int64), *stories]))
    cut = blocks(1 + np.cumsum(sizes) - sizes, sizes, parts)
    last = [model(table, flat[block.index], block.keep)[:, -1] for block in cut]
    known = torch.zeros(len(stories), last[0].shape[1] if last else table.shape[1])
    for block, read in zip(cut, last, strict=True):
        known[torch.from_numpy(block.which)] = read
    return known


class Sequential(Recommender[S], Generic[S, W]):
    """Base of the methods that learn what follows what; W is what a training of theirs is.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes after every epoch and resumes from; None keeps none.

    Attributes:
        outcome: how the last training went.
    """

    task: ClassVar[str]
    steps: ClassVar[int]
    """Batches that an open number of epochs aims at."""
    most_epochs: ClassVar[int]

    def __init__(self, config: S | None = None, *, checkpoint: Path | None = None) -> None:
        super().__init__(config)
        self._checkpoint = checkpoint
        self.outcome = Outcome()

    @abstractmethod
    def learning(self, material: Material, questions: Validation | None, observer: Observer) -> W:
        """A network that has learned nothing yet, and what it is to learn."""

    @abstractmethod
    def keep(self, learned: W, material: Material) -> None:
        """Take what a training has come to."""

    @abstractmethod
    def story(self, history: History) -> Ints:
        """Lines of a history's items that are known, oldest first. Shapes: -> (items,)."""

    @abstractmethod
    def places(self, rows: Ints) -> Ints:
        """Lines of some rows; -1 for rows that are not known. Shapes: (n,) -> (n,)."""

    @abstractmethod
    def rows(self, lines: Ints) -> Ints:
        """The rows of some lines. Shapes: (n,) -> (n,)."""

    @abstractmethod
    def answering(self, lines: Ints) -> Answer:
        """How stories score some lines."""

    def asked(self) -> int:
        """People of a validation whose choices an epoch is judged on."""
        return PEOPLE

    @override
    def fit(
        self,
        catalog: Catalog,
        vectors: ItemVectors | None,
        observer: Observer = silent,
        validation: Validation | None = None,
    ) -> Self:
        """Learn what follows what; where choices were hidden to see when to stop, then once more from all events.

        Where the order of the events means nothing (a sorted file without times) each history is shuffled every epoch:
        what is learned then is what goes with what.

        Raises:
            FitError: nobody chose two items, or what is known of the items cannot be used.
        """
        events, config = catalog.interactions, self.config
        part, questions = held_back(events, validation, seed=config.seed)
        if questions is not None:
            questions = some(questions, self.asked(), config.seed, f"{self.task} validation")
        if not in_order(events):
            observer(Noted(self.task, "the events have no order: learns what goes with what, not what comes next"))
        material = self._material(catalog, vectors, part, final=False)
        learning = self.learning(material, questions, observer)
        plan = self._plan(learning)
        self.outcome = train(learning, plan, observer)
        if part is not events:
            observer(again(self.task, self.outcome.best))
            material = self._material(catalog, vectors, events, final=True)
            learning = self.learning(material, None, observer)
            whole = self._plan(learning, plan.epochs).ending(self.outcome.best)
            self.outcome = train(learning, whole, observer)
        self.keep(learning, material)
        return self

    def _material(
        self, catalog: Catalog, vectors: ItemVectors | None, events: Interactions, *, final: bool
    ) -> Material:
        lines = Lines.of(chosen(events, self.task), catalog.size)
        sequences = sequences_of(events, lines.place, self.config.length)
        if not len(sequences):
            raise FitError(f"{self.task}: nobody chose two items", hint="add an events file, or record events")
        size = min(self.config.batch_size, max(16, len(sequences) // 8))
        ordered = in_order(catalog.interactions)
        return Material(catalog, vectors, events, lines, sequences, size, ordered, final)

    def _plan(self, learning: Windows, epochs: int = 0) -> Plan:
        """The plan of a training; of so many epochs where a training before it had them."""
        c = self.config
        few_or_many = int(np.clip(self.steps // learning.steps, FEWEST_EPOCHS, self.most_epochs))
        return Plan(
            epochs=epochs or c.epochs or few_or_many, learning_rate=c.learning_rate, weight_decay=c.weight_decay,
            max_seconds=60 * c.max_minutes, checks=20, seed=c.seed, checkpoint=self._checkpoint, key=learning.key,
        )  # fmt: skip

    @override
    def score(self, histories: Sequence[History], candidates: Ints) -> Floats:
        """What :meth:`answering` says; -inf for rows that are not known, and for a history that holds none that is.

        Shapes: (len(histories), n).
        """
        places = self.places(candidates)
        known = places >= 0
        scores = np.full((len(histories), len(candidates)), -np.inf, np.float32)
        if not known.any():
            return scores
        answer = self.answering(places[known])
        for low in range(0, len(histories), BATCH):
            stories = [self.story(history) for history in histories[low : low + BATCH]]
            spoken = np.flatnonzero([len(lines) > 0 for lines in stories])
            if len(spoken):
                scores[np.ix_(low + spoken, known)] = answer([stories[line] for line in spoken])
        return scores

    @override
    def because(self, history: History, row: int, n: int = 3) -> list[tuple[int, float]]:
        """The items of the history without which the item would score lower, by how much lower."""
        lines, place = self.story(history), self.places(np.array([row]))
        if place[0] < 0 or not len(lines):
            return []
        distinct = np.unique(lines)
        without = [lines[lines != line] for line in distinct]
        scores = self.answering(place)([lines, *without])[:, 0]
        return shares(self.rows(distinct), scores[0] - scores[1:], n)


def stored(net: nn.Module) -> dict[str, npt.NDArray[np.generic]]:
    """A network's weights, for storage."""
    return {f"net.{name}": tensor.numpy() for name, tensor in net.state_dict().items()}


def restored(tensors: Tensors) -> dict[str, Tensor]:
    """What :func:`stored` gave, as a network takes it."""
    return {name.removeprefix("net."): torch.tensor(t) for name, t in tensors.items() if name.startswith("net.")}
