"""A condition and a catalog -> which rows it keeps, typed against the catalog's own columns, all rows at once.

A comparison holds only for an item that has a value: ``price < 80`` drops items without a price. ``!=``, ``not in``
and ``not`` are plain negation, so they keep items without a value: "not red" is no reason to hide an item whose colour
nobody knows.
"""

import operator
import re
from collections.abc import Callable, Mapping

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import AttributeType
from tastemaker.core.errors import FilterError
from tastemaker.core.types import Bools, Doubles
from tastemaker.index.coded import coded, fold, resolve
from tastemaker.index.conditions import And, Compare, Condition, Flag, Leaf, Not, OneOf, Or

YES = frozenset({"true", "yes", "1"})
NO = frozenset({"false", "no", "0"})
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_MONEY = "€$£¥ "
_ORDER: Mapping[str, Callable[[Doubles, float], Bools]] = {
    "=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def keep(condition: Condition, catalog: Catalog) -> Bools:
    """Rows for which a condition holds; rows of removed items are not looked at specially.

    Shapes: (rows,).

    Raises:
        FilterError: an attribute does not exist, or a comparison does not fit its type.
    """
    if isinstance(condition, Not):
        return ~keep(condition.part, catalog)
    if isinstance(condition, And | Or):
        masks = [keep(part, catalog) for part in condition.parts]
        joined = np.logical_and.reduce(masks) if isinstance(condition, And) else np.logical_or.reduce(masks)
        return np.asarray(joined, np.bool_)
    return _leaf(condition, catalog)


def leaves(condition: Condition) -> list[Leaf]:
    """The comparisons of a condition, from left to right."""
    if isinstance(condition, Not):
        return leaves(condition.part)
    if isinstance(condition, And | Or):
        return [leaf for part in condition.parts for leaf in leaves(part)]
    return [condition]


def as_number(value: str) -> float | None:
    """A value as a number, a sign of currency around it allowed; None when it is none."""
    digits = value.strip(_MONEY)
    return float(digits) if _NUMBER.fullmatch(digits) else None


def _leaf(leaf: Leaf, catalog: Catalog) -> Bools:
    """One comparison."""
    name, type = resolve(catalog, leaf.name, leaf.at)
    if isinstance(leaf, Flag):
        if type != "flag":
            raise _misfit(leaf, type, "it needs a comparison", _example(name, type))
        return np.array(catalog.column(name), np.bool_)
    if isinstance(leaf, OneOf):
        return _one_of(leaf, name, type, catalog)
    if leaf.op == "!=":
        return ~_compare(Compare(leaf.name, "=", leaf.value, leaf.at), name, type, catalog)
    return _compare(leaf, name, type, catalog)


def _one_of(leaf: OneOf, name: str, type: AttributeType, catalog: Catalog) -> Bools:
    """A column against several values."""
    if type not in ("flag", "number"):
        return _any_of(name, leaf.values, catalog)
    kept = np.zeros(catalog.size, np.bool_)
    for value in dict.fromkeys(leaf.values):
        kept |= _compare(Compare(leaf.name, "=", value, leaf.at), name, type, catalog)
    return kept


def _compare(leaf: Compare, name: str, type: AttributeType, catalog: Catalog) -> Bools:
    """A comparison other than ``!=``, by the type of its column."""
    if type == "number":
        return _compare_number(leaf, name, catalog)
    if type == "flag":
        return _compare_flag(leaf, name, catalog)
    if leaf.op not in ("=", "contains"):
        raise _misfit(leaf, type, f"{leaf.op!r} needs a number", _example(name, type))
    if leaf.op == "contains" and type != "list":
        part = fold(name, leaf.value)
        values = coded(catalog, name)
        return values.holding([code for value, code in values.code_of.items() if part in value])
    return _any_of(name, (leaf.value,), catalog)


def _any_of(name: str, wanted: tuple[str, ...], catalog: Catalog) -> Bools:
    """Rows whose value (one of whose values) is one of those wanted; a value that nobody has is none."""
    values = coded(catalog, name)
    codes = [values.code_of.get(fold(name, value), -1) for value in wanted]
    return values.holding([code for code in codes if code >= 0])


def _compare_number(leaf: Compare, name: str, catalog: Catalog) -> Bools:
    """A number against a number."""
    number = as_number(leaf.value)
    if number is None or leaf.op == "contains":
        why = "'contains' needs a list or a text" if leaf.op == "contains" else f"{leaf.value[:40]!r} is no number"
        raise _misfit(leaf, "number", why, _example(name, "number"))
    return np.asarray(_ORDER[leaf.op](np.asarray(catalog.column(name), np.float64), number), np.bool_)


def _compare_flag(leaf: Compare, name: str, catalog: Catalog) -> Bools:
    """A flag against yes or no; its own name says yes."""
    word = leaf.value.strip().casefold()
    flags = np.array(catalog.column(name), np.bool_)
    if leaf.op == "=" and (word in YES or word == name.casefold()):
        return flags
    if leaf.op == "=" and word in NO:
        return ~flags
    raise _misfit(leaf, "flag", "it is compared with yes or no only", _example(name, "flag"))


def _misfit(leaf: Leaf, type: AttributeType, why: str, hint: str) -> FilterError:
    """The error of a comparison that does not fit."""
    return FilterError(f"{leaf.name!r} at position {leaf.at + 1} of the filter is a {type}: {why}", hint=hint)


def _example(name: str, type: AttributeType) -> str:
    """How a column of a type is asked for."""
    shapes = {
        "number": f"{name} < 80",
        "flag": f"{name}, or: not {name}",
        "list": f"{name} contains VALUE",
        "category": f"{name} = VALUE, or: {name} in (VALUE, VALUE)",
        "text": f"{name} contains WORD",
    }
    return f"like: {shapes[type]}"
