"""Events in the database: each counts once, whoever sends it how often, and none is lost.

An event of an item that is not in the catalog is kept with ``row`` NULL and counts from the moment the item is added.
``counted`` is the time that ranking and decay use: the given time, but never later than the moment it was received, so
that one clock set to the year 2099 does not make everything else look old.
"""

import hashlib
import math
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tastemaker.catalog.database import get, grow, put
from tastemaker.catalog.events import EARLIEST, Event, Receipt
from tastemaker.catalog.interactions import History, Interactions, weight_of
from tastemaker.core.types import Doubles, Ints, ItemId, UserId

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
    grow(connection, "events_revision")
    unknown = 0
    if live:
        unknown = sum(
            connection.execute("SELECT row IS NULL FROM events WHERE id = ?", (id,)).fetchone()[0] for id in set(ids)
        )
    return Receipt(accepted, len(events) - accepted, unknown)


def replace_file(connection: sqlite3.Connection, events: Sequence[Event], ids: Sequence[str]) -> None:
    """Make the database say what the events file says; live events stay, what was forgotten stays forgotten."""
    connection.execute("DELETE FROM events WHERE live = 0")
    grow(connection, "events_rewritten")
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
    grow(connection, "events_revision")
    if deleted:
        grow(connection, "events_rewritten")
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
    grow(connection, "events_revision")
    if found:
        grow(connection, "events_rewritten")
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


@dataclass(frozen=True, eq=False)
class Heard:
    """All events of items that are known, as they were at one moment, and what it takes to read on from there.

    Attributes:
        interactions: the events, in time order.
        uids: what its people are called in the database. Shapes: (people,).
        last: ``seq`` of the newest event.
        basis: values of ``meta`` that the events depend on; when one has changed, all are read again.
    """

    interactions: Interactions
    uids: Ints
    last: int
    basis: tuple[str, ...]


def hear(connection: sqlite3.Connection, n_rows: int, before: Heard | None = None) -> Heard:
    """All events of items that are known; only new ones are read when nothing else has happened since.

    Whoever deletes events makes ``events_rewritten`` grow, in whatever process; whoever gives events a row makes the
    items' ``revision`` grow, and then ``before`` must be None.

    Args:
        connection: to the database, in a transaction.
        n_rows: rows of the catalog.
        before: what was heard of the same items earlier; it comes back when there is nothing new.
    """
    basis = tuple(get(connection, key) for key in ("events_rewritten", "dislike_below", "rating_top"))
    if before is None or before.basis != basis:
        before = Heard(Interactions.none(n_rows), np.empty(0, np.int64), 0, basis)
    fresh = np.fromiter(_after(connection, before.last), _READ)
    return _joined(connection, before, fresh) if len(fresh) else before


_READ = np.dtype(
    [("seq", np.int64), ("uid", np.int64), ("row", np.int64), ("weight", np.float32), ("time", np.float64)]
)
_Read = npt.NDArray[np.void]


def _after(connection: sqlite3.Connection, last: int) -> Iterator[tuple[int, int, int, float, float]]:
    """The events that came after one, one by one: they may be many."""
    weigh = _weigher(connection)
    found = connection.execute(
        f"SELECT seq, uid, row - 1, kind, value, {COUNTED} FROM events WHERE seq > ? AND row IS NOT NULL ORDER BY seq",
        (last,),
    )
    for seq, uid, row, kind, value, counted in found:
        yield seq, uid, row, weigh(kind, value), math.nan if counted is None else counted


def _joined(connection: sqlite3.Connection, before: Heard, fresh: _Read) -> Heard:
    """What was heard before and what came after it, as if all had been read at once."""
    old, last = before.interactions, int(fresh["seq"][-1])
    fresh = fresh[np.argsort(_moments(fresh["time"]), kind="stable")]
    at = np.searchsorted(_moments(old.time), _moments(fresh["time"]), side="right")  # of one moment: as they came
    came = np.setdiff1d(fresh["uid"], before.uids)
    uids = np.concatenate([before.uids, came])
    by_uid = np.argsort(uids)
    user = np.insert(old.user, at, by_uid[np.searchsorted(uids, fresh["uid"], sorter=by_uid)])
    first = np.full(len(uids), len(user))
    np.minimum.at(first, user, np.arange(len(user)))
    order = np.argsort(first)  # people by first appearance
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    people = (*old.people, *_names(connection, came))
    everything = Interactions(
        people=tuple(people[number] for number in order.tolist()),
        n_rows=old.n_rows,
        user=rank[user],
        row=np.insert(old.row, at, fresh["row"]),
        weight=np.insert(old.weight, at, fresh["weight"]),
        time=np.insert(old.time, at, fresh["time"]),
    )
    return Heard(everything, uids[order], last, before.basis)


def _moments(time: Doubles) -> Doubles:
    """What events are ordered by: those without a time come first."""
    return np.where(np.isnan(time), -np.inf, time)


def _names(connection: sqlite3.Connection, uids: Ints) -> list[UserId]:
    """Names of people, by rising number in the database."""
    if not len(uids):
        return []
    between = (int(uids[0]), int(uids[-1]))
    names = dict(connection.execute("SELECT uid, name FROM people WHERE uid BETWEEN ? AND ?", between))
    return [UserId(names[uid]) for uid in uids.tolist()]


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
