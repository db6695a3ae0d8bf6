"""Cross-attention over all pairs of a batch: each word of each text looks at the cells of each picture.

Both towers are opened: the picture tower gives one vector a cell of its last two grids, the text tower one a token. A
word asks every cell (one question a head), reads a weighed mean of what the cells say, and gives its evidence for or
against the pair; the evidence of all words is the matching logit. Unusual: one layer instead of six, and therefore
cheap enough to judge every text of a batch against every picture, so that matching has all of the batch as negatives,
and re-ranking takes milliseconds. Source: Li et al. 2021 (ALBEF, arXiv 2107.07651), figure 1; all pairs as in Yao et
al. 2022 (FILIP, arXiv 2111.07783), section 3.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from tastemaker.nn.blocks import Residual
from tastemaker.nn.towers import PAD, PictureTower, TextTower


@dataclass(frozen=True)
class Seen:
    """Pictures, opened. Shapes: cells (n, cells, width), vector (n, dim), unit rows."""

    cells: Tensor
    vector: Tensor


@dataclass(frozen=True)
class Read:
    """Texts, opened. Shapes: states (n, length, width), keep (n, length), vector (n, dim), unit rows."""

    states: Tensor
    keep: Tensor
    vector: Tensor


class CrossEncoder(nn.Module):
    """Two towers of its own and the cross-attention on top of them.

    Args:
        picture: gives the cells.
        text: gives the tokens.
        cells: grid of the picture tower's stage before the last, height times width.
        heads: questions a word asks of the cells.
        temperature: of the contrast, at the start.
        dropout: of the cells and tokens, in training.
    """

    def __init__(
        self, picture: PictureTower, text: TextTower, cells: int, heads: int, temperature: float, dropout: float
    ) -> None:
        super().__init__()
        self.picture, self.text, self.heads, self.dropout = picture, text, heads, dropout
        width, dim = text.tokens.embedding_dim, text.project.out_features
        deep = sum(_channels(picture)[-2:])
        self.cell = nn.Sequential(nn.LayerNorm(deep), nn.Linear(deep, width))
        self.place = nn.Parameter(torch.randn(cells, width) * 0.02)
        self.settle = nn.LayerNorm(width)
        self.token = nn.Sequential(nn.Linear(width + dim, width), nn.LayerNorm(width))
        self.ask = nn.Linear(width, 2 * width)
        self.answer = nn.Linear(width, 2 * width)
        self.word = nn.Sequential(nn.Linear(2 * width, width), nn.GELU(), nn.LayerNorm(width))
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
        vector = functional.normalize(tower.project(pooled).float(), dim=1)
        finest = (grids[-2:][0].shape[2], grids[-2:][0].shape[3])
        deep = [functional.interpolate(grid.float(), finest, mode="nearest") for grid in grids[-2:]]
        flat = torch.cat(deep, dim=1).flatten(2).transpose(1, 2)  # (n, cells, channels of both stages)
        return Seen(self.settle(self.cell(flat) + self.place), vector)

    def read(self, tokens: Tensor) -> Read:
        """Open texts. Shapes: (n, length) -> states (n, length, width), keep (n, length), vector (n, dim)."""
        tower = self.text
        tokens = tokens[:, : tower.length]
        keep = tokens != PAD
        x = tower.tokens(tokens) + tower.places.weight[: tokens.shape[1]]
        attended = keep | ~keep.any(1, keepdim=True)  # an empty row attends to its padding: no NaN
        for layer in tower.layers:
            x = layer(x, attended)
        count = keep.sum(1, keepdim=True).clamp(min=1)
        words = tower.bag(tokens)
        bag = words.sum(1) / count.sqrt()
        mean = (tower.norm(x).float() * keep[..., None]).sum(1) / count
        vector = bag + tower.mix(bag) + tower.project(mean)
        states = self.token(torch.cat([x.float(), words], dim=2))
        return Read(states, keep, functional.normalize(vector.float(), dim=1))

    def matching(self, states: Tensor, keep: Tensor, cells: Tensor) -> Tensor:
        """Evidence of each text for each picture, all pairs; 0 for a text without words.

        ``sum_w sum_h sum_c softmax_c(q_wh . k_ch) (r_wh . v_ch) / sqrt(words)``

        Shapes: states (n, length, width), keep (n, length), cells (m, cells, width) -> (n, m).
        """
        text, place = keep.nonzero(as_tuple=True)
        asked = self.ask(self._dropped(states[text, place]))  # (words, 2 width): padding is never multiplied
        said = self.answer(self._dropped(cells)).transpose(0, 1).flatten(0, 1)  # (cells m, 2 width)
        questions, readings = self._by_head(asked)
        keys, values = self._by_head(said)
        scale = questions.shape[2] ** -0.5
        grid = (self.heads, len(text), cells.shape[1], cells.shape[0])  # pictures last: sums over cells are fast
        share = ((questions * scale) @ keys.transpose(1, 2)).view(grid).softmax(2)
        spoken = ((readings * scale) @ values.transpose(1, 2)).view(grid)
        evidence = (share.to(spoken.dtype) * spoken).sum((0, 2), dtype=torch.float32)  # (words, m)
        total = torch.zeros(len(states), cells.shape[0]).index_add(0, text, evidence)
        return total / keep.sum(1, keepdim=True).clamp(min=1).sqrt()

    def words(self, states: Tensor, cells: Tensor) -> Tensor:
        """Which token stands at a place, by what its neighbours say and its picture shows?

        Shapes: states (words, width), cells (words, cells, width) -> (words, vocabulary).
        """
        questions, _ = self._by_head(self.ask(states))
        keys, values = (
            part.view(self.heads, *cells.shape[:2], -1) for part in self._by_head(self.answer(cells).flatten(0, 1))
        )
        share = (questions[:, :, None] * keys).sum(3).mul(questions.shape[2] ** -0.5).softmax(2)
        seen = (share[..., None] * values).sum(2).transpose(0, 1).flatten(1)  # (words, width)
        out: Tensor = self.word(torch.cat([states, seen], dim=1)) @ self.text.tokens.weight.T
        return out.float()

    def _by_head(self, both: Tensor) -> tuple[Tensor, Tensor]:
        """Two halves, by head. Shapes: (n, 2 width) -> (heads, n, width / heads) twice."""
        halves = both.view(len(both), 2, self.heads, -1).permute(1, 2, 0, 3)
        return halves[0], halves[1]

    def _dropped(self, x: Tensor) -> Tensor:
        return functional.dropout(x, self.dropout, self.training) if self.dropout else x


def grid_cells(widths: Sequence[int], shape: tuple[int, int], patch: int = 4) -> int:
    """Cells of the grid before a picture tower's last one (of its only one), for frames of a shape."""
    cells = 1
    for side in shape:
        length = side // patch
        for _ in widths[2:]:
            length = (length + 1) // 2
        cells *= length
    return cells


def _channels(tower: PictureTower) -> list[int]:
    """Channels of the stages, by the norms that end them."""
    return [stage.second_norm.num_features for stage in tower.stages if isinstance(stage, Residual)]
