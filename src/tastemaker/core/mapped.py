"""Tensors of a safetensors file as views of the mapped file, which the library's own reader for numpy copies.

What several processes map lies in memory once, and is read from the disk when it is first looked at. The format: eight
bytes that say how long the header is, the header (name -> type, shape, place) as JSON, the numbers.

Source: https://github.com/huggingface/safetensors, "Format".
"""

import json
import math
from pathlib import Path

import numpy as np
import numpy.typing as npt

TYPES = {
    "BOOL": "?", "U8": "<u1", "I8": "<i1", "U16": "<u2", "I16": "<i2", "U32": "<u4", "I32": "<i4", "U64": "<u8",
    "I64": "<i8", "F16": "<f2", "F32": "<f4", "F64": "<f8",
}  # fmt: skip


def tensors(path: Path) -> dict[str, npt.NDArray[np.generic]]:
    """Everything in a file, by name; what is written to an array stays in this process.

    Raises:
        OSError: the file cannot be read.
        ValueError, KeyError, TypeError: it is not of the format.
    """
    with path.open("rb") as stream:
        begin = 8 + int.from_bytes(stream.read(8), "little")
        if begin > path.stat().st_size:
            raise ValueError("the header is cut off")
        header = json.loads(stream.read(begin - 8))
    header.pop("__metadata__", None)
    # Private pages of the file: torch wants arrays that it could write to.
    whole = np.memmap(path, np.uint8, "c") if header else np.empty(0, np.uint8)
    return {name: _view(whole, begin, entry) for name, entry in header.items()}


def _view(whole: npt.NDArray[np.uint8], begin: int, entry: dict[str, object]) -> npt.NDArray[np.generic]:
    """One tensor."""
    kind, shape, places = np.dtype(TYPES[str(entry["dtype"])]), entry["shape"], entry["data_offsets"]
    if not isinstance(shape, list) or not isinstance(places, list):
        raise TypeError("a shape and two places are needed")
    if places[1] - places[0] != kind.itemsize * math.prod(shape) or begin + places[1] > len(whole):
        raise ValueError("a tensor is cut off")
    return np.ndarray(tuple(shape), kind, np.asarray(whole).data, begin + places[0])
