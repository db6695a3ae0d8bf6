"""Vector indexes that stand beside ours in ``bench_index.py``: built once into a folder, opened, asked.

Each is what its own documentation recommends for a million vectors on one machine, with the parameter that trades time
for recall left open. A filter is given to each in the way it has: faiss and LanceDB look while they search, USearch's
Python door knows no filter, so it is asked for so many more that ten should be left, up to 5,000.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from typing_extensions import override

from tastemaker.core.types import Bools, Floats, Ints

if TYPE_CHECKING:
    import pyarrow as pa

K = 10
MOST = 5_000
"""Rows that an index without filters is asked for at most."""


@dataclass(frozen=True)
class Filter:
    """Rows whose ``bucket`` (uniform in 0 to 1) lies below a share. Shapes: mask (rows,)."""

    share: float
    mask: Bools


class Peer(ABC):
    """An index of somebody else."""

    ladder: ClassVar[tuple[int, ...]]
    """Its efforts, the least first."""

    @abstractmethod
    def build(self, matrix: Floats, bucket: Floats, folder: Path) -> None:
        """Build it from all rows and store it."""

    @abstractmethod
    def open(self, folder: Path) -> None:
        """Get ready to answer."""

    @abstractmethod
    def search(self, vector: Floats, effort: int, kept: Filter | None) -> Ints:
        """The nearest ten."""


class _Faiss(Peer):
    """What the two indexes of faiss share: stored in one file, filtered by a bitmap."""

    @override
    def open(self, folder: Path) -> None:
        import faiss

        self.index = faiss.read_index(str(folder / "index"))

    def _parameters(self, effort: int) -> object:
        raise NotImplementedError

    @override
    def search(self, vector: Floats, effort: int, kept: Filter | None) -> Ints:
        import faiss

        how = self._parameters(effort)
        if kept is not None:
            packed = np.packbits(kept.mask, bitorder="little")
            how.sel = faiss.IDSelectorBitmap(len(packed), faiss.swig_ptr(packed))
        return self.index.search(vector[None], K, params=how)[1][0]


class FaissLists(_Faiss):
    """IndexIVFFlat, one list for about 200 (100,000 rows) or 500 (a million)."""

    ladder: ClassVar = (4, 8, 16, 32, 64, 128, 256)

    @override
    def build(self, matrix: Floats, bucket: Floats, folder: Path) -> None:
        import faiss

        count = 512 if len(matrix) < 500_000 else 2048
        index = faiss.index_factory(matrix.shape[1], f"IVF{count},Flat", faiss.METRIC_INNER_PRODUCT)
        index.cp.niter, index.cp.min_points_per_centroid = 8, 1
        sample = np.random.default_rng(0).permutation(len(matrix))[: 32 * count]
        index.train(np.ascontiguousarray(matrix[np.sort(sample)]))
        for begin in range(0, len(matrix), 1 << 15):
            index.add(np.ascontiguousarray(matrix[begin : begin + (1 << 15)]))
        faiss.write_index(index, str(folder / "index"))

    def _parameters(self, effort: int) -> object:
        import faiss

        return faiss.SearchParametersIVF(nprobe=effort)


class FaissGraph(_Faiss):
    """IndexHNSWFlat with 32 links, efConstruction 200."""

    ladder: ClassVar = (16, 32, 64, 128, 256, 512)

    @override
    def build(self, matrix: Floats, bucket: Floats, folder: Path) -> None:
        import faiss

        index = faiss.IndexHNSWFlat(matrix.shape[1], 32, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = 200
        index.add(np.ascontiguousarray(matrix))
        faiss.write_index(index, str(folder / "index"))

    def _parameters(self, effort: int) -> object:
        import faiss

        return faiss.SearchParametersHNSW(efSearch=effort)


class USearch(Peer):
    """HNSW in the number format that USearch chooses, 32 links, 200 looked at when one is added."""

    ladder: ClassVar = (16, 32, 64, 128, 256, 512)

    def _empty(self, dim: int) -> object:
        from usearch.index import Index

        return Index(ndim=dim, metric="ip", connectivity=32, expansion_add=200)

    @override
    def build(self, matrix: Floats, bucket: Floats, folder: Path) -> None:
        index = self._empty(matrix.shape[1])
        index.add(np.arange(len(matrix)), np.ascontiguousarray(matrix), threads=1)
        index.save(str(folder / "index"))
        (folder / "dim").write_text(str(matrix.shape[1]))

    @override
    def open(self, folder: Path) -> None:
        self.index = self._empty(int((folder / "dim").read_text()))
        self.index.load(str(folder / "index"))

    @override
    def search(self, vector: Floats, effort: int, kept: Filter | None) -> Ints:
        self.index.expansion_search = effort
        if kept is None:
            return self.index.search(vector, K, threads=1).keys.astype(np.int64)
        more = min(len(self.index), MOST, int(2 * K / kept.share))
        found = self.index.search(vector, more, threads=1).keys.astype(np.int64)
        return found[kept.mask[found]][:K]


class Lance(Peer):
    """LanceDB's IVF_FLAT, filtered before the search by a column with an index of its own."""

    ladder: ClassVar = (4, 8, 16, 32, 64, 128, 256)

    @override
    def build(self, matrix: Floats, bucket: Floats, folder: Path) -> None:
        import lancedb

        batches = self._batches(matrix, bucket)
        table = lancedb.connect(folder).create_table("items", next(batches))
        for batch in batches:
            table.add(batch)
        count = 512 if len(matrix) < 500_000 else 2048
        table.create_index(metric="dot", index_type="IVF_FLAT", num_partitions=count, vector_column_name="vector")
        table.create_scalar_index("bucket")

    @staticmethod
    def _batches(matrix: Floats, bucket: Floats) -> "Iterator[pa.Table]":
        """All rows, some at a time."""
        import pyarrow as pa

        for begin in range(0, len(matrix), 1 << 15):
            part = np.ascontiguousarray(matrix[begin : begin + (1 << 15)])
            vectors = pa.FixedSizeListArray.from_arrays(pa.array(part.ravel()), matrix.shape[1])
            rows = np.arange(begin, begin + len(part))
            yield pa.table({"row": rows, "bucket": bucket[rows], "vector": vectors})

    @override
    def open(self, folder: Path) -> None:
        import lancedb

        self.table = lancedb.connect(folder).open_table("items")

    @override
    def search(self, vector: Floats, effort: int, kept: Filter | None) -> Ints:
        asked = self.table.search(vector).nprobes(effort).limit(K).select(["row", "_distance"])
        if kept is not None:
            asked = asked.where(f"bucket < {kept.share}", prefilter=True)
        return asked.to_arrow()["row"].to_numpy()


PEERS: dict[str, type[Peer]] = {
    "faiss IVF": FaissLists,
    "faiss HNSW": FaissGraph,
    "usearch": USearch,
    "lancedb": Lance,
}
