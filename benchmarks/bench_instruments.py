"""Instruments: two streams of semantic ids (text and picture), beside a SASRec that knows items by number alone.

    python benchmarks/bench_instruments.py                    # all rows; finished ones are kept and reused
    python benchmarks/bench_instruments.py --rows "sasrec;items-both" --seed 1

Leave-one-out in the order of the file (the data carries no times): the last item of a person tests, the one before it
validates, all others train. Everything is ranked but what the person had; nobody has an item twice, so the protocol of
the published figures, which ranks also what the person had, has the same answers. The epoch, the weights of
the blends and the settings that a method chooses by itself (those of the counting methods) are chosen on the validation
part. Sizes, rates and dropouts of what is trained are fixed by hand, in the tables below: the three sets
stand side by side, and since a row shows its test figures, those of one set were in sight when the next was written
down. The second table hides every event of a random tenth of the items; they come back by ``refresh``,
without training, and who turned to them must be foretold. Draw 100 is the result; draws 0 to 3 (``--draw 0``) were for
development.

The parts are cut here and not by ``Protocol.given``: the rows of blends restore what other rows stored and ask it
again, and the new items enter by ``refresh``. No training is given the test part, and its openings are recorded.

Budget: about 25 processor minutes for one seed of all rows, one core.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from itertools import product

import numpy as np
from safetensors.numpy import load_file, save_file

import rows
from common import BUILD, Lines, data, show, store
from given import unfitted
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History, Interactions
from tastemaker.catalog.items import Item
from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Floats, Ints, ItemId, UserId
from tastemaker.evaluation.cases import Case
from tastemaker.evaluation.ledger import Ledger, configuration_hash
from tastemaker.evaluation.metrics import hits, ndcg, recall
from tastemaker.evaluation.rankers import from_scores
from tastemaker.evaluation.significance import intervals, paired
from tastemaker.recommenders.validation import Validation

KS = (5, 10, 20)
BATCH = 256
STREAMS = {"text": ("text_ids",), "image": ("image_ids",), "both": ("text_ids", "image_ids")}
SIZE: Mapping[str, object] = {"dim": 128, "layers": 2, "heads": 2, "dropout": 0.3, "batch_size": 128, "epochs": 10}
SMALL: Mapping[str, object] = {"dim": 64, "batch_size": 256, "learning_rate": 0.002, "epochs": 8}
FAST: Mapping[str, object] = {"dropout": 0.3, "batch_size": 256, "learning_rate": 0.002, "epochs": 8}
WINNER, SEEDS = "items-both-fast", 3
TRAINED = ("sasrec", "semantic-ids")
PUBLISHED = "N@10: TIGER .0950, MQL4GRec .0997, MACRec .1046"
GRID = (0.0, 0.5, 1.0, 2.0)
DRAW = 100  # of the items that are new; 0 to 3 were for development


def ids(decoder: str, streams: str, **more: object) -> tuple[str, dict[str, object]]:
    """A row of semantic ids: the method's name and its settings."""
    given = STREAMS[streams]
    settings = {**SIZE, "dropout": 0.4, "decoder": decoder, "streams": given, "given": given, **more}
    return "semantic-ids", settings


