"""What is said: sentences in which every value is looked up in the catalog."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from tastemaker.assistant.asking import spoken
from tastemaker.assistant.fitting import asked_values, fitting
from tastemaker.catalog.items import Item
from tastemaker.core.lines import one_line
from tastemaker.core.ranking import Facet, Ranking
from tastemaker.core.types import Ints
from tastemaker.shop.live import View

NAMED = 3
"""Titles that a sentence names before it counts."""
KINDS = 8


def titled(view: View, items: Sequence[str]) -> str:
    """Items by their titles, as a list in a sentence; one title once."""
    titles = list(dict.fromkeys(title_of(view.catalog.raw_item(row)) for row in view.catalog.rows(items).tolist()))
    if len(titles) > NAMED:
        return f"{', '.join(titles[:NAMED])} and {len(titles) - NAMED} more"
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"


def title_of(item: Item) -> str:
    """A title in quotation marks; the id when there is none."""
    return f"“{one_line(item.title) or item.id}”"


def value_of(value: object) -> str:
    """A catalog value as it is said."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(one_line(str(part)) for part in value)
    return f"{value:.10g}" if isinstance(value, float) else one_line(str(value))


def compared(view: View, items: Sequence[str]) -> str:
    """Items side by side: what they share, and each thing in which they differ."""
    found = [view.catalog.item(row) for row in view.catalog.rows(items).tolist()]
    lines = [f"{place}. {title_of(item)}" for place, item in enumerate(found, start=1)]
    prices = [item.price for item in found]
    if any(price is not None for price in prices):
        lines.append("price: " + " / ".join("unknown" if price is None else f"{price:.10g}" for price in prices))
    names = dict.fromkeys(name for item in found for name in item.attributes)
    same = []
    for name in names:
        values = [value_of(item.attributes[name]) if name in item.attributes else "–" for item in found]
        if len(set(values)) == 1:
            same.append(f"{spoken(name)} {values[0]}")
        else:
            lines.append(f"{spoken(name)}: {' / '.join(values)}")
    lines += [f"the same: {', '.join(same)}"] if same else []
    return "\n".join(lines)


def overview(view: View) -> str:
    """What the shop has, by what kind of thing it is."""
    rows = np.flatnonzero(view.catalog.available)
    counts = Counter(kind for kind in view.kinds[rows].tolist() if kind)
    kinds = [f"{count} × {one_line(kind)}" for kind, count in counts.most_common(KINDS)]
    rest = len(counts) - len(kinds)
    listed = f": {', '.join(kinds)}{f' and {rest} kinds more' if rest > 0 else ''}" if kinds else ""
    return f"There are {len(rows)} items{listed}. Tell me what you look for, or show me a picture."


def introduced(view: View, ranking: Ranking, facets: Sequence[Facet], may: Ints, *, more: bool) -> str:
    """A line above the items: how many, what was understood, and whether anything that may be shown is all of it.

    Args:
        view: of the shop.
        ranking: what is shown.
        facets: what was understood.
        may: rows that may be shown, of the whole catalog.
        more: is it what was not shown yet?

    Shapes: may (n,).
    """
    if not ranking.items:
        return "There is nothing that fits." if not more else "That is all there is."
    wanted = dict.fromkeys(_worded(facet) for facet in facets if facet.op in _SAID)
    what = f": {', '.join(wanted)}" if wanted else ""
    count, further = len(ranking.items), " more" if more else ""
    fits = fitting(view, facets)
    whole = int(fits[view.catalog.rows(ranking.ids)].sum())
    if whole:
        near = "" if whole == count else f"; and {count - whole} near it"
        return f"Here {'is' if whole == 1 else 'are'} {whole}{further}{what}{near}."
    if more or fits[may].any():
        return f"Here {'is' if count == 1 else 'are'} {count} near it."
    asked = asked_values(view, facets)
    values = ", ".join(one_line(facet.value) for facet in asked)
    return f"Nothing that fits is known to be {values}{' together' if len(asked) > 1 else ''}; the nearest:"


_SAID = {
    "=": "",
    "!=": "not ",
    "<": "under ",
    "<=": "up to ",
    ">": "over ",
    ">=": "from ",
    "more": "more ",
    "less": "less ",
}


def _worded(facet: Facet) -> str:
    """A wish as it is said back: "red", "under 60", "not striped"."""
    name = f"{spoken(facet.name)} " if facet.op in ("<", "<=", ">", ">=") and facet.name != "price" else ""
    return f"{name}{_SAID[facet.op]}{one_line(facet.value)}"
