"""The same table for parts of the cases: items with many, few and no events; people with long and short histories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tastemaker.catalog.interactions import HOT_FROM
from tastemaker.core.types import Bools, Doubles, Ints
from tastemaker.evaluation.cases import Case
from tastemaker.evaluation.significance import intervals

ITEMS = {"cold items": (0, 1), "warm items": (1, HOT_FROM), "hot items": (HOT_FROM, None)}
"""By the number of people who chose the right answer before."""
PEOPLE = {"no history": (0, 1), "1 to 4 events": (1, 5), "5 to 19 events": (5, 20), "20 events and more": (20, None)}
"""By the number of events in the history."""


@dataclass(frozen=True)
class GroupRow:
    """One figure of a part of the cases.

    Attributes:
        method: name of the method.
        metric: such as ``recall@20``; for a group of items, of the right answers in it alone.
        by: "items" or "people".
        group: such as ``cold items``.
        value: mean over the cases of the group.
        low: lower end of the 95 % interval.
        high: upper end of the 95 % interval.
        n: cases behind the value.
    """

    method: str
    metric: str
    by: str
    group: str
    value: float
    low: float
    high: float
    n: int


def group_rows(
    runs: Mapping[str, Sequence[Sequence[Ints]]], cases: Sequence[Case], fame: Ints, k: int, seed: int
) -> tuple[GroupRow, ...]:
    """Recall of every method in every group that has a case.

    Args:
        runs: by method, the rankings of each training, one a case.
        cases: who was asked.
        fame: people who chose each item before, (rows,).
        k: places that count.
        seed: of the intervals.
    """
    positives = [case.positives for case in cases]
    owner = np.repeat(np.arange(len(cases)), [len(rows) for rows in positives])  # the case of each right answer
    row = np.concatenate(positives)
    found = {name: np.mean([_found(run, owner, row, k) for run in runs], axis=0) for name, runs in runs.items()}
    parts = [("items", group, _between(fame[row], *ends)) for group, ends in ITEMS.items()]
    if any(case.history is not None for case in cases):
        length = np.array([len(case.history) if case.history is not None else 0 for case in cases])
        parts += [("people", group, _between(length, *ends)[owner]) for group, ends in PEOPLE.items()]
    rows: list[GroupRow] = []
    for by, group, inside in parts:
        if inside.any() and found:
            values = np.stack([_recalls(hit[inside], owner[inside]) for hit in found.values()], axis=1)
            low, high = intervals(values, seed=seed)
            for at, name in enumerate(found):
                ends = (float(values[:, at].mean()), float(low[at]), float(high[at]))
                rows.append(GroupRow(name, f"recall@{k}", by, group, *ends, len(values)))
    return tuple(rows)


def _between(counts: Ints, least: int, below: int | None) -> Bools:
    inside: Bools = counts >= least
    return inside if below is None else inside & (counts < below)


def _found(run: Sequence[Ints], owner: Ints, row: Ints, k: int) -> Bools:
    """Which right answers stand in the first k places of their case. Shapes: owner, row (answers,) -> (answers,)."""
    tops = [ranking[:k] for ranking in run]
    case = np.repeat(np.arange(len(tops)), [len(top) for top in tops])
    shown = np.concatenate(tops)
    size = 1 + int(max(row.max(), shown.max(initial=0)))
    return np.isin(owner * size + row, case * size + shown)


def _recalls(hit: Doubles, owner: Ints) -> Doubles:
    """Share found of each case that has an answer here. Shapes: (answers,) -> (cases of the group,)."""
    total = np.bincount(owner)
    found: Doubles = (np.bincount(owner, weights=hit) / np.maximum(1, total))[total > 0]
    return found
