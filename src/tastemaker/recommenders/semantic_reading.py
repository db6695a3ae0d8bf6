"""A model of semantic ids at work: what it learns from, and how it reads histories and ranks a catalog.

:class:`Ids` is what is known of a catalog's items; :class:`Foretelling` the training of a model on histories of them;
:class:`Reader` a trained model that answers for these items or for a catalog that has grown since.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from typing_extensions import override

from tastemaker.catalog.interactions import History
from tastemaker.core.types import Bools, Doubles, Floats, Ints
from tastemaker.nn.id_model import IdModel
from tastemaker.nn.tries import Trie, search
from tastemaker.recommenders.sequences import Sequences, story
from tastemaker.recommenders.sequential import Material, Windows, foretold, told
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

    def hidden(self, stories: Sequence[Ints]) -> Tensor:
        """What is known after each story; zero after an empty one. Shapes: -> (n, dim)."""
        return told(self.model, self.table, stories, parts=8 if len(stories) > FEW else 1)

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


class Foretelling(Windows):
    """Each item of each history foretold from those before it, by its id.

    Args:
        name, key, material: as :class:`Windows` has them.
        model: trained in place.
        ids: of the whole catalog.
        questions: what it is judged on; None for nothing.
        width: of the beams.
    """

    def __init__(
        self, name: str, key: str, material: Material, model: IdModel, ids: Ids, questions: Validation | None,
        width: int,
    ) -> None:  # fmt: skip
        super().__init__(name, key, material)
        self.model: IdModel = model
        self.ids, self.rows, self.questions, self.width = ids, material.lines.rows, questions, width
        self._marks, self._own = (part[torch.from_numpy(self.rows)] for part in ids.tensors())
        self._codes = torch.from_numpy(ids.codes[self.rows])

    @override
    def loss(self, sequences: Sequences, which: Ints) -> Tensor:
        """As the decoder has it. Shapes: which (n,) -> ()."""
        table = self.model.table(self._marks, self._own)
        hidden, target = foretold(self.model, table, sequences, which, parts=4 if len(which) > FEW else 1)
        return self.model.loss(hidden, table, self._codes, target)

    @override
    def validate(self, model: nn.Module) -> float | None:
        """Mean NDCG of the first 20 places."""
        if self.questions is None or not isinstance(model, IdModel):
            return None
        reader = Reader(model, self.ids, self.width)
        trie = reader.trie(self.rows) if model.shape.decoder == "autoregressive" else None

        def score(histories: Sequence[History], rows: Ints) -> Floats:
            return reader.scores(reader.hidden([reader.story(h) for h in histories]), rows, trie)

        return self.questions.gain(score, self.rows)
