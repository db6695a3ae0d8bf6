"""What may be ranked: every living item, the cold ones, or a list in a file."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.core.errors import InputError
from tastemaker.core.types import Bools, Ints


@dataclass(frozen=True)
class Candidates:
    """Rows that may be ranked.

    Attributes:
        name: for the protocol: "all", "cold" or the name of the file.
        rows: the rows, sorted; None for every living item.
        mask: the same as marks, (rows,).
        unknown: ids of the file that the catalog does not know.
    """

    name: str
    rows: Ints | None
    mask: Bools
    unknown: tuple[str, ...] = ()


def read_candidates(what: str | Path, catalog: Catalog) -> Candidates:
    """Read what ``--candidates`` says.

    Args:
        what: "all", "cold" (living items without a single event), or a file with one id a line.
        catalog: what the methods were fitted on.

    Raises:
        InputError: the file cannot be read, or nothing is left to rank.
    """
    if what == "all":
        found = Candidates("all", None, catalog.alive)
    elif what == "cold":
        mask = catalog.alive.copy()
        mask[catalog.interactions.row] = False
        found = Candidates("cold", np.flatnonzero(mask), mask)
    else:
        found = _from_file(Path(what), catalog)
    if not found.mask.any():
        why = "every item has an event" if what == "cold" else f"the catalog knows none of {len(found.unknown):,} ids"
        raise InputError(f"candidates {found.name!r}: nothing to rank", hint=why)
    return found


def rows_by_id(catalog: Catalog) -> dict[str, int]:
    """Row of every living item."""
    return {id: row for row, id in enumerate(catalog.ids) if catalog.alive[row]}


def _from_file(path: Path, catalog: Catalog) -> Candidates:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        hint = "candidates are 'all', 'cold' or a file with one id a line"
        raise InputError(f"candidates {path.name!r} cannot be read: {error.strerror}", hint=hint) from None
    except UnicodeDecodeError:
        raise InputError(f"candidates {path.name!r} is not UTF-8", hint="one id a line, saved as UTF-8") from None
    known = rows_by_id(catalog)
    ids = [line.strip() for line in lines if line.strip()]
    rows = np.unique(np.array([known[id] for id in ids if id in known], np.int64))
    mask = np.zeros(catalog.size, np.bool_)
    mask[rows] = True
    return Candidates(path.name, rows, mask, tuple(id for id in ids if id not in known))
