"""What people did: nine months of sessions in which tastes, budgets, fashion of the day and chance meet.

A session is one person, one department, often one kind of thing; some of what was seen lands in the cart, some of that
is bought, some of what was bought is rated, and what was opened by mistake is now and then dismissed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from tastemaker.core.types import Bools
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.goods import DEPARTMENTS, Piece
from tastemaker.demoshop.tastes import Person, likings

END = datetime(2025, 9, 30, 21, 0, tzinfo=UTC).timestamp()
"""The last moment of the demo shop's past; fixed, so that the shop is the same whenever it is drawn."""
DAYS = 270
COLD_ITEMS = 0.08
COLD_PEOPLE = 0.08
_FOCUS = {"wardrobe": "kind", "home": "kind", "screen": "genre", "trips": "landscape"}


@dataclass(frozen=True)
class Visit:
    """One event, as it will stand in the file."""

    user: str
    item: str
    kind: str
    value: str
    time: float


@dataclass(frozen=True)
class World:
    """Everything about the pieces that people react to.

    Attributes:
        liking: (people, pieces).
        appeal: what everybody sees in a piece: quality and fashion, (pieces,).
        launch: when a piece came into the shop, Unix seconds; infinity for cold ones, (pieces,).
        dear: log of the price over the usual one of its kind, (pieces,).
        member: department -> which pieces, (pieces,).
    """

    liking: Field
    appeal: Field
    launch: Field
    dear: Field
    member: dict[str, Bools]


def world(pieces: Sequence[Piece], everyone: Sequence[Person], rng: np.random.Generator) -> World:
    """Draw what is common to all people: appeal, launches, cold pieces."""
    size = len(pieces)
    launch = END - DAYS * 86400 * np.where(rng.random(size) < 0.45, 1.0, rng.random(size))
    cold = rng.permutation(size)[: max(1, round(size * COLD_ITEMS))]
    launch[cold] = np.inf
    group = np.array([f"{piece.department} {piece[_FOCUS[piece.department]]}" for piece in pieces])
    price = np.log([piece.price for piece in pieces])
    usual = {name: float(np.median(price[group == name])) for name in np.unique(group)}
    return World(
        liking=likings(everyone, pieces),
        appeal=rng.gumbel(0, 0.55, size),
        launch=launch,
        dear=price - np.array([usual[name] for name in group]),
        member={name: np.array([piece.department == name for piece in pieces]) for name in DEPARTMENTS},
    )


def visits(pieces: Sequence[Piece], everyone: Sequence[Person], events: int, rng: np.random.Generator) -> list[Visit]:
    """About ``events`` events in time order; a few people have one or two, a few pieces none."""
    state = world(pieces, everyone, rng)
    groups = np.array([piece[_FOCUS[piece.department]] for piece in pieces])
    cold = set(rng.permutation(len(everyone))[: max(1, round(len(everyone) * COLD_PEOPLE))].tolist())
    done: list[Visit] = []
    for who in sorted(cold):
        seen = _session(who, everyone[who], pieces, state, groups, rng)
        done.extend(seen[: int(rng.integers(1, 3))])
    warm = [i for i in range(len(everyone)) if i not in cold]
    share = np.array([everyone[i].activity for i in warm])
    share = np.clip(share / share.sum(), 0.25 / len(warm), None)
    queue = [warm[i] for i in range(len(warm)) for _ in range(2)]
    while len(done) < events:
        who = queue.pop() if queue else int(rng.choice(warm, p=share / share.sum()))
        done.extend(_session(who, everyone[who], pieces, state, groups, rng))
    return sorted(done, key=lambda visit: (visit.time, visit.user, visit.item, visit.kind))


def _session(
    who: int, person: Person, pieces: Sequence[Piece], state: World, groups: Field, rng: np.random.Generator
) -> list[Visit]:
    """One visit to the shop."""
    start = _moment(rng)
    department = DEPARTMENTS[int(rng.choice(len(DEPARTMENTS), p=_shares(person)))]
    utility = _utility(who, person, state, start, rng)
    open_to = state.member[department] & (state.launch < start)
    if not open_to.any():
        return []
    if rng.random() < 0.55:
        anchor = int(np.argmax(np.where(open_to, utility + rng.gumbel(0, 1.0, len(pieces)), -np.inf)))
        near = open_to & (groups == groups[anchor])
        open_to = near if near.sum() >= 3 else open_to
    drawn = np.where(open_to, utility + rng.gumbel(0, 1.0, len(pieces)), -np.inf)
    length = min(int(rng.geometric(0.22)) + 1, 14, int(open_to.sum()))
    out: list[Visit] = []
    clock = start
    for row in np.argsort(-drawn)[:length]:
        clock += float(rng.exponential(45)) + 8
        likes = state.liking[who, row] * 0.8 - person.thrift * max(0.0, float(state.dear[row]) - np.log(person.budget))
        out.extend(_reactions(person.id, pieces[int(row)].id, float(likes), clock, rng))
    return [visit for visit in out if visit.time <= END]


def _shares(person: Person) -> Field:
    share = np.array([person.departments[name] for name in DEPARTMENTS])
    return np.asarray(share / share.sum())


def _moment(rng: np.random.Generator) -> float:
    """More visits lately than long ago, more in the evening than at night."""
    share = max(rng.random(), rng.random()) if rng.random() < 0.6 else rng.random()
    hour = float(np.clip(rng.normal(19.0 if rng.random() < 0.65 else 12.5, 2.2), 6, 23.5))
    midnight = END - 21 * 3600
    return float(midnight - (DAYS - 1 - int(share * DAYS)) * 86400 + hour * 3600)


def _utility(who: int, person: Person, state: World, now: float, _rng: np.random.Generator) -> Field:
    """What this person sees in each piece today."""
    age = np.clip((now - state.launch) / 86400, 0, None)
    fresh = 0.7 * np.exp(-age / 25)
    over = np.clip(state.dear - np.log(person.budget), 0, None)
    return np.asarray(1.05 * state.liking[who] + state.appeal + fresh - person.thrift * over)


def _reactions(user: str, item: str, likes: float, clock: float, rng: np.random.Generator) -> list[Visit]:
    """A view, and what came of it."""
    out = [Visit(user, item, "view", "", round(clock))]
    if likes < 0.4 and rng.random() < 0.10:
        return [*out, Visit(user, item, "dislike", "", round(clock + rng.uniform(3, 20)))]
    wish = 1 / (1 + np.exp(-(likes - 3.0) * 0.9))
    if rng.random() > 0.06 + 0.5 * wish:
        return out
    out.append(Visit(user, item, "cart", "", round(clock + rng.uniform(10, 90))))
    if rng.random() > 0.25 + 0.4 * wish:
        return out
    out.append(Visit(user, item, "buy", "", round(clock + rng.uniform(120, 900))))
    if rng.random() < 0.4:
        stars = int(np.clip(round(3.6 + 0.45 * (likes - 2.0) + rng.normal(0, 0.7)), 1, 5))
        out.append(Visit(user, item, "rate", str(stars), round(clock + rng.uniform(3, 15) * 86400)))
    return out
