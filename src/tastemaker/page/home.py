"""The first page: rows for a person with the reason for each, what is new and close to their taste, what is popular."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tastemaker.core.ranking import Ranked, Ranking
from tastemaker.page.card import Frame, Row, row, sentence
from tastemaker.page.chips import filters
from tastemaker.page.facts import Facts, currency_of, facts_of
from tastemaker.page.frame import OBVIOUS, Content, way_on
from tastemaker.page.html import Safe, join, tag
from tastemaker.page.state import State

if TYPE_CHECKING:
    from tastemaker.shop import Shop

ROW = 12
AT_LEAST = 4
ANCHORS = 2
OWN = "rule `"
"""How notes begin that are the shop's own affair."""


def gather(shop: "Shop", state: State) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """The rows of the first page, and what has to be said aloud about them."""
    facts = facts_of(shop.catalog)
    rows, notes = _personal(shop, state) if state.person else _popular(shop, state, facts)
    fresh = _fresh(shop, state, facts)
    if fresh:
        rows.insert(1, fresh)
    return tuple(rows), tuple(note for note in notes if not note.startswith(OWN))


def home(shop: "Shop", state: State) -> Content:
    """The first page."""
    rows, notes = gather(shop, state)
    frame = Frame(state, currency_of(shop))
    lines = [tag("p", {"class": "note"}, sentence(note)) for note in notes]
    drawn = [row(content, frame, eager=place == 0) for place, content in enumerate(rows)]
    heading = tag("h1", {"class": "hush"}, f"For {state.person}" if state.person else "The shop")
    parts: list[Safe | None] = [heading, filters(state, facts_of(shop.catalog), currency_of(shop)), *lines, *drawn]
    if not rows:
        parts.append(_nothing(state))
    return Content("Tastemaker", join(parts))


def _personal(shop: "Shop", state: State) -> tuple[list[Row], tuple[str, ...]]:
    """One row of the best, then rows that rest on one thing the person had to do with."""
    ranking = shop.recommend(state.person, k=ROW * 3, where=state.where)
    rest = list(ranking.items[ROW:])
    rows = [Row("For you", ranking.items[:ROW])] if ranking.items else []
    for anchor in _anchors(rest):
        chosen = [item for item in rest if anchor in _leading(item)][:ROW]
        rows.append(Row(f"Because of {_title(shop, anchor)}", tuple(chosen), more=state.more_like(anchor).url()))
        rest = [item for item in rest if item not in chosen]
    return rows, ranking.notes


def _popular(shop: "Shop", state: State, facts: Facts) -> tuple[list[Row], tuple[str, ...]]:
    """What most people look at, over the whole shop and in each department; the newest where nobody did anything."""
    ranking = shop.recommend(k=ROW, where=state.where)
    untried = all(item.reasons[:1] and item.reasons[0].source == "new" for item in ranking.items)
    name_of_all, name_of_some = ("New here", "New in") if untried else ("Popular now", "Popular in")
    rows = [Row(name_of_all, ranking.items)] if ranking.items else []
    if not state.department:
        for name in facts.departments:
            narrowed = State(department=name, under=state.under)
            items = shop.recommend(k=ROW, where=narrowed.where).items
            if items:
                rows.append(Row(f"{name_of_some} {name}", items, more=narrowed.url()))
    return rows, tuple(note for note in ranking.notes if not note.startswith(OBVIOUS))


def _fresh(shop: "Shop", state: State, facts: Facts) -> Row | None:
    """Items that nobody has had to do with yet; None when there are none, or nothing else."""
    if not facts.touched or not facts.untouched:
        return None
    ranking: Ranking = shop.recommend(state.person or None, k=ROW, where=state.where, exclude=facts.touched)
    if not ranking.items:
        return None
    title = "New and close to your taste" if state.person else "New in the shop"
    return Row(title, ranking.items, note="Nobody has tried these yet")


def _anchors(items: Sequence[Ranked]) -> list[str]:
    """Things of the person that several items rest on, the strongest first."""
    counts: dict[str, int] = {}
    for item in items:
        for anchor in _leading(item)[:1]:
            counts[anchor] = counts.get(anchor, 0) + 1
    return [anchor for anchor in sorted(counts, key=lambda name: -counts[name]) if counts[anchor] >= AT_LEAST][:ANCHORS]


def _leading(item: Ranked) -> tuple[str, ...]:
    """What the first reason of an item rests on."""
    return tuple(item.reasons[0].items[:1]) if item.reasons else ()


def _title(shop: "Shop", item: str) -> str:
    return shop.item(item).title or item


def _nothing(state: State) -> Safe:
    links = [("Show everything", State(person=state.person).url())] if state.where else []
    text = "Nothing fits these filters." if state.where else "The catalog has no items that can be shown."
    return way_on("Nothing to show", text, links)
