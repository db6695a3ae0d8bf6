"""Catalog health, for the merchandiser: what is refused, lacks its picture, is there twice, or looks like a slip."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import numpy as np

from tastemaker.catalog.checks import CheckReport
from tastemaker.catalog.oddities import Oddity, oddities
from tastemaker.core.seeds import generator
from tastemaker.evaluation.space_figures import near_pairs, spread
from tastemaker.page.card import picture, sentence
from tastemaker.page.frame import Content
from tastemaker.page.html import Safe, join, tag
from tastemaker.page.once import Once
from tastemaker.page.state import State
from tastemaker.page.tables import section, table, tiles

if TYPE_CHECKING:
    from tastemaker.shop import Shop

OPEN = 6
"""Pairs that are seen at once; the others when they are asked for."""
SHOWN = 100
"""Lines of one table; the command line has all of them."""
LOOKED_AT = 8000
"""Items among which near duplicates are looked for; of a larger shop so many drawn by chance."""
NEAR = 0.985
"""Cosine of two items' vectors from which on they may be the same thing."""
PAIRS = 60


@dataclass(frozen=True)
class Findings:
    """What was found.

    Attributes:
        report: of the check.
        odd: values that look like slips.
        bare: ids of items without any picture.
        twins: ids of items that are nearly the same, and how near; the nearest first.
        among: how many items were looked at for twins; 0 where there is no space.
    """

    report: CheckReport
    odd: tuple[Oddity, ...]
    bare: tuple[str, ...]
    twins: tuple[tuple[str, str, float], ...]
    among: int


@Once
def findings(shop: "Shop") -> Findings:
    """Look through a catalog: every picture is opened, so this takes a while."""
    view = shop.view
    catalog = view.catalog
    alive = np.flatnonzero(catalog.alive)
    bare = tuple(catalog.ids[row] for row in alive.tolist() if not catalog.main_picture(row))
    twins: tuple[tuple[str, str, float], ...] = ()
    rows = np.empty(0, np.int64)
    if view.vectors is not None:
        there = np.flatnonzero(catalog.alive & view.vectors.present)
        rows = spread(there, LOOKED_AT, generator(0, "health"))
        pairs = near_pairs(view.vectors.matrix[rows], NEAR, PAIRS)
        twins = tuple((catalog.ids[rows[one]], catalog.ids[rows[other]], cosine) for one, other, cosine in pairs)
    return Findings(shop.check(), oddities(catalog), bare, twins, len(rows))


def health(shop: "Shop", state: State) -> Content:
    """The page."""
    found = findings(shop)
    report = found.report
    broken = report.pictures.missing + report.pictures.broken
    figures = tiles([
        (f"{report.items:,}", "items"),
        (f"{len(found.bare):,}", "without a picture"),
        (f"{broken:,}", "pictures missing or broken"),
        (f"{len(found.twins):,}{'+' if len(found.twins) == PAIRS else ''}", "pairs nearly the same"),
        (f"{len(found.odd):,}", "odd values"),
        (f"{len(report.refusals):,}", "rows or fields refused"),
    ])  # fmt: skip
    parts = [
        tag("h1", None, "Catalog health"),
        figures,
        _pictures(shop, state, found),
        _twins(shop, state, found),
        _odd(shop, state, found.odd),
        _refused(report),
        _attributes(report),
        section("Worth knowing", *(tag("p", None, sentence(note)) for note in report.notes)) if report.notes else None,
    ]
    return Content("Catalog health · Tastemaker", tag("div", {"class": "work"}, join(parts)))


def _pictures(shop: "Shop", state: State, found: Findings) -> Safe:
    """Items whose picture is not named, not there, or cannot be opened."""
    lines: list[tuple[str, ...]] = [
        (_link(shop, state, one.item), one.name, sentence(one.why), sentence(one.mend))
        for one in found.report.pictures.troubles[:SHOWN]
    ]
    lines += [
        (_link(shop, state, id), "–", "No picture is named", "Name one in the column image")
        for id in found.bare[: SHOWN - len(lines)]
    ]
    count = len(found.report.pictures.troubles) + len(found.bare)
    if not lines:
        return section("Pictures", _fine("Every item has a picture that opens."))
    head = ("Item", "Picture", "What is wrong", "How to mend it")
    return section("Pictures", table(head, lines, name="Pictures"), note=_shown(len(lines), count))


