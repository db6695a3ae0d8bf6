"""From the backbone's states to answers: words written, items spelled and found, conditions for what draws.

Words are written token by token, the likeliest, or by the chance that is given. An item is found in two ways, by the
codes of its id, which never leave the trie of the shelf, and by where the retrieval head looks; each counts the same.
Signals become vectors and values, with which any generator of the shop that reads them can draw.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from tastemaker.core.types import Floats, Ints
from tastemaker.generators.language.adaptors import Signals
from tastemaker.generators.language.inputs import Asked, read
from tastemaker.generators.language.network import Network
from tastemaker.generators.language.shelf import Shelf
from tastemaker.generators.language.vocabulary import ANSWERS, END, NAME, PRICE, Vocabulary
from tastemaker.nn.tries import search

LONGEST = 48
"""Tokens of an answer in words."""
WIDTH = 12
"""Beginnings of ids that are followed."""
SPELLED = 0.1
"""Share of ids as they are spelled in the probability of an item; the rest is where it is looked for.

Chosen on 300 simulated conversations of the demo shop about other things than those that are reported: R@10 is .34 with
nothing spelled, .33 with a tenth, .28 with a half and .19 with nothing else.
"""
AT_ONCE = 64
"""Rows read at once."""


class Speech:
    """What is known after some questions, and what can be made of it.

    Args:
        network: trained; in evaluation mode.
        vocabulary: of words and marks.
        asked: the questions, at most :data:`AT_ONCE`.
    """

    def __init__(self, network: Network, vocabulary: Vocabulary, asked: Sequence[Asked]) -> None:
        self._network, self._vocabulary = network, vocabulary
        rows = read(asked, vocabulary, list(network.inputs))
        (self._x, self._gist), self._lengths = network.embedded(rows), rows.lengths

    def kinds(self) -> Floats:
        """How likely each kind of answer is, of those in ``ANSWERS``. Shapes: -> (n, 3)."""
        hidden = self._network.states(self._x)[torch.arange(len(self._x)), self._lengths - 1]
        marks = [self._vocabulary.mark(f"<{name}>") for name in ANSWERS]
        found: Floats = self._network.logits(hidden)[:, marks].float().softmax(1).numpy()
        return found

    def words(self, chance: Tensor | None = None) -> list[list[int]]:
        """The tokens of an answer in words, the mark at its beginning and end included.

        Args:
            chance: standard Gumbel values, added to the logits; None takes the likeliest.

        Shapes: chance (n, LONGEST, vocabulary).
        """
        mark = self._vocabulary.mark
        n, end = len(self._x), mark(END)
        written = torch.full((n, 1), mark("<words>"))
        done = torch.zeros(n, dtype=torch.bool)
        for at in range(LONGEST):
            hidden = self._network.continued(self._x, self._gist, self._lengths, written)[:, -1]
            logits = self._network.logits(hidden).float()
            logits = logits.masked_fill(self._barred(logits.shape[1]), -torch.inf)
            chosen = (logits if chance is None else logits + chance[:, at]).argmax(1)
            written = torch.cat([written, torch.where(done, end, chosen)[:, None]], 1)
            done = done | (chosen == end)
            if done.all():
                break
        return [[*row[: row.index(end)], end] if end in row else [*row, end] for row in written.tolist()]

    def items(self, shelf: Shelf, *, spell: bool = True, seek: bool = True) -> Floats:
        """Log-probabilities of items, a mean of both ways' probabilities. Shapes: -> (n, items of the shelf).

        Args:
            shelf: the items.
            spell: count the codes of their ids.
            seek: count where the retrieval head looks.
        """
        found: list[tuple[float, Tensor]] = []
        if seek:
            mark = torch.full((len(self._x), 1), self._vocabulary.mark("<items>"))
            at = self._network.outputs.sought(self._network.continued(self._x, self._gist, self._lengths, mark)[:, 0])
            found.append((1.0 - SPELLED, at @ self._network.standing(torch.from_numpy(shelf.features)).T))
        if spell:
            step = _Spelling(self._network, self._vocabulary, self._x, self._gist, self._lengths)
            found.append((SPELLED, torch.from_numpy(search(shelf.trie, len(self._x), step, WIDTH))))
        whole = sum(share for share, _ in found)
        both = torch.stack([each.float().log_softmax(1) + math.log(share / whole) for share, each in found])
        return np.asarray(both.logsumexp(0).numpy(), np.float32)

    def signals(self, count: int, after: Sequence[Sequence[int]] | None = None) -> Signals:
        """What a picture should be like.

        Args:
            count: of the signal tokens.
            after: tokens said before; none when None.
        """
        before = after or [[]] * len(self._x)
        asks = [self._vocabulary.mark("<picture>"), *self._vocabulary.signals(count)]
        longest = max(map(len, before)) + len(asks)
        more = torch.zeros(len(before), longest, dtype=torch.long)
        for at, said in enumerate(before):
            more[at, : len(said) + len(asks)] = torch.tensor([*said, *asks])
        hidden = self._network.continued(self._x, self._gist, self._lengths, more)
        starts = torch.tensor([len(said) + 1 for said in before])
        each = hidden[torch.arange(len(before))[:, None], starts[:, None] + torch.arange(count)]
        return self._network.outputs.signed(each)

    def _barred(self, tokens: int) -> Tensor:
        """Marks that no answer in words holds. Shapes: -> (tokens,) bool."""
        mark = self._vocabulary.mark
        barred = torch.zeros(tokens, dtype=torch.bool)
        barred[self._vocabulary.first_mark :] = True
        barred[[mark(END), mark(NAME), mark(PRICE)]] = False
        return barred


class _Spelling:
    """Log-probabilities of the next code of an id, for the beams of :func:`tastemaker.nn.tries.search`."""

    def __init__(
        self, network: Network, vocabulary: Vocabulary, x: Tensor, gist: Tensor, lengths: Tensor
    ) -> None:  # fmt: skip
        self._network, self._x, self._gist, self._lengths = network, x, gist, lengths
        self._sizes = vocabulary.sizes()
        self._first = [vocabulary.codes(level) for level in range(len(self._sizes))]
        self._mark = vocabulary.mark("<items>")

    def __call__(self, level: int, query: Ints, prefixes: Ints) -> Floats:
        """Shapes: query (n,), prefixes (n, level) -> (n, codes)."""
        spelled = torch.from_numpy(prefixes + np.array(self._first[:level], np.int64))
        more = torch.cat([torch.full((len(query), 1), self._mark), spelled], 1)
        first, found = self._first[level], []
        for low in range(0, len(query), AT_ONCE):
            some = torch.from_numpy(query[low : low + AT_ONCE])
            hidden = self._network.continued(
                self._x[some], self._gist[some], self._lengths[some], more[low : low + AT_ONCE]
            )[:, -1]
            logits = self._network.logits(hidden)[:, first : first + self._sizes[level]]
            found.append(logits.float().log_softmax(1).numpy())
        return np.concatenate(found)
