"""The contract of an encoder of one modality: a batch of things -> float32 unit rows, always the same ones.

Several modalities in one space have a contract of their own, see ``testing.spaces``.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from tastemaker.core.types import MODALITIES, Floats, Modality
from tastemaker.testing.contract import require, require_equal, require_unit_rows, through_storage

Thing = TypeVar("Thing", contravariant=True)


class Encoder(Protocol[Thing]):
    """What an encoder must offer.

    Attributes:
        modality: what it reads.
        dim: length of its vectors.
    """

    modality: Modality
    dim: int

    def encode(self, batch: Sequence[Thing]) -> Floats:
        """Shapes: (n, dim), unit rows; (0, dim) of nothing."""

    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """Everything learned, for storage."""


def check_encoder(
    encoder: Encoder[Thing],
    things: Sequence[Thing],
    restore: Callable[[Mapping[str, npt.NDArray[np.generic]]], Encoder[Thing]] | None = None,
) -> None:
    """Run every clause on a fitted encoder.

    Args:
        encoder: ready to encode.
        things: at least three different things it reads; odd ones (empty, huge) welcome.
        restore: builds the encoder again from its tensors; None when it learns nothing.

    Raises:
        ContractBroken: a clause does not hold.
    """
    require(encoder.modality in MODALITIES, f"modality is {encoder.modality!r}; it must be one of {MODALITIES}")
    gives_unit_rows(encoder, things)
    encodes_a_batch_as_one_by_one(encoder, things)
    tells_things_apart(encoder, things)
    if restore is not None:
        comes_back_from_storage(encoder, things, restore)


def gives_unit_rows(encoder: Encoder[Thing], things: Sequence[Thing]) -> None:
    """One float32 unit row a thing, the same at each call; nothing gives no row."""
    once = encoder.encode(things)
    require_unit_rows(once, len(things), encoder.dim, "encode")
    require_unit_rows(encoder.encode([]), 0, encoder.dim, "encode of nothing")
    require_equal(encoder.encode(things), once, "the same things encode differently", tolerance=1e-5)


def encodes_a_batch_as_one_by_one(encoder: Encoder[Thing], things: Sequence[Thing]) -> None:
    """What else is in the batch, and in which order, changes nothing."""
    together = encoder.encode(things)
    apart = np.concatenate([encoder.encode([thing]) for thing in things])
    require_equal(together, apart, "a batch differs from one by one", tolerance=1e-3)
    backwards = encoder.encode(list(things)[::-1])[::-1]
    require_equal(backwards, together, "the order of a batch changes it", tolerance=1e-3)


def tells_things_apart(encoder: Encoder[Thing], things: Sequence[Thing]) -> None:
    """Different things are not all the same vector."""
    vectors = encoder.encode(things)
    require(np.ptp(vectors, axis=0).max() > 1e-3, f"{len(things)} different things have the same vector")


def comes_back_from_storage(
    encoder: Encoder[Thing],
    things: Sequence[Thing],
    restore: Callable[[Mapping[str, npt.NDArray[np.generic]]], Encoder[Thing]],
) -> None:
    """Its tensors through safetensors give the same vectors."""
    again = restore(through_storage(encoder.tensors()))
    require(again.dim == encoder.dim, f"dim is {again.dim} after restoring, was {encoder.dim}")
    after, before = again.encode(things), encoder.encode(things)
    require_equal(after, before, "vectors differ after restoring", tolerance=1e-3)
