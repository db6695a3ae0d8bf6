"""EASE, item-kNN and transitions against their formulas, written out."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from tastemaker.catalog.interactions import History
from tastemaker.core.errors import FitError
from tastemaker.recommenders.ease import Ease, EaseConfig, closed_form, mirror
from tastemaker.recommenders.item_knn import ItemKnn, ItemKnnConfig
from tastemaker.recommenders.linear import strongest, strongest_sparse
from tastemaker.recommenders.rp3beta import Rp3Beta, Rp3BetaConfig
from tastemaker.recommenders.transitions import Transitions, TransitionsConfig
from tastemaker.recommenders.validation import Validation

from .worlds import shop

EVENTS = [("a", 0), ("a", 1), ("b", 0), ("b", 1), ("b", 2), ("c", 2), ("c", 3), ("d", 0), ("d", 3)]


def scores(model, history, rows):
    return model.score([History.of(history)], np.array(rows))[0]


def test_ease_is_its_closed_form_by_brute_force():
    """Column by column: ridge regression of an item on all the others."""
    rng = np.random.default_rng(0)
    people = (rng.random((50, 8)) < 0.4).astype(float)
    events = [(f"{u:02}", i) for u, i in zip(*np.nonzero(people), strict=True)]
    model = Ease(EaseConfig(regularisation=5, half_life=0)).fit(shop(events, items=8), None)
    expected = np.zeros((8, 8))
    for j in range(8):
        rest = [i for i in range(8) if i != j]
        x = people[:, rest]
        expected[rest, j] = np.linalg.solve(x.T @ x + 5 * np.eye(7), x.T @ people[:, j])
    learned = np.stack([scores(model, [i], range(8)) for i in range(8)])
    assert learned == pytest.approx(expected, abs=1e-5)


def test_ease_in_single_precision_agrees_with_double(monkeypatch):
    rng = np.random.default_rng(1)
    x = (rng.random((300, 40)) < 0.2).astype(np.float32)
    exact = closed_form(x.T @ x, 20.0)
    monkeypatch.setattr("tastemaker.recommenders.ease.EXACT", 0)
    assert closed_form(x.T @ x, 20.0) == pytest.approx(exact, abs=1e-4)


def test_mirroring_by_blocks():
    full = np.arange(49.0).reshape(7, 7)
    full += full.T
    lower = np.tril(full)
    mirror(lower, step=3)
    assert np.array_equal(lower, full)


def test_ease_above_its_cap_keeps_the_most_chosen():
    model = Ease(EaseConfig(max_items=2)).fit(shop(EVENTS), None)  # 0 has three people; 1, 2, 3 two: the first stays
    assert np.isfinite(scores(model, [0], range(4))).tolist() == [True, True, False, False]


def test_ease_refuses_a_matrix_without_inverse():
    with pytest.raises(FitError, match="inverted"):
        closed_form(np.full((3, 3), np.nan), 1.0)


def test_item_knn_is_cosine_with_shrinkage():
    model = ItemKnn(ItemKnnConfig(shrinkage=2, half_life=0, busy=0, fame=0.5)).fit(shop(EVENTS), None)
    # people of 0: a b d; of 1: a b; of 2: b c; of 3: c d
    expected = [0.0, 2 / 20**0.5, 1 / 20**0.5, 1 / 20**0.5]  # (3 + 2)(2 + 2) under the root
    assert scores(model, [0], range(4)).tolist() == pytest.approx(expected)


def test_item_knn_damps_busy_people_and_famous_items():
    model = ItemKnn(ItemKnnConfig(shrinkage=0, half_life=0, busy=1, fame=0)).fit(shop(EVENTS), None)
    # a and d chose two items, b three; three people chose 0
    assert scores(model, [0], range(4)).tolist() == pytest.approx(
        [0, (1 / 2 + 1 / 3) / 3**0.5, 1 / 3 / 3**0.5, 0.5 / 3**0.5]
    )


def test_rp3beta_is_three_steps_by_hand():
    """a chose 0 and 1, b all three: from 0 half the walks go over a, half over b."""
    events = [("a", 0), ("a", 1), ("b", 0), ("b", 1), ("b", 2)]
    walk = np.array([[0, 1 / 4 + 1 / 6, 1 / 6], [1 / 4 + 1 / 6, 0, 1 / 6], [1 / 3, 1 / 3, 0]])  # item -> person -> item
    model = Rp3Beta(Rp3BetaConfig(alpha=1, beta=0, half_life=0)).fit(shop(events, items=3), None)
    assert np.stack([scores(model, [i], range(3)) for i in range(3)]) == pytest.approx(walk)
    model = Rp3Beta(Rp3BetaConfig(alpha=1, beta=0.5, half_life=0)).fit(shop(events, items=3), None)
    famous = walk / np.sqrt([2, 2, 1])
    assert np.stack([scores(model, [i], range(3)) for i in range(3)]) == pytest.approx(famous)
    model = Rp3Beta(Rp3BetaConfig(alpha=0.5, beta=0, half_life=0)).fit(shop(events, items=3), None)
    assert scores(model, [2], range(3)).tolist() == pytest.approx([3**-0.5, 3**-0.5, 0])


def test_rp3beta_keeps_the_largest():
    events = [("a", 0), ("a", 1), ("b", 0), ("b", 1), ("b", 2)]
    model = Rp3Beta(Rp3BetaConfig(alpha=1, beta=0, half_life=0, neighbours=1)).fit(shop(events, items=3), None)
    assert scores(model, [0], range(3)).tolist() == pytest.approx([0, 5 / 12, 0])
    assert scores(model, [2], range(3)).tolist() == pytest.approx([1 / 3, 0, 0])  # of equals the first


def test_rp3beta_chooses_what_is_open_and_nothing_else():
    events = [(f"{person:02}", (person * 7 + step * step) % 12) for person in range(40) for step in range(5)]
    catalog = shop(events, items=12)
    free = Rp3Beta().fit(catalog, None).settled
    assert None not in (free.alpha, free.beta, free.half_life)
    bound = Rp3Beta(Rp3BetaConfig(alpha=0.9, half_life=3)).fit(catalog, None).settled
    assert (bound.alpha, bound.half_life) == (0.9, 3)
    again = Rp3Beta(free).fit(catalog, None)
    assert np.array_equal(scores(again, [1, 2], range(12)), scores(Rp3Beta().fit(catalog, None), [1, 2], range(12)))


def test_a_sorted_list_is_read_without_recency():
    events = [(f"p{n:02}", row) for n in range(20) for row in range(n % 3, 12, 2)]
    assert ItemKnn().fit(shop(events, items=12), None).settled.half_life == 0


def test_recency_is_taken_where_it_helps_and_left_where_it_hurts():
    """Two kinds of items; people turn to the kind they met last, or return to the one they began with."""
    draw = np.random.default_rng(2)
    events = [
        (f"{n:03}", row, float(s)) for n in range(80) for s, row in enumerate(10 * (n % 2) + draw.permutation(10)[:5])
    ]
    catalog = shop(events, items=20)
    stories = [10 * (n % 2) + draw.permutation(10) for n in range(40)]
    histories = tuple(History.of([*((story[:3] + 10) % 20), *story[:3]]) for story in stories)
    for shift, half_life in ((0, 20.0), (10, 0.0)):
        hidden = tuple((story[3:4] + shift) % 20 for story in stories)
        found = Rp3Beta(Rp3BetaConfig(alpha=1)).fit(catalog, None, validation=Validation(histories, hidden))
        assert found.settled.half_life == half_life


def test_the_largest_of_a_sparse_block_are_those_of_a_dense_one():
    dense = np.round(np.random.default_rng(3).normal(size=(7, 9)), 1).astype(np.float32)  # equals among them
    for k in (1, 4, 9):
        assert np.array_equal(strongest_sparse(csr_matrix(dense), k).toarray(), strongest(dense, k).toarray())


def test_a_sorted_list_is_no_story():
    """Without times, items in the order of the catalog for everyone: what came after what means nothing."""
    events = [(f"p{n:02}", row) for n in range(20) for row in range(n % 3, 12, 2)]
    with pytest.raises(FitError, match="order"):
        Transitions().fit(shop(events, items=12), None)
    Transitions().fit(shop([(person, row, float(row)) for person, row in events], items=12), None)


def test_item_knn_sums_over_the_history_and_keeps_k():
    model = ItemKnn(ItemKnnConfig(shrinkage=0, half_life=1, neighbours=1, busy=0, fame=0.5)).fit(shop(EVENTS), None)
    # the nearest of 0 is 1 (2/sqrt 6), of 1 is 0, of 2 is 1 (1/2, ties go to the lower row; 3 is as near), of 3 is 2
    answer = scores(model, [1, 0], range(4))  # 0 is the newest
    assert answer.tolist() == pytest.approx([0.5 * 2 / 6**0.5, 2 / 6**0.5, 0.5 * 0.5, 0.0])


def test_transitions_count_what_came_after():
    model = Transitions(TransitionsConfig(reach=1, shrinkage=0, fame=0, half_life=0)).fit(
        shop([("a", 0), ("a", 1), ("a", 2), ("b", 0), ("b", 2)]), None
    )
    # after 0: 1 at once (a), 2 at once (b) and at one remove (a); two people chose 0
    assert scores(model, [0], range(3)).tolist() == pytest.approx([0, 1 / 2, 1.5 / 2])
    assert scores(model, [2], range(3)).tolist() == [0, 0, 0]  # nothing came after it


def test_transitions_do_not_cross_people():
    model = Transitions().fit(shop([("a", 0), ("b", 1)]), None)
    assert scores(model, [0], [1]).tolist() == [0.0]


@pytest.mark.parametrize("method", [Ease, ItemKnn, Rp3Beta, Transitions])
def test_what_they_cannot_say(method):
    model = method().fit(shop(EVENTS), None)
    assert np.isneginf(scores(model, [0], [5, 77])).all()  # no events; not there at the fit
    assert np.isneginf(scores(model, [], [0, 1])).all()  # nobody
    assert np.isneginf(scores(model, [5, 77], [0, 1])).all()  # a history of which nothing is known


@pytest.mark.parametrize("method", [Ease, ItemKnn, Rp3Beta])
def test_because_names_the_neighbour(method):
    model = method().fit(shop(EVENTS), None)
    (first, share), *_ = model.because(History.of([3, 0]), 1)
    assert first == 0
    assert share > 0.5
    assert model.because(History.of([0]), 5) == []


def test_newer_items_of_a_history_weigh_more():
    model = ItemKnn(ItemKnnConfig(half_life=1)).fit(shop(EVENTS), None)
    one, two = model.because(History.of([2, 0]), 1, n=2), model.because(History.of([0, 2]), 1, n=2)
    assert dict(one)[0] > dict(two)[0]
