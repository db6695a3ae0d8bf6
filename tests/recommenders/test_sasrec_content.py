import numpy as np
import pytest

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History, Interactions
from tastemaker.catalog.items import Item
from tastemaker.core.types import ItemId, UserId
from tastemaker.recommenders.sasrec_content import NARROW, SasRecContent, SasRecContentConfig, directions, learn
from tastemaker.testing.contract import through_storage

KINDS, COPIES = 6, 8  # of each kind the last copy is new: nobody has chosen it
ITEMS = KINDS * COPIES
QUICK = SasRecContentConfig(dim=16, layers=1, epochs=15, dropout=0.2, learning_rate=0.01, forget=0.3)


def kind(row):
    return row % KINDS


def parade(*, labels=True, features=None, people=120):
    """Whoever chose something of one kind turns to something of the next; which copy it is, chance decides."""
    rng = np.random.default_rng(0)
    first = rng.integers(KINDS, size=people)
    walks = (first[:, None] + np.arange(5)) % KINDS + KINDS * rng.integers(COPIES - 1, size=(people, 5))
    user = np.repeat(np.arange(people), 5)
    names = tuple(UserId(str(n)) for n in range(people))
    row = walks.ravel().astype(np.int64)
    events = Interactions(names, ITEMS, user, row, np.ones(len(row), np.float32), np.full(len(row), np.nan))
    items = [Item(ItemId(str(n)), attributes={"kind": f"k{kind(n)}"} if labels else {}) for n in range(ITEMS)]
    return Catalog(items, interactions=events, features=features or {})


def one_hot(kinds):
    rng = np.random.default_rng(1)
    return {"picture": (np.eye(KINDS)[kinds] + rng.normal(scale=0.05, size=(len(kinds), KINDS))).astype(np.float32)}


def test_new_items_follow_what_their_content_follows():
    method = SasRecContent(QUICK).fit(parade(), None)
    new = np.arange(ITEMS - KINDS, ITEMS)
    for of in range(KINDS):
        scores = method.score([History.of([of])], new)[0]
        assert kind(new[scores.argmax()]) == (of + 1) % KINDS


def test_new_items_are_read_in_histories_too():
    method = SasRecContent(QUICK).fit(parade(), None)
    new = np.arange(ITEMS - KINDS, ITEMS)
    scores = method.score([History.of([row]) for row in new], np.arange(KINDS))
    assert scores.argmax(axis=1).tolist() == [(kind(row) + 1) % KINDS for row in new]


def test_features_do_as_well_as_labels_and_may_be_missing():
    known = one_hot(np.arange(ITEMS) % KINDS)
    known["picture"][[3, ITEMS - 1]] = np.nan  # one that was chosen, one that is new
    catalog = parade(labels=False, features=known)
    method = SasRecContent(QUICK).fit(catalog, None)
    scores = method.score([History.of([0])], np.arange(ITEMS))[0]
    new = np.arange(ITEMS - KINDS, ITEMS)
    assert kind(new[np.argmax(scores[new])]) == 1
    assert scores[ITEMS - 1] == -np.inf  # new, and nothing is known of it
    assert np.isfinite(scores[3])


def test_an_item_that_changes_moves_without_training():
    catalog = parade()
    method = SasRecContent(QUICK).fit(catalog, None)
    new = ITEMS - KINDS  # of kind 0
    before = method.score([History.of([0])], np.array([new]))[0, 0]
    items = [catalog.item(row) for row in range(ITEMS)]
    items[new] = Item(items[new].id, attributes={"kind": "k1"})
    method.refresh(Catalog(items, interactions=catalog.interactions), None)
    assert method.score([History.of([0])], np.array([new]))[0, 0] > before + 1


def test_comes_back_from_storage_and_goes_on_reading():
    known = one_hot(np.arange(ITEMS) % KINDS)
    catalog = parade(features=known)
    method = SasRecContent(QUICK).fit(catalog, None)
    back = SasRecContent(QUICK).restore(through_storage(method.tensors()))
    grown = [*(catalog.item(row) for row in range(ITEMS)), Item(ItemId("late"), attributes={"kind": "k2"})]
    more = {"picture": np.vstack([known["picture"], known["picture"][2:3]])}
    events = catalog.interactions
    wider = Interactions(events.people, ITEMS + 1, events.user, events.row, events.weight, events.time)
    asked = np.arange(ITEMS + 1)
    for one in (method, back):
        one.refresh(Catalog(grown, interactions=wider, features=more), None)
    scores = back.score([History.of([1])], asked)
    np.testing.assert_array_equal(scores, method.score([History.of([1])], asked))
    assert scores[0, ITEMS] == pytest.approx(scores[0, ITEMS - KINDS + 2], abs=0.5)  # as its like


def test_wide_content_is_brought_down_to_its_main_directions():
    rng = np.random.default_rng(0)
    table = (rng.normal(size=(150, 4)) @ rng.normal(size=(4, 120))).astype(np.float32)
    basis = directions(table, 4)
    np.testing.assert_allclose(basis.T @ basis, np.eye(4), atol=1e-4)
    np.testing.assert_allclose(table @ basis @ basis.T, table, atol=1e-3)
    people = np.arange(ITEMS)
    wide = {"picture": rng.normal(size=(ITEMS, 2 * NARROW)).astype(np.float32)}
    known, some = learn(parade(features=wide), None, people).read(parade(features=wide), None, people)
    assert known.dense.shape[1] == 2 * NARROW  # fewer items than directions: as it is
    assert some.all()
