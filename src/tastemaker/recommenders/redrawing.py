"""Methods that redraw a whole history: a network reads what a person chose and says for every item how likely it is.

A person is only ever their history. What Mult-VAE and the diffusion models differ in is the network, and what of a
history is spoiled before it must be redrawn.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, Self, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from scipy.sparse import csr_matrix
from torch import nn
from typing_extensions import override

from tastemaker.catalog.interactions import History, Interactions
from tastemaker.core.progress import Observer
from tastemaker.core.types import Floats, Ints
from tastemaker.nn.training import Learning
from tastemaker.recommenders.signals import stacked
from tastemaker.recommenders.trained import Owner, Trained, TrainedConfig, Watched
from tastemaker.recommenders.validation import Validation

BATCH = 256


class RedrawingConfig(TrainedConfig):
    """Settings that all methods of this kind share."""

    learning_rate: float = Field(default=0.002, gt=0)
    """At its highest."""

    batch_size: int = Field(default=256, ge=1)
    """Most people a step; small shops take less, to have enough steps."""


R = TypeVar("R", bound=RedrawingConfig)
N = TypeVar("N", bound=nn.Module)


class Redrawing(Trained[R], Generic[R, N]):
    """Base of the methods: a network N, trained on whole histories.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes after every epoch and resumes from; None keeps none.
    """

    _model: N

    @abstractmethod
    def network(self) -> N:
        """The network before it has learned anything, over ``self._rows``."""

    @abstractmethod
    def learning(self, model: N, people: csr_matrix, questions: Validation | None) -> Learning:
        """What it is trained for. Shapes: people (users, items), no line empty."""

    @abstractmethod
    def answered(self, histories: csr_matrix) -> Floats:
        """Logits of the items. Shapes: (n, items) -> (n, items)."""

    def described(self) -> Sequence[Floats]:
        """What a method knows of the items besides; nothing here. Shapes: each (items, dim of it)."""
        return ()

    @override
    def learn(self, events: Interactions, questions: Validation | None, observer: Observer) -> None:
        """Train; keep the best moment."""
        people = events.matrix()[:, self._rows].tocsr()
        with self.chance():
            model = self.network()
        learning = self.learning(model, people[np.diff(people.indptr) > 0], questions)
        self.train(learning, observer, people.indices, people.indptr, *self.described())
        self.adopt(model)

    def adopt(self, model: N) -> None:
        """Take the network as it is now."""
        self._model = model.eval()

    @override
    def score(self, histories: Sequence[History], candidates: Ints) -> Floats:
        """Logits; -inf for unknown rows, and for a history that holds no known row. Shapes: (len(histories), n)."""
        places = self.places(candidates)
        known = places >= 0
        scores = np.full((len(histories), len(candidates)), -np.inf, np.float32)
        for low in range(0, len(histories), BATCH):
            part = stacked(histories[low : low + BATCH], len(self._place), self._half_life)[:, self._rows]
            spoken = np.flatnonzero(np.diff(part.indptr))
            if len(spoken):
                scores[np.ix_(low + spoken, known)] = self.answered(part[spoken])[:, places[known]]
        return scores

    @override
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The weights."""
        weights = {f"model.{name}": tensor.numpy() for name, tensor in self._model.state_dict().items()}
        return {**super().tensors(), **weights}

    def stored(self) -> N:
        """A network of the kind that is stored."""
        return self.network()

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        super().restore(tensors)
        self._model = self.stored()
        names = self._model.state_dict()
        self._model.load_state_dict({name: torch.from_numpy(np.array(tensors[f"model.{name}"])) for name in names})
        self._model.eval()
        return self


class Histories(Watched[N]):
    """A training on whole histories.

    Args:
        owner: the method.
        model: trained in place.
        people: who chose what, no line empty. (users, items)
        questions: hidden choices; None when there are too few.
    """

    def __init__(self, owner: Owner[N], model: N, people: csr_matrix, questions: Validation | None) -> None:
        super().__init__(owner, model, np.arange(people.shape[0]), questions)
        self.people = people

    def wholes(self, rng: np.random.Generator) -> Iterator[csr_matrix]:
        """Everybody's history once, in batches. Shapes: each (n, items)."""
        for users in self.drawn(rng):
            yield self.people[np.sort(users)]


def chosen(histories: csr_matrix) -> tuple[torch.Tensor, torch.Tensor]:
    """Line and column of every choice. Shapes: (n, items) -> (choices,) twice."""
    line = np.repeat(np.arange(histories.shape[0]), np.diff(histories.indptr))
    return torch.from_numpy(line), torch.from_numpy(histories.indices.astype(np.int64))
