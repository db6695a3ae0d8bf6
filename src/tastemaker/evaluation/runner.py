"""Runs methods over cases and makes the report. Popularity and random always stand in the table.

The runner trusts nobody: a ranking that holds an item twice, an item the person already had, or one that is not a
candidate is an error, not a score.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.core.errors import InputError
from tastemaker.core.progress import Observer, silent, track
from tastemaker.core.types import Bools, Doubles, Ints
from tastemaker.evaluation import metrics, rankers
from tastemaker.evaluation.cases import Case, Truth
from tastemaker.evaluation.rankers import Ranker
from tastemaker.evaluation.report import Report, Row
from tastemaker.evaluation.significance import coverage_interval, intervals

BATCH = 256


@dataclass(frozen=True)
class _Run:
    """One method's rankings, and the seconds it took to make them."""

    rankings: list[Ints]
    seconds: float


def evaluate(
    truth: Truth,
    catalog: Catalog,
    methods: Mapping[str, Ranker],
    *,
    ks: Sequence[int] = (20,),
    seed: int = 0,
    observer: Observer = silent,
) -> Report:
    """Rank every case with every method, and say how good the rankings are and how sure that is.

    Args:
        truth: the cases.
        catalog: what the methods were fitted on; its events make the popularity baseline.
        methods: by the name of their rows; ``popularity`` and ``random`` are added when they are not among them.
        ks: lengths of the ranking to judge, each 1 or more.
        seed: of the random baseline, of the order among equals and of the intervals.
        observer: gets one task a method.

    Returns:
        One row a method, metric and k.

    Raises:
        InputError: there is no case, k is below 1, or a method breaks the rules of the case.
    """
    if not truth.cases:
        hint = "; ".join(f"{key} {value}" for key, value in truth.protocol.items())
        raise InputError("no case has an item that can be ranked", hint=hint)
    if not ks or min(ks) < 1:
        raise InputError(f"k is {list(ks)!r}; it must be 1 or more")
    plain = {"popularity": rankers.popularity(catalog, seed=seed), "random": rankers.chance(catalog, seed=seed)}
    everyone = {**methods, **{name: ranker for name, ranker in plain.items() if name not in methods}}
    runs = {name: _rank(name, ranker, truth.cases, catalog, max(ks), observer) for name, ranker in everyone.items()}
    added = [name for name in plain if name not in methods]
    protocol = {
        **truth.protocol,
        "cases": len(truth.cases),
        "seed": seed,
        "baselines_added": " ".join(added),
        "warnings": list(truth.warnings),
    }
    return _judge(runs, truth, _reach(truth.cases, catalog.alive), ks, seed, protocol)


def _rank(name: str, ranker: Ranker, cases: Sequence[Case], catalog: Catalog, k: int, observer: Observer) -> _Run:
    """All cases in batches; the clock runs only while the method works."""
    rankings: list[Ints] = []
    seconds = 0.0
    with track(observer, f"evaluate {name}", len(cases)) as task:
        for start in range(0, len(cases), BATCH):
            batch = cases[start : start + BATCH]
            begun = time.perf_counter()
            made = [np.asarray(ranking, np.int64)[:k] for ranking in ranker(batch, k)]
            seconds += time.perf_counter() - begun
            _refuse_cheating(name, batch, made, catalog)
            rankings.extend(made)
            task.advance(len(batch))
    return _Run(rankings, seconds)


def _refuse_cheating(name: str, cases: Sequence[Case], rankings: Sequence[Ints], catalog: Catalog) -> None:
    """See that every ranking keeps the rules of its case.

    Raises:
        InputError: one does not; names the method, the case and the item.
    """
    if len(rankings) != len(cases):
        raise InputError(f"method {name!r} gave {len(rankings)} rankings for {len(cases)} cases")
    masks: dict[int, Bools] = {}
    for case, ranking in zip(cases, rankings, strict=True):
        pool = masks.setdefault(id(case.candidates), case.pool(catalog.alive))
        if ranking.size and (ranking.min() < 0 or ranking.max() >= len(pool)):
            raise InputError(f"method {name!r} ranked a row that is not in the catalog for case {case.key!r}")
        wrong = {
            "that is not a candidate": ranking[~pool[ranking]],
            "that must not be ranked": ranking[np.isin(ranking, case.seen)],
            "twice": ranking[_repeated(ranking)],
        }
        for why, rows in wrong.items():
            if rows.size:
                raise InputError(f"method {name!r} ranked item {catalog.ids[rows[0]]!r} {why} for case {case.key!r}")


def _repeated(ranking: Ints) -> Bools:
    """Places whose row stood before. Shapes: (n,)."""
    mask = np.ones(len(ranking), bool)
    mask[np.unique(ranking, return_index=True)[1]] = False
    return mask


def _reach(cases: Sequence[Case], alive: Bools) -> int:
    """How many different items could have been ranked for anybody."""
    pools = {id(case.candidates): case.pool(alive) for case in cases}
    return int(np.logical_or.reduce(list(pools.values())).sum())


def _judge(
    runs: Mapping[str, _Run], truth: Truth, reach: int, ks: Sequence[int], seed: int, protocol: dict[str, object]
) -> Report:
    """Metrics and intervals of all runs; every mean is resampled with the same draws."""
    wanted = [case.positives for case in truth.cases]
    sizes = np.array([len(rows) for rows in wanted])
    per_case: dict[tuple[str, str], Doubles] = {}
    for name, run in runs.items():
        found = metrics.hits(run.rankings, wanted, max(ks))
        for k in ks:
            for metric, measure in metrics.METRICS.items():
                per_case[name, f"{metric}@{k}"] = measure(found, sizes, k)
    low, high = intervals(np.stack(list(per_case.values()), axis=1), seed=seed)
    ends = dict(zip(per_case, zip(low.tolist(), high.tolist(), strict=True), strict=True))
    rows = []
    for name, run in runs.items():
        for (method, metric), values in per_case.items():
            if method == name:
                rows.append(Row(name, metric, float(values.mean()), *ends[name, metric], len(values), run.seconds))
        for k in ks:
            value, (least, most) = metrics.coverage(run.rankings, reach, k), coverage_interval(run.rankings, reach, k)
            rows.append(Row(name, f"coverage@{k}", value, least, most, len(wanted), run.seconds))
    return Report(protocol, tuple(rows), per_case)
