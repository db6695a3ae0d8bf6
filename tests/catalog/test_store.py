"""The store: live changes, idempotent events, rows that stay, words that are safe, several writers at once."""

import sqlite3
import threading
import time
from datetime import UTC, datetime

import numpy as np
import pytest

from tastemaker.catalog.events import Event
from tastemaker.catalog.impressions import Impression
from tastemaker.catalog.items import Item
from tastemaker.catalog.store import Store
from tastemaker.catalog.words import words_of
from tastemaker.catalog.workspace import WorkspaceSettings
from tastemaker.core.errors import InputError, UnknownName, WorkspaceError

A, B, C = Item("a", title="Red dress"), Item("b", title="Blue sofa"), Item("c", title="Green hat")


@pytest.fixture
def store(tmp_path):
    with_items = Store(tmp_path / "shop.db")
    with_items.ingest([A, B], [], "1")
    yield with_items
    with_items.close()


def ids(store):
    catalog = store.snapshot()
    return [catalog.ids[row] for row in np.flatnonzero(catalog.alive)]


def test_items_come_back_as_they_went_in(store):
    item = Item("x", "T", "words", ("1.jpg", "2.jpg"), 9.5, False, "home", {"tags": ("p", "q"), "n": 2.0, "new": True})
    assert (store.put_items([item]).added, store.snapshot().raw_item(2)) == (1, item)


def test_an_update_keeps_the_row_and_a_removed_id_comes_back_on_its_own(store):
    store.put_items([Item("a", title="Crimson dress")])
    assert store.snapshot().item(store.snapshot().row("a")).title == "Crimson dress"
    assert store.snapshot().row("a") == 0
    assert store.remove_items(["a"]) == 1
    assert ids(store) == ["b"]
    report = store.put_items([C, A])
    assert (report.added, report.updated) == (2, 0)
    catalog = store.snapshot()
    assert (catalog.row("a"), catalog.row("b"), catalog.row("c"), catalog.size) == (0, 1, 2, 3)


def test_removing_an_unknown_item_removes_nothing(store):
    with pytest.raises(UnknownName, match="'zz'"):
        store.remove_items(["a", "zz"])
    assert ids(store) == ["a", "b"]
    with pytest.raises(UnknownName):
        store.remove_items(["\ud800"])


def test_the_revision_grows_with_items_and_not_with_events(store):
    before = store.revision
    store.record([Event("u", "a")])
    assert store.revision == before
    store.put_items([C])
    assert store.revision > before
    before = store.revision
    store.remove_items(["c"])
    assert store.revision > before


def test_another_process_sees_the_change(store, tmp_path):
    other = Store(tmp_path / "shop.db")
    before = other.revision
    store.put_items([C])
    assert other.revision > before
    other.close()


BAD_ITEMS = {
    "no id": Item(""),
    "long id": Item("x" * 300),
    "control characters": Item("a\0b"),
    "price NaN": Item("x", price=float("nan")),
    "price below zero": Item("x", price=-1.0),
    "endless title": Item("x", title="t" * 10_000_000),
    "picture outside": Item("x", images=("../../etc/passwd",)),
    "endless attribute": Item("x", attributes={"a": "v" * 100_000}),
    "attribute named like a field": Item("x", attributes={"price": 3.0}),
}


@pytest.mark.parametrize("case", BAD_ITEMS)
def test_a_bad_item_is_refused_and_takes_none_with_it(store, case):
    with pytest.raises(InputError):
        store.put_items([C, BAD_ITEMS[case]])
    assert ids(store) == ["a", "b"]


def test_an_event_counts_once_however_often_it_comes(store):
    event = Event("u", "a", "buy", id="e1")
    assert store.record([event, event]).accepted == 1
    receipt = store.record([event, Event("u", "b", id="e2")])
    assert (receipt.accepted, receipt.duplicates) == (1, 1)
    assert len(store.history("u")) == 2


def test_events_without_id_count_once_with_a_time_and_each_time_without(store):
    timed, untimed = Event("u", "a", time=5.0), Event("u", "a")
    for _ in range(2):
        store.record([timed])
        store.record([untimed])
    assert len(store.history("u")) == 3


