"""What came of lists that were shown: each event led back to its list, arms beside each other, credit by choice.

An event belongs to the list whose token it carries. Without a token it belongs to the newest list of the same visit
that held the item; a pause of more than 30 minutes ends a visit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from tastemaker.catalog.impressions import Impression
from tastemaker.catalog.shown_table import Deed
from tastemaker.core.types import Doubles, ItemId
from tastemaker.evaluation.figures import Row
from tastemaker.evaluation.interleaving import BOTH, Draft, by_person, credit
from tastemaker.evaluation.off_policy import means
from tastemaker.evaluation.report import Report

PAUSE = 1800.0
"""Seconds without a list or an event that end a visit."""
ANY = "any"
"""Every kind of event that speaks for an item."""
BOTH_ARMS = "both"
"""The arm of a place at which both rankings would have put the same item."""


@dataclass(frozen=True)
class Outcome:
    """A list and what came of it, by kind of event: the items; under :data:`ANY` all that speaks for them."""

    shown: Impression
    chosen: Mapping[str, frozenset[ItemId]]

    def rate(self, kind: str) -> float:
        """1 when something of the kind came of it, else 0."""
        return float(bool(self.chosen.get(kind)))


def outcomes(lists: Sequence[Impression], deeds: Sequence[Deed], *, pause: float = PAUSE) -> list[Outcome]:
    """Every list with what came of it.

    Args:
        lists: that were shown.
        deeds: what these people did.
        pause: seconds that end a visit.
    """
    named = {each.name: at for at, each in enumerate(lists)}
    chosen: list[dict[str, set[ItemId]]] = [{} for _ in lists]
    people: dict[str, list[tuple[float, int, int]]] = {}
    for at, each in enumerate(lists):
        if each.time is not None:
            people.setdefault(each.user, []).append((each.time, 0, at))
    for at, deed in enumerate(deeds):
        if deed.token:
            _choose(chosen, named.get(deed.token), deed, lists)
        else:
            people.setdefault(deed.user, []).append((deed.time, 1, at))
    for moments in people.values():
        open_lists: list[int] = []
        before = -np.inf
        for time, is_deed, at in sorted(moments):
            if time - before > pause:
                open_lists = []
            before = time
            if is_deed:
                deed = deeds[at]
                _choose(chosen, next((one for one in open_lists if deed.item in lists[one].items), None), deed, lists)
            else:
                open_lists.insert(0, at)
    return [
        Outcome(each, {kind: frozenset(items) for kind, items in found.items()})
        for each, found in zip(lists, chosen, strict=True)
    ]


def _choose(chosen: list[dict[str, set[ItemId]]], at: int | None, deed: Deed, lists: Sequence[Impression]) -> None:
    if at is None or deed.item not in lists[at].items:
        return
    for kind in (deed.kind, *([ANY] if deed.weight > 0 else [])):
        chosen[at].setdefault(kind, set()).add(deed.item)


def compare(found: Sequence[Outcome], *, seed: int = 0) -> Report:
    """Arms of an experiment beside each other: the share of lists of which something came, by kind of event.

    Where lists are interleaved, by credit alone: the share of lists with a choice in which more was chosen of an arm,
    and half of the draws.

    Args:
        found: lists of one experiment.
        seed: of the intervals, which resample people.
    """
    interleaved = [each for each in found if len(each.shown.arms) > 1]
    if interleaved:
        return Report(_protocol(interleaved, []), tuple(_credits(interleaved, seed)))
    groups: dict[str, list[Outcome]] = {}
    for each in found:
        groups.setdefault(next(iter(each.shown.arms), "shown"), []).append(each)
    rows, gaps = _rates(groups, seed)
    return Report(_protocol(found, gaps), tuple(rows))


@dataclass(frozen=True)
class Gap:
    """One arm less another, with its 95 % interval."""

    arm: str
    than: str
    metric: str
    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.arm} less {self.than}, {self.metric}: {self.value:+.4f} [{self.low:+.4f}, {self.high:+.4f}]"


def described(found: Sequence[Outcome]) -> dict[str, object]:
    """What the protocol says of the lists of one experiment."""
    return {
        "source": f"experiment {found[0].shown.experiment}",
        "lists": len(found),
        "people": len({each.shown.user for each in found}),
        "lists_with_a_choice": int(sum(each.rate(ANY) for each in found)),
    }


def _protocol(found: Sequence[Outcome], gaps: Sequence[Gap]) -> dict[str, object]:
    said = described(found)
    return said | {"difference": "; ".join(map(str, gaps)), "differences": [asdict(gap) for gap in gaps]}


def _rates(groups: Mapping[str, list[Outcome]], seed: int) -> tuple[list[Row], list[Gap]]:
    kinds = [ANY, *sorted({kind for group in groups.values() for each in group for kind in each.chosen} - {ANY})]
    k = max(len(each.shown.items) for group in groups.values() for each in group)
    rows, gaps = [], []
    told: dict[str, dict[str, tuple[Doubles, float]]] = {}
    for arm, group in sorted(groups.items()):
        people = [each.shown.user for each in group]
        values = {f"{kind}@{k}": np.array([each.rate(kind) for each in group]) for kind in kinds}
        for metric, mean in means(values, people, seed=seed).items():
            rows.append(Row(arm, metric, mean.value, mean.low, mean.high, mean.n, 0.0))
        told[arm] = {metric: by_person(each, people) for metric, each in values.items()}
    if len(told) == 2:
        (first, before), (second, after) = told.items()
        gaps = [_gap(first, second, metric, before[metric], after[metric]) for metric in before]
    return rows, gaps


def _gap(first: str, second: str, metric: str, before: tuple[Doubles, float], after: tuple[Doubles, float]) -> Gap:
    """The second arm less the first; other people saw it, so the variances add up."""
    value = after[1] - before[1]
    spread = 1.96 * float(np.sqrt(sum(each.var() / len(each) for each, _ in (before, after))))
    return Gap(second, first, metric, value, value - spread, value + spread)


def _credits(found: Sequence[Outcome], seed: int) -> list[Row]:
    arms = sorted({arm for each in found for arm in each.shown.arms} - {BOTH_ARMS})
    k = max(len(each.shown.items) for each in found)
    won, people = [], []
    for each in found:
        teams = tuple(BOTH if arm == BOTH_ARMS else arms.index(arm) for arm in each.shown.arms)
        value = credit(Draft(each.shown.items, teams), each.chosen.get(ANY, frozenset()))
        if not np.isnan(value):
            won.append(value)
            people.append(each.shown.user)
    if not won:
        return []
    second = np.array(won)
    named = dict(zip(arms, (1.0 - second, second), strict=False))
    told = means(named, people, seed=seed)
    return [Row(arm, f"preferred@{k}", mean.value, mean.low, mean.high, mean.n, 0.0) for arm, mean in told.items()]