METHODS: Mapping[str, tuple[str, dict[str, object]]] = {
    "popularity": ("popularity", {}),
    "item-knn": ("item-knn", {}),
    "content-knn": ("content", {"dim": 256}),
    "rp3beta": ("rp3beta", {}),
    "ease": ("ease", {}),
    "sasrec": ("sasrec", dict(SIZE)),
    "items-both": ids("items", "both"),
    "sasrec-fast": ("sasrec", {**SIZE, **FAST}),
    "items-both-fast": ids("items", "both", **FAST),
    "sasrec-64": ("sasrec", {**SIZE, **SMALL}),
    "items-both-64": ids("items", "both", **SMALL),
    "items-text-64": ids("items", "text", **SMALL),
    "items-image-64": ids("items", "image", **SMALL),
    "parallel-both-64": ids("parallel", "both", **SMALL),
    "parallel-text-64": ids("parallel", "text", **SMALL),
    "parallel-image-64": ids("parallel", "image", **SMALL),
    "autoregressive-both-64": ids("autoregressive", "both", **SMALL),
}
MIXTURES: Mapping[str, tuple[tuple[str, ...], tuple[int, ...]]] = {
    "blend": (("sasrec", "items-both", "parallel-both-64"), (0, 0, 0)),
    "blend of two": (("sasrec", "items-both-fast"), (0, 0)),
    "blend of two sasrec": (("sasrec", "sasrec-fast"), (0, 0)),
    "sasrec and item-knn": (("sasrec", "item-knn"), (0, 0)),
    "items-both-fast and item-knn": (("items-both-fast", "item-knn"), (0, 0)),
    "sasrec and ease": (("sasrec", "ease"), (0, 0)),
    "items-both-fast and ease": (("items-both-fast", "ease"), (0, 0)),
}
COLD_METHODS: Mapping[str, tuple[str, dict[str, object]]] = {
    "random": ("random", {}),
    "content-knn": ("content", {"dim": 256}),
    "content-to-factors": ("content-to-factors", {}),
    "items-both-64": ids("items", "both", **SMALL),
    "items-both-64, ids alone": ids("items", "both", **SMALL, own=False),
    "parallel-both-64": ids("parallel", "both", **SMALL),
}


@cache
def sequences() -> list[list[int]]:
    """Everybody's items, oldest first."""
    raw = json.loads(data("instruments_mm", "inter.json").read_text(encoding="utf-8"))
    return [raw[key] for key in sorted(raw, key=int)]


@cache
def codes(name: str) -> Ints:
    """Codes of all items. Shapes: (items, 4)."""
    raw = json.loads(data("instruments_mm", f"index_{name}.json").read_text(encoding="utf-8"))
    return np.array([[int(token[3:-1]) for token in raw[str(row)]] for row in range(len(raw))], np.int64)


def catalog_of(histories: Sequence[Sequence[int]]) -> Catalog:
    """Items whose codes are features (for semantic ids) and labels, each beginning of an id one (for content-kNN)."""
    streams = {"text_ids": codes("lemb"), "image_ids": codes("vitemb")}
    items = [
        Item(ItemId(str(row)), attributes={
            f"{name} {end}": "-".join(map(str, table[row, :end]))
            for name, table in streams.items() for end in (1, 2, 3)
        })
        for row in range(len(codes("lemb")))
    ]  # fmt: skip
    user = np.repeat(np.arange(len(histories)), [len(line) for line in histories])
    row = np.concatenate([np.array(line, np.int64) for line in histories])
    people = tuple(UserId(str(person)) for person in range(len(histories)))
    one, never = np.ones(len(row), np.float32), np.full(len(row), np.nan)
    events = Interactions(people, len(items), user, row, one, never)
    return Catalog(items, interactions=events, features={n: t.astype(np.float32) for n, t in streams.items()})


def validation_of(histories: Sequence[Sequence[int]], hidden: Sequence[Sequence[int]]) -> Validation:
    """Questions of those who have both."""
    asked = [(h, x) for h, x in zip(histories, hidden, strict=True) if len(h) and len(x)]
    return Validation(tuple(History.of(h) for h, _ in asked), tuple(np.unique(x) for _, x in asked))


def cases_of(
    histories: Sequence[Sequence[int]], hidden: Sequence[Sequence[int]], candidates: Ints | None = None
) -> list[Case]:
    """Questions for the judge."""
    return [
        Case(str(person), np.unique(x), np.unique(h), candidates, History.of(h))
        for person, (h, x) in enumerate(zip(histories, hidden, strict=True))
        if len(h) and len(x)
    ]


def known(cases: Sequence[Case]) -> list[History]:
    """What people had."""
    return [case.history or History.of([]) for case in cases]


