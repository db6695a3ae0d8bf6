"""DiffRec: a history is worn away step by step, and a network learns to tell what it was.

Wearing away is discrete here, as a history is: at each step some items are forgotten and some that mean nothing come
in. The network always foretells the whole history, not the step before. To recommend, nothing is worn away: the history
is taken for a worn one, and mended a few times.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Generic, Self, TypeVar, cast

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from scipy.sparse import csr_matrix
from torch import Tensor, nn
from torch.nn import functional
from typing_extensions import override

from tastemaker.catalog.interactions import History, Interactions
from tastemaker.core.config import Config
from tastemaker.core.progress import Observer
from tastemaker.core.seeds import derive
from tastemaker.core.types import Floats, Ints
from tastemaker.nn.checkpoint import digest
from tastemaker.nn.training import Learning, Plan, train
from tastemaker.recommenders.factors import Collaborative, FactorsConfig
from tastemaker.recommenders.signals import shares, stacked
from tastemaker.recommenders.validation import Validation

BATCH = 256
STEPS = 8  # fewest batches of an epoch


class DiffRecConfig(FactorsConfig):
    """Settings of DiffRec."""

    dim: int = Field(default=200, ge=1)
    """Width of the network between the history and the items."""

    levels: int = Field(default=5, ge=1, le=100)
    """Steps in which a history is worn away."""

    forgotten: float = Field(default=0.6, gt=0, lt=1)
    """Share of a history that is gone at the last step."""

    strange: float = Field(default=0.1, ge=0, le=1)
    """Items that mean nothing and have come in at the last step, as a share of the history."""

    mended: int = Field(default=2, ge=1, le=100)
    """How many times a history is mended before its items are ranked; at most ``levels``."""

    epochs: int = Field(default=30, ge=1)
    """At most; validation chooses how many."""

    learning_rate: float = Field(default=0.002, gt=0)
    """At its highest."""

    weight_decay: float = Field(default=0.01, ge=0)
    """Shrinks the weights."""

    batch_size: int = Field(default=256, ge=1)
    """People a step."""

    max_minutes: float = Field(default=20.0, gt=0)
    """After so long the training ends gently."""


D = TypeVar("D", bound=DiffRecConfig)


class Diffusion(Collaborative[D]):
    """What is shared by diffusion with modalities and without.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes after every epoch and resumes from; None keeps none.
    """

    task: ClassVar[str]

    def __init__(self, config: D | None = None, *, checkpoint: Path | None = None) -> None:
        super().__init__(config)
        self._checkpoint = checkpoint

    @override
    def learn(self, events: Interactions, questions: Validation | None, observer: Observer) -> None:
        """Train; keep the best moment."""
        people = events.matrix()[:, self._rows].tocsr()
        with torch.random.fork_rng():
            torch.manual_seed(derive(self.config.seed, self.task))
            self._model = self.network()
        learning = self.learning(self._model, people[np.diff(people.indptr) > 0], questions)
        train(learning, self._plan(people), observer)
        self._model = learning.model.settled().eval()

    def described(self) -> Sequence[Floats]:
        """What a kind of diffusion knows of the items besides; nothing here. Shapes: each (items, dim of it)."""
        return ()

    def network(self) -> "Mender":
        """What is trained, before it is."""
        return Mender(len(self._rows), self.config.dim, self.config.levels)

    def learning(self, model: "Mender", people: csr_matrix, questions: Validation | None) -> "Worn[D]":
        """What it is trained for."""
        return Worn(self, model, people, questions)

    def _plan(self, people: csr_matrix) -> Plan:
        config = self.config
        return Plan(
            epochs=config.epochs, learning_rate=config.learning_rate, weight_decay=config.weight_decay, average=0.95,
            max_seconds=60 * config.max_minutes, seed=config.seed, checkpoint=self._checkpoint,
            key=digest(self.task, config, people.indices, people.indptr, *self.described()),
        )  # fmt: skip

    def looked_at(self, model: "Mender", questions: Validation) -> float:
        """How high hidden choices stand with a model."""
        now, self._model = self._model, model
        gain = self.gain(questions)
        self._model = now
        return gain

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
                scores[np.ix_(low + spoken, known)] = self._answered(part[spoken])[:, places[known]]
        return scores

    def _answered(self, part: csr_matrix) -> Floats:
        return self._model.mended(part, min(self.config.mended, self.config.levels))

    @override
    def because(self, history: History, row: int, n: int = 3) -> list[tuple[int, float]]:
        """The rows of the history that alone would bring the item highest."""
        here, weights = self._known_of(history)
        place = int(self.places(np.array([row]))[0])
        if place < 0 or not len(here):
            return []
        alone = csr_matrix(
            (weights, (np.arange(len(here)), here)), shape=(len(here), len(self._rows)), dtype=np.float32
        )
        answer = self._answered(alone).astype(np.float64)
        likely = np.exp(answer - answer.max(axis=1, keepdims=True))
        return shares(self._rows[here], np.asarray(likely[:, place] / likely.sum(axis=1), np.float32), n)

    @override
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The weights."""
        weights = {f"model.{name}": tensor.numpy() for name, tensor in self._model.state_dict().items()}
        return {**super().tensors(), **weights}

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        super().restore(tensors)
        self._model = Mender(len(self._rows), self.config.dim, self.config.levels)
        names = self._model.state_dict()
        self._model.load_state_dict({name: torch.from_numpy(np.array(tensors[f"model.{name}"])) for name in names})
        self._model.eval()
        return self


