"""A large batch in the memory of a small one: encode in chunks, forget what happened inside, do it again backwards.

A contrast needs the vectors of the whole batch at once, but not the activations that made them. Each chunk is encoded
and only its vectors are kept; when their gradient is known the chunk is encoded again and the gradient passed on.
Source: Gao et al. 2021 (arXiv 2101.06983); the second encoding is PyTorch's activation checkpointing.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint


def in_chunks(encode: Callable[[Tensor], Tensor], inputs: Tensor, size: int) -> Tensor:
    """What ``encode(inputs)`` gives, and the same gradient, in the memory of ``size`` inputs.

    Shapes: inputs (n, ...) -> (n, dim).

    Args:
        encode: vectors of a batch; an encoder that looks at the statistics of its batch (batch norm in training) sees
            those of a chunk, and counts each chunk twice in its running averages.
        inputs: of the whole batch.
        size: inputs encoded at a time; all at once, without a second encoding, when there are no more, or when 0.
    """
    if not size or len(inputs) <= size:
        return encode(inputs)
    starts = range(0, len(inputs), size)
    return torch.cat([checkpoint(encode, inputs[start : start + size], use_reentrant=False) for start in starts])
