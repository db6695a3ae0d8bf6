"""Cross-entropy against a whole catalog without the (positions x items) tensor: loss and gradients in one pass.

A softmax over every item is what makes sequential recommenders strong (Klenitskiy and Vasilev 2023, arXiv 2309.07602),
and the usual way to compute it keeps several positions x items tensors, gigabytes for one batch. Here a few hundred
positions at a time are multiplied with all items while their logits stay in the cache, and the gradients of both sides
are taken at once: memory is that of the gradients, and nothing is computed twice.

Measured on one Zen 4 core, 2,048 positions x 12,101 items x 64: 0.13 s with bfloat16 products (0.25 s in float32;
0.50 s for torch's cross_entropy and its backward pass); the gradients differ from float32's by less than 0.5 %.
"""

from typing import Protocol, cast

import torch
from torch import Tensor

from tastemaker.nn.precision import has_bfloat16

CACHED = 3_000_000
"""Logits held at once: 6 MB in bfloat16."""
TAME = 60.0
"""Logits that cannot be larger need no shift before they are raised: ``exp`` of them, summed, is a number."""
PIECES = 64  # of a row that is summed in bfloat16


def cross_entropy(hidden: Tensor, items: Tensor, target: Tensor, *, half: bool | None = None) -> Tensor:
    """Mean of ``-log softmax(hidden @ items.T)`` at the targets.

    Shapes: hidden (n, dim), items (m, dim), target (n,) int64 -> ().

    Args:
        hidden: what is known at each position; at least one.
        items: the vectors of all that could come next.
        target: which of them came.
        half: multiply in bfloat16, sums in float32; None does so where the processor multiplies it in hardware.

    Source: Klenitskiy and Vasilev 2023, Turning Dross Into Gold Loss: is BERT4Rec really better than SASRec?, eq. 3.
    Differs: chunks of positions, gradients in the forward pass.
    """
    half = has_bfloat16() if half is None else half
    return cast("Tensor", _CrossEntropy.apply(hidden, items, target, half))  # type: ignore[no-untyped-call]


class _Context(Protocol):
    needs_input_grad: tuple[bool, ...]
    saved_tensors: tuple[Tensor, ...]

    def save_for_backward(self, *tensors: Tensor) -> None: ...


class _CrossEntropy(torch.autograd.Function):
    """The gradients are made with the loss, and scaled when they are asked for."""

    @staticmethod
    def forward(ctx: _Context, hidden: Tensor, items: Tensor, target: Tensor, half: bool) -> Tensor:  # noqa: FBT001 - torch's signature
        loss, by_hidden, by_items = _pass(hidden, items, target, half=half)
        ctx.save_for_backward(by_hidden, by_items)
        return loss

    @staticmethod
    def backward(ctx: _Context, scale: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        by_hidden, by_items = ctx.saved_tensors
        wanted = ctx.needs_input_grad
        return by_hidden * scale if wanted[0] else None, by_items * scale if wanted[1] else None, None, None


@torch.no_grad()
def _pass(hidden: Tensor, items: Tensor, target: Tensor, *, half: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Mean loss and its gradients.

    Shapes: hidden (n, dim), items (m, dim), target (n,) -> (), (n, dim), (m, dim).
    """
    n, m = len(hidden), len(items)
    exact = items.float()
    quick = exact.bfloat16() if half else exact
    by_hidden, by_items = torch.empty_like(hidden, dtype=torch.float32), torch.zeros_like(exact)
    loss = torch.zeros((), dtype=torch.float32)
    step = max(32, min(n, CACHED // m))
    tame = float(exact.norm(dim=1).max() * hidden.float().norm(dim=1).max()) < TAME
    for low in range(0, n, step):
        wanted = target[low : low + step]
        part = hidden[low : low + step].to(quick.dtype)
        logits = part @ quick.T  # (step, m)
        right = logits.gather(1, wanted[:, None]).float()
        if not tame:
            top = logits.amax(1, keepdim=True)
            right -= top.float()
            logits.sub_(top)
        weight = logits.exp_()
        total = _sums(weight)
        loss += (total.log() - right).sum()
        by_hidden[low : low + step] = (weight @ quick).float() / total - exact[wanted]
        by_items += weight.T @ (part.float() / total).to(quick.dtype)
    by_items.index_add_(0, target, hidden.float(), alpha=-1.0)
    return loss / n, by_hidden.div_(n).to(hidden.dtype), by_items.div_(n).to(items.dtype)


def _sums(weight: Tensor) -> Tensor:
    """Sums of the rows in float32; of bfloat16 in pieces, since widening the whole first takes as long as a product.

    Shapes: (n, m) -> (n, 1).
    """
    if weight.dtype == torch.float32:
        return weight.sum(1, keepdim=True)
    m = weight.shape[1]
    whole = m - m % PIECES
    pieces = weight[:, :whole].view(len(weight), PIECES, whole // PIECES).sum(2).float()
    return pieces.sum(1, keepdim=True) + weight[:, whole:].float().sum(1, keepdim=True)
