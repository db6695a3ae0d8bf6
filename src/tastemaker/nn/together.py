"""Several processes that learn one model: each on batches of its own, all with the mean of their gradients.

Who starts the processes makes the group (``torch.distributed``); whoever trains knows of it by :func:`together` alone.
Weights stay equal because they begin equal and every step is the same. What the clock or a validation decides is
decided by the first process, so that all take the same way.

Source: synchronous data parallelism, Goyal et al. 2017 (arXiv 1706.02677); negatives are those of the own batch.
"""

from dataclasses import dataclass

import torch
from torch import distributed, nn


@dataclass(frozen=True)
class Together:
    """One process of several.

    Attributes:
        place: its number; 0 writes down what is kept.
        size: how many there are; 1 is a process alone, for which all of this does nothing.
    """

    place: int = 0
    size: int = 1

    def share(self, steps: int) -> int:
        """Steps that each of them does of so many."""
        return -(-steps // self.size)

    def own(self, name: str) -> str:
        """The name of a chance that each draws for itself; alone as it is."""
        return f"{name} of {self.place}" if self.size > 1 else name

    def average(self, model: nn.Module) -> None:
        """Make every gradient the mean of theirs; none counts as zero."""
        if self.size == 1:
            return
        learned = [each for each in model.parameters() if each.requires_grad]
        grads = [torch.zeros_like(each) if each.grad is None else each.grad for each in learned]
        flat = torch.cat([grad.reshape(-1) for grad in grads])
        distributed.all_reduce(flat)
        flat /= self.size
        for each, mean in zip(learned, torch.split(flat, [each.numel() for each in learned]), strict=True):
            each.grad = mean.view_as(each)

    def agreed(self, value: float) -> float:
        """A number as the first of them has it."""
        if self.size == 1:
            return value
        said = torch.tensor([value], dtype=torch.float64)
        distributed.broadcast(said, 0)
        return float(said)


def together() -> Together:
    """The group that this process is in."""
    if not (distributed.is_available() and distributed.is_initialized()):
        return Together()
    return Together(distributed.get_rank(), distributed.get_world_size())
