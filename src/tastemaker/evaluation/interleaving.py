"""Who sees what in an experiment: assignment by hash, and team-draft interleaving of two rankings with credit.

A hash of the experiment's name and the person decides, so that a person sees the same arm on every visit and from every
server without anything being stored, and two experiments do not share their groups. Interleaving shows both rankings in
one list and lets the person choose between them: far fewer people are needed than with two groups.

Sources: Kohavi et al. 2009 (assignment by hash); Radlinski, Kurup and Joachims 2008 (team draft); Chapelle et al. 2012.
"""

import hashlib
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from tastemaker.core.errors import InputError
from tastemaker.core.types import Doubles

Thing = TypeVar("Thing", bound=Hashable)
BOTH = -1
"""Team of a place at which both rankings would have put the same item: it tells nothing of either."""


def assign(experiment: str, person: str, shares: Sequence[float]) -> int:
    """Which arm a person is in: always the same of an experiment, and ``shares`` of all people in the limit.

    Args:
        experiment: its name, which is the salt.
        person: who.
        shares: of the arms, above zero; they sum up to 1.

    Raises:
        InputError: the shares are none, not above zero, or do not sum up to 1.
    """
    if not shares or min(shares) <= 0 or abs(sum(shares) - 1) > 1e-9:
        raise InputError(f"shares are {list(shares)!r}", hint="numbers above 0 that sum up to 1")
    digest = hashlib.blake2b(f"{experiment}\x1f{person}".encode("utf-8", "replace"), digest_size=8).digest()
    drawn = int.from_bytes(digest, "big") / 2**64
    return min(int(np.searchsorted(np.cumsum(shares), drawn, side="right")), len(shares) - 1)


@dataclass(frozen=True)
class Draft(Generic[Thing]):
    """One list made of two rankings.

    Attributes:
        items: in their places.
        teams: of each place: 0, 1 or :data:`BOTH`.
    """

    items: tuple[Thing, ...]
    teams: tuple[int, ...]


def team_draft(first: Sequence[Thing], second: Sequence[Thing], k: int, chance: np.random.Generator) -> Draft[Thing]:
    """Two rankings as one: turn by turn a coin says which picks first, and each picks its best that is not there yet.

    What both rank alike at the top belongs to neither, as whoever picked it was the coin's choice alone.

    Args:
        first: the items of a ranking, the best first, none twice.
        second: the other's.
        k: places.
        chance: the coins.
    """
    common = next((at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), None)
    common = min(k, min(len(first), len(second)) if common is None else common)
    items, teams = list(first[:common]), [BOTH] * common
    rest = [[item for item in ranking if item not in set(items)] for ranking in (first, second)]
    while len(items) < k and any(rest):
        begins = int(chance.integers(2))
        for team in (begins, 1 - begins):
            if rest[team] and len(items) < k:
                items.append(rest[team][0])
                teams.append(team)
                rest = [[item for item in ranking if item != items[-1]] for ranking in rest]
    return Draft(tuple(items), tuple(teams))


def credit(draft: Draft[Thing], chosen: Collection[Thing]) -> float:
    """Which ranking the person preferred: 1 the second, 0 the first, 0.5 neither; NaN when nothing was chosen."""
    teams = [team for item, team in zip(draft.items, draft.teams, strict=True) if item in chosen]
    if not teams:
        return float("nan")
    won = teams.count(1) - teams.count(0)
    return 0.5 + 0.5 * float(np.sign(won))


def by_person(values: Doubles, people: Sequence[str]) -> tuple[Doubles, float]:
    """One value a person, whose mean is that of all lists: lists of one person are no independent witnesses.

    The mean over lists is a ratio, of what people add up to and of how many lists they saw; the values are its
    linearisation, so that resampling people gives its interval.

    Args:
        values: of each list.
        people: who saw it.

    Returns:
        The values, and the mean over lists, which is theirs too.

    Shapes: values (lists,) -> (people,).
    """
    _, place = np.unique(np.asarray(people, np.object_).astype(str), return_inverse=True)
    counts = np.bincount(place).astype(np.float64)
    sums = np.bincount(place, weights=values)
    mean = float(values.mean())
    return mean + (sums - mean * counts) / counts.mean(), mean
