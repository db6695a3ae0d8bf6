import numpy as np
import pytest

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History, Interactions
from tastemaker.catalog.items import Item
from tastemaker.core.errors import Cancelled, FitError
from tastemaker.core.progress import Advanced, Noted
from tastemaker.core.types import ItemId, UserId
from tastemaker.recommenders.sasrec import SasRec, SasRecConfig
from tastemaker.recommenders.validation import Validation
from tastemaker.testing.worlds import checkerboard

ITEMS, STEP = 24, 7
QUICK = SasRecConfig(dim=16, layers=1, heads=2, epochs=20, dropout=0.1, learning_rate=0.01)


def ring(*, people=90, seed=0):
    """Item n is followed by item n + 7, around a ring; everybody begins somewhere else and walks six steps."""
    rng = np.random.default_rng(seed)
    walks = [(rng.integers(ITEMS) + STEP * np.arange(6)) % ITEMS for _ in range(people)]
    user = np.repeat(np.arange(people), 6)
    row = np.concatenate(walks).astype(np.int64)
    names = tuple(UserId(str(n)) for n in range(people))
    events = Interactions(names, ITEMS, user, row, np.ones(len(row), np.float32), np.full(len(row), np.nan))
    return Catalog.from_items([Item(ItemId(str(n))) for n in range(ITEMS)], events)


def walk(start, steps):
    return [(start + STEP * n) % ITEMS for n in range(steps)]


def best(method, history):
    scores = method.score([History.of(history)], np.arange(ITEMS))[0]
    scores[history] = -np.inf
    return int(scores.argmax())


def test_learns_what_comes_next():
    method = SasRec(QUICK).fit(ring(), None)
    assert [best(method, walk(n, 2)) for n in range(ITEMS)] == [walk(n, 3)[-1] for n in range(ITEMS)]


def test_a_history_longer_than_it_reads_is_read_from_its_end():
    config = QUICK.model_copy(update={"length": 3})
    method = SasRec(config).fit(ring(), None)
    assert best(method, walk(3, 5)) == walk(3, 6)[-1]
    long, short = (method.score([History.of(rows)], np.arange(ITEMS)) for rows in ([9, 2, 3, 4, 5], [3, 4, 5]))
    np.testing.assert_array_equal(long, short)


def test_says_that_it_learns_sets_where_order_means_nothing():
    catalog = checkerboard(cold=0, people=90)
    events = catalog.interactions
    order = np.lexsort((events.row, events.user))
    unknown = np.full(len(order), np.nan)
    listed = Interactions(events.people, 40, events.user[order], events.row[order], events.weight, unknown)
    notes = []
    method = SasRec(QUICK).fit(
        catalog.with_interactions(listed), None, lambda e: notes.append(e.message) if isinstance(e, Noted) else None
    )
    assert any("no order" in note for note in notes)
    scores = method.score([History.of([30, 8, 14, 2])], np.arange(40))[0]
    assert scores[0::2].min() > scores[1::2].max()


def test_a_stopped_training_goes_on_and_ends_alike(tmp_path):
    config = QUICK.model_copy(update={"epochs": 4})
    catalog = ring()
    whole = SasRec(config).fit(catalog, None)

    def stop(event):
        if isinstance(event, Advanced) and event.metrics.get("epoch") == 3:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        SasRec(config, checkpoint=tmp_path / "c").fit(catalog, None, stop)
    notes = []
    again = SasRec(config, checkpoint=tmp_path / "c").fit(
        catalog, None, lambda e: notes.append(e.message) if isinstance(e, Noted) else None
    )
    assert "goes on after epoch 2" in notes
    rows = np.arange(ITEMS)
    np.testing.assert_array_equal(again.score([History.of([1, 2])], rows), whole.score([History.of([1, 2])], rows))


def test_a_given_validation_leaves_every_event_to_training():
    catalog = ring(people=3)
    validation = Validation((History.of([1, 2]),), (np.array([3]),))
    method = SasRec(QUICK).fit(catalog, None, validation=validation)
    known = np.isfinite(method.score([History.of(catalog.interactions.row[:1].tolist())], np.arange(ITEMS))[0])
    assert known.tolist() == (catalog.interactions.counts() > 0).tolist()


def test_reasons_name_what_mattered():
    method = SasRec(QUICK).fit(ring(), None)
    reasons = method.because(History.of([*walk(2, 2), 20]), walk(20, 2)[-1])
    assert reasons[0][0] == 20


def test_nobody_with_two_items_is_an_error():
    with pytest.raises(FitError, match="two items"):
        SasRec(QUICK).fit(checkerboard(people=3, events=1), None)
