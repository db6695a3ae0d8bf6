"""EASE: the linear model that predicts each item from all the others, in closed form.

Shallow, and still hard to beat; it stays in every table. It needs one inverse of an items x items matrix.
"""

from typing import ClassVar

import numpy as np
from pydantic import Field
from scipy.linalg import lapack
from typing_extensions import override

from tastemaker.catalog.interactions import Interactions
from tastemaker.core.config import Config
from tastemaker.core.errors import FitError
from tastemaker.core.progress import Observer, track
from tastemaker.core.types import Doubles, Floats, Ints
from tastemaker.recommenders.choosing import best, best_pair, climb, hidden_questions
from tastemaker.recommenders.linear import Linear, LinearConfig
from tastemaker.recommenders.validation import Validation

PENALTIES = (300.0, 100.0, 30.0, 1000.0)
STEP = 1.7
EXACT = 4_000
"""Up to so many items the inverse is taken in float64; above, in float32 to halve the memory."""


class EaseConfig(LinearConfig):
    """Settings of EASE."""

    regularisation: float | None = Field(default=None, gt=0)
    """Weight of the L2 penalty: larger trusts single co-occurrences less. None chooses."""

    max_items: int = Field(default=8_000, ge=1)
    """Most items of the matrix, the most chosen first (8,000 take 0.3 GB); the others are left to other methods."""


class Ease(Linear[EaseConfig]):
    """``min_B ||X - X B||^2 + l ||B||^2, diag B = 0``, that is ``B = -P / diag P``, ``P = (X'X + l I)^-1``."""

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = "Steck, Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019, eq. 8"
    config_class: ClassVar[type[Config]] = EaseConfig

    _penalty: float | None = None

    @property
    @override
    def settled(self) -> EaseConfig:
        """With the regularisation and the half-life that were chosen."""
        return super().settled.model_copy(update={"regularisation": self._penalty})

    def most(self) -> int:
        """The cap of the config."""
        return self.config.max_items

    def learn(self, events: Interactions, rows: Ints, validation: Validation | None, observer: Observer) -> Floats:
        """The closed form. Shapes: (len(rows), len(rows))."""
        with track(observer, f"ease: {len(rows):,} items") as task:
            self._penalty, self._half_life = self._chosen(events, validation)
            task.note(f"regularisation {self._penalty:g}, half-life {self.half_life:g}")
            return closed_form(co_occurrences(events, rows), self._penalty)

    def _chosen(self, events: Interactions, validation: Validation | None) -> tuple[float, float]:
        """Penalty and half-life; on a given validation the penalty is searched in finer steps."""
        config, half_lives = self.config, self.half_lives(events)
        if validation is not None and config.regularisation is None:
            penalty = searched_penalty(events, half_lives[-1], validation, config.max_items)
            return best_pair((penalty,), half_lives, events, _learn, validation, config.max_items)
        penalties = PENALTIES if config.regularisation is None else (config.regularisation,)
        return best_pair(penalties, half_lives, events, _learn, validation, config.max_items)


def chosen_penalty(events: Interactions, half_life: float, validation: Validation | None = None) -> float:
    """The regularisation that ranks hidden last choices highest."""
    return best(PENALTIES, events, half_life, _learn, validation)


def searched_penalty(events: Interactions, half_life: float, validation: Validation, most: int) -> float:
    """The regularisation that ranks a given validation highest, to a factor of 1.7, on all items and people of it."""
    questions = hidden_questions(events, validation, most)
    if questions is None:
        return PENALTIES[0]
    gram = co_occurrences(questions.events, questions.rows)
    return climb(PENALTIES[0], STEP, lambda penalty: questions.gain(closed_form(gram, penalty), half_life))


def _learn(events: Interactions, rows: Ints, penalty: float) -> Floats:
    return closed_form(co_occurrences(events, rows), penalty)


def co_occurrences(events: Interactions, rows: Ints) -> Floats:
    """How many people chose both: ``X'X``. Shapes: (len(rows), len(rows))."""
    people = events.matrix()[:, rows]
    return np.asarray((people.T @ people).todense(), np.float32)


def closed_form(gram: Floats | Doubles, regularisation: float) -> Floats:
    """EASE's weights of a Gram matrix ``X'X``.

    Shapes: (n, n) -> (n, n), zero diagonal.

    Raises:
        FitError: the matrix cannot be inverted (it holds NaN or infinity).
    """
    exact = len(gram) <= EXACT
    work = np.array(gram, np.float64, order="F") if exact else np.array(gram, np.float32, order="F")
    work.flat[:: len(work) + 1] += regularisation
    factor, invert = (lapack.dpotrf, lapack.dpotri) if exact else (lapack.spotrf, lapack.spotri)
    work, failed = factor(work, lower=1, overwrite_a=1)
    if not failed:
        work, failed = invert(work, lower=1, overwrite_c=1)
    if failed or not np.isfinite(np.diag(work)).all():
        raise FitError("ease: the matrix of co-occurrences cannot be inverted", hint="raise `regularisation`")
    mirror(work)
    work /= -np.diag(work).copy()  # column j by P(j, j)
    np.fill_diagonal(work, 0.0)
    return np.ascontiguousarray(work, np.float32)


def mirror(lower: Floats | Doubles, step: int = 1024) -> None:
    """Copy the lower triangle onto the upper one, in place and by blocks, so that no second matrix is needed."""
    for a in range(0, len(lower), step):
        block = lower[a : a + step, a : a + step]
        block[:] = np.tril(block) + np.tril(block, -1).T
        lower[a : a + step, a + step :] = lower[a + step :, a : a + step].T
