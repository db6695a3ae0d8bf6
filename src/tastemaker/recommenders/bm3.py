"""BM3: self-supervised, without a single item that was not chosen.

A person and what they chose are two views of one thing, and so are an item and what it looks and sounds like. Each
foretells the other, seen through noise, while the other holds still: that is all the loss there is. Nothing pushes
apart what does not belong together; that it does not all fall into one point is left to the view that holds still.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from scipy.sparse import csr_matrix
from torch import Tensor, nn
from torch.nn import functional
from typing_extensions import override

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import Interactions
from tastemaker.core.config import Config
from tastemaker.core.progress import Observer
from tastemaker.core.types import Floats
from tastemaker.nn.bipartite import edges, scales, spread
from tastemaker.recommenders.multimodal_factors import SAMPLE, MultimodalFactors, Vectors
from tastemaker.recommenders.trained import Trained, TrainedConfig, Watched, by_root
from tastemaker.recommenders.validation import Validation

START = 0.1
FAMES = (0.0, 0.25, 0.5, 1.0, 2.0)


class Bm3Config(TrainedConfig):
    """Settings of BM3."""

    layers: int = Field(default=2, ge=1, le=6)
    """Trips over the graph, from items to people and back."""

    dropout: float = Field(default=0.3, ge=0, lt=1)
    """Share of the numbers of a view that are hidden before it is foretold."""

    fame: float | None = Field(default=None, ge=0)
    """Weight of the logarithm of an item's popularity, in deviations of a person's scores. None chooses."""

    modal: float = Field(default=0.3, ge=0)
    """Weight of the modalities against people and items."""

    max_minutes: float = Field(default=10.0, gt=0)
    """After so long the training ends gently."""


class Bm3(Trained[Bm3Config], MultimodalFactors[Bm3Config]):
    """``L = C(g(u), i') + C(g(i), u') + a sum_m [C(g(t_m), i') + C(g(t_m), t_m')]``, C is 1 - cos, ' is held still.

    u and i are propagated over the graph of choices, ``t_m = W_m f_m``, g is one linear layer, and what is held still
    went through dropout. ``s(u, j) = g(u) . g(j)``; an item without events has ``g`` of the mean of its ``t_m``.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes after every epoch and resumes from; None keeps none.

    Source: Zhou et al., WWW 2023, eq. 6 to 12.
    Differs: people have no vectors of their own but are propagated from histories; long histories are drawn as often as
        the root of their length; the logarithm of the popularity is added, as much as validation wants.
    """

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = (
        "Zhou et al., Bootstrap latent representations for multi-modal recommendation, WWW 2023, eq. 6"
    )
    config_class: ClassVar[type[Config]] = Bm3Config
    task: ClassVar[str] = "bm3"
    average: ClassVar[float] = 0.9

    _content: Mapping[str, Floats]

    @override
    def see(self, catalog: Catalog, vectors: ItemVectors | None) -> None:
        """Read the vectors of every modality."""
        super().see(catalog, vectors)
        self._content = self._near.likeness.vectors(catalog, vectors, np.arange(catalog.size))

    @override
    def learn(self, events: Interactions, questions: Validation | None, observer: Observer) -> None:
        """Train; keep the best moment."""
        config = self.config
        self._people = events.matrix()[:, self._events].tocsr()
        self._famous = scales(self._people)[1]
        with self.chance():
            start = np.asarray(START * torch.randn(len(self._events), config.dim).numpy(), np.float32)
            model = Views(start, [matrix.shape[1] for matrix in self._content.values()])
        known = [matrix[self._events] for matrix in self._content.values()]
        learning = _Bootstrap(self, model, [torch.from_numpy(matrix) for matrix in known], questions)
        if not self._stop:
            self._fame = 0.0
        self.train(learning, observer, self._people.indices, self._people.indptr, *known)
        self.adopt(model)
        self._choose(questions)
        del self._people

    def _choose(self, questions: Validation | None) -> None:
        """How much the popularity counts: a loss of cosines says nothing of it. Too few people choose by chance."""
        if questions is None or (self.config.fame is None and len(questions) < SAMPLE):
            return
        scores = self.score(questions.histories[:SAMPLE], self._events)
        spoken = np.isfinite(scores).all(axis=1)
        spread = float(scores[spoken].std(axis=1).mean()) if spoken.any() else 0.0
        gains = []
        for fame in FAMES if self.config.fame is None else (self.config.fame,):
            self._fame = fame * spread
            self.place()
            gains.append((self.gain(questions), self._fame))
        self._fame = max(gains, key=lambda one: one[0])[1]  # of equals the least
        self.place()

    @torch.no_grad()
    def adopt(self, model: "Views") -> None:
        """Take what a training has come to."""
        _, items = model(*edges(self._people), self.config.layers)
        self._items_known = items.numpy()
        self._foretold = model.foretell.weight.numpy().copy()
        self._projections = [projection.numpy().copy() for projection in model.projections]
        self.place()

    @override
    def everything(self) -> Vectors:
        """Propagated items, and the mean of what their modalities show for the others."""
        size = self._near.size
        items, heard = np.zeros((size, self._items_known.shape[1]), np.float32), np.zeros(size, np.float32)
        for matrix, projection in zip(self._content.values(), self._projections, strict=True):
            items += matrix @ projection
            heard += np.any(matrix != 0, axis=1)
        items /= np.maximum(heard, 1.0)[:, None]
        here = self._events < size
        rows = self._events[here]
        usual = float(np.linalg.norm(self._items_known, axis=1).mean())  # modalities carry no length of their own
        items *= usual / np.maximum(np.linalg.norm(items, axis=1, keepdims=True), 1e-12)
        items[rows] = self._items_known[here]
        said = items.copy()
        said[rows] *= self._famous[here, None]
        there = heard > 0
        there[rows] = True
        turn = self._foretold.T
        offset = np.zeros(size, np.float32)
        offset[rows] = -2.0 * self._fame * np.log(self._famous[here])  # the root of the popularity, turned over
        return Vectors(said @ turn, items @ turn, offset, there)

    @override
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The vectors, and what new items are placed by."""
        own = {f"projection.{place:03}": value for place, value in enumerate(self._projections)}
        more = {"items_known": self._items_known, "foretold": self._foretold, "famous": self._famous}
        more["fame"] = np.array([self._fame], np.float64)
        return {**super().tensors(), **own, **more}

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        super().restore(tensors)
        arrays = (np.asarray(tensors[name], np.float32) for name in ("items_known", "foretold", "famous"))
        self._items_known, self._foretold, self._famous = arrays
        self._fame = float(tensors["fame"][0])
        names = sorted(name for name in tensors if name.startswith("projection."))
        self._projections = [np.asarray(tensors[name], np.float32) for name in names]
        return self


