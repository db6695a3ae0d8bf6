"""Rooms: 117 pictures of furnished rooms; one product is taken out of a room and looked for, given the others.

python benchmarks/bench_rooms.py [--rows "complete;popularity"] [--seed 0]

Five folds by room: nothing is learned from a test room, neither counts nor weights. The weights of the evidence are
learned and the prior of a lift was chosen inside training rooms; which evidence there is, and every other setting, is a
default written by hand while figures of other draws of the same rooms were in sight. Rooms that share a third of their
products (and three at least) are kept in one fold. All 2,178 products but the given ones are ranked; equal scores share
their places. The space is learned from the products' own pictures and words; it knows no room. About ten processor
minutes on one thread, most for the space.
"""

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Callable
from itertools import combinations

import numpy as np
from scipy.sparse import csr_matrix

import rows
from bench_interior import build
from common import BUILD, Lines, TfIdf, data, show
from tastemaker.alignment.contrast.space import ContrastiveSpace
from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import words_of
from tastemaker.core.seeds import generator
from tastemaker.core.types import Floats, Ints
from tastemaker.evaluation.significance import intervals, paired
from tastemaker.recommenders.complete import Complete
from tastemaker.shop.completing import NOTHING
from tastemaker.shop.fitted import Fitted
from tastemaker.shop.live import view
from tastemaker.shop.reranking import LiveConfig, Setting, rerank, shortlist

FOLDS, K = 5, 10
VECTORS = BUILD / "rooms" / "vectors.npz"
VERSION = 2
Scorer = Callable[[Ints], Floats]
"""Given rows -> a score of every row."""


def rooms_of(catalog: Catalog) -> list[Ints]:
    """Products of each room, as rows."""
    found: dict[str, list[int]] = defaultdict(list)
    with data("interior", "room_items.csv").open(encoding="utf-8") as stream:
        for line in csv.DictReader(stream):
            found[line["room_image"]].append(catalog.row(line["product_id"]))
    return [np.unique(found[name]).astype(np.int64) for name in sorted(found)]


def folds_of(rooms: list[Ints], seed: int) -> tuple[Ints, int]:
    """Fold of each room, rooms that are much alike in one; and how many rooms have such a twin."""
    group = np.arange(len(rooms))
    for a, b in combinations(range(len(rooms)), 2):
        shared = len(np.intersect1d(rooms[a], rooms[b]))
        if shared >= 3 and shared * 3 >= min(len(rooms[a]), len(rooms[b])):
            group[group == group[b]] = group[a]
    names, place, counts = np.unique(group, return_inverse=True, return_counts=True)
    fold = generator(seed, "rooms").permutation(len(names)) % FOLDS
    return fold[place], int((counts[place] > 1).sum())


def learned_space() -> dict[str, object]:
    """Vectors of all products, kept in a file."""
    catalog = build()
    space = ContrastiveSpace().fit(catalog, Lines())
    VECTORS.parent.mkdir(parents=True, exist_ok=True)
    np.savez(VECTORS, matrix=space.embed_items(catalog, np.arange(catalog.size)).matrix)
    return {"items": catalog.size}


def judged(method: str, seed: int, version: int) -> dict[str, object]:
    """Hits of a method for every product of every room: given all others, and given one of them."""
    del version
    catalog = build()
    vectors = ItemVectors(np.load(VECTORS)["matrix"], {})
    rooms = rooms_of(catalog)
    fold, twins = folds_of(rooms, seed)
    rng = generator(seed, "one given")
    hits: dict[str, list[list[float]]] = {"others": [[] for _ in rooms], "one": [[] for _ in rooms]}
    unseen: list[list[bool]] = [[] for _ in rooms]
    for number in range(FOLDS):
        train = [room for room, at in zip(rooms, fold, strict=True) if at != number]
        known = np.unique(np.concatenate(train))
        score = METHODS[method](catalog, vectors, train, seed)
        for at in np.flatnonzero(fold == number).tolist():
            for target in rooms[at]:
                others = rooms[at][rooms[at] != target]
                hits["others"][at].append(hit(score(others), others, int(target)))
                one = rng.choice(others, 1)
                hits["one"][at].append(hit(score(one), one, int(target)))
                unseen[at].append(not np.isin(target, known))
    return {"hits": hits, "unseen": unseen, "rooms with a twin": twins}


def hit(scores: Floats, given: Ints, target: int) -> float:
    """Is the target among the first K? Of equal scores, the share of orders in which it is."""
    scores = scores.copy()
    scores[given] = -np.inf
    better, equal = int((scores > scores[target]).sum()), int((scores == scores[target]).sum())
    return float(np.clip((K - better) / equal, 0.0, 1.0))


def popularity(catalog: Catalog, vectors: ItemVectors, train: list[Ints], seed: int) -> Scorer:
    """In how many training rooms a product stands."""
    del vectors, seed
    counts = np.bincount(np.concatenate(train), minlength=catalog.size).astype(np.float32)
    return lambda _given: counts


def together(catalog: Catalog, vectors: ItemVectors, train: list[Ints], seed: int) -> Scorer:
    """In how many training rooms two products stand together, over the root of both counts (item-kNN)."""
    del vectors, seed
    owner = np.repeat(np.arange(len(train)), [len(room) for room in train])
    table = csr_matrix((np.ones(len(owner), np.float32), (owner, np.concatenate(train))), (len(train), catalog.size))
    both = (table.T @ table).toarray()
    length = np.sqrt(np.maximum(np.diag(both), 1))
    return lambda given: (both[given] / np.outer(length[given], length)).sum(0)


