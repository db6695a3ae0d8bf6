"""DreamRec: the vector of the next item is drawn out of noise, given the history; what lies nearest is the answer.

Nothing is classified: a causal transformer reads the history, and a small network takes noise away from a vector until
it is the vector of what the person would choose. Vectors are fixed before - where an item stands in the shop's space,
beside where it stands in people's taste - so an item that came after the training is recommended like any other. Drawn
several times, the answer keeps several wishes apart that a mean would blur.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from torch import Tensor, nn
from typing_extensions import override

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.core.config import Config
from tastemaker.core.progress import Observer
from tastemaker.core.seeds import derive
from tastemaker.core.types import Floats, Ints
from tastemaker.encoders.base import unit
from tastemaker.encoders.behaviour import taste_vectors
from tastemaker.nn.checkpoint import digest
from tastemaker.nn.diffusion import Straight, denoising_loss, guided, spread_times
from tastemaker.nn.samplers import STEPS, times_down, walk
from tastemaker.nn.sequence import CausalTransformer
from tastemaker.recommenders.sequences import Sequences, story
from tastemaker.recommenders.sequential import (
    Answer,
    Material,
    Sequential,
    SequentialConfig,
    Windows,
    foretold,
    restored,
    stored,
    told,
)
from tastemaker.recommenders.validation import Validation

PARTS = 4
"""Blocks of like lengths that a batch is cut into."""


class DreamRecConfig(SequentialConfig):
    """Settings of DreamRec."""

    dropout: float = Field(default=0.2, ge=0, lt=1)
    """Share dropped in training."""
    taste_dim: int = Field(default=64, ge=1)
    """Length of the taste vectors beside the space's."""
    width: int = Field(default=256, ge=8)
    """Of the network that takes noise away."""
    forgotten: float = Field(default=0.1, ge=0, lt=1)
    """Share of the steps that learn without the history, for guidance."""
    guidance: float = Field(default=1.5, ge=0)
    """How much more the history counts than it says itself; 1 for just that."""
    sample_steps: int = Field(default=8, ge=1, le=1000)
    """Steps from noise to a vector."""
    dreams: int = Field(default=4, ge=1, le=64)
    """Vectors drawn for a history; an item counts by its mean nearness to them."""


class Dreamer(nn.Module):
    """Reads histories of fixed vectors, and tells the velocity of a noisy vector on its way to the next one.

    Args:
        vectors: length of an item's vector.
        config: sizes.
    """

    def __init__(self, vectors: int, config: DreamRecConfig) -> None:
        super().__init__()
        self.vectors = vectors
        self.read = nn.Linear(vectors, config.dim)
        self.body = CausalTransformer(config.dim, config.layers, config.heads, config.length, config.dropout)
        self.nothing = nn.Parameter(torch.zeros(config.dim))
        self.clock = nn.Linear(2, config.dim)
        self.denoise = nn.Sequential(
            nn.Linear(vectors + 2 * config.dim, config.width), nn.SiLU(),
            nn.Linear(config.width, config.width), nn.SiLU(),
            nn.Linear(config.width, vectors),
        )  # fmt: skip

    def forward(self, table: Tensor, lines: Tensor, keep: Tensor | None) -> Tensor:
        """What is known after each item. Shapes: table (items, vectors), lines (n, length) -> (n, length, dim)."""
        out: Tensor = self.body(self.read(table[lines]), keep)
        return out

    def velocity(self, x: Tensor, t: Tensor, known: Tensor) -> Tensor:
        """Where a noisy vector goes. Shapes: x (n, vectors), t (n,), known (n, dim) -> (n, vectors)."""
        angle = t[:, None] * torch.pi
        clock = self.clock(torch.cat([angle.cos(), angle.sin()], 1))
        out: Tensor = self.denoise(torch.cat([x, clock, known], 1))
        return out


class Dreaming(Windows):
    """Each item of each history drawn out of noise from those before it.

    Args:
        name, key, material: as :class:`Windows` has them.
        model: trained in place.
        owner: the method, whose settings count.
        table: vectors of the items.
        questions: what it is judged on; None for nothing.
    """

    def __init__(
        self, name: str, key: str, material: Material, model: Dreamer, owner: "DreamRec", table: Tensor,
        questions: Validation | None,
    ) -> None:  # fmt: skip
        super().__init__(name, key, material)
        self.model: Dreamer = model
        self.owner, self.table, self.lines, self.questions = owner, table, material.lines, questions

    @override
    def loss(self, sequences: Sequences, which: Ints) -> Tensor:
        """Mean squared error of the velocity. Shapes: which (n,) -> ()."""
        known, target = foretold(self.model, self.table, sequences, which, PARTS)
        gone = torch.rand(len(known), 1) < self.owner.config.forgotten
        known = torch.where(gone, self.model.nothing, known)
        x = self.table[target]
        path = Straight()
        times = spread_times(path, len(x))
        return denoising_loss(path, lambda x_t, t: self.model.velocity(x_t, t, known), x, torch.randn_like(x), times)

    @override
    @torch.no_grad()
    def validate(self, model: nn.Module) -> float | None:
        """Mean NDCG of the first 20 places."""
        if self.questions is None or not isinstance(model, Dreamer):
            return None
        place, length = self.lines.place, self.owner.config.length

        def score(histories: Sequence[History], rows: Ints) -> Floats:
            stories = [story(history, place, length) for history in histories]
            return self.owner.nearness(model, self.table, stories, self.table[torch.from_numpy(place[rows])])

        return self.questions.gain(score, self.lines.rows)


