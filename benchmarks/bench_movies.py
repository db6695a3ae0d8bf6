"""Movies: real ratings, split in time; movies that nobody has rated; what happens when posters or plots are missing.

    python benchmarks/bench_movies.py               # everything
    python benchmarks/bench_movies.py --rows cold   # only the rows whose names begin so

*cold*: draws of 213 movies (disjoint inside a seed) lose every rating; all that is left of everybody is known, and the
213 are ranked. A person's value is the mean over the draws; intervals and paired differences are over people. Seeds 100
and above are for the table, 0 to 3 were for development. *without*: the same with posters (hand-made colour features)
or plots taken from a share of all movies, known and unknown; and with posters as all there is to know.

*per person*: the earliest four fifths of what each person rated are learned, the rest is foretold, and 213 movies lose
every rating ("unseen"). It lets the methods see the future of other people, so the figures flatter. *one moment*: what
happened before one moment is learned, for everyone.

Every later rating is a positive, whatever its value; what a person had is not ranked. All weights and settings are
chosen inside the training part. Finished rows are kept under ``build/``. Budget: 20 minutes of one core.
"""

import argparse
from collections.abc import Mapping, Sequence

import numpy as np

import movies
import movies_plain
import rows
from common import show, store
from tastemaker.core.registry import find
from tastemaker.core.types import Doubles, Floats, Ints
from tastemaker.evaluation.cases import Case
from tastemaker.evaluation.rankers import Ranker, from_recommender, from_scores
from tastemaker.evaluation.runner import evaluate
from tastemaker.evaluation.significance import intervals, paired
from tastemaker.recommenders.base import Recommender

METRICS = ("recall@5", "recall@10", "recall@20", "ndcg@20")
METHODS = ("popularity", "item-knn", "ease", "transitions", "content", "content-to-factors", "hybrid", "random")
SEED, FOLDS, CURVE_FOLDS = 100, 4, 2
ALONE = {"words": 0.0, "labels": 0.0, "names": 0.0, "numbers": 0.0}
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
OURS, STRONG = "content-to-factors", "ridge, all"
Settings = dict[str, object]


def measure(
    name: str, settings: Settings, split: str, seed: int, folds: int, what: str = "", share: float = 0.0
) -> dict[str, object]:
    """One row: every question of a split answered by one method; a value a metric, question and person."""
    catalog = movies.shop() if split != "cold" else movies.lacking(movies.shop(), what, share)
    makers = {"per person": movies.per_person, "one moment": lambda c, _: movies.one_moment(c)}
    questions = movies.cold(catalog, seed, folds) if split == "cold" else makers[split](catalog, seed)
    found: dict[str, dict[str, list[float]]] = {}
    told: list[str] = []
    made: Ranker | None = None
    for question in questions:
        if made is None or split == "cold":
            made, chosen = _ranker(name, settings, question)
            told.append(chosen)
        report = evaluate(question.truth, question.train, {name: made}, ks=(5, 10, 20), seed=0)
        values = np.stack([report.per_case[name, metric] for metric in METRICS], axis=1)
        people = [case.key for case in question.truth.cases]
        lines = np.round(values, 5).tolist()
        found[question.name] = dict(zip(people, lines, strict=True))
    return {"chosen": told, "values": found}


def _ranker(name: str, settings: Settings, question: movies.Question) -> tuple[Ranker, str]:
    """A fitted method, and what it chose."""
    train = question.train
    if name in movies_plain.METHODS:
        cold = np.asarray(question.truth.cases[0].candidates)
        table, option = movies_plain.scores(name, train, cold)
        return _from_table(table, cold, train.interactions.people, train.alive), str(option)
    method = find("recommender", name)
    assert issubclass(method, Recommender)
    made = method(method.config_class.read(settings)).fit(train, None)
    return from_recommender(made, train.alive), str(made.settled)


def _from_table(table: Floats, columns: Ints, people: Sequence[str], alive: np.ndarray) -> Ranker:
    line = {person: n for n, person in enumerate(people)}

    def score(cases: Sequence[Case], asked: Ints) -> Floats:
        return table[[line[case.key] for case in cases]][:, np.searchsorted(columns, asked)]

    return from_scores(score, alive)


def by_person(row: Mapping[str, object], begins: str = "") -> tuple[list[str], Doubles]:
    """Each person's mean over the questions. Shapes: (people, metrics)."""
    gathered: dict[str, list[list[float]]] = {}
    values = row["values"]
    assert isinstance(values, dict)
    for question, people in values.items():
        for person, line in people.items() if question.startswith(begins) else ():
            gathered.setdefault(person, []).append(line)
    people = sorted(gathered)
    return people, np.array([np.mean(gathered[person], axis=0) for person in people])


