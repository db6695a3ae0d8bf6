"""A report as tables of texts: what the command line prints, and what the written reports are made of."""

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

from tastemaker.evaluation.figures import BEYOND

if TYPE_CHECKING:
    from tastemaker.evaluation.report import Report

WIDTH = 118
QUIET = ("part", "cut_short")


@dataclass(frozen=True)
class Table:
    """A table of texts.

    Attributes:
        title: what it shows.
        head: one heading a column; the first is of the methods.
        lines: one a method.
        note: how it is to be read; "" when that is plain.
    """

    title: str
    head: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    note: str = ""


def accuracy(report: "Report") -> list[Table]:
    """One table a k: every metric of accuracy with its interval."""
    n = report.rows[0].n if report.rows else 0
    tables = []
    for k in dict.fromkeys(metric.split("@")[1] for metric in report.accuracy):
        names = [metric for metric in report.accuracy if metric.endswith(f"@{k}")]
        lines = []
        for method in report.methods:
            rows = [report.row(method, name) for name in names]
            lines.append((method, *(f"{row.value:.4f} [{row.low:.4f}, {row.high:.4f}]" for row in rows)))
        note = f"mean [95 % interval] over {n} cases"
        tables.append(Table(f"Accuracy in the first {k} places", ("method", *names), tuple(lines), note))
    return tables


def beyond(report: "Report") -> Table | None:
    """What the rankings are like, and what they cost; None when nothing of it is known."""
    names = [metric for metric in report.metrics if metric.split("@")[0] in BEYOND]
    if not names and not report.costs:
        return None
    measured = {(row.method, row.metric): row.value for row in report.rows}
    memory = any(cost.memory_mb is not None for cost in report.costs.values())
    lines = []
    for method in report.methods:
        cells = [_figure(measured.get((method, name))) for name in names]
        cost = report.costs.get(method)
        if report.costs:
            fit, rank = (cost.fit_seconds, cost.rank_seconds) if cost else (None, None)
            cells += [_seconds(fit), _seconds(rank)]
            cells += [_whole(cost.memory_mb if cost else None)] if memory else []
        lines.append((method, *cells))
    costs = (("fit s", "rank s", "memory MB") if memory else ("fit s", "rank s")) if report.costs else ()
    return Table("Beyond accuracy, and cost", ("method", *names, *costs), tuple(lines), _legend(report, names))


def against(report: "Report") -> Table | None:
    """Every row against the best baseline; None without a baseline or without another row."""
    found = report.against_baseline()
    if not found:
        return None
    metric = report.metrics[0]
    lines = []
    for one in found:
        gap = one.difference
        word = "no clear difference" if one.p >= 0.05 else "better" if gap.value > 0 else "worse"
        lines.append((one.method, f"{gap.value:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}]", f"{one.p:.3f}", word))
    best = report.best_baseline(metric)
    note = "difference [95 % interval] by paired bootstrap; p after Holm's correction for the rows of this table"
    head = ("method", f"{metric} less {best}", "p", "verdict")
    return Table(f"Against the best baseline, {best}", head, tuple(lines), note)


def groups(report: "Report", by: str) -> Table | None:
    """Recall in parts of the cases, by "items" or by "people"; None when nothing is known of them."""
    rows = [row for row in report.groups if row.by == by]
    if not rows:
        return None
    names = list(dict.fromkeys(row.group for row in rows))
    figures = {(row.method, row.group): f"{row.value:.4f} [{row.low:.4f}, {row.high:.4f}]" for row in rows}
    cases = {row.group: row.n for row in rows}
    lines = tuple((method, *(figures.get((method, name), "-") for name in names)) for method in report.methods)
    what = "how often the right answers had been chosen" if by == "items" else "how much was known of the person"
    note = "cases: " + ", ".join(f"{name} {cases[name]:,}" for name in names)
    return Table(f"{rows[0].metric.capitalize()} by {what}", ("method", *names), lines, note)


def said(report: "Report") -> list[str]:
    """The protocol in words, one fact each; what is empty or zero is not said."""
    facts = {
        key: value
        for key, value in report.protocol.items()
        if key not in QUIET and value not in ("", 0) and not isinstance(value, dict | list)
    }
    return [f"{key.replace('_', ' ')}: {value}" for key, value in facts.items()]


def warnings(report: "Report") -> list[str]:
    """What has to be said aloud: where it was cut, who is missing, and the warnings of the protocol."""
    lines = [f"cut short: {report.cut_short}"] if report.cut_short else []
    left = report.protocol.get("left_out")
    lines += [f"{name} is left out: {why}" for name, why in left.items()] if isinstance(left, dict) else []
    given = report.protocol.get("warnings")
    return lines + [str(line) for line in given] if isinstance(given, list) else lines


def text(report: "Report") -> str:
    """The report for a terminal."""
    newcomers = report.protocol.get("people_without_history")
    tables = [*accuracy(report), groups(report, "people") if newcomers else None, beyond(report), against(report)]
    blocks = ["\n".join(drawn(table)) for table in tables if table is not None]
    last = "\n".join(wrap("; ".join(said(report)), WIDTH))
    end = [f"warning: {line}" for line in warnings(report)]
    return "\n\n".join([*(blocks or ["mean over 0 cases"]), "\n".join([last, *end] if last else end)]).rstrip()


def drawn(table: Table) -> list[str]:
    """A table for a terminal, line by line."""
    rows = [table.head, *table.lines]
    widths = [max(len(row[place]) for row in rows) for place in range(len(table.head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [lines[0], "-" * len(lines[0]), *lines[1:], *wrap(table.note, WIDTH)]


def _legend(report: "Report", names: list[str]) -> str:
    by = report.protocol.get("calibrated_by", "")
    words = {
        "coverage": "coverage: share of the candidates ever shown",
        "gini": "gini: 0 all shown alike, 1 always the same",
        "novelty": "novelty: bits, the less known the more",
        "diversity": "diversity: 1 less mean cosine of what is shown together",
        "lift": "lift: log2 of how much better known than the person's own choices",
        "calibration": f"calibration: divergence from the person's own mix of {by}, bits, 0 the same",
    }
    known = [words[name] for name in words if any(metric.split("@")[0] == name for metric in names)]
    grown = any(cost.memory_mb is not None for cost in report.costs.values())
    known += ["memory: growth of the process' peak, 0 where an earlier row needed more"] if grown else []
    return "; ".join(known)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _whole(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"
