"""Snapshots go on from the last one, and give exactly what reading everything again would give."""

import math
import random
import sqlite3
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from tastemaker.catalog import event_table, item_table
from tastemaker.catalog.events import EARLIEST, Event
from tastemaker.catalog.interactions import weight_of
from tastemaker.catalog.items import Item
from tastemaker.catalog.store import Store
from tastemaker.catalog.workspace import WorkspaceSettings

NAMES = [f"item-{number}" for number in range(9)]
TIMES = (None, None, -5.0, 0.0, 1.0, 1.0, 2.0, 3.5, 4e9)


def item(chance, id):
    return Item(id, title=chance.choice(["Red", "Blue"]), attributes={"size": chance.choice(["1", "2|3"])})


def event(chance):
    kind, value = chance.choice([("view", None), ("buy", 2.0), ("dislike", None), ("rate", float(chance.randrange(7)))])
    return Event(f"u{chance.randrange(12)}", chance.choice(NAMES), kind, value, chance.choice(TIMES))


def events(chance):
    return [event(chance) for _ in range(chance.randrange(8))]


def remove_one(store, chance):
    catalog = store.snapshot()
    if catalog.alive.any():
        store.remove_items([catalog.ids[chance.choice(np.flatnonzero(catalog.alive).tolist())]])


def read_files(store, chance):
    settings = WorkspaceSettings(
        dislike_below=chance.choice([None, 2.0, 3.0]), attributes=chance.choice([{}, {"size": "text"}])
    )
    kept = chance.sample(NAMES, chance.randrange(len(NAMES)))
    store.ingest([item(chance, id) for id in kept], events(chance), str(chance.random()), settings)


STEPS = {
    "record": (lambda store, chance: store.record(events(chance)), 12),
    "a higher rating": (lambda store, chance: store.record([Event("u1", NAMES[0], "rate", chance.randrange(99))]), 1),
    "forget a person": (lambda store, chance: store.forget_user(f"u{chance.randrange(14)}"), 1),
    "forget an item": (lambda store, chance: store.forget_item(f"u{chance.randrange(12)}", chance.choice(NAMES)), 2),
    "put items": (lambda store, chance: store.put_items([item(chance, chance.choice(NAMES))]), 1),
    "remove an item": (remove_one, 1),
    "read the files": (read_files, 1),
}


def everything(path):
    """All events by one plain question to the file: the way it was read before it was read in parts."""
    with sqlite3.connect(path) as file:
        meta = dict(file.execute("SELECT key, value FROM meta"))
        found = file.execute(
            "SELECT name, row - 1, kind, value, counted FROM events JOIN people USING (uid)"
            " WHERE row IS NOT NULL ORDER BY counted, seq"
        ).fetchall()
    file.close()
    below = float(meta["dislike_below"]) if meta.get("dislike_below") else None
    top = float(meta.get("rating_top", "0"))
    people = tuple(dict.fromkeys(name for name, *_ in found))
    return SimpleNamespace(
        people=people,
        user=np.array([people.index(name) for name, *_ in found], np.int64),
        row=np.array([row for _, row, *_ in found], np.int64),
        weight=np.array([weight_of(k, v, top=top, dislike_below=below) for _, _, k, v, _ in found], np.float32),
        time=np.array([math.nan if at is None else max(at, EARLIEST) for *_, at in found], np.float64),
    )


def same_events(one, other):
    assert one.people == other.people
    for name in ("user", "row", "weight", "time"):
        ours, theirs = getattr(one, name), getattr(other, name)
        assert (ours.dtype, ours.tobytes()) == (theirs.dtype, theirs.tobytes()), name


def same(one, other):
    same_events(one.interactions, other.interactions)
    assert one.interactions.n_rows == other.interactions.n_rows == one.size
    assert [one.raw_item(row) for row in range(one.size)] == [other.raw_item(row) for row in range(other.size)]
    assert (one.alive.tolist(), one.available.tolist()) == (other.alive.tolist(), other.available.tolist())
    assert (one.ids, one.types, one.revision) == (other.ids, other.types, other.revision)


def reads(monkeypatch):
    """How many events each reading of the database gave."""
    counts, after = [], event_table._after

    def counted(connection, last):
        found = list(after(connection, last))
        counts.append(len(found))
        return iter(found)

    monkeypatch.setattr(event_table, "_after", counted)
    return counts


@pytest.fixture
def path(tmp_path):
    return tmp_path / "shop.db"


