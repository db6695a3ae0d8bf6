"""The model: untrained it repeats the first guess, trained it knows the rule of a small world."""

import numpy as np
import pytest
import torch

from tastemaker.core.errors import Cancelled
from tastemaker.core.progress import Advanced
from tastemaker.generators import learning
from tastemaker.studio.own import model as own
from tastemaker.studio.own.model import Held, OwnModel, held_of
from tests.studio.own.worlds import TINY, square_lessons


@pytest.fixture(scope="module")
def lessons():
    return square_lessons()


@pytest.fixture(scope="module")
def learned(lessons):
    return OwnModel.new(TINY).learn(lessons)


def answers(model, lessons, rows=(0, 1), **more):
    rows = list(rows)
    return model.correct(lessons.told[rows], lessons.product[rows], ["try_on"] * len(rows), **more)


def test_untrained_it_repeats_the_first_guess(lessons):
    for row, found in enumerate(answers(OwnModel.new(TINY), lessons)):
        np.testing.assert_allclose(found.cover, lessons.told[row][..., 7] / 255, atol=1e-6)
        assert not found.colours.any()
    score = OwnModel.new(TINY).score(lessons, np.arange(4))
    assert score.own == score.compositor
    assert not score.better


def test_it_learns_the_rule_for_squares_it_has_not_seen(learned):
    held = learned.held["try_on"]
    assert held.pairs == 4
    assert held.better
    assert held.own < 0.7 * held.compositor
    assert learned.held["place"].pairs == 0
    assert not learned.held["place"].better


def test_its_first_answer_is_sure_and_others_differ(learned, lessons):
    one, other = (answers(learned, lessons, [0], seed=seed)[0] for seed in (0, 1))
    assert np.array_equal(one.cover, other.cover)
    guesses = [answers(learned, lessons, [0], seed=seed, first=False)[0] for seed in (0, 1, 1)]
    assert not np.array_equal(guesses[0].colours, guesses[1].colours)
    assert np.array_equal(guesses[1].colours, guesses[2].colours)


def test_a_batch_answers_as_one_by_one(learned, lessons):
    together = answers(learned, lessons, [0, 5])
    for row, found in zip([0, 5], together, strict=True):
        alone = answers(learned, lessons, [row])[0]
        np.testing.assert_allclose(alone.cover, found.cover, atol=0.02)
        np.testing.assert_allclose(alone.colours, found.colours, atol=1.0)


def test_what_is_stored_answers_alike(learned, lessons):
    again = OwnModel.restore(learned.settings(), learned.tensors())
    assert np.array_equal(answers(again, lessons)[1].colours, answers(learned, lessons)[1].colours)
    assert again.held == learned.held == held_of(learned.settings())


def test_a_training_that_was_cut_goes_on(lessons, tmp_path, monkeypatch):
    for module in (learning, own):
        monkeypatch.setattr(module, "EPOCH", 5)
    quick = TINY.model_copy(update={"batch_size": 2, "local": 8, "steps": 10})
    whole = OwnModel.new(quick).learn(lessons)
    steps = 0

    def stop(event):
        nonlocal steps
        steps += isinstance(event, Advanced)
        if steps > 7:
            raise Cancelled("stop")

    with pytest.raises(Cancelled):
        OwnModel.new(quick).learn(lessons, tmp_path / "own", stop)
    resumed = OwnModel.new(quick).learn(lessons, tmp_path / "own")
    for name, value in resumed.network.state_dict().items():
        assert torch.equal(value, whole.network.state_dict()[name]), name


def test_a_score_without_pairs_is_no_better_one():
    assert not Held(0.0, 0.0, 0).better
    assert Held(1.0, 2.0, 3).better
