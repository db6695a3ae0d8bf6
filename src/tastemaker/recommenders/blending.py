"""How the hybrid learns whom to trust: a rehearsal on each person's own last events, with some items made new.

The rehearsal hides the newest fifth of what each person chose, and every event of some items, from the sources. A
softmax over all items then finds the weights under which the hidden choices were most likely: one weight for every source
and cohort of items, one offset for every cohort, so that cold items compete with warm ones at the rate at which people
truly choose them. The loss is convex: the same events give the same weights.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from tastemaker.catalog.interactions import History, Interactions
from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Doubles, Floats, Ints
from tastemaker.recommenders.base import Recommender

COHORTS = ("cold", "warm", "hot")
SHARE = 0.2  # of each person's events that are hidden, the newest
FEWEST = 3  # events that must stay
MOST_RANKED = 3_000  # items that are ranked in the rehearsal
FEWEST_CHOICES = 30  # hidden choices below which nothing can be learned
PENALTY = 1e-3


@dataclass(frozen=True)
class Rehearsal:
    """What is known and what is hidden.

    Attributes:
        train: events that the sources may see.
        histories: of the people who are asked about, from ``train`` alone.
        hidden: what each of them chose next, rows.
    """

    train: Interactions
    histories: tuple[History, ...]
    hidden: tuple[Ints, ...]


@dataclass(frozen=True)
class Weights:
    """One weight a source and cohort, one offset a cohort.

    Shapes: matrix (sources, cohorts), offset (cohorts,).
    """

    names: tuple[str, ...]
    matrix: Floats
    offset: Floats

    @classmethod
    def even(cls, names: Sequence[str]) -> "Weights":
        """All sources alike: what is used when there are too few events to learn from."""
        return cls(tuple(names), np.ones((len(names), len(COHORTS)), np.float32), np.zeros(len(COHORTS), np.float32))

    def of(self, name: str, cohort: Ints) -> Floats:
        """Weight of a source for items of these cohorts. Shapes: (n,) -> (n,)."""
        weights: Floats = self.matrix[self.names.index(name)][cohort]
        return weights

    def offsets(self, cohort: Ints) -> Floats:
        """Offset of each item. Shapes: (n,) -> (n,)."""
        return self.offset[cohort]

    def tensors(self) -> dict[str, npt.NDArray[np.generic]]:
        """For storage."""
        return {"weights": self.matrix, "offsets": self.offset}

    @classmethod
    def restore(cls, names: Sequence[str], tensors: Mapping[str, npt.NDArray[np.generic]]) -> "Weights":
        """Take back what :meth:`tensors` gave."""
        return cls(tuple(names), tensors["weights"].astype(np.float32), tensors["offsets"].astype(np.float32))

    def __str__(self) -> str:
        lines = [
            f"{cohort}: " + ", ".join(f"{name} {weight:.2f}" for name, weight in zip(self.names, column, strict=True))
            for cohort, column in zip(COHORTS, self.matrix.T, strict=True)
        ]
        return "weights " + "; ".join(lines)


def rehearse(events: Interactions, held_out: float, people: int, seed: int) -> Rehearsal | None:
    """Hide each person's newest choices and every event of some items; None when too few choices are left to learn from."""
    liked = np.flatnonzero(events.weight > 0)
    _, first = np.unique(events.user[liked] * np.int64(events.n_rows) + events.row[liked], return_index=True)
    firsts = liked[np.sort(first)]  # each person's first event with each item, in time order
    order = firsts[np.argsort(events.user[firsts], kind="stable")]
    _, begin, total = np.unique(events.user[order], return_index=True, return_counts=True)
    late = np.maximum(FEWEST, np.floor(total * (1.0 - SHARE))).astype(np.int64)
    place = np.arange(len(order)) - np.repeat(begin, total)
    hidden = order[place >= np.repeat(late, total)]
    new = _new_items(events, held_out, seed)
    gone = np.zeros(len(events), np.bool_)
    gone[hidden] = True
    again = np.isin(
        events.user * np.int64(events.n_rows) + events.row, (events.user * np.int64(events.n_rows) + events.row)[hidden]
    )
    train = events.where(~(gone | again | new[events.row]))
    if len(hidden) < FEWEST_CHOICES or len(train) == 0:
        return None
    chosen = generator(seed, "hybrid people").permutation(np.unique(events.user[hidden]))[:people]
    histories = train.histories()
    next_choices = {user: events.row[hidden[events.user[hidden] == user]] for user in np.sort(chosen).tolist()}
    asked = [user for user in next_choices if len(histories[user])]
    return Rehearsal(train, tuple(histories[u] for u in asked), tuple(np.unique(next_choices[u]) for u in asked))


def _new_items(events: Interactions, share: float, seed: int) -> Bools:
    """Items that are made new for the rehearsal. Shapes: (rows,)."""
    with_events = np.flatnonzero(events.counts())
    drawn = generator(seed, "hybrid items").permutation(with_events)[: int(share * len(with_events))]
    new = np.zeros(events.n_rows, np.bool_)
    new[drawn] = True
    return new


