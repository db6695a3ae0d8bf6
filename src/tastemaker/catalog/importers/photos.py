"""Photos: a folder of pictures and nothing else; every picture is an item, a folder in it is a department."""

from pathlib import Path
from typing import ClassVar

from tastemaker.catalog.decoding import FORMATS, format_of
from tastemaker.catalog.importers.base import Imported, Importer
from tastemaker.catalog.items import Item
from tastemaker.core.errors import InputError
from tastemaker.core.types import ItemId

HEAD = 16
NAMED = 5
"""Files that a note names."""


class Photos(Importer):
    """Items of a picture and an id: the file's name without its ending; no words are made up."""

    source: ClassVar[str] = "pictures as a camera or a scanner leaves them, in a folder"

    def read(self, source: Path) -> Imported:
        """Look at every file of a folder and of the folders in it.

        Raises:
            InputError: it is a file, or no file in it is a picture.
        """
        if not source.is_dir():
            raise InputError(f"{source.name!r} is a file", hint="name the folder that the pictures are in")
        items: dict[str, Item] = {}
        pictures: dict[str, Path] = {}
        others = []
        for path in sorted(source.rglob("*")):
            place = path.relative_to(source)
            if not path.is_file() or any(part.startswith(".") for part in place.parts):
                continue
            with path.open("rb") as stream:
                if not format_of(stream.read(HEAD)):
                    others.append(place.as_posix())
                    continue
            parts, name = place.with_suffix("").parts, place.as_posix()
            id = next(id for id in ("-".join(parts), "-".join(place.parts), name) if id not in items)
            items[id] = Item(ItemId(id), images=(name,), department=parts[0] if len(parts) > 1 else "")
            pictures[name] = path
        if not items:
            raise InputError(f"{source.name!r} holds no pictures", hint=f"{', '.join(FORMATS)} are read")
        return Imported(list(items.values()), pictures=pictures, notes=_notes(others))


def _notes(others: list[str]) -> list[str]:
    """What was left out."""
    if not others:
        return []
    named = ", ".join(others[:NAMED]) + (", ..." if len(others) > NAMED else "")
    return [f"{len(others):,} files are no {', '.join(FORMATS)} and were left out: {named}"]