class DreamRec(Sequential[DreamRecConfig, Dreaming]):
    """``v(x_t, t | history)``, learned by ``|v - (e - x)|^2``; a score is the mean cosine with drawn vectors.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes after every epoch and resumes from; None keeps none.

    Source: Yang et al., NeurIPS 2023 (arXiv 2310.20453), eq. 4 to 9.
    Differs: a straight path instead of DDPM's schedule; fixed vectors, so that nothing collapses and new items are
        served; several drawings an answer; every place of a history is learned from.
    See also: `sasrec-content`, which classifies and is usually more accurate; this one draws what does not exist yet.
    """

    figure: ClassVar[str] = "4"
    source: ClassVar[str] = "Yang et al., Generate what you prefer (DreamRec), NeurIPS 2023, eq. 9"
    config_class: ClassVar[type[Config]] = DreamRecConfig
    serves_cold_items: ClassVar[bool] = True
    task: ClassVar[str] = "dreamrec"
    steps: ClassVar[int] = 2_600
    most_epochs: ClassVar[int] = 60

    @override
    def learning(self, material: Material, questions: Validation | None, observer: Observer) -> Dreaming:
        """A network, and the vectors of the items that were chosen."""
        del observer
        self._tastes = taste_vectors(material.events, self.config.taste_dim)
        self._described = 0 if material.vectors is None else material.vectors.matrix.shape[1]
        self._read(material.catalog, material.vectors)
        table = self._table[torch.from_numpy(material.lines.rows)]
        with torch.random.fork_rng():
            torch.manual_seed(derive(self.config.seed, "weights"))
            net = Dreamer(table.shape[1], self.config)
        key = digest("DreamRec", self.config, material.sequences.lines, material.sequences.starts, table.numpy())
        return Dreaming(self.task, key, material, net, self, table, questions)

    @override
    def keep(self, learned: Dreaming, material: Material) -> None:
        """The network; the vectors of all items are there already."""
        del material
        self._net = learned.model

    @override
    def refresh(self, catalog: Catalog, vectors: ItemVectors | None) -> None:
        """Read the vectors of items that are new or have changed."""
        self._read(catalog, vectors)

    @override
    def story(self, history: History) -> Ints:
        """The newest known rows of a history; rows are their own lines here. Shapes: -> (at most length,)."""
        return story(history, self._place, self.config.length)

    @override
    def places(self, rows: Ints) -> Ints:
        """The rows of which anything is known. Shapes: (n,) -> (n,)."""
        inside = rows < len(self._place)
        return np.where(inside, self._place[np.where(inside, rows, 0)], -1)

    @override
    def rows(self, lines: Ints) -> Ints:
        """The same. Shapes: (n,) -> (n,)."""
        return lines

    @override
    def answering(self, lines: Ints) -> Answer:
        """Mean cosine with what is drawn."""
        items = self._table[torch.from_numpy(lines)]
        return lambda stories: self.nearness(self._net, self._table, stories, items)

    @torch.no_grad()
    def nearness(self, model: Dreamer, table: Tensor, stories: Sequence[Ints], items: Tensor) -> Floats:
        """Mean cosine of items with vectors drawn after each story. Shapes: items (m, vectors) -> (len(stories), m)."""
        scores = self.drawn(model, told(model, table, stories)) @ nn.functional.normalize(items, dim=1).T
        found: Floats = scores.numpy()
        return found

    @torch.no_grad()
    def drawn(self, model: Dreamer, known: Tensor) -> Tensor:
        """The mean direction of the vectors drawn for each history. Shapes: known (n, dim) -> (n, vectors)."""
        config, total = self.config, torch.zeros(len(known), model.vectors)
        nothing = model.nothing.expand(len(known), -1)

        def answer(x: Tensor, t: Tensor) -> Tensor:
            told = model.velocity(x, t, known)
            return told if config.guidance == 1 else guided(model.velocity(x, t, nothing), told, config.guidance)

        for dream in range(config.dreams):
            chance = torch.Generator().manual_seed(derive(config.seed, f"dream {dream}"))
            start = torch.randn(model.vectors, generator=chance).expand(len(known), -1)
            x = walk(Straight(), answer, start, times_down(config.sample_steps), STEPS["euler"], _no_chance)
            total += nn.functional.normalize(x, dim=1)
        return total / config.dreams

    @override
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The network, the vectors, and tastes as they were learned."""
        size = np.array([self._described, self._table.shape[1]], np.int64)
        return {**stored(self._net), "table": self._table.numpy(), "tastes": self._tastes, "widths": size}

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        self._described, width = (int(size) for size in tensors["widths"])
        self._tastes = np.asarray(tensors["tastes"], np.float32)
        self._know(torch.tensor(tensors["table"]))
        self._net = Dreamer(width, self.config)
        self._net.load_state_dict(restored(tensors))
        self._net.eval()
        return self

    def _read(self, catalog: Catalog, vectors: ItemVectors | None) -> None:
        """Vectors of all rows: the space's beside people's taste, each of mean square one; zero where not known."""
        taste = np.zeros((catalog.size, self._tastes.shape[1]), np.float32)
        taste[: len(self._tastes)] = self._tastes[: catalog.size]
        shown = np.zeros((catalog.size, self._described), np.float32)
        if vectors is not None and self._described:
            shown = unit(vectors.matrix)
        parts = [part * part.shape[1] ** 0.5 for part in (shown, taste) if part.shape[1]]
        self._know(torch.from_numpy(np.concatenate(parts, 1) * catalog.alive[:, None]))

    def _know(self, table: Tensor) -> None:
        self._table = table
        known = table.any(1).numpy()
        self._place = np.where(known, np.arange(len(table)), -1)


def _no_chance(step: int) -> Tensor:
    """Along the flow nothing is left to chance. Shapes: -> ()."""
    del step
    return torch.zeros(())