def line_of(name: str, row: Mapping[str, object], begins: str = "") -> dict[str, object]:
    """A line of a table."""
    people, values = by_person(row, begins)
    low, high = intervals(values, seed=0)
    line: dict[str, object] = {"method": name, "n": len(people)}
    for n, metric in enumerate(METRICS):
        line[metric] = round(float(values[:, n].mean()), 4)
    line["recall@20 95 %"] = f"{low[2]:.3f}-{high[2]:.3f}"
    return line | {"seconds": row["seconds"], "peak MB": row["peak_mb"]}


def against(first: Mapping[str, object], second: Mapping[str, object], begins: str = "") -> str:
    """Paired difference of recall@20 with its interval."""
    (people, one), (others, two) = by_person(first, begins), by_person(second, begins)
    assert people == others
    difference = paired(one[:, 2], two[:, 2], seed=0)
    return f"{difference.value:+.4f} ({difference.low:+.4f} to {difference.high:+.4f})"


def cold_rows() -> dict[str, tuple[object, ...]]:
    """Name -> arguments of :func:`measure`: the table, then other seeds, then what is missing."""
    plain = ["by genre", "TF-IDF kNN", "ridge", STRONG, "content", OURS, "random"]
    made: dict[str, tuple[object, ...]] = {f"cold {name}": (name, {}, "cold", SEED, FOLDS) for name in plain}
    for seed in (SEED + 1, SEED + 2):
        made |= {f"cold {name} seed {seed}": (name, {}, "cold", seed, FOLDS) for name in (OURS, STRONG)}
    made["without nothing"] = (OURS, {}, "cold", SEED, CURVE_FOLDS, "", 0.0)
    for what in ("posters", "plots"):
        for share in SHARES[1:]:
            made[f"without {what} {share:.0%}"] = (OURS, {}, "cold", SEED, CURVE_FOLDS, what, share)
    for share in SHARES:
        made[f"without posters, alone {share:.0%}"] = (OURS, ALONE, "cold", SEED, CURVE_FOLDS, "posters", share)
    return made


def other_rows(seed: int) -> dict[str, tuple[object, ...]]:
    """The two splits in time."""
    return {f"{split} {name}": (name, {}, split, seed, 1) for split in ("per person", "one moment") for name in METHODS}


def tables(kept: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    """Print what is there, and give it."""
    result: dict[str, object] = {}
    cold = {name.removeprefix("cold "): row for name, row in kept.items() if name.startswith("cold ")}
    lines = [line_of(name, row) for name, row in cold.items()]
    for line in lines:
        name, _, seed = str(line["method"]).partition(" seed ")
        ours = f"{OURS} seed {seed}" if seed else OURS
        if ours in cold and name != OURS:
            line["ours better by"] = against(cold[ours], cold[str(line["method"])])
    result["cold"] = lines
    missing = {name: row for name, row in kept.items() if name.startswith("without ")}
    result["missing"] = [line_of(name, row) for name, row in missing.items()]
    for line in result["missing"]:
        whole = "without posters, alone 0%" if "alone" in str(line["method"]) else "without nothing"
        if whole in missing:
            line["against all there"] = against(missing[str(line["method"])], missing[whole])
    for begins in ("per person, seen", "per person, unseen", "per person, all", "one moment"):
        there = {n: r for n, r in kept.items() if n.startswith(begins.partition(",")[0])}
        result[begins] = [line_of(name, row, begins) for name, row in there.items()]
    for title, table in result.items():
        if isinstance(table, list):
            show(title, table)
    return result


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", default="", help="only rows whose names begin with one of these, comma between")
    parser.add_argument("--seed", type=int, default=11, help="which movies are unseen in the split per person")
    arguments = parser.parse_args()
    if not movies.POSTERS.exists():
        movies.prepare()
    wanted = tuple(arguments.rows.split(","))
    planned = {n: a for n, a in (cold_rows() | other_rows(arguments.seed)).items() if n.startswith(wanted)}
    kept = {name: rows.run(name, measure, *settings) for name, settings in planned.items()}
    result = tables(kept)
    chosen = {name: row["chosen"] for name, row in kept.items()}
    if not arguments.rows:
        store(
            "movies", {"seed": arguments.seed, "folds": FOLDS, "curve_folds": CURVE_FOLDS, **result, "chosen": chosen}
        )


if __name__ == "__main__":
    main()
