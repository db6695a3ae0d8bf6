"""SASRec with a softmax over the whole catalog: a causal transformer reads a history and says what comes next.

Where order matters (sessions, series, reviews over years) this is the method to beat: with cross-entropy against every
item instead of one sampled negative it is ahead of most that came later. :mod:`nn.cross_entropy` makes it cheap.

    method = SasRec(SasRecConfig(dim=64, epochs=40), checkpoint=Path("sasrec.checkpoint"))
    method.fit(catalog, None, observer, validation)            # without a validation it hides newest choices itself
    method.score([History.of([3, 7, 9])], np.arange(100))      # any history; rows without events score -inf

What others build on (see :mod:`sasrec_content`): :class:`NextItem` is the network, :class:`Foretelling` what it learns,
:func:`told` what it knows after each of some histories. A subclass gives items content through :meth:`SasRec.describe`.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Self, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional
from typing_extensions import override

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.core.config import Config
from tastemaker.core.errors import FitError
from tastemaker.core.progress import Noted, Observer, silent
from tastemaker.core.seeds import derive
from tastemaker.core.types import Floats, Ints
from tastemaker.nn.checkpoint import digest
from tastemaker.nn.cross_entropy import cross_entropy
from tastemaker.nn.sequence import CausalTransformer, blocks
from tastemaker.nn.sequence_content import Content, Known
from tastemaker.nn.training import Learning, Outcome, Plan, train
from tastemaker.recommenders.base import Recommender
from tastemaker.recommenders.sequences import Sequences, sequences_of, story
from tastemaker.recommenders.signals import in_order, shares
from tastemaker.recommenders.validation import PEOPLE, Validation, held_back, some

BATCH = 512
STEPS = 2_600  # that an open number of epochs aims at
FEWEST_EPOCHS, MOST_EPOCHS = 10, 60
BLOCK = 256  # positions below which a block of like lengths is not worth its own pass


class SasRecConfig(Config):
    """Settings of SASRec."""

    dim: int = Field(default=64, ge=4, le=2048)
    """Length of an item's vector, a multiple of `heads`."""
    layers: int = Field(default=2, ge=1, le=24)
    """Layers of attention."""
    heads: int = Field(default=2, ge=1)
    """Heads of the attention."""
    dropout: float = Field(default=0.4, ge=0, lt=1)
    """Share dropped in training."""
    length: int = Field(default=50, ge=1, le=4096)
    """In items: how much of a history is read, the newest."""
    epochs: int = Field(default=0, ge=0, le=10_000)
    """Times every history is looked at; 0 chooses by their number: 10 to 60."""
    batch_size: int = Field(default=256, ge=1)
    """Histories a batch; fewer where there are few."""
    learning_rate: float = Field(default=3e-3, gt=0, le=1)
    """Learning rate at its highest."""
    weight_decay: float = Field(default=0.05, ge=0)
    """Pull of the weights towards zero."""
    max_minutes: float = Field(default=30.0, gt=0)
    """Minutes after which training stops with what it has."""
    seed: int = 0
    """Of every chance."""


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


