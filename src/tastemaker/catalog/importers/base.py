"""The contract of an importer: a public format in, a workspace out. Adding a format is one file and one entry point."""

import json
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np
import polars as pl

from tastemaker.catalog.events import Event
from tastemaker.catalog.impressions import Impression
from tastemaker.catalog.items import Item
from tastemaker.core.errors import InputError, WorkspaceError
from tastemaker.core.types import Floats, ItemId, Value


@dataclass
class Imported:
    """What an importer found.

    Attributes:
        items: every item that is named anywhere, those of which only the id is known included.
        events: what people did.
        held_out: events that the format keeps apart for evaluation, by name of the part ("valid", "test").
        features: name -> (vectors, ids).
        lists: what people were shown.
        pictures: files to copy, by their names inside ``images``.
        notes: what was left out, and traps of the format.
    """

    items: list[Item]
    events: list[Event] = field(default_factory=list)
    held_out: dict[str, list[Event]] = field(default_factory=dict)
    features: dict[str, tuple[Floats, list[ItemId]]] = field(default_factory=dict)
    lists: list[Impression] = field(default_factory=list)
    pictures: dict[str, Path] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ImportReport:
    """What was written: numbers of items and events, names of features and of held-out files, notes."""

    items: int
    events: int
    features: tuple[str, ...]
    held_out: tuple[str, ...]
    notes: tuple[str, ...]

    def __str__(self) -> str:
        parts = [f"{self.items:,} items, {self.events:,} events"]
        parts += [f"features: {', '.join(self.features)}"] if self.features else []
        parts += [f"kept apart for evaluate --events: {', '.join(self.held_out)}"] if self.held_out else []
        return "\n".join([*parts, *self.notes])


class Importer(ABC):
    """Base of all importers."""

    figure: ClassVar[str] = "-"
    source: ClassVar[str]

    @abstractmethod
    def read(self, source: Path) -> Imported:
        """Read a folder or a file of the format.

        Raises:
            InputError: it is not of this format; says what was expected.
        """

    def convert(self, source: Path, out: Path) -> ImportReport:
        """Write a workspace; every file appears whole.

        Raises:
            InputError: the source is not of this format.
            WorkspaceError: ``out`` holds items already, or cannot be written.
        """
        if not source.exists():
            raise InputError(f"{str(source)!r} does not exist", hint="give the folder or the file to import")
        if any((out / f"items{suffix}").exists() for suffix in (".csv", ".parquet", ".jsonl")):
            raise WorkspaceError(f"{str(out)!r} holds items already", hint="import into a new folder")
        found = self.read(source)
        try:
            for name, (vectors, ids) in found.features.items():
                _write(out / "features" / f"{name}.ids", "".join(f"{id}\n" for id in ids).encode())
                _write_array(out / "features" / f"{name}.npy", vectors)
            for name, picture in found.pictures.items():
                _write(out / "images" / name, picture.read_bytes())
            for name, events in found.held_out.items():
                _write(out / f"{name}.csv", _events_csv(events))
            if found.events:
                _write(out / "events.csv", _events_csv(found.events))
            if found.lists:
                _write(out / "impressions.csv", _lists_csv(found.lists))
            _write(out / "items.csv", _items_csv(found.items))
        except OSError as error:
            raise WorkspaceError(f"{str(out)!r} cannot be written: {error.strerror}", hint="choose a folder") from None
        held_out = tuple(f"{name}.csv" for name in found.held_out)
        counts = (len(found.items), len(found.events), tuple(found.features), held_out)
        return ImportReport(*counts, tuple(found.notes))


def complete(items: Mapping[ItemId, Item], ids: Iterable[ItemId]) -> list[Item]:
    """The known items, and an item of nothing but its id for every other id, in the order of appearance."""
    return list({**{id: Item(id) for id in dict.fromkeys(ids)}, **items}.values())


def only(folder: Path, pattern: str, what: str) -> Path:
    """The one file of a folder that matches; a file is taken for itself.

    Raises:
        InputError: none matches, or several do.
    """
    if folder.is_file():
        return folder
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        names = ", ".join(path.name for path in found or sorted(folder.iterdir())[:8]) or "nothing"
        raise InputError(f"{folder.name!r} must hold one {pattern} ({what}), it holds {names}", hint="name the file")
    return found[0]


def lines_of(path: Path, encoding: str = "utf-8-sig") -> list[str]:
    """Lines of a text file that are not empty.

    Raises:
        InputError: it is not of the encoding, or has no line.
    """
    try:
        lines = [line for line in path.read_text(encoding=encoding).split("\n") if line.strip()]
    except (UnicodeDecodeError, OSError) as error:
        raise InputError(f"{path.name} cannot be read: {error}", hint="save it as UTF-8") from None
    if not lines:
        raise InputError(f"{path.name} is empty", hint="give the file as it was published")
    return [line.rstrip("\r") for line in lines]


def _items_csv(items: Sequence[Item]) -> bytes:
    """Columns that no item fills are left out."""
    names = dict.fromkeys(name for item in items for name in item.attributes)
    columns: dict[str, list[str | None]] = {
        "id": [item.id for item in items],
        "title": [item.title or None for item in items],
        "text": [item.text or None for item in items],
        "image": [_images(item.images) for item in items],
        "price": [_field(item.price) for item in items],
        "department": [item.department or None for item in items],
    }
    for name in names:
        columns[name] = [_field(item.attributes.get(name)) for item in items]
    filled = {name: values for name, values in columns.items() if name == "id" or any(values)}
    return pl.DataFrame(filled, schema=dict.fromkeys(filled, pl.String)).write_csv().encode()


def _events_csv(events: Sequence[Event]) -> bytes:
    columns: dict[str, list[str | None]] = {
        "user": [event.user for event in events],
        "item": [event.item for event in events],
        "kind": [event.kind for event in events],
        "value": [_field(event.value) for event in events],
        "time": [_field(event.time) for event in events],
        "token": [event.token or None for event in events],
    }
    return _filled_csv(columns)


def _lists_csv(lists: Sequence[Impression]) -> bytes:
    return _filled_csv(
        {
            "user": [each.user for each in lists],
            "items": [_field(each.items) for each in lists],
            "token": [each.name for each in lists],
            "time": [_field(each.time) for each in lists],
            "query": [each.query or None for each in lists],
        }
    )


def _filled_csv(columns: Mapping[str, Sequence[str | None]]) -> bytes:
    """A table of texts without the columns that hold nothing."""
    filled = {name: values for name, values in columns.items() if any(values)}
    return pl.DataFrame(filled, schema=dict.fromkeys(filled, pl.String)).write_csv().encode()


def _images(names: tuple[str, ...]) -> str | None:
    """One picture as it is called, so that the table stays pleasant to edit; a list for several, or an odd name."""
    plain = len(names) == 1 and not names[0].startswith("[") and "|" not in names[0]
    return names[0] if plain else _field(names)


def _field(value: Value | None) -> str | None:
    if value is None or value == ():
        return None
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.15g}" if isinstance(value, float) else value


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.with_name(f".writing-{uuid.uuid4().hex}")
    staging.write_bytes(data)
    staging.replace(path)


def _write_array(path: Path, vectors: Floats) -> None:
    staging = path.with_name(f".writing-{uuid.uuid4().hex}.npy")
    np.save(staging, vectors, allow_pickle=False)
    staging.replace(path)
