"""The one durable file of a workspace: SQLite with a write-ahead log, flushed to the disk at every commit.

Safe between threads and between processes. A connection is lent to one block at a time, so readers never wait for each
other; a writer takes the write lock at once (``BEGIN IMMEDIATE``) and waits at most ``WAIT`` seconds for another one.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from tastemaker.core.errors import WorkspaceError

WAIT = 30.0
CACHE = 2_000  # KiB of pages a connection keeps; dozens of threads have one each, the system caches the file for all
VERSION = 2
SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS items (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, alive INTEGER NOT NULL, body TEXT NOT NULL, file_hash TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS people (uid INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, uid INTEGER NOT NULL, item TEXT NOT NULL, row INTEGER,
    kind TEXT NOT NULL, value REAL, time REAL, counted REAL, live INTEGER NOT NULL, token TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS events_of_person ON events (uid, counted, seq);
CREATE INDEX IF NOT EXISTS events_set_aside ON events (item) WHERE row IS NULL;
CREATE TABLE IF NOT EXISTS shown (
    token TEXT PRIMARY KEY, user TEXT NOT NULL, time REAL, experiment TEXT NOT NULL, body TEXT NOT NULL,
    live INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS shown_in ON shown (experiment, user);
CREATE INDEX IF NOT EXISTS shown_to ON shown (user);
CREATE TABLE IF NOT EXISTS forgotten (name_hash TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (
    title, body, attributes, tokenize = 'porter unicode61 remove_diacritics 2'
);
"""


class Database:
    """Connections to one file.

    Args:
        path: the file; made, with its folder, when missing.

    Raises:
        WorkspaceError: the file is not ours, is damaged, or was written by a newer version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: list[sqlite3.Connection] = []
        self._lock = Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._lend() as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise WorkspaceError(f"{path.name} was written by a newer version", hint="upgrade tastemaker")
        if version < VERSION:
            with self._lend() as connection:
                connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
            with self.write() as connection:
                _bring_up(connection)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection whose reads all see the same moment."""
        with self._lend() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of the block is on the disk when it ends, or nothing when it raises."""
        with self._lend() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def checkpoint(self) -> None:
        """Move the log into the file and empty it (best effort: readers may hold it back)."""
        with self._lend() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every idle connection; the next use opens a new one."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _lend(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        try:
            connection = connection or self._connect()
            yield connection
        except sqlite3.OperationalError as error:
            raise WorkspaceError(f"{self.path.name}: {error}", hint=_hint(str(error))) from error
        except sqlite3.DatabaseError as error:
            hint = "restore it from a copy, or move it away: what the input files hold is read again"
            raise WorkspaceError(f"{self.path.name} is damaged: {error}", hint=hint) from error
        finally:
            if connection is not None:
                self._give_back(connection)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:  # a COMMIT that failed (disk full): what it held is not acknowledged
            connection.execute("ROLLBACK")
        with self._lock:
            self._idle.append(connection)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=WAIT, isolation_level=None, check_same_thread=False)
        try:
            pages = f"cache_size = -{CACHE}"
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", pages):
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def _bring_up(connection: sqlite3.Connection) -> None:
    """Give a file of an earlier version the columns it lacks; several processes may come to it at once."""
    if "token" not in {column[1] for column in connection.execute("PRAGMA table_info(events)")}:
        connection.execute("ALTER TABLE events ADD COLUMN token TEXT NOT NULL DEFAULT ''")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _hint(message: str) -> str:
    """The next step for what SQLite complains about."""
    if "locked" in message:
        return "another process is writing; try again when it has finished"
    if "full" in message:
        return "free some disk space; nothing was lost"
    return "is the folder readable and writable?"


def get(connection: sqlite3.Connection, key: str, default: str = "") -> str:
    """A value of ``meta``."""
    found = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return default if found is None else str(found[0])


def put(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Set a value of ``meta``."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def grow(connection: sqlite3.Connection, counter: str) -> None:
    """Add one to a value of ``meta`` that counts."""
    put(connection, counter, str(int(get(connection, counter, "0")) + 1))
