"""TikTok: pictures and sound beside who watched what. Do the multimodal methods stand above the others?

    python benchmarks/bench_tiktok.py                       # all rows; those that were measured are kept
    python benchmarks/bench_tiktok.py --rows ease,freedom   # some of them

Every method learns the training part. The epoch, the blends' weights and the settings that a method leaves open (those
of counting and filters) are chosen on the validation part; sizes, rates, temperatures and graphs of what is trained are
its defaults, written by hand, as are the epochs in ``ROWS``. The test part is opened once a row; ``openings`` counts.
Histories are the training part alone, as in the published tables. "graph-filter, no features" is the same filter
without pictures and sound: what the modalities bring, everything else alike. The blends of the hybrid learn their
weights on the validation part. The winner and the runner-up run with three seeds. Budget: 60 minutes on two cores.

How the publishers cut this set: in every history the videos of the lowest numbers are the training part, the next one
is the validation and the last ones the test part; it holds for every person of the validation part. A method that
counted on it would only have to leave out all videos below the highest known number. Ours treat numbers as names, and
nothing here was given in an order, so that methods that read sequences are not in the table.
"""

import argparse
import json
from collections.abc import Mapping

import numpy as np

import rows
from common import Lines, show
from given import judged, on_validation, tiktok
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.registry import find, names
from tastemaker.evaluation.rankers import from_recommender
from tastemaker.evaluation.significance import paired

PLAIN = ("item-knn", "rp3beta", "ease", "als", "lightgcn")
ROWS: dict[str, tuple[str, dict[str, object]]] = {
    "random": ("random", {}),
    "popularity": ("popularity", {}),
    "item-knn": ("item-knn", {}),
    "rp3beta": ("rp3beta", {}),
    "ease": ("ease", {}),
    "als": ("als", {}),
    "bpr": ("bpr", {}),
    "lightgcn": ("lightgcn", {"epochs": 20}),
    "mult-vae": ("mult-vae", {"epochs": 30}),
    "diffrec": ("diffrec", {}),
    "graph-filter, no features": ("graph-filter", {}),
    "freedom, no features": ("freedom", {}),
    "hybrid, no features": ("hybrid", {"methods": PLAIN}),
    "graph-filter": ("graph-filter", {}),
    "vbpr": ("vbpr", {}),
    "bm3": ("bm3", {}),
    "freedom": ("freedom", {}),
    "diffmm": ("diffmm", {}),
    "hybrid": ("hybrid", {"methods": ("graph-filter", "freedom")}),
    "hybrid of all": ("hybrid", {"methods": ("graph-filter", "freedom", *PLAIN)}),
}
MULTIMODAL = ("graph-filter", "vbpr", "bm3", "freedom", "diffmm", "hybrid", "hybrid of all")
SEEDED = ("freedom", "hybrid", "hybrid of all")
PUBLISHED = "R@20: LightGCN .0653, VBPR .0380, LATTICE .0843, BM3 .0957, DiffMM .1129; with text features too"


def measure(method: str, settings: Mapping[str, object], seed: int, *, features: bool) -> dict[str, object]:
    """Fit on train, choose on validation, then open the test part."""
    given = tiktok()
    train = given.train
    if not features:
        items = [train.raw_item(row) for row in range(train.size)]
        train = Catalog(items, interactions=train.interactions)
    made = find("recommender", method)
    seeded = {"seed": seed} if "seed" in made.config_class.model_fields else {}
    model = made(made.config_class.read({**settings, **seeded})).fit(train, None, Lines(), given.validation)
    ranker = from_recommender(model, train.alive, seed=seed)
    frozen = {"method": method, "features": features, **model.settled.model_dump(mode="json")}
    return {"settled": frozen, "validation": on_validation(given, ranker)} | judged(given, ranker, frozen, seed)


def with_features(method: str, settings: Mapping[str, object], seed: int) -> dict[str, object]:
    """A row that may read pictures and sound."""
    return measure(method, settings, seed, features=True)


def without_features(method: str, settings: Mapping[str, object], seed: int) -> dict[str, object]:
    """A row that is given events alone."""
    return measure(method, settings, seed, features=False)


def row(name: str, seed: int) -> rows.Row:
    """Measured now or before."""
    how = with_features if name in MULTIMODAL else without_features
    return rows.run(f"{name} {seed}", how, *ROWS[name], seed)


def value(of: rows.Row, metric: str = "recall@20") -> float:
    """A figure of a row."""
    figures = of["figures"]
    assert isinstance(figures, dict)
    return float(figures[metric][0])


def line(name: str, of: rows.Row) -> dict[str, object]:
    """A row as it is printed."""
    figures = of["figures"]
    assert isinstance(figures, dict)
    recall, low, high = figures["recall@20"]
    return {
        "method": name, "reads": "all" if name in MULTIMODAL else "events", "val R@20": of["validation"],
        "R@20": recall, "from": low, "to": high, "R@10": value(of, "recall@10"), "N@20": value(of, "ndcg@20"),
        "s": of["processor_seconds"], "wall s": of["seconds"], "MB": of["peak_mb"],
    }  # fmt: skip


def against(table: Mapping[str, rows.Row], best: str) -> dict[str, list[float]]:
    """The best multimodal row less each row that reads events alone, person by person."""
    found = {}
    for name in table:
        if name not in MULTIMODAL:
            for metric in ("recall@20", "ndcg@20"):
                first, second = (np.array(table[n]["cases"][metric]) for n in (best, name))  # type: ignore[index]
                gap = paired(first, second)
                found[f"{name} {metric}"] = [round(x, 5) for x in (gap.value, gap.low, gap.high, gap.p)]
    return found


def main() -> None:
    """Measure what is missing, print the tables, keep them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="|".join(ROWS), help="names of rows, with | between them")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=3, help="runs of the winner and the runner-up")
    args = parser.parse_args()
    known, asked = set(names("recommender")), args.rows.split("|")
    table = {name: row(name, args.seed) for name in ROWS if name in asked and ROWS[name][0] in known}
    show("TikTok, test part", [line(name, of) for name, of in table.items()])
    able = [name for name in table if name in MULTIMODAL]
    if not able or len(able) == len(table):
        return
    best = max(able, key=lambda name: float(str(table[name]["validation"])))
    gaps = against(table, best)
    show(f"{best} (best multimodal row on validation) less the others", [{"row": n, "gap": g} for n, g in gaps.items()])
    seeds = {
        name: [row(name, seed) for seed in range(args.seed, args.seed + args.seeds)] for name in SEEDED if name in table
    }
    several = {name: [[value(of), value(of, "ndcg@20")] for of in found] for name, found in seeds.items()}
    print("by seed, R@20 and N@20:", json.dumps(several))
    keep = {name: {k: v for k, v in of.items() if k != "cases"} for name, of in table.items()}
    result = {"published": PUBLISHED, "rows": keep, "best": best, "gaps": gaps, "seeds": several}
    rows.keep("tiktok", result, [name for name in ROWS if name not in table], args.seed)


if __name__ == "__main__":
    main()
