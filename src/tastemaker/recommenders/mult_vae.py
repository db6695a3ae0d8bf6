"""Mult-VAE: a history is squeezed through a few numbers and drawn again, as a share for every item.

A variational autoencoder whose likelihood is the multinomial, a budget that all items compete for, and whose pull to
the prior grows while it learns. A person is only ever their history.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Self, cast

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

BATCH = 512
STEPS = 8  # fewest batches of an epoch


class MultVaeConfig(FactorsConfig):
    """Settings of Mult-VAE."""

    dim: int = Field(default=128, ge=1)
    """Numbers that a history is squeezed into."""

    hidden: int = Field(default=256, ge=1)
    """Width of the layers between them and the items."""

    dropout: float = Field(default=0.5, ge=0, lt=1)
    """Share of a history that is hidden while learning."""

    pull: float = Field(default=0.2, ge=0)
    """Weight of the divergence from the prior, at its highest."""

    anneal: float = Field(default=0.5, gt=0, le=1)
    """Share of the training over which that weight grows from nothing."""

    epochs: int = Field(default=60, ge=1)
    """At most; validation chooses how many."""

    learning_rate: float = Field(default=0.002, gt=0)
    """At its highest."""

    weight_decay: float = Field(default=0.01, ge=0)
    """Shrinks the weights."""

    batch_size: int = Field(default=256, ge=1)
    """People a step."""

    max_minutes: float = Field(default=20.0, gt=0)
    """After so long the training ends gently."""


class MultVae(Collaborative[MultVaeConfig]):
    """``max E_q(z | x) sum_i x_i log softmax_i f(z) - b KL(q(z | x) || N(0, I))``.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes after every epoch and resumes from; None keeps none.

    Source: Liang et al., eq. 7; section 2.2.2 for the annealing.
    Differs: a history may be read by recency.
    """

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = "Liang et al., Variational autoencoders for collaborative filtering, WWW 2018, eq. 7"
    config_class: ClassVar[type[Config]] = MultVaeConfig

    def __init__(self, config: MultVaeConfig | None = None, *, checkpoint: Path | None = None) -> None:
        super().__init__(config)
        self._checkpoint = checkpoint

    @override
    def learn(self, events: Interactions, questions: Validation | None, observer: Observer) -> None:
        """Train; keep the best moment."""
        config = self.config
        people = events.matrix()[:, self._rows].tocsr()
        with torch.random.fork_rng():
            torch.manual_seed(derive(config.seed, "mult-vae"))
            self._model = Autoencoder(len(self._rows), config.hidden, config.dim)
        plan = Plan(
            epochs=config.epochs, learning_rate=config.learning_rate, weight_decay=config.weight_decay,
            max_seconds=60 * config.max_minutes, seed=config.seed, checkpoint=self._checkpoint,
            key=digest("mult-vae", config, people.indices, people.indptr),
        )  # fmt: skip
        learning = _Histories(self, self._model, people[np.diff(people.indptr) > 0], questions)
        train(learning, plan, observer)
        self._model = learning.model

    def looked_at(self, model: "Autoencoder", questions: Validation) -> float:
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
                scores[np.ix_(low + spoken, known)] = self._model.answered(part[spoken])[:, places[known]]
        return scores

    @override
    def because(self, history: History, row: int, n: int = 3) -> list[tuple[int, float]]:
        """The rows of the history without which the item would fall furthest."""
        here, weights = self._known_of(history)
        place = int(self.places(np.array([row]))[0])
        if place < 0 or not len(here):
            return []
        lines = np.tile(np.arange(len(here)), (len(here) + 1, 1))  # the whole history, then without each of its items
        kept = np.vstack([np.ones((1, len(here)), np.bool_), ~np.eye(len(here), dtype=np.bool_)])
        owner = np.broadcast_to(np.arange(len(kept))[:, None], kept.shape)[kept]
        shape = (len(kept), len(self._rows))
        asked = csr_matrix((weights[lines[kept]], (owner, here[lines[kept]])), shape=shape, dtype=np.float32)
        answer = self._model.answered(asked)
        likely = answer[:, place] - np.log(np.exp(answer - answer.max(1, keepdims=True)).sum(1)) - answer.max(1)
        return shares(self._rows[here], np.asarray(likely[0] - likely[1:], np.float32), n)

    @override
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The weights."""
        weights = {f"model.{name}": tensor.numpy() for name, tensor in self._model.state_dict().items()}
        return {**super().tensors(), **weights}

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        super().restore(tensors)
        self._model = Autoencoder(len(self._rows), self.config.hidden, self.config.dim)
        names = self._model.state_dict()
        self._model.load_state_dict({name: torch.from_numpy(np.array(tensors[f"model.{name}"])) for name in names})
        self._model.eval()
        return self


