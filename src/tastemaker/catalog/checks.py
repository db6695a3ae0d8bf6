"""``check``: everything that is worth knowing about a workspace before it is fitted, and how to mend what is wrong."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.features import misfits, read_features
from tastemaker.catalog.feedback import read_impressions
from tastemaker.catalog.interactions import HOT_FROM
from tastemaker.catalog.items import AttributeSpec
from tastemaker.catalog.loading import open_store
from tastemaker.catalog.pictures import Pictures
from tastemaker.catalog.readers import read_events, read_items, read_sets
from tastemaker.catalog.sets import trouble
from tastemaker.catalog.store import Store
from tastemaker.catalog.tables import Refusal
from tastemaker.catalog.workspace import Workspace
from tastemaker.core.errors import InputError, PictureError
from tastemaker.core.seeds import generator
from tastemaker.core.types import Ints, ItemId

DECODE_ALL = 5_000
SHOWN = 12


@dataclass(frozen=True)
class FileCount:
    """One input file: rows read, and of these refused, left out as duplicates, or kept without some field."""

    name: str
    read: int
    refused: int
    duplicates: int
    fields_dropped: int


@dataclass(frozen=True)
class PictureTrouble:
    """A picture that an item names and that cannot be shown."""

    item: ItemId
    name: str
    why: str
    mend: str


@dataclass(frozen=True)
class PictureCount:
    """Pictures that items name: how many, how many were decoded whole, and which are missing or broken."""

    named: int
    decoded: int
    missing: int
    broken: int
    items_without: int
    troubles: tuple[PictureTrouble, ...]


@dataclass(frozen=True)
class Heat:
    """How many have many events (20 or more), few, none."""

    hot: int
    warm: int
    cold: int


@dataclass(frozen=True)
class CheckReport:
    """What :func:`check` found. Prints as a page; :meth:`to_dict` gives the same as plain values.

    Attributes:
        files: one count an input file.
        refusals: everything that was not taken, with file, line, field, why and how to mend.
        items: items in the shop, live ones included.
        people: people with events.
        events: events of items that are in the shop.
        unknown_items: items that events speak of and the shop does not have, with their events, most first.
        attributes: what is known about each attribute.
        pictures: what is known about the pictures.
        first, last: times of the first and last event, ISO 8601; "" without times.
        item_heat, people_heat: hot, warm, cold.
        notes: other things worth a line.
    """

    files: tuple[FileCount, ...]
    refusals: tuple[Refusal, ...]
    items: int
    people: int
    events: int
    unknown_items: tuple[tuple[ItemId, int], ...]
    attributes: tuple[AttributeSpec, ...]
    pictures: PictureCount
    first: str
    last: str
    item_heat: Heat
    people_heat: Heat
    notes: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Was everything taken as it is?"""
        return not (self.refusals or self.pictures.troubles or self.unknown_items or self.notes)

    def to_dict(self) -> dict[str, object]:
        """The report as plain values, ready for JSON."""
        values = asdict(self)
        values["ok"] = self.ok
        values["unknown_items"] = [{"item": item, "events": count} for item, count in self.unknown_items]
        return values

    def __str__(self) -> str:
        return "\n".join([*self._counts(), *self._attributes(), *self._troubles()])

    def _counts(self) -> list[str]:
        lines = [
            f"{count.name}: {count.read:,} rows read, {count.refused:,} refused, {count.duplicates:,} duplicates,"
            f" {count.fields_dropped:,} fields dropped"
            for count in self.files
        ]
        span = f", {self.first[:10]} to {self.last[:10]}" if self.first else ""
        items, people, pictures = self.item_heat, self.people_heat, self.pictures
        return [
            *lines,
            f"items: {self.items:,} ({items.hot:,} hot, {items.warm:,} warm, {items.cold:,} cold)",
            f"people: {self.people:,} ({people.hot:,} hot, {people.warm:,} warm)",
            f"events: {self.events:,}{span}",
            f"pictures: {pictures.named:,} named, {pictures.missing:,} missing, {pictures.broken:,} broken"
            f" ({pictures.decoded:,} decoded whole); {pictures.items_without:,} items name none",
        ]

    def _attributes(self) -> list[str]:
        if not self.attributes:
            return []
        lines = [f"{'attribute':<20} {'type':<9} {'coverage':>8}  values"]
        return lines + [
            f"{spec.name[:20]:<20} {spec.type:<9} {spec.coverage:>8.1%}  {_example(spec)}".rstrip()
            for spec in self.attributes
        ]

    def _troubles(self) -> list[str]:
        lines = [str(refusal) for refusal in self.refusals[:SHOWN]]
        lines += [f"{trouble.item}: {trouble.why} ({trouble.mend})" for trouble in self.pictures.troubles[:SHOWN]]
        more = len(self.refusals) + len(self.pictures.troubles) - len(lines)
        lines += [f"... and {more:,} more of the kind (all of them with --json)"] if more > 0 else []
        if self.unknown_items:
            events = sum(count for _, count in self.unknown_items)
            named = ", ".join(item for item, _ in self.unknown_items[:5])
            lines.append(
                f"{events:,} events of {len(self.unknown_items):,} unknown items are set aside"
                f" until the items are added: {named}{' ...' if len(self.unknown_items) > 5 else ''}"
            )
        return [*lines, *self.notes] if lines or self.notes else ["nothing to mend"]


