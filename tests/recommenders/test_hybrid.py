import numpy as np
import pytest

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.catalog.items import Item
from tastemaker.core.errors import FitError
from tastemaker.core.progress import Noted
from tastemaker.recommenders.blending import Weights
from tastemaker.recommenders.hybrid import METHODS, Hybrid, HybridConfig
from tastemaker.testing.worlds import checkerboard, history_of

from .worlds import shop


@pytest.fixture(scope="module")
def fitted():
    return Hybrid().fit(checkerboard(people=120), None)


def test_the_score_is_the_sum_of_its_parts(fitted):
    rows = np.arange(36)  # all warm: one offset for all
    parts = fitted.parts(history_of(0), rows)
    assert set(parts) == set(METHODS)
    total = np.sum([np.where(np.isfinite(part), part, 0) for part in parts.values()], axis=0)
    score = fitted.score([history_of(0)], rows)[0]
    assert np.ptp(score - total) < 1e-4


def test_a_score_does_not_depend_on_what_else_is_asked(fitted):
    whole = fitted.score([history_of(0)], np.arange(40))[0]
    alone = np.array([fitted.score([history_of(0)], np.array([row]))[0, 0] for row in range(40)])
    assert alone == pytest.approx(whole, abs=1e-4)


def test_nobody_is_answered_by_popularity(fitted):
    nobody = History.of([])
    parts = fitted.parts(nobody, np.arange(36))
    assert [name for name, part in parts.items() if np.isfinite(part).any()] == ["popularity"]
    popular = fitted.sources["popularity"].score([nobody], np.arange(36))[0]
    order = np.argsort(-fitted.score([nobody], np.arange(36))[0], kind="stable")
    assert (np.diff(popular[order]) <= 0).all()


def test_cold_items_of_the_right_parity_come_before_warm_ones_of_the_wrong(fitted):
    score = fitted.score([history_of(1)], np.arange(40))[0]
    assert score[[37, 39]].min() > score[0:36:2].max()


def test_because_adds_up_over_the_sources(fitted):
    reasons = fitted.because(history_of(0), 20, n=4)
    assert {row for row, _ in reasons} <= {0, 2, 4, 6}
    assert sum(share for _, share in reasons) == pytest.approx(1.0)
    assert fitted.because(history_of(0), 38), "a cold item has reasons too"
    rows = np.array([20, 38, 22])
    for row, each in zip(rows, fitted.because_each(history_of(0), rows, n=4), strict=True):
        alone = fitted.because(history_of(0), row, n=4)
        assert [place for place, _ in each] == [place for place, _ in alone]
        assert [share for _, share in each] == pytest.approx([share for _, share in alone], rel=1e-5)


def test_weights_go_to_who_knows():
    """Popularity knows nothing in a checkerboard: it must not be trusted where others know the parity."""
    notes = []
    hybrid = Hybrid().fit(
        checkerboard(people=300), None, lambda event: notes.append(event.message) if isinstance(event, Noted) else None
    )
    parts = hybrid.parts(history_of(0, 6), np.arange(36))
    spread = {name: float(np.std(part[np.isfinite(part)])) for name, part in parts.items()}
    assert spread["popularity"] < 0.3 * max(spread.values())
    assert any("known people" in note for note in notes)


def test_without_content_or_vectors_the_events_speak():
    rng = np.random.default_rng(0)
    events = [(f"p{n:03}", n % 2 + 2 * row, 0.0) for n in range(80) for row in rng.permutation(9)[:5].tolist()]
    hybrid = Hybrid().fit(shop(events, items=18), None)
    assert set(hybrid.sources) == {"popularity", "item-knn", "ease", "transitions"}
    score = hybrid.score([history_of(0)], np.arange(18))[0]
    assert score[8::2].min() > score[1::2].max()