class Autoencoder(nn.Module):
    """Items -> hidden -> mean and spread of ``dim`` numbers -> hidden -> items."""

    def __init__(self, items: int, hidden: int, dim: int) -> None:
        super().__init__()
        self.heard = nn.EmbeddingBag(items, hidden, mode="sum")
        nn.init.xavier_normal_(self.heard.weight)
        self.squeezed = nn.Linear(hidden, 2 * dim)
        self.widened = nn.Linear(dim, hidden)
        self.told = nn.Linear(hidden, items)
        for layer in (self.squeezed, self.widened, self.told):
            nn.init.xavier_normal_(layer.weight)
            nn.init.zeros_(layer.bias)

    def encode(self, histories: csr_matrix) -> tuple[Tensor, Tensor]:
        """Mean and logarithm of the variance. Histories are taken at length one. Shapes: (n, items) -> 2 (n, dim)."""
        length = np.sqrt(np.asarray(histories.multiply(histories).sum(axis=1), np.float32)).ravel()
        owner = np.repeat(np.arange(len(length)), np.diff(histories.indptr))
        weight = torch.from_numpy(np.asarray(histories.data / np.maximum(length[owner], 1e-9), np.float32))
        index = torch.from_numpy(histories.indices.astype(np.int64))
        offsets = torch.from_numpy(histories.indptr[:-1].astype(np.int64))
        hidden = torch.tanh(self.heard(index, offsets, per_sample_weights=weight))
        mean, log_variance = self.squeezed(hidden).chunk(2, dim=1)
        return mean, log_variance

    def decode(self, z: Tensor) -> Tensor:
        """Logits. Shapes: (n, dim) -> (n, items)."""
        return cast("Tensor", self.told(torch.tanh(self.widened(z))))

    @torch.no_grad()
    def answered(self, histories: csr_matrix) -> Floats:
        """Logits of the mean. Shapes: (n, items) -> (n, items)."""
        return np.asarray(self.decode(self.encode(histories)[0]).numpy(), np.float32)


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """``KL(N(mean, variance) || N(0, I))`` of each line. Shapes: (n, dim) twice -> (n,)."""
    return 0.5 * (log_variance.exp() + mean**2 - 1 - log_variance).sum(1)


def weight_of_prior(share: float, pull: float, anneal: float) -> float:
    """A straight way from 0 to ``pull``, over the first ``anneal`` of the training."""
    return pull * min(1.0, share / anneal)


class _Histories(Learning):
    """Whole histories from parts of them."""

    name = "mult-vae"
    model: Autoencoder

    def __init__(self, owner: MultVae, model: Autoencoder, people: csr_matrix, questions: Validation | None) -> None:
        self.owner, self.model, self.people, self.questions = owner, model, people, questions
        self.config = owner.config
        self.size = max(1, min(self.config.batch_size, -(-people.shape[0] // STEPS)))
        self.steps = -(-people.shape[0] // self.size)

    @override
    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """All people in batches."""
        weight = weight_of_prior(share, self.config.pull, self.config.anneal)
        order = rng.permutation(self.people.shape[0])
        for low in range(0, len(order), self.size):
            whole = self.people[np.sort(order[low : low + self.size])]
            part = whole.copy()
            part.data *= rng.random(len(part.data)) >= self.config.dropout
            mean, log_variance = self.model.encode(part)
            z = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
            logs = functional.log_softmax(self.model.decode(z), dim=1)
            line = torch.from_numpy(np.repeat(np.arange(whole.shape[0]), np.diff(whole.indptr)))
            likely = logs[line, torch.from_numpy(whole.indices.astype(np.int64))].sum() / whole.shape[0]
            yield weight * divergence(mean, log_variance).mean() - likely

    @override
    def validate(self, model: nn.Module) -> float | None:
        """How high the hidden choices stand."""
        return None if self.questions is None else self.owner.looked_at(cast("Autoencoder", model), self.questions)
