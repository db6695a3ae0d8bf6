"""Mult-VAE: a history is squeezed through a few numbers and drawn again, as a share for every item.

A variational autoencoder whose likelihood is the multinomial, a budget that all items compete for, and whose pull to
the prior grows while it learns. A person is only ever their history.
"""

from collections.abc import Iterator
from typing import ClassVar, cast

import numpy as np
import torch
from pydantic import Field
from scipy.sparse import csr_matrix
from torch import Tensor, nn
from torch.nn import functional
from typing_extensions import override

from tastemaker.catalog.interactions import History
from tastemaker.core.config import Config
from tastemaker.core.types import Floats
from tastemaker.nn.bags import unit_sums
from tastemaker.recommenders.redrawing import Histories, Redrawing, RedrawingConfig, chosen
from tastemaker.recommenders.signals import shares
from tastemaker.recommenders.validation import Validation


class MultVaeConfig(RedrawingConfig):
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


class MultVae(Redrawing[MultVaeConfig, "Autoencoder"]):
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
    task: ClassVar[str] = "mult-vae"

    @override
    def network(self) -> "Autoencoder":
        """An autoencoder."""
        return Autoencoder(len(self._rows), self.config.hidden, self.config.dim)

    @override
    def learning(self, model: "Autoencoder", people: csr_matrix, questions: Validation | None) -> "_Hidden":
        """To redraw histories of which a part is hidden."""
        return _Hidden(self, model, people, questions)

    @override
    def answered(self, histories: csr_matrix) -> Floats:
        """Logits of the mean. Shapes: (n, items) -> (n, items)."""
        return self._model.answered(histories)

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
        answer = self.answered(asked)
        likely = answer[:, place] - np.log(np.exp(answer - answer.max(1, keepdims=True)).sum(1)) - answer.max(1)
        return shares(self._rows[here], np.asarray(likely[0] - likely[1:], np.float32), n)


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
        hidden = torch.tanh(unit_sums(histories, self.heard.weight))
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


class _Hidden(Histories[Autoencoder]):
    """Whole histories from parts of them."""

    def __init__(self, owner: MultVae, model: Autoencoder, people: csr_matrix, questions: Validation | None) -> None:
        super().__init__(owner, model, people, questions)
        self.config = owner.config

    @override
    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """All people in batches."""
        weight = weight_of_prior(share, self.config.pull, self.config.anneal)
        for whole in self.wholes(rng):
            part = whole.copy()
            part.data *= rng.random(len(part.data)) >= self.config.dropout
            mean, log_variance = self.model.encode(part)
            z = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
            logs = functional.log_softmax(self.model.decode(z), dim=1)
            likely = logs[chosen(whole)].sum() / whole.shape[0]
            yield weight * divergence(mean, log_variance).mean() - likely
