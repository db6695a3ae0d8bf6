"""The catalog: an immutable snapshot of what is sold and what people did, aligned to rows.

Everything that learns or ranks sees a shop through it; parts that cost something (typed columns, features) are made
when they are first asked for. The methods that hide something give a new catalog and leave this one alone.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType

import numpy as np

from tastemaker.catalog.columns import Column, as_column, cast, describe, infer
from tastemaker.catalog.fields import MAX_PRICE
from tastemaker.catalog.interactions import Interactions
from tastemaker.catalog.items import AttributeSpec, AttributeType, Item
from tastemaker.catalog.pictures import NO_PICTURES, Pictures
from tastemaker.core.errors import UnknownName
from tastemaker.core.types import Bools, Floats, Ints, ItemId, Modality, Value

FIELDS: Mapping[str, AttributeType] = {
    "id": "text", "title": "text", "text": "text", "price": "number", "available": "flag", "department": "category",
}  # fmt: skip
"""What every item has and a filter can name, besides its attributes."""


class Catalog:
    """Items and events of one shop at one moment.

    Args:
        items: one a row, removed ones included.
        alive: False for a removed item; None when all are there.
        interactions: events, rows as in ``items``; None when there are none.
        pictures: where the items' pictures lie.
        features: precomputed features, aligned to rows.
        types: types of attributes that are not to be inferred.
        separator: stands between the values of a list in a text.
        revision: grows with every change of the items.
    """

    def __init__(
        self,
        items: Sequence[Item],
        *,
        alive: Bools | None = None,
        interactions: Interactions | None = None,
        pictures: Pictures = NO_PICTURES,
        features: Mapping[str, Floats] = MappingProxyType({}),
        types: Mapping[str, AttributeType] = MappingProxyType({}),
        separator: str = "|",
        revision: int = 0,
    ) -> None:
        self._items = tuple(items)
        self.alive: Bools = np.ones(len(items), np.bool_) if alive is None else alive
        self.interactions = interactions if interactions is not None else Interactions.none(len(items))
        self.pictures = pictures
        self.features = features
        self.revision = revision
        self._types = types
        self._separator = separator
        self._columns: dict[str, Column] = {}

    @classmethod
    def from_items(
        cls, items: Sequence[Item], interactions: Interactions | None = None, pictures: Pictures | None = None
    ) -> "Catalog":
        """A catalog in memory, one row an item in the order given."""
        return cls(items, interactions=interactions, pictures=pictures or NO_PICTURES)

    @property
    def size(self) -> int:
        """Number of rows, removed items included."""
        return len(self._items)

    def __len__(self) -> int:
        return len(self._items)

    @cached_property
    def ids(self) -> list[ItemId]:
        """Id of each row."""
        return [item.id for item in self._items]

    def row(self, id: str) -> int:
        """Row of an item that is there.

        Raises:
            UnknownName: no item has the id, or it was removed.
        """
        row = self._row_of.get(ItemId(id), -1)
        if row < 0 or not self.alive[row]:
            raise UnknownName("item", id, self._neighbours(id))
        return row

    def has(self, id: str) -> bool:
        """Is there an item with this id?"""
        row = self._row_of.get(ItemId(id), -1)
        return row >= 0 and bool(self.alive[row])

    def raw_item(self, row: int) -> Item:
        """The item of a row with its attributes as they were read; cheaper than :meth:`item`."""
        return self._items[row]

    def rows(self, ids: Sequence[str]) -> Ints:
        """Rows of items that are there.

        Raises:
            UnknownName: no item has one of the ids.
        """
        return np.array([self.row(id) for id in ids], np.int64)

    def item(self, row: int) -> Item:
        """The item of a row, its attributes in the types of :attr:`attributes`."""
        item = self._items[row]
        typed: dict[str, Value] = {}
        for name, raw in item.attributes.items():
            value = cast(raw, self.types[name], self._separator)
            if value is not None:
                typed[name] = value
        return replace(item, attributes=typed)

    def images(self, row: int) -> tuple[str, ...]:
        """Names of an item's pictures, the main one first."""
        return self._items[row].images

    def main_picture(self, row: int) -> str:
        """Name of the first picture of an item; "" when it has none."""
        images = self._items[row].images
        return images[0] if images else ""

    @cached_property
    def types(self) -> Mapping[str, AttributeType]:
        """Type of every attribute, as said in the settings or inferred over all items."""
        held: dict[str, list[Value]] = {}
        for item in self._items:
            for name, value in item.attributes.items():
                held.setdefault(name, []).append(value)
        return {name: self._types.get(name) or infer(values, self._separator) for name, values in held.items()}

    @cached_property
    def attributes(self) -> Mapping[str, AttributeSpec]:
        """What is known about every attribute, over the items that are there."""
        return {name: self.spec(name) for name in self.types}

    def spec(self, name: str) -> AttributeSpec:
        """What is known about an attribute, or about "id", "title", "text", "price", "available", "department".

        Raises:
            UnknownName: no item has such an attribute.
        """
        values = self._values(name)
        type = FIELDS[name] if name in FIELDS else self.types[name]
        return describe(name, [values[row] for row in np.flatnonzero(self.alive)], type)

    def column(self, name: str) -> Column:
        """An attribute as one array aligned to rows, see :data:`~tastemaker.catalog.columns.Column`.

        Raises:
            UnknownName: no item has such an attribute.
        """
        if name not in self._columns:
            type = FIELDS[name] if name in FIELDS else self.types.get(name, "text")
            self._columns[name] = as_column(self._values(name), type)
        return self._columns[name]

    @cached_property
    def available(self) -> Bools:
        """Rows that are there and can be bought. Shapes: (rows,)."""
        return np.array([item.available for item in self._items], np.bool_) & self.alive

    @cached_property
    def prices(self) -> Floats:
        """Prices, NaN where unknown. Shapes: (rows,)."""
        prices = [np.nan if item.price is None else min(item.price, MAX_PRICE) for item in self._items]
        return np.array(prices, np.float32)

    def with_interactions(self, interactions: Interactions) -> "Catalog":
        """The same items with other events; what was made of the items is not made again."""
        other = copy.copy(self)  # whatever is cached here is decided by the items alone
        other.interactions = interactions
        return other

    def without_interactions(self) -> "Catalog":
        """The same items and no events: for whatever is kept longer than events are true."""
        return self.with_interactions(Interactions.none(self.size))

    def with_features(self, features: Mapping[str, Floats]) -> "Catalog":
        """The same items with other precomputed features, aligned to rows."""
        other = copy.copy(self)
        other.features = features
        return other

    def same_items(self, other: "Catalog") -> bool:
        """Are all but the events the very same objects as in another catalog? Equal ones do not suffice."""
        return self._items is other._items and self.alive is other.alive and self.features is other.features

    def restricted(self, alive: Bools) -> "Catalog":
        """Only the items of a mask; the others are removed, and so are their events."""
        alive = alive & self.alive
        return self._but(self._items, alive, self.interactions.where(alive[self.interactions.row]), self.features)

    def without_modality(self, modality: Modality, rows: Ints) -> "Catalog":
        """The same catalog in which some items lack their picture, their words, their attributes or their events."""
        if modality == "behaviour":
            return self.with_interactions(self.interactions.where(~np.isin(self.interactions.row, rows)))
        lack: dict[Modality, dict[str, object]] = {
            "picture": {"images": ()}, "text": {"title": "", "text": ""}, "attributes": {"attributes": {}},
        }  # fmt: skip
        items = list(self._items)
        for row in rows.tolist():
            items[row] = replace(items[row], **lack[modality])
        return self._but(items, self.alive, self.interactions, self.features)

    def _but(
        self, items: Sequence[Item], alive: Bools, interactions: Interactions, features: Mapping[str, Floats]
    ) -> "Catalog":
        return Catalog(
            items, alive=alive, interactions=interactions, pictures=self.pictures, features=features,
            types=self.types, separator=self._separator, revision=self.revision,
        )  # fmt: skip

    @cached_property
    def _row_of(self) -> dict[ItemId, int]:
        return {item.id: row for row, item in enumerate(self._items)}

    def _values(self, name: str) -> list[Value | None]:
        if name in FIELDS:
            return [cast(getattr(item, name), FIELDS[name]) for item in self._items]
        if name not in self.types:
            raise UnknownName("attribute", name, [*self.types, *FIELDS])
        type = self.types[name]
        return [cast(item.attributes.get(name), type, self._separator) for item in self._items]

    def _neighbours(self, id: str) -> list[ItemId]:
        """Ids to suggest from: all of a small catalog, those that begin alike of a large one."""
        if self.size <= 2000:
            return [item for row, item in enumerate(self.ids) if self.alive[row]]
        return [item for row, item in enumerate(self.ids) if item[:2] == id[:2] and self.alive[row]][:2000]
