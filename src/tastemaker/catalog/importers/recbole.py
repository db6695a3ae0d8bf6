"""RecBole atomic files: ``NAME.inter``, ``NAME.item`` - tab-separated, each column ``name:type`` in the first line."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from tastemaker.catalog.events import Event
from tastemaker.catalog.importers.base import Imported, Importer, complete, lines_of, only
from tastemaker.catalog.items import Item
from tastemaker.core.errors import InputError
from tastemaker.core.types import ItemId, UserId, Value

TYPES = ("token", "token_seq", "float", "float_seq")
USERS, ITEMS = ("user_id", "userid", "user"), ("item_id", "itemid", "item")
VALUES, TIMES = ("rating", "value", "count"), ("timestamp", "time")
PARTS = ("valid", "test")


class RecBole(Importer):
    """Columns of ``.item`` become attributes: ``token_seq`` a list, ``float`` a number; ``*title*`` is the title.

    Benchmark splits (``NAME.train.inter``, ``NAME.valid.inter``, ``NAME.test.inter``) stay split: only the first
    becomes events. ``.user`` files are not read: a person is what they did.
    """

    source: ClassVar[str] = "Zhao et al. 2021, RecBole, atomic files; recbole.io/docs/user_guide/data/atomic_files.html"

    def read(self, source: Path) -> Imported:
        """Read a folder (or its ``.inter`` file).

        Raises:
            InputError: there is no ``.inter`` file, or its first line does not name types.
        """
        folder = source if source.is_dir() else source.parent
        train = sorted(folder.glob("*.train.inter"))
        path = train[0] if train and source.is_dir() else only(source, "*.inter", "interactions")
        stem = path.name.removesuffix(".inter").removesuffix(".train")
        events = list(_events(path))
        parts = {part: folder / f"{stem}.{part}.inter" for part in PARTS}
        held_out = {part: list(_events(file)) for part, file in parts.items() if file.is_file()}
        notes: list[str] = []
        known: dict[ItemId, Item] = {}
        if (items := folder / f"{stem}.item").is_file():
            known = {item.id: item for item in _items(items, notes)}
        everything = [event for part in (events, *held_out.values()) for event in part]
        return Imported(complete(known, (event.item for event in everything)), events, held_out, notes=notes)


def _events(path: Path) -> Iterator[Event]:
    for line, row in _rows(path, {}):
        user, item = _pick(row, USERS), _pick(row, ITEMS)
        value, time = _pick(row, VALUES), _pick(row, TIMES)
        if not user or not item:
            hint = "name them user_id:token and item_id:token"
            raise InputError(f"{path.name}, line {line}: no user or no item", hint=hint)
        try:
            stars = float(value) if value else None
            yield Event(
                UserId(user), ItemId(item), "view" if stars is None else "rate", stars, float(time) if time else None
            )
        except ValueError as error:
            raise InputError(f"{path.name}, line {line}: {error}", hint="rating and timestamp are numbers") from None


def _items(path: Path, notes: list[str]) -> Iterator[Item]:
    types: dict[str, str] = {}
    for _, row in _rows(path, types):
        id = _pick(row, ITEMS)
        title = " ".join(value for name, value in row.items() if value and "title" in name)
        attributes: dict[str, Value] = {}
        for name, value in row.items():
            if value and name not in ITEMS and "title" not in name and types[name] != "float_seq":
                attributes[name] = tuple(value.split()) if types[name] == "token_seq" else value
        if id:
            yield Item(ItemId(id), title=title, attributes=attributes)
    left_out = [name for name, type in types.items() if type == "float_seq"]
    if left_out:
        notes.append(f"columns of vectors were left out: {', '.join(left_out)}; save them as features/NAME.npy")


def _rows(path: Path, types: dict[str, str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows by column name; fills ``types`` from the first line."""
    first, *rest = lines_of(path)
    for cell in first.split("\t"):
        name, _, type = cell.strip().rpartition(":")
        if type not in TYPES:
            hint = "the first line names columns and types, like user_id:token<tab>item_id:token"
            raise InputError(f"{path.name}, line 1: {cell[:60]!r} is not name:type", hint=hint)
        types[name] = type
    names = list(types)
    for line, text in enumerate(rest, 2):
        yield line, dict(zip(names, text.split("\t"), strict=False))


def _pick(row: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((row[name].strip() for name in names if name in row), "")
