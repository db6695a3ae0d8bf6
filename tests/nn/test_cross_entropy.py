import math

import pytest
import torch
from torch.nn import functional

from tastemaker.nn import cross_entropy as module
from tastemaker.nn.cross_entropy import cross_entropy


def world(n=70, m=300, dim=16, seed=0):
    chance = torch.Generator().manual_seed(seed)
    hidden = torch.randn(n, dim, generator=chance).requires_grad_()
    items = (0.5 * torch.randn(m, dim, generator=chance)).requires_grad_()
    return hidden, items, torch.randint(0, m, (n,), generator=chance)


def both(loss, *leaves):
    return [loss.detach(), *torch.autograd.grad(loss, leaves)]


def golden(hidden, items, target):
    return both(functional.cross_entropy(hidden @ items.T, target), hidden, items)


def test_equals_torch_in_value_and_gradients():
    hidden, items, target = world()
    ours = both(cross_entropy(hidden, items, target, half=False), hidden, items)
    for found, expected in zip(ours, golden(hidden, items, target), strict=True):
        torch.testing.assert_close(found, expected)


def test_chunks_change_nothing(monkeypatch):
    hidden, items, target = world()
    monkeypatch.setattr(module, "CACHED", 1)  # the smallest chunk, 32 positions
    for found, expected in zip(
        both(cross_entropy(hidden, items, target, half=False), hidden, items),
        golden(hidden, items, target),
        strict=True,
    ):
        torch.testing.assert_close(found, expected)


def test_bfloat16_stays_near():
    hidden, items, target = world(n=256, m=2000, dim=32)
    ours = both(cross_entropy(hidden, items, target, half=True), hidden, items)
    for found, expected in zip(ours, golden(hidden, items, target), strict=True):
        assert (found - expected).norm() < 0.02 * expected.norm()


@pytest.mark.parametrize("half", [False, True])
def test_alike_logits_give_the_logarithm_of_their_number(half):
    hidden, items, target = torch.zeros(5, 8), torch.randn(1000, 8), torch.arange(5)
    assert math.isclose(float(cross_entropy(hidden, items, target, half=half)), math.log(1000), rel_tol=1e-6)


def test_huge_logits_are_no_infinity():
    hidden = torch.eye(3).mul(1000.0).requires_grad_()
    items = torch.eye(3).requires_grad_()
    loss = cross_entropy(hidden, items, torch.tensor([0, 1, 0]), half=False)
    assert float(loss.detach()) == pytest.approx(1000 / 3)  # the third misses by 1,000, the others by nothing
    assert all(bool(torch.isfinite(g).all()) for g in torch.autograd.grad(loss, (hidden, items)))


def test_the_gradient_follows_what_stands_above():
    hidden, items, target = world(n=8, m=20)
    thrice = both(3 * cross_entropy(hidden, items, target, half=False), hidden, items)
    once = both(cross_entropy(hidden, items, target, half=False), hidden, items)
    for found, expected in zip(thrice, once, strict=True):
        torch.testing.assert_close(found, 3 * expected)