def scales(raw: Mapping[str, Floats]) -> dict[str, tuple[Floats, Floats]]:
    """Mean and deviation of each source's finite scores for each person, over the reference items.

    Shapes: (people, reference) -> (people,), (people,).
    """
    found = {}
    for name, values in raw.items():
        finite = np.isfinite(values)
        n = np.maximum(finite.sum(axis=1), 1)
        clean = np.where(finite, values, 0.0).astype(np.float64)
        mean = clean.sum(axis=1) / n
        spread = np.sqrt(np.where(finite, (clean - mean[:, None]) ** 2, 0.0).sum(axis=1) / n)
        found[name] = (mean.astype(np.float32), np.where(spread > 1e-12, spread, 1.0).astype(np.float32))
    return found


def learn(
    sources: Mapping[str, Recommender],
    names: Sequence[str],
    rehearsal: Rehearsal,
    asked: Ints,
    reference: Ints,
    cohort: Ints,
) -> Weights:
    """Weights under which the hidden choices are most likely.

    Args:
        sources: fitted on ``rehearsal.train``.
        names: all sources there can be, in order; the weight of one that is not fitted stays 0.
        rehearsal: what was hidden.
        asked: rows that are ranked.
        reference: rows that a person's scale is taken from.
        cohort: of each row of the catalog, as ``rehearsal.train`` has it.
    """
    scaled = standardised(sources, rehearsal.histories, asked, reference)
    stack = np.stack([np.nan_to_num(scaled[name], nan=0.0, posinf=0.0, neginf=0.0) for name in sources])
    place = np.full(len(cohort), -1, np.int64)
    place[asked] = np.arange(len(asked))
    target = np.zeros(stack.shape[1:], np.float32)
    seen = np.zeros(stack.shape[1:], np.bool_)
    for line, (history, hidden) in enumerate(zip(rehearsal.histories, rehearsal.hidden, strict=True)):
        here, had = place[hidden], place[history.seen]
        target[line, here[here >= 0]] = 1.0
        seen[line, had[had >= 0]] = True
    useful = target.sum(axis=1) > 0
    matrix, offset = _softmax(stack[:, useful], target[useful], seen[useful], cohort[asked])
    full = np.zeros((len(names), len(COHORTS)), np.float32)
    full[[list(names).index(name) for name in sources]] = matrix
    return Weights(tuple(names), full, offset)


def standardised(
    sources: Mapping[str, Recommender], histories: Sequence[History], rows: Ints, reference: Ints
) -> dict[str, Floats]:
    """Each source's scores on each person's own scale; -inf where it cannot say. Shapes: each (people, n)."""
    both = np.concatenate([reference, rows])
    found = {}
    for name, source in sources.items():
        raw = source.score(histories, both)
        mean, spread = scales({name: raw[:, : len(reference)]})[name]
        found[name] = ((raw[:, len(reference) :] - mean[:, None]) / spread[:, None]).astype(np.float32)
    return found


def _softmax(stack: Floats, target: Floats, seen: Bools, cohort: Ints) -> tuple[Floats, Floats]:
    """Minimise the mean of each person's mean ``-log p(hidden choice)``.

    Shapes: stack (sources, people, items), target and seen (people, items), cohort (items,).
    """
    n_sources, n_cohorts = len(stack), len(COHORTS)
    share = (target / np.maximum(target.sum(axis=1, keepdims=True), 1.0)).astype(np.float32)
    columns = [np.flatnonzero(cohort == c) for c in range(n_cohorts)]
    blocked = np.where(seen, np.float32(-1e9), np.float32(0.0))

    def loss(flat: Doubles) -> tuple[float, Doubles]:
        matrix = flat[: n_sources * n_cohorts].reshape(n_sources, n_cohorts).astype(np.float32)
        offset = flat[n_sources * n_cohorts :].astype(np.float32)
        score = blocked + np.einsum("spn,sn->pn", stack, matrix[:, cohort], optimize=False) + offset[cohort]
        top = score.max(axis=1, keepdims=True)
        weight = np.exp(score - top)
        total = weight.sum(axis=1, keepdims=True)
        value = float((share * (top + np.log(total) - score)).sum()) / len(share)
        slope = (weight / total - share) / len(share)  # (people, items)
        d_matrix = np.stack([np.einsum("spn,pn->s", stack[:, :, c], slope[:, c]) for c in columns], axis=1)
        d_offset = np.array([slope[:, c].sum() for c in columns])
        gradient = np.concatenate([d_matrix.ravel(), d_offset]).astype(np.float64) + 2 * PENALTY * flat
        return value + PENALTY * float(flat @ flat), gradient

    start = np.concatenate([np.full(n_sources * n_cohorts, 0.2), np.zeros(n_cohorts)])
    bounds = [(0.0, None)] * (n_sources * n_cohorts) + [(None, None)] * n_cohorts
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 150})
    matrix = found.x[: n_sources * n_cohorts].reshape(n_sources, n_cohorts)
    return matrix.astype(np.float32), found.x[n_sources * n_cohorts :].astype(np.float32)
