"""Events in the database: each counts once, whoever sends it how often, and none is lost.

An event of an item that is not in the catalog is kept with ``row`` NULL and counts from the moment the item is added.
``counted`` is the time that ranking and decay use: the given time, but never later than the moment it was received, so
that one clock set to the year 2099 does not make everything else look old.
"""

import hashlib
import math
import sqlite3
import time
from collections.abc import Sequence

import numpy as np

from tastemaker.catalog.database import get, put
from tastemaker.catalog.events import EARLIEST, Event, Receipt
from tastemaker.catalog.interactions import History, Interactions, weight_of
from tastemaker.core.types import ItemId, UserId

INSERT = """
INSERT INTO events (id, uid, item, row, kind, value, time, counted, live, token)
SELECT ?1, (SELECT uid FROM people WHERE name = ?2), ?3, (SELECT row FROM items WHERE id = ?3), ?4, ?5, ?6, ?7, ?8, ?9
WHERE NOT EXISTS (SELECT 1 FROM events WHERE id = ?1)
"""
COUNTED = f"max(counted, {EARLIEST})"
"""When an event counts; earlier versions took times of no calendar in. Nothing stays nothing."""


def add(connection: sqlite3.Connection, events: Sequence[Event], ids: Sequence[str], *, live: bool) -> Receipt:
    """Write events, each under its id; those whose id is there already are duplicates."""
    now = time.time()
    connection.executemany(
        "INSERT OR IGNORE INTO people (name) VALUES (?)", dict.fromkeys((event.user,) for event in events)
    )
    before = connection.total_changes
    connection.executemany(INSERT, (_values(event, id, now, live=live) for event, id in zip(events, ids, strict=True)))
    accepted = connection.total_changes - before
    top = max((event.value for event in events if event.kind == "rate" and event.value is not None), default=0.0)
    if top > float(get(connection, "rating_top", "0")):
        put(connection, "rating_top", str(top))
    put(connection, "events_revision", str(int(get(connection, "events_revision", "0")) + 1))
    unknown = 0
    if live:
        unknown = sum(
            connection.execute("SELECT row IS NULL FROM events WHERE id = ?", (id,)).fetchone()[0] for id in set(ids)
        )
    return Receipt(accepted, len(events) - accepted, unknown)


def replace_file(connection: sqlite3.Connection, events: Sequence[Event], ids: Sequence[str]) -> None:
    """Make the database say what the events file says; live events stay, what was forgotten stays forgotten."""
    connection.execute("DELETE FROM events WHERE live = 0")
    forgotten = {row[0] for row in connection.execute("SELECT name_hash FROM forgotten")}
    if forgotten:
        gone = {user for user in {event.user for event in events} if name_hash(user) in forgotten}
        kept = [
            place
            for place, (event, id) in enumerate(zip(events, ids, strict=True))
            if event.user not in gone and event_hash(id) not in forgotten
        ]
        events, ids = [events[place] for place in kept], [ids[place] for place in kept]
    add(connection, events, ids, live=False)
    connection.execute("DELETE FROM people WHERE NOT EXISTS (SELECT 1 FROM events WHERE events.uid = people.uid)")


def forget(connection: sqlite3.Connection, user: str) -> int:
    """Delete everything of a person and keep the events file from bringing it back; returns the events deleted."""
    deleted = connection.execute(
        "DELETE FROM events WHERE uid = (SELECT uid FROM people WHERE name = ?)", (user,)
    ).rowcount
    connection.execute("DELETE FROM people WHERE name = ?", (user,))
    connection.execute("INSERT OR IGNORE INTO forgotten VALUES (?)", (name_hash(user),))
    put(connection, "events_revision", str(int(get(connection, "events_revision", "0")) + 1))
    return deleted


