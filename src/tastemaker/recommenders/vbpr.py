"""VBPR: factors learned from pairs, where an item is its own vector and a projection of what it looks and sounds like.

The oldest multimodal recommender and the mark for the others. Any number of modalities: each has a projection of its
own, and an item that lacks one is heard through the rest.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from scipy.sparse import csr_matrix
from torch import Tensor, nn
from torch.nn import functional
from typing_extensions import override

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import Interactions
from tastemaker.core.config import Config
from tastemaker.core.progress import Observer
from tastemaker.core.types import Floats, Ints
from tastemaker.recommenders.multimodal_factors import MultimodalFactors, Vectors
from tastemaker.recommenders.trained import Trained, TrainedConfig, Watched, by_root
from tastemaker.recommenders.validation import Validation

START = 0.1


class VbprConfig(TrainedConfig):
    """Settings of VBPR."""

    epochs: int = Field(default=15, ge=1)
    """At most; validation chooses how many."""

    max_minutes: float = Field(default=10.0, gt=0)
    """After so long the training ends gently."""


class Vbpr(Trained[VbprConfig], MultimodalFactors[VbprConfig]):
    """``s(u, j) = x_u . (q_j + sum_m W_m f_mj) + b_j + sum_m v_m . f_mj``, ``max sum log s(s(u, i) - s(u, j))``.

    ``x_u`` is the mean of ``p_i + sum_m V_m f_mi`` over the history, without the item that is asked for in training.
    An item without events has its modalities alone.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes after every epoch and resumes from; None keeps none.

    Source: He and McAuley, AAAI 2016, eq. 4 and 6.
    Differs: people are read from their histories; any number of modalities; the popularity is where ``b`` starts.
    """

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = "He and McAuley, VBPR: visual Bayesian personalized ranking, AAAI 2016, eq. 4"
    config_class: ClassVar[type[Config]] = VbprConfig
    task: ClassVar[str] = "vbpr"
    average: ClassVar[float] = 0.9

    _content: Mapping[str, Floats]
    _own: Mapping[str, Floats]

    @override
    def see(self, catalog: Catalog, vectors: ItemVectors | None) -> None:
        """Read the vectors of every modality."""
        super().see(catalog, vectors)
        self._content = self._near.likeness.vectors(catalog, vectors, np.arange(catalog.size))

    @override
    def learn(self, events: Interactions, questions: Validation | None, observer: Observer) -> None:
        """Train; keep the best moment."""
        people = events.matrix()[:, self._events].tocsr()
        counts = np.asarray(people.sum(axis=0), np.float32).ravel()
        with self.chance():
            model = Shown(counts, [matrix.shape[1] for matrix in self._content.values()], self.config.dim)
        known = [matrix[self._events] for matrix in self._content.values()]
        learning = _Pairs(self, model, people, [torch.from_numpy(matrix) for matrix in known], questions)
        self.train(learning, observer, people.indices, people.indptr, *known)
        self.adopt(model)

    def adopt(self, model: "Shown") -> None:
        """Take what a training has come to."""
        self._own = {name: value.detach().numpy().copy() for name, value in model.state_dict().items()}
        self.place()

    @override
    def everything(self) -> Vectors:
        """Own vectors where there are any, and the modalities of all."""
        size = self._near.size
        said, items = (np.zeros((size, self._own["said"].shape[1]), np.float32) for _ in range(2))
        offset, there = np.zeros(size, np.float32), np.zeros(size, np.bool_)
        for place, matrix in enumerate(self._content.values()):
            said += matrix @ self._own[f"said_by.{place}"]
            items += matrix @ self._own[f"shown_by.{place}"]
            offset += matrix @ self._own[f"liked_by.{place}"]
            there |= np.any(matrix != 0, axis=1)
        here = self._events < size
        rows = self._events[here]
        said[rows] += self._own["said"][here]
        items[rows] += self._own["items"][here]
        offset[rows] += self._own["offset"][here]
        there[rows] = True
        return Vectors(said, items, offset, there)

    @override
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The vectors, and what new items are placed by."""
        return {**super().tensors(), **{f"own.{name}": value for name, value in self._own.items()}}

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        super().restore(tensors)
        own = {name.removeprefix("own."): value for name, value in tensors.items() if name.startswith("own.")}
        self._own = {name: np.asarray(value, np.float32) for name, value in own.items()}
        return self


class Shown(nn.Module):
    """Vectors of the items with events, and projections of their modalities."""

    def __init__(self, counts: Floats, widths: Sequence[int], dim: int) -> None:
        super().__init__()
        self.said = nn.Parameter(torch.randn(len(counts), dim) * START)
        self.items = nn.Parameter(torch.randn(len(counts), dim) * START)
        self.offset = nn.Parameter(torch.from_numpy(np.log(counts)))
        self.said_by = nn.ParameterList(torch.randn(width, dim) * START for width in widths)
        self.shown_by = nn.ParameterList(torch.randn(width, dim) * START for width in widths)
        self.liked_by = nn.ParameterList(torch.zeros(width) for width in widths)

    def forward(self, content: Sequence[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """What items say, what they are compared by, and what is added. Shapes: (n, dim), (n, dim), (n,)."""
        said, items, offset = self.said, self.items, self.offset
        for matrix, a, b, c in zip(content, self.said_by, self.shown_by, self.liked_by, strict=True):
            said, items, offset = said + matrix @ a, items + matrix @ b, offset + matrix @ c
        return said, items, offset


class _Pairs(Watched[Shown]):
    """Something a person chose, above something they did not, both foretold from the rest of their history."""

    def __init__(
        self, owner: Vbpr, model: Shown, people: csr_matrix, content: Sequence[Tensor], questions: Validation | None
    ) -> None:
        lengths = np.diff(people.indptr)
        super().__init__(owner, model, by_root(np.where(lengths > 1, lengths, 0)), questions)
        self.people, self.content = people, content

    @override
    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """Everybody, those with long histories more often."""
        del share
        for users in self.drawn(rng):
            said, items, offset = self.model(self.content)
            person, wanted = rest(self.people, users, said, rng)
            other = torch.from_numpy(rng.integers(0, self.people.shape[1], len(users)))
            gap = (person * (items[wanted] - items[other])).sum(1) + offset[wanted] - offset[other]
            yield -functional.logsigmoid(gap).mean()


def rest(people: csr_matrix, users: Ints, said: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """For each person one of their items, drawn by chance, and the mean of what the others say.

    Shapes: users (n,), said (items, dim) -> (n, dim), (n,) int64.
    """
    begin, length = people.indptr[users], np.diff(people.indptr)[users]
    wanted = torch.from_numpy(people.indices[begin + rng.integers(0, length)].astype(np.int64))
    part = people[users]
    line = torch.from_numpy(np.repeat(np.arange(len(users)), length))
    whole = torch.zeros(len(users), said.shape[1]).index_add(0, line, said[torch.from_numpy(part.indices).long()])
    return (whole - said[wanted]) / torch.from_numpy(length - 1.0).float()[:, None], wanted
