"""Batches by chance, epochs of a fixed length, and a game of two in the one training loop."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from tastemaker.core.progress import Advanced
from tastemaker.generators.base import GeneratorConfig
from tastemaker.generators.learning import EPOCH, Batches, plan_of
from tastemaker.nn.training import Plan, train
from tastemaker.testing.generators import material
from tests.generators.test_base import Number


class Pull(Batches):
    """Pulls a number towards one, and notes what it is given."""

    def __init__(self, places=20, batch_size=8, steps=120):
        model = nn.ParameterDict({"x": nn.Parameter(torch.zeros(1))})
        super().__init__("pull", model, np.arange(places) * 3, batch_size, steps)
        self.seen = []

    def loss(self, places, share, rng):
        self.seen.append(places)
        return (self.model["x"] - 1).square().sum()


class Game(Pull):
    """Two numbers: one runs from the other, the other after it."""

    turns = 2

    def __init__(self):
        super().__init__(steps=30)
        self.model["y"] = nn.Parameter(torch.zeros(1))
        self.before = []

    def loss(self, places, share, rng):
        yield (self.model["x"] - 1).square().sum()
        self.before.append((self.model["x"].item(), self.model["y"].item()))
        yield (self.model["y"] - self.model["x"].detach() - 1).square().sum()


@pytest.mark.parametrize("steps", [1, 30, EPOCH, EPOCH + 1, 120, 1000])
def test_as_many_batches_as_asked_up_to_the_last_epoch(steps):
    learning = Pull(steps=steps)
    plan = plan_of(Number(GeneratorConfig(steps=steps)), material(), steps)
    train(learning, plan)
    assert steps <= len(learning.seen) < steps + plan.epochs
    assert learning.steps <= EPOCH


def test_a_batch_has_different_items_of_those_to_learn_from():
    learning = Pull(steps=100)
    train(learning, Plan(epochs=2))
    assert all(len(set(places.tolist())) == 8 for places in learning.seen)
    drawn = np.concatenate(learning.seen)
    assert set(drawn.tolist()) == set((np.arange(20) * 3).tolist())
    assert np.bincount(drawn // 3).min() > 15  # forty are expected of each


def test_a_batch_is_no_larger_than_what_there_is():
    learning = Pull(places=5, steps=3)
    train(learning, Plan(epochs=1))
    assert [len(places) for places in learning.seen] == [5, 5, 5]


def test_in_a_game_each_loss_steps_its_own_player_alone():
    game, events = Game(), []
    train(game, Plan(epochs=1, learning_rate=0.1, average=0), events.append)
    assert len(game.before) == 30
    x, y = game.before[0]
    assert x > 0  # the first has moved before the second's turn
    assert y == 0
    assert game.before[-1][1] > 0
    steps = [event for event in events if isinstance(event, Advanced) and "validation" not in event.metrics]
    assert sum("loss" in event.metrics for event in steps) == 61  # two a batch, and the end of the epoch
    assert steps[-1].done == steps[-1].total == 60


def test_the_plan_follows_the_config(tmp_path):
    config = GeneratorConfig(steps=120, learning_rate=0.02, max_minutes=3, seed=7)
    made = Number(config, checkpoint=tmp_path / "check")
    plan = plan_of(made, material(), 120, stage="second", share=0.5)
    assert (plan.epochs, plan.learning_rate, plan.max_seconds, plan.seed) == (3, 0.02, 90, 7)
    assert plan.checkpoint == tmp_path / "check-second"
    assert plan_of(made, material(), 120).checkpoint == tmp_path / "check-number"
    assert plan_of(Number(config), material(), 120).checkpoint is None
    assert plan_of(made, material(), 120, learning_rate=0.5).learning_rate == 0.5


def test_another_training_has_another_key():
    def key(config=None, stage="", world=None):
        return plan_of(Number(config or GeneratorConfig()), world or material(), 10, stage=stage).key

    spoiled = replace(material(), frames=255 - material().frames)
    keys = [key(), key(GeneratorConfig(seed=1)), key(stage="second"), key(world=spoiled), key(world=material(5))]
    assert len(set(keys)) == 5
    assert key() == keys[0]
