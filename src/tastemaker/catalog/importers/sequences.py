"""Sequences: one person a line, ``user item item ...`` in the order they happened; optional attributes of the items."""

import json
from pathlib import Path
from typing import ClassVar

from tastemaker.catalog.events import Event
from tastemaker.catalog.importers.base import Imported, Importer, complete, lines_of, only
from tastemaker.catalog.items import Item
from tastemaker.core.errors import InputError
from tastemaker.core.types import ItemId, UserId

LEAK = "the file has no times: its order is taken, and where it sorts the events of one day it leaks what comes next"


class Sequences(Importer):
    """Items are nothing but ids, with labels where ``NAME_item2attributes.json`` lies beside ``NAME.txt``.

    A ``.json`` file of ``{"user": [item, ...]}`` is read as well.
    """

    source: ClassVar[str] = "Zhou et al. 2020, S3-Rec (the layout of its data files)"

    def read(self, source: Path) -> Imported:
        """Read one file, or a folder with one ``.txt``.

        Raises:
            InputError: a line has no item, or the file cannot be read.
        """
        path = only(source, "*.txt", "one user a line")
        people = _people_json(path) if path.suffix == ".json" else _people_text(path)
        events = [Event(UserId(user), ItemId(item)) for user, items in people for item in items]
        labels = path.with_name(f"{path.stem}_item2attributes.json")
        known = {
            ItemId(id): Item(ItemId(id), attributes={"labels": tuple(str(value) for value in values)})
            for id, values in (_json(labels) if labels.is_file() else {}).items()
            if isinstance(values, list) and values
        }
        return Imported(complete(known, (event.item for event in events)), events, notes=[LEAK])


def _people_text(path: Path) -> list[tuple[str, list[str]]]:
    people = []
    for line, text in enumerate(lines_of(path), 1):
        user, *items = text.split()
        if not items:
            raise InputError(f"{path.name}, line {line}: a person without items", hint="a line is: user item item ...")
        people.append((user, items))
    return people


def _people_json(path: Path) -> list[tuple[str, list[str]]]:
    people = []
    for user, items in _json(path).items():
        if not isinstance(items, list):
            raise InputError(f"{path.name}: {user!r} has no list of items", hint='write {"user": [item, item]}')
        people.append((user, [str(item) for item in items]))
    return people


def _json(path: Path) -> dict[str, object]:
    try:
        values = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path.name} is not JSON: {error}", hint="give the file as it was published") from None
    if not isinstance(values, dict):
        raise InputError(f"{path.name} holds a {type(values).__name__}, not an object", hint='write {"id": [...]}')
    return values
