"""TikTok: pictures and sound beside who watched what. Do the multimodal methods stand above the others?

    python benchmarks/bench_tiktok.py                       # all rows; those that were measured are kept
    python benchmarks/bench_tiktok.py --rows "ease|freedom"   # some of them

Every method learns the training part. The epoch, the blends' weights and the settings that a method leaves open (those
of counting and filters) are chosen on the validation part; sizes, rates, temperatures and graphs of what is trained are
its defaults, written by hand, as are the epochs in ``ROWS``. The test part is opened once a row; ``openings`` counts.
Histories are the training part alone, as in the published tables. "graph-filter, no features" is the same filter
without pictures and sound: what the modalities bring, everything else alike. The blends of the hybrid learn their
weights on the validation part. The three best multimodal rows of the first seed and the best row of events alone run
with three seeds; the winner is the best of the three by its mean on validation, and is compared, person by person, by
its mean over the seeds. Budget: 90 minutes on two cores.

How the publishers cut this set: in every history the videos of the lowest numbers are the training part, the next one
is the validation and the last ones the test part; it holds for every person of the validation part. A method that
counted on it would only have to leave out all videos below the highest known number. Ours treat numbers as names, and
nothing here was given in an order, so that methods that read sequences are not in the table.
"""

import json
from collections.abc import Mapping
from statistics import mean

from common import show
from given import Measured, again, fit_and_judge, options, tiktok, wanted
from rows import keep

PLAIN = ("item-knn", "rp3beta", "ease", "als", "lightgcn")
THREE: dict[str, object] = {"networks": 3}
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
    "freedom, three networks": ("freedom", THREE),
    "hybrid, three networks": ("hybrid", {"methods": ("graph-filter", "freedom"), "sources": {"freedom": THREE}}),
    "hybrid of all, three networks": (
        "hybrid",
        {"methods": ("graph-filter", "freedom", *PLAIN), "sources": {"freedom": THREE}},
    ),
}
MULTIMODAL = tuple(list(ROWS)[list(ROWS).index("graph-filter") :])
METRICS = ("recall@20", "ndcg@20")
ABLE = 3
"""Multimodal rows that run with several seeds."""
PUBLISHED = "R@20: LightGCN .0653, VBPR .0380, LATTICE .0843, BM3 .0957, DiffMM .1129; with text features too"


def with_features(method: str, settings: Mapping[str, object], seed: int) -> dict[str, object]:
    """A row that may read pictures and sound."""
    return fit_and_judge(tiktok(), method, settings, seed, {"features": True})


def without_features(method: str, settings: Mapping[str, object], seed: int) -> dict[str, object]:
    """A row that is given events alone."""
    return fit_and_judge(tiktok(features=False), method, settings, seed, {"features": False})


def row(name: str, seed: int) -> Measured:
    """Measured now or before."""
    how = with_features if name in MULTIMODAL else without_features
    return Measured.run(f"{name} {seed}", how, *ROWS[name], seed)


def line(name: str, of: Measured) -> dict[str, object]:
    """A row as it is printed."""
    return of.line(name, (*METRICS, "recall@10"), reads="all" if name in MULTIMODAL else "events")


def main() -> None:
    """Measure what is missing, print the tables, keep them."""
    parser = options(__doc__, ROWS)
    parser.add_argument("--seeds", type=int, default=3, help="runs of the best rows")
    args = parser.parse_args()
    table = {name: row(name, args.seed) for name in wanted(ROWS, args)}
    show("TikTok, test part", [line(name, of) for name, of in table.items()])
    ranked = sorted(table, key=lambda name: -table[name].validation)
    able = [name for name in ranked if name in MULTIMODAL]
    plain = [name for name in ranked if name not in MULTIMODAL]
    if len(able) < 2 or not plain:
        return
    seeds = {name: [row(name, seed) for seed in again(name, args)] for name in (*able[:ABLE], *plain[:1])}
    best = max(able[:ABLE], key=lambda name: mean(of.validation for of in seeds[name]))
    gaps = {
        f"{name} {metric}": Measured.gap(seeds[best], seeds.get(name, [table[name]]), metric)
        for name in plain
        for metric in METRICS
    }
    show(f"{best} (best on validation) less those of events alone", [{"row": n, "gap": g} for n, g in gaps.items()])
    several = {name: [[of.value(metric) for metric in METRICS] for of in found] for name, found in seeds.items()}
    print("by seed, R@20 and N@20:", json.dumps(several))
    kept = {name: of.kept for name, of in table.items()}
    result = {"published": PUBLISHED, "rows": kept, "best": best, "gaps": gaps, "seeds": several}
    keep("tiktok", result, [name for name in ROWS if name not in table], args.seed)


if __name__ == "__main__":
    main()
