"""What a batch of two views is asked: InfoNCE or the sigmoid loss, duplicates left out, earlier batches remembered."""

import math
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tastemaker.core.types import Floats
from tastemaker.nn.losses import HIDDEN, HOTTEST, info_nce, sigmoid_loss, softmax_loss
from tastemaker.nn.momentum import Memory

Loss = Literal["infonce", "sigmoid"]


class Objective(nn.Module):
    """The loss of a batch, with what of it is learned or remembered.

    Args:
        loss: which one.
        batch_size: usual length of a batch; the bias starts by it.
        dim: length of the vectors.
        smoothing: of the targets, InfoNCE alone.
        memory: vectors of earlier batches that count as negatives; 0 keeps none.

    Source: Radford et al. 2021; Zhai et al. 2023; the memory is that of Wang et al. 2020 (XBM, arXiv 1912.06798).
    """

    def __init__(self, loss: Loss, batch_size: int, dim: int, *, smoothing: float = 0.0, memory: int = 0) -> None:
        super().__init__()
        self.smoothing = smoothing
        self.bias = nn.Parameter(torch.tensor(-math.log(max(2, batch_size)))) if loss == "sigmoid" else None
        self.memory = Memory(memory, dim) if memory else None

    def forward(
        self, words: Tensor, pictures: Tensor, heat: Tensor, same: Tensor, positives: Tensor, keys: Tensor | None = None
    ) -> Tensor:
        """The loss of a batch.

        Shapes: words, pictures (n, dim), heat (), same, positives (n, n), keys (n, 2) -> ().

        Args:
            words: one view of each item.
            pictures: the other one.
            heat: logarithm of what cosines are multiplied by.
            same: pairs that are no negatives.
            positives: pairs that belong together besides the diagonal.
            keys: of picture and words; without them the memory is neither read nor written.
        """
        words, pictures = functional.normalize(words.float(), dim=1), functional.normalize(pictures.float(), dim=1)
        scale = heat.exp().clamp(max=HOTTEST)
        if self.memory is None or keys is None:
            return self._square(words @ pictures.T * scale, same, positives)
        known = self.memory.keys[:, None] == keys  # (memory, n, 2)
        away = (known.any(2) | (self.memory.keys < 0).all(1)[:, None]).T
        sides = (
            _extended(words, torch.cat([pictures, self.memory.pictures]), scale, same, positives, away),
            _extended(pictures, torch.cat([words, self.memory.texts]), scale, same, positives, away),
        )
        self.memory.push(pictures.detach(), words.detach(), keys)
        return torch.stack([self._side(logits, hidden, right) for logits, hidden, right in sides]).mean()

    def _square(self, logits: Tensor, same: Tensor, positives: Tensor) -> Tensor:
        same = same & ~positives
        if self.bias is not None:
            return sigmoid_loss(logits, self.bias, ignore=same, positives=positives)
        return info_nce(logits, ignore=same, smoothing=self.smoothing, positives=positives)

    def _side(self, logits: Tensor, hidden: Tensor, right: Tensor) -> Tensor:
        if self.bias is not None:
            return sigmoid_loss(logits, self.bias, ignore=hidden, positives=right)
        masked = logits.masked_fill(hidden & ~right, HIDDEN)
        return softmax_loss(masked, positives=right, smoothing=self.smoothing)


def found_at(asked: Floats, gallery: Floats) -> float:
    """Mean reciprocal rank of the own line of the gallery: what is validated by. Shapes: both (n, dim)."""
    scores = asked @ gallery.T
    return float((1 / (1 + (scores > np.diagonal(scores)[:, None]).sum(1))).mean())


def _extended(
    mine: Tensor, theirs: Tensor, scale: Tensor, same: Tensor, positives: Tensor, away: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Logits, what must not count, and what is right: the batch, then the memory. Shapes: -> (n, n + memory) each."""
    right = torch.cat([positives | torch.eye(len(mine), dtype=torch.bool), torch.zeros_like(away)], 1)
    return mine @ theirs.T * scale, torch.cat([same, away], 1), right
