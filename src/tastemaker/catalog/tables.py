"""Tables on disk (CSV, Parquet, JSONL) -> rows as plain dictionaries, with the line each came from.

CSV and Parquet go through polars, every CSV field as text; JSONL line by line, so that one bad line costs one line. A
line that cannot be read is refused and the rest is kept; a file that cannot be read at all is an error.
"""

import codecs
import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Literal

import polars as pl
from polars.exceptions import PolarsError

from tastemaker.core.errors import InputError

MAX_RECORD = 1_000_000
Row = dict[str, object]
Scope = Literal["row", "field", "duplicate"]


@dataclass(frozen=True)
class Refusal:
    """Something of an input file that was not taken.

    Attributes:
        file: name of the file.
        line: counted from 1 (for Parquet: the row, counted from 1).
        field: the column; "" for the whole line.
        why: what is wrong.
        mend: what to do about it.
        scope: "row" when the row was left out, "duplicate" when because its id is there already, "field" when it was
            kept without (or with a part of) the field.
    """

    file: str
    line: int
    field: str
    why: str
    mend: str
    scope: Scope = "row"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        return f"{place}: {self.field + ': ' if self.field else ''}{self.why} ({self.mend})"


@dataclass
class Table:
    """What was read of one file.

    Attributes:
        name: name of the file.
        columns: in the order of the file.
        rows: (line, values by column); a value is None where the file has nothing.
        refusals: lines that could not be read.
    """

    name: str
    columns: list[str]
    rows: Iterator[tuple[int, Row]]
    refusals: list[Refusal] = field(default_factory=list)


def read_table(path: Path) -> Table:
    """Open a table.

    Raises:
        InputError: the file is missing, empty, of another encoding than UTF-8 or of an unknown format, or its header
            cannot be used.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}", hint="give the path of a table") from None
    if not data.strip():
        raise InputError(f"{path.name} is empty", hint="its first line must name the columns (one of them: id)")
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return _parquet(path.name, data)
    if suffix not in (".csv", ".jsonl"):
        hint = "save it as .csv, .parquet or .jsonl"
        raise InputError(
            f"{path.name}: tables are .csv, .parquet or .jsonl, not {suffix or 'without ending'}", hint=hint
        )
    data = _utf8(path.name, data)
    return _csv(path.name, data) if suffix == ".csv" else _jsonl(path.name, data)


def _utf8(name: str, data: bytes) -> bytes:
    """The bytes without byte-order mark, after making sure that they are UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError(f"{name} is UTF-16, line 1", hint="save it as UTF-8")
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        guess = data[max(0, error.start - 12) : error.start + 12].decode("cp1252", "replace").strip()
        message = f"{name} is not UTF-8: byte 0x{byte:02x} on line {line} (in Windows-1252 it would read {guess!r})"
        raise InputError(message, hint="save it as UTF-8 (in a spreadsheet: CSV UTF-8)") from None
    return data


def _csv(name: str, data: bytes) -> Table:
    data = data.replace(b"\r\n", b"\n")
    if data.count(b"\n") == 0 and b"\r" in data:
        data = data.replace(b"\r", b"\n")
    header = _header(name, data)
    refusals: list[Refusal] = []
    try:
        frame = pl.read_csv(BytesIO(data), infer_schema=False, has_header=False, skip_rows=1, new_columns=header)
        if len(frame.columns) != len(header):
            raise pl.exceptions.ShapeError  # every line is longer or shorter than the heading
    except PolarsError:
        return Table(name, header, iter(_csv_by_record(name, data, header, refusals)), refusals)
    starts = _Starts(data)
    rows = ((starts.line(place), row) for place, row in enumerate(frame.iter_rows(named=True), 1))
    return Table(name, header, rows, refusals)


def _header(name: str, data: bytes) -> list[str]:
    first = data.split(b"\n", 1)[0].decode("utf-8")
    if len(first) > 100_000:
        raise InputError(f"{name}: the first line has {len(first):,} characters", hint="it must name the columns")
    header = [column.strip() for column in next(csv.reader([first]), [])]
    if len(header) == 1:
        for other in (";", "\t"):
            if other in first:
                hint = "save it with commas between the columns"
                raise InputError(f"{name}: the columns are separated by {other!r}, not by commas", hint=hint)
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise InputError(f"{name}: column {twice[0]!r} stands twice in the first line", hint="rename one of them")
    return header


def _csv_by_record(name: str, data: bytes, header: Sequence[str], refusals: list[Refusal]) -> list[tuple[int, Row]]:
    """Read record by record; slower, but one bad record costs one record."""
    rows: list[tuple[int, Row]] = []
    for line, record in list(_records(data))[1:]:
        if len(record) > MAX_RECORD:
            why = f"{len(record):,} characters in one row"
            refusals.append(Refusal(name, line, "", why, "is a quote missing at the end of a field?"))
            continue
        try:
            values = next(csv.reader([record]), [])
        except csv.Error as error:
            refusals.append(Refusal(name, line, "", str(error), "put quotes around fields with commas or line breaks"))
            continue
        if len(values) > len(header):
            why = f"{len(values)} fields under {len(header)} columns"
            refusals.append(Refusal(name, line, "", why, "put quotes around fields with commas"))
        elif values:
            padded = [value or None for value in values] + [None] * (len(header) - len(values))
            rows.append((line, {column: value for column, value in zip(header, padded, strict=True)}))  # noqa: C416
    return rows


def _records(data: bytes) -> Iterator[tuple[int, str]]:
    """Records of a CSV with the line each starts on: a line belongs to the one before while a quote is open."""
    held: list[str] = []
    start, is_open = 1, False
    for line, text in enumerate(data.decode("utf-8").split("\n"), 1):
        if not held:
            start = line
        held.append(text)
        is_open ^= text.count('"') % 2 == 1
        if not is_open:
            yield start, "\n".join(held)
            held = []
    if held:
        yield start, "\n".join(held)


class _Starts:
    """Line of each record of a CSV; counted only when a record spans several lines or lines are empty."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._simple = b'"' not in data and b"\n\n" not in data
        self._lines: list[int] | None = None

    def line(self, place: int) -> int:
        """Line of a record; the heading is record 0."""
        if self._simple:
            return place + 1
        if self._lines is None:
            self._lines = [line for line, record in _records(self._data) if record]
        return self._lines[place] if place < len(self._lines) else place + 1


def _jsonl(name: str, data: bytes) -> Table:
    refusals: list[Refusal] = []
    rows: list[tuple[int, Row]] = []
    columns: dict[str, None] = {}
    for line, text in enumerate(data.split(b"\n"), 1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            refusals.append(Refusal(name, line, "", f"not JSON: {str(error)[:80]}", "one {...} a line"))
            continue
        if not isinstance(row, dict):
            refusals.append(Refusal(name, line, "", f"a {type(row).__name__}, not an object", "one {...} a line"))
            continue
        columns.update(dict.fromkeys(row))
        rows.append((line, row))
    if not rows:
        raise InputError(f"{name} holds no object", hint="one {...} a line, not one array over all lines")
    return Table(name, list(columns), iter(rows), refusals)


def _parquet(name: str, data: bytes) -> Table:
    try:
        frame = pl.read_parquet(BytesIO(data))
    except (PolarsError, OSError) as error:
        first = str(error).splitlines()[0][:120]
        raise InputError(f"{name} is not a readable Parquet file: {first}", hint="write it again") from None
    return Table(name, frame.columns, enumerate(frame.iter_rows(named=True), 1))
