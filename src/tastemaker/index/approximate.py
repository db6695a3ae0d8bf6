"""Two ways to a few hundred rows among which the nearest are: all rows by one bit a number, or a few lists of rows.

Every vector is turned by a random rotation (which changes no inner product), so that no number tells more than another:

* *codes*: which of its turned numbers lie above their mean, as bits. A scan of all of them reads a thirty-second of
  what an exact scan reads, and cannot miss a region; a filter only shortens it.
* *lists*: rows by the nearest of about ``2 sqrt(rows)`` centres, inside each list as one bit a number of what is left
  (RaBitQ). A question looks into the lists of its nearest centres. Fast, but blind for what a filter leaves elsewhere.

Both only propose; who asks compares the proposed rows exactly. Nothing here is ever written to after it is made.

Source: Charikar, STOC 2002 (signs of projections); Gao and Long, SIGMOD 2024 (RaBitQ); faiss for both scans.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt

from tastemaker.core.errors import WorkspaceError
from tastemaker.core.progress import Observer, silent, track
from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Floats, Ints

if TYPE_CHECKING:
    import faiss

Bytes = npt.NDArray[np.uint8]

FEWEST_BITS = 256
"""Vectors of fewer numbers are turned into a larger space, so that their bits tell enough."""
CHUNK = 1 << 15
"""Rows that are turned at once."""
TRAINED_ON = 32
"""Rows a centre that the centres are learned from."""
ROUNDS = 8
"""Of k-means."""


class Approximate:
    """Proposals of near rows, fixed at the moment it was made.

    Args:
        turn: columns are orthonormal.
        centre: mean of the turned rows.
        codes: bits of each row, packed; meaningless for rows that were not present.
        lists: the inverted lists as faiss writes them.

    Shapes: turn (bits, dim); centre (bits,); codes (rows, bits / 8); lists (bytes,).
    """

    def __init__(self, turn: Floats, centre: Floats, codes: Bytes, lists: Bytes) -> None:
        self._turn, self._centre, self._codes, self._written = turn, centre, codes, lists

    @classmethod
    def make(cls, matrix: Floats, present: Bools, *, seed: int = 0, observer: Observer = silent) -> Self:
        """Build both from the rows that are present.

        Args:
            matrix: unit rows.
            present: rows that count, at least one.
            seed: of the rotation and of the rows that the centres are learned from.
            observer: hears of rows that are done, may cancel.

        Shapes: matrix (rows, dim); present (rows,).
        """
        turn = _rotation(matrix.shape[1], seed)
        rows = np.flatnonzero(present)
        sample = generator(seed, "index sample").permutation(rows)
        centre = (matrix[sample[:CHUNK]] @ turn.T).mean(axis=0)
        codes = np.zeros((len(matrix), len(turn) // 8), np.uint8)
        lists = _trained(matrix, sample, turn)
        with track(observer, "index", len(rows)) as task:
            for part, turned in _turned(matrix, rows, turn):
                codes[part] = np.packbits(turned > centre, axis=1, bitorder="little")
                lists.add_with_ids(turned, part)
                task.advance(len(part))
        import faiss

        return cls(turn, centre, codes, faiss.serialize_index(lists))

    def __len__(self) -> int:
        return len(self._codes)

    @property
    def lists(self) -> int:
        """How many inverted lists there are."""
        return int(self._lists.nlist)

    @property
    def row_bytes(self) -> int:
        """What the bits of one row take."""
        return int(self._codes.shape[1])

    def scan(self, question: Floats, n: int, kept: Bools | None = None) -> Ints:
        """The n kept rows whose bits agree most with the question's, those first; every row is kept when None.

        Shapes: question (dim,), kept (rows,) -> (at most n,).
        """
        import faiss

        code = np.packbits(self._asked(question) > self._centre, bitorder="little")[None]
        how = faiss.SearchParameters()
        with _only(kept, how):
            return _found(self._bits.search(code, n, params=how)[1])

    def probe(self, question: Floats, n: int, lists: int, kept: Bools | None = None) -> Ints:
        """The n kept rows of a few lists that seem nearest, those first; every row is kept when None.

        Shapes: question (dim,), kept (rows,) -> (at most n,).
        """
        import faiss

        how = faiss.IVFRaBitQSearchParameters()
        how.nprobe = lists
        with _only(kept, how):
            return _found(self._lists.search(self._asked(question)[None], n, params=how)[1])

    def around(self, question: Floats, lists: int) -> Ints:
        """All rows of a few lists, in no order. Shapes: question (dim,) -> (n,)."""
        members, bounds = self._members
        near = _found(self._centres.search(self._asked(question)[None], lists)[1])
        return np.concatenate([members[bounds[at] : bounds[at + 1]] for at in near.tolist()])

    def tensors(self) -> dict[str, npt.NDArray[np.generic]]:
        """What it is made of, for the disk."""
        return {"turn": self._turn, "centre": self._centre, "codes": self._codes, "lists": self._written}

    @classmethod
    def restore(cls, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """What :meth:`tensors` gave; only from a file whose checksum holds, for faiss trusts what it reads.

        Raises:
            WorkspaceError: another version wrote it, or faiss cannot read it.
        """
        try:
            turn, centre = (tensors[name].astype(np.float32, copy=False) for name in ("turn", "centre"))
            codes, lists = (tensors[name].astype(np.uint8, copy=False) for name in ("codes", "lists"))
            made = cls(turn, centre, codes, lists)
            _ = made._lists, made._bits
        except (KeyError, RuntimeError) as error:
            raise WorkspaceError(f"the index cannot be read: {str(error)[:200]}", hint="it is made anew") from error
        return made

    def _asked(self, question: Floats) -> Floats:
        """A question in the turned space, as long as the rows are. Shapes: (dim,) -> (bits,)."""
        turned = self._turn @ question
        return np.asarray(turned / max(float(np.linalg.norm(turned)), 1e-12), np.float32)

    @cached_property
    def _bits(self) -> "faiss.IndexBinaryFlat":
        import faiss

        index = faiss.IndexBinaryFlat(8 * self.row_bytes)
        index.add(self._codes)
        return index

    @cached_property
    def _lists(self) -> "faiss.IndexIVFRaBitQ":
        import faiss

        lists = faiss.deserialize_index(self._written)
        if not isinstance(lists, faiss.IndexIVFRaBitQ):
            raise WorkspaceError(f"the index holds a {type(lists).__name__}", hint="it is made anew")
        return lists

    @cached_property
    def _centres(self) -> "faiss.Index":
        import faiss

        return faiss.downcast_index(self._lists.quantizer)

    @cached_property
    def _members(self) -> tuple[Ints, Ints]:
        """Rows, list after list, and where each begins. Shapes: (rows present,), (lists + 1,)."""
        import faiss

        held = self._lists.invlists
        if held is None:
            raise WorkspaceError("the index holds no lists", hint="it is made anew")
        sizes = [held.list_size(at) for at in range(self.lists)]
        rows = [faiss.rev_swig_ptr(held.get_ids(at), size) for at, size in enumerate(sizes) if size]
        return np.concatenate(rows), np.concatenate([[0], np.cumsum(sizes)])


@contextmanager
def _only(kept: Bools | None, how: "faiss.SearchParameters") -> Iterator[None]:
    """Look at nothing but kept rows; faiss does not own what it reads, which lives as long as this block."""
    if kept is not None:
        import faiss

        packed = np.packbits(kept, bitorder="little")
        selector = faiss.IDSelectorBitmap(len(packed), faiss.swig_ptr(packed))
        how.sel = selector
    yield


def _rotation(dim: int, seed: int) -> Floats:
    """Orthonormal columns at random. Shapes: (bits, dim), bits a multiple of 64."""
    bits = max(FEWEST_BITS, -(-dim // 64) * 64)
    whole, _ = np.linalg.qr(generator(seed, "index rotation").normal(size=(bits, dim)))
    return np.ascontiguousarray(whole, np.float32)


def _turned(matrix: Floats, rows: Ints, turn: Floats) -> Iterator[tuple[Ints, Floats]]:
    """Rows and what they are in the turned space, some at a time."""
    for begin in range(0, len(rows), CHUNK):
        part = rows[begin : begin + CHUNK]
        yield part, np.ascontiguousarray(matrix[part] @ turn.T)


def _trained(matrix: Floats, sample: Ints, turn: Floats) -> "faiss.IndexIVFRaBitQ":
    """Empty lists around centres that were learned from a sample."""
    import faiss

    count = min(len(sample), 4096, 1 << round(np.log2(2 * len(sample) ** 0.5)))
    lists = faiss.IndexIVFRaBitQ(faiss.IndexFlatIP(len(turn)), len(turn), count, faiss.METRIC_INNER_PRODUCT)
    lists.cp.niter, lists.cp.min_points_per_centroid, lists.cp.spherical = ROUNDS, 1, True
    lists.train(matrix[np.sort(sample[: TRAINED_ON * count])] @ turn.T)
    return lists


def _found(answer: Ints) -> Ints:
    """What faiss answered, without its -1 for nothing. Shapes: (1, n) -> (at most n,)."""
    return np.asarray(answer[0][answer[0] >= 0], np.int64)
