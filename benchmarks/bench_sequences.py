"""Beauty and Toys: what comes next, leave-one-out over whole catalogs, in the order of the file.

    python benchmarks/bench_sequences.py                              # all rows of both; those measured before are kept
    python benchmarks/bench_sequences.py --data beauty --rows ease,sasrec --seed 1
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
from collections.abc import Mapping

import numpy as np

import rows
from common import BUILD, Lines, data, show
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import Interactions
from tastemaker.catalog.items import Item
from tastemaker.core.config import Config
from tastemaker.core.registry import find, names
from tastemaker.core.types import ItemId, UserId
from tastemaker.evaluation.cases import Case
from tastemaker.evaluation.judge import Judge
from tastemaker.evaluation.ledger import Ledger
from tastemaker.evaluation.protocols import Protocol
from tastemaker.evaluation.rankers import Ranker, from_recommender
from tastemaker.evaluation.significance import paired
from tastemaker.recommenders.base import Recommender
from tastemaker.recommenders.sasrec import SasRec

KS = (5, 10)
SETS = {"beauty": "Beauty", "toys": "Toys_and_Games"}
TRAINED: Mapping[str, object] = {
    "dim": 64, "layers": 2, "heads": 2, "dropout": 0.4, "epochs": 30, "batch_size": 256, "learning_rate": 0.002,
    "max_minutes": 600.0,
}  # fmt: skip
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
}  # fmt: skip
CHECKPOINTED = ("sasrec", "sasrec-content", "semantic-ids")
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
METRICS = ("recall@5", "ndcg@5", "recall@10", "ndcg@10")


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
    return Protocol.given(name, Catalog(items, interactions=events["train"]), **events, ledger=openings)


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
    model = unfitted(name, method, settings, seed).fit(given.train, None, Lines(60), given.validation)
    ranker = from_recommender(model, given.train.alive, seed=seed)
    check = on_validation(given, ranker)
    frozen = {"method": method, **model.settled.model_dump(mode="json")}
    truth = given.open(frozen)
    judge = Judge(truth, given.train, ks=KS, seed=seed)
    judge.add("it", ranker)
    report = judge.report()
    figures = {row.metric: [round(row.value, 5), round(row.low, 5), round(row.high, 5)] for row in report.rows}
    cases = {metric: np.round(report.per_case["it", metric], 5).tolist() for metric in METRICS[2:]}
    row: dict[str, object] = {"settled": frozen, "validation": check, "figures": figures, "cases": cases}
    row["openings"] = truth.protocol["openings"]  # of this copy of the test part so far
    if isinstance(model, SasRec):
        row |= {"epochs": model.outcome.epochs, "training_seconds": round(model.outcome.seconds, 1)}
    return row


def unfitted(name: str, method: str, settings: Mapping[str, object], seed: int) -> Recommender[Config]:
    """A method with its settings, and a checkpoint where it takes one."""
    made = find("recommender", method)
    if not issubclass(made, Recommender):
        raise TypeError(method)
    seeded = {"seed": seed} if "seed" in made.config_class.model_fields else {}
    config = made.config_class.read({**settings, **seeded})
    if method not in CHECKPOINTED:
        return made(config)
    path = BUILD / "sequences" / f"{name}-{method}-{seed}.checkpoint"
    path.parent.mkdir(parents=True, exist_ok=True)
    return made(config, checkpoint=path)  # type: ignore[call-arg]


def on_validation(given: Protocol, ranker: Ranker, k: int = 10) -> float:
    """Recall@10 on the whole validation part."""
    asked = given.validation
    if asked is None:
        return float("nan")
    found = 0
    for low in range(0, len(asked), 512):
        pairs = zip(asked.histories[low : low + 512], asked.hidden[low : low + 512], strict=True)
        cases = [Case(str(at), hidden, history.seen, None, history) for at, (history, hidden) in enumerate(pairs)]
        found += sum(
            int(np.isin(case.positives, best).sum()) for case, best in zip(cases, ranker(cases, k), strict=True)
        )
    return round(found / len(asked), 5)


def line(name: str, row: rows.Row) -> dict[str, object]:
    """A row as it is printed."""
    figures = row["figures"]
    assert isinstance(figures, dict)
    short = {f"{metric[0].upper()}@{metric.partition('@')[2]}": figures[metric][0] for metric in METRICS}
    _, low, high = figures["recall@10"]
    return {
        "method": name, "val R@10": row["validation"], **short, "R@10 95 %": f"{low:.4f}-{high:.4f}",
        "training s": row.get("training_seconds", ""), "s": row["seconds"], "MB": row["peak_mb"],
    }  # fmt: skip


def against(table: Mapping[str, rows.Row], mark: str) -> list[dict[str, object]]:
    """Every row less the mark, person by person, with its 95 % interval."""
    found = []
    for name, row in table.items():
        for metric in METRICS[2:] if name != mark else ():
            first, second = (np.array(r["cases"][metric]) for r in (row, table[mark]))  # type: ignore[index]
            gap = paired(first, second)
            found.append({
                "row": name, "metric": metric, "less": mark, "gap": round(gap.value, 5),
                "95 %": f"{gap.low:+.4f} to {gap.high:+.4f}",
            })  # fmt: skip
    return found


def table_of(name: str, wanted: list[str], seed: int, *, kept: bool) -> dict[str, rows.Row]:
    """Measure what is missing of a data set; with ``kept``, leave it out."""
    known = set(names("recommender"))
    table = {}
    for row in wanted:
        method, settings = ROWS[row]
        if kept and not rows.kept_at(f"{name} {row} {seed}").exists():
            print(f"{name} {row}: not measured yet")
        elif method in known:
            table[row] = rows.run(f"{name} {row} {seed}", measure, name, method, dict(settings), seed)
        else:
            print(f"{row}: there is no such method here, the row is left out")
    return table


def main() -> None:
    """Measure what is missing, print the tables, keep them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=",".join(SETS))
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kept", action="store_true", help="show what was measured before, measure nothing")
    args = parser.parse_args()
    result: dict[str, object] = {"seed": args.seed, "order": "of the file: ties leak"}
    missing = [name for name in SETS if name not in args.data.split(",")]
    for name in args.data.split(","):
        table = table_of(name, [row for row in ROWS if row in args.rows.split(",")], args.seed, kept=args.kept)
        missing += [f"{name} {row}" for row in ROWS if row not in (args.rows.split(",") if args.kept else table)]
        mark = "sasrec" if "sasrec" in table else next(iter(table))
        gaps = against(table, mark)
        published = [dict(zip(("row", "R@5", "N@5", "R@10", "N@10"), (row, *figures), strict=True))
                     for row, figures in PUBLISHED[name].items()]  # fmt: skip
        show(f"{name}, test part; file order, which leaks ties", [line(*row) for row in table.items()])
        show("Published, as quoted", published)
        show(f"Against {mark}, person by person", gaps)
        keep = {row: {k: v for k, v in found.items() if k != "cases"} for row, found in table.items()}
        result[name] = {"rows": keep, "against": gaps, "published": published}
    rows.keep("sequences", result, missing, args.seed)


if __name__ == "__main__":
    main()
