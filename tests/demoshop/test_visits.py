"""What people do follows from what they like, and can be learned from what they did."""

from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np
import pytest

from tastemaker.core.seeds import generator
from tastemaker.demoshop import DemoConfig
from tastemaker.demoshop.assortment import assortment
from tastemaker.demoshop.tastes import TRAITS, likings, people
from tastemaker.demoshop.visits import DAYS, END, visits


@pytest.fixture(scope="module")
def world():
    config = DemoConfig()
    pieces = assortment(config)
    everyone = people(config.people, pieces, generator(config.seed, "demo people"))
    return pieces, everyone, visits(pieces, everyone, config.events, generator(config.seed, "demo visits"))


def test_nine_months_of_many_events(world):
    _, everyone, log = world
    assert len(everyone) >= 600
    assert len(log) >= 30_000
    kinds = Counter(visit.kind for visit in log)
    assert set(kinds) == {"view", "cart", "buy", "rate", "dislike"}
    assert kinds["view"] > kinds["cart"] > kinds["buy"] > kinds["rate"] > 0
    assert kinds["dislike"] < 0.05 * len(log)
    times = np.array([visit.time for visit in log])
    assert times.max() <= END
    assert DAYS - 3 <= (END - times.min()) / 86400 <= DAYS


def test_some_items_and_people_are_cold(world):
    pieces, everyone, log = world
    sold = Counter(visit.item for visit in log)
    assert 0.05 * len(pieces) < len(pieces) - len(sold) < 0.20 * len(pieces)
    done = Counter(visit.user for visit in log)
    assert set(done) == {person.id for person in everyone}
    assert 0.04 * len(everyone) < sum(count <= 2 for count in done.values()) < 0.15 * len(everyone)


def test_sessions_stay_in_one_department(world):
    pieces, _, log = world
    department = {piece.id: piece.department for piece in pieces}
    by_user = defaultdict(list)
    for visit in log:
        if visit.kind == "view":
            by_user[visit.user].append(visit)
    near = [
        department[a.item] == department[b.item]
        for events in by_user.values()
        for a, b in pairwise(events)
        if b.time - a.time < 300
    ]
    assert len(near) > 5000
    assert np.mean(near) > 0.97


def test_people_look_at_what_they_like_and_buy_what_they_like_more(world):
    pieces, everyone, log = world
    liking = likings(everyone, pieces)
    row, who = {piece.id: i for i, piece in enumerate(pieces)}, {person.id: i for i, person in enumerate(everyone)}
    mean = {
        kind: np.mean([liking[who[visit.user], row[visit.item]] for visit in log if visit.kind == kind])
        for kind in ("view", "buy", "dislike")
    }
    assert mean["buy"] > mean["view"] > liking.mean() + 1
    assert mean["dislike"] < mean["view"] - 1


def test_one_liking_is_the_same_as_all_at_once(world):
    pieces, everyone, _ = world
    some = pieces[::97]
    assert np.allclose(
        likings(everyone[:5], some), [[person.liking(piece) for piece in some] for person in everyone[:5]]
    )


def test_a_shared_persona_is_a_shared_taste(world):
    pieces, everyone, _ = world
    liking = likings(everyone[:200], pieces)
    alike = np.corrcoef(liking - liking.mean(axis=0))
    same = np.array([[a.persona[0] == b.persona[0] for b in everyone[:200]] for a in everyone[:200]])
    others = ~np.eye(200, dtype=bool)
    assert alike[same & others].mean() > alike[~same].mean() + 0.3


def recall(scores, seen, later, k=20):
    ranked = np.argsort(-np.where(seen, -np.inf, scores), axis=1)[:, :k]
    return np.mean([len(set(ranked[who].tolist()) & goal) / len(goal) for who, goal in later.items()])


def test_both_attributes_and_company_beat_popularity(world):
    pieces, everyone, log = world
    row, who = {piece.id: i for i, piece in enumerate(pieces)}, {person.id: i for i, person in enumerate(everyone)}
    seen, later = np.zeros((len(everyone), len(pieces)), bool), defaultdict(set)
    cut = int(len(log) * 0.8)
    for place, visit in enumerate(visit for visit in log if visit.kind != "dislike"):
        u, i = who[visit.user], row[visit.item]
        if place < cut:
            seen[u, i] = True
        elif not seen[u, i] and seen[u].any():
            later[u].add(i)
    known = seen.astype(float)
    popular = recall(np.tile(known.sum(axis=0), (len(everyone), 1)), seen, later)
    words = sorted({(name, piece[name]) for piece in pieces for name in TRAITS[piece.department]})
    column = {word: i for i, word in enumerate(words)}
    facts = np.zeros((len(pieces), len(words)))
    for i, piece in enumerate(pieces):
        facts[i, [column[name, piece[name]] for name in TRAITS[piece.department]]] = 1
    facts *= np.log(len(pieces) / facts.sum(axis=0))
    facts /= np.linalg.norm(facts, axis=1, keepdims=True)
    content = recall(known @ facts @ facts.T, seen, later)
    inverse = np.linalg.inv(known.T @ known + 300 * np.eye(len(pieces)))
    weights = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0)
    company = recall(known @ weights, seen, later)
    assert content > 1.5 * popular
    assert company > 1.5 * popular
