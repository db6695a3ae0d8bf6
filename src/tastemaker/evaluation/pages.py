"""A report written down: Markdown for a repository, one HTML page with plots for people. Neither needs another file."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from tastemaker.evaluation import tables
from tastemaker.evaluation.figures import BASELINES
from tastemaker.evaluation.plots import Mark, dots, line, scatter
from tastemaker.evaluation.style import STYLE
from tastemaker.evaluation.tables import Table

if TYPE_CHECKING:
    from tastemaker.evaluation.report import Report

OWN = "shop"


def markdown(report: "Report") -> str:
    """The report as Markdown."""
    source = str(report.protocol.get("source", "")) or "an evaluation"
    blocks = [f"# Evaluation: {source}"]
    blocks += [f"> {line}" for line in tables.warnings(report)]
    blocks += [markdown_table(table) for table in [*_whole(report), *_parts(report)]]
    facts = "\n".join(f"- {fact}" for fact in tables.said(report))
    blocks.append(f"## How it was measured\n\n{facts}")
    return "\n\n".join(blocks) + "\n"


def html(report: "Report") -> str:
    """The report as one page."""
    source = str(report.protocol.get("source", "")) or "an evaluation"
    parts = [
        _grid("", _figures(report)),
        *(table_html(table) for table in _whole(report)),
        _grid("For whom, and for which items", _groups(report)),
        *(table_html(table) for table in _parts(report)),
        _grid("How trainings went", _curves(report)),
    ]
    return document("Evaluation", source, _lead(report), parts, tables.said(report), tables.warnings(report))


def document(
    what: str, source: str, lead: str, parts: Sequence[str], said: Sequence[str], warnings: Sequence[str] = ()
) -> str:
    """A whole page.

    Args:
        what: kind of report, the heading.
        source: what it is about, for the title of the window.
        lead: what it is, in a sentence.
        parts: HTML.
        said: how it was measured, one fact each.
        warnings: what has to be said first.
    """
    warned = "".join(f"<p class=warning>{escape(line)}</p>" for line in warnings)
    facts = "".join(f"<li>{escape(fact)}</li>" for fact in said)
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width, initial-scale=1">'
        f"<title>{escape(what)}: {escape(source)}</title><style>{STYLE}</style></head><body><main>"
        f"<header><h1>{escape(what)}</h1><p class=lead>{escape(lead)}</p>{warned}</header>"
        f"{''.join(parts)}<section><h2>How it was measured</h2><ul>{facts}</ul></section></main></body></html>\n"
    )


def markdown_table(table: Table) -> str:
    """A table with its heading and note, as Markdown."""
    rows = [table.head, ("---",) * len(table.head), *table.lines]
    drawn = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
    return f"## {table.title}\n\n{drawn}" + (f"\n\n{table.note}" if table.note else "")


def _lead(report: "Report") -> str:
    """What it is, in a sentence."""
    source = str(report.protocol.get("source", "")) or "an evaluation"
    return f"{source}: {len(report.methods)} methods, {report.rows[0].n if report.rows else 0:,} cases"


def _whole(report: "Report") -> list[Table]:
    found = [*tables.accuracy(report), tables.against(report), tables.beyond(report)]
    return [table for table in found if table is not None]


def _parts(report: "Report") -> list[Table]:
    return [table for by in ("items", "people") if (table := tables.groups(report, by)) is not None]


def _grid(title: str, figures: Iterator[str]) -> str:
    """Plots side by side; nothing when there is none."""
    drawn = "".join(figures)
    head = f"<h2>{escape(title)}</h2>" if title else ""
    return f"<section>{head}<div class=plots>{drawn}</div></section>" if drawn else ""


def _figures(report: "Report") -> Iterator[str]:
    """The plots of the whole table."""
    if not report.metrics:
        return
    metric = report.metrics[0]
    k = metric.split("@")[1]
    rows = sorted((report.row(name, metric) for name in report.methods), key=lambda row: -row.value)
    marks = [Mark(row.method, row.value, 0.0, row.low, row.high, _role(row.method)) for row in rows]
    yield _figure(_capital(metric), "Mean with its 95 % interval.", dots(marks, metric))
    value = {row.method: row.value for row in rows}
    shown = {row.method: row.value for row in report.rows if row.metric == f"coverage@{k}"}
    marks = [Mark(name, shown[name], value[name], role=_role(name)) for name in value if name in shown]
    what = "To the right more of the catalog is shown to somebody; up, more of what people chose is found."
    yield _figure("Accuracy against coverage", what, scatter(marks, f"coverage@{k}", metric))
    took = {name: cost.fit_seconds for name, cost in report.costs.items() if cost.fit_seconds is not None}
    marks = [Mark(name, max(0.01, took[name]), value[name], role=_role(name)) for name in value if name in took]
    what = "Seconds of training on this machine, each line ten times the one before."
    yield _figure("Quality against cost", what, scatter(marks, "seconds of training", metric, log_x=True))


def _curves(report: "Report") -> Iterator[str]:
    for name, curves in report.curves.items():
        for curve in curves:
            drawn = line(curve.epochs, curve.values, "epoch", curve.figure)
            yield _figure(f"{name}: {curve.figure}", f"While {curve.task} was trained.", drawn)


def _groups(report: "Report") -> Iterator[str]:
    for group in dict.fromkeys(row.group for row in report.groups):
        rows = sorted((row for row in report.groups if row.group == group), key=lambda row: -row.value)
        marks = [Mark(row.method, row.value, 0.0, row.low, row.high, _role(row.method)) for row in rows]
        about = "person" if rows[0].n == 1 else "people"
        about = about if rows[0].by == "people" else "cases with such a right answer"
        yield _figure(f"{_capital(group)}", f"{rows[0].n:,} {about}.", dots(marks, rows[0].metric))


def _figure(title: str, note: str, drawn: str) -> str:
    if not drawn:
        return ""
    return f"<figure><figcaption><h2>{escape(title)}</h2><p>{escape(note)}</p></figcaption>{drawn}</figure>"


def table_html(table: Table) -> str:
    """A table of a page, which scrolls sideways where it is wide."""
    head = "".join(f"<th scope=col>{escape(name)}</th>" for name in table.head)
    lines = []
    for method, *cells in table.lines:
        drawn = "".join(f"<td>{_cell(cell)}</td>" for cell in cells)
        lines.append(f'<tr class="{_role(method)}"><th scope=row>{escape(method)}</th>{drawn}</tr>')
    note = f"<p class=note>{escape(table.note)}</p>" if table.note else ""
    return (
        f"<section><h2>{escape(table.title)}</h2><div class=scroll tabindex=0><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table></div>{note}</section>"
    )


def _cell(text: str) -> str:
    """A figure, its interval smaller below it."""
    value, bracket, interval = text.partition(" [")
    return f"{escape(value)}<small>{escape(bracket.strip() + interval)}</small>" if bracket else escape(text)


def _role(method: str) -> str:
    return "own" if method == OWN else "plain" if method in BASELINES else "other"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
