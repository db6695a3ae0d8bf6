"""BPR: factors learned from pairs, what a person chose above what they did not.

The library ``implicit`` learns them. Two things are added to what it gives. It draws the items that were not chosen as
often as they are popular, so its scores say how much *more than usual* a person would choose an item; the logarithm of
the popularity puts that right. And a person who was not there in training is read by the regression of people's vectors
on their histories.
"""

from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy.sparse import csr_matrix, diags
from threadpoolctl import threadpool_limits
from typing_extensions import override

from tastemaker.catalog.interactions import Interactions
from tastemaker.core.config import Config
from tastemaker.core.progress import Observer, track
from tastemaker.core.seeds import derive
from tastemaker.core.types import Floats, Ints
from tastemaker.recommenders.factors import Factors, FactorsConfig
from tastemaker.recommenders.validation import Validation

FAMES = (1.0, 0.75, 0.5, 0.25)
CHECKS = 8
ROUNDS = 50  # of the solver


class BprConfig(FactorsConfig):
    """Settings of BPR."""

    epochs: int = Field(default=80, ge=1)
    """Rounds at most; validation chooses how many."""

    learning_rate: float = Field(default=0.05, gt=0)
    """Of stochastic gradient descent."""

    weight_decay: float = Field(default=0.03, ge=0)
    """L2 penalty of what a step touches."""

    fame: float | None = Field(default=None, ge=0)
    """Weight of the logarithm of an item's popularity: 1 undoes the library's choice of negatives. None chooses."""

    ridge: float = Field(default=3.0, gt=0)
    """Penalty of the regression from histories to people's vectors."""


class Bpr(Factors[BprConfig]):
    """``max sum log s(x_u . (y_i - y_j) + b_i - b_j)``; ``score = x_h . y_j + b_j + fame log n_j``.

    A history is read as ``x_h = sum_i g_i / sqrt|h|``, where G is the ridge regression of the learned people's vectors
    on their histories.

    Source: Rendle et al., eq. 4 and figure 4.
    Differs: people are read from their histories, also those of the training; the popularity is added.
    """

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = "Rendle et al., BPR: Bayesian personalized ranking from implicit feedback, UAI 2009, eq. 4"
    config_class: ClassVar[type[Config]] = BprConfig

    _fame: float = 1.0

    @property
    @override
    def settled(self) -> BprConfig:
        """With the weight of the popularity and the half-life that were chosen."""
        return super().settled.model_copy(update={"fame": self._fame})

    @override
    def learn(self, events: Interactions, questions: Validation | None, observer: Observer) -> None:
        """Learn, looking at the questions now and then; keep the best moment."""
        from implicit.cpu.bpr import BayesianPersonalizedRanking

        config, epochs = self.fixed, self._stop or self.config.epochs
        people = events.matrix()[:, self._rows].tocsr()
        popular = np.log(np.asarray(people.sum(axis=0)).ravel())
        model = BayesianPersonalizedRanking(
            factors=config.dim, learning_rate=config.learning_rate, regularization=config.weight_decay,
            iterations=epochs, num_threads=1, random_state=derive(config.seed, "bpr") % (1 << 32),
        )  # fmt: skip
        best: tuple[float, int, Mapping[str, npt.NDArray[np.generic]]] = (-np.inf, 0, {})
        every = max(1, epochs // CHECKS)
        fames = FAMES if config.fame is None else (config.fame,)

        def after(epoch: int, *facts: object) -> None:
            nonlocal best
            del facts
            task.advance()
            last = epoch == epochs - 1
            if not last and (questions is None or (epoch + 1) % every):
                return
            self._reader = reader(people, model.user_factors[:, :-1], config.ridge)
            for fame in fames if questions is not None else fames[:1]:
                self._fame = fame
                self.take(model.item_factors[:, :-1], model.item_factors[:, -1] + self._fame * popular)
                gain = self.gain(questions) if questions is not None else float(epoch)
                if gain > best[0]:
                    best = (gain, epoch + 1, self.tensors())

        with threadpool_limits(1, "blas"), track(observer, "bpr", epochs) as task:
            model.fit(people, show_progress=False, callback=after)
            _, self._best, learned = best
            self.restore(learned)
            task.note(f"fame {self._fame:g}")

    @override
    def read(self, places: Ints, weights: Floats) -> Floats:
        """Lines of the regression. Shapes: (items, dim)."""
        shared = weights / np.sqrt(weights.sum())
        return np.asarray(self._reader[places] * shared[:, None], np.float32)

    @override
    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """The vectors, and the regression that reads histories."""
        return {**super().tensors(), "reader": self._reader.copy(), "fame": np.array([self._fame], np.float64)}

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        super().restore(tensors)
        self._reader = np.asarray(tensors["reader"], np.float32)
        self._fame = float(tensors["fame"][0])
        return self


def reader(people: csr_matrix, vectors: Floats, penalty: float) -> Floats:
    """Ridge regression of people's vectors on their histories, by conjugate gradients, all columns at once.

    ``min ||N G - X||^2 + l ||G||^2``, where a line of N is a person's items divided by the root of their number.

    Shapes: people (users, items) of 0 and 1, vectors (users, dim) -> (items, dim).
    """
    lengths = np.maximum(np.asarray(people.sum(axis=1)).ravel(), 1.0)
    each = (diags(lengths**-0.5) @ people).tocsr()
    answer = np.zeros((people.shape[1], vectors.shape[1]))
    rest = np.asarray(each.T @ vectors, np.float64)
    step, size = rest.copy(), np.sum(rest * rest, axis=0)
    goal = 1e-10 * size
    for _ in range(ROUNDS):
        if (size <= goal).all():
            break
        image = each.T @ (each @ step) + penalty * step
        share = size / np.maximum(np.sum(step * image, axis=0), 1e-30)
        answer += share * step
        rest -= share * image
        new = np.sum(rest * rest, axis=0)
        step, size = rest + new / np.maximum(size, 1e-30) * step, new
    return np.asarray(answer, np.float32)
