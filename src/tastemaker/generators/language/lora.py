"""LoRA: beside a frozen matrix W stands a product of two thin ones, ``W + scale A B``; merged, it is plain again.

Ours and not peft's: two dozen lines, which also take the transposed matrices of GPT-2, give the same weights whether or
not peft is installed, and leave nothing that a reader of the weights would have to know of.
Source: Hu et al. 2021 (arXiv 2106.09685), equation 3.
"""

import torch
from torch import Tensor, nn

SCALE = 2.0
"""What the product is multiplied by (alpha over rank)."""


class Thin(nn.Module):
    """A frozen linear layer and the thin product beside it; starts as the layer alone.

    Args:
        layer: an ``nn.Linear`` or a ``Conv1D`` of transformers, whose matrix is the other way round.
        rank: of the product.
    """

    def __init__(self, layer: nn.Module, rank: int) -> None:
        super().__init__()
        self.layer = layer.requires_grad_(requires_grad=False)
        self.turned = isinstance(layer, nn.Linear)
        matrix = layer.get_parameter("weight")
        across, along = matrix.shape if self.turned else matrix.shape[::-1]
        self.first = nn.Parameter(torch.randn(along, rank) / along**0.5)
        self.second = nn.Parameter(torch.zeros(rank, across))

    def forward(self, x: Tensor) -> Tensor:
        """Shapes: (..., along) -> (..., across)."""
        found: Tensor = self.layer(x) + SCALE * (x @ self.first @ self.second)
        return found

    @torch.no_grad()
    def merged(self) -> nn.Module:
        """The layer alone, with everything learned in its own matrix."""
        product = SCALE * self.first @ self.second
        self.layer.get_parameter("weight").add_(product.T if self.turned else product)
        return self.layer


def insert(model: nn.Module, rank: int) -> None:
    """Freeze a model and put a thin product beside each of its linear layers."""
    from transformers.pytorch_utils import Conv1D

    model.requires_grad_(requires_grad=False)
    for name, layer in list(model.named_modules()):
        if isinstance(layer, nn.Linear | Conv1D):
            model.set_submodule(name, Thin(layer, rank))


def merge(model: nn.Module) -> None:
    """Give a model its first shape back."""
    for name, layer in list(model.named_modules()):
        if isinstance(layer, Thin):
            model.set_submodule(name, layer.merged())