def test_a_history_is_oldest_first_and_dislikes_weigh_less_than_zero(store):
    store.record([Event("u", "b", "dislike", time=20.0), Event("u", "a", "buy", time=10.0)])
    history = store.history("u")
    assert history.rows.tolist() == [0, 1]
    assert history.weights.tolist() == [5.0, -1.0]
    assert history.times.tolist() == [10.0, 20.0]
    assert history.liked.rows.tolist() == [0]


def test_ratings_weigh_by_their_share_of_the_scale(store):
    store.record([Event("u", "a", "rate", 5.0, 1.0), Event("u", "b", "rate", 2.0, 2.0)])
    assert store.history("u").weights.tolist() == pytest.approx([3.0, 1.2])
    store.record([Event("v", "a", "rate", 10.0, 1.0), Event("v", "b", "rate", 0.0, 2.0)])
    assert store.history("u").weights.tolist() == pytest.approx([1.5, 0.6])
    assert store.history("v").weights.tolist() == pytest.approx([3.0, -1.0])


def test_a_limit_for_dislikes_can_be_set(store):
    store.ingest([A, B], [], "2", WorkspaceSettings(dislike_below=3))
    store.record([Event("u", "a", "rate", 2.5, 1.0), Event("u", "b", "rate", 3.0, 2.0)])
    assert (store.history("u").weights > 0).tolist() == [False, True]


def test_unknown_people_have_an_empty_history(store):
    assert len(store.history("nobody")) == 0
    assert len(store.history("\ud800")) == 0
    assert not store.has_user("nobody")


def test_events_of_an_unknown_item_wait_for_it(store):
    receipt = store.record([Event("u", "c", id="1"), Event("u", "a", id="2")])
    assert (receipt.accepted, receipt.unknown_items) == (2, 1)
    assert store.history("u").rows.tolist() == [0]
    assert store.set_aside() == [("c", 1)]
    assert len(store.snapshot().interactions) == 1
    store.put_items([C])
    assert sorted(store.history("u").rows.tolist()) == [0, 2]
    assert store.set_aside() == []
    assert store.record([Event("u", "c", id="1")]).duplicates == 1


def test_a_clock_in_the_future_counts_as_now(store):
    now = time.time()
    store.record([Event("u", "a", time=now + 1e9), Event("u", "b", time=now - 100)])
    assert store.history("u").rows.tolist() == [1, 0]
    assert store.history("u").times.max() <= time.time()
    assert store.odd_times() == (1, 0)


BAD_EVENTS = {
    "no person": {"user": "", "item": "a"},
    "no item": {"user": "u", "item": ""},
    "no kind": {"user": "u", "item": "a", "kind": ""},
    "endless person": {"user": "u" * 1000, "item": "a"},
    "half a character": {"user": "\ud800", "item": "a"},
    "NUL": {"user": "u\0", "item": "a"},
    "value NaN": {"user": "u", "item": "a", "value": float("nan")},
    "time infinite": {"user": "u", "item": "a", "time": float("inf")},
    "endless id": {"user": "u", "item": "a", "id": "i" * 1000},
}


@pytest.mark.parametrize("case", BAD_EVENTS)
def test_an_event_that_cannot_be_kept_cannot_be_made(case):
    with pytest.raises(InputError):
        Event(**BAD_EVENTS[case])


def test_people_are_listed_by_what_they_did(store):
    store.record([Event("anna", "a", id="1"), Event("ben", "a", id="2"), Event("ben", "b", id="3")])
    store.record([Event("100%_x", "a", id="4")])
    assert store.users() == [("ben", 2), ("anna", 1), ("100%_x", 1)]
    assert store.users(limit=1, prefix="a") == [("anna", 1)]
    assert store.users(prefix="%") == []
    assert store.users(limit=0) == []


def test_a_forgotten_person_stays_forgotten_when_the_file_is_read_again(store, tmp_path):
    events = [Event("u-secret", "a", time=1.0, id="1"), Event("v", "a", time=1.0, id="2")]
    store.ingest([A, B], events, "2")
    assert store.forget_user("u-secret") == 1
    store.ingest([A, B], events, "3")
    assert (store.has_user("u-secret"), store.has_user("v")) == (False, True)
    store.close()
    assert not [path for path in tmp_path.iterdir() if b"u-secret" in path.read_bytes()]
    store.record([Event("u-secret", "b")])
    assert len(store.history("u-secret")) == 1


