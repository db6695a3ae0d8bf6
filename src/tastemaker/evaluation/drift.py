"""How far one mix is from another: population stability index, Jensen-Shannon divergence, and what chance would do.

    PSI = sum_b (q_b - p_b) log(q_b / p_b)             p before, q after; the symmetric Kullback-Leibler divergence
    JS  = (KL(p || m) + KL(q || m)) / 2, m = (p + q) / 2                          in bits, 0 the same, 1 nothing shared

Half a count is added to every bin, so that an empty one is unlikely and not impossible. Without drift PSI is about
``(1/n + 1/m) chi2(bins - 1)``, which tells how large it becomes by chance alone; n and m are people here, not events,
because the events of one person are alike.

Sources: Lin 1991 (JS); Siddiqi 2006 (PSI and its thresholds); Yurdakul and Naranjo 2020 (its distribution).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from tastemaker.core.types import Doubles

MOVED, DRIFTED = 0.1, 0.25
"""From so much PSI on a mix has moved, or has drifted, when chance would not do as much."""
BINS = 30
"""Most bins of a mix; the rest is one more."""
OTHER = "(other)"
Verdict = Literal["steady", "moved", "drifted"]


@dataclass(frozen=True)
class Change:
    """One bin: its share before and after."""

    name: str
    before: float
    after: float


@dataclass(frozen=True)
class Shift:
    """How far one mix has gone.

    Attributes:
        what: the mix.
        psi: population stability index.
        js: Jensen-Shannon divergence in bits.
        chance: PSI that is passed once in twenty when nothing has changed.
        verdict: "steady", "moved" or "drifted".
        changes: the bins that have changed most, the largest first.
    """

    what: str
    psi: float
    js: float
    chance: float
    verdict: Verdict
    changes: tuple[Change, ...]


def shift(
    what: str, before: Mapping[str, float], after: Mapping[str, float], people: tuple[int, int], *, most: int = 3
) -> Shift:
    """Compare two mixes.

    Args:
        what: the name of the mix.
        before: counts of each bin; sums of weights are allowed.
        after: the same, later.
        people: behind each of the two.
        most: changes that are told.
    """
    names = _bins(before, after)
    p, q = (_shares(counts, names) for counts in (before, after))
    psi, js = stability_index(p, q), jensen_shannon(p, q)
    chance = chance_level(len(names), people)
    verdict: Verdict = "steady"
    if psi > max(MOVED, chance):
        verdict = "drifted" if psi > DRIFTED else "moved"
    order = np.argsort(-np.abs(q - p), kind="stable")[:most]
    changes = tuple(Change(names[at], float(p[at]), float(q[at])) for at in order.tolist())
    return Shift(what, psi, js, chance, verdict, changes)


def stability_index(p: Doubles, q: Doubles) -> float:
    """Population stability index of two mixes without empty bins. Shapes: (bins,)."""
    return float(((q - p) * np.log(q / p)).sum())


def jensen_shannon(p: Doubles, q: Doubles) -> float:
    """Jensen-Shannon divergence in bits. Shapes: (bins,)."""
    middle = (p + q) / 2
    apart = [np.where(one > 0, one * np.log2(np.where(one > 0, one, 1.0) / middle), 0.0).sum() for one in (p, q)]
    return float(sum(apart) / 2)


def chance_level(bins: int, people: tuple[int, int]) -> float:
    """PSI that is passed once in twenty when nothing has changed; infinite when nobody is on one side."""
    from scipy.special import chdtri

    if min(people) == 0:
        return float("inf")
    return float(chdtri(bins - 1, 0.05) * sum(1 / count for count in people)) if bins > 1 else 0.0


def bands(before: Doubles, values: Doubles, n: int = 10) -> list[str]:
    """Which tenth of the values before each value is in, as a text such as ``12.00 to 19.50``.

    Shapes: before (any,), values (m,) -> m.
    """
    edges = np.unique(np.quantile(before, np.linspace(0, 1, n + 1)))
    if len(edges) < 2:
        return [f"{edges[0]:,.2f}" if value == edges[0] else "elsewhere" for value in values.tolist()]
    named = [f"{low:,.2f} to {high:,.2f}" for low, high in pairwise(edges.tolist())]
    named = [f"below {edges[0]:,.2f}", *named, f"above {edges[-1]:,.2f}"]
    place = np.searchsorted(edges, values, side="right")
    place[values == edges[-1]] -= 1
    return [named[at] for at in place.tolist()]


def _bins(before: Mapping[str, float], after: Mapping[str, float]) -> list[str]:
    """The largest bins of both, and one for the rest where there is a rest."""
    total = {name: before.get(name, 0.0) + after.get(name, 0.0) for name in {**before, **after}}
    names = sorted(total, key=lambda name: (-total[name], name))
    return names if len(names) <= BINS + 1 else [*names[:BINS], OTHER]


def _shares(counts: Mapping[str, float], names: list[str]) -> Doubles:
    values = np.array([counts.get(name, 0.0) for name in names]) + 0.5
    if OTHER in names:
        values[names.index(OTHER)] += sum(count for name, count in counts.items() if name not in set(names))
    return np.asarray(values / values.sum())
