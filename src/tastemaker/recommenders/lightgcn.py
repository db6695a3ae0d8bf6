"""LightGCN: items' vectors smoothed over the graph of who chose what, nothing else.

The paper's graph layers, with two changes that matter more than the layers do. People have no vectors of their own: a
person is the propagation of their history, so anybody can be served. And each choice is foretold from the *other*
choices of the person, over a graph without that person, by a softmax over the whole catalog; the paper compares a
choice that the graph already knows with one item drawn by chance.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar, Literal, Protocol, Self, cast

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from scipy.sparse import csr_matrix, diags
from torch import Tensor, nn
from torch.nn import functional
from typing_extensions import override

from tastemaker.catalog.interactions import Interactions
from tastemaker.core.config import Config
from tastemaker.core.progress import Observer
from tastemaker.core.seeds import derive
from tastemaker.core.types import Doubles, Floats, Ints
from tastemaker.nn.checkpoint import digest
from tastemaker.nn.cross_entropy import cross_entropy
from tastemaker.nn.training import Learning, Plan, train
from tastemaker.recommenders.factors import Factors, FactorsConfig
from tastemaker.recommenders.validation import Validation

STEPS = 8  # fewest batches of an epoch


class LightGcnConfig(FactorsConfig):
    """Settings of LightGCN."""

    layers: int = Field(default=3, ge=1, le=8)
    """Steps over the graph, between people and items."""

    loss: Literal["softmax", "bpr"] = "softmax"
    """What is compared: a choice with the whole catalog, or with one item drawn by chance as in the paper."""

    temperature: float = Field(default=0.15, gt=0)
    """Of the softmax over cosines: smaller looks at the nearest items only."""

    epochs: int = Field(default=40, ge=1)
    """At most; validation chooses how many."""

    learning_rate: float = Field(default=0.01, gt=0)
    """At its highest."""

    weight_decay: float = Field(default=0.01, ge=0)
    """Shrinks the vectors."""

    batch_size: int = Field(default=512, ge=1)
    """People a step."""

    max_minutes: float = Field(default=20.0, gt=0)
    """After so long the training ends gently."""


class LightGcn(Factors[LightGcnConfig]):
    """``q = sum_k S^k e / (layers + 1)``, ``S = A'A``, ``A = D_u^(-1/2) R D_i^(-1/2)``; a person is a line of ``A q``.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes after every epoch and resumes from; None keeps none.

    Source: He et al., eq. 7 and 8.
    Differs: people start from nothing instead of a vector of their own; cosines and a softmax over all items, each
        choice left out of the history that foretells it (``loss = "bpr"`` is the paper's).
    """

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = "He et al., LightGCN: simplifying and powering graph convolution, SIGIR 2020, eq. 7"
    config_class: ClassVar[type[Config]] = LightGcnConfig

    def __init__(self, config: LightGcnConfig | None = None, *, checkpoint: Path | None = None) -> None:
        super().__init__(config)
        self._checkpoint = checkpoint

    @override
    def learn(self, events: Interactions, questions: Validation | None, observer: Observer) -> None:
        """Train; keep the best moment."""
        config = self.config
        graph = Graph(events.matrix()[:, self._rows].tocsr(), config.layers)
        with torch.random.fork_rng():
            torch.manual_seed(derive(config.seed, "lightgcn"))
            model = nn.Embedding(len(self._rows), config.dim)
            nn.init.normal_(model.weight, std=config.dim**-0.5)
        learning = _Choices(self, model, graph, questions)
        plan = Plan(
            epochs=config.epochs, learning_rate=config.learning_rate, weight_decay=config.weight_decay,
            max_seconds=60 * config.max_minutes, seed=config.seed, checkpoint=self._checkpoint,
            key=digest("lightgcn", config, graph.people.indices, graph.people.indptr),
        )  # fmt: skip
        self._best = train(learning, plan.ending(self._stop), observer).best
        self.settle(graph, model.weight)

    @torch.no_grad()
    def settle(self, graph: "Graph", weight: Tensor) -> None:
        """Take the vectors that a training has come to."""
        said, items = graph.propagated(weight)
        self._said = np.asarray((said * graph.scale[:, None]).numpy(), np.float32)
        self.take(np.asarray(items.numpy(), np.float32))

    @override
    def read(self, places: Ints, weights: Floats) -> Floats:
        """What the graph sends to the person. Shapes: (items, dim)."""
        return np.asarray(self._said[places] * (weights / np.sqrt(weights.sum()))[:, None], np.float32)

    @override
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The vectors of items as candidates and as parts of a history."""
        return {**super().tensors(), "said": self._said}

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        self._said = np.asarray(tensors["said"], np.float32)
        return super().restore(tensors)


class Graph:
    """Who chose what.

    Args:
        people: 1 where a person chose an item; every item has somebody. (users, items)
        layers: steps over the graph.
    """

    def __init__(self, people: csr_matrix, layers: int) -> None:
        self.people = people[np.diff(people.indptr) > 0]
        self.layers = layers
        self.lengths: Doubles = np.asarray(self.people.sum(axis=1), np.float64).ravel()
        famous = np.asarray(self.people.sum(axis=0), np.float64).ravel() ** -0.5
        self.scale = torch.from_numpy(famous.astype(np.float32))
        self.step: csr_matrix = (diags(self.lengths**-0.5) @ self.people @ diags(famous)).tocsr().astype(np.float32)

    def propagated(self, vectors: Tensor, without: Ints | None = None) -> tuple[Tensor, Tensor]:
        """What items send to the people who chose them, and where the items themselves come to lie.

        ``E``, ``S E``, ``S S E``...: a person hears of the items at an odd distance, an item of those at an even one.

        Args:
            vectors: of the items.
            without: people whose choices are taken out of the graph.

        Shapes: (items, dim) -> (items, dim), (items, dim).
        """
        rings = [vectors]
        for _ in range(self.layers // 2):
            rings.append(_smooth(rings[-1], self.step, without))
        said = torch.stack(rings[: (self.layers + 1) // 2]).sum(0)
        return said / (self.layers + 1), torch.stack(rings).sum(0) / (self.layers + 1)


class _Context(Protocol):
    """Where the way back finds the graph."""

    graph: tuple[csr_matrix, Ints | None]


class _Smooth(torch.autograd.Function):
    """``A'A x``, its own transpose."""

    @staticmethod
    def forward(ctx: _Context, x: Tensor, step: csr_matrix, without: Ints | None) -> Tensor:
        ctx.graph = (step, without)
        return _walked(x, step, without)

    @staticmethod
    def backward(ctx: _Context, grad: Tensor) -> tuple[Tensor, None, None]:
        return _walked(grad, *ctx.graph), None, None


def _walked(x: Tensor, step: csr_matrix, without: Ints | None) -> Tensor:
    people = step @ x.detach().numpy()
    if without is not None:
        people[without] = 0.0
    return torch.from_numpy(step.T @ people)


def _smooth(x: Tensor, step: csr_matrix, without: Ints | None) -> Tensor:
    return cast("Tensor", _Smooth.apply(x, step, without))  # type: ignore[no-untyped-call]


def _unit(x: Tensor) -> Tensor:
    return functional.normalize(x, dim=1)


class _Choices(Learning):
    """Each choice of a person, foretold from their others."""

    name = "lightgcn"
    model: nn.Embedding

    def __init__(self, owner: LightGcn, model: nn.Embedding, graph: Graph, questions: Validation | None) -> None:
        self.owner, self.model, self.graph, self.questions = owner, model, graph, questions
        self.users = np.flatnonzero(graph.lengths > 1)
        self.config = owner.config
        self.size = max(1, min(self.config.batch_size, -(-len(self.users) // STEPS)))
        self.steps = -(-len(self.users) // self.size)

    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """All people in batches."""
        del share
        order = rng.permutation(self.users)
        for low in range(0, len(order), self.size):
            batch = np.sort(order[low : low + self.size])
            people, softmax = self.graph.people[batch], self.config.loss == "softmax"
            said, items = self.graph.propagated(self.model.weight, batch if softmax else None)
            line = torch.from_numpy(np.repeat(np.arange(people.shape[0]), np.diff(people.indptr)))
            item = torch.from_numpy(people.indices.astype(np.int64))
            heard = (said * self.graph.scale[:, None])[item]  # (choices, dim)
            whole = torch.zeros(people.shape[0], heard.shape[1]).index_add(0, line, heard)
            length = torch.from_numpy(np.diff(people.indptr).astype(np.float32))
            if softmax:
                others = _unit(whole[line] - heard) / self.config.temperature
                yield cross_entropy(others, items, item)
            else:
                person = (whole / length.sqrt()[:, None])[line]
                drawn = torch.from_numpy(rng.integers(0, len(items), len(item)))
                yield -functional.logsigmoid((person * (items[item] - items[drawn])).sum(1)).mean()

    def validate(self, model: nn.Module) -> float | None:
        """How high the hidden choices stand."""
        if self.questions is None:
            return None
        self.owner.settle(self.graph, cast("nn.Embedding", model).weight)
        return self.owner.gain(self.questions)
