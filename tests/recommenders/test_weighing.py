import numpy as np
import pytest

from tastemaker.recommenders.weighing import TOP, Part, climb, likeliest, ndcg, weigh


def part(people=200, items=40, knowing=2.0, seed=0):
    """Two sources: the first knows what was chosen, with so much signal; the second is noise."""
    rng = np.random.default_rng(seed)
    stack = rng.standard_normal((2, people, items)).astype(np.float32)
    odds = np.exp(knowing * stack[0])
    target = np.zeros((people, items), bool)
    for line, p in enumerate(odds / odds.sum(axis=1, keepdims=True)):
        target[line, rng.choice(items, p=p)] = True
    return Part(stack, target, np.zeros((people, items), bool))


def test_likelihood_recovers_the_weights_that_made_the_choices():
    matrix, _ = likeliest([part(people=1500, knowing=1.5)])
    assert matrix[0, 0] == pytest.approx(1.5, abs=0.15)
    assert matrix[1, 0] < 0.1


def test_offsets_recover_how_often_a_cohort_is_chosen():
    rng = np.random.default_rng(0)
    none = np.zeros((1, 3000, 10), np.float32)
    choice = rng.random(3000) < 0.8  # four of five choices fall on the second cohort of ten items
    targets = [np.zeros((3000, 10), bool), np.zeros((3000, 10), bool)]
    for line, second in enumerate(choice):
        targets[int(second)][line, rng.integers(10)] = True
    seen = np.zeros((3000, 10), bool)
    _, offset = likeliest([Part(none, target, seen) for target in targets])
    assert offset[1] - offset[0] == pytest.approx(np.log(4), abs=0.15)


def test_a_source_that_says_nothing_weighs_nothing():
    mute = part()
    mute.stack[1] = 0.0
    assert likeliest([mute])[0][1, 0] == 0.0


def test_climbing_drops_noise_and_keeps_the_spread():
    one = part(knowing=1.0)
    before = np.array([[1.0], [1.0]], np.float32)
    after = climb([one], before, np.zeros(1, np.float32))
    assert after[1, 0] < 0.5 * after[0, 0]
    old, new = (np.tensordot(weights[:, 0], one.stack, 1).std() for weights in (before, after))
    assert new == pytest.approx(old, rel=1e-4)


def test_what_a_person_had_is_not_ranked():
    one = part()
    one.seen[:, :10] = True
    assert (one.scores(np.ones(2), 0.0)[:, :10] < -1e8).all()


def test_few_people_keep_the_likeliest_weights():
    few = [part(people=30), part(people=30, seed=1)]
    assert np.array_equal(weigh(few)[0], likeliest(few)[0])


def test_ndcg_by_hand():
    score = np.array([[3, 2, 1, 0], [3, 2, 1, 0]], np.float32)
    target = np.array([[False, True, False, True], [True, False, False, False]])
    first = (1 / np.log2(3) + 1 / np.log2(5)) / (1 + 1 / np.log2(3))
    assert ndcg(target, score) == pytest.approx((first + 1) / 2)


def test_ndcg_sees_the_first_places_only():
    score = np.arange(2.0 * TOP, 0, -1, np.float32)[None]
    target = np.zeros(score.shape, bool)
    target[0, [TOP - 1, TOP]] = True
    assert ndcg(target, score) == pytest.approx(1 / np.log2(TOP + 1) / (1 + 1 / np.log2(3)))


def test_half_of_the_equals_come_before_and_what_cannot_be_said_has_no_place():
    target = np.array([[True, False, False]])
    assert ndcg(target, np.zeros((1, 3), np.float32)) == pytest.approx(1 / np.log2(3))
    assert ndcg(target, np.full((1, 3), -np.inf, np.float32)) == 0