def test_one_item_of_a_person_is_forgotten_and_the_file_does_not_bring_it_back(store):
    events = [Event("u", "a", "view", time=1.0), Event("u", "a", "buy", time=2.0), Event("u", "b", time=3.0)]
    store.ingest([A, B], [*events, Event("v", "a", time=1.0)], "2")
    assert [(event.item, event.kind) for event in store.deeds("u")] == [("b", "view"), ("a", "buy"), ("a", "view")]
    assert [event.kind for event in store.deeds("u", "buy")] == ["buy"]
    assert store.deeds("u", limit=1)[0].item == "b"
    assert store.forget_item("u", "a", "view") == 1
    assert store.forget_item("u", "a") == 1
    store.ingest([A, B], [*events, Event("v", "a", time=1.0)], "3")
    assert [event.item for event in store.deeds("u")] == ["b"]
    assert len(store.history("v")) == 1
    store.record([Event("u", "a", "like", time=9.0)])
    assert [event.kind for event in store.deeds("u")] == ["like", "view"]


def test_reading_the_file_again_changes_what_the_file_changed(store):
    store.put_items([C, Item("b", title="Blue sofa", price=10.0)])  # both live
    store.remove_items(["a"])
    store.ingest([A, B], [], "2")  # the file says nothing new
    assert ids(store) == ["b", "c"]
    assert store.snapshot().item(1).price == 10.0
    store.ingest([Item("a", title="Red coat")], [], "3")  # a changed, b gone
    assert ids(store) == ["a", "c"]
    assert store.snapshot().row("c") == 2
    store.ingest([A, B], [], "4")
    assert store.snapshot().row("b") == 1


def test_file_events_are_replaced_and_live_events_stay(store):
    store.ingest([A, B], [Event("u", "a", time=1.0), Event("u", "b", time=2.0)], "2")
    store.record([Event("u", "a", time=3.0)])
    store.ingest([A, B], [Event("u", "b", time=2.0)], "3")
    assert store.history("u").times.tolist() == [2.0, 3.0]
    store.ingest([A, B], [Event("u", "b", time=2.0), Event("u", "a", time=3.0)], "4")  # now in the file as well
    assert store.history("u").times.tolist() == [2.0, 3.0]


def test_a_failed_ingest_leaves_everything_as_it_was(store):
    def broken():
        yield C
        raise RuntimeError("the reader stumbled")

    with pytest.raises(RuntimeError):
        store.ingest(broken(), [], "2")
    assert ids(store) == ["a", "b"]
    assert store.fingerprint == "1"


def test_words_find_titles_before_attributes_and_follow_every_change(store):
    store.put_items([Item("d", title="Lamp", attributes={"goes_with": "dress"})])
    catalog = store.snapshot()
    rows, scores = store.search_words("a dress", 10)
    assert [catalog.ids[row] for row in rows] == ["a", "d"]
    assert scores[0] > scores[1] > 0
    assert store.search_words("dresses", 1)[0].tolist() == [0]
    store.put_items([Item("a", title="Red coat")])
    assert store.search_words("dress", 10)[0].tolist() == [2]
    store.remove_items(["d"])
    assert store.search_words("dress", 10)[0].tolist() == []


def test_words_obey_a_mask(store):
    assert sorted(store.search_words("dress sofa", 10)[0].tolist()) == [0, 1]
    assert store.search_words("dress sofa", 10, np.array([False, True]))[0].tolist() == [1]
    assert store.search_words("dress sofa", 10, np.array([True]))[0].tolist() == [0]
    assert store.search_words("dress", 0)[0].tolist() == []


