"""What the command line says: data to stdout, everything else to stderr, readable without colour."""

import re
import sys

from tastemaker.core.errors import TastemakerError

SENTENCE = re.compile(r"(\. |': |\()([A-Z])(?=[a-z])")
"""Where a new sentence of the argument parser begins inside a line."""


def data(value: object) -> None:
    """An answer as JSON, to stdout."""
    from tastemaker.core import wire

    print(wire.text(value))


def words(text: str) -> None:
    """An answer for people, to stdout, at once: an address is of no use to a log that gets it at the end."""
    print(text, flush=True)


def note(message: str) -> None:
    """Something worth a line, to stderr."""
    print(message, file=sys.stderr)


def complain(message: str, hint: str = "") -> None:
    """An error and the next step, one line each, to stderr."""
    print(f"error: {_line(message)}", file=sys.stderr)
    if hint:
        print(f"hint: {_line(hint)}", file=sys.stderr)


def complain_of(error: TastemakerError) -> None:
    """One of our errors."""
    complain(error.message, error.hint)


def table(columns: list[str], rows: list[list[str]]) -> str:
    """Rows under headings, every column as wide as its longest entry."""
    lines = [columns, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    shown = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join(shown)


def _line(text: str) -> str:
    """One line, lower case at its start (unless the first word is a name such as EXIF), no full stop."""
    joined = SENTENCE.sub(
        lambda found: found[1] + found[2].lower(), " ".join(text.split()).replace("Value error, ", "")
    )
    first = joined.removesuffix(".").split(" ", 1)[0]
    start = joined[:1] if first[1:] != first[1:].lower() else joined[:1].lower()
    return start + joined[1:].removesuffix(".")
