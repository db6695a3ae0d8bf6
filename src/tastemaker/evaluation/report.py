"""What an evaluation says: one row a method and metric, with its interval, and the protocol that gives it a meaning.

The JSON shape is fixed, scripts rely on it:
``{"protocol": {...}, "rows": [{"method", "metric", "value", "low", "high", "n", "seconds"}, ...]}``.
"""

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from tastemaker.core.errors import UnknownName
from tastemaker.core.types import Doubles
from tastemaker.evaluation.significance import Difference, paired


@dataclass(frozen=True)
class Row:
    """One figure of a table.

    Attributes:
        method: name of the method; what the workspace itself serves is called ``shop``.
        metric: such as ``recall@20``.
        value: mean over the cases (for coverage: share of the candidates ever shown).
        low: lower end of the 95 % interval.
        high: upper end of the 95 % interval.
        n: cases behind the value.
        seconds: wall time the method took to rank all cases, training not included.
    """

    method: str
    metric: str
    value: float
    low: float
    high: float
    n: int
    seconds: float


@dataclass(frozen=True)
class Report:
    """An evaluation's answer. Prints as a table.

    Attributes:
        protocol: how it was measured: source, candidates, what was left out and how often.
        rows: in the order of the methods, then of the metrics.
        per_case: the values behind the means, by method and metric, for paired comparisons. Not part of the JSON.
    """

    protocol: Mapping[str, object]
    rows: tuple[Row, ...]
    per_case: Mapping[tuple[str, str], Doubles] = field(default_factory=dict, repr=False, compare=False)

    @property
    def methods(self) -> list[str]:
        """Names of the methods, in table order."""
        return list(dict.fromkeys(row.method for row in self.rows))

    @property
    def metrics(self) -> list[str]:
        """Names of the metrics, in table order."""
        return list(dict.fromkeys(row.metric for row in self.rows))

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

    def to_json(self) -> dict[str, object]:
        """The fixed shape, as JSON values."""
        return {"protocol": dict(self.protocol), "rows": [asdict(row) for row in self.rows]}

    def show(self) -> None:
        """Write the table to standard output, for a session at the prompt."""
        sys.stdout.write(f"{self}\n")

    def __str__(self) -> str:
        width = max([6, *(len(row.method) for row in self.rows)])
        head = f"{'method':<{width}}  " + "  ".join(f"{metric:<24}" for metric in self.metrics) + "  seconds"
        lines = [head.rstrip(), "-" * len(head.rstrip())]
        for method in self.methods:
            rows = [row for row in self.rows if row.method == method]
            cells = (f"{row.value:.4f} [{row.low:.4f}, {row.high:.4f}]" for row in rows)
            lines.append(f"{method:<{width}}  {'  '.join(f'{cell:<24}' for cell in cells)}  {rows[0].seconds:>7.1f}")
        lines.append(f"mean [95 % interval] over {self.rows[0].n if self.rows else 0} cases")
        warnings = self.protocol.get("warnings")
        said = {key: value for key, value in self.protocol.items() if key != "warnings" and value not in ("", 0)}
        lines.append("; ".join(f"{key.replace('_', ' ')}: {value}" for key, value in said.items()))
        lines += [f"warning: {warning}" for warning in warnings] if isinstance(warnings, list) else []
        return "\n".join(lines)
