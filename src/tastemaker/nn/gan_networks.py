"""A picture generator and a discriminator that a processor trains in minutes.

The generator bends every layer by its latent (style modulation), adds up a picture from coarse to fine, and draws the
finest level as 2 x 2 pixels a cell; the discriminator halves the picture until a few cells are left. Unusual: plain
3x3 convolutions at half the picture's sides and below only, since three quarters of the work would lie above.
Weights are of size one and scaled when used, so that one learning rate suits all layers.

Source: Karras et al. 2018 (arXiv 1710.10196), section 4.1 (scaled weights); Karras et al. 2020 (StyleGAN2, arXiv
1912.04958), sections 2.2 (modulation and demodulation) and 4 (sum of pictures, residual discriminator).
"""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from tastemaker.nn.conditioning import Conditioner, Known

LEAK = 0.2
"""Slope of the activation below zero."""
GAIN = math.sqrt(2)
"""Of the weights: what the activation takes away."""
FEWEST = 3
"""Cells of the coarsest grid's shorter side, at least."""
TOKEN = 64
"""Width of the tokens that a generator is told."""


def halvings(shape: tuple[int, int]) -> int:
    """How often both sides can be halved, three times at least where they are multiples of 8."""
    count = 0
    while all(side % 2 ** (count + 1) == 0 and side >> (count + 1) >= min(FEWEST, side >> 3) for side in shape):
        count += 1
    return count


def level_widths(finest: int, levels: int, most: int) -> list[int]:
    """Channels of the levels from half the picture's sides down: doubled each time, up to a most."""
    return [min(finest << level, most) for level in range(levels)]


class Scaled(nn.Module):
    """A linear layer whose weights have size one and are scaled when used. Shapes: (n, wide) -> (n, out)."""

    def __init__(self, wide: int, out: int, start: float = 0.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out, wide))
        self.bias = nn.Parameter(torch.full((out,), start))

    def forward(self, x: Tensor) -> Tensor:
        """The product."""
        return functional.linear(x, self.weight * (GAIN * self.weight.shape[1] ** -0.5), self.bias)


