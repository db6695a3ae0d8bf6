"""Every answer as plain JSON values, said once: the server and the command line send the same object for the same verb.

A ranking becomes

    {"items": [{"id", "score", "title", "price", "picture", "reasons": [{"source", "sentence", "weight", "items",
    "attributes"}], "scores": {...}}], "understood": [{"name", "op", "value", "hard", "label"}], "notes": [...],
     "plan": null or {"parts": [{"name", "said", "weight"}], "facets", "kept", "sure", "filters", "combined"},
     "token": ""}

because the fields of ``core.ranking`` are the keys; the one thing added is a facet's ``label``, the text of its chip.
A field that is not printed (``repr=False``: the bytes of a picture) is not sent either.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from pydantic import BaseModel

from tastemaker.core.ranking import Facet

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def plain(value: object) -> Json:
    """Any answer as JSON values: dataclasses by field, arrays as lists, what is not a finite number as null.

    Raises:
        TypeError: the value is of a kind that no answer holds.

    Example:
        >>> plain(Facet("colour", "=", "red"))
        {'name': 'colour', 'op': '=', 'value': 'red', 'hard': False, 'label': 'colour: red'}
    """
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()  # half a surrogate pair cannot be sent
    if value is None or isinstance(value, (bool, int)):  # a union would be made at every call
        return value
    if isinstance(value, (np.generic, np.ndarray)):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Path):
        return value.as_posix()
    return _nested(value)


def _nested(value: object) -> Json:
    if is_dataclass(value) and not isinstance(value, type):
        found = {field.name: plain(getattr(value, field.name)) for field in fields(value) if field.repr}
        return found | {"label": value.label} if isinstance(value, Facet) else found
    if isinstance(value, BaseModel):
        return plain(value.model_dump(mode="json"))
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, Iterable):
        return [plain(entry) for entry in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")


def text(value: object, *, indent: int | None = 2) -> str:
    """An answer as JSON text, readable letters kept as they are."""
    return json.dumps(plain(value), indent=indent, ensure_ascii=False, allow_nan=False)
