"""What some people chose next, hidden from training: on it a method chooses its settings and when to stop.

It is never the data that a table is made of. Whoever evaluates may bring it (a data set with a validation part of its
own); a method that is given none hides some of the newest choices from itself. These it has not learned when it has
chosen: a method that is trained does so once more on all events, as long as was best (see :func:`again`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tastemaker.catalog.interactions import History, Interactions
from tastemaker.core.progress import Noted
from tastemaker.core.seeds import generator
from tastemaker.core.types import Floats, Ints, UserId
from tastemaker.recommenders.rehearsal import rehearse
from tastemaker.recommenders.weighing import BLOCKED, ndcg

PEOPLE = 2_000  # most people whose newest choices a method hides from itself
BATCH = 512
Score = Callable[[Sequence[History], Ints], Floats]


@dataclass(frozen=True)
class Validation:
    """Questions with known answers.

    Attributes:
        histories: what each person did before; never ranked again.
        hidden: distinct rows that each of them chose next, at least one.
        people: who they are, in the same order; empty where they have no names.
    """

    histories: tuple[History, ...]
    hidden: tuple[Ints, ...]
    people: tuple[UserId, ...] = ()

    def __len__(self) -> int:
        return len(self.histories)

    def gain(self, score: Score, rows: Ints) -> float:
        """Mean NDCG of the first 20 places when ``rows`` are ranked; 0 where no answer is among them.

        Args:
            score: as :meth:`Recommender.score`.
            rows: candidates, sorted and distinct.
        """
        total = 0.0
        for low in range(0, len(self), BATCH):
            histories, hidden = self.histories[low : low + BATCH], self.hidden[low : low + BATCH]
            scores = np.array(score(histories, rows), np.float32)
            target = np.zeros(scores.shape, np.bool_)
            for line, (history, wanted) in enumerate(zip(histories, hidden, strict=True)):
                target[line, np.isin(rows, wanted)] = True
                scores[line, np.isin(rows, history.rows)] = BLOCKED
            useful = target.any(axis=1)
            total += ndcg(target[useful], scores[useful]) * int(useful.sum()) if useful.any() else 0.0
        return total / max(1, len(self))


def some(validation: Validation, people: int, seed: int = 0, name: str = "validation") -> Validation:
    """The questions of at most so many people, drawn by the seed; another name draws other people."""
    drawn = np.sort(generator(seed, name).permutation(len(validation))[:people]).tolist()
    who = tuple(validation.people[i] for i in drawn) if validation.people else ()
    return Validation(tuple(validation.histories[i] for i in drawn), tuple(validation.hidden[i] for i in drawn), who)


def held_back(
    events: Interactions, validation: Validation | None, *, people: int = PEOPLE, seed: int = 0
) -> tuple[Interactions, Validation | None]:
    """What to learn from, and what to choose on.

    Returns:
        All events and the given validation; without one, the events less the newest choices of some people, and those
        choices; all events and None when there are too few.
    """
    if validation is not None:
        return events, validation
    rehearsal = rehearse(events, 0.0, people, seed)
    if rehearsal is None:
        return events, None
    return rehearsal.train, Validation(rehearsal.histories, rehearsal.hidden)


def again(method: str, epochs: int) -> Noted:
    """What is said before the training on all events, which follows where :func:`held_back` hid some."""
    return Noted(method, f"again on all events, {epochs} epoch{'s' * (epochs != 1)}")
