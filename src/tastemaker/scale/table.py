"""Vectors of a catalog as a Lance table: written in fragments by many, published whole, larger than memory.

A fragment is a file that nobody sees until a version of the table names it. Workers write fragments; whoever drives
them publishes the next version, which is exactly the fragments of the shards there are. So a table holds each item
once, a reader sees the version before or the version after, and publishing twice is publishing once.
"""

import json
import os
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tastemaker.alignment.space import ItemVectors, Space, stored
from tastemaker.core.errors import FilterError, InputError, MissingExtra, WorkspaceError
from tastemaker.core.storage import Artefact
from tastemaker.core.types import MODALITIES, Floats, ItemId

if TYPE_CHECKING:
    import pyarrow

Keys = npt.NDArray[np.uint64]
TABLE = "vectors.lance"
READ_STILL = timedelta(hours=1)
REFINE = 4
"""Times as many as are asked for are compared exactly, when an index has proposed them."""
INDEXED_FROM = 100_000
"""Rows from which an index is worth building; fewer are compared one by one."""


class VectorTable:
    """The published vectors of a catalog.

    Args:
        out: the folder that ``embed`` has written to.

    Attributes:
        is_indexed: is there an index, or is every row compared?

    Raises:
        WorkspaceError: nothing has been published there.
        MissingExtra: Lance is not installed.
    """

    def __init__(self, out: Path | str) -> None:
        self._out = Path(out).expanduser()
        place = self._out / TABLE
        if not (place / "_versions").is_dir():
            raise WorkspaceError(f"{str(out)!r} holds no vectors", hint=f"run `tastemaker embed SHOP --out {out}`")
        self._lance = _lance().dataset(str(place))
        self.is_indexed = bool(self._lance.describe_indices())

    def __len__(self) -> int:
        return int(self._lance.count_rows())

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._lance.schema.field("vector").type.list_size)

    @property
    def version(self) -> int:
        """Grows with every publication."""
        return int(self._lance.version)

    def batches(self, rows: int = 8192) -> Iterator[tuple[list[ItemId], Floats]]:
        """All of it, so many rows at a time, in the order of the catalog; items of which nothing is known are zero."""
        for batch in self._lance.to_batches(columns=["id", "vector"], batch_size=rows):
            yield batch.column("id").to_pylist(), _matrix(batch.column("vector"), self.dim)

    @cached_property
    def space(self) -> Space:
        """The space that made the vectors, to make them of questions.

        Raises:
            WorkspaceError: it is missing or damaged.
        """
        return stored(Artefact(next(iter(self._out.glob("space-*")), self._out / "space")))

    def search(self, vector: Floats, k: int, *, where: str = "", exact: bool = False) -> tuple[list[ItemId], Floats]:
        """The nearest items, best first, with their similarity.

        Args:
            vector: what to be near to.
            k: at least 1.
            where: a condition on the columns of the table in SQL, ``has_picture``; it is met before the nearest are
                looked for.
            exact: compare every row, also where there is an index.

        Shapes: vector (dim,) -> (n,), (n,) with n <= k.

        Raises:
            InputError: k is below 1, or the vector is of another length or not finite.
            FilterError: the condition cannot be read, or speaks of a column that is not there.
        """
        question = np.asarray(vector, np.float32)
        if k < 1:
            raise InputError(f"k is {k}", hint="k is at least 1")
        if question.shape != (self.dim,) or not np.isfinite(question).all():
            raise InputError(f"a vector of {self.dim} finite numbers is needed, not {question.shape}")
        nearest = {"column": "vector", "q": question, "k": k, "metric": "dot", "use_index": not exact}
        nearest |= {"refine_factor": REFINE} if self.is_indexed and not exact else {}
        columns = ["id", "_distance"]
        try:
            found = self._lance.to_table(columns=columns, nearest=nearest, filter=where or None, prefilter=True)
        except ValueError as error:
            if not where:
                raise
            known = ", ".join(self._lance.schema.names)
            raise FilterError(f"{where!r} is no condition on this table", hint=f"its columns: {known}") from error
        return found.column("id").to_pylist(), 1 - found.column("_distance").to_numpy().astype(np.float32)

    def build_index(self, *, lists: int = 0) -> None:
        """Build what finds the nearest without comparing every row: inverted lists of vectors of one byte a number.

        Args:
            lists: how many; 0 for the square root of the number of rows.
        """
        lists = lists or max(1, round(len(self) ** 0.5))
        self._lance = self._lance.create_index("vector", "IVF_SQ", metric="dot", num_partitions=lists, replace=True)
        self.is_indexed = True


def write(out: Path, ids: Sequence[str], keys: Keys, vectors: ItemVectors) -> tuple[list[str], list[str]]:
    """Write vectors as fragments that nobody sees yet; gives the fragments as JSON, and their files.

    Shapes: ids (n,), keys (n,), vectors.matrix (n, dim).
    """
    lance = _lance()
    rows = _rows(ids, keys, vectors)
    made = lance.fragment.write_fragments(rows, str(out / TABLE), schema=rows.schema)
    return [json.dumps(each.to_json()) for each in made], [file.path for each in made for file in each.files]


def publish(out: Path, dim: int, fragments: Sequence[str]) -> None:
    """Make a version of exactly these fragments, unless that is what there is.

    Files of fragments that no version names are removed, versions before when they are an hour old: somebody may still
    be reading them.
    """
    lance, place = _lance(), out / TABLE
    wanted = [lance.fragment.FragmentMetadata.from_json(each) for each in fragments]
    if (place / "_versions").is_dir():
        there = lance.dataset(str(place)).get_fragments()
        if [each.data_files() for each in there] == [each.files for each in wanted]:
            return
    done = lance.LanceDataset.commit(str(place), lance.LanceOperation.Overwrite(_schema(dim), wanted))
    done.cleanup_old_versions(READ_STILL, delete_unverified=True)


def _schema(dim: int) -> "pyarrow.Schema":
    import pyarrow as pa

    marks = [pa.field(f"has_{modality}", pa.bool_()) for modality in MODALITIES]
    own = [pa.field("id", pa.string()), pa.field("key", pa.uint64()), *marks]
    return pa.schema([*own, pa.field("vector", pa.list_(pa.float32(), dim))])


def _rows(ids: Sequence[str], keys: Keys, vectors: ItemVectors) -> "pyarrow.Table":
    """Rows of the table; no vector where nothing is known of an item."""
    import pyarrow as pa

    size, dim = vectors.matrix.shape
    has = [vectors.has.get(modality, np.zeros(size, np.bool_)) for modality in MODALITIES]
    flat = pa.array(np.ascontiguousarray(vectors.matrix, np.float32).ravel())
    matrix = pa.FixedSizeListArray.from_arrays(flat, dim, mask=pa.array(~vectors.present))
    columns = [pa.array(ids, pa.string()), pa.array(keys), *map(pa.array, has), matrix]
    return pa.Table.from_arrays(columns, schema=_schema(dim))


def _matrix(column: "pyarrow.FixedSizeListArray", dim: int) -> Floats:
    """A column of vectors, zero where there is none. Shapes: -> (n, dim)."""
    matrix = np.zeros((len(column), dim), np.float32)
    matrix[column.is_valid().to_numpy(zero_copy_only=False)] = column.flatten().to_numpy().reshape(-1, dim)
    return matrix


def _lance() -> ModuleType:
    """Lance, without what it says of itself on the way.

    Raises:
        MissingExtra: it is not installed.
    """
    os.environ.setdefault("LANCE_LOG", "error")
    try:
        import lance
    except ImportError:
        raise MissingExtra("pylance", "scale") from None
    return lance
