import math

import pytest
import torch

from tastemaker.nn.gaussians import Gaussian, chosen, likelihood, moments, product, subsets


def gaussian(mean, variance):
    return Gaussian(torch.tensor(mean, dtype=torch.float32), torch.tensor(variance, dtype=torch.float32).log())


def stacked(*pairs):
    """Experts of one thing with one number. Shapes: (m, 1, 1)."""
    means, variances = zip(*pairs, strict=True)
    return gaussian([[[m]] for m in means], [[[v]] for v in variances])


def there(*flags):
    return torch.tensor(flags)[:, None]


def test_divergence_by_hand():
    found = gaussian([0.0, 1.0, 0.0], [1.0, 1.0, 4.0]).divergence()
    assert found.tolist() == pytest.approx([0.0, 0.5, 0.5 * (4 - 1 - math.log(4))])


def test_divergence_of_two_is_that_to_the_standard_normal_after_a_change_of_scale():
    one, two = gaussian([3.0], [2.0]), gaussian([1.0], [4.0])
    moved = gaussian([(3.0 - 1.0) / 2.0], [2.0 / 4.0])
    assert one.divergence(two).item() == pytest.approx(moved.divergence().item())
    assert one.divergence(one).item() == pytest.approx(0)


def test_divergence_is_the_mean_of_the_difference_of_log_densities():
    one, two = gaussian([0.5], [0.3]), gaussian([-0.2], [1.7])
    x = one.drawn(torch.randn(200_000, 1, generator=torch.Generator().manual_seed(0)))
    gap = (one.log_density(x) - two.log_density(x)).mean().item()
    assert gap == pytest.approx(one.divergence(two).item(), abs=0.01)


def test_what_a_network_says_is_cut_to_a_range():
    told = Gaussian.told(torch.tensor([[1.0, 2.0, -99.0, 99.0]]))
    assert told.mean.tolist() == [[1.0, 2.0]]
    assert told.log_variance.tolist() == [[-10.0, 6.0]]


def test_product_by_hand():
    # precisions 1 (prior), 1/2 and 2; mean (3 / 2 + 6 * 2) / 3.5
    found = product(stacked((3.0, 2.0), (6.0, 0.5)), there(True, True))
    assert found.variance.item() == pytest.approx(1 / 3.5)
    assert found.mean.item() == pytest.approx(13.5 / 3.5)


def test_a_product_of_nothing_is_the_prior():
    found = product(stacked((3.0, 2.0), (6.0, 0.5)), there(False, False))
    assert (found.mean.item(), found.variance.item()) == (0.0, 1.0)


def test_likelihood_is_the_product_without_its_prior():
    precision, pull = likelihood(product(stacked((3.0, 2.0), (6.0, 0.5)), there(True, True)))
    assert precision.item() == pytest.approx(2.5)
    assert pull.item() == pytest.approx(13.5)


def test_subsets():
    assert subsets(3, "product").tolist() == [[True] * 3]
    assert subsets(2, "mixture").tolist() == [[True, False], [False, True]]
    assert len(subsets(4, "mixture-of-products")) == 15
    assert len(set(map(tuple, subsets(4, "mixture-of-products").tolist()))) == 15


@pytest.mark.parametrize(("joint", "ways"), [("product", 1), ("mixture", 2), ("mixture-of-products", 3)])
def test_every_part_of_a_mixture_is_chosen_equally_often_and_only_what_is_there(joint, ways):
    n = 600
    flags = torch.tensor([True, False, True])[:, None].expand(3, n)
    found = chosen(flags, joint, torch.arange(n) / n)
    kinds, counts = torch.unique(found.T, dim=0, return_counts=True)
    assert len(kinds) == ways
    assert not found[1].any()
    assert counts.tolist() == [n // ways] * ways


def test_nothing_there_nothing_chosen():
    nothing = torch.zeros(3, 2, dtype=torch.bool)
    for joint in ("product", "mixture", "mixture-of-products"):
        assert not chosen(nothing, joint, torch.tensor([0.0, 0.99])).any()
        found = moments(gaussian([[[9.0]] * 2] * 3, [[[0.1]] * 2] * 3), nothing, joint)
        assert found.mean.tolist() == [[0.0], [0.0]]
        assert found.variance.tolist() == [[1.0], [1.0]]


def test_moments_of_a_mixture_by_hand():
    # products with the prior: means 3/2 and -1, variances 1/2 and 1/2
    experts = stacked((3.0, 1.0), (-2.0, 1.0))
    found = moments(experts, there(True, True), "mixture")
    assert found.mean.item() == pytest.approx(0.25)
    assert found.variance.item() == pytest.approx(0.5 + 1.25**2)


def test_moments_are_those_of_what_is_chosen_and_drawn():
    experts, flags = stacked((3.0, 1.0), (-2.0, 0.5)), there(True, True)
    rng = torch.Generator().manual_seed(0)
    n = 100_000
    wide = Gaussian(experts.mean.expand(2, n, 1), experts.log_variance.expand(2, n, 1))
    seen = chosen(flags.expand(2, n), "mixture-of-products", torch.rand(n, generator=rng))
    drawn = product(wide, seen).drawn(torch.randn(n, 1, generator=rng))
    found = moments(experts, flags, "mixture-of-products")
    assert drawn.mean().item() == pytest.approx(found.mean.item(), abs=0.02)
    assert drawn.var().item() == pytest.approx(found.variance.item(), rel=0.02)
