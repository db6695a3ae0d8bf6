"""Latency, for the engineer: how long answers and their stages take since the server began."""

from tastemaker.page.frame import Content
from tastemaker.page.html import tag
from tastemaker.page.tables import section, table, tiles
from tastemaker.server.metrics import Metrics, Summary

_HEAD = ("Times", "Mean", "Half within", "95 % within", "99 % within")


def latency(metrics: Metrics) -> Content:
    """The page."""
    title = "Latency · Tastemaker"
    routes, stages = metrics.routes(), metrics.stages()
    count, failed = sum(one.count for one in routes), sum(one.failed for one in routes)
    slow = max((one.spread.quantile(0.95) for one in routes if one.name != "page"), default=0.0)
    asked = [(one.name, *_cells(one), f"{one.failed:,}") for one in routes]
    made = [(one.name, *_cells(one)) for one in stages]
    numbers = set(range(1, 7))
    figures = tiles([(f"{count:,}", "requests"), (f"{failed:,}", "that failed inside"),
                     (_ms(slow), "95 % of the slowest route within")])  # fmt: skip
    nothing = tag("p", {"class": "fine"}, "Nobody has asked yet.")
    note = "Milliseconds, since the server began; read off the buckets of GET /metrics. The page is one line."
    answers = table(("Route", *_HEAD, "Failed"), asked, numbers=numbers, name="Routes") if asked else nothing
    steps = table(("Stage", *_HEAD), made, numbers=numbers, name="Stages") if made else nothing
    parts = [
        tag("h1", None, "Latency"),
        figures,
        section("Routes", answers, note=note),
        section("Stages of an answer", steps, note="Milliseconds; where the time of an answer goes."),
    ]
    return Content(title, tag("div", {"class": "work"}, *parts))


def _cells(one: Summary) -> tuple[str, ...]:
    """How often, and milliseconds."""
    spread = one.spread
    return (f"{one.count:,}", _ms(spread.mean), *(_ms(spread.quantile(share)) for share in (0.5, 0.95, 0.99)))


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:,.{1 if seconds < 0.1 else 0}f}"