def judged(
    score: Callable[[Sequence[History], Ints], Floats], cases: Sequence[Case], alive: Bools
) -> dict[str, object]:
    """Recall and NDCG, and both for each case."""
    ranker = from_scores(lambda part, rows: score(known(part), rows), alive)
    made = [ranking for low in range(0, len(cases), BATCH) for ranking in ranker(cases[low : low + BATCH], max(KS))]
    found = hits(made, [case.positives for case in cases], max(KS))
    sizes = np.array([len(case.positives) for case in cases])
    row: dict[str, object] = {}
    for k in KS:
        row[f"R@{k}"], row[f"N@{k}"] = recall(found, sizes, k).mean(), ndcg(found, sizes, k).mean()
    row["recalls"] = np.round(recall(found, sizes, 10), 5).tolist()
    row["ndcgs"] = np.round(ndcg(found, sizes, 10), 5).tolist()
    return row


def opened(table: str, frozen: Mapping[str, object]) -> int:
    """Write down that a test part is opened for these settings, and how often it was so far."""
    return len(Ledger(BUILD / "instruments-openings.json").record("instruments", table, configuration_hash(frozen)))


def fit_and_judge(name: str, method: str, settings: Mapping[str, object], seed: int) -> dict[str, object]:
    """One row of the first table."""
    people = sequences()
    catalog = catalog_of([line[:-2] for line in people])
    validation = validation_of([line[:-2] for line in people], [line[-2:-1] for line in people])
    kept = BUILD / "instruments" / f"{name}-{seed}"
    kept.parent.mkdir(parents=True, exist_ok=True)
    made = unfitted(method, settings, seed, kept.with_suffix(".checkpoint")).fit(catalog, None, Lines(60), validation)
    save_file(
        {key: np.ascontiguousarray(value) for key, value in made.tensors().items()}, kept.with_suffix(".safetensors")
    )
    check = judged(
        made.score, cases_of([line[:-2] for line in people], [line[-2:-1] for line in people]), catalog.alive
    )
    openings = opened("leave-one-out", {"method": method, **made.settled.model_dump(mode="json")})
    test = judged(made.score, cases_of([line[:-1] for line in people], [line[-1:] for line in people]), catalog.alive)
    return {"validation N@10": check["N@10"], "openings": openings, **test}


def blend_and_judge(
    names: Sequence[str], settings: Sequence[Mapping[str, object]], seeds: Sequence[int]
) -> dict[str, object]:
    """Log-probabilities of several methods that were fitted before, added; the weights are chosen on validation."""
    people = sequences()
    alive = np.ones(len(codes("lemb")), np.bool_)
    made = []
    for name, settings_, seed in zip(names, settings, seeds, strict=True):
        kept = BUILD / "instruments" / f"{name}-{seed}"
        method = unfitted(METHODS[name][0], settings_, seed, kept.with_suffix(".checkpoint"))
        made.append(method.restore(load_file(kept.with_suffix(".safetensors"))))

    def parts(histories: Sequence[History], candidates: Ints) -> Floats:
        logs = [_log_softmax if name in TRAINED else _log_share for name in (METHODS[name][0] for name in names)]
        return np.stack([log(m.score(histories, candidates)) for log, m in zip(logs, made, strict=True)])

    asked = cases_of([line[:-2] for line in people], [line[-2:-1] for line in people])
    drawn = [asked[i] for i in np.sort(generator(0, "blend").permutation(len(asked))[:4000])]
    weights = [(1.0, *rest) for rest in product(GRID, repeat=len(made) - 1)]
    gains = np.zeros(len(weights))
    for low in range(0, len(drawn), BATCH):
        part = drawn[low : low + BATCH]
        scores = parts(known(part), np.arange(len(alive)))
        for place, weight in enumerate(weights):
            mixed = np.tensordot(np.array(weight, np.float32), scores, 1)
            gains[place] += number(judged(partial(columns, mixed), part, alive), "N@10") * len(part)
    best, top = weights[int(gains.argmax())], float(gains.max() / len(drawn))

    def score(histories: Sequence[History], candidates: Ints) -> Floats:
        return np.asarray(np.tensordot(np.array(best, np.float32), parts(histories, candidates), 1), np.float32)

    openings = opened("leave-one-out", {"blend": names, "settings": settings, "seeds": seeds, "weights": best})
    test = judged(score, cases_of([line[:-1] for line in people], [line[-1:] for line in people]), alive)
    return {"validation N@10": top, "weights": list(best), "openings": openings, **test}