def test_without_events_content_speaks():
    quiet = checkerboard()
    quiet = quiet.with_interactions(quiet.interactions.where(np.zeros(len(quiet.interactions), bool)))
    hybrid = Hybrid().fit(quiet, None)
    assert set(hybrid.sources) == {"content"}
    score = hybrid.score([history_of(0)], np.arange(40))[0]
    assert score[8::2].min() > score[1::2].max()


def test_nothing_at_all_is_an_error():
    with pytest.raises(FitError):
        Hybrid().fit(Catalog.from_items([Item("a"), Item("b")]), None)


def test_same_seed_same_answer_and_restored_alike():
    catalog = checkerboard(people=120)
    one, two = (Hybrid(HybridConfig(seed=3)).fit(catalog, None) for _ in range(2))
    again = Hybrid(HybridConfig(seed=3)).restore(one.tensors())
    ask = [[history_of(0), History.of([])], np.arange(40)]
    assert np.array_equal(one.score(*ask), two.score(*ask))
    assert np.array_equal(one.score(*ask), again.score(*ask))


def test_cold_weights_come_from_where_items_were_new():
    one, other = Weights.even(["a", "b"]), Weights.even(["a", "b"])
    other.matrix[:, :, 0] = 7.0
    other.offset[:] = [5.0, 0.0, 3.0]
    one.offset[:] = [0.0, 0.0, 1.0]
    both = one.with_cold(other)
    assert both.matrix[:, :, 0].min() == 7.0
    assert both.matrix[:, :, 1:].max() == 1.0
    assert both.offset[0].tolist() == [3.0, 0.0, 1.0]  # cold items stand 2 above hot ones, as they did there


def test_proportions_are_taken_from_where_only_new_items_were_ranked():
    one, other = Weights.even(["a", "b"]), Weights.even(["a", "b"])
    other.matrix[:, :, 0] = [0.3, 0.1]
    turned = one.turned(other)
    assert turned.matrix[0, :, 0].tolist() == pytest.approx([1.5, 0.5])
    assert turned.matrix[:, :, 1:].tolist() == one.matrix[:, :, 1:].tolist()
    other.matrix[:, :, 0] = 0.0  # nobody could be trusted
    assert one.turned(other).matrix.tolist() == one.matrix.tolist()


def test_a_source_without_weight_is_asked_only_for_what_nobody_else_knows(fitted):
    hybrid = Hybrid().restore(fitted.tensors())
    hybrid._weights.matrix[:] = 0.0
    hybrid._weights.matrix[:, METHODS.index("ease")] = 1.0
    person, warm, every = history_of(0, 6), np.arange(36), np.arange(40)
    assert set(hybrid.said([person], warm)[0].parts) == {"ease"}
    said = hybrid.said([person], every)[0]
    assert set(said.parts) == {"ease", "popularity"}, "ease does not know cold items, and the next one does"
    assert np.isfinite(said.scores).all()
    assert said.at(warm).scores == pytest.approx(hybrid.said([person], warm)[0].scores, abs=1e-5)
    assert said.at(warm).rows.tolist() == warm.tolist()


def test_what_is_said_of_some_items_is_what_was_said_of_all(fitted):
    whole = fitted.said([history_of(0)], np.arange(36))[0]
    some = whole.at(np.array([30, 4, 7])).at(np.array([2, 0]))
    assert some.rows.tolist() == [7, 30]
    assert some.scores.tolist() == whole.scores[[7, 30]].tolist()
    for name, part in whole.parts.items():
        assert some.parts[name].tolist() == part[[7, 30]].tolist()


def test_what_is_said_of_an_item_is_why_it_is_said(fitted):
    person, rows = history_of(0), np.array([20, 22, 38])
    found = fitted.because_of(fitted.said([person], rows)[0].parts, person, rows)
    for each, row in zip(found, rows, strict=True):
        alone = dict(fitted.because(person, row))
        assert dict(each) == pytest.approx(alone, rel=1e-4)
