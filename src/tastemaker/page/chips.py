"""What was understood, as chips that can be taken away, and the quick filters beside them. All of them are links."""

from collections.abc import Sequence
from dataclasses import replace

from tastemaker.catalog.shown import price_text
from tastemaker.core.ranking import Facet, Plan
from tastemaker.page.facts import Facts
from tastemaker.page.html import Safe, join, tag
from tastemaker.page.state import PAGE_SIZE, State

_SHOWN_IN_THE_BAR = ("picture", "words", "person", "item")
"""Facets that the search bar itself shows and takes away."""
_PARTS = {"words": "your words", "picture": "the picture", "change": "the change", "taste": "your taste"}
"""Parts of a search that can be made more or less of, as people call them."""
_SURE = 0.6
"""How sure it must be what is shown, before the page says that it is kept."""


def understood(state: State, facets: Sequence[Facet], currency: str = "", path: str = "/") -> Safe | None:
    """The line of chips, each with the way to the same page without it; None when there is nothing to show."""
    chips = [
        _chip(_words(facet, currency), state.without(facet.label).url(path), hard=facet.hard)
        for facet in facets
        if facet.name not in _SHOWN_IN_THE_BAR
    ]
    chips += [_ignored(label, state.with_again(label).url(path)) for label in state.ignore]
    if not chips:
        return None
    return tag("div", {"class": "understood"}, *_line("understood", "Understood", chips))


def weights(state: State, plan: Plan | None) -> Safe | None:
    """The parts of a search of several, each with a way to make more or less of it, and what is held on to."""
    if plan is None:
        return None
    parts = [part for part in plan.parts if part.name != "avoid"]
    chips = [_part(state, part.name) for part in parts if part.name.split(" ")[0] in _PARTS] if len(parts) > 1 else []
    held = [f"{name}: {value}" for name, value in plan.kept.items() if plan.sure[name] >= _SURE][:3]
    if not chips:
        return None
    if held and state.changes:
        chips.append(tag("li", {"class": "quiet"}, f"keeps {', '.join(held)}"))
    return tag("div", {"class": "understood"}, *_line("weights", "How much of", chips))


def turns(state: State) -> Safe | None:
    """What was said in earlier turns, each to be taken back; None in the first turn."""
    if not state.earlier:
        return None
    chips = [_chip(change, state.before(change).url(), hard=False) for change in state.earlier]
    return tag("div", {"class": "understood"}, *_line("turns", "Said before", chips))


def filters(state: State, facts: Facts, currency: str) -> Safe | None:
    """Departments and price limits; None when the catalog has neither."""
    groups = []
    if facts.departments:
        choices = [("Everything", "", not state.department)]
        choices += [(name.capitalize(), name, state.department == name) for name in facts.departments]
        groups.append(
            _group("Departments", [(text, _url(replace(state, department=name)), on) for text, name, on in choices])
        )
    if facts.limits:
        limits: list[tuple[str, str, bool]] = []
        for limit in sorted({*facts.limits, *([state.under] if state.under is not None else [])}):
            on = state.under == limit
            target = replace(state, under=None if on else limit)
            limits.append((f"Under {price_text(limit, currency)}", _url(target), on))
        groups.append(_group("Price", limits))
    return tag("nav", {"class": "filters", "aria-label": "Quick filters"}, join(groups)) if groups else None


def suggestions(state: State, facts: Facts) -> Safe | None:
    """Changes worth trying, made of the catalog's own words."""
    asked = " ".join((state.words, *state.changes)).casefold()
    words = [f"in {colour}" for colour in facts.colours if colour.casefold() not in asked][:4]
    if facts.limits:
        words.append("cheaper")
    links = [
        tag("li", None, tag("a", {"class": "chip try", "href": state.then(change).url()}, change))
        for change in words
        if change not in state.changes
    ]
    if not links:
        return None
    return tag("div", {"class": "understood"}, *_line("but", "The same, but", links))


def _words(facet: Facet, currency: str) -> str:
    """A chip's text; a price limit is written as prices are."""
    below, above = facet.op in ("<", "<="), facet.op in (">", ">=")
    if facet.name != "price" or not (below or above):
        return facet.label
    return f"{'under' if below else 'over'} {currency}{facet.value}"


def _url(state: State) -> str:
    return replace(state, size=PAGE_SIZE).url()


def _line(id: str, name: str, chips: Sequence[Safe]) -> tuple[Safe, Safe]:
    """Chips and what they are."""
    return (
        tag("span", {"class": "quiet", "id": id}, name),
        tag("ul", {"class": "chips", "role": "list", "aria-labelledby": id}, join(chips)),
    )


def _chip(label: str, url: str, *, hard: bool) -> Safe:
    cross = tag("a", {"href": url, "class": "cross", "aria-label": f"Remove {label}"}, "×")
    return tag("li", {"class": "chip hard" if hard else "chip"}, tag("span", None, label), cross)


def _ignored(label: str, url: str) -> Safe:
    link = tag("a", {"href": url, "class": "chip gone", "aria-label": f"Put back {label}"}, tag("s", None, label), " ↺")
    return tag("li", None, link)


def _part(state: State, name: str) -> Safe:
    """A part by its name for people, between a minus and a plus."""
    word, _, number = name.partition(" ")
    shown = f"{_PARTS[word]} {number}".strip()
    now = dict(state.weigh).get(name, 1.0)
    steps = []
    for sign, step, said in (("−", -1, "Less"), ("+", 1, "More")):
        target = state.weighing(name, step)
        if target is not None:
            label = f"{said} of {shown}"
            steps.append(tag("a", {"href": target.url(), "class": "cross", "aria-label": label}, sign))
    text = shown if now == 1 else f"{shown} × {now:g}"
    return tag("li", {"class": "chip"}, tag("span", None, text), join(steps))


def _group(name: str, choices: Sequence[tuple[str, str, bool]]) -> Safe:
    links = [
        tag("li", None, tag("a", {"href": url, "aria-current": "true" if on else None}, text))
        for text, url, on in choices
    ]
    return tag("ul", {"class": "choices", "role": "list", "aria-label": name}, join(links))
