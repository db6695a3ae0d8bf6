import math

import pytest
import torch
from torch.nn import functional

from tastemaker.nn.losses import info_nce, same_key, sigmoid_loss, softmax_loss


@pytest.mark.parametrize("n", [2, 7, 64])
def test_uniform_logits_give_log_n(n):
    assert info_nce(torch.full((n, n), 3.5)).item() == pytest.approx(math.log(n), rel=1e-6)


@pytest.mark.parametrize("n", [2, 7])
def test_smoothing_leaves_uniform_logits_at_log_n(n):
    assert info_nce(torch.zeros(n, n), smoothing=0.3).item() == pytest.approx(math.log(n), rel=1e-6)


def test_is_the_mean_of_two_cross_entropies():
    logits = torch.randn(6, 6, generator=torch.Generator().manual_seed(0))
    target = torch.arange(6)
    want = (functional.cross_entropy(logits, target) + functional.cross_entropy(logits.T, target)) / 2
    torch.testing.assert_close(info_nce(logits), want)


def test_smoothing_agrees_with_the_smoothed_cross_entropy():
    logits = torch.randn(5, 5, generator=torch.Generator().manual_seed(1))
    target = torch.arange(5)
    sides = [functional.cross_entropy(side, target, label_smoothing=0.2) for side in (logits, logits.T)]
    torch.testing.assert_close(info_nce(logits, smoothing=0.2), sum(sides) / 2)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_ignored_pairs_are_no_negatives_and_the_diagonal_always_counts(smoothing):
    """Items 0 and 1 are the same product: with their pair ignored, the rest is a 3-item problem for each of them."""
    logits = torch.zeros(4, 4)
    ignore = same_key(torch.tensor([5, 5, 6, 7]))
    want = (2 * math.log(3) + 2 * math.log(4)) / 4
    assert info_nce(logits, ignore=ignore, smoothing=smoothing).item() == pytest.approx(want, rel=1e-5)


def test_an_ignored_pair_gets_no_gradient():
    logits = torch.randn(4, 4, generator=torch.Generator().manual_seed(2), requires_grad=True)
    ignore = torch.zeros(4, 4, dtype=torch.bool)
    ignore[0, 2] = True
    info_nce(logits, ignore=ignore).backward()
    assert logits.grad[0, 2] == 0
    assert (logits.grad.flatten().abs() > 0).sum() == 15


def test_sigmoid_loss_by_hand():
    """Two items, all logits 0, bias b: a pair off the diagonal costs log(1 + e^b), on it log(1 + e^-b)."""
    b = -1.5
    want = math.log(1 + math.exp(-b)) + math.log(1 + math.exp(b))
    assert sigmoid_loss(torch.zeros(2, 2), torch.tensor(b)).item() == pytest.approx(want, rel=1e-6)
    ignore = torch.ones(2, 2, dtype=torch.bool)
    alone = math.log(1 + math.exp(-b))
    assert sigmoid_loss(torch.zeros(2, 2), torch.tensor(b), ignore=ignore).item() == pytest.approx(alone, rel=1e-6)


def test_several_positives_by_hand():
    """Uniform logits: any target costs log n. One row with two positives at p and q costs -(log p + log q) / 2."""
    positives = torch.eye(3, dtype=torch.bool)
    positives[0, 1] = positives[1, 0] = True
    assert info_nce(torch.ones(3, 3), positives=positives).item() == pytest.approx(math.log(3), rel=1e-6)
    logits = torch.tensor([[math.log(2), math.log(3), math.log(5)]])
    got = softmax_loss(logits, positives=torch.tensor([[False, True, False]]))
    assert got.item() == pytest.approx(-(math.log(0.2) + math.log(0.3)) / 2, rel=1e-6)


def test_remembered_columns_are_negatives():
    logits = torch.zeros(2, 6)
    assert softmax_loss(logits).item() == pytest.approx(math.log(6), rel=1e-6)
    want = (math.log(1 + math.exp(1.0)) + 5 * math.log(1 + math.exp(-1.0))) * 2 / 2
    assert sigmoid_loss(logits, torch.tensor(-1.0)).item() == pytest.approx(want, rel=1e-6)


def test_sigmoid_loss_with_a_second_positive_by_hand():
    positives = torch.ones(2, 2, dtype=torch.bool)
    want = 2 * math.log(1 + math.exp(1.5))
    assert sigmoid_loss(torch.zeros(2, 2), torch.tensor(-1.5), positives=positives).item() == pytest.approx(want)
