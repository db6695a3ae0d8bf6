"""Words -> items by BM25, through SQLite's full-text index. Any text is safe: only its words reach it, quoted.

The score of a text is the sum of what each of its words brings. That is asked for word by word and kept, because the
index would rank every item that holds a common word anew for every question.
"""

import re
import sqlite3
from dataclasses import dataclass
from functools import partial

import numpy as np

from tastemaker.core.recent import Recent
from tastemaker.core.types import Bools, Doubles, Floats, Ints

MAX_TERMS = 48
STOP = frozenset(
    "a an and are as at be but by for from i in is it its like me my of on or so that the this to with".split()  # noqa: SIM905
)
WEIGHTS = (4.0, 1.0, 2.0)
"""Of title, description, attributes: a word of a title says most."""
KEPT = 2_000_000
"""Items of all the words together that are kept; they take 32 MB."""


@dataclass(frozen=True)
class Holders:
    """The items that hold a word, and what it brings to their scores.

    Shapes: both (items,).
    """

    rows: Ints
    scores: Doubles

    def __len__(self) -> int:
        return len(self.rows)


def words_of(text: str) -> list[str]:
    """The words of a text that items are looked for by, each once.

    Words that carry no meaning of their own are left out unless the text has no others.
    """
    terms = list(dict.fromkeys(re.findall(r"\w+", text[:10_000])))
    telling = [term for term in terms if term.lower() not in STOP] or terms
    return telling[:MAX_TERMS]


class WordScores:
    """Answers from the full-text index, with what was read of it last."""

    def __init__(self) -> None:
        self._recent: Recent[Holders] = Recent(KEPT)

    def search(
        self, connection: sqlite3.Connection, revision: int, text: str, k: int, rows: Bools | None
    ) -> tuple[Ints, Floats]:
        """The best items for a text, best first, at most k; of equals the earlier row first.

        Args:
            connection: reads the full-text index.
            revision: of the items, as this connection sees them.
            text: anything.
            k: at most so many; 0 or less gives none.
            rows: only rows that are True may come back; None for all.

        Shapes: rows (catalog rows,) -> (found,), (found,).
        """
        each = [self._recent.get((revision, word), partial(_holders, connection, word)) for word in words_of(text)]
        size = max((int(held.rows.max(initial=-1)) for held in each), default=-1) + 1
        total = np.zeros(size)
        for held in each:
            total[held.rows] += held.scores
        if rows is not None:
            kept = rows[:size]
            total[: len(kept)][~kept] = 0.0
            total[len(kept) :] = 0.0
        found = np.flatnonzero(total)
        if 0 < k < len(found):
            said = total[found]
            found = found[said >= np.partition(said, len(said) - k)[len(said) - k]]
        best = found[np.argsort(-total[found], kind="stable")][: max(0, k)]
        return best, total[best].astype(np.float32)


def _holders(connection: sqlite3.Connection, word: str) -> Holders:
    """Every word is quoted, so that no character of it is read as syntax."""
    found = connection.execute(
        "SELECT rowid - 1, -bm25(words, ?, ?, ?) FROM words WHERE words MATCH ?", (*WEIGHTS, f'"{word}"')
    ).fetchall()
    table = np.array(found, np.float64).reshape(-1, 2)
    return Holders(table[:, 0].astype(np.int64), table[:, 1])
