import numpy as np
import pytest
import torch

from tastemaker.alignment.contrast.onto import Onto
from tastemaker.encoders.base import unit
from tastemaker.nn.losses import info_nce, same_key
from tastemaker.nn.towers import FeatureTower
from tastemaker.nn.training import Plan, train


@pytest.fixture
def world():
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(200, 2, 6)).astype(np.float32)
    numbers[:, 1] = numbers[:, 0] + 0.05 * numbers[:, 1]
    target = unit(numbers[:, 0] @ rng.normal(size=(6, 4)).astype(np.float32))
    torch.manual_seed(0)
    return numbers, target, FeatureTower(6, 4, hidden=16, dropout=0.0)


def test_a_tower_learns_to_say_what_the_target_says_of_items_it_never_saw(world):
    numbers, target, tower = world
    task = Onto(tower, numbers, target, np.arange(150), np.arange(200), "test")
    train(task, Plan(epochs=150, learning_rate=1e-2, average=0.9))
    with torch.inference_mode():
        said = unit(tower(torch.from_numpy(numbers[150:, 1])).numpy())
    assert ((said @ target[150:].T).argmax(1) == np.arange(50)).mean() > 0.7


def test_items_that_bring_the_same_are_no_negatives(world):
    """One batch of all items: its loss is InfoNCE in which equal ones are ignored."""
    numbers, target, tower = world
    same = np.repeat(np.arange(10), 2)
    task = Onto(tower, numbers[:, :1], target, np.arange(20), same, "test")
    (loss,) = list(task.losses(0.0, np.random.default_rng(1)))
    order = np.random.default_rng(1).permutation(np.arange(20))
    said = torch.nn.functional.normalize(tower(torch.from_numpy(numbers[order, 0])), dim=1)
    logits = 10 * said @ torch.from_numpy(target[order]).T
    torch.testing.assert_close(loss, info_nce(logits, ignore=same_key(torch.from_numpy(same[order]))))
    assert loss < info_nce(logits)
