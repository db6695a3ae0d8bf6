"""Baby: interactions only, in the parts that its publishers cut. EASE is the mark; the best of ours must be above it.

    python benchmarks/bench_baby.py                      # all rows; those that were measured are kept
    python benchmarks/bench_baby.py --rows "ease|rp3beta"

Every method learns the training part. The epoch, the blend's weights and the settings that a method leaves open (those
of counting: penalties, exponents, dampings, how far back) are chosen on the validation part; the rest, such as sizes,
rates and losses of what is trained, is the method's default, written by hand, and the epochs in ``ROWS`` are the most
that the budget allows. The test part is opened once a row; ``openings`` counts. Nothing has a time. Methods with chance
in them and in the first two places run with three seeds. Budget: 20 minutes on one core.
"""

from collections.abc import Mapping

from common import show
from given import Measured, again, baby, fit_and_judge, options, wanted
from rows import keep

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
METRICS = ("recall@20", "ndcg@20", "coverage@20")
MARK = "ease"
SEEDED = ("hybrid",)  # rows of the first two places that chance has a part in
PUBLISHED = "BM3 .0883, FREEDOM .0992, LGMRec .1002 read pictures and text too, on a split of the same sizes"


def measure(method: str, settings: Mapping[str, object], seed: int) -> dict[str, object]:
    """Fit on train, choose on validation, then open the test part."""
    return fit_and_judge(baby(), method, settings, seed)


def row(name: str, first: int, seed: int) -> Measured:
    """Measured now or before; what a blend's sources chose in their own rows of the first seed, it does not choose."""
    method, settings = ROWS[name]
    if method == "hybrid":
        settings = {**settings, "sources": {source: settled(row(source, first, first)) for source in BLEND}}
    return Measured.run(f"{name} {seed}", measure, method, settings, seed)


def settled(of: Measured) -> dict[str, object]:
    """The settings of a row, with what it chose."""
    values = of.row["settled"]
    if not isinstance(values, dict):
        raise TypeError(values)
    return {name: value for name, value in values.items() if name not in ("method", "seed")}


def main() -> None:
    """Measure what is missing, print the table, keep it."""
    parser = options(__doc__, ROWS)
    parser.add_argument("--seeds", type=int, default=3, help="of the hybrid")
    args = parser.parse_args()
    table = {name: row(name, args.seed, args.seed) for name in wanted(ROWS, args)}
    show("Baby, test part", [of.line(name, METRICS) for name, of in table.items()])
    seeds = {name: [row(name, args.seed, seed) for seed in again(name, args)] for name in SEEDED if name in table}
    for name, several in seeds.items():
        print(f"{name}, by seed: R@20", [of.value("recall@20") for of in several])
    if MARK in table:
        gaps = {
            f"{name} {metric}": of.less(table[MARK], metric) for name, of in table.items() for metric in METRICS[:2]
        }
        show("Against EASE, paired", [{"row": name, "gap": gap} for name, gap in gaps.items()])
        result = {
            "published": PUBLISHED, "rows": {name: of.kept for name, of in table.items()}, "against_ease": gaps,
            "seeds": {name: [of.figures for of in several] for name, several in seeds.items()},
        }  # fmt: skip
        keep("baby", result, [name for name in ROWS if name not in table], args.seed)


if __name__ == "__main__":
    main()
