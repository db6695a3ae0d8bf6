"""How a method chooses among its own settings: on what people did last, hidden from it for the purpose.

Best settings differ by an order of magnitude from shop to shop (EASE: 30 to 1000); nobody who opens a shop knows them.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from scipy.sparse import csr_matrix

from tastemaker.catalog.interactions import Interactions
from tastemaker.core.types import Floats, Ints
from tastemaker.recommenders.signals import stacked
from tastemaker.recommenders.validation import Validation, held_back
from tastemaker.recommenders.weighing import BLOCKED, ndcg

MOST_ITEMS = 2_000  # the most chosen ones: the choice must not cost more than the fit
MOST_PEOPLE = 1_000
T = TypeVar("T")


def best(
    options: Sequence[T],
    events: Interactions,
    half_life: float,
    learn: Callable[[Interactions, Ints, T], Floats | csr_matrix],
    validation: Validation | None = None,
) -> T:
    """The option whose item-to-item matrix ranks hidden last choices highest; the first when there is too little.

    Args:
        options: what to choose among; of equals the first.
        events: all that happened.
        half_life: how histories are read, see :func:`~tastemaker.recommenders.signals.recent`.
        learn: makes a matrix over some rows from events and an option.
        validation: to choose on; None hides some of the events.
    """
    if len(options) < 2:
        return options[0]
    part, questions = held_back(events, validation, people=MOST_PEOPLE)
    if questions is None:
        return options[0]
    counts = part.counts()
    rows = np.sort(np.argsort(-counts, kind="stable")[: min(MOST_ITEMS, int((counts > 0).sum()))]).astype(np.int64)
    place = np.full(events.n_rows, -1, np.int64)
    place[rows] = np.arange(len(rows))
    known = stacked(questions.histories, events.n_rows, half_life)[:, rows]
    target = np.zeros(known.shape, np.bool_)
    for line, hidden in enumerate(questions.hidden):
        target[line, place[hidden[place[hidden] >= 0]]] = True
    seen = known.toarray() != 0
    useful = target.any(axis=1)
    if not useful.any():
        return options[0]
    gains = []
    for option in options:
        score = known[useful] @ learn(part, rows, option)
        dense = np.array(score.toarray() if isinstance(score, csr_matrix) else score, np.float32)
        dense[seen[useful]] = BLOCKED
        gains.append(ndcg(target[useful], dense))
    return options[int(np.argmax(gains))]
