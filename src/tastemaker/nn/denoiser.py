"""A transformer over patches of noisy latents (or pixels), told the time and the condition by its norms.

Each layer's norms are scaled and shifted, and what it adds is weighed, by a vector of time and condition; the weights
of that start at zero, so that the network starts as the identity. Vectors that are noisy themselves join the patches as
tokens with a time of their own, and are heard by the norms as well. Queries and keys are normalised, which lets the
learning rate be high. Attention is written out: with fifty tokens, torch's fused one takes four times as long a
training step on a CPU (measured).
Source: DiT, Peebles and Xie 2023 (arXiv 2212.09748), figure 3 (adaLN-Zero); query-key norm: Henry et al. 2020 (arXiv
2010.04245); squared ReLU: So et al. 2021 (arXiv 2109.08668); several noisy modalities as tokens of one network: Bao et
al. 2023 (UniDiffuser, arXiv 2303.06555), figure 2.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from tastemaker.nn.conditioning import Conditioner, Known

WAVES = 128
"""Parts of a time's code."""


@dataclass(frozen=True)
class Size:
    """How large a denoiser is.

    Attributes:
        width: of its tokens.
        depth: layers.
        heads: of the attention.
        patch: side of a patch, in places of the grid.
    """

    width: int
    depth: int
    heads: int
    patch: int = 2


