"""Baby: interactions only, in the parts that its publishers cut. EASE is the mark; the best of ours must be above it.

    python benchmarks/bench_baby.py                      # all rows; those that were measured are kept
    python benchmarks/bench_baby.py --rows ease,rp3beta

Every method learns the training part. The epoch, the blend's weights and the settings that a method leaves open (those
of counting: penalties, exponents, dampings, how far back) are chosen on the validation part; the rest, such as sizes,
rates and losses of what is trained, is the method's default, written by hand, and the epochs in ``ROWS`` are the most
that the budget allows. The test part is opened once a row; ``openings`` counts. Nothing has a time. Methods with chance
in them and in the first two places run with three seeds. Budget: 20 minutes on one core.
"""

import argparse
from collections.abc import Mapping

import numpy as np

import rows
from common import Lines, show
from given import baby, judged, on_validation
from tastemaker.core.registry import find, names
from tastemaker.evaluation.rankers import from_recommender
from tastemaker.evaluation.significance import paired

BLEND = ("rp3beta", "ease", "bpr")
ROWS: dict[str, tuple[str, dict[str, object]]] = {
    "random": ("random", {}),
    "popularity": ("popularity", {}),
    "item-knn": ("item-knn", {}),
    "rp3beta": ("rp3beta", {}),
    "ease": ("ease", {}),
    "als": ("als", {}),
    "bpr": ("bpr", {}),
    "lightgcn": ("lightgcn", {"epochs": 8}),
    "lightgcn, the paper's loss": ("lightgcn", {"loss": "bpr", "epochs": 8}),
    "mult-vae": ("mult-vae", {"epochs": 12}),
    "graph-filter": ("graph-filter", {}),
    "hybrid": ("hybrid", {"methods": BLEND}),
}
SEEDED = ("hybrid",)  # rows of the first two places that chance has a part in
PUBLISHED = "BM3 .0883, FREEDOM .0992, LGMRec .1002 read pictures and text too, on a split of the same sizes"


def measure(method: str, settings: Mapping[str, object], seed: int) -> dict[str, object]:
    """Fit on train, choose on validation, then open the test part."""
    given = baby()
    made = find("recommender", method)
    seeded = {"seed": seed} if "seed" in made.config_class.model_fields else {}
    model = made(made.config_class.read({**settings, **seeded})).fit(given.train, None, Lines(), given.validation)
    ranker = from_recommender(model, given.train.alive, seed=seed)
    frozen = {"method": method, **model.settled.model_dump(mode="json")}
    return {"settled": frozen, "validation": on_validation(given, ranker)} | judged(given, ranker, frozen, seed)


def settled(seed: int) -> dict[str, object]:
    """What the hybrid's sources chose in their own rows, measured now if they were not: it need not choose again."""
    found = {name: rows.run(f"{name} {seed}", measure, *ROWS[name], seed) for name in BLEND}
    chosen = {name: dict(row["settled"]) for name, row in found.items()}  # type: ignore[call-overload]
    return {name: {k: v for k, v in values.items() if k not in ("method", "seed")} for name, values in chosen.items()}


def compare(table: Mapping[str, rows.Row], mark: str = "ease") -> dict[str, object]:
    """Every row against the mark, person by person."""
    found = {}
    for name, row in table.items():
        for metric in ("recall@20", "ndcg@20"):
            first, second = (np.array(r["cases"][metric]) for r in (row, table[mark]))  # type: ignore[index]
            gap = paired(first, second)
            found[f"{name} {metric}"] = [round(x, 5) for x in (gap.value, gap.low, gap.high)]
    return found


def line(name: str, row: rows.Row) -> dict[str, object]:
    """A row as it is printed."""
    figures = row["figures"]
    assert isinstance(figures, dict)
    (recall, low, high), (gain, *_) = figures["recall@20"], figures["ndcg@20"]
    return {
        "method": name, "R@20": recall, "from": low, "to": high, "N@20": gain,
        "cov@20": figures["coverage@20"][0], "s": row["processor_seconds"], "wall s": row["seconds"],
        "MB": row["peak_mb"],
    }  # fmt: skip


def main() -> None:
    """Measure what is missing, print the table, keep it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=3, help="of the hybrid")
    args = parser.parse_args()
    known = set(names("recommender"))
    table = {}
    for name in [name for name in ROWS if name in args.rows.split(",")]:
        method, settings = ROWS[name]
        if method not in known:
            print(f"{name}: there is no such method here, the row is left out")
            continue
        if method == "hybrid":
            settings = {**settings, "sources": settled(args.seed)}
        table[name] = rows.run(f"{name} {args.seed}", measure, method, settings, args.seed)
    seeds = {
        name: [
            rows.run(f"{name} {seed}", measure, ROWS[name][0], {**ROWS[name][1], "sources": settled(args.seed)}, seed)
            for seed in range(args.seed, args.seed + args.seeds)
        ]
        for name in SEEDED
        if name in table
    }
    show("Baby, test part", [line(name, row) for name, row in table.items()])
    for name, several in seeds.items():
        print(f"{name}, by seed: R@20", [row["figures"]["recall@20"][0] for row in several])  # type: ignore[index]
    if "ease" in table:
        against = compare(table)
        show("Against EASE, paired", [{"row": name, "gap": gap} for name, gap in against.items()])
        keep = {name: {k: v for k, v in row.items() if k != "cases"} for name, row in table.items()}
        several_kept = {name: [row["figures"] for row in several] for name, several in seeds.items()}
        result = {"published": PUBLISHED, "rows": keep, "against_ease": against, "seeds": several_kept}
        rows.keep("baby", result, [name for name in ROWS if name not in table], args.seed)


if __name__ == "__main__":
    main()
