"""What is said beside the answer to a search: facts that speak for each item, chips, fallbacks, a way on."""

from collections.abc import Sequence

from tastemaker.core.ranking import Facet, Reason
from tastemaker.index import filters
from tastemaker.index.near import near_misses
from tastemaker.shop.live import View
from tastemaker.shop.request import Request


def reasons(view: View, row: int, facets: Sequence[Facet], doors: dict[str, frozenset[int]]) -> list[Reason]:
    """Facts that speak for a row: attribute values that were asked for, words that match, else nearness."""
    item = view.catalog.item(row)
    met = {}
    for facet in facets:
        value = item.attributes.get(facet.name)
        shown = ", ".join(value) if isinstance(value, tuple) else str(value)
        if facet.op == "=" and value is not None and facet.value.casefold() in shown.casefold():
            met[facet.name] = shown
    if met:
        return [Reason("attributes", ", ".join(f"{name}: {value}" for name, value in met.items()), attributes=met)]
    if row in doors.get("words", frozenset()):
        return [Reason("words", "matches your words")]
    return [Reason("near", "close to what you asked for") if doors else Reason("filter", "fits your filter")]


def alike(view: View, row: int, other: int) -> Reason:
    """Why a row is like another: the attribute values that both have, else how they were compared."""
    mine, theirs = view.catalog.item(row).attributes, view.catalog.item(other).attributes
    same = {name: str(value) for name, value in theirs.items() if isinstance(value, str) and mine.get(name) == value}
    shown = dict(list(same.items())[:3])
    values = ", ".join(f"{name} {value}" for name, value in shown.items())
    told = f"same {values}" if shown else _compared(view, row, other)
    return Reason("near", told, 1.0, (view.catalog.ids[row],), shown)


def _compared(view: View, row: int, other: int) -> str:
    """By what two rows were compared: their looks, their words."""
    has = {} if view.vectors is None else view.vectors.has
    both = [name for name, rows in has.items() if rows[row] and rows[other]]
    told = " and ".join(says for name, says in (("picture", "looks"), ("text", "reads")) if name in both)
    return f"{told} alike" if told else "lies near"


def chips(request: Request, facets: tuple[Facet, ...]) -> tuple[Facet, ...]:
    """What was understood, as the person sees it: first the picture, then every facet."""
    picture = (Facet("picture", "like", "yours"),) if request.picture is not None else ()
    return picture + tuple({facet.label: facet for facet in facets}.values())


def notes(view: View, request: Request, facets: tuple[Facet, ...], wanted: filters.Filter, *, found: bool) -> list[str]:
    """Fallbacks that were taken, and a way on when nothing was found."""
    said = []
    if request.picture is not None and view.index is None:
        said.append("the picture could not be used: no space is fitted")
    if not found:
        misses = near_misses(wanted & filters.of_facets(facets), view.catalog)
        said.extend(misses or ["nothing fits; take something away"])
    return said