class Layer(nn.Module):
    """Attention and feed-forward, both under the command of a vector.

    Shapes: x (n, length, width), told (n, width) -> (n, length, width).
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.command = nn.Linear(width, 6 * width)
        self.qkv = nn.Linear(width, 3 * width)
        self.sharpness = nn.Parameter(torch.full((heads, 1, 1), (width / heads) ** -0.5))
        self.project = nn.Linear(width, width)
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        nn.init.zeros_(self.command.weight)
        nn.init.zeros_(self.command.bias)

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        """One step."""
        shift, scale, weigh, shift_feed, scale_feed, weigh_feed = self.command(told)[:, None].chunk(6, 2)
        x = x + weigh * self._attend(_normed(x) * (1 + scale) + shift)
        wide = self.widen(_normed(x) * (1 + scale_feed) + shift_feed).relu().square()
        return x + weigh_feed * self.narrow(wide)  # type: ignore[no-any-return]

    def _attend(self, x: Tensor) -> Tensor:
        n, length, width = x.shape
        qkv = self.qkv(x).view(n, length, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)  # each (n, heads, length, width / heads)
        logits = (_normed(query) * self.sharpness).to(value.dtype) @ _normed(key).to(value.dtype).transpose(2, 3)
        mixed = logits.float().softmax(3).to(value.dtype) @ value
        out: Tensor = self.project(mixed.transpose(1, 2).reshape(n, length, width))
        return out


class Denoiser(nn.Module):
    """Grids and vectors, each noisy at a time of its own -> what is asked of each.

    Args:
        channels: of the grid that comes in.
        shape: height and width of the grid; multiples of the patch.
        size: of the network.
        sizes: codes of each attribute of the condition, "not known" included.
        dims: length of each vector of the condition.
        noisy: length of each noisy vector, by name; usually none.
        out: channels of the grid that goes out; as many as come in when None.
    """

    def __init__(
        self,
        channels: int,
        shape: tuple[int, int],
        size: Size,
        sizes: Sequence[int] = (),
        dims: Mapping[str, int] | None = None,
        noisy: Mapping[str, int] | None = None,
        out: int | None = None,
    ) -> None:
        super().__init__()
        width, patch = size.width, size.patch
        self.patch, self.grid = patch, (shape[0] // patch, shape[1] // patch)
        self.patches = nn.Linear(channels * patch**2, width)
        self.places = nn.Parameter(places(self.grid, width))
        self.time = nn.Sequential(nn.Linear(WAVES, width), nn.SiLU(), nn.Linear(width, width))
        self.noisy = nn.ModuleDict({name: nn.Linear(dim, width) for name, dim in (noisy or {}).items()})
        self.noisy_told = nn.ModuleDict({name: nn.Linear(dim, width) for name, dim in (noisy or {}).items()})
        self.noisy_times = nn.ModuleDict({name: nn.Linear(WAVES, width) for name in self.noisy})
        self.condition = Conditioner(sizes, dims or {}, width)
        told = self.condition.tokens * width
        self.tell = nn.Sequential(nn.Linear(told, width), nn.SiLU(), nn.Linear(width, width)) if told else None
        self.layers = nn.ModuleList(Layer(width, size.heads) for _ in range(size.depth))
        self.last_command = _zeroed(nn.Linear(width, 2 * width))
        self.last = _zeroed(nn.Linear(width, (out or channels) * patch**2))
        self.last_noisy = nn.ModuleDict({name: _zeroed(nn.Linear(width, dim)) for name, dim in (noisy or {}).items()})

    def forward(self, grid: Tensor, t: Tensor, known: Known | None = None) -> Tensor:
        """What is asked of the grid. Shapes: grid (n, channels, h, w), t (n,) -> (n, out, h, w)."""
        return self.both(grid, t, {}, {}, known)[0]

    def both(
        self, grid: Tensor, t: Tensor, vectors: Mapping[str, Tensor], times: Mapping[str, Tensor], known: Known | None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """What is asked of the grid and of the noisy vectors.

        Shapes: grid (n, channels, h, w), t (n,), vectors[name] (n, dim), times[name] (n,)
            -> (n, out, h, w), by name (n, dim).
        """
        told = self.time(waves(t))
        for name, clock in self.noisy_times.items():
            told = told + clock(waves(times[name])) + self.noisy_told[name](vectors[name])
        if self.tell is not None and known is not None:
            told = told + self.tell(self.condition(known).flatten(1))
        told = functional.silu(told)
        x = self.patches(folded(grid, self.patch)) + self.places
        extra = [project(vectors[name])[:, None] for name, project in self.noisy.items()]
        x = torch.cat([x, *extra], 1) if extra else x
        for layer in self.layers:
            x = layer(x, told)
        shift, scale = self.last_command(told)[:, None].chunk(2, 2)
        x = _normed(x) * (1 + scale) + shift
        count = self.grid[0] * self.grid[1]
        made = {name: last(x[:, count + at]).float() for at, (name, last) in enumerate(self.last_noisy.items())}
        return unfolded(self.last(x[:, :count]).float(), self.grid, self.patch), made


def waves(t: Tensor) -> Tensor:
    """A time as cosines and sines of many wavelengths. Shapes: (n,), 0 to 1 -> (n, WAVES)."""
    rates = torch.exp(torch.linspace(0, math.log(1000), WAVES // 2))
    angles = t[:, None] * rates
    return torch.cat([angles.cos(), angles.sin()], 1)


def folded(grid: Tensor, patch: int) -> Tensor:
    """A grid as patches, row by row. Shapes: (n, channels, h, w) -> (n, h w / patch^2, channels patch^2)."""
    return functional.pixel_unshuffle(grid, patch).flatten(2).transpose(1, 2)


def unfolded(patches: Tensor, grid: tuple[int, int], patch: int) -> Tensor:
    """The way back. Shapes: (n, h w / patch^2, channels patch^2), grid in patches -> (n, channels, h, w)."""
    return functional.pixel_shuffle(patches.transpose(1, 2).reshape(len(patches), -1, *grid), patch)


def _normed(x: Tensor) -> Tensor:
    return functional.layer_norm(x, x.shape[-1:])


def _zeroed(layer: nn.Linear) -> nn.Linear:
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def places(grid: tuple[int, int], width: int) -> Tensor:
    """Codes of the places of a grid, half for the row, half for the column. Shapes: -> (places, width)."""
    rates = torch.exp(torch.linspace(0, -math.log(1000), width // 4))
    row, column = torch.meshgrid(torch.arange(grid[0]), torch.arange(grid[1]), indexing="ij")
    angles = [axis.reshape(-1, 1) * rates for axis in (row, column)]
    return torch.cat([part for angle in angles for part in (angle.cos(), angle.sin())], 1)
