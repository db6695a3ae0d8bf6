"""Cases of people: what they had, what they did next. One way for a file of later events and for every split."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History, Interactions
from tastemaker.core.types import Ints
from tastemaker.evaluation.candidates import Candidates
from tastemaker.evaluation.cases import Case, Truth

NOBODY = History.of([])
Person = TypeVar("Person", bound=str)


def histories_of(catalog: Catalog) -> dict[str, History]:
    """History of everybody with an event, by name."""
    return histories_by_name(catalog.interactions)


def histories_by_name(events: Interactions) -> dict[str, History]:
    """History of everybody, by name; empty for people whose events are all elsewhere."""
    return dict(zip(events.people, events.histories(), strict=True))


def person_cases(
    wanted: Mapping[Person, Sequence[int]] | Mapping[Person, Ints],
    histories: Mapping[str, History],
    candidates: Candidates,
    protocol: Mapping[str, object],
    warnings: Sequence[str] = (),
) -> Truth:
    """Turn what people did next into cases.

    An item that a person already had is not ranked for them, so it is no positive either; nor is an item that is not a
    candidate. A person the shop does not know is served with an empty history.

    Args:
        wanted: rows that each person had next, repeats allowed.
        histories: what each person had before; whoever is missing had nothing.
        candidates: what may be ranked.
        protocol: what to say of the source; counts of what is left out are added.
        warnings: what to say aloud.
    """
    cases, had, foreign = [], 0, 0
    for person, rows in wanted.items():
        history = histories.get(person, NOBODY)
        new = np.setdiff1d(np.asarray(rows, np.int64), history.seen)
        positives = new[candidates.mask[new]]
        had += len(np.unique(rows)) - len(new)
        foreign += len(new) - len(positives)
        if len(positives):
            cases.append(Case(person, positives, history.seen, candidates.rows, history))
    counts = {
        "people": len(wanted),
        "people_left_out": len(wanted) - len(cases),
        "people_without_history": sum(len(case.history or NOBODY) == 0 for case in cases),
        "positives": sum(len(case.positives) for case in cases),
        "positives_already_had": had,
        "positives_not_candidates": foreign,
    }
    return Truth(tuple(cases), {**protocol, **described(candidates), **counts}, tuple(warnings))


def described(candidates: Candidates) -> dict[str, object]:
    """What the protocol says of the candidates."""
    said: dict[str, object] = {"candidates": candidates.name, "n_candidates": int(candidates.mask.sum())}
    return said | ({"candidates_unknown": len(candidates.unknown)} if candidates.unknown else {})
