"""What a clause of a contract is, and the error of a broken one."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load, save

from tastemaker.core.errors import TastemakerError

Tensors = Mapping[str, npt.NDArray[np.generic]]


class ContractBroken(TastemakerError, AssertionError):
    """A method does not do what its contract says."""


def require(condition: object, message: str, *, hint: str = "") -> None:
    """Raise when a condition does not hold.

    Raises:
        ContractBroken: the condition is false.
    """
    if not bool(condition):
        raise ContractBroken(message, hint=hint)


def require_equal(
    found: npt.NDArray[np.generic], expected: npt.NDArray[np.generic], what: str, *, tolerance: float = 1e-4
) -> None:
    """Raise when two arrays differ in shape, in where they are infinite, or by more than the tolerance.

    Args:
        found: what the method answered.
        expected: what it answered the other way.
        what: begins the message ("fitting twice changes the scores").
        tolerance: relative to the largest finite number of ``expected``, or 1 when that is smaller.

    Raises:
        ContractBroken: they differ.
    """
    require(found.shape == expected.shape, f"{what}: shape {found.shape} instead of {expected.shape}")
    one, other = found.astype(np.float64), expected.astype(np.float64)
    infinite = np.isinf(one) | np.isinf(other)
    require(np.array_equal(one[infinite], other[infinite]), f"{what}: other places are infinite")
    one, other = np.where(infinite, 0.0, one), np.where(infinite, 0.0, other)
    gap = float(np.abs(one - other).max(initial=0.0))
    allowed = tolerance * max(1.0, float(np.abs(other).max(initial=0.0)))
    require(gap <= allowed, f"{what}: the largest gap is {gap:.3g}, allowed is {allowed:.3g}")


def through_storage(tensors: Tensors) -> dict[str, npt.NDArray[np.generic]]:
    """What comes back when tensors are written to a safetensors file and read again.

    Raises:
        ContractBroken: something in it is not an array that safetensors can hold.
    """
    for name, value in tensors.items():
        require(isinstance(value, np.ndarray), f"tensor {name!r} is a {type(value).__name__}, not a NumPy array")
        require(value.dtype != object, f"tensor {name!r} holds Python objects; store numbers")
    contiguous = {name: np.ascontiguousarray(value) for name, value in tensors.items()}
    return dict(load(save(contiguous)))


def require_unit_rows(vectors: npt.NDArray[np.generic], n: int, dim: int, what: str) -> None:
    """Raise when vectors are not n float32 unit rows of the given length.

    Raises:
        ContractBroken: they are not.
    """
    require(vectors.shape == (n, dim), f"{what}: shape {vectors.shape} instead of {(n, dim)}")
    require(vectors.dtype == np.float32, f"{what}: {vectors.dtype} instead of float32")
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    require(np.allclose(lengths, 1, atol=1e-3), f"{what}: lengths are {np.round(lengths, 3).tolist()[:8]}, not 1")
