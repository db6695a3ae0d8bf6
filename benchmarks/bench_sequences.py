"""Beauty and Toys: what comes next, leave-one-out over whole catalogs, in the order of the file.

    python benchmarks/bench_sequences.py                              # all rows of both; those measured before are kept
    python benchmarks/bench_sequences.py --data beauty --rows "ease|sasrec" --seed 1
    python benchmarks/bench_sequences.py --kept                       # what was measured so far, nothing new

Everybody's last item is the test part, the one before it the validation part (known when the test part asks), the rest
is learned. Every item is ranked but those the person had, as published rankings of whole catalogs on these files do;
nobody has an item twice here, so the item that is sought is always among them. The files carry no times, and inside a
day they are sorted by item: a model that reads order learns some of that, and figures on this order are flattered
against ties that are shuffled (about .006 R@10 on Beauty). Every method is measured on the same order.

The end of training and the settings that a method leaves open (those of counting) are chosen on the validation part.
What is trained has the sizes and rates of ``TRAINED``, fixed by hand after one look at a validation curve of Beauty,
and taken over for Toys and for every other row; nothing else was tried. A training writes a checkpoint under ``build/``
and goes on from it. Budget: an hour and a half on one quiet core for everything, a quarter of an hour for a SASRec.
"""

import argparse
import json
import time
from collections.abc import Mapping, Sequence

import numpy as np

from common import BUILD, Lines, data, show
from given import Measured, judged, on_validation, options, unfitted, wanted
from rows import keep, kept_at
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import Interactions
from tastemaker.catalog.items import Item
from tastemaker.core.types import Floats, Ints, ItemId, UserId
from tastemaker.evaluation.cases import Case
from tastemaker.evaluation.ledger import Ledger
from tastemaker.evaluation.protocols import Protocol
from tastemaker.evaluation.rankers import from_recommender, from_scores
from tastemaker.recommenders.sequential import Sequential

KS = (5, 10)
EVERYBODY = 1_000_000
SETS = {"beauty": "Beauty", "toys": "Toys_and_Games"}
TRAINED: Mapping[str, object] = {
    "dim": 64, "layers": 2, "heads": 2, "dropout": 0.4, "epochs": 30, "batch_size": 256, "learning_rate": 0.002,
    "max_minutes": 600.0,
}  # fmt: skip
CORNAC = "cornac"
ROWS: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "popularity": ("popularity", {}),
    "item-knn": ("item-knn", {}),
    "rp3beta": ("rp3beta", {}),
    "ease": ("ease", {"max_items": 13_000}),
    "transitions": ("transitions", {}),
    "sasrec": ("sasrec", TRAINED),
    "sasrec-content": ("sasrec-content", TRAINED),
    "semantic-ids": ("semantic-ids", {**TRAINED, "epochs": 20}),
    "semantic-ids code by code": (
        "semantic-ids", {**TRAINED, "epochs": 20, "decoder": "autoregressive", "streams": ("events",)},
    ),
    "cornac SASRec": (CORNAC, {"n_epochs": 10}),  # else its defaults: dim 100, softmax over 2,048 sampled items
}  # fmt: skip
PUBLISHED = {
    "beauty": {
        "TIGER, paper": (0.0454, 0.0321, 0.0648, 0.0384),
        "TIGER, run again by others": (0.0414, 0.0270, 0.0651, 0.0346),
        "SASRec, as tuned in Cornac": (0.0508, 0.0348, 0.0740, 0.0423),
        "SASRec, full softmax, ties shuffled": (0.0601, 0.0420, 0.0859, 0.0503),
    },
    "toys": {
        "TIGER, paper": (0.0521, 0.0371, 0.0712, 0.0432), "SASRec": (0.0483, 0.0304, 0.0700, 0.0374),
    },
}  # fmt: skip
METRICS = ("recall@10", "ndcg@10", "recall@5", "ndcg@5")
COMPARED = METRICS[:2]
SEEDED, WINNER, RUNNER_UP = "beauty", "sasrec-content", "sasrec"
"""What runs with three seeds."""


