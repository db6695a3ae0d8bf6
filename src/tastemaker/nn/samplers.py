"""From noise to data in a few steps: DDPM, DDIM, Euler along the flow.

All three walk the same way and differ in one step. Chance comes from a function of the step's number, so that the
caller decides what each drawing's chance is. With signals a and spreads s at two times t > u, what is added between
them has the variance ``d = s_t^2 - (a_t / a_u)^2 s_u^2``.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal, Protocol

import torch
from torch import Tensor

from tastemaker.nn.diffusion import Guess, Path, Predict

Chance = Callable[[int], Tensor]
"""Standard normal values for a step, of the shape of the things."""
Sampler = Literal["ddpm", "ddim", "euler"]


class Step(Protocol):
    """One step from time t to an earlier one."""

    def __call__(self, path: Path, guess: Guess, x_t: Tensor, t: Tensor, u: Tensor, z: Tensor) -> Tensor:
        """``x_u``. Shapes: t, u (); the others (n, ...)."""


def times_down(steps: int, shift: float = 1.0) -> Tensor:
    """Times from 1 to 0, one more than there are steps. Shapes: -> (steps + 1,).

    Args:
        steps: 1 or more.
        shift: above 1 more of them lie near the noise, ``shift t / (1 + (shift - 1) t)``.

    Source: Esser et al. 2024 (arXiv 2403.03206), equation 23.
    """
    t = torch.linspace(1, 0, steps + 1)
    return shift * t / (1 + (shift - 1) * t)


def ddpm(path: Path, guess: Guess, x_t: Tensor, t: Tensor, u: Tensor, z: Tensor) -> Tensor:
    """Draw from the posterior of x_u given x_t and the guess at x.

    Mean ``(a_u d x + a_t / a_u s_u^2 x_t) / s_t^2``, variance ``s_u^2 d / s_t^2``.

    Source: Ho et al. 2020 (arXiv 2006.11239), equations 6 and 7, where ``a^2 + s^2 = 1``.
    """
    kept = path.signal(t) / path.signal(u)
    before, after = path.spread(t).square(), path.spread(u).square()
    added = before - kept.square() * after
    mean = (path.signal(u) * added * guess.data + kept * after * x_t) / before
    return mean + (after * added / before).clamp(min=0).sqrt() * z


def ddim(path: Path, guess: Guess, x_t: Tensor, t: Tensor, u: Tensor, z: Tensor, *, eta: float = 0.0) -> Tensor:
    """``a_u x + sqrt(s_u^2 - v^2) e + v z`` with ``v = eta s_u sqrt(d) / s_t``.

    With eta 1 it is DDPM's step; with 0 nothing is left to chance, and on the straight path it is Euler's.

    Source: Song et al. 2021 (arXiv 2010.02502), equations 12 and 16.
    """
    del x_t
    kept = path.signal(t) / path.signal(u)
    before, after = path.spread(t).square(), path.spread(u).square()
    chance = eta**2 * after * (before - kept.square() * after) / before
    return path.signal(u) * guess.data + (after - chance).clamp(min=0).sqrt() * guess.noise + chance.sqrt() * z


def euler(path: Path, guess: Guess, x_t: Tensor, t: Tensor, u: Tensor, z: Tensor) -> Tensor:
    """``x_t + (u - t) v``, along the velocity of the straight path.

    Source: Liu et al. 2022 (arXiv 2209.03003), equation 1.
    """
    del path, z
    return x_t + (u - t) * (guess.noise - guess.data)


STEPS: Mapping[Sampler, Step] = {"ddpm": ddpm, "ddim": partial(ddim, eta=0.0), "euler": euler}
"""By name."""


def walk(path: Path, predict: Predict, start: Tensor, times: Tensor, step: Step, chance: Chance) -> Tensor:
    """All the way down.

    Shapes: start (n, ...), times (steps + 1,) -> (n, ...).

    Args:
        path: on which the network learned.
        predict: the network's answer.
        start: noise.
        times: falling from 1 to 0.
        step: one of :data:`STEPS`, or alike.
        chance: for each step; not asked where the last one ends.
    """
    x = start
    last = len(times) - 2
    for number in range(last + 1):
        t, u = times[number], times[number + 1]
        guess = path.guess(x, predict(x, t.expand(len(x))), t)
        x = step(path, guess, x, t, u, chance(number) if number < last else torch.zeros_like(x))
    return x
