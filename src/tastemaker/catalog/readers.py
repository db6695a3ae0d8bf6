"""Tables -> items and events, with everything that was not taken and why.

Column names are taken as they are: a column called ``sku`` is an attribute, not the id. Where a required column is
missing the error lists what is there.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from tastemaker.catalog import fields
from tastemaker.catalog.events import DerivedIds, Event
from tastemaker.catalog.fields import UnfitError
from tastemaker.catalog.impressions import Impression
from tastemaker.catalog.items import RESERVED, Item
from tastemaker.catalog.retail_events import shape_of, told_by
from tastemaker.catalog.tables import Refusal, Row, Scope, Table, read_table
from tastemaker.catalog.workspace import WorkspaceSettings
from tastemaker.core.errors import InputError
from tastemaker.core.types import ItemId, UserId, Value

T = TypeVar("T")
ALIKE = {
    "id": ("item_id", "itemid", "item", "sku", "product_id", "productid", "movieid", "asin", "uuid", "key", "code"),
    "user": ("user_id", "userid", "customer_id", "customer", "visitor", "person", "session", "uid"),
    "item": ("item_id", "itemid", "product_id", "product", "movieid", "sku", "asin", "id", "iid"),
    "set": ("set_id", "setid", "room", "look", "outfit", "bundle", "basket", "order", "order_id"),
}
"""Names that people give to required columns; listed as a hint, never taken for them."""
DEFAULTS = WorkspaceSettings()


def read_items(path: Path, settings: WorkspaceSettings = DEFAULTS) -> tuple[list[Item], list[Refusal]]:
    """Read a table of items.

    Returns:
        Items in the order of the file, the first of each id; and everything that was not taken.

    Raises:
        InputError: the file cannot be read, or has no column ``id``.
    """
    table = read_table(path)
    require(table, ("id",))
    reader = Rows(table)
    items: dict[str, Item] = {}
    lines: dict[str, int] = {}
    for line, row in reader:
        id = reader.take(line, "id", row, fields.name, "row")
        if not id:
            continue
        if id in items:
            why = f"{fields.shown(id)} stands on line {lines[id]} already"
            reader.refuse(line, "id", why, "give each item one row", "duplicate")
            continue
        lines[id] = line
        items[id] = _item(reader, line, row, id, settings.separator)
    return list(items.values()), reader.refusals


def read_events(path: Path, settings: WorkspaceSettings = DEFAULTS) -> tuple[list[Event], list[Refusal]]:
    """The events of :func:`read_told`; lists that the file holds are left out."""
    del settings  # no choice of today touches events
    events, _, refusals = read_told(path)
    return events, refusals


def read_told(path: Path) -> tuple[list[Event], list[Impression], list[Refusal]]:
    """Read a table of events: columns user, item; optional kind, value, time, id, token; others are not read.

    A file in a shape of :mod:`tastemaker.catalog.retail_events` is known by its fields and read as well.

    Returns:
        Events in the order of the file, those of unknown items included, each with an id (its own, or one derived from
        what it says, so that the same file counts once); lists that were shown; and everything that was not taken.

    Raises:
        InputError: the file cannot be read, or lacks a column ``user`` or ``item``.
    """
    table = read_table(path)
    shape = shape_of(table.columns)
    if not shape:
        require(table, ("user", "item"))
    reader = Rows(table)
    events: list[Event] = []
    lists: list[Impression] = []
    derive = DerivedIds()
    for line, row in reader:
        if not shape:
            events += _own_event(reader, line, row, derive)
            continue
        try:
            found, seen = told_by(row, shape)
        except UnfitError as error:
            reader.refuse(line, "", error.why, error.mend, "row")
            continue
        lists += seen
        events += [replace(each, id=derive(each.user, each.item, each.kind, each.value, each.time)) for each in found]
    return events, lists, reader.refusals


def _own_event(reader: "Rows", line: int, row: Row, derive: DerivedIds) -> list[Event]:
    """The event of a row in our own shape; none, and a refusal, without a user or an item."""
    user = reader.take(line, "user", row, fields.name, "row")
    item = user and reader.take(line, "item", row, fields.name, "row")
    if not user or not item:
        return []
    given = [name for name in ("kind", "id", "token") if row.get(name) not in (None, "")]
    named = {name: reader.take(line, name, row, fields.name) for name in given}
    value = reader.take(line, "value", row, fields.number)
    time = reader.take(line, "time", row, fields.moment)
    kind = (named.get("kind") or "view").lower()
    id = named.get("id") or derive(user, item, kind, value, time)
    return [Event(UserId(user), ItemId(item), kind, value, time, id, named.get("token") or "")]


def read_sets(path: Path) -> tuple[dict[str, list[ItemId]], list[Refusal]]:
    """Read a table of what stands together: rooms, outfits, bundles. Columns: set, item; others are not read.

    Returns:
        Items of each set in the order of the file, those of unknown items included; and everything that was not taken.

    Raises:
        InputError: the file cannot be read, or lacks a column ``set`` or ``item``.
    """
    table = read_table(path)
    require(table, ("set", "item"))
    reader = Rows(table)
    sets: dict[str, list[ItemId]] = {}
    lines: dict[tuple[str, str], int] = {}
    for line, row in reader:
        name = reader.take(line, "set", row, fields.name, "row")
        item = name and reader.take(line, "item", row, fields.name, "row")
        if not name or not item:
            continue
        if (name, item) in lines:
            why = f"{fields.shown(item)} stands in {fields.shown(name)} on line {lines[name, item]} already"
            reader.refuse(line, "item", why, "name each item of a set once", "duplicate")
            continue
        lines[name, item] = line
        sets.setdefault(name, []).append(ItemId(item))
    return sets, reader.refusals


class Rows:
    """Rows of a table, and what is refused of them."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._own: list[Refusal] = []

    def __iter__(self) -> Iterator[tuple[int, Row]]:
        return self._table.rows

    @property
    def refusals(self) -> list[Refusal]:
        """Everything refused so far, by line."""
        return sorted([*self._table.refusals, *self._own], key=lambda refusal: refusal.line)

    def refuse(self, line: int, field: str, why: str, mend: str, scope: Scope) -> None:
        """Note that a row (or only its field) is not taken."""
        self._own.append(Refusal(self._table.name, line, field, why, mend, scope))

    def take(self, line: int, field: str, row: Row, read: Callable[[object], T], scope: Scope = "field") -> T | None:
        """Read one field; None, and a refusal, when it cannot be used."""
        try:
            return read(row.get(field))
        except UnfitError as error:
            self.refuse(line, field, error.why, error.mend, scope)
            return None

    def take_text(self, line: int, field: str, row: Row, limit: int) -> str:
        """Read a text; its beginning, and a refusal, when it is too long."""
        try:
            return fields.text(row.get(field), limit)
        except UnfitError as error:
            self.refuse(line, field, error.why, error.mend, "field")
            return error.instead or ""


