"""Items in the database: written from the file or live, found again as rows and words.

A row is handed out once and stays. ``file_hash`` remembers what the items file said when it was read last, so that a
new reading changes only what the file changed: a price set live stays until the file says something new of that item.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tastemaker.catalog.database import grow
from tastemaker.catalog.items import Item, render
from tastemaker.core.types import ItemId, Value


@dataclass(frozen=True)
class PutReport:
    """What became of items that were handed in live."""

    added: int
    updated: int


def to_body(item: Item) -> str:
    """Everything of an item but its id, as JSON."""
    attributes = {name: list(value) if isinstance(value, tuple) else value for name, value in item.attributes.items()}
    fields = [item.title, item.text, list(item.images), item.price, item.available, item.department, attributes]
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def from_body(id: ItemId, body: str) -> Item:
    """The item that :func:`to_body` wrote."""
    title, text, images, price, available, department, raw = json.loads(body)
    attributes: dict[str, Value] = {
        name: tuple(value) if isinstance(value, list) else float(value) if type(value) is int else value
        for name, value in raw.items()
    }
    return Item(id, title, text, tuple(images), price, available, department, attributes)


def put_live(connection: sqlite3.Connection, items: Sequence[Item]) -> PutReport:
    """Add or replace items; a removed one comes back on its old row."""
    added = updated = 0
    for item in items:
        body = to_body(item)
        found = connection.execute("SELECT row, alive, body FROM items WHERE id = ?", (item.id,)).fetchone()
        if found is None:
            _insert(connection, item, body, None)
            added += 1
            continue
        row, alive, before = found
        added, updated = added + (not alive), updated + bool(alive)
        if not alive or before != body:
            connection.execute("UPDATE items SET alive = 1, body = ? WHERE row = ?", (body, row))
            _index(connection, row, item)
    grow(connection, "revision")
    return PutReport(added, updated)


def put_file(connection: sqlite3.Connection, items: Iterable[Item]) -> None:
    """Make the database say what the items file says; live items stay."""
    known = {
        id: (row, alive, file_hash)
        for id, row, alive, file_hash in connection.execute("SELECT id, row, alive, file_hash FROM items")
    }
    fresh: list[tuple[Item, str, str]] = []
    kept: set[str] = set()
    for item in items:
        body = to_body(item)
        digest = hashlib.blake2b(body.encode(), digest_size=8).hexdigest()
        kept.add(item.id)
        found = known.get(item.id)
        if found is None:
            fresh.append((item, body, digest))
        elif found[2] != digest:
            change = (body, digest, found[0])
            connection.execute("UPDATE items SET alive = 1, body = ?, file_hash = ? WHERE row = ?", change)
            _index(connection, found[0], item)
    _insert_many(connection, fresh)
    gone = [found[0] for id, found in known.items() if found[2] is not None and id not in kept]
    for row in gone:
        connection.execute("UPDATE items SET alive = 0, file_hash = NULL WHERE row = ?", (row,))
        connection.execute("DELETE FROM words WHERE rowid = ?", (row,))
    grow(connection, "revision")


def remove(connection: sqlite3.Connection, ids: Sequence[str]) -> list[str]:
    """Take items out of the shop; returns the ids that were not there, in which case nothing must be committed."""
    unknown = []
    for id in ids:
        found = connection.execute("SELECT row FROM items WHERE id = ? AND alive = 1", (id,)).fetchone()
        if found is None:
            unknown.append(id)
            continue
        connection.execute("UPDATE items SET alive = 0 WHERE row = ?", found)
        connection.execute("DELETE FROM words WHERE rowid = ?", found)
    grow(connection, "revision")
    return unknown


def _insert(connection: sqlite3.Connection, item: Item, body: str, digest: str | None) -> None:
    made = connection.execute(
        "INSERT INTO items (id, alive, body, file_hash) VALUES (?, 1, ?, ?)", (item.id, body, digest)
    )
    row = int(made.lastrowid or 0)
    connection.execute("INSERT INTO words (rowid, title, body, attributes) VALUES (?, ?, ?, ?)", (row, *_words(item)))
    adopt = "UPDATE events SET row = ? WHERE item = ? AND row IS NULL"
    connection.execute(adopt, (row, item.id))


def _insert_many(connection: sqlite3.Connection, fresh: Sequence[tuple[Item, str, str]]) -> None:
    first = int(connection.execute("SELECT coalesce(max(row), 0) + 1 FROM items").fetchone()[0])
    connection.executemany(
        "INSERT INTO items (row, id, alive, body, file_hash) VALUES (?, ?, 1, ?, ?)",
        ((row, item.id, body, digest) for row, (item, body, digest) in enumerate(fresh, first)),
    )
    connection.executemany(
        "INSERT INTO words (rowid, title, body, attributes) VALUES (?, ?, ?, ?)",
        ((row, *_words(item)) for row, (item, _, _) in enumerate(fresh, first)),
    )
    connection.executemany(
        "UPDATE events SET row = ? WHERE item = ? AND row IS NULL",
        ((row, item.id) for row, (item, _, _) in enumerate(fresh, first)),
    )


def _index(connection: sqlite3.Connection, row: int, item: Item) -> None:
    connection.execute("DELETE FROM words WHERE rowid = ?", (row,))
    connection.execute("INSERT INTO words (rowid, title, body, attributes) VALUES (?, ?, ?, ?)", (row, *_words(item)))


def _words(item: Item) -> tuple[str, str, str]:
    return item.title, item.text, _attribute_words(item.department, item.attributes)


def _attribute_words(department: str, attributes: Mapping[str, Value]) -> str:
    return ". ".join([department, *(render(name, value) for name, value in attributes.items())])
