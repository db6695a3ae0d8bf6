"""What is sold: an item, and what is known about each attribute of a catalog."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tastemaker.core.types import ItemId, Value

AttributeType = Literal["category", "number", "list", "flag", "text"]
RESERVED = ("id", "title", "text", "image", "price", "available", "department")
"""Columns of ``items`` with a meaning of their own; every other column is an attribute."""


@dataclass(frozen=True)
class Item:
    """One item of the catalog. Nothing but the id is required.

    Attributes:
        id: unique in the shop.
        title: a short name; "" when unknown.
        text: a description; "" when unknown.
        images: names of pictures in the workspace's ``images``, the main one first.
        price: in the shop's currency; None when unknown.
        available: False hides it from recommendations; it can still be looked at.
        department: one shop may sell clothes and trips; "" when it has no departments.
        attributes: every other column that has a value for this item.
    """

    id: ItemId
    title: str = ""
    text: str = ""
    images: tuple[str, ...] = ()
    price: float | None = None
    available: bool = True
    department: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class AttributeSpec:
    """What is known about one attribute over a whole catalog.

    Attributes:
        name: as in the column's heading.
        type: inferred, or as said in ``tastemaker.toml``.
        coverage: share of items that have a value, 0 to 1.
        values: for category and list: each value with its number of items, most frequent first (at most 1,000).
        low: smallest number; None unless the type is number.
        high: largest number; None unless the type is number.
    """

    name: str
    type: AttributeType
    coverage: float
    values: Mapping[str, int] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None


def words_of(item: Item) -> str:
    """An item as one text: title, description, then its attributes rendered as words."""
    parts = [item.title, item.text, item.department]
    for name, value in sorted(item.attributes.items()):
        parts.append(render(name, value))
    return ". ".join(part for part in parts if part)


def render(name: str, value: Value) -> str:
    """An attribute as words: ``colour red``, ``genres comedy, drama``; a flag that is False says nothing."""
    label = name.replace("_", " ")
    if isinstance(value, bool):
        return label if value else ""
    if isinstance(value, tuple):
        return f"{label} {', '.join(value)}"
    if isinstance(value, float):
        return f"{label} {value:g}"
    return f"{label} {value}"
