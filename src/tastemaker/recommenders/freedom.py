"""FREEDOM: items' vectors smoothed over two graphs, who chose what and what looks or sounds alike.

The graph of likeness is frozen: it comes from the modalities as they are and is not learned again each step. The graph
of people and items is thinned out anew at every step. Here the edges that are taken out are what is asked for: each
person's hidden choices are foretold from the rest by a softmax over the whole catalog.
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Self

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
from tastemaker.core.seeds import derive, generator
from tastemaker.core.types import Floats
from tastemaker.nn.bipartite import edges, product, scales, spread
from tastemaker.nn.directions import leading
from tastemaker.recommenders.multimodal_factors import MultimodalFactors, Vectors
from tastemaker.recommenders.trained import Trained, TrainedConfig, Watched
from tastemaker.recommenders.validation import Validation

START = 0.1  # deviation of the vectors before anything is learned
LEAST = 0.05  # lift of a modality that says nothing
FEWEST = 2  # people and items below which a spectrum says nothing


class FreedomConfig(TrainedConfig):
    """Settings of FREEDOM."""

    layers: int = Field(default=2, ge=1, le=6)
    """Trips over the graph, from items to people and back."""

    k: int = Field(default=10, ge=1)
    """Neighbours of an item in each modality."""

    likeness: float = Field(default=1.0, ge=0)
    """Weight of an item's neighbours against its own vector; 0 leaves a graph of choices alone."""

    share: float = Field(default=0.2, gt=0, le=0.5)
    """Of the choices that are hidden at each step, and asked for."""

    temperature: float = Field(default=0.15, gt=0)
    """Of the softmax over cosines: smaller looks at the nearest items only."""

    networks: int = Field(default=1, ge=1, le=16)
    """Networks that are trained, each with a seed of its own; their vectors stand side by side. Three are better than
    one, for three times the minutes."""

    epochs: int = Field(default=12, ge=1)
    """At most; in each, every choice is hidden once. Validation chooses how many."""


