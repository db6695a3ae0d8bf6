"""The words door: a text -> items whose title, description or attributes hold its words, by BM25.

The full-text index lives in the shop's own database, so an item added live is found by its words at once; this is the
same face over it that the vector indexes have.
"""

from typing import Protocol

import numpy as np

from tastemaker.core.errors import InputError
from tastemaker.core.types import Bools, Floats, Ints


class WordSearch(Protocol):
    """What can be searched by words: ``catalog.store.Store``, or anything of its shape."""

    def search_words(self, text: str, k: int, rows: Bools | None = None) -> tuple[Ints, Floats]:
        """Rows and their scores, best first."""
        ...


class Words:
    """Items by their words.

    Args:
        source: where the full-text index is.
    """

    def __init__(self, source: WordSearch) -> None:
        self._source = source

    def search(self, text: str, k: int, mask: Bools | None = None) -> tuple[Ints, Floats]:
        """The items that share most telling words with a text, best first.

        Args:
            text: any text; nothing in it is read as syntax.
            k: at least 1.
            mask: rows that may be found.

        Returns:
            Rows and scores above 0; a text without known words finds nothing.

        Shapes: mask (rows,) -> (n,), (n,) with n <= k.

        Raises:
            InputError: k is below 1.
        """
        if k < 1:
            raise InputError(f"k is {k}", hint="k is at least 1")
        rows, scores = self._source.search_words(text, k, mask)
        return np.asarray(rows, np.int64), np.asarray(scores, np.float32)
