"""Splits as ground truth: nothing of the test part is learned, and what is asked is what came later."""

import numpy as np
import pytest

from tastemaker.catalog.splits import SPLITS
from tastemaker.core.errors import FitError, InputError, UnknownName
from tastemaker.evaluation import rankers
from tastemaker.evaluation.people import histories_of
from tastemaker.evaluation.protocols import split_truth
from tastemaker.evaluation.runner import evaluate
from tastemaker.recommenders.ease import Ease
from tastemaker.testing.worlds import checkerboard


@pytest.mark.parametrize("name", sorted(SPLITS))
def test_no_positive_was_learned(name):
    catalog = checkerboard(cold=0)
    train, truth = split_truth(catalog, name)
    everything, learned = histories_of(catalog), histories_of(train)
    assert truth.cases
    for case in truth.cases:
        assert not np.isin(case.positives, learned[case.key].rows).any()
        assert np.isin(case.positives, everything[case.key].rows).all()
        assert np.array_equal(case.history.rows, learned[case.key].rows)
    assert truth.protocol["source"] == f"split {name}"
    assert truth.protocol["events_learned"] == len(train.interactions) < len(catalog.interactions)


def test_time_asks_only_about_what_came_after_everything_learned():
    catalog = checkerboard(cold=0)
    train, truth = split_truth(catalog, "time", share=0.5)
    moment = train.interactions.time.max()
    for case in truth.cases:
        history = histories_of(catalog)[case.key]
        assert (history.times[np.isin(history.rows, case.positives)] > moment).all()


def test_leave_one_out_asks_for_one_item_each():
    _, truth = split_truth(checkerboard(), "leave-one-out")
    assert [len(case.positives) for case in truth.cases] == [1] * 60


def test_cold_items_can_be_ranked_alone():
    train, truth = split_truth(checkerboard(cold=0), "cold-items", candidates="cold", share=0.2)
    assert truth.protocol["n_candidates"] == 8 == len(truth.cases[0].candidates)
    assert not np.isin(train.interactions.row, truth.cases[0].candidates).any()


def test_the_pattern_is_found_across_the_split():
    train, truth = split_truth(checkerboard(), "user-time")
    ease = Ease().fit(train, None)
    report = evaluate(truth, train, {"ease": rankers.from_recommender(ease, train.alive)}, ks=(11,))
    assert report.compare("ease", "random", "recall@11").low > 0.3
    assert report.compare("ease", "popularity", "recall@11").low > 0.3


def test_a_seed_draws_the_cold_items():
    first, same, other = (split_truth(checkerboard(), "cold-items", seed=seed)[1] for seed in (1, 1, 2))
    assert [case.key for case in first.cases] == [case.key for case in same.cases]
    assert [case.positives.tolist() for case in first.cases] != [case.positives.tolist() for case in other.cases]


def test_unusable_requests():
    catalog = checkerboard()
    with pytest.raises(UnknownName, match="unknown split 'tiem'") as caught:
        split_truth(catalog, "tiem")
    assert "'time'" in caught.value.hint
    with pytest.raises(InputError, match="share is 2"):
        split_truth(catalog, "time", share=2)
    with pytest.raises(FitError, match="no event has a time"):
        split_truth(catalog.with_interactions(catalog.interactions.where(np.zeros(540, bool))), "time")
