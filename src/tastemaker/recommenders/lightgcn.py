"""LightGCN: items' vectors smoothed over the graph of who chose what, nothing else.

The paper's graph layers, with two changes that matter more than the layers do. People have no vectors of their own: a
person is the propagation of their history, so anybody can be served. And each choice is foretold from the *other*
choices of the person, over a graph without that person, by a softmax over the whole catalog; the paper compares a
choice that the graph already knows with one item drawn by chance.
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from scipy.sparse import csr_matrix
from torch import Tensor, nn
from torch.nn import functional
from typing_extensions import override

from tastemaker.catalog.interactions import Interactions
from tastemaker.core.config import Config
from tastemaker.core.progress import Observer
from tastemaker.core.types import Floats, Ints
from tastemaker.nn.bipartite import edges, product, scales
from tastemaker.nn.cross_entropy import cross_entropy
from tastemaker.recommenders.factors import Factors
from tastemaker.recommenders.trained import Trained, TrainedConfig, Watched
from tastemaker.recommenders.validation import Validation


class LightGcnConfig(TrainedConfig):
    """Settings of LightGCN."""

    layers: int = Field(default=3, ge=1, le=8)
    """Steps over the graph, between people and items."""

    loss: Literal["softmax", "bpr"] = "softmax"
    """What is compared: a choice with the whole catalog, or with one item drawn by chance as in the paper."""

    temperature: float = Field(default=0.15, gt=0)
    """Of the softmax over cosines: smaller looks at the nearest items only."""

    batch_size: int = Field(default=512, ge=1)
    """People a step."""


class LightGcn(Trained[LightGcnConfig], Factors[LightGcnConfig]):
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
    task: ClassVar[str] = "lightgcn"

    @override
    def learn(self, events: Interactions, questions: Validation | None, observer: Observer) -> None:
        """Train; keep the best moment."""
        self._graph = Graph(events.matrix()[:, self._rows].tocsr(), self.config.layers)
        with self.chance():
            model = nn.Embedding(len(self._rows), self.config.dim)
            nn.init.normal_(model.weight, std=self.config.dim**-0.5)
        people = self._graph.people
        self.train(_Choices(self, model, self._graph, questions), observer, people.indices, people.indptr)
        self.adopt(model)
        del self._graph

    @torch.no_grad()
    def adopt(self, model: nn.Embedding) -> None:
        """Take the vectors that a training has come to."""
        said, items = self._graph.propagated(model.weight)
        self._said = np.asarray((said * self._graph.scale[:, None]).numpy(), np.float32)
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
        exact = self.people.astype(np.float64)  # degrees run into thousands
        self.scale = torch.from_numpy(scales(exact)[1].astype(np.float32))
        self.there, self.back = edges(exact)

    def propagated(self, vectors: Tensor, without: Ints | None = None) -> tuple[Tensor, Tensor]:
        """What items send to the people who chose them, and where the items themselves come to lie.

        ``E``, ``S E``, ``S S E``...: a person hears of the items at an odd distance, an item of those at an even one.

        Args:
            vectors: of the items.
            without: people whose choices are taken out of the graph.

        Shapes: (items, dim) -> (items, dim), (items, dim).
        """
        kept = torch.ones(self.people.shape[0], 1)
        if without is not None:
            kept[torch.from_numpy(without)] = 0.0
        rings = [vectors]
        for _ in range(self.layers // 2):
            rings.append(product(self.back, kept * product(self.there, rings[-1])))
        said = torch.stack(rings[: (self.layers + 1) // 2]).sum(0)
        return said / (self.layers + 1), torch.stack(rings).sum(0) / (self.layers + 1)


def _unit(x: Tensor) -> Tensor:
    return functional.normalize(x, dim=1)


class _Choices(Watched[nn.Embedding]):
    """Each choice of a person, foretold from their others."""

    def __init__(self, owner: LightGcn, model: nn.Embedding, graph: Graph, questions: Validation | None) -> None:
        super().__init__(owner, model, np.flatnonzero(np.diff(graph.people.indptr) > 1), questions)
        self.graph, self.config = graph, owner.config

    @override
    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """All people in batches."""
        del share
        for users in self.drawn(rng):
            batch = np.sort(users)
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
