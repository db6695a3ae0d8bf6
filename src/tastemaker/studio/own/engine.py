"""The shop's own model as an engine: the compositor's candidate, mended."""

from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from tastemaker.core.progress import Observer, silent
from tastemaker.core.storage import Artefact
from tastemaker.studio.compositor import Compositor
from tastemaker.studio.engines import NO_MEANS, Engine, Means
from tastemaker.studio.request import Candidate, Task, VisualRequest

if TYPE_CHECKING:
    from tastemaker.studio.own.model import OwnModel

BETTER, WORSE = 5, -5
"""Rank where it was measured to be better than the compositor, and where it was not."""


class Own(Engine):
    """A small diffusion that mends where the garment ends, its light and its shadow."""

    name: ClassVar[str] = "own"
    tasks: ClassVar[frozenset[Task]] = frozenset({"try_on", "place"})
    licence = "Apache-2.0"
    memory_mb = 400
    model = "trained by the shop itself"
    invents: ClassVar[bool] = True
    source: ClassVar[str] = (
        "Rombach et al., High-resolution image synthesis with latent diffusion models, CVPR 2022, sec. 4.5"
    )

    def __init__(self, means: Means = NO_MEANS) -> None:
        super().__init__(means)
        self._learned = means.learned.get(self.name)

    @override
    def lacks(self) -> str:
        """Nothing once it was fitted."""
        return "" if self._learned is not None else "has learned nothing yet (`tastemaker fit SHOP --parts studio`)"

    @override
    def rank_for(self, task: Task) -> int:
        """Above the compositor where it was better on the truth that was held back."""
        from tastemaker.studio.own.model import held_of

        score = None if self._learned is None else held_of(self._learned.config).get(task)
        return BETTER if score is not None and score.better else WORSE

    @override
    def propose(self, request: VisualRequest, seed: int, observer: Observer = silent) -> Candidate:
        """One candidate; the first is the middle of what the model thinks possible, others are single guesses."""
        from tastemaker.studio.own.crops import mended, product_seen, taken_apart, window_of

        made = Compositor(self.means).propose(request, request.seed, observer)
        if self._learned is None or not (made.product > 0.5).any():
            return made
        model = opened(self._learned)
        layers, window = taken_apart(request.context, made), window_of(made)
        told = layers.seen(window, model.config.side).told()
        product = product_seen(request.product, model.config.product_side)
        found = model.correct(told[None], product[None], [request.task], seed, first=seed == request.seed)[0]
        return mended(request, made, layers, window, found)


@lru_cache(maxsize=2)
def opened(artefact: Artefact) -> "OwnModel":
    """The model that was stored; the last ones stay open.

    Raises:
        WorkspaceError: the artefact is damaged.
    """
    from tastemaker.studio.own.model import OwnModel

    return OwnModel.restore(artefact.config, artefact.tensors())
