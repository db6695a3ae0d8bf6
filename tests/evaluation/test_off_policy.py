"""Off-policy estimates: by hand, and unbiased in a world whose truth is known."""

import numpy as np
import pytest

from tastemaker.core.errors import InputError
from tastemaker.core.seeds import generator
from tastemaker.evaluation.off_policy import NOTHING, Logged, doubly_robust, estimates, ips, model, snips

REWARDS = np.array([[1.0], [0.0], [1.0], [1.0]])
WEIGHTS = np.array([[2.0], [4.0], [0.0], [1.0]])


def test_by_hand():
    assert ips(REWARDS, WEIGHTS).tolist() == [2.0, 0.0, 0.0, 1.0]  # mean 3/4
    assert snips(REWARDS, WEIGHTS).mean() == pytest.approx(3 / 7)
    foretold, expected = np.full((4, 1), 0.5), np.array([[0.5], [0.25], [0.5], [0.75]])
    made = doubly_robust(REWARDS, WEIGHTS, foretold, expected)
    assert made.tolist() == [0.5 + 2 * 0.5, 0.25 - 4 * 0.5, 0.5, 0.75 + 0.5]


def test_two_places_add_up_and_a_place_that_never_matches_adds_nothing():
    rewards, weights = np.array([[1.0, 1.0], [0.0, 1.0]]), np.array([[2.0, 0.0], [2.0, 0.0]])
    assert ips(rewards, weights).tolist() == [2.0, 0.0]
    assert snips(rewards, weights).mean() == pytest.approx(0.5)


def test_what_was_shown_is_worth_what_it_earned():
    logged = Logged(("a", "b"), np.array([[1, 2], [2, NOTHING]]), np.ones((2, 2)), np.array([[1.0, 0.0], [1.0, 0.0]]))
    found = estimates(logged, logged.rows)
    assert {name: found[name].value for name in ("ips", "snips", "dr")} == pytest.approx(
        {"ips": 1.0, "snips": 1.0, "dr": 1.0}
    )
    assert found["overlap"].value == 1.0


def test_overlap_tells_what_could_not_have_been_seen():
    logged = Logged(("a", "b"), np.array([[1, 2], [1, 2]]), np.ones((2, 2)), np.ones((2, 2)))
    found = estimates(logged, np.array([[1, 9], [1, 9]]))
    assert (found["overlap"].value, found["ips"].value) == (0.5, 1.0)


def test_the_model_by_hand_knows_only_other_people():
    rows = np.array([[0], [0], [1], [1]])
    logged = Logged(("a", "b", "a", "b"), rows, np.ones((4, 1)), np.array([[1.0], [0.0], [0.0], [0.0]]))
    foretold, expected = model(logged, 1 - rows)
    # of b's lists, from a's: rate 1/2, item 0 earned 1 of 1/2, item 1 nothing of 1/2
    assert foretold[1, 0] == pytest.approx(0.5 * 11 / 10.5)
    assert expected[1, 0] == pytest.approx(0.5 * 10 / 10.5)
    assert foretold[0, 0] == expected[0, 0] == 0.0  # b's lists earned nothing


@pytest.mark.parametrize(
    "values",
    [
        {"people": ()},
        {"chances": np.zeros((2, 1))},
        {"rewards": np.zeros((2, 2))},
    ],
)
def test_what_cannot_be_lists_is_refused(values):
    given = {"people": ("a", "b"), "rows": np.ones((2, 1), int), "chances": np.ones((2, 1)), "rewards": np.ones((2, 1))}
    with pytest.raises(InputError):
        Logged(**{**given, **values})


ITEMS, PLACES, PEOPLE = 6, 2, 1_000
BEST = np.tile(np.array([4, 5]), (PEOPLE, 1))


def world(seed):
    """Lists of two of six items: usually 0 and 1, half the time a shuffle; what each is worth at a place is known."""
    rng = generator(seed, "world")
    worth = np.array([[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [0.05, 0.1, 0.15, 0.2, 0.25, 0.3]])
    usual = np.arange(ITEMS)
    shuffled = rng.random(PEOPLE) < 0.5
    rows = np.array([rng.permutation(ITEMS) if one else usual for one in shuffled])[:, :PLACES]
    chances = 0.5 * (rows == usual[:PLACES]) + 0.5 / ITEMS
    rewards = (rng.random(rows.shape) < worth[np.arange(PLACES), rows]).astype(float)
    logged = Logged(tuple(f"p{number}" for number in range(PEOPLE)), rows, chances, rewards)
    return logged, float(worth[0, 4] + worth[1, 5])


def test_unbiased_in_a_small_world_and_covered_by_the_intervals():
    found = [(estimates(logged, BEST), truth) for logged, truth in map(world, range(30))]
    for name in ("ips", "snips", "dr"):
        errors = np.array([made[name].value - truth for made, truth in found])
        assert abs(errors.mean()) < 4 * errors.std() / len(errors) ** 0.5 + (0.005 if name == "snips" else 0.0)
        covered = np.mean([made[name].low <= truth <= made[name].high for made, truth in found])
        assert covered > 0.8
    spread = {name: np.std([made[name].value for made, _ in found]) for name in ("ips", "snips", "dr")}
    assert spread["dr"] < spread["ips"]
    assert spread["snips"] < spread["ips"]


def test_a_naive_mean_of_what_was_shown_is_far_off():
    logged, truth = world(0)
    assert abs(logged.rewards.sum(axis=1).mean() - truth) > 0.2