def protocol(name: str) -> Protocol:
    """A data set, its test part under seal."""
    with data("sequences", f"{SETS[name]}.txt").open(encoding="utf-8") as stream:
        people = {line.split()[0]: [int(item) - 1 for item in line.split()[1:]] for line in stream if line.strip()}
    labels = json.loads(data("sequences", f"{SETS[name]}_item2attributes.json").read_text(encoding="utf-8"))
    size = 1 + max(max(items) for items in people.values())
    said = [tuple(str(label) for label in labels.get(str(row + 1), ())) for row in range(size)]
    items = [Item(ItemId(str(row + 1)), attributes={"labels": s} if s else {}) for row, s in enumerate(said)]
    parts = {"train": slice(None, -2), "validation": slice(-2, -1), "test": slice(-1, None)}
    events = {part: events_of(people, cut, size) for part, cut in parts.items()}
    openings = Ledger(BUILD / f"{name}-openings.json")
    return Protocol.given(
        name, Catalog(items, interactions=events["train"]), train=events["train"], validation=events["validation"],
        test=events["test"], ledger=openings,
    )  # fmt: skip


def events_of(people: Mapping[str, list[int]], part: slice, size: int) -> Interactions:
    """One part of everybody's items, in the order of the file."""
    cut = [items[part] for items in people.values()]
    user = np.repeat(np.arange(len(cut)), [len(items) for items in cut])
    row = np.concatenate([np.array(items, np.int64) for items in cut])
    ids = tuple(UserId(person) for person in people)
    return Interactions(ids, size, user, row, np.ones(len(row), np.float32), np.full(len(row), np.nan))


def measure(name: str, method: str, settings: Mapping[str, object], seed: int) -> dict[str, object]:
    """Fit on train, choose on validation, then open the test part."""
    given = protocol(name)
    checkpoint = BUILD / "sequences" / f"{name}-{method}-{seed}.checkpoint"
    model = unfitted(method, settings, seed, checkpoint).fit(given.train, None, Lines(60), given.validation)
    ranker = from_recommender(model, given.train.alive, seed=seed)
    frozen = {"method": method, **model.settled.model_dump(mode="json")}
    row: dict[str, object] = {
        "settled": frozen,
        "validation": on_validation(given, ranker, 10, len(given.train.ids) ** 2),
    }
    if isinstance(model, Sequential):
        row |= {"epochs": model.outcome.epochs, "training_seconds": round(model.outcome.seconds, 1)}
    return row | judged(given, ranker, frozen, seed, ks=KS, kept=COMPARED)


def theirs(name: str, settings: Mapping[str, object], seed: int) -> dict[str, object]:
    """SASRec of cornac on the same parts, asked with the same histories, judged by the same metrics."""
    from cornac.data import SequentialDataset
    from cornac.models import SASRec

    given = protocol(name)
    events = given.train.interactions
    moments = zip(events.user.tolist(), events.user.tolist(), events.row.tolist(), range(len(events)), strict=True)
    dataset = SequentialDataset.from_usit(list(moments), seed=seed)
    place = np.full(given.train.size, -1, np.int64)
    place[list(dataset.iid_map)] = list(dataset.iid_map.values())
    begun = time.perf_counter()
    model = SASRec(seed=seed, **settings).fit(dataset)
    seconds = time.perf_counter() - begun

    def score(cases: Sequence[Case], rows: Ints) -> Floats:
        known = place[rows] >= 0
        scores = np.full((len(cases), len(rows)), -np.inf, np.float32)
        for line, case in enumerate(cases):
            told = place[case.history.rows] if case.history is not None else place[:0]
            scores[line, known] = model.score(0, told[told >= 0].tolist())[place[rows[known]]]
        return scores

    ranker = from_scores(score, given.train.alive, seed=seed)
    frozen = {"method": "cornac SASRec", **settings}
    row: dict[str, object] = {"settled": frozen, "validation": on_validation(given, ranker, 10, 2_000)}
    row |= {"epochs": settings["n_epochs"], "training_seconds": round(seconds, 1)}
    return row | judged(given, ranker, frozen, seed, ks=KS, kept=COMPARED)


