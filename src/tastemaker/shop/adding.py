"""``add``: items with their pictures, and events, live. They count at once, without a new fit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.events import Event
from tastemaker.catalog.impressions import Impression
from tastemaker.catalog.items import Item
from tastemaker.catalog.pictures import Pictures
from tastemaker.catalog.readers import read_items, read_told
from tastemaker.catalog.store import Store
from tastemaker.catalog.tables import Refusal, read_table
from tastemaker.catalog.workspace import WorkspaceSettings
from tastemaker.core.errors import InputError, PictureError

_FIELDS = {"title": "title", "text": "text", "image": "images", "price": "price", "available": "available",
           "department": "department"}  # fmt: skip


@dataclass(frozen=True)
class Added:
    """What became of what was handed in; everything counted here is on the disk.

    Attributes:
        added: items that were not there before.
        updated: items that were.
        events: new events.
        duplicates: events that were there already.
        unknown_items: new events that wait for their item to be added.
        refusals: rows, fields and pictures that were not taken, and why.
    """

    added: int = 0
    updated: int = 0
    events: int = 0
    duplicates: int = 0
    unknown_items: int = 0
    refusals: tuple[Refusal, ...] = ()


def add(
    store: Store,
    settings: WorkspaceSettings,
    catalog: Catalog,
    items: Path | str | Sequence[Item] | None,
    images: Path | str | None,
    events: Path | str | Sequence[Event | Impression] | None,
) -> Added:
    """Put items into the store, their pictures first, then events.

    Raises:
        InputError: nothing is given, or a file cannot be read at all.
        WorkspaceError: the store cannot be written.
    """
    if items is None and events is None:
        raise InputError("nothing to add", hint="give items, events or both")
    done, refusals = Added(), []
    if items is not None:
        given, refused = _read(Path(items), settings, catalog) if isinstance(items, Path | str) else (list(items), [])
        refusals += refused
        source = store.pictures if images is None else Pictures(_existing(Path(images)))
        given, refused = _receive(given, source, store.pictures)
        refusals += refused
        report = store.put_items(given)
        done = replace(done, added=report.added, updated=report.updated)
    if events is not None:
        happened: list[Event | Impression] = []
        if isinstance(events, Path | str):
            read, seen, refused = read_told(Path(events))
            happened, refusals = [*read, *seen], [*refusals, *refused]
        else:
            happened += events
        receipt = store.record(happened)
        done = replace(
            done, events=receipt.accepted, duplicates=receipt.duplicates, unknown_items=receipt.unknown_items
        )
    return replace(done, refusals=tuple(refusals))


def _read(path: Path, settings: WorkspaceSettings, catalog: Catalog) -> tuple[list[Item], list[Refusal]]:
    """Items of a file; what a file does not speak of stays as it is in an item that is there."""
    items, refusals = read_items(path, settings)
    columns = set(read_table(path).columns)
    silent = {name: field for name, field in _FIELDS.items() if name not in columns}
    ready = []
    for item in items:
        if catalog.has(item.id):
            old = catalog.raw_item(catalog.row(item.id))
            kept = {name: value for name, value in old.attributes.items() if name not in columns}
            stay = {field: getattr(old, field) for field in silent.values()}
            ready.append(replace(item, attributes={**kept, **item.attributes}, **stay))
        else:
            ready.append(item)
    return ready, refusals


def _existing(images: Path) -> Path:
    if not images.exists():
        raise InputError(f"{str(images)!r} does not exist", hint="give the folder that holds the items' pictures")
    return images


def _receive(items: Sequence[Item], source: Pictures, kept: Pictures) -> tuple[list[Item], list[Refusal]]:
    """Copy each item's pictures into the workspace; an item whose picture is missing or broken comes in without it."""
    ready, refusals = [], []
    for line, item in enumerate(items, start=2):
        names = []
        for name in item.images:
            try:
                names.append(name if kept.has(name) and source is kept else kept.receive(source.read(name), name))
            except PictureError as error:
                refusals.append(Refusal("images", line, "image", error.message, error.hint, scope="field"))
        ready.append(replace(item, images=tuple(names)))
    return ready, refusals
