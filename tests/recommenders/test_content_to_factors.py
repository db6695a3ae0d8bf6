import numpy as np
import pytest

from tastemaker.catalog.interactions import History
from tastemaker.core.errors import FitError
from tastemaker.recommenders.content_to_factors import ContentToFactors, ContentToFactorsConfig
from tastemaker.recommenders.ease import Ease, EaseConfig
from tastemaker.testing.worlds import checkerboard, history_of, with_new_items

from .worlds import shop


def test_with_all_factors_and_full_trust_it_is_ease():
    catalog = checkerboard(cold=0)
    config = ContentToFactorsConfig(dim=40, trust=0, half_life=0, regularisation=20)
    mine = ContentToFactors(config).fit(catalog, None).score([history_of(0), history_of(1)], np.arange(40))
    ease = (
        Ease(EaseConfig(half_life=0, regularisation=20))
        .fit(catalog, None)
        .score([history_of(0), history_of(1)], np.arange(40))
    )
    assert mine == pytest.approx(ease, abs=1e-4)


def test_one_factor_is_the_leading_one():
    """In a world of two groups of people, two factors say all that there is to say."""
    catalog = checkerboard(cold=0)
    model = ContentToFactors(ContentToFactorsConfig(dim=2, trust=0)).fit(catalog, None)
    got = model.score([history_of(0)], np.arange(40))[0]
    assert got[0::2].min() > got[1::2].max()


@pytest.mark.parametrize("pairs", [0.0, 0.5])
def test_foretold_factors_are_kernel_ridge(pairs):
    """One label, so the content of two items is alike by 1 or 0, and the regression can be written down."""
    kinds = ["x", "x", "y", "y", "x", "y"]
    events = [(n, n % 2) for n in range(6)] + [(n, 2 + n % 2) for n in range(6, 12)]
    catalog = shop(events, attributes=[{"kind": kind} for kind in kinds])
    config = ContentToFactorsConfig(
        dim=4,
        labels=1,
        words=0,
        names=0,
        numbers=0,
        pairs=pairs,
        ridge=2,
        fame=0,
        trust=0,
        half_life=0,
        regularisation=1,
    )
    model = ContentToFactors(config).fit(catalog, None)
    alike = np.array([[a == b for b in kinds] for a in kinds], float)
    kernel = alike + pairs * alike**2 + 0.1
    warm, cold = slice(0, 4), slice(4, 6)
    weights = kernel[cold, warm] @ np.linalg.inv(kernel[warm, warm] + 2 * np.eye(4))
    history = [History.of([0])]
    expected = weights @ model.score(history, np.arange(4))[0]
    assert model.score(history, np.array([4, 5]))[0] == pytest.approx(expected, abs=1e-5)


def test_an_item_with_few_events_lies_between_content_and_events():
    catalog = checkerboard()
    history = [history_of(0)]
    own, told, between = (
        ContentToFactors(ContentToFactorsConfig(trust=trust)).fit(catalog, None).score(history, np.arange(36))
        for trust in (0.0, 1e9, 14.0)
    )
    lowest, highest = np.minimum(own, told) - 1e-6, np.maximum(own, told) + 1e-6
    assert ((between >= lowest) & (between <= highest)).all()
    assert not np.allclose(between, own)
    assert not np.allclose(between, told)


def test_cold_and_live_items_are_found_by_content_alone():
    model = ContentToFactors().fit(checkerboard(), None)
    model.refresh(with_new_items(checkerboard()), None)
    got = model.score([history_of(1)], np.arange(36, 42))[0]
    assert got[1::2].min() > got[0::2].max()


def test_new_items_are_asked_about_from_further_back_on_the_same_scale():
    """Long ago even items, lately odd ones: the next old item is odd, and a taste for new items is still even."""
    catalog = checkerboard()
    history = [History.of([0, 2, 4, 6, 8, 1, 3])]
    both = ContentToFactors(ContentToFactorsConfig(half_life=1, half_life_new=0, regularisation=20)).fit(catalog, None)
    got = both.score(history, np.arange(40))[0]
    assert got[11:36:2].mean() > got[10:36:2].mean()
    assert got[36:40:2].mean() > got[37:40:2].mean()
    alike = ContentToFactors(ContentToFactorsConfig(half_life=1, half_life_new=1, regularisation=20)).fit(catalog, None)
    assert alike.score(history, np.arange(36))[0] == pytest.approx(got[:36])
    assert np.abs(got[36:]).max() < 2 * np.abs(got[:36]).max()


def test_a_removed_item_keeps_its_row():
    catalog = checkerboard()
    model = ContentToFactors().fit(catalog, None)
    before = model.score([history_of(0)], np.arange(40))
    alive = np.ones(40, bool)
    alive[3] = False
    model.refresh(catalog.restricted(alive), None)
    assert np.array_equal(model.score([history_of(0)], np.arange(40)), before)


def test_it_needs_events_and_content():
    with pytest.raises(FitError, match="events"):
        ContentToFactors().fit(shop([], attributes=[{"a": "b"}] * 6), None)
    with pytest.raises(FitError, match="say nothing"):
        ContentToFactors().fit(shop([("a", 0)]), None)


def test_few_items_get_the_scores_that_all_items_get():
    method = ContentToFactors().fit(checkerboard(), None)
    people = [history_of(0), History.of([]), history_of(1, 6)]
    few = np.array([38, 3, 20])  # a new one among them
    assert method.score(people, few) == pytest.approx(method.score(people, np.arange(40))[:, few], abs=1e-5)
    each = method.because_each(people[0], few)
    assert [row for row, _ in each[0]] == [row for row, _ in method.because(people[0], 38)]
    assert dict(each[2]) == pytest.approx(dict(method.because_each(people[0], few[2:])[0]), rel=1e-5)