def check(workspace: Workspace, store: Store | None = None) -> CheckReport:
    """Look through a workspace.

    Args:
        workspace: its input files are read again, line by line.
        store: when it is open already; else it is opened, which reads the files into it.

    Raises:
        InputError: an input file cannot be read at all.
    """
    files, refusals = _read_again(workspace)
    own = store is None
    store = store or open_store(workspace)
    catalog = store.snapshot()
    unknown = tuple(store.set_aside())
    future, untimed = store.odd_times()
    if own:
        store.close()
    alive = catalog.alive
    times = catalog.interactions.time[~np.isnan(catalog.interactions.time)]
    return CheckReport(
        files=tuple(files),
        refusals=tuple(refusals),
        items=int(alive.sum()),
        people=len(catalog.interactions.people),
        events=len(catalog.interactions),
        unknown_items=unknown,
        attributes=tuple(catalog.attributes.values()),
        pictures=_pictures(catalog),
        first=_iso(times.min()) if len(times) else "",
        last=_iso(times.max()) if len(times) else "",
        item_heat=_heat(np.bincount(catalog.interactions.row, minlength=catalog.size)[alive]),
        people_heat=_heat(np.bincount(catalog.interactions.user, minlength=len(catalog.interactions.people))),
        notes=tuple(_notes(workspace, catalog, future, untimed)),
    )


def _read_again(workspace: Workspace) -> tuple[list[FileCount], list[Refusal]]:
    files, refusals = [], []
    if workspace.items_file:
        items, refused = read_items(workspace.items_file, workspace.settings)
        files.append(_count(workspace.items_file.name, len(items), refused))
        refusals += refused
    if workspace.events_file:
        events, refused = read_events(workspace.events_file, workspace.settings)
        files.append(_count(workspace.events_file.name, len(events), refused))
        refusals += refused
    if workspace.impressions_file:
        lists, refused = read_impressions(workspace.impressions_file, workspace.settings)
        files.append(_count(workspace.impressions_file.name, len(lists), refused))
        refusals += refused
    if workspace.sets_file:
        sets, refused = read_sets(workspace.sets_file)
        files.append(_count(workspace.sets_file.name, sum(map(len, sets.values())), refused))
        refusals += refused
    return files, refusals


def _count(name: str, taken: int, refused: list[Refusal]) -> FileCount:
    scopes = Counter(refusal.scope for refusal in refused)
    read = taken + scopes["row"] + scopes["duplicate"]
    return FileCount(name, read, scopes["row"], scopes["duplicate"], scopes["field"])


def _pictures(catalog: Catalog) -> PictureCount:
    first: dict[str, ItemId] = {}
    without = 0
    for row in np.flatnonzero(catalog.alive).tolist():
        images = catalog.images(row)
        without += not images
        for name in images:
            first.setdefault(name, catalog.ids[row])
    whole = set(_sample(sorted(first)))
    troubles, missing = [], 0
    for name, item in first.items():
        try:
            _try(catalog.pictures, name, whole=name in whole)
        except PictureError as error:
            missing += not catalog.pictures.has(name)
            troubles.append(PictureTrouble(item, name, error.message, error.hint))
    return PictureCount(len(first), len(whole), missing, len(troubles) - missing, without, tuple(troubles))


def _try(pictures: Pictures, name: str, *, whole: bool) -> None:
    if whole:
        pictures.open(name)
    else:
        pictures.measure(name)


def _sample(names: list[str]) -> list[str]:
    if len(names) <= DECODE_ALL:
        return names
    return [names[place] for place in generator(0, "check").choice(len(names), DECODE_ALL // 5, replace=False)]


def _heat(counts: Ints) -> Heat:
    hot, cold = int((counts >= HOT_FROM).sum()), int((counts == 0).sum())
    return Heat(hot, len(counts) - hot - cold, cold)


def _notes(workspace: Workspace, catalog: Catalog, future: int, untimed: int) -> list[str]:
    notes = []
    if future:
        notes.append(f"{future:,} events are dated in the future; they count as of the moment they were read")
    if untimed and untimed < len(catalog.interactions):
        notes.append(f"{untimed:,} events have no time; they count as older than all others")
    notes += trouble(workspace, catalog)
    for name, paths in workspace.features().items():
        try:
            vectors, ids = read_features(*paths)
        except InputError as error:
            notes.append(f"{error.message} ({error.hint})")
            continue
        notes += [f"features {name}: {odd}" for odd in misfits(vectors, ids, catalog.ids)]
        lacking = catalog.alive.sum() - len(set(ids) & set(catalog.ids))
        if lacking > 0:
            notes.append(f"features {name}: {lacking:,} items have none")
    return notes


def _example(spec: AttributeSpec) -> str:
    if spec.low is not None and spec.high is not None:
        return f"{spec.low:,.10g} to {spec.high:,.10g}"
    names = list(spec.values)
    return f"{', '.join(name[:20] for name in names[:4])}{f' ... ({len(names):,})' if len(names) > 4 else ''}"


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(float(seconds), UTC).isoformat()
