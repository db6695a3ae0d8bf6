import pytest
import torch

from tastemaker.nn.gaussians import Gaussian
from tastemaker.nn.latent_prior import LatentPrior


def clusters(n=400):
    """Two clouds of two numbers, around (3, 0) and (-3, 0), one number tied to the other."""
    chance = torch.Generator().manual_seed(0)
    side = torch.where(torch.arange(n) % 2 == 0, 3.0, -3.0)
    first = 0.5 * torch.randn(n, generator=chance)
    second = first + 0.1 * torch.randn(n, generator=chance)
    return torch.stack([side + first, second], 1)


def fitted(components=2, blur=-20.0):
    prior = LatentPrior(2, components)
    x = clusters()
    prior.fit(Gaussian(x, torch.full_like(x, blur)))
    return prior


def drawn(prior, told, n=4000, seed=0):
    chance = torch.Generator().manual_seed(seed)
    many = Gaussian(told.mean.expand(n, -1), told.log_variance.expand(n, -1))
    return prior.drawn(many, torch.rand(n, generator=chance), torch.randn(n, 2, generator=chance))


def test_before_it_is_fitted_it_is_the_standard_normal():
    found = drawn(LatentPrior(2, 3), Gaussian.standard(1, 2))
    assert found.mean(0).tolist() == pytest.approx([0, 0], abs=0.06)
    assert torch.cov(found.T).flatten().tolist() == pytest.approx([1, 0, 0, 1], abs=0.08)


def test_it_draws_where_the_latents_are():
    found = drawn(fitted(), Gaussian.standard(1, 2))
    assert (found[:, 0].abs() > 1).float().mean() > 0.99
    assert 0.45 < (found[:, 0] > 0).float().mean() < 0.55
    right = found[found[:, 0] > 0] - torch.tensor([3.0, 0.0])
    assert torch.corrcoef(right.T)[0, 1] > 0.75


def test_how_unsure_the_latents_are_counts():
    sure, unsure = fitted(1), fitted(1, blur=0.0)
    gap = unsure.covariances[0] - sure.covariances[0]
    assert gap.flatten().tolist() == pytest.approx([1, 0, 0, 1], abs=1e-4)


def test_one_component_times_what_is_told_is_bayes():
    prior = LatentPrior(2, 1)
    prior.means[:] = torch.tensor([1.0, 2.0])
    prior.covariances[:] = torch.tensor([[2.0, 0.5], [0.5, 1.0]])
    told = Gaussian(torch.tensor([[2.0, 0.0]]), torch.tensor([[0.2, 1.0]]).log())  # the second number: only the prior
    precision, mean = 1 / 0.2 - 1, 2.0 / 0.2 / (1 / 0.2 - 1)
    gain = prior.covariances[0][:, 0] / (2.0 + 1 / precision)  # of an observation of the first number
    wanted = prior.means[0] + gain * (mean - 1.0)
    spread = prior.covariances[0] - gain[:, None] * prior.covariances[0][:1]
    found = drawn(prior, told, 20_000)
    assert found.mean(0).tolist() == pytest.approx(wanted.tolist(), abs=0.03)
    assert torch.cov(found.T).flatten().tolist() == pytest.approx(spread.flatten().tolist(), abs=0.03)


def test_what_is_told_chooses_the_cluster():
    told = Gaussian(torch.tensor([[-1.5, 0.0]]), torch.tensor([[0.5, 1.0]]).log())
    assert (drawn(fitted(), told)[:, 0] < 0).float().mean() > 0.99


def test_a_row_is_the_same_in_any_company():
    prior, told = fitted(), Gaussian(torch.tensor([[1.0, 0.0], [-1.5, 0.3]]), torch.zeros(2, 2) - 1)
    luck, noise = torch.tensor([0.3, 0.6]), torch.tensor([[0.1, -0.2], [0.5, 0.4]])
    both = prior.drawn(told, luck, noise)
    alone = prior.drawn(Gaussian(told.mean[1:], told.log_variance[1:]), luck[1:], noise[1:])
    assert torch.equal(both[1:], alone)