@pytest.fixture
def store(path):
    opened = Store(path)
    opened.ingest([Item("a", title="Red dress"), Item("b")], [Event("u", "a", time=5.0), Event("v", "b")], "1")
    yield opened
    opened.close()


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_it_is_what_a_fresh_store_reads(path, seed):
    chance, both = random.Random(seed), (Store(path), Store(path))
    both[0].put_items([item(chance, id) for id in NAMES[:5]])
    steps, weights = zip(*STEPS.values(), strict=True)
    went_on = 0
    for _ in range(120):
        chance.choices(steps, weights)[0](chance.choice(both), chance)
        if chance.random() < 0.6:
            asked = chance.choice(both)
            before, snapshot, fresh = asked._seen, asked.snapshot(), Store(path)
            same(snapshot, fresh.snapshot())
            same_events(snapshot.interactions, everything(path))
            fresh.close()
            went_on += before is not None and snapshot.same_items(before.catalog)
    assert went_on > 10  # else nothing was tried
    for each in both:
        each.close()


def test_only_what_is_new_is_read(store, monkeypatch):
    store.snapshot()
    counts = reads(monkeypatch)
    monkeypatch.setattr(item_table, "from_body", None)  # no item is read again
    store.record([Event("w", "a", time=1.0), Event("u", "b", time=1.0), Event("w", "not there")])
    first = store.snapshot()
    store.record([Event("u", "b", time=3.0)])
    assert counts == [2]
    second = store.snapshot()
    assert counts == [2, 1]
    assert second.same_items(first)
    assert second.interactions.people == ("v", "w", "u")
    assert np.isnan(second.interactions.time[0])
    assert second.interactions.time[1:].tolist() == [1.0, 1.0, 3.0, 5.0]
    assert second.interactions.row.tolist() == [1, 0, 1, 1, 0]
    assert len(first.interactions) == 4  # as it was


def test_without_news_it_is_the_same_catalog(store):
    first = store.snapshot()
    assert store.snapshot() is first
    store.forget_user("nobody")
    store.forget_item("u", "nothing")
    assert store.snapshot().same_items(first)
    store.put_items([Item("c")])
    assert not store.snapshot().same_items(first)


FORGETS = {"a person": "forget_user('u')", "an item": "forget_item('u', 'a')"}


@pytest.mark.parametrize("how", FORGETS)
def test_what_another_process_deletes_is_gone(store, path, how):
    assert "u" in store.snapshot().interactions.people
    program = f"from pathlib import Path; from tastemaker.catalog.store import Store; Store(Path({str(path)!r}))."
    subprocess.run([sys.executable, "-c", program + FORGETS[how]], check=True)
    assert store.snapshot().interactions.people == ("v",)


def test_a_deleted_place_that_is_taken_again_is_read(store, path):
    """SQLite hands out the number of the last event again when that one was deleted."""
    other = Store(path)
    store.record([Event("w", "a", time=9.0)])
    store.snapshot()
    other.forget_user("w")
    other.record([Event("x", "b", time=8.0)])
    assert store.snapshot().interactions.people == ("v", "u", "x")
    other.close()


def test_a_new_top_of_the_scale_weighs_older_ratings_anew(store):
    store.record([Event("u", "b", "rate", 5.0, 6.0)])
    assert store.snapshot().interactions.weight[-1] == 3.0
    store.record([Event("v", "b", "rate", 10.0, 7.0)])
    assert store.snapshot().interactions.weight[-2:].tolist() == [1.5, 3.0]


def test_set_aside_events_count_when_their_item_comes(store):
    store.record([Event("w", "late", time=1.0)])
    assert len(store.snapshot().interactions) == 2
    store.record([Event("w", "a", time=9.0)])
    assert len(store.snapshot().interactions) == 3
    store.put_items([Item("late")])
    assert store.snapshot().interactions.row.tolist() == [1, 2, 0, 0]


def test_a_file_without_the_counter_is_read(store, path):
    with sqlite3.connect(path) as file:
        file.execute("DELETE FROM meta WHERE key = 'events_rewritten'")
    file.close()
    first = store.snapshot()
    assert store.snapshot() is first
    assert store.forget_user("u") == 1
    assert store.snapshot().interactions.people == ("v",)


def test_an_empty_file_has_nothing(path):
    nothing = Store(path)
    assert (nothing.snapshot().size, len(nothing.snapshot().interactions)) == (0, 0)
    nothing.close()
