"""A model of semantic ids at work: what it learns from, and how it reads histories and ranks a catalog.

:class:`Ids` is what is known of a catalog's items; :class:`Foretelling` the training of a model on histories of them;
:class:`Reader` a trained model that answers for these items or for a catalog that has grown since.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from typing_extensions import override

from tastemaker.catalog.interactions import History
from tastemaker.core.types import Bools, Doubles, Floats, Ints
from tastemaker.nn.id_model import IdModel
from tastemaker.nn.sequence import blocks
from tastemaker.nn.training import Learning
from tastemaker.nn.tries import Trie, search
from tastemaker.recommenders.sequences import Sequences, story
from tastemaker.recommenders.validation import Validation

FEW = 64  # histories; below, blocks of like length cost more than padding does
BATCH = 64  # histories whose beams are held at once
ASKED = {"items": 2_000, "parallel": 2_000, "autoregressive": 300}
"""People whose choices an epoch is judged on; beams are slow."""


@dataclass(frozen=True)
class Ids:
    """Semantic ids of a catalog's rows.

    Attributes:
        codes: (rows, columns), -1 where an item lacks one.
        marks: what its vector is made of, (rows, marks), -1 for none.
        own: line of each row's own vector, -1 for none, (rows,).
    """

    codes: Ints
    marks: Ints
    own: Ints

    @property
    def known(self) -> Bools:
        """Rows that have a mark or a vector. Shapes: (rows,)."""
        return np.asarray((self.marks >= 0).any(axis=1) | (self.own >= 0))

    def lines(self, rows: Ints) -> Ints:
        """The rows themselves where they are known; -1 for others. Shapes: (n,) -> (n,)."""
        found = np.full(len(rows), -1, np.int64)
        inside = rows < len(self.own)
        found[inside] = np.where(self.known[rows[inside]], rows[inside], -1)
        return found

    def tensors(self) -> tuple[Tensor, Tensor]:
        """Marks and lines of own vectors, for the model."""
        return torch.from_numpy(self.marks), torch.from_numpy(self.own)


class Reader:
    """Answers of a model.

    Args:
        model: trained; in evaluation mode.
        ids: of the catalog that it answers for.
        width: beginnings of ids that beam search keeps.
    """

    def __init__(self, model: IdModel, ids: Ids, width: int) -> None:
        self.model, self.ids, self.width = model, ids, width
        self._place = ids.lines(np.arange(len(ids.own)))
        with torch.no_grad():
            self.table: Tensor = model.table(*ids.tensors())

    def story(self, history: History) -> Ints:
        """The rows of a history that the model reads, oldest first."""
        return story(history, self._place, self.model.shape.length)

    @torch.no_grad()
    def hidden(self, stories: Sequence[Ints]) -> Tensor:
        """What is known after each story; zero after an empty one. Shapes: -> (n, dim)."""
        sizes = np.array([len(lines) for lines in stories], np.int64)
        flat = torch.from_numpy(np.concatenate([np.zeros(1, np.int64), *stories]))
        found = torch.zeros(len(stories), self.model.shape.dim)
        for block in blocks(1 + np.cumsum(sizes) - sizes, sizes, parts=8 if len(sizes) > FEW else 1):
            found[torch.from_numpy(block.which)] = self.model(self.table, flat[block.index], block.keep)[:, -1]
        return found

    def scores(self, hidden: Tensor, rows: Ints, trie: Trie | None = None) -> Floats:
        """Scores of some rows. Shapes: hidden (n, dim), rows (m,) -> (n, m).

        Args:
            hidden: see :meth:`hidden`.
            rows: known ones.
            trie: of their ids, where the decoder needs one; made when None.
        """
        decoder = self.model.shape.decoder
        if decoder == "items":
            found: Floats = (hidden @ self.table[torch.from_numpy(rows)].T).numpy()
            return found
        if decoder == "parallel":
            return self._parallel(hidden, rows)
        trie = trie or self.trie(rows)
        parts = [self._beams(hidden[low : low + BATCH], trie) for low in range(0, len(hidden), BATCH)]
        return np.concatenate([*parts, np.empty((0, len(rows)))]).astype(np.float32)

    def trie(self, rows: Ints) -> Trie:
        """Of the ids of some rows; a missing code is one more code of its column."""
        codes = self.ids.codes[rows]
        return Trie(np.where(codes >= 0, codes, np.array(self.model.shape.sizes)))

    @torch.no_grad()
    def _parallel(self, hidden: Tensor, rows: Ints) -> Floats:
        """Sum over the codes of an id; a missing code counts what a code of its column counts on average."""
        total = np.zeros((len(hidden), len(rows)), np.float32)
        for column, state in enumerate(self.model.states(hidden, hidden.new_empty(0)).unbind(1)):
            chances = self.model.chances(state, column).numpy()
            total += chances[:, self.ids.codes[rows, column]]  # -1, none, is the last
        return total

    @torch.no_grad()
    def _beams(self, hidden: Tensor, trie: Trie) -> Doubles:
        sizes = np.array(self.model.shape.sizes)

        def step(level: int, query: Ints, prefixes: Ints) -> Floats:
            before = torch.from_numpy(np.where(prefixes < sizes[:level], prefixes, -1))
            state = self.model.state(hidden[torch.from_numpy(query)], before)
            found: Floats = self.model.chances(state, level).numpy()
            return found

        return search(trie, len(hidden), step, self.width)


class Foretelling(Learning):
    """Each item of each history foretold from those before it, by its id.

    Args:
        model: trained in place.
        sequences: windows of histories; lines are places in ``rows``.
        ids: of the whole catalog.
        rows: that have events.
        validation: what it is judged on; None for nothing.
        batch_size: windows a batch.
        width: of the beams.
        ordered: does the order of the events mean anything? If not, it is drawn anew each epoch.
    """

    name = "semantic ids"

    def __init__(
        self, model: IdModel, sequences: Sequences, ids: Ids, rows: Ints, validation: Validation | None,
        batch_size: int, width: int, *, ordered: bool,
    ) -> None:  # fmt: skip
        self.model: IdModel = model
        self.sequences, self.ids, self.rows, self.validation = sequences, ids, rows, validation
        self.batch_size, self.width, self.ordered = batch_size, width, ordered
        self.steps = -(-len(sequences) // batch_size)
        self._marks, self._own = (part[torch.from_numpy(rows)] for part in ids.tensors())
        self._codes = torch.from_numpy(ids.codes[rows])

    @override
    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """Batches of windows drawn by chance."""
        del share
        sequences = self.sequences if self.ordered else self.sequences.shuffled(rng)
        order = rng.permutation(len(sequences))
        for low in range(0, len(order), self.batch_size):
            yield self._loss(sequences, order[low : low + self.batch_size])

    def _loss(self, sequences: Sequences, which: Ints) -> Tensor:
        table = self.model.table(self._marks, self._own)
        lines, fresh = torch.from_numpy(sequences.lines), torch.from_numpy(sequences.fresh)
        hidden, target = [], []
        for block in blocks(sequences.starts[which], sequences.sizes[which] - 1, parts=4 if len(which) > FEW else 1):
            known = self.model(table, lines[block.index], block.keep)
            there = block.keep & fresh[block.index + 1]
            hidden.append(known[there])
            target.append(lines[block.index + 1][there])
        return self.model.loss(torch.cat(hidden), table, self._codes, torch.cat(target))

    @override
    def validate(self, model: nn.Module) -> float | None:
        """Mean NDCG of the first 20 places."""
        if self.validation is None or not isinstance(model, IdModel):
            return None
        reader = Reader(model, self.ids, self.width)
        trie = reader.trie(self.rows) if model.shape.decoder == "autoregressive" else None

        def score(histories: Sequence[History], rows: Ints) -> Floats:
            return reader.scores(reader.hidden([reader.story(h) for h in histories]), rows, trie)

        return self.validation.gain(score, self.rows)
