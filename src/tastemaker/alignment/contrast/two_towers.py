"""The two-tower model and how it learns: a picture tower, a text tower, a contrast between what they say of an item.

The first epochs may see the pictures at half their size, which costs a quarter: a convolutional tower that ends in a
mean reads both. The last epochs may have batches of near neighbours.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from tastemaker.alignment.contrast.examples import LENGTH, Examples, batches
from tastemaker.alignment.contrast.hard_batches import groups_of, hard_batches
from tastemaker.alignment.contrast.labels import LabelHeads, Labels
from tastemaker.alignment.contrast.objective import Loss, Objective, found_at
from tastemaker.core.types import Floats, Ints
from tastemaker.encoders.picture import PictureEncoder
from tastemaker.encoders.text import encode_tokens
from tastemaker.nn.gradient_cache import in_chunks
from tastemaker.nn.precision import fast
from tastemaker.nn.towers import PictureTower, TextTower
from tastemaker.nn.training import Learning

View = Callable[[Ints, tuple[int, int], np.random.Generator], tuple[Tensor, Tensor]]


class TwoTowers(nn.Module):
    """Both towers and the learned temperature.

    Args:
        dim: length of the vectors.
        widths: channels of the picture tower's stages.
        vocabulary: number of tokens.
        text_width: width of the text tower's transformer.
        temperature: at the start.
        dropout: in both towers, in training.
    """

    def __init__(
        self,
        dim: int,
        widths: Sequence[int],
        vocabulary: int,
        text_width: int,
        temperature: float,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.picture = PictureTower(widths, dim, dropout=dropout)
        self.text = TextTower(vocabulary, dim, width=text_width, length=LENGTH, dropout=dropout)
        self.heat = nn.Parameter(torch.tensor(math.log(1 / temperature)))
        for weight in self.picture.parameters():
            if weight.ndim == 4:  # convolutions run faster so
                weight.data = weight.data.contiguous(memory_format=torch.channels_last)


@dataclass(frozen=True)
class Groups:
    """Who teaches what: items with both, items whose words alone, items whose pictures alone."""

    pairs: Ints
    words: Ints
    pictures: Ints

    @classmethod
    def of(cls, examples: Examples, chosen: Ints) -> "Groups":
        """Sort items; a group that is under a twentieth of all is left out, unless it is the only one."""
        both = examples.has_picture[chosen] & examples.has_text[chosen]
        words, pictures = examples.has_text[chosen] & ~both, examples.has_picture[chosen] & ~both
        least = max(2, len(chosen) // 20)
        kept = [chosen[mask] if mask.sum() >= least else chosen[:0] for mask in (both, words, pictures)]
        return cls(*kept)


@dataclass(frozen=True)
class Recipe:
    """How the towers learn.

    Attributes:
        batch_size: items a batch.
        shapes: picture sizes, small and whole.
        small_share: share of the training that sees small pictures.
        loss: which one.
        smoothing: of the targets.
        label_weight: of the questions about attributes, beside the contrast.
        hard_share: share of the training, at its end, whose batches are made of near neighbours.
        hard_group: items of such a neighbourhood.
        hard_refresh: epochs after which neighbours are searched again.
        memory: vectors of earlier batches that count as negatives.
        chunk: items encoded at a time; 0 encodes a batch at once.
    """

    batch_size: int
    shapes: tuple[tuple[int, int], tuple[int, int]]
    small_share: float = 0.0
    loss: Loss = "infonce"
    smoothing: float = 0.0
    label_weight: float = 0.3
    hard_share: float = 0.0
    hard_group: int = 16
    hard_refresh: int = 3
    memory: int = 0
    chunk: int = 0


class Pupil(nn.Module):
    """What is trained: the towers, and what is thrown away afterwards - the loss, the questions, the neighbourhoods."""

    groups: Tensor
    age: Tensor

    def __init__(self, towers: TwoTowers, labels: Labels, recipe: Recipe, pairs: int) -> None:
        super().__init__()
        self.towers = towers
        dim = towers.picture.project.out_features
        self.heads = LabelHeads(dim, labels) if labels.sizes else None
        self.objective = Objective(
            recipe.loss, recipe.batch_size, dim, smoothing=recipe.smoothing, memory=recipe.memory
        )  # fmt: skip
        members = recipe.hard_group if recipe.hard_share else 1
        self.register_buffer("groups", torch.zeros(pairs // members if recipe.hard_share else 0, members).long())
        self.register_buffer("age", torch.zeros((), dtype=torch.long))


class Contrast(Learning):
    """Learning of a :class:`TwoTowers`.

    Args:
        towers: trained in place.
        examples: all items.
        labels: classes of all items.
        learn: places of the items to learn from.
        check: places of the items to validate on; only pairs count.
        recipe: how it learns.
    """

    name = "learning the space"

    def __init__(
        self, towers: TwoTowers, examples: Examples, labels: Labels, learn: Ints, check: Ints, recipe: Recipe
    ) -> None:
        self.groups = Groups.of(examples, learn)
        self.pupil = Pupil(towers, labels, recipe, len(self.groups.pairs))
        self.model = self.pupil
        self.towers, self.labels, self.examples, self.check, self.recipe = towers, labels, examples, check, recipe
        self._stage = 0
        chosen = (self.groups.pairs, self.groups.words, self.groups.pictures)
        self.sizes = [min(recipe.batch_size, len(group)) for group in chosen]
        self.steps = sum(len(group) // size for group, size in zip(chosen, self.sizes, strict=True) if size)

    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """Batches of the three groups, mixed by chance."""
        shape = self.recipe.shapes[self.stage(share)]
        plan = [*self._plan_pairs(share, shape, rng)]
        for way, group, size in (
            (self._said_twice, self.groups.words, self.sizes[1]),
            (self._seen_twice, self.groups.pictures, self.sizes[2]),
        ):
            plan += [(way, batch) for batch in batches(group, size, rng)] if size else []
        for place in rng.permutation(len(plan)).tolist():
            way, batch = plan[place]
            yield self._loss(way, batch, shape, rng)

    def _loss(self, way: View, batch: Ints, shape: tuple[int, int], rng: np.random.Generator) -> Tensor:
        with fast():
            left, right = way(batch, shape, rng)
        examples, pupil = self.examples, self.pupil
        keys = examples.keys(batch) if way == self._pair else None
        loss: Tensor = pupil.objective(
            left, right, self.towers.heat, examples.duplicates(batch), examples.together(batch), keys
        )
        if pupil.heads is not None and way != self._said_twice:
            asked = pupil.heads.loss(right.float(), torch.from_numpy(self.labels.classes[batch]))
            loss = loss + self.recipe.label_weight * asked
        return loss

    def _plan_pairs(
        self, share: float, shape: tuple[int, int], rng: np.random.Generator
    ) -> Iterator[tuple[View, Ints]]:
        """Batches of the items with both: by chance, or near neighbours towards the end."""
        pairs, size, recipe = self.groups.pairs, self.sizes[0], self.recipe
        if not size:
            return
        hard = share >= 1 - recipe.hard_share and size >= 2 * recipe.hard_group
        if hard:
            if self.pupil.age % recipe.hard_refresh == 0:
                self.pupil.groups.copy_(torch.from_numpy(groups_of(*self._say(pairs, shape), recipe.hard_group, rng)))
            self.pupil.age += 1
        chosen = hard_batches(pairs[self.pupil.groups.numpy()], size, rng) if hard else batches(pairs, size, rng)
        yield from ((self._pair, batch) for batch in chosen)

    def _say(self, chosen: Ints, shape: tuple[int, int]) -> tuple[Floats, Floats]:
        """What the towers say of items now, words and pictures. Shapes: (n,) -> (n, dim) twice."""
        with fast():
            pictures = PictureEncoder(self.towers.picture, shape).encode_frames(self.examples.frames[chosen])
            texts = encode_tokens(self.towers.text.eval(), self.examples.whole(chosen))
        self.towers.train()
        return texts, pictures

    def stage(self, share: float) -> int:
        """0 while pictures are small, 1 when they are whole."""
        self._stage = int(share >= self.recipe.small_share)
        return self._stage

    def validate(self, model: nn.Module) -> float | None:
        """Mean reciprocal rank of the right picture for a text among the held-out ones."""
        if not len(self.check) or not isinstance(model, Pupil):
            return None
        shape = self.recipe.shapes[self._stage]
        pictures = PictureEncoder(model.towers.picture, shape).encode_frames(self.examples.frames[self.check])
        texts = encode_tokens(model.towers.text, self.examples.whole(self.check))
        return found_at(texts, pictures)

    def _pair(self, batch: Ints, shape: tuple[int, int], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        return self._said(batch, rng), self._seen(batch, shape, rng)

    def _said_twice(self, batch: Ints, shape: tuple[int, int], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        del shape
        return self._said(batch, rng), self._said(batch, rng)

    def _seen_twice(self, batch: Ints, shape: tuple[int, int], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        return self._seen(batch, shape, rng), self._seen(batch, shape, rng)

    def _said(self, batch: Ints, rng: np.random.Generator) -> Tensor:
        return in_chunks(self.towers.text, self.examples.words(batch, rng), self.recipe.chunk)

    def _seen(self, batch: Ints, shape: tuple[int, int], rng: np.random.Generator) -> Tensor:
        return in_chunks(self.towers.picture, self.examples.pictures(batch, shape, rng), self.recipe.chunk)