class DiffRec(Diffusion[DiffRecConfig]):
    """``max E_t sum_i x0_i log softmax_i f(x_t, t)``; a step back is ``x_(t-1) = (1 - 1/t) x + softmax(f(x_t)) / t``.

    ``x_t`` lacks a share ``forgotten t / T`` of the history and holds ``strange t / T`` of it in items drawn by chance.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes after every epoch and resumes from; None keeps none.

    Source: Wang et al., SIGIR 2023, eq. 9 to 12 and algorithm 2.
    Differs: discrete noise and a multinomial likelihood, where the paper has Gaussian noise and squared errors: a
        history is read as the few items it holds, and a step costs a tenth.
    """

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = "Wang et al., Diffusion recommender model, SIGIR 2023, eq. 9"
    config_class: ClassVar[type[Config]] = DiffRecConfig
    task: ClassVar[str] = "diffrec"


class Mender(nn.Module):
    """Items and a level of wear -> hidden -> items."""

    def __init__(self, items: int, dim: int, levels: int) -> None:
        super().__init__()
        self.heard = nn.Parameter(torch.empty(items, dim))
        nn.init.xavier_normal_(self.heard)
        self.level = nn.Embedding(levels + 1, dim)
        nn.init.zeros_(self.level.weight)
        self.told = nn.Linear(dim, items)
        nn.init.xavier_normal_(self.told.weight)
        nn.init.zeros_(self.told.bias)

    def read(self, histories: csr_matrix) -> Tensor:
        """A few items each. Shapes: (n, items) -> (n, dim)."""
        return self.taken(histories, self.heard)

    def taken(self, histories: csr_matrix, vectors: Tensor) -> Tensor:
        """Sums of vectors over histories of length one. Shapes: (n, items), (items, dim) -> (n, dim)."""
        length = np.sqrt(np.asarray(histories.multiply(histories).sum(axis=1), np.float32)).ravel()
        owner = np.repeat(np.arange(len(length)), np.diff(histories.indptr))
        weight = torch.from_numpy(np.asarray(histories.data / np.maximum(length[owner], 1e-9), np.float32))
        index = torch.from_numpy(histories.indices.astype(np.int64))
        offsets = torch.from_numpy(histories.indptr[:-1].astype(np.int64))
        return functional.embedding_bag(index, vectors, offsets, mode="sum", per_sample_weights=weight)

    def forward(self, heard: Tensor, level: Tensor) -> Tensor:
        """Logits of the whole history. Shapes: (n, dim), (n,) -> (n, items)."""
        return cast("Tensor", self.told(torch.tanh(heard + self.level(level))))

    def settled(self) -> "Mender":
        """The network as it is stored and asked."""
        return self

    @torch.no_grad()
    def mended(self, histories: csr_matrix, times: int) -> Floats:
        """Logits after so many steps back. Shapes: (n, items) -> (n, items)."""
        first = self.read(histories)
        heard = first
        logits = self(heard, torch.full((len(heard),), times))
        for level in range(times - 1, 0, -1):  # the mean of what the step before may have been
            whole = logits.softmax(1)
            told = functional.normalize(whole, dim=1) @ self.heard
            heard = first * (level / (level + 1)) + told / (level + 1)
            logits = self(heard, torch.full((len(heard),), level))
        return np.asarray(logits.numpy(), np.float32)


