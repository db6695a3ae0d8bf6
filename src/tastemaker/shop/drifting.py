"""``drift``: how what people do now differs from what was learned from, and whether it is time to learn anew."""

import time
from collections import Counter
from dataclasses import dataclass

import numpy as np

from tastemaker.catalog.store import Store
from tastemaker.core.errors import FitError, InputError
from tastemaker.core.storage import Artefacts
from tastemaker.core.types import Bools
from tastemaker.evaluation.drift import Shift, bands, shift
from tastemaker.shop.live import View
from tastemaker.shop.refitting import learned_until

PEOPLE = 100
"""Most people of each side for whom the shares of the sources are looked at."""
DAY = 86_400.0


@dataclass(frozen=True)
class Window:
    """One side of the comparison: events, people and items behind it."""

    events: int
    people: int
    items: int


@dataclass(frozen=True)
class DriftReport:
    """What has changed between two windows of time. Prints as a table.

    Attributes:
        since: where the later window begins, Unix seconds.
        why: what that moment is.
        before: the window up to it.
        after: the window from it.
        shifts: of kinds of events, departments, kinds of things, prices, and the sources of a ranking's scores.
        new_people: share of the later people who did nothing before.
        new_items: share of the later events with items that nobody had met before.
        items_since_fit: items that were added or changed since the space was fitted.
        advice: what to do; empty when all is steady.
    """

    since: float
    why: str
    before: Window
    after: Window
    shifts: tuple[Shift, ...]
    new_people: float
    new_items: float
    items_since_fit: int
    advice: tuple[str, ...]

    def __str__(self) -> str:
        moment = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(self.since))
        lines = [f"since {moment} ({self.why})"]
        lines += [
            f"{name:<7} {side.events:>9,} events {side.people:>8,} people {side.items:>8,} items"
            for name, side in (("before", self.before), ("after", self.after))
        ]
        lines.append(f"{'mix':<16} {'PSI':>6} {'chance':>7} {'JS bits':>8}  verdict  largest changes")
        for each in self.shifts:
            told = ", ".join(f"{one.name} {one.before:.0%} -> {one.after:.0%}" for one in each.changes)
            figures = f"{each.psi:>6.3f} {each.chance:>7.3f} {each.js:>8.3f}"
            lines.append(f"{each.what:<16} {figures}  {each.verdict:<8} {told}")
        lines.append(f"new people {self.new_people:.0%}, events with new items {self.new_items:.0%}")
        lines.append(f"{self.items_since_fit:,} items added or changed since the fit")
        return "\n".join([*lines, *self.advice])


def drift(view: View, store: Store, artefacts: Artefacts, days: float | None) -> DriftReport:
    """Compare what people did before and after a moment.

    Args:
        view: the shop as it is now.
        store: for the kinds of the events.
        artefacts: tell until when was learned.
        days: the later window is so many days up to the newest event; None for what happened since the last fit, or
            the newest fifth where nothing has.

    Raises:
        InputError: ``days`` is not above zero.
        FitError: there are no events with times, or all are on one side.
    """
    events = view.catalog.interactions
    since, why = _moment(view, artefacts, days)
    after = events.time > since
    before = ~after & np.isfinite(events.time)
    if not before.any() or not after.any():
        raise FitError("all events are on one side of the moment", hint="give fewer days, or wait for events")
    sides = (before, after)
    windows = [
        Window(int(side.sum()), len(np.unique(events.user[side])), len(np.unique(events.row[side]))) for side in sides
    ]
    shifts = tuple(_shifts(view, store, since, sides, (windows[0].people, windows[1].people)))
    known_people, known_items = np.unique(events.user[before]), np.unique(events.row[before])
    people = np.unique(events.user[after])
    gone = [each for each in shifts if each.verdict != "steady"]
    advice = [f"{each.what} have {each.verdict}: `tastemaker refit` learns anew" for each in gone]
    return DriftReport(
        since=since,
        why=why,
        before=windows[0],
        after=windows[1],
        shifts=shifts,
        new_people=float(np.mean(~np.isin(people, known_people))),
        new_items=float(np.mean(~np.isin(events.row[after], known_items))),
        items_since_fit=view.embedded,
        advice=tuple(advice),
    )


def _moment(view: View, artefacts: Artefacts, days: float | None) -> tuple[float, str]:
    """Where the later window begins, and what that moment is."""
    if days is not None and days <= 0:
        raise InputError(f"days is {days!r}", hint="give a number above 0")
    times = view.catalog.interactions.time
    if not len(times):
        raise FitError("nobody has done anything yet", hint="add events: `tastemaker add --events`, or POST /events")
    known = np.sort(times[np.isfinite(times)])
    if not len(known):
        raise FitError("no event has a time", hint="add a column time to the events")
    if days is not None:
        return float(known[-1] - days * DAY), f"{days:g} days before the newest event"
    published = artefacts.published()
    if "recommender" in published:
        learned = learned_until(published["recommender"].manifest)
        if known[0] <= learned < known[-1]:
            return learned, "the newest event of the last fit"
    return float(known[int(0.8 * len(known)) - 1]), "the newest fifth: nothing has happened since the last fit"


def _shifts(view: View, store: Store, since: float, sides: tuple[Bools, Bools], people: tuple[int, int]) -> list[Shift]:
    events, catalog = view.catalog.interactions, view.catalog
    kinds: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for at, kind in store.kinds():
        kinds[at > since][kind] += 1
    items = [catalog.raw_item(row) for row in range(catalog.size)]
    named = {
        "departments": np.array([item.department for item in items], np.object_),
        "kinds of things": view.kinds,
    }
    found = [shift("kinds of events", kinds[0], kinds[1], people)]
    rows = events.row[sides[0]], events.row[sides[1]]
    for what, names in named.items():
        if len(set(names.tolist()) - {""}) > 1:
            found.append(shift(what, Counter(names[rows[0]].tolist()), Counter(names[rows[1]].tolist()), people))
    prices = np.array([np.nan if item.price is None else item.price for item in items])
    before, after = (prices[each][np.isfinite(prices[each])] for each in rows)
    if len(before) and len(after):
        found.append(shift("prices", Counter(bands(before, before)), Counter(bands(before, after)), people))
    sources = [_sources(view, side) for side in sides]
    if all(sources):
        scale = [min(PEOPLE, count) for count in people]
        found.append(shift("sources", sources[0], sources[1], (scale[0], scale[1])))
    return found


def _sources(view: View, side: Bools) -> dict[str, float]:
    """How much each source of the recommender speaks in the scores of what people chose, summed over people."""
    recommender, events = view.fitted.recommender, view.catalog.interactions
    if recommender is None:
        return {}
    chosen = events.where(side & view.catalog.alive[events.row])
    told: dict[str, float] = {}
    histories = events.histories()
    for user in np.unique(chosen.user)[:PEOPLE].tolist():
        parts = recommender.parts(histories[user], np.unique(chosen.row[chosen.user == user]))
        loud = {name: float(np.abs(part[np.isfinite(part)]).sum()) for name, part in parts.items()}
        total = sum(loud.values())
        for name, each in loud.items():
            told[name] = told.get(name, 0.0) + (each / total if total else 0.0)
    return told
