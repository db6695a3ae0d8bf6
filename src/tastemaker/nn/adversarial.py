"""The adversarial game: a generator makes, a discriminator tells what was made from what is real.

All losses take scores before the sigmoid, so that ``D(x) = sigmoid(score)``. A loss is the discriminator's or the
generator's side of a game; :data:`GAMES` names the pairs. The penalties keep the discriminator's slope small where the
data (R1) or the drawings (R2) lie, without which the game need not converge.

Source: Goodfellow et al. 2014 (arXiv 1406.2661), equation 1 and section 3; Miyato et al. 2018 (arXiv 1802.05957),
equations 16 and 17 (hinge); Jolicoeur-Martineau 2018 (arXiv 1807.00734) and Huang et al. 2024 (R3GAN, arXiv
2501.05441), equation 2 (relativistic pairing); Mescheder et al. 2018 (arXiv 1801.04406), equation 9 (R1, R2).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

Side = Callable[[Tensor, Tensor], Tensor]
"""Scores of real things and of drawings -> a loss to make small. Shapes: (n,), (n,) -> ()."""


@dataclass(frozen=True)
class Game:
    """The two sides of a game.

    Attributes:
        discriminator: its loss.
        generator: its loss.
    """

    discriminator: Side
    generator: Side


def value(real: Tensor, fake: Tensor) -> Tensor:
    """``V = E log D(x) + E log(1 - D(G(z)))``, which one side makes large and the other small.

    It is ``-log 4`` where the drawings are like the data and the discriminator is the best there is: ``D = 1/2``.

    Shapes: (n,), (m,) -> ().

    Source: Goodfellow et al. 2014, equation 1 and theorem 1.
    """
    return functional.logsigmoid(real).mean() + functional.logsigmoid(-fake).mean()


def _original(real: Tensor, fake: Tensor) -> Tensor:
    del real
    return functional.logsigmoid(-fake).mean()


def _non_saturating(real: Tensor, fake: Tensor) -> Tensor:
    del real
    return functional.softplus(-fake).mean()


def _hinge(real: Tensor, fake: Tensor) -> Tensor:
    return (1 - real).relu().mean() + (1 + fake).relu().mean()


def _linear(real: Tensor, fake: Tensor) -> Tensor:
    del real
    return -fake.mean()


def _relativistic(real: Tensor, fake: Tensor) -> Tensor:
    return functional.softplus(fake - real).mean()


GAMES: Mapping[str, Game] = {
    "original": Game(lambda real, fake: -value(real, fake), _original),
    "non-saturating": Game(lambda real, fake: -value(real, fake), _non_saturating),
    "hinge": Game(_hinge, _linear),
    "relativistic": Game(_relativistic, lambda real, fake: _relativistic(fake, real)),
}
"""By name. "original" is min max itself, whose generator learns little while it loses; "non-saturating" mends that;
"relativistic" asks of each pair which of the two is real."""


def slope_penalty(score: Callable[[Tensor], Tensor], points: Tensor) -> Tensor:
    """``1/2 E |grad D(x)|^2``: R1 at real points, R2 at drawn ones.

    Args:
        score: of each point; must be differentiable twice.
        points: where the slope is to be small; nothing flows back into them.

    Shapes: points (n, ...) -> ().

    Source: Mescheder et al. 2018, equation 9.
    """
    points = points.detach().requires_grad_(True)  # noqa: FBT003
    (slope,) = torch.autograd.grad(score(points).sum(), points, create_graph=True)
    return slope.flatten(1).square().sum(1).mean() / 2