class Views(nn.Module):
    """Vectors of the items with events, projections of the modalities, and the layer that foretells."""

    def __init__(self, start: Floats, widths: Sequence[int]) -> None:
        super().__init__()
        self.items = nn.Parameter(torch.from_numpy(start))
        dim = start.shape[1]
        self.projections = nn.ParameterList(torch.randn(width, dim) * START for width in widths)
        self.foretell = nn.Linear(dim, dim, bias=False)
        nn.init.eye_(self.foretell.weight)

    def forward(self, there: csr_matrix, back: csr_matrix, layers: int) -> tuple[Tensor, Tensor]:
        """People and items after all trips. Shapes: there (people, items), back (items, people)."""
        return spread(self.items, there, back, layers)


class _Bootstrap(Watched[Views]):
    """Each choice once or more; the views of its person, its item and its modalities foretell each other."""

    def __init__(self, owner: Bm3, model: Views, content: Sequence[Tensor], questions: Validation | None) -> None:
        super().__init__(owner, model, by_root(np.diff(owner._people.indptr)), questions)
        self.config, self.people, self.content = owner.config, owner._people, content
        self.there, self.back = edges(self.people)

    @override
    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """Everybody, those with long histories more often."""
        del share
        begin, length = self.people.indptr, np.diff(self.people.indptr)
        for users in self.drawn(rng):
            wanted = torch.from_numpy(self.people.indices[begin[users] + rng.integers(0, length[users])]).long()
            people, items = self.model(self.there, self.back, self.config.layers)
            yield self._loss(people[torch.from_numpy(users)], items[wanted], wanted)

    def _loss(self, people: Tensor, items: Tensor, wanted: Tensor) -> Tensor:
        """Shapes: (n, dim), (n, dim), (n,) -> ()."""
        foretell = self.model.foretell
        loss = self._apart(foretell(people), items) + self._apart(foretell(items), people)
        for content, projection in zip(self.content, self.model.projections, strict=True):
            here = (content[wanted] != 0).any(dim=1)
            if here.any():
                shown = content[wanted][here] @ projection
                modal = self._apart(foretell(shown), items[here]) + self._apart(foretell(shown), shown)
                loss = loss + self.config.modal * modal
        return loss

    def _apart(self, told: Tensor, still: Tensor) -> Tensor:
        """One less the cosine to what is held still, behind noise."""
        noisy = functional.dropout(still.detach(), self.config.dropout)
        return 1.0 - functional.cosine_similarity(told, noisy, dim=1).mean()
