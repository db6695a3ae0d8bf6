"""Vectors that a pretrained model gave, kept by the content they were made of: only what changed is encoded again.

The vectors that a shop stores beside its items were centred on the catalog of one fit; these are straight from the
model, so the next fit can use them. One SQLite file of two columns. Another model, or the same one after tuning, has
another revision: what the old one gave is dropped.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from tastemaker.core.types import Floats

TABLES = """
create table if not exists revision (name text);
create table if not exists vectors (key blob primary key, vector blob not null) without rowid;
"""
AT_ONCE = 500


class Kept:
    """Vectors by key.

    Args:
        path: the file; None keeps nothing.
        revision: of the model.
    """

    def __init__(self, path: Path | None, revision: str) -> None:
        self._path = path
        self._known: set[bytes] = set()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._open(revision)
            except sqlite3.DatabaseError:  # no database, or a damaged one: nothing in it that cannot be made again
                path.unlink()
                self._open(revision)

    def __contains__(self, key: bytes) -> bool:
        return key in self._known

    def get(self, keys: Sequence[bytes], dim: int) -> Floats:
        """Vectors of keys that are there. Shapes: (n,) -> (n, dim).

        Raises:
            KeyError: one of them is not.
        """
        found: dict[bytes, bytes] = {}
        with self._database() as database:
            for start in range(0, len(keys), AT_ONCE):
                part = keys[start : start + AT_ONCE]
                marks = ",".join("?" * len(part))
                found.update(database.execute(f"select key, vector from vectors where key in ({marks})", part))
        rows = [np.frombuffer(found[key], np.float32) for key in keys]
        return np.asarray(rows, np.float32).reshape(len(keys), dim)

    def put(self, keys: Sequence[bytes], vectors: Floats) -> None:
        """Keep vectors. Shapes: (n,), (n, dim)."""
        if self._path is None or not keys:
            return
        rows = [(key, np.asarray(each, np.float32).tobytes()) for key, each in zip(keys, vectors, strict=True)]
        with self._database() as database:
            database.executemany("insert or replace into vectors values (?, ?)", rows)
            database.commit()
        self._known.update(keys)

    def _open(self, revision: str) -> None:
        with self._database() as database:
            database.executescript(TABLES)
            if database.execute("select name from revision").fetchall() != [(revision,)]:
                database.executescript("delete from vectors; delete from revision;")
                database.execute("insert into revision values (?)", (revision,))
                database.commit()
            self._known = {key for (key,) in database.execute("select key from vectors")}

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path or ":memory:", timeout=60)) as database:
            yield database


def key_of(kind: str, content: bytes) -> bytes:
    """The key of a text or of a picture's file."""
    return hashlib.blake2b(content, digest_size=16, person=kind.encode()).digest()
