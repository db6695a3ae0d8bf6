"""Two threads cannot be a group, so two processes are: each writes down what it has learned."""

import multiprocessing

import numpy as np
import pytest
import torch
from torch import distributed, nn

from tastemaker.nn.together import Together, together
from tastemaker.nn.training import Learning, Plan, train


class Mean(Learning):
    """Learns the mean of its numbers; the gradient of a batch is linear in them, so two halves are one whole."""

    name = "mean"

    def __init__(self, numbers, steps):
        self.model = nn.Linear(1, 1, bias=False)
        nn.init.zeros_(self.model.weight)
        self.idle = nn.Parameter(torch.zeros(3))
        self.model.idle = self.idle  # never learned from
        self.numbers, self.steps = numbers, steps

    def losses(self, share, rng):
        for _ in range(self.steps):
            yield (self.model(torch.ones(len(self.numbers), 1))[:, 0] - self.numbers).square().mean()

    def validate(self, model):
        return float(self.numbers[0])  # each process would say another


def learned(place, folder):
    distributed.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=place, world_size=2)
    learning = Mean(torch.tensor([[1.0, 2.0], [4.0, 9.0]][place]), steps=6)
    outcome = train(learning, Plan(epochs=2, average=0, weight_decay=0, checkpoint=folder / "checkpoint"))
    said = [learning.model.weight.item(), outcome.score, together().place, float(learning.idle.grad.abs().sum())]
    np.save(folder / f"{place}.npy", np.array(said))
    distributed.destroy_process_group()


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    folder = tmp_path_factory.mktemp("together")
    started = [multiprocessing.get_context("spawn").Process(target=learned, args=(place, folder)) for place in (0, 1)]
    for each in started:
        each.start()
    for each in started:
        each.join(120)
    return np.load(folder / "0.npy"), np.load(folder / "1.npy")


def test_two_with_half_the_data_each_learn_what_one_learns_with_all(two):
    alone = Mean(torch.tensor([1.0, 2.0, 4.0, 9.0]), steps=3)  # each of the two does half of six steps
    train(alone, Plan(epochs=2, average=0, weight_decay=0))
    assert two[0][0] == two[1][0] == pytest.approx(alone.model.weight.item(), rel=1e-6)
    assert alone.model.weight.item() != 0


def test_the_first_decides(two):
    assert two[0][1] == two[1][1] == 1.0
    assert [two[0][2], two[1][2]] == [0, 1]
    assert two[0][3] == 0  # what nothing was learned from has a gradient of zero, not none


def test_alone_nothing_changes():
    alone = together()
    assert alone == Together()
    assert (alone.share(7), alone.own("epoch 1"), alone.agreed(0.5)) == (7, "epoch 1", 0.5)
    assert Together(1, 2).share(7) == 4
    assert Together(1, 2).own("epoch 1") != Together(0, 2).own("epoch 1")
