"""A causal transformer over sequences of vectors, and batches of sequences that waste little on padding.

What comes next is read off what came before: position t of the output has seen positions up to t of the input and no
later one. Sequences of unlike length share a batch: they are sorted into blocks of like length, each block is padded on
the left to its longest, and padding is dropped before the expensive softmax over a catalog.

    body = CausalTransformer(dim=64, layers=2, heads=2, length=50, dropout=0.3)
    for block in blocks(starts, sizes, parts=4):               # a batch of sequences that lie in one flat array
        hidden = body(vectors[flat[block.index]], block.keep)  # (sequences, longest, dim)
        known = hidden[block.keep]                             # (positions that are there, dim)
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tastemaker.core.errors import InputError
from tastemaker.core.types import Ints

WIDEN = 4  # width of the feed-forward part, in widths of the model


class Dropout(nn.Module):
    """Dropout that draws one byte a number, a third of the time of torch's on a CPU; the share is kept to 1/256."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.kept = 256 - min(255, round(256 * share))

    def forward(self, x: Tensor) -> Tensor:
        """Some numbers to nothing, the others larger for it; in evaluation all as they are."""
        if not self.training or self.kept == 256:
            return x
        drawn = torch.empty(-(-x.numel() // 8), dtype=torch.int64, device=x.device)
        drawn.random_(torch.iinfo(torch.int64).min, None)
        keep = drawn.view(torch.uint8)[: x.numel()].view(x.shape) < self.kept
        dropped: Tensor = x * keep * (256 / self.kept)
        return dropped


class CausalLayer(nn.Module):
    """Pre-norm causal self-attention and feed-forward.

    Shapes: x (n, length, dim), mask (n, 1, length, length) bool or None for plain causal order -> (n, length, dim).
    """

    def __init__(self, dim: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.drop = Dropout(dropout)
        self.before = nn.LayerNorm(dim)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.project = nn.Linear(dim, dim)
        self.between = nn.LayerNorm(dim)
        self.widen = nn.Linear(dim, WIDEN * dim)
        self.narrow = nn.Linear(WIDEN * dim, dim)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """One step."""
        n, length, dim = x.shape
        qkv = self.qkv(self.before(x)).view(n, length, 3, self.heads, dim // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)  # each (n, heads, length, dim / heads)
        mixed = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=mask, is_causal=mask is None,
            dropout_p=self.dropout if self.training else 0.0,
        )  # fmt: skip
        mixed = self.project(mixed.transpose(1, 2).reshape(n, length, dim))
        x = x + self.drop(mixed)
        fed: Tensor = self.narrow(functional.gelu(self.widen(self.between(x))))
        out: Tensor = x + self.drop(fed)
        return out


class CausalTransformer(nn.Module):
    """Layers of causal attention between learned positions and a last norm.

    Positions are counted from the end of the sequence, so that the newest always stands at the same place.

    Shapes: x (n, up to length, dim), keep (n, the same) bool or None -> (n, the same, dim).

    Args:
        dim: width, a multiple of ``heads``.
        layers: how many.
        heads: of the attention.
        length: longest sequence.
        dropout: share dropped in training: of the input, of attention, and of what each part adds.

    Source: Kang and McAuley 2018, Self-Attentive Sequential Recommendation, sec. III.
    Differs: the norm stands before each part, the feed-forward part is four times as wide.
    """

    def __init__(self, dim: int, layers: int, heads: int, length: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.length = length
        self.drop = Dropout(dropout)
        self.position = nn.Parameter(torch.empty(length, dim))
        nn.init.normal_(self.position, std=0.02)
        self.layers = nn.ModuleList(CausalLayer(dim, heads, dropout) for _ in range(layers))
        self.after = nn.LayerNorm(dim)

    def forward(self, x: Tensor, keep: Tensor | None = None) -> Tensor:
        """What is known after each position.

        Args:
            x: vectors of what came, oldest first, padded on the left.
            keep: True where there is something; None when all of it is there. What lies at the other places neither
                changes the answers at these, nor means anything itself.

        Raises:
            InputError: a sequence is longer than ``length``.
        """
        length = x.shape[1]
        if length > self.length:
            raise InputError(f"a sequence of {length:,} is too long", hint=f"give the newest {self.length:,}")
        x = self.drop(x + self.position[self.length - length :])
        mask = None if keep is None or bool(keep.all()) else causal_mask(keep)
        for layer in self.layers:
            x = layer(x, mask)
        out: Tensor = self.after(x)
        return out


def causal_mask(keep: Tensor) -> Tensor:
    """Who may be seen: what is there and not later, and everybody themselves (so that no row is empty).

    Shapes: (n, length) -> (n, 1, length, length).
    """
    length = keep.shape[1]
    earlier = torch.ones(length, length, dtype=torch.bool, device=keep.device).tril()
    self_ = torch.eye(length, dtype=torch.bool, device=keep.device)
    return (earlier & keep[:, None, :] | self_)[:, None]


@dataclass(frozen=True)
class Block:
    """Sequences of like length, padded on the left.

    Attributes:
        which: the places of the sequences in the batch.
        index: places in the flat array; 0 where nothing is.
        keep: True where something is.

    Shapes: which (n,), index and keep (n, longest).
    """

    which: Ints
    index: Tensor
    keep: Tensor


def blocks(starts: Ints, sizes: Ints, parts: int = 4) -> list[Block]:
    """Sort the sequences of a batch by length and cut them into blocks with the same number of positions or so.

    Shapes: starts, sizes (n,).

    Args:
        starts: where each sequence begins in a flat array.
        sizes: how long each is; sequences of no length are left out.
        parts: most blocks.
    """
    order = np.argsort(sizes, kind="stable")
    order = order[sizes[order] > 0]
    if not len(order):
        return []
    share = np.cumsum(sizes[order]) / sizes[order].sum()
    group = np.minimum((share * parts - 1e-9).astype(np.int64), parts - 1)
    return [_padded(starts, sizes, order[group == number]) for number in np.unique(group)]


def _padded(starts: Ints, sizes: Ints, which: Ints) -> Block:
    longest = int(sizes[which].max())
    column = np.arange(longest)[None, :] - (longest - sizes[which])[:, None]
    keep = column >= 0
    index = np.where(keep, starts[which][:, None] + column, 0)
    return Block(which, torch.from_numpy(index), torch.from_numpy(keep))
