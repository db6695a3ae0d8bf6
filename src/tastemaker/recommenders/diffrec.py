"""DiffRec: a history is worn away step by step, and a network learns to tell what it was.

Wearing away is discrete here, as a history is: at each step some items are forgotten and some that mean nothing come
in. The network always foretells the whole history, not the step before. To recommend, nothing is worn away: the history
is taken for a worn one, and mended a few times.
"""

from collections.abc import Iterator
from typing import ClassVar, Generic, TypeVar, cast

import numpy as np
import numpy.typing as npt
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


class DiffRecConfig(RedrawingConfig):
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


D = TypeVar("D", bound=DiffRecConfig)


class Diffusion(Redrawing[D, "Mender"]):
    """What is shared by diffusion with modalities and without.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes after every epoch and resumes from; None keeps none.
    """

    average: ClassVar[float] = 0.95

    @override
    def network(self) -> "Mender":
        """Items known by number alone."""
        return Mender(len(self._rows), self.config.dim, self.config.levels)

    @override
    def learning(self, model: "Mender", people: csr_matrix, questions: Validation | None) -> "Worn[D]":
        """To mend worn histories."""
        return Worn(self, model, people, questions)

    @override
    def adopt(self, model: "Mender") -> None:
        """Take the network as it is now, one vector an item."""
        super().adopt(model.folded())

    @override
    def answered(self, histories: csr_matrix) -> Floats:
        """Logits of the items after mending. Shapes: (n, items) -> (n, items)."""
        return self._model.mended(histories, min(self.config.mended, self.config.levels))

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
        answer = self.answered(alone).astype(np.float64)
        likely = np.exp(answer - answer.max(axis=1, keepdims=True))
        return shares(self._rows[here], np.asarray(likely[:, place] / likely.sum(axis=1), np.float32), n)


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
        return unit_sums(histories, self.heard)

    def forward(self, heard: Tensor, level: Tensor) -> Tensor:
        """Logits of the whole history. Shapes: (n, dim), (n,) -> (n, items)."""
        return cast("Tensor", self.told(torch.tanh(heard + self.level(level))))

    def folded(self) -> "Mender":
        """The same answers from one vector an item: the network as it is stored and asked."""
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


class Worn(Histories[Mender], Generic[D]):
    """Whole histories from worn ones."""

    def __init__(self, owner: Diffusion[D], model: Mender, people: csr_matrix, questions: Validation | None) -> None:
        super().__init__(owner, model, people, questions)
        self.config = owner.config

    @override
    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """All people in batches, each at a level of their own."""
        del share
        for whole in self.wholes(rng):
            level = rng.integers(1, self.config.levels + 1, whole.shape[0])
            worn = self._worn(whole, level / self.config.levels, rng)
            logits = self.model(self.model.read(worn), torch.from_numpy(level))
            likely = functional.log_softmax(logits, dim=1)[chosen(whole)]
            lengths = np.diff(whole.indptr)
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
