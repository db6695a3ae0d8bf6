"""Diagonal Gaussians, and how several opinions about one latent become one: product, mixture, mixture of products.

An expert says where it believes a latent lies and how sure it is. A *product* multiplies the opinions, so the sure ones
weigh most (Wu and Goodman 2018, arXiv 1802.05335); a *mixture* believes one of them at a time (Shi et al. 2019, arXiv
1911.03393); a *mixture of products* believes one subset at a time (Sutter et al. 2021, arXiv 2105.02470). All three are
one thing here: a mixture of products over some subsets. Unusual: the standard normal prior is an expert of every
product, of a single expert's as well, so that nothing known gives the prior and not an error.
"""

import math
from dataclasses import dataclass
from typing import Literal, Self

import torch
from torch import Tensor

Joint = Literal["product", "mixture", "mixture-of-products"]
LOWEST, HIGHEST = -10.0, 6.0
"""Range of logarithms of variances that networks may say: exact within, cut outside."""


@dataclass(frozen=True)
class Gaussian:
    """Independent normal numbers.

    Shapes: mean, log_variance (..., dim).
    """

    mean: Tensor
    log_variance: Tensor

    @classmethod
    def told(cls, both: Tensor) -> Self:
        """Of what a network says. Shapes: (..., 2 dim) -> (..., dim)."""
        mean, log_variance = both.float().chunk(2, -1)
        return cls(mean, log_variance.clamp(LOWEST, HIGHEST))

    @classmethod
    def standard(cls, *shape: int) -> Self:
        """Mean zero, variance one."""
        return cls(torch.zeros(shape), torch.zeros(shape))

    @property
    def variance(self) -> Tensor:
        """Shapes: (..., dim)."""
        return self.log_variance.exp()

    def drawn(self, noise: Tensor) -> Tensor:
        """A sample by standard normal noise, through which gradients pass. Shapes: noise (..., dim) -> the same.

        Source: Kingma and Welling 2014 (arXiv 1312.6114), section 2.4.
        """
        return self.mean + noise * (0.5 * self.log_variance).exp()

    def divergence(self, other: "Gaussian | None" = None) -> Tensor:
        """``KL(self || other)``, by default to the standard normal, of every number.

        ``1/2 [log v' - log v + (v + (m - m')^2) / v' - 1]``. Shapes: (..., dim).

        Source: Kingma and Welling 2014, appendix B.
        """
        if other is None:
            return 0.5 * (self.variance + self.mean**2 - 1 - self.log_variance)
        gap = (self.variance + (self.mean - other.mean) ** 2) / other.variance
        return 0.5 * (other.log_variance - self.log_variance + gap - 1)

    def log_density(self, x: Tensor) -> Tensor:
        """Of every number. Shapes: (..., dim)."""
        return -0.5 * (math.log(2 * math.pi) + self.log_variance + (x - self.mean) ** 2 / self.variance)


def product(experts: Gaussian, there: Tensor) -> Gaussian:
    """Of those experts that are there, and of the standard normal prior.

    ``precision = 1 + sum_m 1 / v_m``, ``mean = sum_m mean_m / v_m / precision``.

    Shapes: experts (m, n, dim), there (m, n) bool -> (n, dim).

    Source: Wu and Goodman 2018, section 2.2; Cao and Fleet 2014 (arXiv 1410.7827).
    """
    sure = (-experts.log_variance).exp() * there[..., None]
    precision = 1 + sure.sum(0)
    return Gaussian((experts.mean * sure).sum(0) / precision, -precision.log())


def likelihood(posterior: Gaussian) -> tuple[Tensor, Tensor]:
    """What a product says beyond the standard normal prior in it: precisions, and precisions times means.

    Shapes: (n, dim) -> (n, dim), (n, dim); zeros where nothing was known.
    """
    precision = (-posterior.log_variance).exp()
    return (precision - 1).clamp(min=0), posterior.mean * precision


def subsets(experts: int, joint: Joint) -> Tensor:
    """Which subsets of the experts a joint posterior is a mixture of: all at once, each alone, or every one.

    Shapes: -> (subsets, experts) bool.
    """
    if joint == "product":
        return torch.ones(1, experts, dtype=torch.bool)
    if joint == "mixture":
        return torch.eye(experts, dtype=torch.bool)
    numbers = torch.arange(1, 2**experts)
    return (numbers[:, None] >> torch.arange(experts)) % 2 == 1


def chosen(there: Tensor, joint: Joint, luck: Tensor) -> Tensor:
    """The experts that a joint posterior believes this time.

    A product believes all that are there; a mixture one of them, a mixture of products one subset of them, each as
    likely as any other. Nothing is believed where nothing is there.

    Shapes: there (m, n) bool, luck (n,) uniform in [0, 1) -> (m, n) bool.
    """
    if joint == "product":
        return there
    made = subsets(len(there), joint)  # (s, m)
    able = ~(made[:, :, None] & ~there[None]).any(1)  # (s, n): all of its experts are there
    wanted = (luck * able.sum(0)).floor() + 1  # 1 for the first of those that are able
    at = ((able.cumsum(0) >= wanted) & able).float().argmax(0)  # (n,)
    return made[at].T & there


def moments(experts: Gaussian, there: Tensor, joint: Joint) -> Gaussian:
    """Mean and variance of the joint posterior, as one Gaussian.

    Shapes: experts (m, n, dim), there (m, n) bool -> (n, dim).
    """
    if joint == "product":
        return product(experts, there)
    made = subsets(len(there), joint)
    able = ~(made[:, :, None] & ~there[None]).any(1)
    share = able / able.sum(0).clamp(min=1)
    mean, square = torch.zeros_like(experts.mean[0]), torch.zeros_like(experts.mean[0])
    for subset, weight in zip(made, share, strict=True):
        each = product(experts, there & subset[:, None])
        mean = mean + weight[:, None] * each.mean
        square = square + weight[:, None] * (each.variance + each.mean**2)
    nothing = ~there.any(0)[:, None]
    variance = torch.where(nothing, torch.ones_like(mean), (square - mean**2).clamp(min=math.exp(LOWEST)))
    return Gaussian(mean, variance.log())
