"""Data sets that come in parts: train, validation and test as their publishers cut them, owned by a protocol.

Also what the tables made of them share: a method fitted and judged (:func:`fit_and_judge`), a measured row
(:class:`Measured`), the options of the command line. A benchmark is then the table of its rows, and the claim.

What is in a history is what the training part says: the validation part is neither learned nor known when the test part
asks, as in the published tables of these splits.
"""

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

import rows
from common import BUILD, Lines, data
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import Interactions
from tastemaker.catalog.items import Item
from tastemaker.core.config import Config
from tastemaker.core.registry import find
from tastemaker.core.types import Floats, Ints, ItemId, UserId
from tastemaker.evaluation.cases import Case
from tastemaker.evaluation.judge import Judge
from tastemaker.evaluation.ledger import Ledger
from tastemaker.evaluation.protocols import Protocol
from tastemaker.evaluation.rankers import Ranker, from_recommender
from tastemaker.evaluation.significance import paired
from tastemaker.recommenders.base import Recommender
from tastemaker.recommenders.sequential import Sequential
from tastemaker.recommenders.validation import some

KS = (10, 20)
KEPT = ("recall@20", "ndcg@20")  # metrics whose value for every case is kept, for comparisons in pairs
SHORT = {"recall": "R", "ndcg": "N", "coverage": "cov"}
Parts = Mapping[str, Mapping[str, Sequence[int]]]
NUMBERS = TypeAdapter(dict[str, list[float]])


def baby() -> Protocol:
    """Amazon Baby: 19,445 people, 7,050 items, no content; nothing has a time."""
    names = {"train": "train.json", "validation": "val.json", "test": "test.json"}
    parts = {part: json.loads(data("amazon_baby", name).read_text(encoding="utf-8")) for part, name in names.items()}
    return protocol("baby", parts, 7_050)


def tiktok(*, features: bool = True) -> Protocol:
    """TikTok: 9,308 people, 6,710 videos, features of pictures and sound if they are wanted; nothing has a time."""
    parts: dict[str, dict[str, list[int]]] = {}
    for part, name in (("train", "train.csv"), ("validation", "val.csv"), ("test", "test.csv")):
        with data("tiktok", name).open(newline="", encoding="utf-8") as stream:
            for line in csv.DictReader(stream):
                parts.setdefault(part, {}).setdefault(line["user"], []).append(int(line["item"]))
    names = ("image", "audio") if features else ()
    return protocol("tiktok", parts, 6_710, {name: np.load(data("tiktok", f"{name}_feat.npy")) for name in names})


def protocol(
    name: str, parts: Parts, items: int, features: Mapping[str, Floats] | None = None, *, known: bool = False
) -> Protocol:
    """Who had what, part by part, as a protocol.

    Args:
        name: of the data set.
        parts: rows by person, for train, validation and test.
        items: how many there are.
        features: of all items.
        known: is the validation part in the histories that the test part asks about?
    """
    people = tuple(dict.fromkeys(UserId(person) for part in parts.values() for person in part))
    events = {part: _events(people, rows, items) for part, rows in parts.items()}
    catalog = Catalog(
        [Item(ItemId(str(row))) for row in range(items)], interactions=events["train"], features=features or {}
    )
    openings = Ledger(BUILD / f"{name}-openings.json")
    return Protocol.given(
        name, catalog, train=events["train"], validation=events["validation"], test=events["test"],
        validation_is_known=known, ledger=openings,
    )  # fmt: skip


def unfitted(
    method: str, settings: Mapping[str, object], seed: int, checkpoint: Path | None = None
) -> Recommender[Config]:
    """A method with its settings; the seed and the checkpoint reach those that take one."""
    made: type[object] = find("recommender", method)
    if not issubclass(made, Recommender):
        raise TypeError(method)
    seeded = {"seed": seed} if "seed" in made.config_class.model_fields else {}
    config = made.config_class.read({**settings, **seeded})
    if checkpoint is None or not issubclass(made, Sequential):
        return made(config)
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    return made(config, checkpoint=checkpoint)


def fit_and_judge(
    given: Protocol, method: str, settings: Mapping[str, object], seed: int, said: Mapping[str, object] | None = None
) -> dict[str, object]:
    """Fit on train, choose on validation, then open the test part.

    Args:
        given: the data.
        method: its name.
        settings: other than its defaults.
        seed: of the method and of ties.
        said: what else belongs to the frozen configuration.
    """
    model = unfitted(method, settings, seed).fit(given.train, None, Lines(), given.validation)
    ranker = from_recommender(model, given.train.alive, seed=seed)
    frozen = {"method": method, **(said or {}), **model.settled.model_dump(mode="json")}
    return {"settled": frozen, "validation": on_validation(given, ranker)} | judged(given, ranker, frozen, seed)


def judged(
    given: Protocol,
    ranker: Ranker,
    configuration: Config | Mapping[str, object],
    seed: int = 0,
    *,
    ks: Sequence[int] = KS,
    kept: Sequence[str] = KEPT,
) -> dict[str, object]:
    """Open the test part for one frozen configuration: figures, intervals, and the values of every case.

    ``openings`` is how often this copy of the part was opened so far, by whichever benchmark.
    """
    truth = given.open(configuration)
    judge = Judge(truth, given.train, ks=ks, seed=seed)
    judge.add("it", ranker)
    report = judge.report()
    rows = {row.metric: [round(row.value, 5), round(row.low, 5), round(row.high, 5)] for row in report.rows}
    cases = {metric: np.round(report.per_case["it", metric], 5).tolist() for metric in kept}
    seconds = round(report.rows[0].seconds, 2)
    return {"figures": rows, "rank_seconds": seconds, "openings": truth.protocol["openings"], "cases": cases}


