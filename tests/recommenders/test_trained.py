"""Batches of a training, and the look at hidden choices in it."""

import numpy as np
import pytest
from torch import nn

from tastemaker.catalog.interactions import History
from tastemaker.recommenders.trained import STEPS, TrainedConfig, Watched, by_root
from tastemaker.recommenders.validation import Validation


class Owner:
    """A method whose gain is the bias of what it took last."""

    task = "counting"
    taken = None

    def __init__(self, **settings):
        self.config = TrainedConfig(**settings)

    def adopt(self, model):
        self.taken = model

    def gain(self, questions):
        return self.taken.bias.item() + len(questions)


class Counting(Watched):
    def losses(self, share, rng):
        yield from ()


def watched(people, *, questions=None, **settings):
    return Counting(Owner(**settings), nn.Linear(1, 1), np.arange(people), questions)


@pytest.mark.parametrize(
    ("people", "batch_size", "steps"), [(100, 10, 10), (101, 10, 11), (40, 2048, STEPS), (3, 9, 3)]
)
def test_an_epoch_has_everybody_once_in_at_least_so_many_steps(people, batch_size, steps):
    made = watched(people, batch_size=batch_size)
    batches = list(made.drawn(np.random.default_rng(0)))
    assert len(batches) == made.steps == steps
    assert sorted(np.concatenate(batches).tolist()) == list(range(people))
    assert np.concatenate(batches).tolist() != list(range(people))


def test_a_model_is_taken_before_it_is_judged():
    questions = Validation((History.of([0]),), (np.array([1]),))
    made, model = watched(9, questions=questions), nn.Linear(1, 1)
    nn.init.constant_(model.bias, 0.5)
    assert made.validate(model) == pytest.approx(1.5)
    assert watched(9).validate(model) is None


def test_long_histories_are_drawn_as_often_as_their_root():
    assert by_root(np.array([0, 1, 4, 5])).tolist() == [1, 2, 2, 3, 3, 3]
