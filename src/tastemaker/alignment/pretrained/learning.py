"""Fine-tuning of a pretrained model on a shop's own items: what an item says belongs to what it shows.

The loss is the one the model was made with: a model with a bias (SigLIP) learns by the sigmoid loss, any other by
InfoNCE. A model that reads words alone learns that two ways to speak of an item mean the same. Items with equal words
or equal pictures are no negatives of each other. How good it is: recall at 1, 5 and 10, both ways, on pairs kept apart
- before the first step too, so that a tuning that makes things worse is seen.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import words_of
from tastemaker.catalog.pictures import decode
from tastemaker.core.errors import PictureError
from tastemaker.core.types import Floats, Ints
from tastemaker.encoders.ahead import ahead
from tastemaker.encoders.phrases import facts_of, spoken
from tastemaker.encoders.pixels import Eye, Pixels
from tastemaker.encoders.pretrained import Pretrained
from tastemaker.nn.gradient_cache import in_chunks
from tastemaker.nn.losses import HOTTEST, info_nce, same_key, sigmoid_loss
from tastemaker.nn.precision import fast
from tastemaker.nn.training import Learning

HEAT = 20.0
"""What cosines are multiplied by in a model that has no temperature of its own."""
KS = (1, 5, 10)


@dataclass(frozen=True)
class Pairs:
    """Items to learn from.

    Attributes:
        catalog: they are in.
        rows: of items with two sides: picture and words, or two things said.
        spoken: attributes that are read as words.
        eye: how pictures are taken; None: both sides are words.
    """

    catalog: Catalog
    rows: Ints
    spoken: frozenset[str]
    eye: Eye | None

    @classmethod
    def of(cls, catalog: Catalog, eye: Eye | None) -> "Pairs":
        """Those of a catalog; whether a picture can be read shows when it is."""
        every = cls(catalog, np.flatnonzero(catalog.alive), spoken(catalog), eye)
        return replace(every, rows=np.array([row for row in every.rows.tolist() if every.is_pair(row)], np.int64))

    def is_pair(self, row: int) -> bool:
        """Has the item two sides?"""
        if self.eye is None:
            return len(self.phrases(row)) > 1
        return bool(self.catalog.main_picture(row) and words_of(self.catalog.item(row)))

    def phrases(self, row: int) -> list[str]:
        """What is said of an item, in pieces: title, text, each attribute."""
        item = self.catalog.item(row)
        facts = [" ".join(part for part in fact if part) for fact in facts_of(item, self.spoken)]
        return [piece for piece in (item.title, item.text, *facts) if piece]

    def whole(self, row: int) -> str:
        """All words of an item, as it will be embedded."""
        return words_of(self.catalog.item(row))

    def spoken_of(self, row: int, rng: np.random.Generator) -> str:
        """One way to speak of an item: all of it, its name, or some of the pieces."""
        way, pieces = rng.random(), self.phrases(row)
        if way < 0.4 or not pieces:
            return self.whole(row)
        if way < 0.7:
            return pieces[0]
        return ". ".join([piece for piece in pieces if rng.random() < 0.5] or pieces)

    def said_twice(self, row: int, rng: np.random.Generator) -> tuple[str, str]:
        """Two ways to speak of an item that share no piece."""
        pieces = self.phrases(row)
        order = rng.permutation(len(pieces))
        cut = int(rng.integers(1, len(pieces)))
        first, second = (". ".join(pieces[i] for i in sorted(part.tolist())) for part in (order[:cut], order[cut:]))
        return first, second

    def picture(self, row: int) -> Pixels | None:
        """The picture of an item as the model takes it; None when it cannot be read."""
        if self.eye is None:
            return None
        name = self.catalog.main_picture(row)
        try:
            return self.eye.take(decode(self.catalog.pictures.read(name), name, least=self.eye.least))
        except PictureError:
            return None

    def pictures(self, rows: Ints) -> tuple[Ints, list[Pixels]]:
        """Pictures of the items whose picture can be read, and which these are."""
        found = [(row, taken) for row in rows.tolist() if (taken := self.picture(row)) is not None]
        return np.array([row for row, _ in found], np.int64), [taken for _, taken in found]


class Tuning(Learning):
    """A pretrained model that learns from pairs.

    Args:
        model: with some weights opened; trained in place.
        weights: those that learn.
        pairs: items.
        learn: rows to learn from.
        check: rows kept apart.
        batch_size: pairs a batch.
        chunk: pairs encoded at a time; 0 encodes a batch at once.
    """

    name = "tuning"

    def __init__(
        self,
        model: Pretrained,
        weights: Mapping[str, nn.Parameter],
        pairs: Pairs,
        learn: Ints,
        check: Ints,
        *,
        batch_size: int,
        chunk: int,
    ) -> None:
        self.model = self.learning = nn.ParameterList(weights.values())  # the loop copies these, not the whole model
        self.pretrained, self.pairs, self.learn, self.check = model, pairs, learn, check
        self.size, self.chunk = min(batch_size, len(learn)), chunk
        self.steps = len(learn) // self.size

    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """Batches in a random order; the next one's pictures are read meanwhile."""
        del share
        self.pretrained.module.train()
        order = rng.permutation(self.learn)
        batches = [order[start : start + self.size] for start in range(0, self.steps * self.size, self.size)]
        seeds = rng.integers(2**63, size=len(batches)).tolist()
        with closing(ahead(self._read, zip(batches, seeds, strict=True), waiting=3)) as found:
            for inputs in found:
                yield self._loss(*inputs)
        self.pretrained.module.eval()

    def validate(self, model: nn.Module) -> float | None:
        """Mean recall at 1, 5 and 10, both ways, of the pairs kept apart, with these weights."""
        if not len(self.check) or not isinstance(model, nn.ParameterList):
            return None
        module = self.pretrained.module
        training = module.training
        module.eval()
        before = [each.detach().clone() for each in self.learning]
        _copy(model, self.learning)
        try:
            return self.recall()
        finally:
            _copy(before, self.learning)
            module.train(training)

    def recall(self) -> float:
        """Mean recall at 1, 5 and 10, both ways, of the pairs kept apart, with the model as it is.

        0 when none of their pictures can be read.
        """
        scores = self._scores()
        if not len(scores):
            return 0.0
        own = np.diagonal(scores)
        ranks = [(side > own[:, None]).sum(1) for side in (scores, scores.T)]
        return float(np.mean([(rank < k).mean() for rank in ranks for k in KS]))

    def _scores(self) -> Floats:
        """Cosines of words and pictures (or of a name and all else that is said) of the pairs kept apart."""
        model, pairs = self.pretrained, self.pairs
        if pairs.eye is None:
            phrases = [pairs.phrases(row) for row in self.check.tolist()]
            left, right = [each[0] for each in phrases], [". ".join(each[1:]) for each in phrases]
            return np.asarray(model.texts(left) @ model.texts(right).T)
        groups = [self.check[start : start + 32] for start in range(0, len(self.check), 32)]
        rows, vectors = [], []
        with closing(ahead(pairs.pictures, groups, waiting=3)) as found:
            for there, taken in found:
                rows += there.tolist()
                vectors += [model.taken(taken)] if taken else []
        seen = np.concatenate(vectors) if vectors else np.zeros((0, model.dim), np.float32)
        return np.asarray(model.texts([pairs.whole(row) for row in rows]) @ seen.T)

    def _read(self, task: tuple[Ints, int]) -> tuple[list[str], list[str] | Tensor, Tensor]:
        """Both sides of a batch, and which pairs are no negatives; runs in the background."""
        rows, rng = task[0], np.random.default_rng(task[1])
        pairs = self.pairs
        if pairs.eye is None:
            said = [pairs.said_twice(row, rng) for row in rows.tolist()]
            keys = [pairs.whole(row).encode("utf-8", "surrogatepass") for row in rows.tolist()]
            return [left for left, _ in said], [right for _, right in said], _equal(keys)
        rows, taken = pairs.pictures(rows)
        words = [pairs.spoken_of(row, rng) for row in rows.tolist()]
        same = _equal([pairs.whole(row).encode("utf-8", "surrogatepass") for row in rows.tolist()])
        same |= _equal([picture.tobytes() for picture in taken])
        return words, pairs.eye.batch(taken, rng) if taken else torch.zeros(0), same

    def _loss(self, words: list[str], others: list[str] | Tensor, same: Tensor) -> Tensor:
        model = self.pretrained
        if len(words) < 2:  # nothing to tell apart
            return torch.stack([each.sum() * 0 for each in self.learning]).sum()
        with fast():
            left = self._said(words)
            right = in_chunks(model.look, others, self.chunk) if isinstance(others, Tensor) else self._said(others)
        cosines = functional.normalize(left.float(), dim=1) @ functional.normalize(right.float(), dim=1).T
        scale = torch.tensor(HEAT) if model.heat is None else model.heat.exp().clamp(max=HOTTEST)
        if model.bias is not None:
            return sigmoid_loss(cosines * scale, model.bias, ignore=same)
        return info_nce(cosines * scale, ignore=same)

    def _said(self, texts: list[str]) -> Tensor:
        """Vectors of texts, encoded in chunks."""
        read = self.pretrained.read(texts)
        names = list(read)

        def say(stacked: Tensor) -> Tensor:
            return self.pretrained.say(dict(zip(names, stacked.unbind(1), strict=True)))

        return in_chunks(say, torch.stack([read[name] for name in names], 1), self.chunk)


@torch.no_grad()
def _copy(source: Sequence[Tensor] | nn.ParameterList, target: nn.ParameterList) -> None:
    for new, old in zip(source, target, strict=True):
        old.copy_(new)


def _equal(contents: Sequence[bytes]) -> Tensor:
    """Which contents are the same. Shapes: (n,) -> (n, n)."""
    keys = [int.from_bytes(hashlib.blake2b(each, digest_size=7).digest(), "big") for each in contents]
    return same_key(torch.tensor(keys, dtype=torch.int64))
