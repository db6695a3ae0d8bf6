"""What a learned combiner learns from: triplets mined from the catalog, two items that differ in just one attribute.

Source: triplets by attributes as in Han et al., "Automatic Spatially-aware Fashion Concept Discovery", ICCV 2017.
"""

from dataclasses import dataclass

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.core.seeds import generator
from tastemaker.core.types import Ints

WORDS = ("in {new}", "but in {new}", "{new}", "the same but {new}", "{new} instead of {old}", "but {new}")
TELLING = 200
FEWEST = 2


@dataclass(frozen=True, eq=False)
class Triplets:
    """Changes that lead from one item to others.

    Attributes:
        references: row of the item that is changed.
        targets: a row that differs in just the attribute that is named.
        changes: the change in words.
        groups: equal for targets that are equal in all attributes, so that any of them is right.

    Shapes: all (n,).
    """

    references: Ints
    targets: Ints
    changes: tuple[str, ...]
    groups: Ints


def mine(catalog: Catalog, rows: Ints, most: int, seed: int = 0) -> Triplets:
    """Triplets whose references are some rows; at most ``most``, drawn evenly over attributes.

    Shapes: rows (n,).
    """
    names = [
        name
        for name, spec in catalog.attributes.items()
        if spec.type == "category" and 1 < len(spec.values) <= TELLING and spec.coverage > 0.5
    ]
    columns = {name: np.array([str(value) for value in catalog.column(name)]) for name in names}
    if not names:
        return Triplets(np.empty(0, np.int64), np.empty(0, np.int64), (), np.empty(0, np.int64))
    table = np.stack([np.unique(columns[name], return_inverse=True)[1] for name in names], axis=1)
    whole = np.unique(table, axis=0, return_inverse=True)[1].ravel()
    draw = generator(seed, "triplets")
    found: list[tuple[int, int, str]] = []
    for place, name in enumerate(names):
        rest = np.unique(np.delete(table, place, axis=1), axis=0, return_inverse=True)[1].ravel()
        order = np.argsort(np.where(catalog.alive, rest, -1), kind="stable")
        starts, ends = np.searchsorted(rest[order], rest[rows]), np.searchsorted(rest[order], rest[rows], side="right")
        asked = draw.permutation(len(rows))[: most // len(names)]
        for at in asked.tolist():
            row = int(rows[at])
            others = order[starts[at] : ends[at]]
            others = others[(columns[name][others] != columns[name][row]) & (columns[name][others] != "")]
            if len(others) >= FEWEST:
                target = int(others[draw.integers(len(others))])
                words = WORDS[int(draw.integers(len(WORDS)))]
                old, new = str(columns[name][row]).lower(), str(columns[name][target]).lower()
                found.append((row, target, words.format(new=new, old=old or "that")))
    references, targets = (np.array([triple[part] for triple in found], np.int64) for part in (0, 1))
    return Triplets(references, targets, tuple(change for _, _, change in found), whole[targets])