def columns(scores: Floats, histories: Sequence[History], rows: Ints) -> Floats:
    """Scores that were made before."""
    del histories
    return scores[:, rows]


def _log_softmax(scores: Floats) -> Floats:
    low = np.where(np.isfinite(scores), scores, -1e4)
    low = low - low.max(axis=1, keepdims=True)
    return np.asarray(low - np.log(np.exp(low).sum(axis=1, keepdims=True)), np.float32)


def _log_share(scores: Floats) -> Floats:
    """For scores that are no logarithms: their share of all that is positive."""
    high = np.where(np.isfinite(scores), np.maximum(scores, 0.0), 0.0)
    return np.asarray(np.log(high / np.maximum(high.sum(axis=1, keepdims=True), 1e-9) + 1e-5), np.float32)


def cold_and_judge(
    name: str, method: str, settings: Mapping[str, object], seed: int, draw: int = 0
) -> dict[str, object]:
    """One row of the second table: fitted without the hidden items, which are then added."""
    n = len(codes("lemb"))
    cold = np.zeros(n, np.bool_)
    cold[generator(draw, "cold items").permutation(n)[: n // 10]] = True
    warm = [[row for row in line if not cold[row]] for line in sequences()]
    hidden = [[row for row in line if cold[row]] for line in sequences()]
    whole = catalog_of([line[:-1] for line in warm])
    kept = BUILD / "instruments" / f"cold-{name}-{seed}-draw-{draw}.checkpoint"
    validation = validation_of([line[:-1] for line in warm], [line[-1:] for line in warm])
    made = unfitted(method, settings, seed, kept).fit(whole.restricted(~cold), None, Lines(60), validation)
    made.refresh(whole, None)
    openings = opened(
        f"new items, draw {draw}" if draw else "new items", {"method": method, **made.settled.model_dump(mode="json")}
    )
    every = judged(made.score, cases_of(warm, hidden), whole.alive)
    alone = judged(made.score, cases_of(warm, hidden, np.flatnonzero(cold)), whole.alive)
    return {"among all": every, "among new": alone, "openings": openings}


def number(row: Mapping[str, object], name: str) -> float:
    """A figure of a row."""
    return float(str(row[name]))


def half(row: Mapping[str, object], where: str) -> Mapping[str, object]:
    """What a row of the second table says of one ranking."""
    found = row[where]
    if not isinstance(found, Mapping):
        raise TypeError(where)
    return found


def line(row: Mapping[str, object], seconds: object) -> dict[str, object]:
    """A row for the eye, with intervals."""
    values = np.array([row["ndcgs"], row["recalls"]]).T
    low, high = intervals(values)
    shown: dict[str, object] = {
        key: round(number(row, key), 4) for key in ("R@5", "N@5", "R@10", "N@10", "R@20", "N@20")
    }
    shown["N@10 95 %"] = f"{low[0]:.4f}-{high[0]:.4f}"
    shown["R@10 95 %"] = f"{low[1]:.4f}-{high[1]:.4f}"
    return shown | {"seconds": seconds}


def against(first: Mapping[str, object], second: Mapping[str, object], what: str = "ndcgs") -> dict[str, float]:
    """Paired bootstrap of two rows."""
    gap = paired(np.array(first[what]), np.array(second[what]))
    return {"difference": round(gap.value, 5), "low": round(gap.low, 5), "high": round(gap.high, 5)}


def first_table(wanted: Sequence[str], seeds: Sequence[int]) -> Mapping[str, object]:
    """Leave-one-out."""
    found: dict[str, dict[str, object]] = {}
    for seed in seeds:
        for name, (method, settings) in METHODS.items():
            if name in wanted or not wanted:
                found[f"{name} {seed}"] = rows.run(f"{name}-{seed}", fit_and_judge, name, method, settings, seed)
    for title, (names, of) in MIXTURES.items():
        if (title in wanted or not wanted) and all(f"{n} {s}" in found for n, s in zip(names, of, strict=True)):
            each = [METHODS[name][1] for name in names]
            found[f"{title} 0"] = rows.run(title, blend_and_judge, names, each, of)
    lines = {key: {"row": key, "val N@10": round(number(row, "validation N@10"), 4), **line(row, row["seconds"]),
                   "MB": row["peak_mb"]} for key, row in found.items()}  # fmt: skip
    for key, row in found.items():
        base = found.get("sasrec 0")
        if base and not key.startswith("sasrec"):
            gap = against(row, base)
            lines[key]["N@10 - sasrec"] = f"{gap['difference']:+.4f} ({gap['low']:+.4f} to {gap['high']:+.4f})"
    show(f"Leave-one-out, 17,112 people, 6,250 items ({PUBLISHED})", lines.values())
    return lines


def by_seed() -> dict[str, object]:
    """The winner less SASRec for every seed that both were measured with, and for the means over these seeds."""
    both = (WINNER, "sasrec")
    seeds = [seed for seed in range(SEEDS) if all(rows.kept_at(f"{name}-{seed}").exists() for name in both)]
    pairs = [[rows.run(f"{n}-{s}", fit_and_judge, n, *METHODS[n], s) for n in both] for s in seeds]
    if not pairs:
        return {}
    of_person = np.mean([[one["ndcgs"] for one in pair] for pair in pairs], axis=0)
    gaps = {str(seed): against(*pair) for seed, pair in zip(seeds, pairs, strict=True)}
    gaps["means"] = against({"ndcgs": of_person[0]}, {"ndcgs": of_person[1]})
    show(f"{WINNER} less sasrec, N@10", [{"seed": seed, **gap} for seed, gap in gaps.items()])
    return {"N@10": {str(s): [one["N@10"] for one in pair] for s, pair in zip(seeds, pairs, strict=True)}, "gaps": gaps}


def cold_row(name: str, draw: int) -> str:
    """What a row of the second table is kept as."""
    return f"cold-{name}, draw {draw}" if draw else f"cold-{name}"


def second_table(wanted: Sequence[str], draw: int) -> dict[str, object]:
    """New items."""
    lines: dict[str, object] = {}
    found: dict[str, dict[str, object]] = {}
    for name, (method, settings) in COLD_METHODS.items():
        if f"cold-{name}" in wanted or not wanted:
            which = (draw,) if draw else ()
            found[name] = rows.run(cold_row(name, draw), cold_and_judge, name, method, settings, 0, *which)
    for where in ("among all", "among new"):
        table = {
            name: {"row": name, **line(half(row, where), row["seconds"]), "MB": row["peak_mb"]}
            for name, row in found.items()
        }
        for name, row in found.items():
            if "content-knn" in found and name != "content-knn":
                gap = against(half(row, where), half(found["content-knn"], where), "recalls")
                table[name]["R@10 - content-knn"] = (
                    f"{gap['difference']:+.4f} ({gap['low']:+.4f} to {gap['high']:+.4f})"
                )
        show(f"New items, a tenth, ranked {where}, draw {draw}", table.values())
        lines[where] = table
    return lines


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, nargs="*", default=[0])
    parser.add_argument("--rows", default="", help="by semicolons; cold-NAME for the second table; all when empty")
    parser.add_argument("--draw", type=int, default=DRAW, help="which items are new in the second table")
    parser.add_argument("--kept", action="store_true", help="only rows that were measured before")
    arguments = parser.parse_args()
    wanted = [name for name in arguments.rows.split(";") if name]
    if arguments.kept:
        every = [(f"{name}-{seed}", name) for name in METHODS for seed in arguments.seed]
        every += [(cold_row(name, arguments.draw), f"cold-{name}") for name in COLD_METHODS] + [
            (name, name) for name in MIXTURES
        ]
        wanted = [name for row, name in every if rows.kept_at(row).exists()]
    first = first_table(wanted, arguments.seed)
    seeds = by_seed()
    second = second_table(wanted, arguments.draw)
    if arguments.draw == DRAW and (arguments.kept or not wanted):
        store("instruments", {"leave-one-out": first, "seeds": seeds, "new items": second, "draw": DRAW})


if __name__ == "__main__":
    main()
