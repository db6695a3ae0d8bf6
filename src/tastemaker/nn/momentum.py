"""A slow copy of a model that teaches it, and a memory of what the slow copy said of earlier batches.

What goes with what is noisy: of two products with nearly the same words either may be "the" answer. The slow copy's own
opinion, mixed into the targets, says so; the memory gives small batches many negatives. Sources: He et al. 2020 (MoCo,
arXiv 1911.05722); Li et al. 2021 (ALBEF, arXiv 2107.07651), equations 6 and 7.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from tastemaker.nn.losses import HIDDEN


@torch.no_grad()
def follow(slow: nn.Module, fast: nn.Module, keep: float) -> None:
    """Move the weights and running statistics of a slow copy: ``slow = keep * slow + (1 - keep) * fast``."""
    theirs = [*fast.parameters(), *fast.buffers()]
    for mine, new in zip([*slow.parameters(), *slow.buffers()], theirs, strict=True):
        if mine.is_floating_point():
            mine.lerp_(new, 1 - keep)
        else:
            mine.copy_(new)


class Memory(nn.Module):
    """The last vectors of both modalities, with keys that tell duplicates; oldest out first.

    Shapes: pictures, texts (length, dim); keys (length, 2), -1 where nothing is remembered yet.
    """

    pictures: Tensor
    texts: Tensor
    keys: Tensor

    def __init__(self, length: int, dim: int) -> None:
        super().__init__()
        self.register_buffer("pictures", torch.zeros(length, dim))
        self.register_buffer("texts", torch.zeros(length, dim))
        self.register_buffer("keys", torch.full((length, 2), -1))

    @torch.no_grad()
    def push(self, pictures: Tensor, texts: Tensor, keys: Tensor) -> None:
        """Remember a batch. Shapes: (n, dim), (n, dim), (n, 2)."""
        length = len(self.keys)
        for kept, new in ((self.pictures, pictures), (self.texts, texts), (self.keys, keys)):
            kept.copy_(torch.cat([new.to(kept.dtype), kept])[:length])


def softened(logits: Tensor, target: Tensor, opinion: Tensor, share: float) -> Tensor:
    """Cross-entropy against a mixture of the truth and of a teacher's opinion; a mean over rows.

    ``-sum_j [(1 - share) y_j + share softmax(opinion)_j] log softmax(logits)_j``.

    Shapes: logits, opinion (n, m), target (n,) -> ().

    Args:
        logits: of the model that learns; a pair that must not count holds ``HIDDEN``.
        target: the right column of each row.
        opinion: the teacher's logits, hidden alike.
        share: weight of the opinion, 0 to 1; 0 gives plain cross-entropy.

    Source: Li et al. 2021, equation 6.
    """
    log_p = functional.log_softmax(logits, dim=1)
    right = log_p.gather(1, target[:, None]).squeeze(1)
    taught = (opinion.softmax(1) * log_p).masked_fill(logits <= HIDDEN, 0.0).sum(1)
    return -((1 - share) * right + share * taught).mean()
