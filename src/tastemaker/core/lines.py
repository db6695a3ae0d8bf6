"""Catalog texts as they are told: one line, and nothing in it that turns around, hides or moves what stands beside it.

A title is data of whoever wrote it. With a line break it could print a line that seems to be the assistant's own, and
with a mark of direction it could show another price than the one that stands there.
"""

import unicodedata

_JOINERS = frozenset("\u200c\u200d")
"""Format characters that belong to the spelling of Persian, Hindi and of some emoji; they show nothing themselves."""
_HIDDEN = frozenset(("Cc", "Cf", "Cs"))


def one_line(text: str) -> str:
    """A text with one space for any white space, and without control, direction and other format characters."""
    spaced = " ".join(text.split())
    if spaced.isascii() and spaced.isprintable():
        return spaced
    kept = (letter for letter in spaced if letter in _JOINERS or unicodedata.category(letter) not in _HIDDEN)
    return " ".join("".join(kept).split())
