"""The index at 100,000 and a million vectors of 512 numbers, with and without a filter, beside faiss, USearch, LanceDB.

    python benchmarks/bench_index.py [--rows 100000] [--peers NAME ...] [--again]    # after bench_search.py: its shop
    python benchmarks/bench_index.py --rows 1000000       # 10 GB of memory, half an hour of which the graphs take most

The vectors are made of the 20,000 that ``bench_search.py`` has embedded: each new one lies between a product and one of
its twenty nearest, with noise of a quarter of its length, turned into 512 numbers. Questions are of two kinds: products
(such a new vector that is no row) and words (what the shop's own text tower makes of some words of its products), which
lie apart from all rows. Half of the questions choose how far each index reads - the least of its ladder with
recall@10 >= .99 for both kinds; ours by what the shop itself does - the other half are judged.

Every index is built in a process of its own and kept; one process then asks all of them, in turns, five rounds, one
thread; what counts is the round with the lowest median. Filters keep rows at random, the same for everybody; each peer
keeps the effort it has without. Nothing here can be overfitted but efforts, and those are chosen on other questions.

Budget: 4 processor minutes at 100,000; the graphs of a million take about 25.
"""

import argparse
import importlib
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

import rows
from bench_search import ITEMS, shop_of
from common import BUILD, show
from index_peers import PEERS, Filter, K, Peer
from tastemaker.core.seeds import generator
from tastemaker.core.types import Floats, Ints
from tastemaker.index.approximate import Approximate
from tastemaker.index.exact import ExactIndex
from tastemaker.index.fusion import known_item_queries
from tastemaker.index.planned import Efforts, PlannedIndex
from tastemaker.index.settings import IndexConfig
from tastemaker.index.tuning import Asked, nearest, tune
from tastemaker.shop import Shop

DIM, NOISE, NEIGHBOURS, QUESTIONS, ROUNDS = 512, 0.25, 20, 300, 5
SHARES = (0.5, 0.1, 0.035, 0.01, 0.001)
AIM = 0.99
SLACK = 0.005
"""A peer counts as good when its recall on the judged questions is at most this below the aim that it was set for."""
Ask = Callable[[Floats, Filter | None], Ints]


def folder_of(size: int, *names: str) -> Path:
    """Where the vectors, the questions or an index of a size lie."""
    return BUILD.joinpath("index", str(size), *names)


def make_world(size: int) -> Mapping[str, object]:
    """Write the vectors, the buckets that filters read, and the questions."""
    with Shop(shop_of(ITEMS)) as shop:
        base = shop.view.vectors.matrix
        space, texts = shop.space, [text for _, text in known_item_queries(shop.catalog, QUESTIONS, 0)]
        words = space.embed_texts(texts)
    chance = generator(0, "index world")
    turn = np.linalg.qr(chance.normal(size=(DIM, base.shape[1])))[0].T.astype(np.float32)
    near = nearest(base, np.ones(len(base), np.bool_), Asked(base, np.arange(len(base))), NEIGHBOURS)
    folder = folder_of(size)
    folder.mkdir(parents=True, exist_ok=True)
    matrix = np.lib.format.open_memmap(folder / "matrix.npy", "w+", np.float32, (size, DIM))
    for begin in range(0, size, 1 << 15):
        matrix[begin : begin + (1 << 15)] = _between(base, near, turn, min(1 << 15, size - begin), chance)
    matrix.flush()
    np.save(folder / "bucket.npy", chance.random(size, np.float32))
    np.save(folder / "items.npy", _between(base, near, turn, QUESTIONS, chance))
    np.save(folder / "words.npy", words @ turn)
    return {"rows": size, "bytes": matrix.nbytes}


