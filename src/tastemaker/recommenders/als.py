"""ALS: factors of people and items by alternating least squares, every item that was not chosen a faint no.

Each half-step is a closed form, and so is a person: the ridge regression of their history on the items' factors. The
factors are learned by ``implicit``.
"""

from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field
from threadpoolctl import threadpool_limits
from typing_extensions import override

from tastemaker.catalog.interactions import Interactions
from tastemaker.core.config import Config
from tastemaker.core.progress import Observer, Task, track
from tastemaker.core.seeds import derive
from tastemaker.core.types import Doubles, Floats, Ints
from tastemaker.recommenders.factors import Factors, FactorsConfig
from tastemaker.recommenders.validation import Validation

CONFIDENCES = (20.0, 5.0)
PENALTIES = (10.0, 50.0, 1.0)
TRIAL = 6  # rounds that settings are compared after


class AlsConfig(FactorsConfig):
    """Settings of ALS."""

    epochs: int = Field(default=15, ge=1)
    """Rounds at most; validation chooses how many."""

    confidence: float | None = Field(default=None, ge=1)
    """How many times more a chosen item weighs than one that was not. None chooses 5 or 20."""

    regularisation: float | None = Field(default=None, gt=0)
    """Penalty of a factor's length. None chooses 1, 10 or 50."""


class Als(Factors[AlsConfig]):
    """``min sum_(u, i) c_ui (p_ui - x_u . y_i)^2 + l (sum |x_u|^2 + sum |y_i|^2)``, c the confidence where p is 1.

    A history is read as ``x = (Y'Y + Y'(C - I)Y + l I)^-1 Y'C p``: what ALS itself gives a person of the training.

    Source: Hu, Koren and Volinsky, eq. 4; section 5 for the reasons.
    Differs: a history may be read by recency, which scales the confidence.
    """

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = "Hu, Koren, Volinsky, Collaborative filtering for implicit feedback, ICDM 2008, eq. 4"
    config_class: ClassVar[type[Config]] = AlsConfig

    _option: tuple[float, float] = (CONFIDENCES[0], PENALTIES[0])

    @property
    @override
    def settled(self) -> AlsConfig:
        """With the confidence, the penalty and the half-life that were chosen."""
        return super().settled.model_copy(update={"confidence": self._option[0], "regularisation": self._option[1]})

    @override
    def learn(self, events: Interactions, questions: Validation | None, observer: Observer) -> None:
        """Compare settings by short runs, then learn with the best; keep the best round."""
        config = self.fixed
        confidence = CONFIDENCES if config.confidence is None else (config.confidence,)
        penalty = PENALTIES if config.regularisation is None else (config.regularisation,)
        epochs = self._stop or config.epochs
        with threadpool_limits(1, "blas"), track(observer, "als", epochs) as task:
            option = (confidence[0], penalty[0])
            if questions is not None and len(confidence) * len(penalty) > 1:
                option = self._compared(events, [(c, option[1]) for c in confidence], questions)
                option = self._compared(events, [(option[0], p) for p in penalty], questions)
            task.note(f"confidence {option[0]:g}, regularisation {option[1]:g}")
            self._best = self._run(events, option, epochs, questions, task)

    def _compared(
        self, events: Interactions, options: list[tuple[float, float]], questions: Validation
    ) -> tuple[float, float]:
        gains = []
        for option in options:
            self._run(events, option, min(TRIAL, self.config.epochs), None, None)
            gains.append(self.gain(questions))
        return options[int(np.argmax(gains))]

    def _run(
        self,
        events: Interactions,
        option: tuple[float, float],
        epochs: int,
        questions: Validation | None,
        task: Task | None,
    ) -> int:
        """Rounds of ALS; leaves the factors of the best round, of the last without questions, and says which it is."""
        from implicit.cpu.als import AlternatingLeastSquares

        self._option = option
        model = AlternatingLeastSquares(
            factors=self.config.dim, alpha=option[0], regularization=option[1], iterations=epochs,
            use_cg=False, num_threads=1, random_state=derive(self.config.seed, "als") % (1 << 32),
        )  # fmt: skip
        best = (-np.inf, 0, np.empty((0, 0), np.float32))

        def after(epoch: int, seconds: float, loss: float | None) -> None:
            nonlocal best
            del seconds, loss
            if questions is not None and (epoch % 3 == 2 or epoch == epochs - 1):
                self.take(model.item_factors)
                gain = self.gain(questions)
                best = max(best, (gain, epoch + 1, model.item_factors.copy()), key=lambda found: found[0])
            if task is not None:
                task.advance()

        model.fit(events.matrix()[:, self._rows], show_progress=False, callback=after)
        self.take(model.item_factors if questions is None else best[2])
        return best[1]

    @override
    def take(self, items: Floats, offset: Floats | None = None) -> None:
        """The items' factors, and what every person's system has in common. Shapes: (len(rows), dim)."""
        super().take(items, offset)
        exact = self._items.astype(np.float64)
        self._common: Doubles = exact.T @ exact

    @override
    def read(self, places: Ints, weights: Floats) -> Floats:
        """Columns of ``(Y'Y + Y'(C - I)Y + l I)^-1 Y'C``. Shapes: (items, dim)."""
        confidence, penalty = self._option
        chosen = self._items[places].astype(np.float64)
        trust = confidence * weights.astype(np.float64)
        system = self._common + (chosen.T * (trust - 1)) @ chosen
        system[np.diag_indices(len(system))] += penalty
        return np.asarray(np.linalg.solve(system, chosen.T * trust).T, np.float32)

    @override
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The factors, and what closes a person's form."""
        return {**super().tensors(), "option": np.array(self._option, np.float64)}

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        super().restore(tensors)
        confidence, penalty = np.asarray(tensors["option"], np.float64)
        self._option = (float(confidence), float(penalty))
        return self
