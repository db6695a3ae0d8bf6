"""A learned way to put a picture and a change in words together: a gated residual on top of the weighted sum.

    q = unit( s + sigmoid(g([p, t])) * m([p, t, p * t]) ),    s = .4 p + .6 t

It learns from the catalog alone: triplets (an item, a change in words, an item that differs from it in just the
attribute that the words name). The residual begins at nothing, so that what is not learned is the weighted sum.

Source: Combiner of Baldrati et al., "Conditioned and composed image retrieval combining and partially fine-tuning
CLIP-based features", CVPRW 2022.
Differs: the weighted sum is fixed and the network adds to it; other right items of a batch are no negatives.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from tastemaker.alignment.composing.query import Term
from tastemaker.alignment.composing.triplets import Triplets
from tastemaker.alignment.space import Space
from tastemaker.core.progress import Observer, silent
from tastemaker.core.seeds import derive, generator
from tastemaker.core.types import Floats, Ints
from tastemaker.nn.losses import info_nce, same_key
from tastemaker.nn.training import Learning, Plan, train

BATCH, TEMPERATURE = 256, 0.05


class Combiner(nn.Module):
    """The residual on top of the weighted sum.

    Args:
        dim: of the space.
        hidden: width of the network.
        share: weight of the change in the sum; the picture has the rest.
        seed: of the first weights.
    """

    name: ClassVar[str] = "learned"

    def __init__(self, dim: int, hidden: int = 256, share: float = 0.6, *, seed: int = 0) -> None:
        super().__init__()
        self.dim, self.hidden, self.share = dim, hidden, share
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(derive(seed, "combiner weights"))
            self.mix = nn.Sequential(nn.Linear(3 * dim, hidden), nn.GELU(), nn.Dropout(0.3), nn.Linear(hidden, dim))
            self.gate = nn.Linear(2 * dim, 1)
        last = self.mix[-1]
        if isinstance(last, nn.Linear):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def forward(self, pictures: Tensor, words: Tensor) -> Tensor:
        """Shapes: (n, dim), (n, dim) -> (n, dim), unit rows."""
        scaled = torch.cat([pictures, words, self.dim**0.5 * pictures * words], dim=1)
        gate = torch.sigmoid(self.gate(scaled[:, : 2 * self.dim]))
        summed = (1.0 - self.share) * pictures + self.share * words
        return nn.functional.normalize(summed + gate * self.mix(scaled), dim=1)

    def combine(self, picture: Floats, words: Floats) -> Floats:
        """One picture and one change. Shapes: (dim,), (dim,) -> (dim,), a unit vector."""
        self.eval()
        with torch.inference_mode():
            both = (torch.from_numpy(np.ascontiguousarray(part, np.float32))[None] for part in (picture, words))
            return np.asarray(self(*both)[0].numpy(), np.float32)

    def join(self, space: Space, picture: Term, change: Term) -> Floats:
        """One picture and one change as parts of a request. Shapes: -> (dim,), a unit vector."""
        del space
        return self.combine(picture.vector, change.vector)

    def learn(
        self,
        pictures: Floats,
        words: Floats,
        targets: Floats,
        groups: Ints,
        *,
        epochs: int = 6,
        seed: int = 0,
        observer: Observer = silent,
    ) -> Self:
        """Learn from triplets: each should be nearer to its own target than to those of others.

        Args:
            pictures: of the references.
            words: of the changes.
            targets: vectors of the items they lead to.
            groups: targets of one group are no negatives of each other.
            epochs: passes over all.
            seed: of order and dropout.
            observer: told of progress.

        Shapes: pictures, words, targets (n, dim), groups (n,).
        """
        plan = Plan(epochs=epochs, weight_decay=1e-2, warm_up=0.0, average=0.0, seed=seed)
        train(_Combining(self, (pictures, words, targets), groups), plan, observer)
        return self

    def tensors(self) -> dict[str, npt.NDArray[np.generic]]:
        """Everything learned, for storage."""
        return {f"combiner.{name}": value.numpy().copy() for name, value in self.state_dict().items()}

    def settings(self) -> dict[str, object]:
        """How it is built again."""
        return {"name": self.name, "dim": self.dim, "hidden": self.hidden, "share": self.share}

    @classmethod
    def restore(cls, settings: Mapping[str, object], tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`settings` and :meth:`tensors` gave."""
        made = cls(int(str(settings["dim"])), int(str(settings["hidden"])), float(str(settings["share"])))
        mine = {name.removeprefix("combiner."): torch.from_numpy(np.array(value, np.float32))
                for name, value in tensors.items() if name.startswith("combiner.")}  # fmt: skip
        made.load_state_dict(mine)
        return made


@dataclass(frozen=True)
class Choice:
    """What validation triplets say: share of them with a right item in the first ten, by either way.

    Attributes:
        made: what was learned.
        arithmetic: hit rate of the weighted sum.
        learned: hit rate of the combiner.
    """

    made: "Combiner"
    arithmetic: float
    learned: float

    @property
    def combiner(self) -> "Combiner | None":
        """The learned one where it is better; None where the weighted sum is."""
        return self.made if self.learned > self.arithmetic else None


def choose(
    triplets: Triplets, pictures: Floats, words: Floats, matrix: Floats, *, seed: int = 0, observer: Observer = silent
) -> Choice:
    """Learn from four fifths of the references, and keep say how it answers the last fifth.

    Shapes: pictures, words (n, dim), matrix (rows, dim).
    """
    own = np.unique(triplets.references)
    apart = generator(seed, "combiner validation").permutation(own)[: max(1, len(own) // 5)]
    check = np.isin(triplets.references, apart)
    learn = ~check
    made = Combiner(matrix.shape[1], seed=seed)
    plain = _hits(made, triplets, pictures, words, matrix, np.flatnonzero(check))
    targets, groups = matrix[triplets.targets[learn]], triplets.groups[learn]
    made.learn(pictures[learn], words[learn], targets, groups, seed=seed, observer=observer)
    learned = _hits(made, triplets, pictures, words, matrix, np.flatnonzero(check))
    return Choice(made, plain, learned)


def _hits(
    combiner: Combiner, triplets: Triplets, pictures: Floats, words: Floats, matrix: Floats, asked: Ints
) -> float:
    """Share of triplets of which a target like the right one stands in the first ten; the reference is not ranked."""
    hits = []
    groups = dict(zip(triplets.targets.tolist(), triplets.groups.tolist(), strict=True))
    for at in asked.tolist():
        scores = matrix @ combiner.combine(pictures[at], words[at])
        scores[triplets.references[at]] = -np.inf
        top = np.argpartition(-scores, min(10, len(scores) - 1))[:10]
        hits.append(any(groups.get(row) == triplets.groups[at] for row in top.tolist()))
    return float(np.mean(hits)) if hits else 0.0


class _Combining(Learning):
    """InfoNCE between what is combined and where it leads; other targets of the same group are left out."""

    name = "learning to combine"

    def __init__(self, model: Combiner, given: Sequence[Floats], groups: Ints) -> None:
        self.model: Combiner = model
        self.given = [torch.from_numpy(np.ascontiguousarray(part, np.float32)) for part in given]
        self.groups = torch.from_numpy(groups)
        self.steps = -(-len(groups) // BATCH)

    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """Batches of triplets in an order by chance."""
        del share
        for batch in torch.split(torch.from_numpy(rng.permutation(len(self.groups))), BATCH):
            pictures, words, targets = (part[batch] for part in self.given)
            logits = self.model(pictures, words) @ targets.T / TEMPERATURE
            yield info_nce(logits, ignore=same_key(self.groups[batch]))