class ScaledConv(nn.Module):
    """A convolution of the same kind. Shapes: (n, wide, h, w) -> (n, out, h / stride, w / stride)."""

    def __init__(self, wide: int, out: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        weight = torch.randn(out, wide, kernel, kernel)
        self.weight = nn.Parameter(weight.contiguous(memory_format=torch.channels_last))
        self.bias = nn.Parameter(torch.zeros(out))
        self.stride, self.padding = stride, (kernel - 1) // 2

    def scaled(self) -> Tensor:
        """The weights as they are used."""
        out: Tensor = self.weight * (GAIN * self.weight[0].numel() ** -0.5)
        return out

    def forward(self, x: Tensor) -> Tensor:
        """The convolution."""
        return functional.conv2d(x, self.scaled(), self.bias, self.stride, self.padding)


class Styled(nn.Module):
    """A convolution whose input channels are weighed by a style, and whose output keeps its size.

    ``y_o = sum_i w_oi s_i x_i / sqrt(sum_i (w_oi s_i)^2)``, the weights summed over the kernel as well.

    Shapes: x (n, wide, h, w), style (n, style) -> (n, out, h, w).

    Source: Karras et al. 2020, equations 1 to 3, applied to what goes in and comes out instead of to the weights.
    """

    def __init__(self, wide: int, out: int, style: int, kernel: int = 3) -> None:
        super().__init__()
        self.conv = ScaledConv(wide, out, kernel)
        self.style = Scaled(style, wide, 1.0)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """The convolution."""
        weigh = self.style(style).float()  # (n, wide)
        weight = self.conv.scaled()
        size = weigh.square() @ weight.square().sum((2, 3)).T.float()  # (n, out)
        shrink = size.add(1e-8).rsqrt()
        y = functional.conv2d(x * weigh.to(x.dtype)[:, :, None, None], weight, None, 1, self.conv.padding)
        out: Tensor = y * shrink.to(y.dtype)[:, :, None, None] + self.conv.bias.to(y.dtype)[:, None, None]
        return out


class PictureGenerator(nn.Module):
    """A latent, and what is known if anything, -> a picture.

    Shapes: latent (n, latent), Known of n things -> (n, 3, *shape), about -1 to 1.

    Args:
        shape: height and width; multiples of 8.
        latent: length of the latent.
        finest: channels at half the picture's sides; doubled at each halving.
        most: channels at most.
        conditioner: makes tokens of width :data:`TOKEN` of what is known; None draws from the latent alone.
    """

    def __init__(
        self, shape: tuple[int, int], latent: int, finest: int, most: int, conditioner: Conditioner | None = None
    ) -> None:
        super().__init__()
        levels = halvings(shape)
        self.grid = (shape[0] >> levels, shape[1] >> levels)
        widths = level_widths(finest, levels, most)[::-1]
        self.conditioner = conditioner
        told = 0
        if conditioner is not None:
            told = latent
            self.tell = Scaled(conditioner.tokens * TOKEN, told)
        style = 2 * latent
        self.mapping = nn.ModuleList([Scaled(latent + told, style), Scaled(style, style)])
        self.start = Scaled(style, widths[0] // 2 * self.grid[0] * self.grid[1])
        wides = [widths[0] // 2, *widths]
        self.layers = nn.ModuleList(Styled(a, b, style) for a, b in zip(wides, widths, strict=False))
        self.shades = nn.ModuleList(_shade(width, style) for width in widths)

    def styles(self, latent: Tensor, known: Known | None = None) -> Tensor:
        """What bends the layers. Shapes: -> (n, 2 latent)."""
        x = latent
        if self.conditioner is not None:
            if known is None:
                raise TypeError("this generator is told something")
            x = torch.cat([x, self.tell(self.conditioner(known).flatten(1))], 1)
        for layer in self.mapping:
            x = _active(layer(x))
        return x

    def forward(self, latent: Tensor, known: Known | None = None) -> Tensor:
        """Draw."""
        return self.drawn(self.styles(latent, known))

    def drawn(self, style: Tensor) -> Tensor:
        """A picture of what :meth:`styles` gave."""
        x = _active(self.start(style)).view(len(style), -1, *self.grid)
        x = x.contiguous(memory_format=torch.channels_last)
        picture: Tensor | None = None
        for layer, shade in zip(self.layers, self.shades, strict=True):
            if picture is not None:
                x = functional.interpolate(x, scale_factor=2.0, mode="nearest")
                picture = functional.interpolate(picture, scale_factor=2.0, mode="bilinear", align_corners=False)
            x = _active(layer(x, style))
            drawn = functional.pixel_shuffle(shade(x, style).float(), 2)
            picture = drawn if picture is None else picture + drawn
        if picture is None:
            raise TypeError(self.grid)
        return picture


class Discriminator(nn.Module):
    """A picture -> features and a score.

    Shapes: (n, 3, *shape), -1 to 1 -> features (n, dim), score (n,).

    Args:
        shape: height and width; multiples of 8.
        finest: channels at half the picture's sides; doubled at each halving.
        most: channels at most.
        dim: length of the features.
    """

    def __init__(self, shape: tuple[int, int], finest: int, most: int, dim: int) -> None:
        super().__init__()
        levels = halvings(shape)
        widths = level_widths(finest, levels, most)
        cells = (shape[0] >> levels) * (shape[1] >> levels)
        self.stem = ScaledConv(12, widths[0], 3)
        self.downs = nn.ModuleList(_Down(a, b) for a, b in pairwise(widths))
        self.last = ScaledConv(widths[-1], widths[-1], 3)
        self.gather = Scaled(widths[-1] * cells, dim)
        self.judge = Scaled(dim, 1)

    def features(self, pictures: Tensor) -> Tensor:
        """What is judged by."""
        x = functional.pixel_unshuffle(pictures, 2).contiguous(memory_format=torch.channels_last)
        x = _active(self.stem(x))
        for down in self.downs:
            x = down(x)
        x = _active(self.last(x))
        out: Tensor = _active(self.gather(x.flatten(1))).float()
        return out

    def score(self, features: Tensor, known: Known | None = None) -> Tensor:
        """How real it looks, given what is known. Shapes: features (n, dim) -> (n,)."""
        del known
        out: Tensor = self.judge(features)
        return out[:, 0].float()

    def forward(self, pictures: Tensor, known: Known | None = None) -> Tensor:
        """The score of pictures."""
        return self.score(self.features(pictures), known)


class ConditionalDiscriminator(Discriminator):
    """A discriminator that asks whether a picture is what it is said to be.

    The score grows with the product of the features and a projection of what is known; beside it, the features must
    tell attributes and vectors, which teaches them early what a projection learns late.

    Args:
        shape: see :class:`Discriminator`.
        finest: see :class:`Discriminator`.
        most: see :class:`Discriminator`.
        dim: see :class:`Discriminator`.
        sizes: codes of each attribute, "not known" included.
        dims: length of each vector by name.

    Source: Miyato and Koyama 2018 (arXiv 1802.05637), equation 3; the telling as in Odena et al. 2017 (arXiv
    1610.09585), equation 2.
    """

    def __init__(
        self,
        shape: tuple[int, int],
        finest: int,
        most: int,
        dim: int,
        *,
        sizes: Sequence[int],
        dims: Mapping[str, int],
    ) -> None:
        super().__init__(shape, finest, most, dim)
        self.project = Conditioner(sizes, dims, dim)
        self.tell_codes = nn.ModuleList(Scaled(dim, size) for size in sizes)
        self.tell_vectors = nn.ModuleDict({name: Scaled(dim, length) for name, length in self.project.dims.items()})

    def score(self, features: Tensor, known: Known | None = None) -> Tensor:
        """How real it looks as what it is said to be."""
        if known is None:
            return super().score(features)
        wanted = self.project(known).sum(1).float()  # (n, dim)
        fits: Tensor = (wanted * features).sum(1) * features.shape[1] ** -0.5
        return super().score(features) + fits

    def disagreement(self, features: Tensor, known: Known) -> Tensor:
        """How badly the features tell what is known: cross-entropy of codes, one minus the cosine of vectors."""
        return disagreement(
            [tell(features) for tell in self.tell_codes],
            {name: tell(features) for name, tell in self.tell_vectors.items()},
            known,
        )


def disagreement(logits: Sequence[Tensor], vectors: Mapping[str, Tensor], known: Known) -> Tensor:
    """How far what was told is from what is known; what is not known does not count.

    Shapes: logits[i] (n, codes), vectors[name] (n, dim) -> ().
    """
    total = torch.zeros(())
    for at, each in enumerate(logits):
        wanted = known.codes[:, at]
        lost = functional.cross_entropy(each.float(), wanted, ignore_index=0, reduction="sum")
        total = total + lost / (wanted > 0).sum().clamp(min=1)
    for name, told in vectors.items():
        has = known.has[name]
        apart = 1 - functional.cosine_similarity(told.float(), known.vectors[name], dim=1)
        total = total + (apart * has).sum() / has.sum().clamp(min=1)
    return total


class FactsGenerator(nn.Module):
    """The style of a picture -> what is said of it: unit vectors, and one code of each attribute.

    Codes are the likeliest ones, as rows of zeros and a one; gradients pass as if they were the probabilities.

    Shapes: style (n, style) -> (n, sum of dims and sizes).

    Args:
        style: length of the style.
        width: of the layer between.
        sizes: codes of each attribute, "not known", which is never drawn, included.
        dims: length of each vector by name.

    Source: straight-through gradients, Bengio et al. 2013 (arXiv 1308.3432), section 3.
    """

    def __init__(self, style: int, width: int, sizes: Sequence[int], dims: Mapping[str, int]) -> None:
        super().__init__()
        self.parts = [*dims.values(), *sizes]
        self.vectors = len(dims)
        self.between = Scaled(style, width)
        self.say = Scaled(width, sum(self.parts))

    def forward(self, style: Tensor) -> Tensor:
        """Say it."""
        parts = self.say(_active(self.between(style))).float().split(self.parts, 1)
        vectors = [functional.normalize(part, dim=1) for part in parts[: self.vectors]]
        return torch.cat([*vectors, *(_likeliest(part) for part in parts[self.vectors :])], 1)


class JointDiscriminator(Discriminator):
    """Judges a picture, what is said of it, and whether the two agree.

    The facts come as the vector "facts" of what is known.

    Args:
        shape: see :class:`Discriminator`.
        finest: see :class:`Discriminator`.
        most: see :class:`Discriminator`.
        dim: see :class:`Discriminator`.
        facts: length of the facts.
    """

    def __init__(self, shape: tuple[int, int], finest: int, most: int, dim: int, *, facts: int) -> None:
        super().__init__(shape, finest, most, dim)
        self.read = nn.ModuleList([Scaled(facts, dim), Scaled(dim, dim)])
        self.believe = Scaled(dim, 1)
        self.match = Scaled(dim, dim)

    def score(self, features: Tensor, known: Known | None = None) -> Tensor:
        """Realism of the picture, of the facts, and their agreement, summed."""
        if known is None:
            return super().score(features)
        facts = known.vectors["facts"]
        for layer in self.read:
            facts = _active(layer(facts))
        agree = (self.match(facts).float() * features).sum(1) * features.shape[1] ** -0.5
        out: Tensor = super().score(features) + self.believe(facts)[:, 0].float() + agree
        return out


class _Down(nn.Module):
    """Half the sides: a convolution beside a pooled skip. Shapes: (n, wide, h, w) -> (n, out, h / 2, w / 2)."""

    def __init__(self, wide: int, out: int) -> None:
        super().__init__()
        self.conv = ScaledConv(wide, out, 3, 2)
        self.skip = ScaledConv(wide, out, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Both, summed to size one."""
        out: Tensor = (_active(self.conv(x)) + self.skip(functional.avg_pool2d(x, 2))) * 0.5**0.5
        return out


def _shade(wide: int, style: int) -> Styled:
    """Cells as 2 x 2 pixels of three colours; all four start alike, lest a pattern of dots had to be unlearned."""
    made = Styled(wide, 12, style)
    with torch.no_grad():
        made.conv.weight.copy_(made.conv.weight[::4].repeat_interleave(4, 0))
    return made


def _active(x: Tensor) -> Tensor:
    return functional.leaky_relu(x, LEAK)


def _likeliest(logits: Tensor) -> Tensor:
    """One of the codes after the first, which is "not known". Shapes: (n, codes) -> the same."""
    chances = functional.pad(logits[:, 1:].softmax(1), (1, 0))
    picked = functional.one_hot(chances.argmax(1), logits.shape[1]).to(chances.dtype)
    return picked + chances - chances.detach()
