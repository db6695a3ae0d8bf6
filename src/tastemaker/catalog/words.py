"""Words -> items by BM25, through SQLite's full-text index. Any text is safe: only its words reach it, quoted."""

import re
import sqlite3

import numpy as np

from tastemaker.core.types import Bools, Floats, Ints

MAX_TERMS = 48
STOP = frozenset(
    "a an and are as at be but by for from i in is it its like me my of on or so that the this to with".split()  # noqa: SIM905
)
WEIGHTS = (4.0, 1.0, 2.0)
"""Of title, description, attributes: a word of a title says most."""


def to_query(text: str) -> str:
    """The words of a text as a full-text query, any of which may match; "" when the text has none.

    Every word is quoted, so that no character of the input is read as syntax; words that carry no meaning of their own
    are left out unless the text has no others.
    """
    terms = list(dict.fromkeys(re.findall(r"\w+", text[:10_000])))
    telling = [term for term in terms if term.lower() not in STOP] or terms
    return " OR ".join(f'"{term}"' for term in telling[:MAX_TERMS])


def search(connection: sqlite3.Connection, text: str, k: int, rows: Bools | None) -> tuple[Ints, Floats]:
    """The best items for a text, best first, at most k.

    Args:
        connection: reads the full-text index.
        text: anything.
        k: at most so many; 0 or less gives none.
        rows: only rows that are True may come back; None for all.

    Shapes: rows (catalog rows,) -> (found,), (found,).
    """
    query = to_query(text)
    if not query or k <= 0:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    limit = k
    if rows is not None:  # so many at most may be turned away by the mask
        last = connection.execute("SELECT coalesce(max(row), 0) FROM items").fetchone()[0]
        limit += int(last) - int(rows.sum())
    found = connection.execute(
        "SELECT rowid - 1, -bm25(words, ?, ?, ?) FROM words WHERE words MATCH ? ORDER BY 2 DESC, 1 LIMIT ?",
        (*WEIGHTS, query, limit),
    ).fetchall()
    table = np.array(found, np.float64).reshape(-1, 2)
    items = table[:, 0].astype(np.int64)
    if rows is not None:
        inside = items < len(rows)
        inside[inside] = rows[items[inside]]
        items, table = items[inside][:k], table[inside][:k]
    return items, table[:, 1].astype(np.float32)
