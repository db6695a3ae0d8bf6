"""The losses that align two sets of vectors, each written once.

InfoNCE as in CLIP (Radford et al. 2021, arXiv 2103.00020, figure 3), with several positives a row (Khosla et al. 2020,
arXiv 2004.11362), and the pairwise sigmoid loss of SigLIP (Zhai et al. 2023, arXiv 2303.15343, equation 1). Unusual: a
pair that is a true duplicate (the same words or the same picture under another id) may be neither a positive nor a
negative, see ``ignore``. Logits may have more columns than rows: what comes after the square are negatives remembered
from earlier batches.
"""

import torch
from torch import Tensor
from torch.nn import functional

HIDDEN = -1e4
"""Logit of a pair that must not count; its share of any softmax is zero."""
HOTTEST = 100.0
"""Cosines are never multiplied by more than this (CLIP does the same)."""


def info_nce(
    logits: Tensor, *, ignore: Tensor | None = None, smoothing: float = 0.0, positives: Tensor | None = None
) -> Tensor:
    """Symmetric InfoNCE: the mean of two cross-entropies, along rows and along columns; positives on the diagonal.

    ``-1/(2N) sum_i [log softmax_j(s_ij)_i + log softmax_j(s_ji)_i]`` with the temperature already in ``s``.

    Shapes: logits (n, n); ignore, positives (n, n) -> ().

    Args:
        logits: similarities divided by the temperature, left along rows, right along columns.
        ignore: True where a pair off the diagonal must not count as a negative; the diagonal always counts.
        smoothing: share of the target spread over all columns, 0 to 1.
        positives: True where a pair belongs together besides the diagonal; must be symmetric.

    Source: Radford et al. 2021, figure 3; van den Oord et al. 2018, equation 4.
    """
    if ignore is not None:
        logits = logits.masked_fill(ignore & ~_diagonal(logits), HIDDEN)
    sides = (softmax_loss(side, positives=positives, smoothing=smoothing) for side in (logits, logits.T))
    return torch.stack(list(sides)).mean()


def softmax_loss(logits: Tensor, *, positives: Tensor | None = None, smoothing: float = 0.0) -> Tensor:
    """One side of InfoNCE: each row chooses among the columns; the mean over the positives of a row, then over rows.

    ``-1/N sum_i 1/|P_i| sum_{p in P_i} log softmax_j(s_ij)_p``.

    Shapes: logits (n, m), positives (n, m) -> ().

    Args:
        logits: a pair that must not count holds ``HIDDEN``.
        positives: True where a pair belongs together; the diagonal always does.
        smoothing: share of the target spread over all columns that count.

    Source: Khosla et al. 2020, equation 2.
    """
    log_p = functional.log_softmax(logits, dim=1)
    right = _diagonal(logits) if positives is None else positives | _diagonal(logits)
    loss = -(log_p * right).sum(1) / right.sum(1)
    if smoothing:
        counts = logits > HIDDEN
        loss = (1 - smoothing) * loss - smoothing * (log_p * counts).sum(1) / counts.sum(1)
    return loss.mean()


def sigmoid_loss(
    logits: Tensor, bias: Tensor, *, ignore: Tensor | None = None, positives: Tensor | None = None
) -> Tensor:
    """Every pair is a question of its own: together or not? ``-1/N sum_ij log sigmoid(z_ij (s_ij + b))``.

    Shapes: logits (n, m), bias (), ignore, positives (n, m) -> ().

    Args:
        logits: similarities divided by the temperature.
        bias: learned; starts near ``-log n`` because negatives are many.
        ignore: True where a pair off the diagonal must not count.
        positives: True where a pair belongs together besides the diagonal.

    Source: Zhai et al. 2023, equation 1.
    """
    right = _diagonal(logits) if positives is None else positives | _diagonal(logits)
    terms = functional.logsigmoid((2.0 * right - 1.0) * (logits + bias))
    if ignore is not None:
        terms = terms.masked_fill(ignore & ~right, 0.0)
    return -terms.sum() / len(logits)


def same_key(keys: Tensor) -> Tensor:
    """Pairs of entries with equal keys. Shapes: (n,) -> (n, n)."""
    return keys[:, None] == keys[None, :]


def _diagonal(logits: Tensor) -> Tensor:
    return torch.eye(*logits.shape, dtype=torch.bool, device=logits.device)
