"""Attributes of a catalog: what type each has, and its values as one array aligned to rows.

Types are inferred over the whole catalog, not over one file, so an item added live is read like its neighbours:
``list`` when any value is one, ``number``, ``flag`` (true/false, yes/no, or nothing but 0 and 1), ``category`` for
short values that repeat, ``text`` for the rest. ``tastemaker.toml`` has the last word.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tastemaker.catalog.items import AttributeSpec, AttributeType
from tastemaker.core.types import Bools, Doubles, Value

Column = Doubles | Bools | npt.NDArray[np.object_] | list[tuple[str, ...]]
"""number: float64, NaN missing; category, text: object array of str, "" missing; flag: bool; list: tuples."""

TRUE = frozenset(("true", "yes", "y", "t"))
FALSE = frozenset(("false", "no", "n", "f"))
MAX_VALUES = 1000


def number(value: Value | None) -> float | None:
    """A value as a finite number; None when it is none."""
    if isinstance(value, str):
        try:
            parsed = float(value.replace("_", "x"))  # "1_000" is no number outside Python
        except ValueError:
            return None
        return parsed if math.isfinite(parsed) else None
    if isinstance(value, bool | float):
        return float(value)
    return None


def flag(value: Value | None) -> bool | None:
    """A value as yes or no; None when it is neither."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return bool(value) if value in (0.0, 1.0) else None
    if isinstance(value, str):
        word = value.strip().casefold()
        if word in TRUE or word == "1":
            return True
        if word in FALSE or word == "0":
            return False
    return None


def plain(value: Value | None) -> str:
    """A value as a text; "" when there is none."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.15g}" if isinstance(value, float) else value


def cast(value: Value | None, type: AttributeType, separator: str = "|") -> Value | None:
    """A value in the type of its attribute; None when it does not fit."""
    if value is None:
        return None
    if type == "number":
        return number(value)
    if type == "flag":
        return flag(value)
    if type == "list":
        parts = value if isinstance(value, tuple) else plain(value).split(separator)
        return tuple(part.strip() for part in parts if part.strip()) or None
    return plain(value) or None


def infer(values: Sequence[Value], separator: str = "|") -> AttributeType:
    """The type that fits the values an attribute has over a catalog."""
    if any(isinstance(value, tuple) for value in values):
        return "list"
    distinct = {plain(value) for value in values}
    if all(isinstance(value, bool) for value in values) or (distinct <= {"0", "1"} and len(distinct) == 2):
        return "flag"
    if all(value.casefold() in TRUE | FALSE for value in distinct):
        return "flag"
    if all(number(value) is not None and not _is_code(value) for value in distinct):
        return "number"
    if sum(separator in value for value in distinct) >= 0.1 * len(distinct) and _short(distinct, separator):
        return "list"
    repeats = len(distinct) <= 50 or len(distinct) <= 0.9 * len(values)
    return "category" if repeats and _short(distinct, "\0") else "text"


def describe(name: str, values: Sequence[Value | None], type: AttributeType) -> AttributeSpec:
    """What is known about an attribute, over values that are in its type already."""
    held = [value for value in values if value is not None]
    coverage = len(held) / max(1, len(values))
    if type == "number":
        numbers = [float(value) for value in held if isinstance(value, float)]
        return AttributeSpec(name, type, coverage, {}, min(numbers, default=None), max(numbers, default=None))
    counts: Counter[str] = Counter()
    if type == "category":
        counts.update(value for value in held if isinstance(value, str))
    elif type == "list":
        counts.update(part for value in held if isinstance(value, tuple) for part in value)
    return AttributeSpec(name, type, coverage, dict(counts.most_common(MAX_VALUES)))


def as_column(values: Sequence[Value | None], type: AttributeType) -> Column:
    """Values in the type of their attribute, as one array (read-only)."""
    if type == "list":
        return [value if isinstance(value, tuple) else () for value in values]
    column: Doubles | Bools | npt.NDArray[np.object_]
    if type == "number":
        column = np.array([math.nan if value is None else value for value in values], np.float64)
    elif type == "flag":
        column = np.array([value is True for value in values], np.bool_)
    else:
        column = np.array(["" if value is None else value for value in values], np.object_)
    column.flags.writeable = False
    return column


def _is_code(value: str) -> bool:
    """Does a number carry leading zeros, which a number would lose?"""
    return len(value) > 1 and value[0] == "0" and value[1:].isdigit()


def _short(values: set[str], separator: str) -> bool:
    """Are the values (the parts of the values) labels rather than sentences?"""
    parts = [part for value in values for part in value.split(separator)]
    long = sum(len(part) > 80 for part in parts)
    return sum(map(len, parts)) <= 32 * len(parts) and long <= 0.05 * len(parts)