class Worn(Learning, Generic[D]):
    """Whole histories from worn ones."""

    model: Mender

    def __init__(self, owner: Diffusion[D], model: Mender, people: csr_matrix, questions: Validation | None) -> None:
        self.owner, self.model, self.people, self.questions = owner, model, people, questions
        self.name = owner.task
        self.config = owner.config
        self.size = max(1, min(self.config.batch_size, -(-people.shape[0] // STEPS)))
        self.steps = -(-people.shape[0] // self.size)

    @override
    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """All people in batches, each at a level of their own."""
        del share
        order = rng.permutation(self.people.shape[0])
        for low in range(0, len(order), self.size):
            whole = self.people[np.sort(order[low : low + self.size])]
            level = rng.integers(1, self.config.levels + 1, whole.shape[0])
            worn = self._worn(whole, level / self.config.levels, rng)
            logits = self.model(self.model.read(worn), torch.from_numpy(level))
            logs = functional.log_softmax(logits, dim=1)
            lengths = np.diff(whole.indptr)
            line = torch.from_numpy(np.repeat(np.arange(whole.shape[0]), lengths))
            likely = logs[line, torch.from_numpy(whole.indices.astype(np.int64))]
            weight = torch.from_numpy(np.repeat(lengths**-0.5, lengths).astype(np.float32))
            yield self.more(whole, worn, logits) - (likely * weight).sum() / weight.sum()

    def more(self, whole: csr_matrix, worn: csr_matrix, logits: Tensor) -> Tensor:
        """What else a kind of diffusion asks for; nothing here. Shapes: (n, items) each -> ()."""
        del whole, worn
        return torch.zeros((), dtype=logits.dtype)

    def _worn(self, whole: csr_matrix, wear: npt.NDArray[np.float64], rng: np.random.Generator) -> csr_matrix:
        """Some items forgotten, some that mean nothing put in. Shapes: (n, items), (n,) 0 to 1 -> (n, items)."""
        lengths = np.diff(whole.indptr)
        line = np.repeat(np.arange(whole.shape[0]), lengths)
        kept = rng.random(whole.nnz) >= self.config.forgotten * wear[line]
        new = rng.poisson(self.config.strange * wear * lengths)
        lines = np.concatenate([line[kept], np.repeat(np.arange(whole.shape[0]), new)])
        columns = np.concatenate([whole.indices[kept], rng.integers(0, whole.shape[1], int(new.sum()))])
        worn = csr_matrix((np.ones(len(lines), np.float32), (lines, columns)), shape=whole.shape)
        worn.sum_duplicates()
        return worn

    @override
    def validate(self, model: nn.Module) -> float | None:
        """How high the hidden choices stand."""
        return None if self.questions is None else self.owner.looked_at(cast("Mender", model).settled(), self.questions)