def same_kind(catalog: Catalog, near: Floats) -> Scorer:
    """Products of a kind that is there already first, each of them by nearness."""
    kinds = np.array([str(catalog.item(row).attributes.get("type", row)) for row in range(catalog.size)])
    return lambda given: near[given].max(0) + 10.0 * np.isin(kinds, kinds[given])


def words(catalog: Catalog) -> Floats:
    """Cosines of TF-IDF vectors. Shapes: (rows, rows)."""
    told = TfIdf([words_of(catalog.item(row)) for row in range(catalog.size)])
    table = told([words_of(catalog.item(row)) for row in range(catalog.size)])
    return np.asarray((table @ table.T).toarray(), np.float32)


def learned(catalog: Catalog, vectors: ItemVectors | None, train: list[Ints], seed: int) -> Scorer:
    """Ours."""
    del seed
    model = Complete().fit(catalog, vectors, given=train)
    return lambda given: model.score(given, np.arange(catalog.size))


def served(catalog: Catalog, vectors: ItemVectors, train: list[Ints], seed: int) -> Scorer:
    """Ours as the shop shows it by default, no more than a few of one kind: -place of each of the first."""
    del seed
    model = Complete().fit(catalog, vectors, given=train)
    live, now = LiveConfig(), view(catalog, Fitted(complete=model))

    def score(given: Ints) -> Floats:
        found = shortlist(np.arange(catalog.size), model.score(given, np.arange(catalog.size)))
        found = rerank(found, Setting(now, live, K, NOTHING, per_kind=live.goes_with_per_kind))
        scores = np.full(catalog.size, -np.inf, np.float32)
        scores[found.rows] = -np.arange(len(found.rows), dtype=np.float32)
        return scores

    return score


METHODS: dict[str, Callable[[Catalog, ItemVectors, list[Ints], int], Scorer]] = {
    "popularity": popularity,
    "same kind, space": lambda catalog, vectors, *_: same_kind(catalog, vectors.matrix @ vectors.matrix.T),
    "same kind, TF-IDF": lambda catalog, *_: same_kind(catalog, words(catalog)),
    "similar, space": lambda _, vectors, *__: _best(vectors.matrix @ vectors.matrix.T),
    "similar, TF-IDF": lambda catalog, *_: _best(words(catalog)),
    "similar to all, space": lambda _, vectors, *__: _mean(vectors.matrix @ vectors.matrix.T),
    "similar to all, TF-IDF": lambda catalog, *_: _mean(words(catalog)),
    "item-kNN": together,
    "complete": learned,
    "complete without the space": lambda catalog, _, train, seed: learned(catalog, None, train, seed),
    "complete as served": served,
}
SEEDS = {"complete": 3, "similar, TF-IDF": 3, "similar to all, TF-IDF": 3, "item-kNN": 3}
"""The best of ours and the best plain ones are judged on three draws of the folds."""


def _best(near: Floats) -> Scorer:
    return lambda given: near[given].max(0)


def _mean(near: Floats) -> Scorer:
    return lambda given: near[given].mean(0)


def line(name: str, row: dict[str, object]) -> dict[str, object]:
    """One line of the table."""
    told: dict[str, object] = {"method": name}
    for task in ("others", "one"):
        rooms = by_room(row, task)
        low, high = intervals(rooms[:, None])
        told |= {f"R@10 given {task}": round(float(rooms.mean()), 4), f"{task} 95 %": f"{low[0]:.4f}-{high[0]:.4f}"}
    flat = np.array([value for room in row["hits"]["others"] for value in room])
    unseen = np.array([value for room in row["unseen"] for value in room])
    told["a product"] = round(float(flat.mean()), 4)
    told["never seen"] = round(float(flat[unseen].mean()), 4)
    return told | {"s": row["seconds"], "cpu s": row["processor_seconds"], "MB": row["peak_mb"]}


def by_room(row: dict[str, object], task: str) -> Floats:
    """Mean over the products of each room. Shapes: (rooms,)."""
    return np.array([np.mean(values) for values in row["hits"][task]])


def main() -> None:
    """Run and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", default=";".join(METHODS), help="names of rows, joined by ;")
    options.add_argument("--seed", type=int, default=0, help="of the folds")
    asked = options.parse_args()
    space = rows.run("space", learned_space)
    names = [name for name in METHODS if name in asked.rows.split(";")]
    found = {name: rows.run(f"{name} {asked.seed}", judged, name, asked.seed, VERSION) for name in names}
    table = [line(name, row) for name, row in found.items()]
    again = [
        {"seed": seed} | line(name, rows.run(f"{name} {seed}", judged, name, seed, VERSION))
        for name, seeds in SEEDS.items() if name in names
        for seed in range(asked.seed + 1, asked.seed + seeds)
    ]  # fmt: skip
    gaps = []
    for name in [name for name in names if not name.startswith("complete")]:
        for task in ("others", "one") if "complete" in names else ():
            gap = paired(by_room(found["complete"], task), by_room(found[name], task))
            gaps.append({"complete minus": name, "given": task, "R@10": round(gap.value, 4),
                         "low": round(gap.low, 4), "high": round(gap.high, 4)})  # fmt: skip
    first = next(iter(found.values()))
    unseen = [value for room in first["unseen"] for value in room]
    facts = {"rooms": len(first["unseen"]), "products left out": len(unseen), "of these never seen": sum(unseen),
             "rooms with a twin": first["rooms with a twin"], "space s": space["seconds"]}  # fmt: skip
    show(f"rooms: {json.dumps(facts)}", table)
    show("other draws of the folds", again)
    show("paired over rooms", gaps)
    result = {"facts": facts, "table": table, "other folds": again, "paired": gaps}
    rows.keep("rooms", result, [name for name in METHODS if name not in names], asked.seed)


if __name__ == "__main__":
    main()