def table_of(name: str, names: list[str], seed: int) -> dict[str, Measured]:
    """Rows of a data set, measured now or before."""
    found = {}
    for row in names:
        method, settings = ROWS[row]
        key = f"{name} {row} {seed}"
        if method == CORNAC:
            found[row] = Measured.run(key, theirs, name, dict(settings), seed)
        else:
            found[row] = Measured.run(key, measure, name, method, dict(settings), seed)
    return found


def line(name: str, of: Measured) -> dict[str, object]:
    """A row as it is printed."""
    return of.line(name, METRICS, **{"training s": of.row.get("training_seconds", "")})


def against(table: Mapping[str, Measured], mark: str) -> list[dict[str, object]]:
    """Every row less the mark, person by person, with its 95 % interval."""
    gaps = {(name, metric): of.less(table[mark], metric) for name, of in table.items() for metric in COMPARED}
    return [
        {"row": name, "metric": metric, "less": mark, "gap": gap, "95 %": f"{low:+.4f} to {high:+.4f}"}
        for (name, metric), (gap, low, high, _) in gaps.items()
        if name != mark
    ]


def several(name: str, asked: argparse.Namespace) -> dict[str, object]:
    """The winner and the runner-up with three seeds, and their difference by means over the seeds."""
    seeds = [seed for seed in range(3) if not asked.kept or kept_at(f"{name} {WINNER} {seed}").exists()]
    found = {row: [table_of(name, [row], seed)[row] for seed in seeds] for row in (WINNER, RUNNER_UP)}
    figures = {row: [[of.value(metric) for metric in COMPARED] for of in each] for row, each in found.items()}
    gap = {metric: Measured.gap(found[WINNER], found[RUNNER_UP], metric) for metric in COMPARED}
    show(f"{name}, R@10 and N@10 by seed", [{"row": row, "by seed": each} for row, each in figures.items()])
    show(f"{WINNER} less {RUNNER_UP}, means over the seeds", [{"metric": m, "gap": g} for m, g in gap.items()])
    return {"by seed": figures, "gap": gap}


def main() -> None:
    """Measure what is missing, print the tables, keep them."""
    parser = options(__doc__, ROWS)
    parser.add_argument("--data", default=",".join(SETS))
    args = parser.parse_args()
    result: dict[str, object] = {"seed": args.seed, "order": "of the file: ties leak"}
    missing = [name for name in SETS if name not in args.data.split(",")]
    for name in args.data.split(","):
        asked = args.rows.split("|")
        table = table_of(name, wanted(ROWS, args, f"{name} "), args.seed)
        missing += [f"{name} {row}" for row in ROWS if row not in (asked if args.kept else table)]
        mark = "sasrec" if "sasrec" in table else next(iter(table))
        gaps = against(table, mark)
        published = [dict(zip(("row", "R@5", "N@5", "R@10", "N@10"), (row, *figures), strict=True))
                     for row, figures in PUBLISHED[name].items()]  # fmt: skip
        show(f"{name}, test part; file order, which leaks ties", [line(row, of) for row, of in table.items()])
        show("Published, as quoted", published)
        show(f"Against {mark}, person by person", gaps)
        kept = {row: of.kept for row, of in table.items()}
        result[name] = {"rows": kept, "against": gaps, "published": published}
        if name == SEEDED and {WINNER, RUNNER_UP} <= set(table):
            result["seeds"] = several(name, args)
    keep("sequences", result, missing, args.seed)


if __name__ == "__main__":
    main()