def forget_item(connection: sqlite3.Connection, user: str, item: str, kind: str) -> int:
    """Delete what a person did with an item and keep the events file from bringing it back; returns how many events.

    Only what was done so far is forgotten: whatever the person does with the item later counts again.

    Args:
        connection: to the database, in a transaction.
        user: who.
        item: with what.
        kind: only events of this kind; "" for all.
    """
    found = connection.execute(
        "SELECT id FROM events WHERE uid = (SELECT uid FROM people WHERE name = ?1) AND item = ?2 AND ?3 IN ('', kind)",
        (user, item, kind),
    ).fetchall()
    connection.executemany("DELETE FROM events WHERE id = ?", found)
    connection.executemany("INSERT OR IGNORE INTO forgotten VALUES (?)", [(event_hash(id),) for (id,) in found])
    put(connection, "events_revision", str(int(get(connection, "events_revision", "0")) + 1))
    return len(found)


def deeds(connection: sqlite3.Connection, user: str, kind: str, limit: int) -> list[Event]:
    """What one person did with items that are known, newest first; of one kind when one is named."""
    found = connection.execute(
        f"SELECT item, kind, value, {COUNTED}, id FROM events WHERE row IS NOT NULL AND"
        " uid = (SELECT uid FROM people WHERE name = ?1) AND ?2 IN ('', kind) ORDER BY counted DESC, seq DESC LIMIT ?3",
        (user, kind, max(0, limit)),
    ).fetchall()
    return [
        Event(UserId(user), ItemId(item), " ".join(kind.split()) or "view", value, at, id)
        for item, kind, value, at, id in found
    ]


def history(connection: sqlite3.Connection, user: str) -> History:
    """What one person did, oldest first."""
    found = connection.execute(
        "SELECT row - 1, kind, value, counted FROM events WHERE row IS NOT NULL AND"
        " uid = (SELECT uid FROM people WHERE name = ?) ORDER BY counted, seq",
        (user,),
    ).fetchall()
    weigh = _weigher(connection)
    return History(
        np.array([row for row, _, _, _ in found], np.int64),
        np.array([weigh(kind, value) for _, kind, value, _ in found], np.float32),
        np.array([math.nan if at is None else at for _, _, _, at in found], np.float64),
    )


def interactions(connection: sqlite3.Connection, n_rows: int) -> Interactions:
    """All events of items that are known, in time order."""
    found = connection.execute(
        f"SELECT uid, row - 1, kind, value, {COUNTED} FROM events WHERE row IS NOT NULL ORDER BY counted, seq"
    ).fetchall()
    names = dict(connection.execute("SELECT uid, name FROM people"))
    uids = np.array([entry[0] for entry in found], np.int64)
    distinct, first, place = np.unique(uids, return_index=True, return_inverse=True)
    order = np.argsort(first)  # distinct users by first appearance
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    weigh = _weigher(connection)
    return Interactions(
        people=tuple(UserId(names[uid]) for uid in distinct[order].tolist()),
        n_rows=n_rows,
        user=rank[place],
        row=np.array([entry[1] for entry in found], np.int64),
        weight=np.array([weigh(entry[2], entry[3]) for entry in found], np.float32),
        time=np.array([math.nan if entry[4] is None else entry[4] for entry in found], np.float64),
    )


def name_hash(user: str) -> str:
    """A person's name as the forgotten list keeps it."""
    return hashlib.sha256(user.encode()).hexdigest()


def event_hash(id: str) -> str:
    """An event's id as the forgotten list keeps it; no person's name looks like it."""
    return name_hash(f"event\x1f{id}")


class _weigher:  # noqa: N801 - a function with a memory
    """Weights of events by kind and value; most pairs come back many times."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        below = get(connection, "dislike_below")
        self._below = float(below) if below else None
        self._top = float(get(connection, "rating_top", "0"))
        self._known: dict[tuple[str, float | None], float] = {}

    def __call__(self, kind: str, value: float | None) -> float:
        key = (kind, value if kind == "rate" else None)
        if key not in self._known:
            self._known[key] = weight_of(kind, key[1], top=self._top, dislike_below=self._below)
        return self._known[key]


def _values(
    event: Event, id: str, now: float, *, live: bool
) -> tuple[str, str, str, str, float | None, float | None, float | None, int, str]:
    given = event.time if event.time is not None or not live else now
    counted = None if given is None else min(given, now)
    return id, event.user, event.item, event.kind, event.value, given, counted, int(live), event.token
