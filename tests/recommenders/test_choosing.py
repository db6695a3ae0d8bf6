import numpy as np

from tastemaker.recommenders.choosing import best
from tastemaker.recommenders.ease import PENALTIES, Ease, EaseConfig, chosen_penalty
from tastemaker.testing.worlds import checkerboard, history_of

from .worlds import shop


def parity(sign):
    def learn(events, rows, option):
        same = (rows[:, None] % 2 == rows[None, :] % 2).astype(np.float32)
        return same if option == sign else 1.0 - same

    return learn


def test_the_option_that_foresees_hidden_choices_wins():
    events = checkerboard(people=80).interactions
    for sign in ("same", "other"):
        assert best(["other", "same"], events, 0.0, parity(sign)) == sign


def test_with_too_little_to_see_the_first_is_taken():
    events = shop([("a", 0), ("b", 1)]).interactions
    assert best(["first", "second"], events, 0.0, parity("second")) == "first"


def test_an_open_setting_is_the_chosen_one():
    catalog = checkerboard(people=80)
    penalty = chosen_penalty(catalog.interactions, 20.0)
    assert penalty in PENALTIES
    left_open, said = (Ease(EaseConfig(regularisation=r)).fit(catalog, None) for r in (None, penalty))
    ask = [[history_of(0)], np.arange(40)]
    assert np.array_equal(left_open.score(*ask), said.score(*ask))
