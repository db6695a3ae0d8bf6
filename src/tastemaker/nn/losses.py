"""The losses that align two sets of vectors, each written once.

InfoNCE as in CLIP (Radford et al. 2021, arXiv 2103.00020, figure 3) and the pairwise sigmoid loss of SigLIP (Zhai
et al. 2023, arXiv 2303.15343, equation 1). Unusual: a pair that is a true duplicate (the same words or the same
picture under another id) is neither a positive nor a negative, see ``ignore``.
"""

import torch
from torch import Tensor
from torch.nn import functional

HIDDEN = -1e4
"""Logit of a pair that must not count; its share of any softmax is zero."""


def info_nce(logits: Tensor, *, ignore: Tensor | None = None, smoothing: float = 0.0) -> Tensor:
    """Symmetric InfoNCE: the mean of two cross-entropies, along rows and along columns; positives on the diagonal.

    ``-1/(2N) sum_i [log softmax_j(s_ij)_i + log softmax_j(s_ji)_i]`` with the temperature already in ``s``.

    Shapes: logits (n, n); ignore (n, n) -> ().

    Args:
        logits: similarities divided by the temperature, left along rows, right along columns.
        ignore: True where a pair off the diagonal must not count as a negative; the diagonal always counts.
        smoothing: share of the target spread over all columns, 0 to 1.

    Source: Radford et al. 2021, figure 3; van den Oord et al. 2018, equation 4.
    """
    if ignore is not None:
        off = ~torch.eye(len(logits), dtype=torch.bool)
        logits = logits.masked_fill(ignore & off, HIDDEN)
    if smoothing:
        return (_smoothed(logits, smoothing) + _smoothed(logits.T, smoothing)) / 2
    target = torch.arange(len(logits))
    return (functional.cross_entropy(logits, target) + functional.cross_entropy(logits.T, target)) / 2


def sigmoid_loss(logits: Tensor, bias: Tensor, *, ignore: Tensor | None = None) -> Tensor:
    """Every pair is a question of its own: together or not? ``-1/N sum_ij log sigmoid(z_ij (s_ij + b))``.

    Shapes: logits (n, n); bias (); ignore (n, n) -> ().

    Args:
        logits: similarities divided by the temperature.
        bias: learned; starts near ``-log n`` because negatives are many.
        ignore: True where a pair off the diagonal must not count.

    Source: Zhai et al. 2023, equation 1.
    """
    sign = 2 * torch.eye(len(logits)) - 1
    terms = functional.logsigmoid(sign * (logits + bias))
    if ignore is not None:
        terms = terms.masked_fill(ignore & (sign < 0), 0.0)
    return -terms.sum() / len(logits)


def same_key(keys: Tensor) -> Tensor:
    """Pairs of entries with equal keys. Shapes: (n,) -> (n, n)."""
    return keys[:, None] == keys[None, :]


def _smoothed(logits: Tensor, smoothing: float) -> Tensor:
    """Cross-entropy whose smoothing is spread over the pairs that count, not over hidden ones."""
    log_p = functional.log_softmax(logits, dim=1)
    counts = logits > HIDDEN
    spread = (log_p * counts).sum(1) / counts.sum(1)
    return -((1 - smoothing) * log_p.diagonal() + smoothing * spread).mean()
