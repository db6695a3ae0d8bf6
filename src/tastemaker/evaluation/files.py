"""Ground truth is data, never code: a file of later events, or a file of queries with their right answers.

Nothing is dropped in silence: rows that could not be read, items the catalog does not know and cases without an item
that can be ranked are counted in the protocol, and the first of them named in the warnings.
"""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.readers import read_events
from tastemaker.catalog.tables import Row, read_table
from tastemaker.core.errors import InputError
from tastemaker.core.types import Ints
from tastemaker.evaluation.candidates import Candidates, read_candidates, rows_by_id
from tastemaker.evaluation.cases import Case, QueryRow, Truth
from tastemaker.evaluation.people import described, histories_of, person_cases

COLUMNS = ("text", "image", "change", "where", "user", "exclude", "positives")
ASKED = ("text", "image", "change")


def read_events_truth(path: Path, catalog: Catalog, candidates: str | Path = "all") -> Truth:
    """Cases of a file with what people did next; every event is a positive, whatever its kind and value.

    Args:
        path: a table with the columns of ``events``.
        catalog: what the methods were fitted on.
        candidates: "all", "cold" or a file of ids.

    Raises:
        InputError: a file cannot be read or lacks a column, or nothing can be ranked.
    """
    pool = read_candidates(candidates, catalog)
    events, refusals = read_events(path)
    known = rows_by_id(catalog)
    histories = histories_of(catalog)
    wanted: dict[str, list[int]] = {}
    unknown: Counter[str] = Counter()
    for event in events:
        rows = wanted.setdefault(event.user, [])
        if event.item in known:
            rows.append(known[event.item])
        else:
            unknown[event.item] += 1
    protocol = {
        "source": f"events {path.name}",
        "events": len(events),
        "rows_refused": sum(refusal.scope != "field" for refusal in refusals),
        "events_of_unknown_items": unknown.total(),
        "people_unknown": sum(person not in histories for person in wanted),
    }
    warnings = [*_named("items the catalog does not know", unknown), *_named("candidates unknown", pool.unknown)]
    return person_cases(wanted, histories, pool, protocol, warnings + [str(refusal) for refusal in refusals[:3]])


def read_queries(path: Path, catalog: Catalog, candidates: str | Path = "all") -> Truth:
    """Cases of a file of queries: columns text, image, change, where, user, exclude, positives.

    ``exclude`` and ``positives`` are ids separated by spaces. ``exclude`` is never ranked; what the person already had
    may be, since it is asked for. ``image`` is a path relative to the file, or a name of the workspace's pictures.

    Args:
        path: a table with ``positives`` and at least one of text, image, change.
        catalog: what the methods were fitted on.
        candidates: "all", "cold" or a file of ids.

    Raises:
        InputError: a file cannot be read or lacks a column, or nothing can be ranked.
    """
    table = read_table(path)
    if "positives" not in table.columns or not set(ASKED) & set(table.columns):
        found = ", ".join(repr(column) for column in table.columns[:12])
        raise InputError(
            f"{path.name} has the columns {found}", hint="needed: positives and one of text, image, change"
        )
    reader = _QueryReader(path.parent, catalog, read_candidates(candidates, catalog))
    cases = [case for line, row in table.rows if (case := reader.case(line, row))]
    protocol = {
        "source": f"queries {path.name}",
        **described(reader.candidates),
        "queries": reader.read,
        "queries_left_out": reader.read - len(cases),
        "rows_refused": len(table.refusals),
        "positives": sum(len(case.positives) for case in cases),
        **reader.counts,
    }
    extra = [column for column in table.columns if column not in COLUMNS]
    warnings = [*reader.warnings, *_named("columns not read", extra), *(str(refusal) for refusal in table.refusals[:3])]
    return Truth(tuple(cases), protocol, tuple(warnings))


class _QueryReader:
    """Rows of a queries file -> cases, and a count of what was left out."""

    def __init__(self, folder: Path, catalog: Catalog, candidates: Candidates) -> None:
        self.candidates = candidates
        self.read = 0
        left_out = ("positives_unknown", "positives_not_candidates", "pictures_missing", "people_unknown")
        self.counts = dict.fromkeys(left_out, 0)
        self.warnings = _named("candidates unknown", candidates.unknown)
        self._folder = folder
        self._pictures = catalog.pictures
        self._known = rows_by_id(catalog)
        self._histories = histories_of(catalog)

    def case(self, line: int, row: Row) -> Case | None:
        """One case; None when it has no positive that can be ranked, asks nothing, or its picture is missing."""
        self.read += 1
        query = self._query(line, row)
        excluded, positives = self._rows(row.get("exclude")), self._rows(row.get("positives"), counted=True)
        may = self.candidates.mask[positives] & ~np.isin(positives, excluded)
        self.counts["positives_not_candidates"] += int((~may).sum())
        if query is None or not may.any():
            return None
        if query.user and query.user not in self._histories:
            self.counts["people_unknown"] += 1
        history = self._histories.get(query.user)
        return Case(f"line {line}", positives[may], excluded, self.candidates.rows, history, query)

    def _query(self, line: int, row: Row) -> QueryRow | None:
        said = {name: str(row.get(name) or "").strip() for name in (*ASKED, "where", "user")}
        name = said["image"]
        query = QueryRow(text=said["text"], change=said["change"], where=said["where"], user=said["user"])
        if not (query.text or query.change or name):
            self.warnings.append(f"line {line} asks nothing: text, image and change are empty")
            return None
        if not name:
            return query
        path = self._folder / name
        if path.is_file():
            return replace(query, image=path)
        if self._pictures.has(name):
            return replace(query, picture=name)
        self.counts["pictures_missing"] += 1
        self.warnings.append(f"line {line}: picture {name[:80]!r} is neither beside the file nor in the workspace")
        return None

    def _rows(self, cell: object, *, counted: bool = False) -> Ints:
        """Distinct rows of ids separated by spaces (or of a list); unknown ones are counted."""
        ids = [str(id) for id in cell] if isinstance(cell, list | tuple) else str(cell or "").split()
        rows = [self._known[id] for id in ids if id in self._known]
        if counted:
            self.counts["positives_unknown"] += len(ids) - len(rows)
        return np.unique(np.array(rows, np.int64))


def _named(what: str, names: Counter[str] | list[str] | tuple[str, ...]) -> list[str]:
    """One line that names the first of many; nothing when there is none."""
    if not names:
        return []
    shown = ", ".join(repr(name[:40]) for name in list(names)[:5])
    return [f"{len(names):,} {what}: {shown}{' ...' if len(names) > 5 else ''}"]