def _item(reader: Rows, line: int, row: Row, id: str, separator: str) -> Item:
    attributes: dict[str, Value] = {}
    for name, raw in row.items():
        if name in RESERVED or raw is None or not name:
            continue
        value = reader.take(line, name, row, fields.attribute)
        if value is not None:
            attributes[name] = value
    available = reader.take(line, "available", row, fields.available)
    return Item(
        id=ItemId(id),
        title=reader.take_text(line, "title", row, fields.MAX_TITLE),
        text=reader.take_text(line, "text", row, fields.MAX_TEXT),
        images=reader.take(line, "image", row, lambda raw: fields.pictures(raw, separator)) or (),
        price=reader.take(line, "price", row, fields.price),
        available=available is not False,
        department=reader.take_text(line, "department", row, fields.MAX_ATTRIBUTE),
        attributes=attributes,
    )


def require(table: Table, wanted: tuple[str, ...]) -> None:
    """See that a table has the columns that are needed.

    Raises:
        InputError: it lacks one; lists what is there.
    """
    for name in wanted:
        if name in table.columns:
            continue
        folded = {column.casefold().replace(" ", "_"): column for column in table.columns}
        near = [folded[alias] for alias in (name, *ALIKE[name]) if alias in folded]
        near = near or get_close_matches(name, table.columns, n=2, cutoff=0.5)
        found = ", ".join(repr(column[:40]) for column in table.columns[:12]) or "none"
        hint = f"rename {near[0]!r} to {name!r}" if near else f"add a column {name!r}"
        raise InputError(f"{table.name} has no column {name!r}; its columns are {found}", hint=hint)
