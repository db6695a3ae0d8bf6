"""How the fusion model learns: contrast with a memory, matching against hard negatives, covered words guessed.

Batches are made of small neighbourhoods of the contrastive space, so that the negatives of a batch are as hard as the
answers that will be re-ranked. Three losses, each with the slow copy's opinion mixed into its targets.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from tastemaker.alignment.contrast.examples import Examples
from tastemaker.core.types import Floats, Ints
from tastemaker.nn.cross_attention import CrossEncoder, Read, Seen
from tastemaker.nn.losses import HIDDEN, HOTTEST
from tastemaker.nn.momentum import Memory, follow, softened
from tastemaker.nn.precision import fast
from tastemaker.nn.towers import PAD
from tastemaker.nn.training import Learning

COVER = 1
"""The token that stands for a covered word: that of an unknown one."""
GUESSING = 0.3
"""Weight of the covered words, beside contrast and matching."""


@dataclass(frozen=True)
class Recipe:
    """How the fusion model learns.

    Attributes:
        batch_size: items a batch.
        neighbours: items a neighbourhood; a batch is made of many.
        memory: vectors of earlier batches that count as negatives of the contrast.
        opinion: share of the slow copy's opinion in the targets.
        momentum: share of the slow copy that is kept each step.
        covered: share of the words that are covered.
        shape: of the frames.
    """

    batch_size: int
    neighbours: int
    memory: int
    opinion: float
    momentum: float
    covered: float
    shape: tuple[int, int]


class Pupil(nn.Module):
    """What is trained, and what a checkpoint must hold beside it: the slow copy and the memory."""

    def __init__(self, model: CrossEncoder, memory: int) -> None:
        super().__init__()
        self.fast = model
        self.slow = copy.deepcopy(model).requires_grad_(requires_grad=False)
        self.memory = Memory(memory, model.text.project.out_features)


@dataclass(frozen=True)
class _Sides:
    """One batch, opened by the model that learns and by its slow copy."""

    seen: Seen
    read: Read
    slow_seen: Seen
    slow_read: Read


class Fusing(Learning):
    """Learning of a :class:`CrossEncoder`.

    Args:
        model: trained in place.
        examples: all items.
        near: vectors of all items by which neighbourhoods are made.
        learn: places of the items to learn from; pairs.
        judge: how good a model is, higher is better; None when there is nothing to judge by.
        recipe: how it learns.

    Source: Li et al. 2021 (arXiv 2107.07651), section 3.
    Differs: hard negatives are whole batches of neighbours; matching is a choice among them instead of yes or no,
        because re-ranking is a choice.
    """

    name = "learning the fusion"

    def __init__(
        self, model: CrossEncoder, examples: Examples, near: Floats, learn: Ints,
        judge: Callable[[CrossEncoder], float] | None, recipe: Recipe,
    ) -> None:  # fmt: skip
        self.model = self.pupil = Pupil(model, recipe.memory)
        self.examples, self.near, self.learn, self.judge, self.recipe = examples, near, learn, judge, recipe
        self.size = min(recipe.batch_size, len(learn))
        self.steps = len(learn) // self.size

    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """One batch after another; the slow copy follows after each."""
        share = min(1.0, 4 * share)
        for batch in neighbourhoods(self.near, self.learn, self.recipe.neighbours, self.size, rng):
            with fast():
                loss = self._loss(batch, share, rng)
            yield loss
            follow(self.pupil.slow, self.pupil.fast, self.recipe.momentum)

    def validate(self, model: nn.Module) -> float | None:
        """What the judge says of the averaged model."""
        return None if self.judge is None or not isinstance(model, Pupil) else self.judge(model.fast)

    def _loss(self, batch: Ints, ramp: float, rng: np.random.Generator) -> Tensor:
        student, teacher, recipe = self.pupil.fast, self.pupil.slow.eval(), self.recipe
        pictures = self.examples.pictures(batch, recipe.shape, rng)
        tokens = self.examples.words(batch, rng)
        with torch.no_grad():
            slow_seen, slow_read = teacher.look(pictures), teacher.read(tokens)
        sides = _Sides(student.look(pictures), student.read(tokens), slow_seen, slow_read)
        opinion, keys = recipe.opinion * ramp, self.examples.keys(batch)
        loss = self._contrast(sides, keys, opinion)
        loss = loss + self._matching(sides, self.examples.duplicates(batch), opinion)
        loss = loss + GUESSING * self._guessing(sides, tokens, opinion, rng)
        self.pupil.memory.push(slow_seen.vector, slow_read.vector, keys)
        return loss

    def _contrast(self, sides: _Sides, keys: Tensor, opinion: float) -> Tensor:
        """The right one among the batch and the memory, both ways."""
        memory = self.pupil.memory
        every = torch.cat([keys, memory.keys])
        target = torch.arange(len(keys))
        same = ((keys[:, None] == every) & (keys[:, None] >= 0)).any(2) | (every < 0).all(1)
        same[target, target] = False
        loss = torch.zeros(())
        ways = (
            (sides.read.vector, sides.slow_read.vector, torch.cat([sides.slow_seen.vector, memory.pictures])),
            (sides.seen.vector, sides.slow_seen.vector, torch.cat([sides.slow_read.vector, memory.texts])),
        )
        for mine, slow, theirs in ways:
            heat = self.pupil.fast.heat.exp().clamp(max=HOTTEST)
            logits = (mine @ theirs.T).float() * heat
            said = (slow @ theirs.T).float() * heat.detach()
            loss = loss + softened(logits.masked_fill(same, HIDDEN), target, said.masked_fill(same, HIDDEN), opinion)
        return loss / 2

    def _matching(self, sides: _Sides, hidden: Tensor, opinion: float) -> Tensor:
        """The right one among all of the batch, which is made of neighbours; both ways."""
        off = hidden & ~torch.eye(len(hidden), dtype=torch.bool)
        logits = self.pupil.fast.matching(sides.read.states, sides.read.keep, sides.seen.cells).masked_fill(off, HIDDEN)
        with torch.no_grad():
            slow = self.pupil.slow.matching(sides.slow_read.states, sides.slow_read.keep, sides.slow_seen.cells)
            slow = slow.masked_fill(off, HIDDEN)
        target = torch.arange(len(hidden))
        return (softened(logits, target, slow, opinion) + softened(logits.T, target, slow.T, opinion)) / 2

    def _guessing(self, sides: _Sides, tokens: Tensor, opinion: float, rng: np.random.Generator) -> Tensor:
        """Covered words, read off the rest and the picture; in half of the batch, which is dear enough."""
        tokens = tokens[: (len(tokens) + 1) // 2]
        chance = torch.from_numpy(rng.random(tuple(tokens.shape)))
        covered = (tokens != PAD) & (chance < self.recipe.covered)
        if not covered.any():
            return torch.zeros(())
        asked, whose = tokens.masked_fill(covered, COVER), covered.nonzero(as_tuple=True)[0]
        logits = self.pupil.fast.words(self.pupil.fast.read(asked).states[covered], sides.seen.cells[whose])
        with torch.no_grad():
            states = self.pupil.slow.read(asked).states[covered]
            said = self.pupil.slow.words(states, sides.slow_seen.cells[whose])
        return softened(logits, tokens[covered], said, opinion)


def neighbourhoods(vectors: Floats, chosen: Ints, leaf: int, size: int, rng: np.random.Generator) -> Iterator[Ints]:
    """Items in batches made of small neighbourhoods, other ones each time; the rest of the division waits.

    Items are halved along random directions until a part holds ``leaf`` or fewer; the parts are shuffled.

    Shapes: vectors (items, dim), chosen (n,) -> (size,) each.
    """
    order = rng.permutation(chosen)
    parts = [order]
    while max(map(len, parts)) > leaf:
        halves: list[Ints] = []
        for part in parts:
            across = vectors[part] @ rng.standard_normal(vectors.shape[1])
            halves += np.array_split(part[np.argsort(across)], 2)
        parts = halves
    shuffled = np.concatenate([parts[place] for place in rng.permutation(len(parts))])
    for start in range(0, len(shuffled) // size * size, size):
        yield shuffled[start : start + size]
