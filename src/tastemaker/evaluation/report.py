"""What an evaluation says: one row a method and metric, with its interval, and the protocol that gives it a meaning.

The JSON shape is fixed, scripts rely on it:
``{"protocol": {...}, "rows": [{"method", "metric", "value", "low", "high", "n", "seconds"}, ...]}``.
What else is known (costs, the comparison with the best baseline, groups) stands in the protocol of the JSON.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tastemaker.core.errors import InputError, UnknownName
from tastemaker.core.storage import replace_text
from tastemaker.core.types import Doubles
from tastemaker.evaluation import pages, tables
from tastemaker.evaluation.curves import Curve
from tastemaker.evaluation.figures import BASELINES, BEYOND, Against, Cost, Row
from tastemaker.evaluation.groups import GroupRow
from tastemaker.evaluation.significance import Difference, holm, paired


@dataclass(frozen=True)
class Report:
    """An evaluation's answer. Prints as a table.

    Attributes:
        protocol: how it was measured: source, candidates, what was left out and how often.
        rows: in the order of the methods, then of the metrics.
        per_case: the values behind the means, by method and metric, for paired comparisons; NaN for a case that has no
            value. Not part of the JSON.
        costs: what each method took.
        groups: recall in parts of the cases.
        curves: how trainings went, where a method says so.
    """

    protocol: Mapping[str, object]
    rows: tuple[Row, ...]
    per_case: Mapping[tuple[str, str], Doubles] = field(default_factory=dict, repr=False, compare=False)
    costs: Mapping[str, Cost] = field(default_factory=dict, compare=False)
    groups: tuple[GroupRow, ...] = ()
    curves: Mapping[str, tuple[Curve, ...]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def methods(self) -> list[str]:
        """Names of the methods, in table order."""
        return list(dict.fromkeys(row.method for row in self.rows))

    @property
    def metrics(self) -> list[str]:
        """Names of the metrics, in table order."""
        return list(dict.fromkeys(row.metric for row in self.rows))

    @property
    def accuracy(self) -> list[str]:
        """Names of the metrics of which more is better."""
        return [metric for metric in self.metrics if metric.split("@")[0] not in BEYOND]

    @property
    def cut_short(self) -> str:
        """Where it was stopped; "" when every method is in the table."""
        return str(self.protocol.get("cut_short", ""))

    def row(self, method: str, metric: str) -> Row:
        """One figure.

        Raises:
            UnknownName: the table has no such method or metric.
        """
        for row in self.rows:
            if (row.method, row.metric) == (method, metric):
                return row
        if method not in self.methods:
            raise UnknownName("method", method, self.methods)
        raise UnknownName("metric", metric, self.metrics)

    def compare(self, first: str, second: str, metric: str, *, seed: int = 0) -> Difference:
        """Paired bootstrap of the difference of two methods on the same cases.

        Raises:
            UnknownName: the table has no such method, or the metric is not a mean over cases.
        """
        known = sorted({name for _, name in self.per_case})
        for method in (first, second):
            self.row(method, metric)
            if (method, metric) not in self.per_case:
                raise UnknownName("metric with one value a case", metric, known)
        return paired(self.per_case[first, metric], self.per_case[second, metric], seed=seed)

    def best_baseline(self, metric: str) -> str:
        """The plain method with the highest value; "" when there is none in the table."""
        plain = [name for name in self.methods if name in BASELINES]
        return max(plain, key=lambda name: self.row(name, metric).value, default="")

    def against_baseline(self, metric: str = "", *, seed: int = 0) -> tuple[Against, ...]:
        """Every other row against the best baseline, with Holm's correction for their number.

        Args:
            metric: the first of the table when empty.
            seed: of the resampling.

        Raises:
            UnknownName: the metric is not a mean over cases.
        """
        metric = metric or (self.metrics[0] if self.metrics else "")
        best = self.best_baseline(metric) if metric else ""
        others = [name for name in self.methods if name != best and (name, metric) in self.per_case] if best else []
        found = [self.compare(name, best, metric, seed=seed) for name in others]
        corrected = holm([difference.p for difference in found])
        return tuple(Against(*each) for each in zip(others, found, corrected, strict=True))

    def to_json(self) -> dict[str, object]:
        """The fixed shape, as JSON values."""
        protocol = dict(self.protocol)
        if self.costs:
            protocol["costs"] = {name: asdict(cost) for name, cost in self.costs.items()}
        against = self.against_baseline()
        if against:
            best, metric = self.best_baseline(self.metrics[0]), self.metrics[0]
            rows = [{"method": one.method, **asdict(one.difference), "p_holm": one.p} for one in against]
            protocol["against"] = {"baseline": best, "metric": metric, "rows": rows}
        if self.groups:
            protocol["groups"] = [asdict(group) for group in self.groups]
        return {"protocol": protocol, "rows": [asdict(row) for row in self.rows]}

    def save(self, path: Path | str) -> None:
        """Write it down for people: ``.md`` as Markdown, ``.html`` as one page with plots that needs nothing else.

        Raises:
            InputError: the name ends otherwise, or the folder is not there.
        """
        path = Path(path)
        check_path(path)
        replace_text(path, WRITERS[path.suffix](self))

    def show(self) -> None:
        """Write the table to standard output, for a session at the prompt."""
        sys.stdout.write(f"{self}\n")

    def __str__(self) -> str:
        return tables.text(self)


WRITERS: Mapping[str, Callable[[Report], str]] = {".md": pages.markdown, ".html": pages.html}
"""How a report is written, by how the name of its file ends."""


def check_path(path: Path) -> None:
    """Can a report be written there? To be asked before the work: hours must not end at a wrong name.

    Raises:
        InputError: the name ends otherwise than in ``.md`` or ``.html``, or the folder is not there.
    """
    if path.suffix not in WRITERS:
        raise InputError(f"a report cannot be written as {path.name!r}", hint="use a name that ends in .html or .md")
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {str(path.parent)!r} for the report", hint="make it first")