def _between(base: Floats, near: Ints, turn: Floats, n: int, chance: np.random.Generator) -> Floats:
    """Vectors between a product and one of its neighbours, with noise, in the turned space. Shapes: (n, dim)."""
    first = chance.integers(0, len(base), n)
    second = near[first, chance.integers(0, near.shape[1], n)]
    share = chance.uniform(0.5, 1, (n, 1)).astype(np.float32)
    made = (share * base[first] + (1 - share) * base[second]) @ turn
    made += NOISE / np.sqrt(DIM) * chance.standard_normal(made.shape, np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def questions(size: int) -> tuple[dict[str, Asked], dict[str, Asked]]:
    """Those that choose efforts, and those that are judged."""
    halves = {}
    for kind in ("items", "words"):
        vectors = np.load(folder_of(size, f"{kind}.npy"))
        halves[kind] = Asked(vectors, np.full(len(vectors), -1)).halves()
    return {kind: half[0] for kind, half in halves.items()}, {kind: half[1] for kind, half in halves.items()}


def build_ours(size: int) -> Mapping[str, object]:
    """Build and tune ours, as ``fit`` does."""
    matrix, present = np.load(folder_of(size, "matrix.npy"), mmap_mode="r"), np.ones(size, np.bool_)
    begun = time.perf_counter()
    made = Approximate.make(matrix, present)
    built = time.perf_counter()
    efforts = tune(made, matrix, present, questions(size)[0], IndexConfig().recall)
    folder = folder_of(size, "ours")
    folder.mkdir(exist_ok=True)
    save_file(made.tensors(), folder / "tensors")
    told = efforts.settings()
    return {"built": round(built - begun, 1), "tuned": round(time.perf_counter() - built, 1), "efforts": told}


def build_peer(name: str, size: int) -> Mapping[str, object]:
    """Build and store somebody else's."""
    folder = folder_of(size, name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    begun = time.perf_counter()
    matrix, bucket = (np.load(folder_of(size, f"{what}.npy"), mmap_mode="r") for what in ("matrix", "bucket"))
    PEERS[name]().build(matrix, np.array(bucket), folder)
    stored = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {"built": round(time.perf_counter() - begun, 1), "stored_mb": round(stored / 1e6)}


def race(size: int, peers: tuple[str, ...], efforts: Mapping[str, object]) -> Mapping[str, object]:
    """Ask all, in turns: without a filter, then under each."""
    matrix, present = np.load(folder_of(size, "matrix.npy")), np.ones(size, np.bool_)
    choosing, judging = questions(size)
    made = Approximate.restore(load_file(folder_of(size, "ours") / "tensors"))
    ours, exact = PlannedIndex(matrix, present, made, Efforts.restore(efforts)), ExactIndex(matrix, share=True)
    asks: dict[str, Ask] = {
        "ours": lambda vector, kept: ours.search(vector, K, None if kept is None else kept.mask)[0],
        "exact": lambda vector, kept: exact.search(vector, K, None if kept is None else kept.mask)[0],
    }
    chosen: dict[str, object] = {"ours": "planned", "exact": "-"}
    true = {kind: nearest(matrix, present, each, K) for kind, each in choosing.items()}
    for name in peers:
        peer = PEERS[name]()
        peer.open(folder_of(size, name))
        chosen[name], asks[name] = _tuned(peer, choosing, true)
    found = judged(asks, judging, {kind: nearest(matrix, present, each, K) for kind, each in judging.items()}, None)
    bucket = np.load(folder_of(size, "bucket.npy"))
    filtered = []
    for share in SHARES:
        kept = Filter(share, bucket < share)
        true = {kind: nearest(matrix, kept.mask, each, K) for kind, each in judging.items()}
        method = ours.plan(int(kept.mask.sum()), K).method
        filtered += [{"kept": share, **row, "way": method if row["method"] == "ours" else ""}
                     for row in judged(asks, judging, true, kept)]  # fmt: skip
    return {"open": [{**row, "effort": chosen[row["method"]]} for row in found], "filtered": filtered}


def _tuned(peer: Peer, choosing: Mapping[str, Asked], true: Mapping[str, Ints]) -> tuple[int, Ask]:
    """The least effort of its ladder that reaches the aim, or its most."""
    for effort in peer.ladder:
        if min(_recalls(lambda v, _, n=effort: peer.search(v, n, None), choosing, true, None).values()) >= AIM:  # type: ignore[misc]
            break
    return effort, lambda vector, kept: peer.search(vector, effort, kept)


def _recalls(ask: Ask, asked: Mapping[str, Asked], true: Mapping[str, Ints], kept: Filter | None) -> dict[str, float]:
    """Mean recall@10 of each kind."""
    return {
        kind: float(np.mean([np.isin(true[kind][at], ask(v, kept)).mean() for at, v in enumerate(each.vectors)]))
        for kind, each in asked.items()
    }


def judged(
    asks: Mapping[str, Ask], judging: Mapping[str, Asked], true: Mapping[str, Ints], kept: Filter | None
) -> list[dict[str, object]]:
    """Recall of each kind, and the median time of the best of the rounds, which alternate."""
    kinds = np.repeat(list(judging), [len(each) for each in judging.values()])
    vectors, answers = np.concatenate([each.vectors for each in judging.values()]), np.concatenate(list(true.values()))
    found = {name: np.empty((2, len(vectors))) for name in asks}  # (share found, milliseconds) of every question
    parts = np.array_split(generator(0, "rounds").permutation(len(vectors)), ROUNDS)
    for part in parts:
        for name, ask in asks.items():
            for at in part:
                begun = time.perf_counter()
                nearby = ask(vectors[at], kept)
                spent = 1000 * (time.perf_counter() - begun)
                found[name][:, at] = np.isin(answers[at], nearby).mean(), spent
    p50 = {name: min(float(np.median(told[1, part])) for part in parts) for name, told in found.items()}
    recalls = {name: {kind: float(told[0, kinds == kind].mean()) for kind in judging} for name, told in found.items()}
    as_good = [name for name in asks if name not in ("ours", "exact") and min(recalls[name].values()) >= AIM - SLACK]
    best = min((p50[name] for name in as_good), default=np.nan)
    return [
        {
            "method": name,
            **{f"recall {kind}": round(value, 4) for kind, value in recalls[name].items()},
            "p50 ms": round(p50[name], 3),
            "of the best peer": round(p50[name] / best, 2) if as_good else None,
        }
        for name in asks
    ]


def reason(name: str) -> str:
    """Why a peer cannot run here; "" when it can."""
    try:
        importlib.import_module(name.split()[0])
    except ImportError as error:
        return f"missing: {error}; pip install tastemaker[bench]"
    return ""


def main() -> None:
    """Build what is not built, race, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=list(PEERS))
    parser.add_argument("--again", action="store_true", help="build and measure anew")
    args = parser.parse_args()
    size = args.rows
    if args.again:
        shutil.rmtree(folder_of(size), ignore_errors=True)
        for path in (BUILD / "index").glob(f"*-{size}.json"):
            path.unlink()
    rows.run(f"world {size}", make_world, size)
    ours = rows.run(f"ours {size}", build_ours, size)
    absent = {
        name: why for name in PEERS if (why := reason(name) or "missing: not asked for" * (name not in args.peers))
    }
    built = [rows.run(f"{name} {size}", build_peer, name, size) for name in PEERS if name not in absent]
    found = rows.run(f"race {size}", race, size, tuple(name for name in PEERS if name not in absent), ours["efforts"])
    tables = {"built": [ours, *built], "open": found["open"], "filtered": found["filtered"]}
    for title, table in tables.items():
        show(f"{size:,} x {DIM}, {title}", _flat(table))
    for name, why in absent.items():
        print(f"{name}: {why}")
    rows.keep(f"index-{size}", {"rows": size, **tables}, [f"{name}: {why}" for name, why in absent.items()])


def _flat(table: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    return [{name: value for name, value in row.items() if not isinstance(value, Mapping)} for row in table]


if __name__ == "__main__":
    main()
