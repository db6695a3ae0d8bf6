"""Composed queries made from the real attributes of the fashion products: what is to change, and what is to stay.

Four kinds: another colour of the same kind, another kind in the same colour, for women instead of men (and the other
way round), and without something. References are drawn evenly over kinds, audiences and colours, so that shirts and
watches do not drown the rest; the wording is one of several templates; at least three products must be right.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from common import data
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Ints

KINDS = ("colour", "kind", "people", "without")
WORDS = {
    "colour": ("the same but in {new}", "in {new}", "I want it in {new}", "{new} instead of {old}"),
    "kind": ("the same colour, but {new}", "{new} in the same colour", "{new} of the same colour"),
    "people": ("for {new} instead of {old}", "the same for {new}", "like this, for {new}"),
    "without": ("but not {old}", "anything but {old}", "not {old} please"),
}
FEWEST = 3
COLUMNS = ("articleType", "gender", "baseColour", "usage")
REFUSABLE = {"usage": ("Casual", "Formal", "Sports", "Ethnic", "Party")}


@dataclass(frozen=True, eq=False)
class Asked:
    """A query: the reference, the change in words, and for every product whether it has what changed and what stays.

    Shapes: changed (rows,), kept (rows, attributes that stay).
    """

    kind: str
    reference: int
    change: str
    changed: Bools
    kept: Bools

    @property
    def right(self) -> Bools:
        """Products that are right, the reference left out. Shapes: (rows,)."""
        right = self.changed & self.kept.all(axis=1)
        right[self.reference] = False
        return np.asarray(right, np.bool_)


def given(catalog: Catalog) -> list[Asked]:
    """The 1,000 queries of ``composed_queries_derived.csv``."""
    columns = columns_of(catalog)
    with data("fashion", "composed_queries_derived.csv").open(newline="", encoding="utf-8") as stream:
        return [
            Asked(
                "colour",
                catalog.row(row["reference_id"]),
                row["modification"],
                columns["baseColour"] == row["target_colour"],
                np.stack([columns["articleType"] == row["articleType"], columns["gender"] == row["gender"]], axis=1),
            )
            for row in csv.DictReader(stream)
        ]


def derived(catalog: Catalog, each: int, seed: int, spared: Sequence[int] = ()) -> list[Asked]:
    """Queries of every kind, ``each`` of them, about references that are not ``spared``."""
    draw = generator(seed, "composed queries")
    columns, spare = columns_of(catalog), frozenset(spared)
    pools = _pools(columns)
    found = []
    for kind in KINDS:
        count = 0
        while count < each:
            pool = pools[int(draw.integers(len(pools)))]
            reference = int(pool[draw.integers(len(pool))])
            asked = None if reference in spare else _MAKERS[kind](columns, reference, draw)
            if asked is not None and asked.right.sum() >= FEWEST:
                found.append(asked)
                count += 1
    return found


def scores(asked: Asked, rows: Ints) -> dict[str, float]:
    """Of the first ten: was one right, how many have what was to change, what was to stay, and both."""
    top = rows[:10]
    changed, kept = asked.changed[top], asked.kept[top]
    return {
        "hit": float(asked.right[top].any()),
        "changed": float(changed.mean()) if len(top) else 0.0,
        "kept": float(kept.mean()) if len(top) else 0.0,
        "both": float((changed & kept.all(axis=1)).mean()) if len(top) else 0.0,
    }


def columns_of(catalog: Catalog) -> dict[str, "np.ndarray[tuple[int], np.dtype[np.str_]]"]:
    """The attributes that queries are made of."""
    return {name: np.array([str(value) for value in catalog.column(name)]) for name in COLUMNS}


Columns = Mapping[str, "np.ndarray[tuple[int], np.dtype[np.str_]]"]


def _pools(columns: Columns) -> list[Ints]:
    """Products by kind, audience and colour."""
    keys = np.array(["|".join(parts) for parts in zip(*(columns[name] for name in COLUMNS[:3]), strict=True)])
    order = np.argsort(keys, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(np.unique(keys, return_inverse=True)[1][order])) + 1)


def _colour(columns: Columns, reference: int, draw: np.random.Generator) -> Asked | None:
    return _other(columns, reference, draw, "colour", "baseColour", ("articleType", "gender"))


def _kind(columns: Columns, reference: int, draw: np.random.Generator) -> Asked | None:
    return _other(columns, reference, draw, "kind", "articleType", ("baseColour", "gender"))


def _people(columns: Columns, reference: int, draw: np.random.Generator) -> Asked | None:
    if columns["gender"][reference] not in ("Men", "Women"):
        return None
    new = "Women" if columns["gender"][reference] == "Men" else "Men"
    changed = columns["gender"] == new
    return _made(
        columns,
        reference,
        draw,
        "people",
        new,
        str(columns["gender"][reference]),
        changed,
        ("articleType", "baseColour"),
    )


def _without(columns: Columns, reference: int, draw: np.random.Generator) -> Asked | None:
    name = ("baseColour", "usage")[int(draw.integers(2))]
    old = str(columns[name][reference])
    if not old or old not in REFUSABLE.get(name, (old,)):
        return None
    return _made(columns, reference, draw, "without", "", old, columns[name] != old, ("articleType", "gender"))


def _other(
    columns: Columns, reference: int, draw: np.random.Generator, kind: str, name: str, kept: tuple[str, ...]
) -> Asked | None:
    """Another value of an attribute, out of those that products with all the rest have."""
    same = np.all([columns[other] == columns[other][reference] for other in kept], axis=0)
    values, counts = np.unique(columns[name][same], return_counts=True)
    values = values[(counts >= FEWEST) & (values != columns[name][reference]) & (values != "")]
    if not len(values):
        return None
    new = str(values[draw.integers(len(values))])
    return _made(columns, reference, draw, kind, new, str(columns[name][reference]), columns[name] == new, kept)


def _made(
    columns: Columns, reference: int, draw: np.random.Generator, kind: str, new: str, old: str, changed: Bools,
    kept: tuple[str, ...],
) -> Asked:  # fmt: skip
    template = WORDS[kind][int(draw.integers(len(WORDS[kind])))]
    words = template.format(new=new.lower(), old=old.lower())
    stays = np.stack([columns[name] == columns[name][reference] for name in kept], axis=1)
    return Asked(kind, reference, words, np.asarray(changed, np.bool_), stays)


_MAKERS: Mapping[str, Callable[[Columns, int, np.random.Generator], Asked | None]] = {
    "colour": _colour, "kind": _kind, "people": _people, "without": _without,
}  # fmt: skip


def batches(asked: Sequence[Asked], size: int = 100) -> Iterator[Sequence[Asked]]:
    """The queries, some at a time."""
    for start in range(0, len(asked), size):
        yield asked[start : start + size]