def _twins(shop: "Shop", state: State, found: Findings) -> Safe:
    """Pairs side by side."""
    if not found.among:
        return section("Nearly the same", _fine("Known once the shop is fitted."))
    if not found.twins:
        return section("Nearly the same", _fine("No two items look and read alike."))
    lists = [
        tag("ul", {"class": "pairs", "role": "list"}, join(_pair(shop, state, *pair) for pair in pairs))
        for pairs in (found.twins[:OPEN], found.twins[OPEN:])
        if pairs
    ]
    more = [tag("details", None, tag("summary", None, f"Show the other {len(found.twins) - OPEN:,}"), *lists[1:])]
    note = f"Pictures and words of the two agree to {NEAR:.1%} or more; looked for among {found.among:,} items."
    return section("Nearly the same", lists[0], *(more if lists[1:] else []), note=note)


def _pair(shop: "Shop", state: State, one: str, other: str, cosine: float) -> Safe:
    sides = []
    for id in (one, other):
        item = shop.item(id)
        title = item.title or item.id
        image = picture(item.images[0] if item.images else "", "", sizes="120px", title=title)
        sides.append(tag("a", {"href": state.item_url(id)}, image, tag("span", None, title),
                         tag("span", {"class": "quiet"}, id)))  # fmt: skip
    return tag("li", None, join(sides), tag("span", {"class": "quiet"}, f"{cosine:.1%} alike"))


def _odd(shop: "Shop", state: State, odd: Sequence[Oddity]) -> Safe:
    if not odd:
        return section("Odd values", _fine("No value stands out."))
    lines = [(_link(shop, state, one.item), one.field, one.value or "–", sentence(one.why)) for one in odd[:SHOWN]]
    head = ("Item", "Field", "Value", "Why it is odd")
    return section("Odd values", table(head, lines, name="Odd values"), note=_shown(len(lines), len(odd)))


def _refused(report: CheckReport) -> Safe:
    if not report.refusals:
        return section("Refused when reading", _fine("Every row of the input files was taken as it is."))
    lines = [
        (f"{one.file}, line {one.line}" if one.line else one.file, one.field or "–", sentence(one.why),
         sentence(one.mend))
        for one in report.refusals[:SHOWN]
    ]  # fmt: skip
    head = ("Where", "Field", "Why", "How to mend it")
    note = _shown(len(lines), len(report.refusals))
    return section("Refused when reading", table(head, lines, name="Refused when reading"), note=note)


def _attributes(report: CheckReport) -> Safe | None:
    """What is known of each attribute."""
    if not report.attributes:
        return None
    lines = []
    for spec in report.attributes:
        known = ", ".join(list(spec.values)[:5]) + (" …" if len(spec.values) > 5 else "")
        if spec.low is not None and spec.high is not None:
            known = f"{spec.low:,.10g} to {spec.high:,.10g}"
        lines.append((spec.name, spec.type, f"{spec.coverage:.0%}", f"{len(spec.values):,}", known))
    head = ("Attribute", "Type", "Items that have it", "Values", "Such as")
    return section("Attributes", table(head, lines, numbers={2, 3}, name="Attributes"))


def _link(shop: "Shop", state: State, id: str) -> Safe:
    title = shop.item(id).title if shop.catalog.has(id) else ""
    return tag("a", {"href": State(person=state.person).url(f"/item/{quote(id, safe='')}")}, title or id)


def _shown(shown: int, count: int) -> str:
    return f"The first {shown:,} of {count:,}; `tastemaker check` names all of them." if shown < count else ""


def _fine(text: str) -> Safe:
    return tag("p", {"class": "fine"}, text)
