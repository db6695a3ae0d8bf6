"""Given sets: rooms, outfits, bundles - items that somebody has put together, as rows of a catalog.

They come from ``sets.csv`` (columns ``set``, ``item``) and are read by every ``fit``; a shop without the file learns
what goes together from the visits of its people alone.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.readers import read_sets
from tastemaker.catalog.workspace import Workspace
from tastemaker.core.types import Ints, ItemId


def given_sets(workspace: Workspace, catalog: Catalog) -> list[Ints]:
    """Sets of at least two items that are in the catalog, as rows; none without the file.

    Raises:
        InputError: the file cannot be read at all.
    """
    if workspace.sets_file is None:
        return []
    return rows_of(catalog, read_sets(workspace.sets_file)[0])


def rows_of(catalog: Catalog, sets: Mapping[str, Sequence[ItemId]]) -> list[Ints]:
    """Sets of ids as sets of rows; unknown items are left out, and so is a set of which fewer than two are known."""
    found = [np.unique([catalog.row(id) for id in items if catalog.has(id)]) for items in sets.values()]
    return [rows.astype(np.int64) for rows in found if len(rows) > 1]


def trouble(workspace: Workspace, catalog: Catalog) -> list[str]:
    """What is worth saying of the file: unknown items, and sets that are left out; nothing when all is well.

    Raises:
        InputError: the file cannot be read at all.
    """
    if workspace.sets_file is None:
        return []
    sets = read_sets(workspace.sets_file)[0]
    unknown = sorted({id for items in sets.values() for id in items if not catalog.has(id)})
    short = len(sets) - len(rows_of(catalog, sets))
    notes = []
    if unknown:
        more = " ..." if len(unknown) > 5 else ""
        notes.append(f"{len(unknown):,} items of the sets are not in the catalog: {', '.join(unknown[:5])}{more}")
    if short:
        notes.append(f"{short:,} of {len(sets):,} sets hold fewer than two known items and are left out")
    return notes
