"""The cross-attention encoder of align-before-fuse: the tokens of a text look at the cells of a picture.

Both towers are opened: the picture tower gives one vector a cell of its last grids, the text tower one a token; fusion
layers let the tokens attend to each other and to the cells; one number then says whether the words belong to the
picture, and a table says which word was covered. Unusual: the vectors that the cells are asked by are short, so that
re-ranking a hundred pictures stays cheap.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from tastemaker.nn.blocks import Residual, TransformerLayer
from tastemaker.nn.towers import PAD, PictureTower, TextTower

PART = 64
"""Fewest texts of like lengths that go together."""


@dataclass(frozen=True)
class Seen:
    """Pictures as the fusion layers read them. Shapes: cells (n, cells, width), vector (n, dim), unit rows."""

    cells: Tensor
    vector: Tensor


@dataclass(frozen=True)
class Read:
    """Texts as the fusion layers read them. Shapes: states (n, length, width), keep (n, length), vector (n, dim)."""

    states: Tensor
    keep: Tensor
    vector: Tensor


class CrossLayer(nn.Module):
    """Attention to the cells of a picture, then self-attention and feed-forward; pre-norm.

    Shapes: x (n, length, width), keep (n, length), cells (n, cells, width) -> (n, length, width).

    Source: Li et al. 2021 (arXiv 2107.07651), figure 1, after Vaswani et al. 2017.
    """

    def __init__(self, width: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.before = nn.LayerNorm(width)
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.project = nn.Linear(width, width)
        self.own = TransformerLayer(width, heads, dropout)

    def forward(self, x: Tensor, keep: Tensor, cells: Tensor) -> Tensor:
        """One step."""
        n, length, width = x.shape
        query = self.query(self.before(x)).view(n, length, self.heads, -1).transpose(1, 2)
        key, value = self.key_value(cells).view(n, cells.shape[1], 2, self.heads, -1).permute(2, 0, 3, 1, 4)
        share = ((query * (width // self.heads) ** -0.5) @ key.transpose(2, 3)).softmax(3)  # (n, heads, length, cells)
        mixed = (share.to(value.dtype) @ value).transpose(1, 2).reshape(n, length, width)
        x = x + functional.dropout(self.project(mixed), self.dropout, self.training)
        out: Tensor = self.own(x, keep)
        return out


class CrossEncoder(nn.Module):
    """Two towers of its own and the fusion layers on top of them.

    Args:
        picture: gives the cells.
        text: gives the tokens.
        cells: grid of the picture tower's last stage, height times width.
        layers: number of fusion layers.
        temperature: of the contrast, at the start.
        dropout: in the fusion layers, in training.
    """

    def __init__(
        self, picture: PictureTower, text: TextTower, cells: int, layers: int, temperature: float, dropout: float
    ) -> None:
        super().__init__()
        self.picture, self.text = picture, text
        width = text.tokens.embedding_dim
        deep = sum(_channels(picture)[-2:])
        self.cell = nn.Sequential(nn.LayerNorm(deep), nn.Linear(deep, width))
        self.place = nn.Parameter(torch.randn(cells, width) * 0.02)
        self.settle = nn.LayerNorm(width)
        self.layers = nn.ModuleList(CrossLayer(width, max(1, width // 32), dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.match = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, 1))
        self.word = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        self.heat = nn.Parameter(torch.tensor(1 / temperature).log())

    def look(self, pictures: Tensor) -> Seen:
        """Open pictures. Shapes: (n, 3, h, w), values 0 to 1 -> cells (n, cells, width), vector (n, dim)."""
        tower = self.picture
        x = torch.relu(tower.stem_norm(tower.stem((pictures - 0.7) / 0.3)))
        grids = []
        for stage in tower.stages:
            x = stage(x)
            grids.append(x)
        pooled = tower.norm(x.float().mean((2, 3)))
        pooled = functional.dropout(pooled, tower.dropout, tower.training)
        vector = functional.normalize(tower.project(pooled).float(), dim=1)
        finer = [functional.adaptive_avg_pool2d(grid.float(), (x.shape[2], x.shape[3])) for grid in grids[-2:]]
        flat = torch.cat(finer, dim=1).flatten(2).transpose(1, 2)  # (n, cells, channels of both stages)
        return Seen(self.settle(self.cell(flat) + self.place), vector)

    def read(self, tokens: Tensor) -> Read:
        """Open texts. Shapes: (n, length) -> states (n, length, width), keep (n, length), vector (n, dim)."""
        tower = self.text
        tokens = tokens[:, : tower.length]
        keep = tokens != PAD
        x = tower.tokens(tokens) + tower.places.weight[: tokens.shape[1]]
        x = functional.dropout(x, tower.dropout, tower.training)
        attended = keep | ~keep.any(1, keepdim=True)  # an empty row attends to its padding: no NaN
        for layer in tower.layers:
            x = layer(x, attended)
        count = keep.sum(1, keepdim=True).clamp(min=1)
        bag = tower.bag(tokens).sum(1) / count.sqrt()
        mean = (tower.norm(x).float() * keep[..., None]).sum(1) / count
        vector = bag + tower.mix(bag) + tower.project(mean)
        return Read(x, attended, functional.normalize(vector.float(), dim=1))

    def fuse(self, states: Tensor, keep: Tensor, cells: Tensor) -> Tensor:
        """Tokens that have seen a picture. Shapes: (n, length, width), (n, length), (n, cells, width) -> as states."""
        for layer in self.layers:
            states = layer(states, keep, cells)
        out: Tensor = self.norm(states)
        return out

    def matching(self, states: Tensor, keep: Tensor, cells: Tensor) -> Tensor:
        """Do the words belong to the picture? Texts of like lengths go together, so that short ones stay cheap.

        Shapes: as :meth:`fuse` -> (n,).
        """
        lengths = keep.sum(1)
        order = lengths.argsort()
        out = []
        for part in torch.split(order, max(PART, -(-len(order) // 4))):
            longest = int(lengths[part[-1]])
            kept = keep[part, :longest]
            fused = self.fuse(states[part, :longest], kept, cells[part]).float() * kept[..., None]
            out.append(self.match(fused.sum(1) / lengths[part, None]).squeeze(1).float())
        return torch.cat(out)[order.argsort()]

    def words(self, fused: Tensor) -> Tensor:
        """Which token stands at a place? Shapes: (n, width) -> (n, vocabulary)."""
        out: Tensor = self.word(fused) @ self.text.tokens.weight.T.to(fused.dtype)
        return out.float()


def grid_cells(widths: Sequence[int], shape: tuple[int, int], patch: int = 4) -> int:
    """Cells of a picture tower's last grid, for frames of a shape."""
    cells = 1
    for side in shape:
        length = side // patch
        for _ in widths[1:]:
            length = (length + 1) // 2
        cells *= length
    return cells


def _channels(tower: PictureTower) -> list[int]:
    """Channels of the stages, by the convolutions that end them."""
    return [stage.second_norm.num_features for stage in tower.stages if isinstance(stage, Residual)]
