"""Tables on disk (CSV, Parquet, JSONL) -> rows as plain dictionaries, with the line each came from.

CSV and Parquet go through polars, every CSV field as text; JSONL line by line, so that one bad line costs one line. A
line that cannot be read is refused and the rest is kept; a file that cannot be read at all is an error.
"""

import codecs
import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Literal

import polars as pl
from polars.exceptions import PolarsError

from tastemaker.core.errors import InputError

QUOTED = re.compile(rb'(?:(?<=[,\n])|(?<![\s\S]))("[^"]*+(?:""[^"]*+)*+")(?=,|\n|\Z)')
_ONE = r'(?:"[^"]*+(?:""[^"]*+)*+"(?=,|\n|\Z)|(?!")[^,\n]*+)'
FIELD = re.compile(f",({_ONE})")
RECORD = re.compile(f"{_ONE}(?:,{_ONE})*+(?:\\n|\\Z)")
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
        raise InputError(f"{path.name} is not a table: neither .csv nor .parquet nor .jsonl", hint=hint)
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
        if sum(field.count(b'"') for field in QUOTED.findall(data)) < data.count(b'"'):
            raise pl.exceptions.ComputeError("stray quotes")
        frame = pl.read_csv(BytesIO(data), infer_schema=False, has_header=False, skip_rows=1, new_columns=header)
        if len(frame.columns) != len(header):
            raise pl.exceptions.ShapeError("short lines")
    except PolarsError:
        return Table(name, header, iter(_csv_by_record(name, data, header, refusals)), refusals)
    lines = _lines(data)
    rows = ((line, row) for line, row in zip(lines, frame.iter_rows(named=True), strict=False) if any(row.values()))
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
    text = data.decode("utf-8")
    position, line = text.find("\n") + 1 or len(text), 2
    while position < len(text):
        found = RECORD.match(text, position)
        record = found[0] if found else text[position : text.find("\n", position) + 1 or len(text)]
        values = _values(record) if found else None
        if values is None:
            why, mend = "a quote is opened and not closed", "put quotes around the whole field, double those inside it"
            refusals.append(Refusal(name, line, "", why, mend))
        elif len(values) > len(header):
            why = f"{len(values)} fields under {len(header)} columns"
            refusals.append(Refusal(name, line, "", why, "put quotes around fields with commas"))
        elif any(values):
            padded = [value or None for value in values] + [None] * (len(header) - len(values))
            rows.append((line, {column: value for column, value in zip(header, padded, strict=True)}))  # noqa: C416
        line += record.count("\n")
        position += len(record)
    return rows


def _values(record: str) -> list[str]:
    return [
        field[1:-1].replace('""', '"') if field.startswith('"') else field
        for field in FIELD.findall("," + record.removesuffix("\n"))
    ]


def _lines(data: bytes) -> Iterator[int]:
    """Line of each record under the heading of a CSV whose quotes are in order."""
    if b'"' not in data:
        yield from range(2, data.count(b"\n") + 3)
        return
    text = data.decode("utf-8")
    position, line = text.find("\n") + 1 or len(text), 2
    while position < len(text) and (found := RECORD.match(text, position)):
        yield line
        line += found[0].count("\n")
        position = found.end()


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
