import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from tastemaker.nn.losses import HIDDEN
from tastemaker.nn.momentum import Memory, follow, softened


def test_slow_copy_moves_by_what_is_not_kept():
    slow, fast = nn.Linear(2, 1), nn.Linear(2, 1)
    nn.init.constant_(slow.weight, 1.0)
    nn.init.constant_(fast.weight, 3.0)
    follow(slow, fast, 0.75)
    torch.testing.assert_close(slow.weight, torch.full((1, 2), 1.5))
    torch.testing.assert_close(fast.weight, torch.full((1, 2), 3.0))


def test_running_statistics_follow_and_counts_are_copied():
    slow, fast = nn.BatchNorm1d(1), nn.BatchNorm1d(1)
    fast(torch.tensor([[0.0], [20.0]]))  # running mean .1 * 10
    follow(slow, fast, 0.5)
    assert slow.running_mean.item() == pytest.approx(0.5)
    assert slow.num_batches_tracked.item() == 1


def test_memory_forgets_the_oldest_first():
    memory = Memory(3, 1)
    for number in range(1, 3):
        vectors = torch.full((2, 1), float(number))
        memory.push(vectors, -vectors, torch.full((2, 2), number))
    assert memory.keys[:, 0].tolist() == [2, 2, 1]
    assert memory.pictures[:, 0].tolist() == [2, 2, 1]
    assert memory.texts[:, 0].tolist() == [-2, -2, -1]


def test_memory_starts_with_nothing():
    assert (Memory(4, 2).keys == -1).all()


def test_without_an_opinion_it_is_the_cross_entropy():
    logits = torch.randn(5, 7, generator=torch.Generator().manual_seed(0))
    target = torch.tensor([0, 6, 3, 3, 1])
    loss = softened(logits, target, torch.zeros(5, 7), 0.0)
    torch.testing.assert_close(loss, functional.cross_entropy(logits, target))


def test_an_undecided_teacher_smooths():
    logits = torch.randn(4, 5, generator=torch.Generator().manual_seed(1))
    target = torch.arange(4)
    want = functional.cross_entropy(logits, target, label_smoothing=0.3)
    torch.testing.assert_close(softened(logits, target, torch.zeros(4, 5), 0.3), want)


def test_hidden_pairs_take_no_part():
    logits = torch.tensor([[0.0, 0.0, HIDDEN]])
    assert softened(logits, torch.tensor([0]), logits, 0.4).item() == pytest.approx(math.log(2))
