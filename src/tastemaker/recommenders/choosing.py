"""How a method chooses among its own settings: on what people did last, hidden from it for the purpose.

Best settings differ by an order of magnitude from shop to shop (EASE: 30 to 1000); nobody who opens a shop knows them.
A validation part that was given is used in full. What a method hides from itself is kept small: there the choice must
not cost more than the fit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
from scipy.sparse import csr_matrix

from tastemaker.catalog.interactions import History, Interactions
from tastemaker.core.seeds import generator
from tastemaker.core.types import Floats, Ints
from tastemaker.recommenders.signals import stacked
from tastemaker.recommenders.validation import Validation, held_back
from tastemaker.recommenders.weighing import BLOCKED, ndcg

MOST_ITEMS = 2_000  # the most chosen ones, where a method hides from itself
MOST_PEOPLE = 1_000
GIVEN_PEOPLE = 20_000  # of a given validation
BATCH = 512
T = TypeVar("T")
Matrix: TypeAlias = Floats | csr_matrix
Learn = Callable[[Interactions, Ints, T], Matrix]


@dataclass(frozen=True)
class Questions:
    """Questions with known answers, about some rows.

    Attributes:
        events: what may be learned from.
        rows: what is ranked.
        histories: of the people who are asked about.
        answers: lines of ``rows`` that each of them chose next, at least one.
    """

    events: Interactions
    rows: Ints
    histories: tuple[History, ...]
    answers: tuple[Ints, ...]

    def gain(self, matrix: Matrix, half_life: float) -> float:
        """Mean NDCG of the first 20 places when histories are read through an item-to-item matrix."""
        total = 0.0
        for low in range(0, len(self.histories), BATCH):
            part = self.histories[low : low + BATCH]
            known = stacked(part, self.events.n_rows, half_life)[:, self.rows]
            score = known @ matrix
            dense = np.array(score.toarray() if isinstance(score, csr_matrix) else score, np.float32)
            dense[known.toarray() != 0] = BLOCKED
            target = np.zeros(dense.shape, np.bool_)
            for line, answer in enumerate(self.answers[low : low + BATCH]):
                target[line, answer] = True
            total += ndcg(target, dense) * len(part)
        return total / len(self.histories)


def hidden_questions(events: Interactions, validation: Validation | None, most: int = 1 << 31) -> Questions | None:
    """What a choice is made on; None when there is too little.

    Args:
        events: all that happened.
        validation: used whole (up to 20,000 people, ``most`` items); None hides some of the events, and asks about
            fewer people and items.
        most: how many items the method can learn.
    """
    part, questions = held_back(events, validation, people=MOST_PEOPLE)
    if questions is None:
        return None
    counts = part.counts()
    most = min(most if validation is not None else MOST_ITEMS, int((counts > 0).sum()))
    rows = np.sort(np.argsort(-counts, kind="stable")[:most]).astype(np.int64)
    place = np.full(events.n_rows, -1, np.int64)
    place[rows] = np.arange(len(rows))
    answers = [place[hidden][place[hidden] >= 0] for hidden in questions.hidden]
    useful = np.array([line for line, answer in enumerate(answers) if len(answer)], np.int64)
    useful = np.sort(generator(0, "choosing").permutation(useful)[:GIVEN_PEOPLE])
    if not len(useful):
        return None
    return Questions(part, rows, tuple(questions.histories[i] for i in useful), tuple(answers[i] for i in useful))


def best(
    options: Sequence[T],
    events: Interactions,
    half_life: float,
    learn: Learn[T],
    validation: Validation | None = None,
    most: int = 1 << 31,
) -> T:
    """The option whose item-to-item matrix ranks hidden last choices highest; the first when there is too little.

    Args:
        options: what to choose among; of equals the first.
        events: all that happened.
        half_life: how histories are read, see :func:`~tastemaker.recommenders.signals.recent`.
        learn: makes a matrix over some rows from events and an option.
        validation: to choose on; None hides some of the events.
        most: how many items the method can learn.
    """
    return best_pair(options, (half_life,), events, learn, validation, most)[0]


def best_pair(
    options: Sequence[T],
    half_lives: Sequence[float],
    events: Interactions,
    learn: Learn[T],
    validation: Validation | None = None,
    most: int = 1 << 31,
) -> tuple[T, float]:
    """As :func:`best`, together with how histories are best read: one of the half-lives."""
    if len(options) * len(half_lives) < 2:
        return options[0], half_lives[0]
    questions = hidden_questions(events, validation, most)
    if questions is None:
        return options[0], half_lives[0]
    gains = []
    for option in options:
        matrix = learn(questions.events, questions.rows, option)
        gains.append([questions.gain(matrix, half_life) for half_life in half_lives])
    first, second = np.unravel_index(int(np.argmax(gains)), (len(options), len(half_lives)))
    return options[int(first)], half_lives[int(second)]


def climb(start: float, factor: float, gain: Callable[[float], float], steps: int = 12) -> float:
    """Walk from ``start`` by a factor while the gain grows; first up, then (where up did not help) down.

    Args:
        start: where to begin, above 0.
        factor: of one step, above 1.
        gain: higher is better; asked once a place.
        steps: most places that are asked.
    """
    place, top, asked = start, gain(start), 1
    for step in (factor, 1 / factor):
        while asked < steps:
            found = gain(place * step)
            asked += 1
            if found <= top:
                break
            place, top = place * step, found
        if place != start:
            break
    return place