class Freedom(Trained[FreedomConfig], MultimodalFactors[FreedomConfig]):
    """``Q = sum_l S^l (E + c sum_m w_m K_m E)``; ``x_u`` is the propagated history; scores are cosines.

    S goes from items to people and back, ``K_m`` to the k nearest items in modality m; the ``w_m`` are learned and
    shared among the modalities that an item has. An item without events has ``q_j = c sum_m w_m (K_m E)_j``.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes after every epoch and resumes from; None keeps none.

    Source: Zhou and Shen, A tale of two graphs, MM 2023, eq. 5 to 10.
    Differs: a softmax over all items on hidden edges, where the paper samples edges by degree and compares pairs; one
        table of vectors, which starts from the leading directions of the graph; people have no vectors of their own.
    """

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = (
        "Zhou and Shen, A tale of two graphs: freezing and denoising graph structures, MM 2023, eq. 5"
    )
    config_class: ClassVar[type[Config]] = FreedomConfig
    task: ClassVar[str] = "freedom"
    average: ClassVar[float] = 0.0  # validation picks an epoch as it was

    @override
    def neighbours(self) -> int:
        """As the config says."""
        return self.config.k

    @override
    def learn(self, events: Interactions, questions: Validation | None, observer: Observer) -> None:
        """Train every network; keep the best moment of each."""
        config = self.config
        self._people = events.matrix()[:, self._events].tocsr()
        graphs = [graph[self._events] for graph in self._near.graphs.values()]
        heard = lifts(graphs, self._people)
        parts = [part for graph in (self._people, *graphs) for part in (graph.indices, graph.indptr, graph.data)]
        models, best = [], []
        for network in range(config.networks):
            seed = derive(config.seed, f"network {network}") % 2**31 if network else config.seed
            models.append(Table(begun(self._people, config.dim, seed), heard))
            self.train(_Hidden(self, models[-1], questions), observer, *parts, seed=seed)
            best.append(self._best)
        self._best = round(sum(best) / len(best))
        self.adopt(*models)
        del self._people

    def adopt(self, *models: "Table") -> None:
        """Take the vectors that trainings have come to: those of several networks side by side, at one length."""
        with torch.no_grad():
            known = [model(self.likeness(model), *edges(self._people), self.config)[1].numpy() for model in models]
        scale = [1.0 / max(float(np.linalg.norm(vectors, axis=1).mean()), 1e-12) for vectors in known]
        own = [model.items.detach().numpy() for model in models]
        self._own, self._known = (np.hstack([s * one for s, one in zip(scale, of, strict=True)]) for of in (own, known))
        self._modal = np.stack([model.weights().detach().numpy() for model in models])
        self._famous = scales(self._people)[1]
        self.place()

    def likeness(self, model: "Table") -> Tensor:
        """What its neighbours say of each item with events. Shapes: (items, dim)."""
        return model.alike([graph[self._events] for graph in self._near.graphs.values()])

    @override
    def everything(self) -> Vectors:
        """Known items where training left them, the others where their neighbours are."""
        graphs, dim = list(self._near.graphs.values()), self.config.dim
        items = np.zeros((self._near.size, self._own.shape[1]), np.float32)
        for network, modal in enumerate(self._modal):
            part = slice(network * dim, (network + 1) * dim)
            for graph, weight in zip(graphs, _shared(graphs, modal), strict=True):
                items[:, part] += np.float32(self.config.likeness) * weight[:, None] * (graph @ self._own[:, part])
        there = np.any(items != 0, axis=1)
        here = self._events < len(items)
        items[self._events[here]] = self._known[here]
        there[self._events[here]] = True
        said = items.copy()
        said[self._events[here]] *= self._famous[here, None]
        length = np.linalg.norm(items, axis=1, keepdims=True)
        return Vectors(said, items / np.maximum(length, 1e-12), np.zeros(len(items), np.float32), there)

    @override
    def read(self, places: npt.NDArray[np.int64], weights: Floats) -> Floats:
        """The sum over the history, of length one. Shapes: (items, dim)."""
        parts = self._said[places] * weights[:, None]
        length = float(np.linalg.norm(parts.sum(axis=0)))
        return np.asarray(parts / max(length, 1e-12), np.float32)

    @override
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The vectors, and what new items are placed by."""
        return {
            **super().tensors(), "own": self._own, "known": self._known, "modal": self._modal, "famous": self._famous,
        }  # fmt: skip

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        super().restore(tensors)
        arrays = (np.asarray(tensors[name], np.float32) for name in ("own", "known", "modal", "famous"))
        self._own, self._known, self._modal, self._famous = arrays
        return self


class Table(nn.Module):
    """One vector an item with events, and how much each modality is heard."""

    def __init__(self, start: Floats, heard: Floats) -> None:
        super().__init__()
        self.items = nn.Parameter(torch.from_numpy(start))
        self.heard = nn.Parameter(torch.from_numpy(np.log(heard)))

    def weights(self) -> Tensor:
        """Of the modalities, sum one. Shapes: (modalities,)."""
        return self.heard.softmax(0)

    def alike(self, graphs: list[csr_matrix]) -> Tensor:
        """What the neighbours say; zeros for an item without any. Shapes: each (n, items) -> (n, dim)."""
        found = torch.zeros(graphs[0].shape[0] if graphs else len(self.items), self.items.shape[1])
        there = [torch.from_numpy((np.diff(graph.indptr) > 0).astype(np.float32)) for graph in graphs]
        weights = self.weights()
        total = sum((w * one for w, one in zip(weights, there, strict=True)), torch.zeros(len(found)))
        for graph, weight, one in zip(graphs, weights, there, strict=True):
            found = found + (weight * one / total.clamp(min=1e-12))[:, None] * product(graph, self.items)
        return found

    def forward(
        self, alike: Tensor, there: csr_matrix, back: csr_matrix, config: FreedomConfig
    ) -> tuple[Tensor, Tensor]:
        """People and items after all trips. Shapes: there (people, items), back (items, people)."""
        return spread(self.items + config.likeness * alike, there, back, config.layers)


class _Hidden(Watched[Table]):
    """In an epoch every choice is hidden once; those who have something left are asked what is missing."""

    def __init__(self, owner: Freedom, model: Table, questions: Validation | None) -> None:
        super().__init__(owner, model, np.arange(owner._people.shape[0]), questions)
        self.owner, self.config, self.people = owner, owner.config, owner._people
        self.steps = round(1.0 / self.config.share)
        self.line = np.repeat(self.users, np.diff(self.people.indptr))

    @override
    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """One loss a hidden part."""
        del share
        part = rng.permutation(self.people.nnz) % self.steps
        for step in range(self.steps):
            rest, asked = self._only(part != step), self._only(part == step)
            able = np.flatnonzero((np.diff(rest.indptr) > 0) & (np.diff(asked.indptr) > 0))
            able = np.sort(rng.permutation(able)[: self.config.batch_size])
            if len(able):
                people, items = self.model(self.owner.likeness(self.model), *edges(rest), self.config)
                yield self._loss(people[torch.from_numpy(able)], items, rest[able], asked[able])

    def _only(self, kept: npt.NDArray[np.bool_]) -> csr_matrix:
        entries = (self.people.data[kept], (self.line[kept], self.people.indices[kept]))
        return csr_matrix(entries, shape=self.people.shape)

    def _loss(self, people: Tensor, items: Tensor, rest: csr_matrix, asked: csr_matrix) -> Tensor:
        """Softmax over what a person does not have; many hidden choices of one person count as their root."""
        logits = functional.normalize(people, dim=1) @ functional.normalize(items, dim=1).T / self.config.temperature
        logits = logits.masked_fill(torch.from_numpy(rest.toarray() > 0), -1e9)
        wanted = torch.from_numpy(asked.toarray())
        count = wanted.sum(1)
        likely = (torch.log_softmax(logits, 1) * wanted).sum(1)
        return -(likely / count.sqrt()).sum() / count.sqrt().sum()


def begun(people: csr_matrix, dim: int, seed: int) -> Floats:
    """Vectors before training: the leading directions of the graph, and a little chance. Shapes: (items, dim)."""
    rng = generator(seed, "start")
    vectors = rng.normal(scale=START, size=(people.shape[1], dim)).astype(np.float32)
    n = min(dim, min(people.shape) - 1)
    if n >= FEWEST:
        there, _ = edges(people)
        strength, directions = leading(there, n, rng.normal(size=min(there.shape)))
        scale = 0.3 * np.sqrt(people.shape[1] / dim)
        vectors[:, :n] += (directions * np.sqrt(np.maximum(strength, 0.0)) * scale).astype(np.float32)
    return vectors


def lifts(graphs: list[csr_matrix], people: csr_matrix) -> Floats:
    """How much more than chance the neighbours in each modality are chosen by the same people; where the weights begin.

    The mean of ``A'A`` over the neighbours by its mean over all pairs, less one; at least ``LEAST``. A as in
    :func:`edges`.

    Shapes: each (items, items), people (people, items) -> (modalities,).
    """
    there, _ = edges(people)
    alike = there.T @ there  # of items, with the busy and the famous damped
    alike.setdiag(0.0)
    usual = float(alike.sum()) / max(alike.shape[0] * (alike.shape[0] - 1), 1)
    found = [float(graph.multiply(alike).sum()) / max(float(graph.sum()) * usual, 1e-12) - 1.0 for graph in graphs]
    return np.maximum(np.array(found, np.float32), LEAST)


def _shared(graphs: list[csr_matrix], weights: Floats) -> list[Floats]:
    """Weights of the modalities among those that each item has. Shapes: each (n,)."""
    there = [(np.diff(graph.indptr) > 0) * weight for graph, weight in zip(graphs, weights, strict=True)]
    total = np.maximum(np.sum(there, axis=0), 1e-12) if there else 1.0
    return [np.asarray(one / total, np.float32) for one in there]
