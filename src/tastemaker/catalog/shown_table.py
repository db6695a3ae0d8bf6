"""Lists that people were shown, in the database, and what these people did: what experiments are judged by."""

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tastemaker.catalog.event_table import name_hash
from tastemaker.catalog.impressions import Impression
from tastemaker.catalog.interactions import weight_of
from tastemaker.core.types import ItemId, UserId


@dataclass(frozen=True, slots=True)
class Deed:
    """One event as attribution reads it; ``weight`` as :func:`tastemaker.catalog.interactions.weight_of` has it."""

    user: UserId
    item: ItemId
    kind: str
    weight: float
    time: float
    token: str


def add(connection: sqlite3.Connection, lists: Sequence[Impression], *, live: bool) -> int:
    """Write lists down; how many were new. A token counts once, the first time it comes."""
    now = time.time()
    before = connection.total_changes
    connection.executemany(
        "INSERT OR IGNORE INTO shown (token, user, time, experiment, body, live) VALUES (?, ?, ?, ?, ?, ?)",
        (
            (each.name, each.user, now if each.time is None and live else each.time, each.experiment, each.body(), live)
            for each in lists
        ),
    )
    return connection.total_changes - before


def replace_file(connection: sqlite3.Connection, lists: Sequence[Impression]) -> None:
    """Make the database say what the input files say; live lists stay, those of forgotten people stay away."""
    connection.execute("DELETE FROM shown WHERE live = 0")
    gone = {row[0] for row in connection.execute("SELECT name_hash FROM forgotten")}
    add(connection, [each for each in lists if not gone or name_hash(each.user) not in gone], live=False)


def forget(connection: sqlite3.Connection, user: str) -> None:
    """Delete every list of a person."""
    connection.execute("DELETE FROM shown WHERE user = ?", (user,))


def experiments(connection: sqlite3.Connection) -> dict[str, int]:
    """Experiments by name with their number of lists, "" for lists of none."""
    return dict(connection.execute("SELECT experiment, count(*) FROM shown GROUP BY experiment ORDER BY experiment"))


def lists_of(connection: sqlite3.Connection, experiment: str) -> list[Impression]:
    """The lists of an experiment, oldest first; those without a time first of all."""
    found = connection.execute(
        "SELECT token, user, time, experiment, body FROM shown WHERE experiment = ? ORDER BY time, token", (experiment,)
    )
    return [Impression.from_body(*row) for row in found]


def deeds_of(connection: sqlite3.Connection, experiment: str) -> list[Deed]:
    """What the people of an experiment did, oldest first, as far as it has a time."""
    found = connection.execute(
        "SELECT name, item, kind, value, counted, token FROM events JOIN people USING (uid) WHERE counted IS NOT NULL"
        " AND name IN (SELECT user FROM shown WHERE experiment = ?) ORDER BY counted, seq",
        (experiment,),
    )
    return [
        Deed(UserId(user), ItemId(item), kind, weight_of(kind, value), at, token)
        for user, item, kind, value, at, token in found
    ]
