"""A shop's own events as ground truth: cut by a rule of ``catalog.splits``; nothing of the test part is learned.

Methods must be fitted on the catalog that :func:`split_truth` gives back, not on the one it was given.
"""

import inspect
from pathlib import Path

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.splits import SPLITS, Split
from tastemaker.core.errors import UnknownName
from tastemaker.evaluation.candidates import read_candidates
from tastemaker.evaluation.cases import Truth
from tastemaker.evaluation.people import histories_of, person_cases


def split_truth(
    catalog: Catalog, name: str, *, candidates: str | Path = "all", seed: int = 0, share: float | None = None
) -> tuple[Catalog, Truth]:
    """Cut the events of a shop into what may be learned and cases about the rest.

    Args:
        catalog: with all its events.
        name: "time" (one moment for everyone, the honest one), "user-time", "leave-one-out" or "cold-items".
        candidates: "all", "cold" (no event in the first part) or a file of ids.
        seed: of whatever the rule draws.
        share: part of the events that is learned (of the items hidden, for "cold-items"); the rule's own when None.

    Returns:
        The catalog to fit on, and the cases.

    Raises:
        UnknownName: there is no such rule.
        FitError: the events cannot be cut by it (no times, one person).
        InputError: nothing can be ranked.
    """
    if name not in SPLITS:
        raise UnknownName("split", name, sorted(SPLITS))
    rule = SPLITS[name]
    given: dict[str, object] = {"seed": seed} | ({} if share is None else {"share": share})
    wanted = inspect.signature(rule).parameters
    split: Split = rule(catalog.interactions, **{key: value for key, value in given.items() if key in wanted})
    train = catalog.with_interactions(split.train)
    protocol = {
        "source": f"split {split.name}",
        "events_learned": len(split.train),
        "items_learned": len(np.unique(split.train.row)),
    }
    pool = read_candidates(candidates, train)
    return train, person_cases(split.test, histories_of(train), pool, protocol, split.notes)
