"""The judge: takes methods one after another, and can make the table at any time of those that are done.

It trusts nobody: a ranking that holds an item twice, an item the person already had, or one that is not a candidate is
an error, not a score.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.errors import InputError
from tastemaker.core.progress import Observer, silent, track
from tastemaker.core.types import Bools, Doubles, Ints
from tastemaker.evaluation import metrics, variety
from tastemaker.evaluation.cases import Case, Truth
from tastemaker.evaluation.curves import Curve
from tastemaker.evaluation.figures import BEYOND, Cost, Row
from tastemaker.evaluation.groups import group_rows
from tastemaker.evaluation.rankers import Ranker
from tastemaker.evaluation.report import Report
from tastemaker.evaluation.significance import coverage_interval, intervals, intervals_over_seeds

BATCH = 256


@dataclass(frozen=True)
class Run:
    """One method's rankings of all cases, one list a training, and what they took."""

    rankings: tuple[list[Ints], ...]
    cost: Cost
    curves: tuple[Curve, ...] = ()


class Judge:
    """Ranks every case with every method it is given.

    Args:
        truth: the cases.
        catalog: what the methods were fitted on; its events say how well known an item is.
        ks: lengths of the ranking to judge, each 1 or more.
        seed: of the intervals.
        vectors: of the items, for the diversity of a ranking; None without a space.

    Raises:
        InputError: there is no case, or k is below 1.
    """

    def __init__(
        self,
        truth: Truth,
        catalog: Catalog,
        *,
        ks: Sequence[int] = (20,),
        seed: int = 0,
        vectors: ItemVectors | None = None,
    ) -> None:
        if not truth.cases:
            hint = "; ".join(f"{key} {value}" for key, value in truth.protocol.items())
            raise InputError("no case has an item that can be ranked", hint=hint)
        if not ks or min(ks) < 1:
            raise InputError(f"k is {list(ks)!r}; it must be 1 or more")
        self.runs: dict[str, Run] = {}
        self._truth = truth
        self._catalog = catalog
        self._ks = ks
        self._seed = seed
        self._shelf = variety.Shelf.of(catalog, vectors)

    def add(
        self,
        name: str,
        methods: Ranker | Sequence[Ranker],
        observer: Observer = silent,
        *,
        cost: Cost | None = None,
        curves: tuple[Curve, ...] = (),
    ) -> None:
        """Rank every case.

        Args:
            name: of the rows.
            methods: a method, or the same method trained with several seeds: its figures are means over them.
            observer: gets one task.
            cost: what the method took before; the seconds of ranking are added.
            curves: how its training went.

        Raises:
            InputError: the method breaks the rules of a case.
            Cancelled: the observer asked to stop; the method is not in the table.
        """
        trained = [methods] if callable(methods) else list(methods)
        begun = cost or Cost()
        made, seconds = [], 0.0
        with track(observer, f"evaluate {name}", len(self._truth.cases) * len(trained)) as task:
            for method in trained:
                rankings: list[Ints] = []
                for batch in _batches(self._truth.cases):
                    started = time.perf_counter()
                    found = [np.asarray(ranking, np.int64)[: max(self._ks)] for ranking in method(batch, max(self._ks))]
                    seconds += time.perf_counter() - started
                    _refuse_cheating(name, batch, found, self._catalog)
                    rankings.extend(found)
                    task.advance(len(batch))
                made.append(rankings)
        cost = replace(begun, rank_seconds=seconds / len(made), seeds=len(made))
        self.runs[name] = Run(tuple(made), cost, curves)

    def report(self, said: Mapping[str, object] | None = None, *, order: Sequence[str] = ()) -> Report:
        """The table of everything judged so far; every mean is resampled with the same draws.

        Args:
            said: more for the protocol.
            order: names of methods to stand first.
        """
        names = [name for name in order if name in self.runs]
        names += [name for name in self.runs if name not in names]
        values = {name: self._values(self.runs[name]) for name in names}
        ends = self._intervals(values)
        rows = [row for name in names for row in self._rows(name, values[name], ends)]
        protocol = {
            **self._truth.protocol,
            "cases": len(self._truth.cases),
            "seed": self._seed,
            **(said or {}),
            "warnings": [*self._truth.warnings],
        }
        if self._shelf.attribute:
            protocol["calibrated_by"] = self._shelf.attribute
        rankings = {name: self.runs[name].rankings for name in names}
        return Report(
            protocol,
            tuple(rows),
            {(name, metric): columns.mean(axis=0) for name in names for metric, columns in values[name].items()},
            costs={name: self.runs[name].cost for name in names},
            groups=group_rows(rankings, self._truth.cases, self._shelf.fame, max(self._ks), self._seed),
            curves={name: self.runs[name].curves for name in names if self.runs[name].curves},
        )

    def _values(self, run: Run) -> dict[str, Doubles]:
        """Every metric with a value a case. Shapes: -> (seeds, cases) each, NaN where it says nothing."""
        wanted = [case.positives for case in self._truth.cases]
        sizes = np.array([len(rows) for rows in wanted])
        taken: list[dict[str, Doubles]] = []
        for rankings in run.rankings:
            found = metrics.hits(rankings, wanted, max(self._ks))
            one: dict[str, Doubles] = {}
            for k in self._ks:
                one |= {f"{name}@{k}": measure(found, sizes, k) for name, measure in metrics.METRICS.items()}
            longest = max(self._ks)
            more = variety.measures(rankings, self._truth.cases, self._shelf, longest)
            taken.append(one | {f"{name}@{longest}": values for name, values in more.items()})
        return {name: np.stack([one[name] for one in taken]) for name in taken[0] if all(name in one for one in taken)}

    def _intervals(self, values: Mapping[str, Mapping[str, Doubles]]) -> dict[tuple[str, str], tuple[float, float]]:
        """Ends of the intervals. Columns that hold a value for the same cases are resampled together."""
        together: dict[tuple[int, bytes], list[tuple[str, str]]] = {}
        for name, found in values.items():
            for metric, columns in found.items():
                known = ~np.isnan(columns).any(axis=0)
                together.setdefault((len(columns), known.tobytes()), []).append((name, metric))
        ends: dict[tuple[str, str], tuple[float, float]] = {}
        for (seeds, marks), keys in together.items():
            known = np.frombuffer(marks, np.bool_)
            if not known.any():
                continue
            stacked = np.stack([values[name][metric][:, known] for name, metric in keys], axis=2)
            low, high = (
                intervals(stacked[0], seed=self._seed) if seeds == 1 else intervals_over_seeds(stacked, seed=self._seed)
            )
            ends |= dict(zip(keys, zip(low.tolist(), high.tolist(), strict=True), strict=True))
        return ends

    def _rows(
        self, name: str, found: Mapping[str, Doubles], ends: Mapping[tuple[str, str], tuple[float, float]]
    ) -> list[Row]:
        run, rows = self.runs[name], {}
        for metric, columns in found.items():
            if (name, metric) in ends:
                mean = columns.mean(axis=0)
                known = mean[~np.isnan(mean)]
                rows[metric] = (float(known.mean()), *ends[name, metric], len(known))
        pool = self._pool()
        for k in self._ks:
            first = run.rankings[0]
            share, (least, most) = metrics.coverage(first, len(pool), k), coverage_interval(first, len(pool), k)
            rows[f"coverage@{k}"] = (share, least, most, len(first))
            rows[f"gini@{k}"] = (*variety.gini_interval(first, pool, self._catalog.size, k), len(first))
        return [Row(name, metric, *rows[metric], run.cost.rank_seconds) for metric in sorted(rows, key=_place)]

    def _pool(self) -> Ints:
        """Items that could have been ranked for anybody."""
        alive = self._catalog.alive
        pools = {id(case.candidates): case.pool(alive) for case in self._truth.cases}
        return np.flatnonzero(np.logical_or.reduce(list(pools.values())))


def _place(metric: str) -> tuple[bool, int, int]:
    """Accuracy first, by k; then the rest."""
    order = [*metrics.METRICS, *BEYOND]
    name, k = metric.split("@")
    return name in BEYOND, int(k), order.index(name)


def _batches(cases: Sequence[Case]) -> list[Sequence[Case]]:
    return [cases[start : start + BATCH] for start in range(0, len(cases), BATCH)]


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
