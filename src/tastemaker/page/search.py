"""Results: by words, by a picture, by a picture or item and a change; and the way on when there is nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tastemaker.core.ranking import Ranking
from tastemaker.page.card import Frame, grid, sentence
from tastemaker.page.chips import filters, suggestions, turns, understood, weights
from tastemaker.page.draw import draw_url
from tastemaker.page.facts import Facts, currency_of, facts_of
from tastemaker.page.frame import Content, way_on
from tastemaker.page.html import Safe, join, tag
from tastemaker.page.state import MAX_SIZE, PAGE_SIZE, State

if TYPE_CHECKING:
    from tastemaker.shop import Shop

FindPicture = Callable[[str], bytes | None]


@dataclass(frozen=True)
class Way:
    """One way on from an empty answer: what to do, where it leads, how much is there."""

    words: str
    state: State
    found: int


def ask(shop: "Shop", state: State, find: FindPicture) -> Ranking:
    """What the shop answers to a state that asks for something."""
    user = state.person or None
    if state.like:
        return _like(shop, state)
    image = find(state.picture) if state.picture else None
    text, changes = state.words, state.changes
    if not text and image is None:  # a change of nothing is a wish of its own
        text, changes = ", ".join(changes), ()
    ranking = shop.search(
        text,
        image=image,
        change=changes,
        where=state.where,
        user=user,
        k=state.size,
        ignore=state.ignore,
        weigh=dict(state.weigh),
        explain=True,
    )
    if state.picture and image is None:
        gone = "Your picture is no longer kept here; drop it again to search with it."
        ranking = replace(ranking, notes=(gone, *ranking.notes))
    return ranking


def results(shop: "Shop", state: State, find: FindPicture) -> Content:
    """The page of results."""
    facts, currency = facts_of(shop.catalog), currency_of(shop)
    ranking = ask(shop, state, find)
    heading = _heading(shop, state)
    parts: list[Safe | None] = [
        tag("h1", {"class": "asked"}, heading),
        turns(state),
        understood(state, ranking.understood, currency),
        weights(state, ranking.plan),
        filters(state, facts, currency),
        suggestions(state, facts) if ranking.items else None,
        *(tag("p", {"class": "note"}, sentence(note)) for note in ranking.notes),
    ]
    if ranking.items:
        parts += [grid(ranking.items, Frame(state, currency)), _more(state, len(ranking)), _draw(shop, state)]
    else:
        parts.append(_empty(ways(shop, state, ranking, facts, find), state))
    return Content(f"{heading} · Tastemaker", join(parts))


def ways(shop: "Shop", state: State, ranking: Ranking, facts: Facts, find: FindPicture) -> list[Way]:
    """What could be given up to find something; only ways that lead somewhere, the best filled first."""
    tries = [(f"without “{facet.label}”", state.without(facet.label)) for facet in ranking.understood if facet.hard]
    if state.department:
        tries.append(("in every department", replace(state, department="")))
    if state.under is not None:
        higher = [limit for limit in facts.limits if limit > state.under][:1]
        tries += [(f"under {limit:g}", replace(state, under=limit)) for limit in higher]
        tries.append(("at any price", replace(state, under=None)))
    found = _leading(shop, tries[:5], find)
    if not found and len(tries) > 1:
        hard = tuple(facet.label for facet in ranking.understood if facet.hard)
        bare = replace(state, ignore=(*state.ignore, *hard), department="", under=None)
        found = _leading(shop, [("without any limit", bare)], find)
    return sorted(found, key=lambda way: -way.found)


def _leading(shop: "Shop", tries: Sequence[tuple[str, State]], find: FindPicture) -> list[Way]:
    """Those of some wider searches that find something."""
    answers = [(words, wider, len(ask(shop, replace(wider, size=PAGE_SIZE), find))) for words, wider in tries]
    return [Way(words, wider, found) for words, wider, found in answers if found]


def _like(shop: "Shop", state: State) -> Ranking:
    """Similar items; with words or a change, items like this one but different."""
    if not state.words and not state.changes:
        return shop.similar(state.like, k=state.size, where=state.where)
    item = shop.item(state.like)
    return shop.search(
        state.words if item.images else f"{item.title} {state.words}".strip(),
        image=item.id if item.images else None,
        change=state.changes,
        where=state.where,
        user=state.person or None,
        k=state.size,
        exclude=[state.like],
        ignore=state.ignore,
        weigh=dict(state.weigh),
        explain=True,
    )


def _heading(shop: "Shop", state: State) -> str:
    parts = []
    if state.like:
        parts.append(f"More like {shop.item(state.like).title or state.like}")
    elif state.picture:
        parts.append("Like your picture")
    if state.words:
        parts.append(f"“{state.words}”")
    if state.changes:
        said = ", then ".join(change.removeprefix("but ") for change in state.changes)
        parts.append(f"but {said}" if parts else f"“{said}”")
    return ", ".join(parts)


def _more(state: State, shown: int) -> Safe | None:
    """The link to a longer page; None at the end."""
    if shown < state.size or state.size >= MAX_SIZE:
        return None
    target = replace(state, size=state.size + PAGE_SIZE)
    return tag(
        "p", {"class": "more"}, tag("a", {"class": "button", "href": target.url(), "data-keep": True}, "Show more")
    )


def _draw(shop: "Shop", state: State) -> Safe | None:
    """The way to a drawing of what was asked for, where the shop can draw."""
    if not state.words or not shop.draws:
        return None
    link = tag("a", {"class": "button", "href": draw_url(state)}, "Not there? Draw it, and find the nearest")
    return tag("p", {"class": "more"}, link)


def _empty(found: list[Way], state: State) -> Safe:
    links = [
        (f"{way.found}{' or more' if way.found >= PAGE_SIZE else ''} {way.words}", way.state.url()) for way in found
    ]
    links.append(("Back to the start", state.home().url()))
    text = "Give up one of your wishes:" if found else "Try other words, or a picture."
    return way_on("Nothing fits all of that" if found else "Nothing found", text, links)
