"""The store of a workspace: items, events and their words, in one durable file that many may use at once.

What a call has returned is on the disk. Each call is one transaction: after a crash at any moment the file opens and
holds either all of it or nothing.
"""

import json
import secrets
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from types import MappingProxyType

import numpy as np

from tastemaker.catalog import event_table, item_table, shown_table
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.database import Database, get, put
from tastemaker.catalog.events import DerivedIds, Event, Receipt, content_id
from tastemaker.catalog.features import Features, stamps
from tastemaker.catalog.fields import checked
from tastemaker.catalog.impressions import Impression
from tastemaker.catalog.interactions import History
from tastemaker.catalog.item_table import PutReport
from tastemaker.catalog.items import Item
from tastemaker.catalog.pictures import NO_PICTURES, Pictures
from tastemaker.catalog.shown_table import Deed
from tastemaker.catalog.words import WordScores
from tastemaker.catalog.workspace import WorkspaceSettings
from tastemaker.core.errors import UnknownName
from tastemaker.core.stages import stage
from tastemaker.core.types import Bools, Floats, Ints, ItemId, UserId

ITEMS_BY = ("revision", "types", "separator")
"""What items are read by: they are read again when one of these has changed, or a file of features."""


@dataclass(frozen=True, eq=False)
class _Seen:
    """The last snapshot, and what it takes to go on from there."""

    items: tuple[str, ...]
    catalog: Catalog
    heard: event_table.Heard


