"""MMRec: ``NAME.inter`` with a column ``x_label`` (0 train, 1 valid, 2 test) and features of all items as ``.npy``."""

from pathlib import Path
from typing import ClassVar

import numpy as np

from tastemaker.catalog.events import Event
from tastemaker.catalog.features import read_matrix
from tastemaker.catalog.importers.base import Imported, Importer, complete, lines_of, only
from tastemaker.catalog.items import Item
from tastemaker.core.errors import InputError
from tastemaker.core.types import Floats, ItemId, UserId

PARTS = {"0": "train", "1": "valid", "2": "test"}


class MMRec(Importer):
    """Items are numbered from 0, and row i of a feature file belongs to item i.

    Only the training part becomes events; the others are written beside, for ``evaluate --events``.
    """

    source: ClassVar[str] = "Zhou 2023, MMRec: Simplifying Multimodal Recommendation (data format of its toolbox)"

    def read(self, source: Path) -> Imported:
        """Read a folder with one ``.inter`` (or that file).

        Raises:
            InputError: the table lacks a column or holds another label than 0, 1, 2; a feature file is no matrix.
        """
        path = only(source, "*.inter", "interactions")
        parts: dict[str, list[Event]] = {part: [] for part in PARTS.values()}
        header, *lines = lines_of(path)
        columns = [name.split(":")[0].strip() for name in header.split("\t")]
        lacking = [name for name in ("userID", "itemID", "x_label") if name not in columns]
        if lacking:
            hint = "columns are userID, itemID, rating, timestamp, x_label, separated by tabs"
            raise InputError(f"{path.name} has no column {lacking[0]!r}", hint=hint)
        for line, text in enumerate(lines, 2):
            row = dict(zip(columns, text.split("\t"), strict=False))
            parts[_part(row, path.name, line)].append(_event(row, path.name, line))
        features = {file.stem: _features(file) for file in sorted(path.parent.glob("*.npy")) if _is_matrix(file)}
        numbered = [id for _, ids in features.values() for id in ids]
        named = [event.item for part in parts.values() for event in part]
        items: dict[ItemId, Item] = {}
        held_out = {part: events for part, events in parts.items() if part != "train" and events}
        return Imported(complete(items, [*numbered, *named]), parts["train"], held_out, features)


def _part(row: dict[str, str], name: str, line: int) -> str:
    label = row.get("x_label", "").strip().removesuffix(".0")
    if label not in PARTS:
        raise InputError(f"{name}, line {line}: x_label is {label!r}", hint="0 is train, 1 valid, 2 test")
    return PARTS[label]


def _event(row: dict[str, str], name: str, line: int) -> Event:
    try:
        stars = float(row["rating"]) if row.get("rating") else None
        time = float(row["timestamp"]) if row.get("timestamp") else None
        kind = "view" if stars is None else "rate"
        return Event(UserId(row["userID"].strip()), ItemId(row["itemID"].strip()), kind, stars, time)
    except ValueError as error:
        raise InputError(f"{name}, line {line}: {error}", hint="rating and timestamp are numbers") from None


def _features(path: Path) -> tuple[Floats, list[ItemId]]:
    vectors = read_matrix(path)
    return vectors, [ItemId(str(row)) for row in range(len(vectors))]


def _is_matrix(path: Path) -> bool:
    """Other ``.npy`` files of the toolbox (graphs, dictionaries) are no features."""
    try:
        return bool(np.load(path, mmap_mode="r", allow_pickle=False).ndim == 2)
    except (OSError, ValueError):
        return False
