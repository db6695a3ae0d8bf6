"""SASRec with a softmax over the whole catalog: a causal transformer reads a history and says what comes next.

Where order matters (sessions, series, reviews over years) this is the method to beat: with cross-entropy against every
item instead of one sampled negative it is ahead of most that came later. :mod:`nn.cross_entropy` makes it cheap.

    method = SasRec(SasRecConfig(dim=64, epochs=40), checkpoint=Path("sasrec.checkpoint"))
    method.fit(catalog, None, observer, validation)            # without a validation it hides newest choices itself
    method.score([History.of([3, 7, 9])], np.arange(100))      # any history; rows without events score -inf

What others build on (see :mod:`sasrec_content`): :class:`NextItem` is the network, :class:`Foretelling` what it learns.
A subclass gives items content through :meth:`SasRec.describe`.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional
from typing_extensions import override

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.core.config import Config
from tastemaker.core.progress import Observer
from tastemaker.core.seeds import derive
from tastemaker.core.types import Floats, Ints
from tastemaker.nn.checkpoint import digest
from tastemaker.nn.cross_entropy import cross_entropy
from tastemaker.nn.sequence import CausalTransformer
from tastemaker.nn.sequence_content import Content, Known
from tastemaker.recommenders.lines import Lines
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

BLOCK = 256  # positions below which a block of like lengths is not worth its own pass


class SasRecConfig(SequentialConfig):
    """Settings of SASRec."""


C = TypeVar("C", bound=SasRecConfig)


class NextItem(nn.Module):
    """Vectors of items, and a causal transformer over them.

    Args:
        n_items: how many.
        config: sizes and dropout.
        width: of what is known of an item besides its number; 0 for nothing.
        forget: share of the items whose own vector is left out of a training step, so that content speaks alone.
    """

    def __init__(self, n_items: int, config: SasRecConfig, *, width: int = 0, forget: float = 0.0) -> None:
        super().__init__()
        self.items = nn.Parameter(torch.empty(n_items, config.dim))
        nn.init.normal_(self.items, std=0.02)
        self.content = Content(width, config.dim) if width else None
        self.forget = forget
        self.body = CausalTransformer(config.dim, config.layers, config.heads, config.length, config.dropout)

    def table(self, known: Known | None = None) -> Tensor:
        """Vectors of all items, read and foretold with alike. Shapes: n_items -> (n_items, dim)."""
        if self.content is None or known is None:
            return self.items
        own: Tensor = self.items
        if self.training and self.forget:
            own = own * (torch.rand(len(own), 1) >= self.forget)
        described: Tensor = self.content(known)
        return own + described

    def forward(self, table: Tensor, lines: Tensor, keep: Tensor | None) -> Tensor:
        """What is known after each item. Shapes: lines (n, length) int64 -> (n, length, dim)."""
        read = functional.embedding(lines, table) * table.shape[1] ** 0.5
        out: Tensor = self.body(read, keep)
        return out


class Foretelling(Windows):
    """Each item of each history foretold from those before it, against all others.

    Args:
        name, key, material: as :class:`Windows` has them.
        model: trained in place.
        known: content of the items; None for none.
        questions: what it is judged on; None for nothing.
    """

    def __init__(
        self, name: str, key: str, material: Material, model: NextItem, known: Known | None,
        questions: Validation | None,
    ) -> None:  # fmt: skip
        super().__init__(name, key, material)
        self.model: NextItem = model
        self.known, self.questions, self.lines = known, questions, material.lines

    @override
    def loss(self, sequences: Sequences, which: Ints) -> Tensor:
        """Cross-entropy. Shapes: which (n,) -> ()."""
        table = self.model.table(self.known)
        parts = int(np.clip((sequences.sizes[which] - 1).sum() // BLOCK, 1, 4))
        hidden, target = foretold(self.model, table, sequences, which, parts)
        return cross_entropy(hidden, table, target)

    @override
    @torch.no_grad()
    def validate(self, model: nn.Module) -> float | None:
        """Mean NDCG of the first 20 places."""
        if self.questions is None or not isinstance(model, NextItem):
            return None
        table, place = model.table(self.known), self.lines.place

        def score(histories: Sequence[History], rows: Ints) -> Floats:
            read = told(model, table, [story(h, place, model.body.length) for h in histories])
            scores: Floats = (read @ table[torch.from_numpy(place[rows])].T).numpy()
            return scores

        return self.questions.gain(score, self.lines.rows)


class SasRec(Sequential[C, Foretelling]):
    """``p(next | history) = softmax(transformer(history) . items)``, learned at every place of every history.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes after every epoch and resumes from; None keeps none.

    Attributes:
        outcome: how the last training went.

    Source: Kang and McAuley 2018 (arXiv 1808.09781); Klenitskiy and Vasilev 2023 (arXiv 2309.07602) for the loss.
    Differs: pre-norm layers, averaged weights, histories longer than `length` are cut into windows instead of dropped.
    See also: Transitions, which counts in seconds what this learns in minutes; `sasrec-content` for new items.
    """

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = (
        "Kang and McAuley, Self-Attentive Sequential Recommendation, ICDM 2018; with the full softmax of "
        "Klenitskiy and Vasilev, Turning Dross Into Gold Loss, RecSys 2023, eq. 3"
    )
    config_class: ClassVar[type[Config]] = SasRecConfig
    serves_cold_items: ClassVar[bool] = False
    task: ClassVar[str] = "sasrec"
    steps: ClassVar[int] = 2_600
    most_epochs: ClassVar[int] = 60

    _lines: Lines

    @override
    def learning(self, material: Material, questions: Validation | None, observer: Observer) -> Foretelling:
        """The items by themselves and what :meth:`describe` knows of them, foretold by a transformer."""
        del observer
        known = self.describe(material.catalog, material.vectors, material.lines.rows)
        with torch.random.fork_rng():
            torch.manual_seed(derive(self.config.seed, "weights"))
            net = self._new(len(material.lines), 0 if known is None else known.width)
        name = f"{type(self).__name__} {'' if known is None else known.digest}"
        key = digest(name, self.config, material.sequences.lines, material.sequences.starts, material.lines.place)
        return Foretelling(self.task, key, material, net, known, questions)

    @override
    @torch.no_grad()
    def keep(self, learned: Foretelling, material: Material) -> None:
        """The network and the items' vectors."""
        self._lines, self._net = material.lines, learned.model
        self._table = self._net.table(learned.known).clone()

    def describe(self, catalog: Catalog, vectors: ItemVectors | None, rows: Ints) -> Known | None:
        """What is known of some items besides their number, learned anew; None for nothing."""
        del catalog, vectors, rows
        return None

    def forget(self) -> float:
        """Share of the items whose own vector is left out of a training step."""
        return 0.0

    @override
    def story(self, history: History) -> Ints:
        """The newest items of a history. Shapes: -> (at most length,)."""
        return story(history, self._lines.place, self.config.length)

    @override
    def places(self, rows: Ints) -> Ints:
        """Lines of the table. Shapes: (n,) -> (n,)."""
        return self._lines.places(rows)

    @override
    def rows(self, lines: Ints) -> Ints:
        """Rows of the catalog. Shapes: (n,) -> (n,)."""
        return self._lines.rows[lines]

    @override
    def answering(self, lines: Ints) -> Answer:
        """Inner products with what is known after a story."""
        items = self._table[torch.from_numpy(lines)]

        def answer(stories: Sequence[Ints]) -> Floats:
            scores: Floats = (told(self._net, self._table, stories) @ items.T).numpy()
            return scores

        return answer

    @override
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The network, the items' vectors, and which rows they are of."""
        return {**stored(self._net), **self._lines.tensors(), "table": self._table.numpy()}

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        state = restored(tensors)
        self._lines = Lines.restore(tensors)
        self._net = self._new(len(state["items"]), len(state.get("content.weight", ())))
        self._net.load_state_dict(state)
        self._net.eval()
        self._table = torch.tensor(tensors["table"])
        return self

    def _new(self, n_items: int, width: int) -> NextItem:
        return NextItem(n_items, self.config, width=width, forget=self.forget())
