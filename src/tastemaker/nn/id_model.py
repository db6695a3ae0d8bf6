"""A transformer that reads items as their semantic ids, and three ways to say which item comes next.

An item's vector is the sum of the embeddings of its marks (what its id says of it, in every stream it has) and, where
the item was there at the training, of one vector of its own. What differs is the decoder:

    items           a softmax over the items' vectors: SASRec whose items are made of marks
    parallel        one softmax a code, all read off the same state; an item scores the sum of its codes
    autoregressive  code by code, each read off the state and the codes before it
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from tastemaker.nn.cross_entropy import cross_entropy
from tastemaker.nn.sequence import CausalTransformer

Decoder = Literal["items", "parallel", "autoregressive"]
NONE = -1
"""Stands for a code that an item lacks."""


@dataclass(frozen=True)
class IdShape:
    """Sizes of the model.

    Attributes:
        sizes: number of codes of each column of an id.
        marks: number of values of each mark of an item.
        n_items: items with a vector of their own; 0 for none.
        dim: width, a multiple of ``heads``.
        layers, heads, length: of the transformer.
        dropout: share dropped in training.
        forget: share of the items whose own vector is left out of a training step, so that their marks speak alone.
        decoder: see the module docstring.
    """

    sizes: tuple[int, ...]
    marks: tuple[int, ...]
    n_items: int
    dim: int
    layers: int
    heads: int
    length: int
    dropout: float
    forget: float
    decoder: Decoder


class IdModel(nn.Module):
    """Codes in, items out.

    Args:
        shape: sizes and the decoder.

    Source: parallel after Hou et al. 2025 (RPG, arXiv 2506.05781), autoregressive after Rajput et al. 2023 (TIGER).
    Differs: one transformer position an item, not one a code; the autoregressive decoder sums the codes before
        (each column has embeddings of its own, so nothing of their order is lost) instead of attending to them.
    """

    starts: Tensor
    first: Tensor

    def __init__(self, shape: IdShape) -> None:
        super().__init__()
        self.shape = shape
        columns, dim = len(shape.sizes), shape.dim
        self.marks = nn.Parameter(torch.empty(sum(shape.marks) + 1, dim))  # the last one stands for "none"
        self.codes = None if shape.decoder == "items" else nn.Parameter(torch.empty(sum(shape.sizes) + 1, dim))
        self.items = nn.Parameter(torch.empty(shape.n_items, dim)) if shape.n_items else None
        self.body = CausalTransformer(dim, shape.layers, shape.heads, shape.length, shape.dropout)
        self.turn = nn.Linear(dim, columns * dim) if shape.decoder != "items" else None
        deep = shape.decoder == "autoregressive"
        self.think = nn.ModuleList(_Thought(dim, columns) for _ in range(2 if deep else 0))
        self.register_buffer("starts", torch.tensor([0, *shape.sizes]).cumsum(0), persistent=False)
        self.register_buffer("first", torch.tensor([0, *shape.marks]).cumsum(0), persistent=False)
        for parameter in (self.marks, self.codes, self.items):
            if parameter is not None:
                nn.init.normal_(parameter, std=0.02)

    def table(self, marks: Tensor, own: Tensor) -> Tensor:
        """Vectors of items.

        Shapes: marks (n, marks), own (n,) -> (n, dim).

        Args:
            marks: of each item, -1 for none.
            own: line of its own vector, -1 for none.
        """
        none = len(self.marks) - 1
        flat = torch.where(marks >= 0, marks + self.first[:-1], none)
        described = functional.embedding_bag(flat, self.marks, mode="sum", padding_idx=none)
        if self.items is None:
            return described
        kept = own >= 0
        if self.training and self.shape.forget:
            kept = kept & (torch.rand(len(own)) >= self.shape.forget)
        return described + self.items[own.clamp_min(0)] * kept[:, None]

    def forward(self, table: Tensor, lines: Tensor, keep: Tensor | None) -> Tensor:
        """What is known after each item. Shapes: lines (n, length) -> (n, length, dim)."""
        out: Tensor = self.body(functional.embedding(lines, table) * self.shape.dim**0.5, keep)
        return out

    def loss(self, hidden: Tensor, table: Tensor, codes: Tensor, target: Tensor) -> Tensor:
        """How badly the items that came were foretold: cross-entropy, summed over the codes of an id.

        Shapes: hidden (n, dim), table (items, dim), codes (items, columns), target (n,) -> ().
        """
        if self.shape.decoder == "items":
            return cross_entropy(hidden, table, target)
        wanted = codes[target]
        total: Tensor = hidden.new_zeros(())
        for column, state in enumerate(self.states(hidden, wanted).unbind(1)):
            there = wanted[:, column] >= 0
            if bool(there.any()):
                part = cross_entropy(state[there], self.book(column), wanted[there, column])
                total = total + part * there.float().mean()
        return total

    def states(self, hidden: Tensor, wanted: Tensor) -> Tensor:
        """What each code is read off; the autoregressive decoder sees the codes that are wanted before it.

        Shapes: hidden (n, dim), wanted (n, columns) -> (n, columns, dim).
        """
        if self.shape.decoder == "parallel":
            return self._turned(hidden)
        book = self._codes()
        none = len(book) - 1
        flat = torch.where(wanted >= 0, wanted + self.starts[:-1], none)
        before = functional.embedding(flat, book, padding_idx=none).cumsum(1)[:, :-1]
        before = functional.pad(before, (0, 0, 1, 0)) * self.shape.dim**0.5  # (n, columns, dim)
        state: Tensor = self._turned(hidden) + before
        for thought in self.think:
            state = thought(state)
        return state

    def state(self, hidden: Tensor, prefix: Tensor) -> Tensor:
        """What the next code is read off, as one column of :meth:`states`, for the autoregressive decoder.

        Shapes: hidden (n, dim), prefix (n, codes so far), -1 for none -> (n, dim).
        """
        if self.turn is None:
            raise TypeError("the decoder 'items' has no codes to say")
        book, column, dim = self._codes(), prefix.shape[1], self.shape.dim
        none, mine = len(book) - 1, slice(column * dim, (column + 1) * dim)
        flat = torch.where(prefix >= 0, prefix + self.starts[:column], none)
        before = functional.embedding(flat, book, padding_idx=none).sum(1) * dim**0.5
        state: Tensor = functional.linear(hidden, self.turn.weight[mine], self.turn.bias[mine]) + before
        for thought in self.think:
            state = thought(state, column)
        return state

    def _turned(self, hidden: Tensor) -> Tensor:
        if self.turn is None:
            raise TypeError("the decoder 'items' has no codes to say")
        turned: Tensor = self.turn(hidden)
        return turned.view(len(hidden), len(self.shape.sizes), self.shape.dim)

    def _codes(self) -> Tensor:
        if self.codes is None:
            raise TypeError("the decoder 'items' has no codes to say")
        return self.codes

    def book(self, column: int) -> Tensor:
        """Embeddings of a column's codes. Shapes: (codes, dim)."""
        return self._codes()[int(self.starts[column]) : int(self.starts[column + 1])]

    def chances(self, state: Tensor, column: int) -> Tensor:
        """Log-probabilities of a column's codes, and last what a missing code counts: their mean.

        Shapes: (n, dim) -> (n, codes + 1).
        """
        log = torch.log_softmax(state @ self.book(column).T, dim=1)
        return torch.cat([log, (log.exp() * log).sum(1, keepdim=True)], dim=1)


class _Thought(nn.Module):
    """A residual feed-forward part in which every column has a bias of its own."""

    def __init__(self, dim: int, columns: int) -> None:
        super().__init__()
        self.before = nn.LayerNorm(dim)
        self.wide = nn.Linear(dim, 2 * dim)
        self.column = nn.Parameter(torch.zeros(columns, 2 * dim))
        self.narrow = nn.Linear(2 * dim, dim)

    def forward(self, state: Tensor, column: int | None = None) -> Tensor:
        """Shapes: (n, columns, dim), or (n, dim) of one column -> the same."""
        bias = self.column if column is None else self.column[column]
        fed: Tensor = self.narrow(functional.gelu(self.wide(self.before(state)) + bias))
        return state + fed