def on_validation(given: Protocol, ranker: Ranker, k: int = 20, most: int = 5_000) -> float:
    """Recall@k on the validation part, on at most so many people of it."""
    found = total = 0.0
    if given.validation is None:
        return float("nan")
    questions = some(given.validation, most)
    for low in range(0, len(questions), 512):
        pairs = zip(questions.histories[low : low + 512], questions.hidden[low : low + 512], strict=True)
        who = questions.people[low : low + 512]
        cases = [Case(who[at], hidden, history.seen, None, history) for at, (history, hidden) in enumerate(pairs)]
        for case, ranking in zip(cases, ranker(cases, k), strict=True):
            found += float(np.isin(ranking, case.positives).sum()) / len(case.positives)
            total += 1
    return round(found / total, 5)


@dataclass(frozen=True)
class Measured:
    """A row of a table, as :func:`judged` gave it and :mod:`rows` kept it.

    Attributes:
        row: all that is kept.
        figures: value and ends of the 95 % interval of each metric.
        cases: the value of every case, of the metrics that are compared in pairs.
    """

    row: rows.Row
    figures: Mapping[str, Sequence[float]]
    cases: Mapping[str, Sequence[float]]

    @classmethod
    def run(cls, name: str, function: Callable[..., Mapping[str, object]], *args: object) -> "Measured":
        """Measured now or before, see :func:`rows.run`."""
        row = rows.run(name, function, *args)
        return cls(row, NUMBERS.validate_python(row["figures"]), NUMBERS.validate_python(row["cases"]))

    @property
    def validation(self) -> float:
        """What a choice between rows is made by."""
        return float(str(self.row["validation"]))

    @property
    def kept(self) -> rows.Row:
        """What is published: all but the cases."""
        return {name: value for name, value in self.row.items() if name != "cases"}

    def value(self, metric: str) -> float:
        """The figure of a metric."""
        return self.figures[metric][0]

    def less(self, other: "Measured", metric: str) -> list[float]:
        """This row less another, case by case: the difference, the ends of its 95 % interval, and p."""
        return self.gap([self], [other], metric)

    @staticmethod
    def gap(ours: "Sequence[Measured]", theirs: "Sequence[Measured]", metric: str) -> list[float]:
        """:meth:`less` for rows of several seeds: each case counts with its mean over them."""
        mine, other = (np.mean([of.cases[metric] for of in rows], axis=0) for rows in (ours, theirs))
        gap = paired(mine, other)
        return [round(x, 5) for x in (gap.value, gap.low, gap.high, gap.p)]

    def line(self, name: str, metrics: Sequence[str], **more: object) -> dict[str, object]:
        """The row as it is printed; of the first metric also the interval, and the value on validation."""
        of, at = metrics[0].split("@")
        first = f"{SHORT[of]}@{at}"
        shown: dict[str, object] = {"method": name, f"val {first}": self.validation}
        for metric in metrics:
            of, at = metric.split("@")
            shown[f"{SHORT[of]}@{at}"] = self.value(metric)
        _, low, high = self.figures[metrics[0]]
        shown |= {f"{first} 95 %": f"{low:.4f}-{high:.4f}", **more}
        return shown | {"s": self.row["processor_seconds"], "wall s": self.row["seconds"], "MB": self.row["peak_mb"]}


def options(about: str | None, every: Iterable[str]) -> argparse.ArgumentParser:
    """What every benchmark of this kind can be asked for."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="|".join(every), help="names of rows, with | between them")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kept", action="store_true", help="show what was measured before, measure nothing")
    return parser


def wanted(every: Iterable[str], asked: argparse.Namespace, before: str = "") -> list[str]:
    """The rows that were asked for, in the order of the table.

    Args:
        every: all names.
        asked: the options.
        before: stands before the name of a row where it is kept.
    """
    names = [name for name in every if name in asked.rows.split("|")]
    if unknown := set(asked.rows.split("|")) - set(names):
        sys.exit(f"there is no row {', '.join(sorted(unknown))}: there are {', '.join(every)}")
    return [n for n in names if not asked.kept or rows.kept_at(f"{before}{n} {asked.seed}").exists()]


def again(name: str, asked: argparse.Namespace) -> list[int]:
    """Seeds that a row runs with, ``asked.seeds`` of them."""
    seeds = range(asked.seed, asked.seed + asked.seeds)
    return [seed for seed in seeds if not asked.kept or rows.kept_at(f"{name} {seed}").exists()]


def _events(people: Sequence[UserId], rows: Mapping[str, Sequence[int]], items: int) -> Interactions:
    place = {person: number for number, person in enumerate(people)}
    user: Ints = np.concatenate([np.full(len(had), place[UserId(person)], np.int64) for person, had in rows.items()])
    row: Ints = np.concatenate([np.asarray(had, np.int64) for had in rows.values()])
    return Interactions(tuple(people), items, user, row, np.ones(len(row), np.float32), np.full(len(row), np.nan))
