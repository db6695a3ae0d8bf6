"""DiffMM: diffusion over histories that also looks and listens.

As in DiffRec a worn history is mended, but an item is read and foretold by its own vector and by its modalities; what
is mended must look and sound like the whole history; and what a person looks at must tell them apart from others as
what they listen to does.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

import numpy as np
import torch
from pydantic import Field
from scipy.sparse import csr_matrix
from torch import Tensor, nn
from torch.nn import functional
from typing_extensions import override

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.config import Config
from tastemaker.core.progress import Observer, silent
from tastemaker.core.types import Floats
from tastemaker.nn.bags import unit_sums
from tastemaker.recommenders import modalities
from tastemaker.recommenders.diffrec import DiffRecConfig, Diffusion, Mender, Worn
from tastemaker.recommenders.validation import Validation

START = 0.1


class DiffMmConfig(DiffRecConfig):
    """Settings of DiffMM."""

    guidance: float = Field(default=0.5, ge=0)
    """Weight of looking and sounding like the whole history."""

    contrast: float = Field(default=0.1, ge=0)
    """Weight of the contrast between modalities."""

    temperature: float = Field(default=0.2, gt=0)
    """Of the contrast: smaller looks at the nearest people only."""


class DiffMm(Diffusion[DiffMmConfig]):
    """``f = (q + sum_m F_m U_m) tanh((p + sum_m F_m V_m)' x_t + e_t)``, trained by DiffRec's loss and two more.

    Guidance: ``1 - cos(F_m' softmax f, F_m' x_0)`` for each modality. Contrast: InfoNCE between ``V_m' F_m' x_t`` of
    the same person in two modalities, against the others of the batch.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes after every epoch and resumes from; None keeps none.

    Source: Jiang et al., DiffMM: multi-modal diffusion model for recommendation, MM 2024, eq. 8 to 16.
    Differs: the network that mends is what ranks, where the paper lets it draw a graph for each modality and trains a
        second, graph network on them; discrete noise, as in our DiffRec.
    """

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = "after Jiang et al., DiffMM: multi-modal diffusion model for recommendation, MM 2024, eq. 8"
    config_class: ClassVar[type[Config]] = DiffMmConfig
    task: ClassVar[str] = "diffmm"

    _content: Mapping[str, Floats]

    @override
    def fit(
        self,
        catalog: Catalog,
        vectors: ItemVectors | None,
        observer: Observer = silent,
        validation: Validation | None = None,
    ) -> Self:
        """Read the modalities, then train.

        Raises:
            FitError: nobody did anything yet.
        """
        self._content = modalities.standardise(catalog, vectors).vectors(catalog, vectors, np.arange(catalog.size))
        return super().fit(catalog, vectors, observer, validation)

    @override
    def described(self) -> Sequence[Floats]:
        """Every modality of the known items."""
        return [matrix[self._rows] for matrix in self._content.values()]

    @override
    def network(self) -> Mender:
        """With every modality of the known items."""
        return Guided(len(self._rows), self.config, self.described())

    @override
    def stored(self) -> Mender:
        """One vector an item, whatever it came from."""
        return super().network()

    @override
    def learning(self, model: Mender, people: csr_matrix, questions: Validation | None) -> "Worn[DiffMmConfig]":
        """With guidance and contrast."""
        return _Guidance(self, model, people, questions)


class Guided(Mender):
    """A mender whose items are more than their own vectors."""

    def __init__(self, items: int, config: DiffMmConfig, content: Sequence[Floats]) -> None:
        super().__init__(items, config.dim, config.levels)
        self.content = [torch.from_numpy(matrix) for matrix in content]  # frozen, not stored
        widths = [matrix.shape[1] for matrix in content]
        self.heard_by = nn.ParameterList(torch.randn(width, config.dim) * START for width in widths)
        self.told_by = nn.ParameterList(torch.randn(width, config.dim) * START for width in widths)

    def views(self) -> list[Tensor]:
        """What each modality says of the items. Shapes: each (items, dim)."""
        return [matrix @ weight for matrix, weight in zip(self.content, self.heard_by, strict=True)]

    def whole(self) -> tuple[Tensor, Tensor]:
        """Vectors by which items are read and foretold. Shapes: (items, dim) each."""
        heard, told = self.heard + sum(self.views(), torch.zeros(())), self.told.weight
        for matrix, weight in zip(self.content, self.told_by, strict=True):
            told = told + matrix @ weight
        return heard, told

    @override
    def read(self, histories: csr_matrix) -> Tensor:
        """A few items each. Shapes: (n, items) -> (n, dim)."""
        return unit_sums(histories, self.whole()[0])

    @override
    def forward(self, heard: Tensor, level: Tensor) -> Tensor:
        """Logits of the whole history. Shapes: (n, dim), (n,) -> (n, items)."""
        hidden = torch.tanh(heard + self.level(level))
        return functional.linear(hidden, self.whole()[1], self.told.bias)

    @override
    @torch.no_grad()
    def folded(self) -> Mender:
        """The same answers from one vector an item."""
        heard, told = self.whole()
        made = Mender(len(heard), heard.shape[1], self.level.num_embeddings - 1)
        made.heard.copy_(heard)
        made.told.weight.copy_(told)
        made.told.bias.copy_(self.told.bias)
        made.level.weight.copy_(self.level.weight)
        return made


class _Guidance(Worn[DiffMmConfig]):
    """Whole histories from worn ones, alike in every modality."""

    @override
    def more(self, whole: csr_matrix, worn: csr_matrix, logits: Tensor) -> Tensor:
        """Guidance and contrast. Shapes: (n, items) each -> ()."""
        model = self.model
        loss = torch.zeros(())
        if not isinstance(model, Guided) or not model.content:
            return loss
        likely = logits.softmax(1)
        for matrix in model.content:
            should = torch.from_numpy(np.asarray(whole @ matrix.numpy(), np.float32))
            here = should.abs().sum(1) > 0
            if here.any():
                alike = functional.cosine_similarity(likely[here] @ matrix, should[here], dim=1)
                loss = loss + self.config.guidance * (1.0 - alike.mean()) / len(model.content)
        seen = torch.from_numpy(np.diff(worn.indptr) > 0)
        views = [functional.normalize(unit_sums(worn, view)[seen], dim=1) for view in model.views()]
        if len(views) > 1 and int(seen.sum()) > 1:
            same = torch.arange(len(views[0]))
            for first, second in zip(views, [*views[1:], views[0]], strict=True):
                told = functional.cross_entropy(first @ second.T / self.config.temperature, same)
                loss = loss + self.config.contrast * told / len(views)
        return loss
