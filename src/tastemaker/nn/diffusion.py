"""Paths from data to noise, what a network is asked along them, and guidance.

At time t, 0 to 1, a thing is ``x_t = a(t) x + s(t) e``: data at 0, noise at 1. On a *noise schedule* a^2 + s^2 = 1 and
the network tells the noise e; on the *straight path* a = 1 - t, s = t and it tells the velocity ``e - x``. Either
answer, at any t, is a guess at x and e both: that is all that samplers and losses ask of a path.
Source: Ho et al. 2020 (DDPM, arXiv 2006.11239), equations 4 and 14; Nichol and Dhariwal 2021 (arXiv 2102.09672),
equation 17; Liu et al. 2022 (rectified flow, arXiv 2209.03003), equation 1; Ho and Salimans 2022 (guidance, arXiv
2207.12598), equation 6.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Predict = Callable[[Tensor, Tensor], Tensor]
"""A network's answer to (x_t, t). Shapes: (n, ...), (n,) -> (n, ...)."""


@dataclass(frozen=True)
class Guess:
    """What an answer says of the ends of the path. Shapes: (n, ...) each."""

    data: Tensor
    noise: Tensor


class Path(ABC):
    """How data becomes noise, and what is asked of a network on the way."""

    @abstractmethod
    def signal(self, t: Tensor) -> Tensor:
        """``a(t)``, 1 at 0."""

    @abstractmethod
    def spread(self, t: Tensor) -> Tensor:
        """``s(t)``, 0 at 0."""

    @abstractmethod
    def target(self, x: Tensor, noise: Tensor) -> Tensor:
        """What the network should answer."""

    @abstractmethod
    def guess(self, x_t: Tensor, answer: Tensor, t: Tensor) -> Guess:
        """Data and noise that an answer stands for. Shapes: t broadcasts against x_t."""

    @abstractmethod
    def times(self, uniform: Tensor) -> Tensor:
        """Times to learn at, of uniform chance; where learning pays more come more often. Shapes: (n,) -> (n,)."""

    def weight(self, t: Tensor) -> Tensor:
        """How much an error counts at a time; all alike unless said otherwise."""
        return torch.ones_like(t)

    def noised(self, x: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        """``a(t) x + s(t) e``. Shapes: (n, ...) twice, (n,) -> (n, ...)."""
        t = beside(t, x)
        return self.signal(t) * x + self.spread(t) * noise


class Schedule(Path):
    """A path that keeps the variance, on which the network tells the noise."""

    def spread(self, t: Tensor) -> Tensor:
        """``sqrt(1 - a^2)``."""
        return (1 - self.signal(t).square()).clamp(min=0).sqrt()

    def target(self, x: Tensor, noise: Tensor) -> Tensor:
        """The noise."""
        del x
        return noise

    def guess(self, x_t: Tensor, answer: Tensor, t: Tensor) -> Guess:
        """``x = (x_t - s e) / a``."""
        return Guess((x_t - self.spread(t) * answer) / self.signal(t), answer)

    def times(self, uniform: Tensor) -> Tensor:
        """All alike."""
        return uniform


@dataclass(frozen=True)
class Cosine(Schedule):
    """``a(t)^2 = cos^2((t + o) / (1 + o) pi / 2) / cos^2(o / (1 + o) pi / 2)``.

    Attributes:
        offset: o; keeps the first steps from being too small.
        floor: least signal: at t = 1 a little of the data shows, so that a guess at it stays finite.
    """

    offset: float = 0.008
    floor: float = 0.01

    def signal(self, t: Tensor) -> Tensor:
        """``a(t)``."""
        start = math.cos(self.offset / (1 + self.offset) * math.pi / 2)
        return (((t + self.offset) / (1 + self.offset) * (math.pi / 2)).cos() / start).clamp(min=self.floor)


@dataclass(frozen=True)
class Linear(Schedule):
    """Variances that grow linearly, in the limit of small steps: ``a^2 = exp(-b0 t - (b1 - b0) t^2 / 2)``.

    Attributes:
        first, last: 1,000 times the variance added in the first step and in the last.

    Source: Ho et al. 2020, section 4; the limit is Song et al. 2021 (arXiv 2011.13456), equation 33.
    """

    first: float = 0.1
    last: float = 20.0

    def signal(self, t: Tensor) -> Tensor:
        """``a(t)``."""
        return (-0.5 * self.first * t - 0.25 * (self.last - self.first) * t.square()).exp()


@dataclass(frozen=True)
class Straight(Path):
    """The straight line from data to noise, on which the network tells the velocity ``e - x``.

    Attributes:
        middle: where most of the learning is done, on the scale of log-odds: below 0 nearer to the data.
        width: of the bell of times, on that scale (logit-normal: Esser et al. 2024, arXiv 2403.03206, section 3.1).
    """

    middle: float = 0.0
    width: float = 1.0

    def signal(self, t: Tensor) -> Tensor:
        """``1 - t``."""
        return 1 - t

    def spread(self, t: Tensor) -> Tensor:
        """``t``."""
        return t

    def target(self, x: Tensor, noise: Tensor) -> Tensor:
        """The velocity."""
        return noise - x

    def guess(self, x_t: Tensor, answer: Tensor, t: Tensor) -> Guess:
        """``x = x_t - t v``, ``e = x_t + (1 - t) v``."""
        return Guess(x_t - t * answer, x_t + (1 - t) * answer)

    def times(self, uniform: Tensor) -> Tensor:
        """Logit-normal."""
        bell = math.sqrt(2) * torch.erfinv((2 * uniform - 1).clamp(-0.9999, 0.9999))
        return (self.middle + self.width * bell).sigmoid()


@dataclass(frozen=True)
class StraightToData(Straight):
    """The straight path, on which the network tells the data; an error counts as the velocity's that it stands for.

    For patches of pixels: noise fills all of their many dimensions, data few, and few are easier to tell.

    Attributes:
        least: time below which the velocity is no longer divided by it.

    Source: Li and He 2025 (arXiv 2511.13720), section 4.
    """

    least: float = 0.05

    def target(self, x: Tensor, noise: Tensor) -> Tensor:
        """The data."""
        del noise
        return x

    def guess(self, x_t: Tensor, answer: Tensor, t: Tensor) -> Guess:
        """``e = (x_t - (1 - t) x) / t``."""
        return Guess(answer, (x_t - (1 - t) * answer) / t.clamp(min=self.least))

    def weight(self, t: Tensor) -> Tensor:
        """``1 / t^2``."""
        return t.clamp(min=self.least).pow(-2)


def beside(t: Tensor, x: Tensor) -> Tensor:
    """A time for each thing, with as many dimensions as the things. Shapes: (n,), (n, ...) -> (n, 1, ...)."""
    return t.view(-1, *(1,) * (x.ndim - 1))


def spread_times(path: Path, n: int) -> Tensor:
    """Times of a batch, one from each of n equal shares of the chance, in random order: less noise in the loss."""
    return path.times((torch.randperm(n) + torch.rand(n)) / n)


def denoising_loss(path: Path, predict: Predict, x: Tensor, noise: Tensor, t: Tensor) -> Tensor:
    """``E w(t) |answer(x_t, t) - target|^2``, the mean over all parts. Shapes: (n, ...) twice, (n,) -> ().

    Source: Ho et al. 2020, equation 14; Liu et al. 2022, equation 1.
    """
    wrong = predict(path.noised(x, noise, t), t).float() - path.target(x, noise)
    return (beside(path.weight(t), x) * wrong.square()).mean()


def guided(without: Tensor, given: Tensor, weight: float) -> Tensor:
    """``e(0) + w (e(c) - e(0))``: weight 1 is the conditional answer, 0 the unconditional one."""
    return without + weight * (given - without)
