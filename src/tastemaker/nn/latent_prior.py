"""Where latents lie after training: a mixture of full Gaussians, fitted to them in closed steps.

A VAE's latents never fill the standard normal it was pulled to, and what is drawn from the holes between them is no
picture of anything. A mixture fitted to the latents afterwards draws from where they are (Ghosh et al. 2020, arXiv
1903.12436, section 4, "ex-post density estimation"). What a condition says of the latent is multiplied in: product and
mixture stay Gaussian, so that too is exact.
Unusual: each covariance is pulled to the mean one, so that small shops and small clusters give no degenerate ones.
"""

import math

import torch
from torch import Tensor, nn

from tastemaker.nn.gaussians import Gaussian, likelihood

ROUNDS = 12
FEWEST = 60
"""Latents a component."""
OWN = 3.0
"""A covariance is its own with the weight of its latents, the mean one with this times the dimension."""
MOST = 8_000
"""Latents that are read."""


class LatentPrior(nn.Module):
    """``sum_k w_k N(m_k, S_k)``; the standard normal before :meth:`fit`.

    Args:
        dim: of the latents.
        components: at most; fewer where there are few latents.
    """

    weights: Tensor
    means: Tensor
    covariances: Tensor

    def __init__(self, dim: int, components: int) -> None:
        super().__init__()
        self.register_buffer("weights", torch.full((components,), 1 / components))
        self.register_buffer("means", torch.zeros(components, dim))
        self.register_buffer("covariances", torch.eye(dim).repeat(components, 1, 1))

    @torch.no_grad()
    def fit(self, latents: Gaussian, seed: int = 0) -> None:
        """Expectation maximisation on posteriors. Shapes: (n, dim).

        Args:
            latents: posteriors of the things that were learned from; their variances count.
            seed: of the start.
        """
        chance = torch.Generator().manual_seed(seed)
        pick = torch.randperm(len(latents.mean), generator=chance)[:MOST]
        x, blur = latents.mean[pick].double(), latents.variance[pick].double().mean(0)
        components = max(1, min(len(self.weights), len(x) // FEWEST))
        means = _spread(x, components, chance)
        shares = torch.nn.functional.one_hot(torch.cdist(x, means).argmin(1), components).double()
        for _ in range(ROUNDS):
            weights, means, covariances = _maximised(x, shares)
            shares = (weights.log() + _log_densities(x, means, covariances)).softmax(1)
        self.weights.zero_()
        self.weights[:components] = weights.float()
        self.means[:components] = means.float()
        self.covariances[:components] = (covariances + torch.diag(blur)).float()

    def drawn(self, told: Gaussian, luck: Tensor, noise: Tensor) -> Tensor:
        """Latents that fit what is told: the mixture times what a product of experts says beyond its prior.

        Shapes: told (n, dim), luck (n,) uniform in [0, 1), noise (n, dim) -> (n, dim).
        """
        asked, which = torch.unique(torch.cat(likelihood(told), 1).double(), dim=0, return_inverse=True)
        sure = torch.linalg.inv(self.covariances.double())  # (k, dim, dim)
        base = torch.einsum("kij,kj->ki", sure, self.means.double())
        fixed = self.weights.double().log() - 0.5 * (
            torch.logdet(self.covariances.double()) + (base * self.means.double()).sum(1)
        )
        latents = torch.empty_like(noise)
        for at, line in enumerate(asked):
            precision, pull = line.chunk(2)
            factor = torch.linalg.cholesky(sure + torch.diag(precision))  # (k, dim, dim)
            bent = base + pull
            means = torch.cholesky_solve(bent[..., None], factor)[..., 0]
            score = fixed + 0.5 * (bent * means).sum(1) - factor.diagonal(dim1=1, dim2=2).log().sum(1)
            reached = score.softmax(0).cumsum(0)
            for row in (which == at).nonzero()[:, 0].tolist():
                k = int((reached > luck[row]).float().argmax())
                wide = torch.linalg.solve_triangular(factor[k].T, noise[row, :, None].double(), upper=True)
                latents[row] = (means[k] + wide[:, 0]).float()
        return latents


def _spread(x: Tensor, components: int, chance: torch.Generator) -> Tensor:
    """Starts far from each other (k-means++, Arthur and Vassilvitskii 2007). Shapes: (n, dim) -> (k, dim)."""
    found = [x[int(torch.randint(len(x), (1,), generator=chance))]]
    nearest = torch.full((len(x),), math.inf, dtype=x.dtype)
    for _ in range(components - 1):
        nearest = torch.minimum(nearest, (x - found[-1]).square().sum(1))
        found.append(x[int(torch.multinomial(nearest + 1e-12, 1, generator=chance))])
    return torch.stack(found)


def _maximised(x: Tensor, shares: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Weights, means and covariances of shares. Shapes: (n, dim), (n, k) -> (k,), (k, dim), (k, dim, dim)."""
    n, dim = x.shape
    counts = shares.sum(0).clamp(min=1e-6)
    means = (shares.T @ x) / counts[:, None]
    scatter = torch.stack([((x - m) * s[:, None]).T @ (x - m) for m, s in zip(means, shares.T, strict=True)])
    pooled = scatter.sum(0) / n + 1e-6 * torch.eye(dim, dtype=x.dtype)
    trust = OWN * dim
    return counts / n, means, (scatter + trust * pooled) / (counts + trust)[:, None, None]


def _log_densities(x: Tensor, means: Tensor, covariances: Tensor) -> Tensor:
    """Shapes: (n, dim), (k, dim), (k, dim, dim) -> (n, k)."""
    columns = []
    for mean, covariance in zip(means, covariances, strict=True):
        factor = torch.linalg.cholesky(covariance)
        far = torch.linalg.solve_triangular(factor, (x - mean).T, upper=False).square().sum(0)
        columns.append(-0.5 * far - factor.diagonal().log().sum())
    return torch.stack(columns, 1)
