"""The evaluation report, for the engineer: every method with its interval, the protocol, earlier reports, a new one."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from nicegui import Client

from tastemaker.catalog.splits import SPLITS
from tastemaker.core import registry
from tastemaker.core.errors import InputError
from tastemaker.core.progress import Observer
from tastemaker.core.wire import Json, plain
from tastemaker.evaluation.figures import BASELINES, BEYOND
from tastemaker.page.card import sentence
from tastemaker.page.desk import Desk
from tastemaker.page.frame import Content
from tastemaker.page.html import Attribute, Safe, join, tag
from tastemaker.page.live import Given, Reply, hear
from tastemaker.page.state import State
from tastemaker.page.tables import section, table

if TYPE_CHECKING:
    from tastemaker.evaluation.shelf import Shelved
    from tastemaker.shop import Shop

PATH = "/evaluation"
"""Where the page is."""
Figures = Mapping[str, object]
"""One row of a report."""


def evaluation(shop: "Shop", state: State, wanted: str = "", metric: str = "") -> Content:
    """The page.

    Args:
        shop: whose reports.
        state: whose page.
        wanted: name of a report; the newest when it is none.
        metric: that is drawn; the first of the report when it is none.
    """
    every = shop.reports.all()
    found = next((one for one in every if one.name == wanted), every[0] if every else None)
    parts = [tag("h1", None, "Evaluation")]
    if found is None:
        text = "Nobody has evaluated this shop yet. Hide a part of what people did, and see who finds it again."
        parts.append(tag("p", {"class": "fine"}, text))
    else:
        parts += [_drawn(state, found, metric), _all(found), _protocol(found)]
    if len(every) > 1 and found is not None:
        parts.append(section("Reports", _chooser(state, every, found.name)))
    parts.append(section("Evaluate anew", _form(), note="It runs beside the shop; stop it under Running."))
    return Content("Evaluation · Tastemaker", tag("div", {"class": "work"}, join(parts)))


def hear_evaluation(client: Client, desk: Desk) -> None:
    """Hear of an evaluation to begin."""

    def begin(given: Given) -> Reply:
        shop, split = desk.shop, given.get("split", "time")
        methods = [name for name in given.get("methods", "").replace(",", " ").split() if name]
        known = registry.names("recommender")
        unknown = [name for name in methods if name not in known]
        if unknown:
            raise InputError(f"there is no method {unknown[0]!r}", hint=f"known: {', '.join(known)}")

        def work(observer: Observer) -> Json:
            return plain(shop.evaluate(split=split, methods=methods, observer=observer).to_json())

        desk.tenant.jobs.start("evaluate", work)
        return Reply(said="It has begun; Running shows how far it is, and the report will be here")

    hear(client, "tm_evaluate", begin)


def _rows(found: "Shelved") -> list[Figures]:
    rows = found.values["rows"]
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _number(row: Figures, name: str) -> float | None:
    """A figure of a row; None where it has none."""
    value = row.get(name)
    return float(value) if isinstance(value, int | float) and value == value else None


def _drawn(state: State, found: "Shelved", metric: str) -> Safe:
    """One metric of every method as a dot with its interval, the best first."""
    rows = _rows(found)
    metrics = list(dict.fromkeys(str(row.get("metric")) for row in rows))
    metric = metric if metric in metrics else next(iter(metrics), "")
    own = [row for row in rows if row.get("metric") == metric and _number(row, "value") is not None]
    own.sort(key=lambda row: -(_number(row, "value") or 0.0))
    top = max([_number(row, "high") or _number(row, "value") or 0.0 for row in own], default=1.0) or 1.0
    less = metric.split("@")[0] in BEYOND
    links = [
        tag("li", None, tag("a", {"class": "chip", "href": _url(state, found.name, name),
                                  "aria-current": "true" if name == metric else None}, name))
        for name in metrics
    ]  # fmt: skip
    lines = [_dot(row, top) for row in own]
    n = next((int(_number(row, "n") or 0) for row in own), 0)
    note = f"Mean over {n:,} cases, with its 95 % interval. {'More is not simply better here.' if less else ''}"
    axis = tag("p", {"class": "axis", "aria-hidden": "true"}, tag("span", None, "0"), tag("span", None, f"{top:.3g}"))
    plot = tag("ol", {"class": "plot", "aria-label": metric}, join(lines))
    return section(metric, tag("ul", {"class": "chips", "role": "list", "aria-label": "Metric"}, join(links)),
                   plot, axis, note=note.strip())  # fmt: skip


def _dot(row: Figures, top: float) -> Safe:
    value = _number(row, "value") or 0.0
    low, high = _number(row, "low") or 0.0, _number(row, "high") or value
    name = str(row.get("method"))
    place = f"inset-inline-start:{100 * low / top:.2f}%;inline-size:{100 * max(high - low, 0) / top:.2f}%"
    kind = "shop" if name == "shop" else "plain" if name in BASELINES else ""
    drawing = tag("span", {"class": "range", "aria-hidden": "true"}, tag("span", {"class": "whisker", "style": place}),
                  tag("span", {"class": "point", "style": f"inset-inline-start:{100 * value / top:.2f}%"}))  # fmt: skip
    said = f"{value:.4f} [{low:.4f}, {high:.4f}]"
    kinds = {"shop": "what is served", "plain": "plain baseline"}
    told = tag("span", {"class": "quiet"}, f" {kinds[kind]}") if kind else None
    return tag("li", {"class": kind or None}, tag("span", {"class": "name"}, name, told), drawing,
               tag("span", {"class": "value"}, said))  # fmt: skip


def _all(found: "Shelved") -> Safe:
    """Every figure."""
    rows = _rows(found)
    metrics = list(dict.fromkeys(str(row.get("metric")) for row in rows))
    values = {(row.get("method"), row.get("metric")): _number(row, "value") for row in rows}
    lines = []
    for method in dict.fromkeys(str(row.get("method")) for row in rows):
        each = [values.get((method, metric)) for metric in metrics]
        lines.append((method, *("–" if value is None else f"{value:.4f}" for value in each)))
    numbers = set(range(1, len(metrics) + 1))
    return section("All figures", table(("Method", *metrics), lines, numbers=numbers, name="All figures"))


def _protocol(found: "Shelved") -> Safe:
    """How it was measured."""
    protocol = found.values.get("protocol")
    entries = protocol.items() if isinstance(protocol, Mapping) else ()
    lines = [
        tag("div", None, tag("dt", None, sentence(str(name).replace("_", " "))), tag("dd", None, str(value)))
        for name, value in entries
        if not isinstance(value, Mapping | list) and value not in ("", None)
    ]
    return section("How it was measured", tag("dl", {"class": "pairs-of"}, join(lines)))


def _chooser(state: State, every: "Sequence[Shelved]", name: str) -> Safe:
    lines = []
    for one in every:
        protocol = one.values.get("protocol")
        source = str(protocol.get("source", "")) if isinstance(protocol, Mapping) else ""
        day, _, hour = one.name.partition("T")
        link = {"href": _url(state, one.name), "aria-current": "true" if one.name == name else None}
        lines.append(tag("li", None, tag("a", link, f"{day}, {hour[:5].replace('-', ':')} UTC {source}".strip())))
    return tag("ul", {"class": "names", "role": "list"}, join(lines))


def _form() -> Safe:
    """What to hide, whom to ask."""
    options = [tag("option", {"value": name}, name) for name in SPLITS]
    more: dict[str, Attribute] = {
        "name": "methods",
        "placeholder": "such as: ease, content",
        "maxlength": 400,
        "class": "long",
    }
    return tag(
        "form",
        {"class": "fields", "data-send": "tm_evaluate"},
        tag("label", None, tag("span", None, "What is hidden"), tag("select", {"name": "split"}, join(options))),
        tag("label", None, tag("span", None, "Methods beside the shop and the plain ones"), tag("input", more)),
        tag("button", {"type": "submit", "class": "go"}, "Evaluate"),
    )


def _url(state: State, name: str, metric: str = "") -> str:
    pairs = [("report", name), ("metric", metric), ("person", state.person)]
    return f"{PATH}?{urlencode([(key, value) for key, value in pairs if value])}"