class Store:
    """Items and events of one workspace.

    Args:
        path: the file; made when missing.
        pictures: handed to every snapshot.
        features: paths of precomputed features, handed to every snapshot.

    Raises:
        WorkspaceError: the file is damaged, locked too long, or of a newer version.
    """

    def __init__(
        self,
        path: Path,
        *,
        pictures: Pictures = NO_PICTURES,
        features: Mapping[str, tuple[Path, Path]] = MappingProxyType({}),
    ) -> None:
        self.pictures = pictures
        self._features = features
        self._database = Database(path)
        self._words = WordScores()
        self._looking = Lock()
        self._seen: _Seen | None = None

    @property
    def revision(self) -> int:
        """Grows with every committed change of items, whichever process makes it."""
        return self._counter("revision")

    @property
    def events_revision(self) -> int:
        """Grows with every committed change of events, whichever process makes it."""
        return self._counter("events_revision")

    @property
    def fingerprint(self) -> str:
        """Of the input files at the last ingest; "" before the first."""
        with self._database.read() as connection:
            return get(connection, "fingerprint")

    def ingest(
        self,
        items: Iterable[Item],
        events: Iterable[Event],
        fingerprint: str,
        settings: WorkspaceSettings | None = None,
        lists: Sequence[Impression] = (),
    ) -> None:
        """Make the store say what the input files say, in one transaction; what came in live stays.

        Args:
            items: all of the items file; an item the file no longer has is removed.
            events: all of the events file; replaces what the file said before.
            fingerprint: of the files, kept to see when they change.
            settings: types of attributes and the like, kept beside; None for the defaults.
            lists: what people were shown, as the files say it; replaces what they said before.
        """
        settings = settings or WorkspaceSettings()
        events = list(events)
        derive = DerivedIds()
        ids = [each.id or derive(each.user, each.item, each.kind, each.value, each.time) for each in events]
        with self._database.write() as connection:
            below = "" if settings.dislike_below is None else str(settings.dislike_below)
            put(connection, "dislike_below", below)
            put(connection, "types", json.dumps(settings.attributes))
            put(connection, "separator", settings.separator)
            item_table.put_file(connection, items)
            event_table.replace_file(connection, events, ids)
            shown_table.replace_file(connection, lists)
            put(connection, "fingerprint", fingerprint)
        self._database.checkpoint()

    def put_items(self, items: Sequence[Item]) -> PutReport:
        """Add or update items live; all of them or none.

        Raises:
            InputError: an item cannot be kept (no id, a price below zero ...).
        """
        clean = [checked(item) for item in items]
        with self._database.write() as connection:
            return item_table.put_live(connection, clean)

    def remove_items(self, ids: Sequence[str]) -> int:
        """Take items out of the shop; all of them or none. Their rows are never given to others.

        Raises:
            UnknownName: one of the ids is not there.
        """
        distinct = list(dict.fromkeys(map(_safe, ids)))
        with self._database.write() as connection:
            unknown = item_table.remove(connection, distinct)
            if unknown:
                near = connection.execute(
                    "SELECT id FROM items WHERE alive = 1 AND substr(id, 1, 2) = ? LIMIT 2000", (unknown[0][:2],)
                )
                raise UnknownName("item", unknown[0], [found[0] for found in near], hint="nothing was removed")
        return len(distinct)

    def record(self, told: Sequence[Event | Impression]) -> Receipt:
        """Write events and shown lists; they are on the disk when this returns, and each counts once.

        An event without id counts once if it says when it happened, and every time it comes if it does not.
        """
        events = [each for each in told if isinstance(each, Event)]
        lists = [each for each in told if isinstance(each, Impression)]
        ids = [each.id or _live_id(each) for each in events]
        with self._database.write() as connection:
            new = shown_table.add(connection, lists, live=True)
            done = event_table.add(connection, events, ids, live=True) if events or not lists else Receipt(0, 0)
        return replace(done, accepted=done.accepted + new, duplicates=done.duplicates + len(lists) - new)

    def forget_user(self, user: str) -> int:
        """Delete every event of a person, also those of the events file; returns how many there were."""
        with self._database.write() as connection:
            deleted = event_table.forget(connection, _safe(user))
            shown_table.forget(connection, _safe(user))
        self._database.checkpoint()
        return deleted

    def forget_item(self, user: str, item: str, kind: str = "") -> int:
        """Delete what a person did with an item, also what the events file says of it; returns how many events.

        Args:
            user: who.
            item: with what.
            kind: only events of this kind; "" for all.
        """
        with self._database.write() as connection:
            return event_table.forget_item(connection, _safe(user), _safe(item), _safe(kind))

    def deeds(self, user: str, kind: str = "", limit: int = 500) -> list[Event]:
        """What a person did with items of the catalog, newest first; of one kind when one is named."""
        with self._database.read() as connection:
            return event_table.deeds(connection, _safe(user), _safe(kind), limit)

    def history(self, user: str) -> History:
        """What a person did, oldest first; empty for an unknown person. Dislikes weigh less than zero."""
        with self._database.read() as connection:
            return event_table.history(connection, _safe(user))

    def has_user(self, user: str) -> bool:
        """Is there an event of this person?"""
        with self._database.read() as connection:
            found = connection.execute(
                "SELECT 1 FROM events WHERE uid = (SELECT uid FROM people WHERE name = ?) LIMIT 1", (_safe(user),)
            ).fetchone()
        return found is not None

    def users(self, limit: int = 50, prefix: str = "") -> list[tuple[UserId, int]]:
        """People with their number of events, most active first, then by when they first came.

        Args:
            limit: at most so many.
            prefix: only names that begin so; "" for all.
        """
        with self._database.read() as connection:
            found = connection.execute(
                "SELECT name, n FROM people JOIN (SELECT uid, count(*) AS n FROM events GROUP BY uid) USING (uid)"
                " WHERE substr(name, 1, length(?1)) = ?1 ORDER BY n DESC, uid LIMIT ?2",
                (_safe(prefix), max(0, limit)),
            ).fetchall()
        return [(UserId(name), count) for name, count in found]

    @stage("words")
    def search_words(self, text: str, k: int, rows: Bools | None = None) -> tuple[Ints, Floats]:
        """Items for a text by BM25 over title, description and attributes; see :class:`words.WordScores`."""
        with self._database.read() as connection:
            revision = int(get(connection, "revision", "0"))
            return self._words.search(connection, revision, text, k, rows)

    def experiments(self) -> dict[str, int]:
        """Under which experiments lists were shown, with their number; "" for lists of none."""
        with self._database.read() as connection:
            return shown_table.experiments(connection)

    def trial(self, experiment: str) -> tuple[list[Impression], list[Deed]]:
        """The lists of an experiment, and all that the people did who saw them; both oldest first."""
        with self._database.read() as connection:
            return shown_table.lists_of(connection, experiment), shown_table.deeds_of(connection, experiment)

    def kinds(self) -> list[tuple[float, str]]:
        """When something was done, and of which kind it was, for every event that has a time; oldest first."""
        with self._database.read() as connection:
            return connection.execute(
                "SELECT counted, kind FROM events WHERE counted IS NOT NULL ORDER BY counted, seq"
            ).fetchall()

    def set_aside(self) -> list[tuple[ItemId, int]]:
        """Items that events speak of and the catalog does not have, with their number of events, most first."""
        with self._database.read() as connection:
            found = connection.execute(
                "SELECT item, count(*) AS n FROM events WHERE row IS NULL GROUP BY item ORDER BY n DESC, item"
            ).fetchall()
        return [(ItemId(item), count) for item, count in found]

    def odd_times(self) -> tuple[int, int]:
        """Events that are dated after the moment they came in, and events without a time."""
        with self._database.read() as connection:
            found = connection.execute(
                "SELECT coalesce(sum(time > counted), 0), coalesce(sum(time IS NULL), 0) FROM events"
            ).fetchone()
        return int(found[0]), int(found[1])

    def snapshot(self) -> Catalog:
        """Items and events of this moment, as an immutable catalog.

        Only what has changed since the last one is read: when the items are as they were, both share them; when events
        were only added, no rating of them above all before, these alone are read; when there is nothing new, it is the
        same catalog.
        """
        with self._looking, self._database.read() as connection:
            items, seen = (*(get(connection, key) for key in ITEMS_BY), *stamps(self._features)), self._seen
            if seen is None or seen.items != items:
                catalog, before = self._items(connection), None
            else:
                catalog, before = seen.catalog, seen.heard
            heard = event_table.hear(connection, catalog.size, before)
            if heard is not before:
                catalog = catalog.with_interactions(heard.interactions)
            self._seen = _Seen(items, catalog, heard)
        return catalog

    def integrity(self) -> str:
        """What SQLite finds wrong with the file; "ok" when nothing is."""
        with self._database.read() as connection:
            return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])

    def close(self) -> None:
        """Close all connections that are not in use."""
        self._database.close()

    def _items(self, connection: sqlite3.Connection) -> Catalog:
        """All items, without events."""
        items, alive = [], []
        for id, body, there in connection.execute("SELECT id, body, alive FROM items ORDER BY row"):
            items.append(item_table.from_body(id, body))
            alive.append(there)
        return Catalog(
            items,
            alive=np.array(alive, np.bool_),
            pictures=self.pictures,
            features=Features(self._features, [item.id for item in items]),
            types=json.loads(get(connection, "types", "{}")),
            separator=get(connection, "separator", "|"),
            revision=int(get(connection, "revision", "0")),
        )

    def _counter(self, name: str) -> int:
        with self._database.read() as connection:
            return int(get(connection, name, "0"))


def _live_id(event: Event) -> str:
    if event.time is None:
        return secrets.token_hex(12)
    return content_id(event.user, event.item, event.kind, event.value, event.time)


def _safe(name: str) -> str:
    """A name that SQLite can be asked for; halves of characters become question marks."""
    return name.encode("utf-8", "replace").decode()
