"""The two-tower model and how it learns: one picture tower, one text tower, InfoNCE between what they say of an item.

Most epochs see the pictures at half their size, which costs a quarter; the last ones see them whole. A convolutional
tower that ends in a mean reads both.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tastemaker.alignment.examples import LENGTH, Examples, batches
from tastemaker.alignment.labels import LabelHeads, Labels
from tastemaker.core.types import Ints
from tastemaker.encoders.picture import PictureEncoder
from tastemaker.encoders.text import encode_tokens
from tastemaker.nn.losses import info_nce
from tastemaker.nn.precision import fast
from tastemaker.nn.towers import PictureTower, TextTower
from tastemaker.nn.training import Learning

HOTTEST = 100.0
"""The similarities are never multiplied by more than this (CLIP does the same)."""


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

    def logits(self, left: Tensor, right: Tensor) -> Tensor:
        """Cosines divided by the temperature. Shapes: (n, dim), (m, dim) -> (n, m)."""
        return cosine(left, right) * self.heat.exp().clamp(max=HOTTEST)


def cosine(left: Tensor, right: Tensor) -> Tensor:
    """Shapes: (n, dim), (m, dim) -> (n, m)."""
    return functional.normalize(left.float(), dim=1) @ functional.normalize(right.float(), dim=1).T


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


class Pupil(nn.Module):
    """What is trained: the towers, and the questions about attributes, which are thrown away afterwards."""

    def __init__(self, towers: TwoTowers, labels: Labels) -> None:
        super().__init__()
        self.towers = towers
        self.heads = LabelHeads(towers.picture.project.out_features, labels) if labels.sizes else None


class Contrast(Learning):
    """Learning of a :class:`TwoTowers`.

    Args:
        towers: trained in place.
        examples: all items.
        labels: classes of all items.
        learn: places of the items to learn from.
        check: places of the items to validate on; only pairs count.
        batch_size: items a batch.
        shapes: picture sizes, small and whole.
        small_share: share of the training that sees small pictures.
        smoothing: of the targets.
        label_weight: of the questions about attributes, beside the contrast.
    """

    name = "learning the space"

    def __init__(
        self,
        towers: TwoTowers,
        examples: Examples,
        labels: Labels,
        learn: Ints,
        check: Ints,
        *,
        batch_size: int,
        shapes: tuple[tuple[int, int], tuple[int, int]],
        small_share: float,
        smoothing: float = 0.0,
        label_weight: float = 0.3,
    ) -> None:
        self.pupil = Pupil(towers, labels)
        self.model = self.pupil
        self.towers = towers
        self.labels = labels
        self.label_weight = label_weight
        self.examples = examples
        self.check = check
        self.groups = Groups.of(examples, learn)
        self.shapes = shapes
        self.small_share = small_share
        self._stage = 0
        self.smoothing = smoothing
        chosen = (self.groups.pairs, self.groups.words, self.groups.pictures)
        self.sizes = [min(batch_size, len(group)) for group in chosen]
        self.steps = sum(len(group) // size for group, size in zip(chosen, self.sizes, strict=True) if size)

    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """Batches of the three groups, mixed by chance."""
        shape = self.shapes[self.stage(share)]
        ways = (self._pair, self._said_twice, self._seen_twice)
        groups = (self.groups.pairs, self.groups.words, self.groups.pictures)
        plan = [
            (way, batch)
            for way, group, size in zip(ways, groups, self.sizes, strict=True)
            if size
            for batch in batches(group, size, rng)
        ]
        for place in rng.permutation(len(plan)).tolist():
            way, batch = plan[place]
            with fast():
                left, right = way(batch, shape, rng)
            logits = self.towers.logits(left, right)
            loss = info_nce(logits, ignore=self.examples.duplicates(batch), smoothing=self.smoothing)
            if self.pupil.heads is not None and way != self._said_twice:
                asked = self.pupil.heads.loss(right.float(), torch.from_numpy(self.labels.classes[batch]))
                loss = loss + self.label_weight * asked
            yield loss

    def stage(self, share: float) -> int:
        """0 while pictures are small, 1 when they are whole."""
        self._stage = int(share >= self.small_share)
        return self._stage

    def validate(self, model: nn.Module) -> float | None:
        """Mean reciprocal rank of the right picture for a text among the held-out ones."""
        if not len(self.check) or not isinstance(model, Pupil):
            return None
        pictures = PictureEncoder(model.towers.picture, self.shapes[self._stage]).encode_frames(
            self.examples.frames[self.check]
        )
        texts = encode_tokens(model.towers.text, self.examples.whole(self.check))
        scores = texts @ pictures.T
        ranks = (scores > np.diagonal(scores)[:, None]).sum(1) + 1
        return float((1 / ranks).mean())

    def _pair(self, batch: Ints, shape: tuple[int, int], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        words = self.examples.words(batch, rng)
        return self.towers.text(words), self.towers.picture(self.examples.pictures(batch, shape, rng))

    def _said_twice(self, batch: Ints, shape: tuple[int, int], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        del shape
        return self.towers.text(self.examples.words(batch, rng)), self.towers.text(self.examples.words(batch, rng))

    def _seen_twice(self, batch: Ints, shape: tuple[int, int], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        seen = [self.towers.picture(self.examples.pictures(batch, shape, rng)) for _ in range(2)]
        return seen[0], seen[1]