HOSTILE = [
    "", " ", '"', "'", "dress'", 'dress" OR "sofa', "title:dress", "NEAR(dress sofa)", "dress*", "-dress", "^dress",
    "dress AND", "(dress", "{title}: dress", "'; DROP TABLE items; --", "_", "__ _", "dress\0sofa", "\ud800 dress",
    "🪑", "فستان", "裙子", "straße", "a the", "x" * 1_000_000, "dress " * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_any_text_is_a_safe_search(store, text):
    rows, scores = store.search_words(text, 5)
    assert len(rows) == len(scores) <= 2
    assert (0 in rows.tolist()) == ("dress" in text)
    assert ids(store) == ["a", "b"]


def test_words_of_every_script_are_found(store):
    titles = ["فستان أحمر", "Straße", "Crème brûlée", "лампа"]
    store.put_items([Item(f"x{place}", title=title) for place, title in enumerate(titles)])
    for place, word in enumerate(["فستان", "straße", "creme", "ЛАМПА"]):
        assert store.search_words(word, 5)[0].tolist() == [2 + place]


def test_writers_in_many_threads_lose_nothing(store):
    def work(person):
        for turn in range(20):
            store.record([Event(f"u{person}", "a", id=f"{person}-{turn}"), Event("all", "b", id=f"all-{turn}")])

    threads = [threading.Thread(target=work, args=(person,)) for person in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(store.history(f"u{person}")) for person in range(6)] == [20] * 6
    assert len(store.history("all")) == 20


def test_a_file_that_is_no_database_says_so(tmp_path):
    path = tmp_path / "shop.db"
    path.write_bytes(b"these are words, not a database. " * 100)
    with pytest.raises(WorkspaceError, match="damaged") as caught:
        Store(path)
    assert "copy" in caught.value.hint


def test_a_file_of_a_newer_version_is_left_alone(tmp_path):
    Store(tmp_path / "shop.db").close()
    connection = sqlite3.connect(tmp_path / "shop.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(WorkspaceError, match="newer version"):
        Store(tmp_path / "shop.db")


def test_commits_are_flushed(tmp_path):
    store = Store(tmp_path / "shop.db")
    with store._database.write() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert store.integrity() == "ok"
    store.close()


def test_a_mask_that_leaves_little_still_finds_it(store):
    store.put_items([Item(f"n{number}", title="dress " * (30 - number)) for number in range(20)])
    only = np.zeros(22, np.bool_)
    only[[5, 21]] = True
    assert sorted(store.search_words("dress", 3, only)[0].tolist()) == [5, 21]
    assert len(store.search_words("dress", 1, only)[0]) == 1


def test_words_score_as_the_full_text_index_scores_them_together(store):
    names = ("red dress", "red sofa", "dress of red wool", "blue dress", "wool")
    store.put_items([Item(f"n{n}", title=name, text="dress " * n) for n, name in enumerate(names)])
    connection = sqlite3.connect(store._database.path)
    for text in ("red dress", "dresses wool red dress", "wool unheard-of"):
        query = " OR ".join(f'"{word}"' for word in words_of(text))
        want = connection.execute(
            "SELECT rowid - 1, -bm25(words, 4, 1, 2) FROM words WHERE words MATCH ? ORDER BY 2 DESC, 1", (query,)
        ).fetchall()
        for _ in range(2):  # read, and remembered
            rows, scores = store.search_words(text, 10)
            assert rows.tolist() == [row for row, _ in want]
            assert scores.tolist() == pytest.approx([score for _, score in want])
        assert store.search_words(text, 2)[0].tolist() == rows[:2].tolist()
    connection.close()


ANCIENT = -62_135_646_800.0  # a day before the year 1


@pytest.mark.parametrize("time", [ANCIENT, -99_999_999_999.0, 253_402_300_799.0])
def test_a_time_of_no_calendar_is_refused(time):
    with pytest.raises(InputError, match="time"):
        Event("u", "a", time=time)
    with pytest.raises(InputError, match="time"):
        Impression("u", ("a",), time=time)


def test_what_earlier_versions_took_in_is_read_as_the_year_1(store, tmp_path):
    store.record([Event("u", "a", time=0.0), Impression("u", ("a",), "t", time=0.0)])
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("UPDATE events SET time = ?1, counted = ?1, kind = char(10)", (ANCIENT,))
        connection.execute("UPDATE shown SET time = ?1", (ANCIENT,))
    (event,) = store.deeds("u")
    first = store.snapshot().interactions.time.min()
    assert datetime.fromtimestamp(event.time, UTC).year == datetime.fromtimestamp(first, UTC).year == 1
    assert event.kind == "view"
    assert store.trial("")[0][0].time == first


@pytest.mark.parametrize("name", ["", "   ", "\n", "two\nlines"])
@pytest.mark.parametrize("field", ["user", "item", "kind"])
def test_a_name_of_nothing_but_space_is_refused(field, name):
    with pytest.raises(InputError, match=field):
        Event(**{"user": "u", "item": "a", field: name})


def test_a_price_that_cannot_be_counted_with_is_refused(store):
    with pytest.raises(InputError, match="price"):
        store.put_items([Item("x", price=1e308)])
