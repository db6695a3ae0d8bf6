"""Precomputed features of a workspace (``features/NAME.npy`` + ``NAME.ids``), aligned to rows when first asked for."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from tastemaker.core.errors import InputError
from tastemaker.core.types import Floats, ItemId


class Features(Mapping[str, Floats]):
    """Name -> vectors of all rows, NaN where an item has none.

    Args:
        paths: name -> (vectors, ids).
        ids: id of each row.
    """

    def __init__(self, paths: Mapping[str, tuple[Path, Path]], ids: Sequence[ItemId]) -> None:
        self._paths = paths
        self._ids = ids
        self._loaded: dict[str, Floats] = {}

    def __getitem__(self, name: str) -> Floats:
        if name not in self._loaded:
            vectors, ids = read_features(*self._paths[name])
            row_of = {id: row for row, id in enumerate(self._ids)}
            aligned = np.full((len(self._ids), vectors.shape[1]), np.nan, np.float32)
            for place, id in enumerate(ids):
                if id in row_of:
                    aligned[row_of[id]] = vectors[place]
            self._loaded[name] = aligned
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def stamps(paths: Mapping[str, tuple[Path, Path]]) -> tuple[str, ...]:
    """Size and time of change of every file: others when one was written again."""
    there = [path.stat() for pair in paths.values() for path in pair if path.exists()]
    return tuple(f"{found.st_size} {found.st_mtime_ns}" for found in there)


def misfits(vectors: Floats, ids: Sequence[ItemId], known: Sequence[ItemId]) -> list[str]:
    """What is odd about one feature: ids given twice, ids of no item, rows that are not all numbers; in words."""
    counts = {
        "ids are there twice; the last of them counts": len(ids) - len(set(ids)),
        "ids are those of no item": len(set(ids) - set(known)),
        "rows hold something that is no number; they count as missing": int((~np.isfinite(vectors).all(axis=1)).sum()),
    }
    return [f"{count:,} {what}" for what, count in counts.items() if count]


def read_features(vectors_path: Path, ids_path: Path) -> tuple[Floats, list[ItemId]]:
    """Read one pair of files; never executes what is inside them.

    Shapes: (ids, dim).

    Raises:
        InputError: the files cannot be read, are not a matrix of numbers, or disagree in length.
    """
    name = vectors_path.name
    vectors = read_matrix(vectors_path)
    try:
        ids = [ItemId(line.strip()) for line in ids_path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise InputError(
            f"ids {ids_path.name} cannot be read: {_why(error)}", hint="save them as UTF-8, one a line"
        ) from None
    if len(vectors) != len(ids):
        hint = f"{ids_path.name} must hold one id a line, in the order of the rows"
        raise InputError(f"features {name} have {len(vectors):,} rows and {len(ids):,} ids", hint=hint)
    return vectors, ids


def _why(error: Exception) -> str:
    """What went wrong, without the path that the system puts beside it."""
    return (error.strerror or "unknown") if isinstance(error, OSError) else str(error)


def read_matrix(path: Path) -> Floats:
    """Read a matrix that was saved by ``numpy.save``; never executes what is inside it.

    Shapes: (n, dim).

    Raises:
        InputError: the file cannot be read, or is not a matrix of numbers.
    """
    try:
        raw = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        hint = "save a matrix of floats by numpy.save"
        raise InputError(f"features {path.name} cannot be read: {_why(error)}", hint=hint) from None
    if raw.ndim != 2 or raw.dtype.kind not in "fiu":
        hint = "one row an item, one column a feature"
        what = f"{raw.dtype} of shape {raw.shape}"
        raise InputError(f"features {path.name} are {what}, not a matrix of numbers", hint=hint)
    matrix: Floats = raw.astype(np.float32)
    return matrix