class Foretelling(Learning):
    """Each item of each history foretold from those before it.

    Args:
        model: trained in place.
        sequences: windows of histories.
        known: content of the items; None for none.
        validation: what it is judged on, and the candidates' rows; None for none.
        place: line of each row.
        batch_size: windows a batch.
        ordered: does the order of the events mean anything? If not, it is drawn anew each epoch.
    """

    name = "sasrec"

    def __init__(
        self,
        model: NextItem,
        sequences: Sequences,
        known: Known | None,
        validation: Validation | None,
        place: Ints,
        batch_size: int,
        *,
        ordered: bool,
    ) -> None:
        self.model: NextItem = model
        self.sequences, self.known, self.validation, self.place = sequences, known, validation, place
        self.batch_size, self.ordered = batch_size, ordered
        self.steps = -(-len(sequences) // batch_size)
        self.rows = np.flatnonzero(place >= 0)

    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """Batches of windows drawn by chance."""
        del share
        sequences = self.sequences if self.ordered else self.sequences.shuffled(rng)
        order = rng.permutation(len(sequences))
        for low in range(0, len(order), self.batch_size):
            yield self._loss(sequences, order[low : low + self.batch_size])

    def _loss(self, sequences: Sequences, which: Ints) -> Tensor:
        table = self.model.table(self.known)
        sizes = sequences.sizes[which] - 1
        parts = int(np.clip(sizes.sum() // BLOCK, 1, 4))
        lines, fresh = torch.from_numpy(sequences.lines), torch.from_numpy(sequences.fresh)
        hidden, target = [], []
        for block in blocks(sequences.starts[which], sizes, parts):
            known = self.model(table, lines[block.index], block.keep)
            there = block.keep & fresh[block.index + 1]
            hidden.append(known[there])
            target.append(lines[block.index + 1][there])
        return cross_entropy(torch.cat(hidden), table, torch.cat(target))

    @torch.no_grad()
    def validate(self, model: nn.Module) -> float | None:
        """Mean NDCG of the first 20 places."""
        if self.validation is None or not isinstance(model, NextItem):
            return None
        table = model.table(self.known)

        def score(histories: Sequence[History], rows: Ints) -> Floats:
            read = told(model, table, [story(h, self.place, model.body.length) for h in histories])
            scores: Floats = (read @ table[torch.from_numpy(self.place[rows])].T).numpy()
            return scores

        return self.validation.gain(score, self.rows)


@torch.no_grad()
def told(model: NextItem, table: Tensor, stories: Sequence[Ints]) -> Tensor:
    """What is known after each history; zero after an empty one. Shapes: -> (len(stories), dim)."""
    sizes = np.array([len(lines) for lines in stories], np.int64)
    flat = torch.from_numpy(np.concatenate([np.zeros(1, np.int64), *stories]))
    known = torch.zeros(len(stories), table.shape[1])
    for block in blocks(1 + np.cumsum(sizes) - sizes, sizes, parts=8):
        known[torch.from_numpy(block.which)] = model(table, flat[block.index], block.keep)[:, -1]
    return known


class SasRec(Recommender[C]):
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

    def __init__(self, config: C | None = None, *, checkpoint: Path | None = None) -> None:
        super().__init__(config)
        self._checkpoint = checkpoint
        self.outcome = Outcome()

    @override
    def fit(
        self,
        catalog: Catalog,
        vectors: ItemVectors | None,
        observer: Observer = silent,
        validation: Validation | None = None,
    ) -> Self:
        """Learn what follows what.

        Where the order of the events means nothing (a sorted file without times) each history is shuffled every epoch:
        what is learned then is what goes with what.

        Raises:
            FitError: nobody chose two items.
        """
        c = self.config
        events, validation = held_back(catalog.interactions, validation, seed=c.seed)
        rows = np.flatnonzero(events.counts()).astype(np.int64)
        self._take(rows, catalog.size)
        sequences = sequences_of(events, self._place, c.length)
        if not len(sequences):
            raise FitError("sasrec: nobody chose two items", hint="add an events file, or record events")
        ordered = in_order(catalog.interactions)
        if not ordered:
            observer(Noted("sasrec", "the events have no order: learns what goes with what, not what comes next"))
        known = self.describe(catalog, vectors, rows)
        with torch.random.fork_rng():
            torch.manual_seed(derive(c.seed, "weights"))
            net = self._new(len(rows), 0 if known is None else known.width)
        size = min(c.batch_size, max(16, len(sequences) // 8))
        asked = None if validation is None else some(validation, PEOPLE, c.seed, "sasrec validation")
        learning = Foretelling(net, sequences, known, asked, self._place, size, ordered=ordered)
        self.outcome = train(learning, self._plan(learning, known), observer)
        self._net = net
        with torch.no_grad():
            self._table = net.table(known).detach().clone()
        return self

    def describe(self, catalog: Catalog, vectors: ItemVectors | None, rows: Ints) -> Known | None:
        """What is known of some items besides their number, learned anew; None for nothing."""
        del catalog, vectors, rows
        return None

    def forget(self) -> float:
        """Share of the items whose own vector is left out of a training step."""
        return 0.0

    @override
    def score(self, histories: Sequence[History], candidates: Ints) -> Floats:
        """Inner products; -inf for rows that are not known, and for a history that holds none that is.

        Shapes: (len(histories), n).
        """
        places = self.places(candidates)
        known = places >= 0
        scores = np.full((len(histories), len(candidates)), -np.inf, np.float32)
        items = self._table[torch.from_numpy(places[known])]
        for low in range(0, len(histories), BATCH):
            stories = [story(history, self._place, self.config.length) for history in histories[low : low + BATCH]]
            spoken = np.flatnonzero([len(lines) > 0 for lines in stories])
            if len(spoken):
                read = told(self._net, self._table, [stories[line] for line in spoken])
                scores[np.ix_(low + spoken, known)] = (read @ items.T).numpy()
        return scores

    @override
    def because(self, history: History, row: int, n: int = 3) -> list[tuple[int, float]]:
        """The items of the history without which the item would score lower, by how much lower."""
        place = int(self.places(np.array([row]))[0])
        lines = story(history, self._place, self.config.length)
        if place < 0 or not len(lines):
            return []
        distinct = np.unique(lines)
        without = [lines[lines != line] for line in distinct]
        scores = (told(self._net, self._table, [lines, *without]) @ self._table[place]).numpy()
        return shares(self._rows[distinct], scores[0] - scores[1:], n)

    def places(self, rows: Ints) -> Ints:
        """Lines of the table for catalog rows; -1 for rows that it does not hold."""
        inside = rows < len(self._place)
        places = np.full(len(rows), -1, np.int64)
        places[inside] = self._place[rows[inside]]
        return places

    @override
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The network, the items' vectors, and which rows they are of."""
        net = {f"net.{name}": tensor.numpy() for name, tensor in self._net.state_dict().items()}
        size = np.array([len(self._place), self._net.items.shape[0]], np.int64)
        return net | {"rows": self._rows, "table": self._table.numpy(), "size": size}

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        state = {name.removeprefix("net."): torch.tensor(t) for name, t in tensors.items() if name.startswith("net.")}
        n_rows, n_items = (int(value) for value in tensors["size"])
        self._take(np.asarray(tensors["rows"], np.int64), n_rows)
        self._net = self._new(n_items, len(state.get("content.weight", ())))
        self._net.load_state_dict(state)
        self._net.eval()
        self._table = torch.tensor(tensors["table"])
        return self

    def _new(self, n_items: int, width: int) -> NextItem:
        return NextItem(n_items, self.config, width=width, forget=self.forget())

    def _take(self, rows: Ints, n_rows: int) -> None:
        self._rows = rows
        self._place = np.full(n_rows, -1, np.int64)
        self._place[rows] = np.arange(len(rows))

    def _plan(self, learning: Foretelling, known: Known | None) -> Plan:
        c = self.config
        parts = (learning.sequences.lines, learning.sequences.starts, learning.place)
        key = digest(f"{type(self).__name__} {'' if known is None else known.digest}", c, *parts)
        epochs = c.epochs or int(np.clip(STEPS // learning.steps, FEWEST_EPOCHS, MOST_EPOCHS))
        return Plan(
            epochs=epochs, learning_rate=c.learning_rate, weight_decay=c.weight_decay, max_seconds=60 * c.max_minutes,
            checks=20, seed=c.seed, checkpoint=self._checkpoint, key=key,
        )  # fmt: skip
