"""Data sets that come in parts: train, validation and test as their publishers cut them, owned by a protocol.

What is in a history is what the training part says: the validation part is neither learned nor known when the test part
asks, as in the published tables of these splits.
"""

import csv
import json
from collections.abc import Mapping, Sequence

import numpy as np

from common import BUILD, data
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import Interactions
from tastemaker.catalog.items import Item
from tastemaker.core.config import Config
from tastemaker.core.types import Floats, Ints, UserId
from tastemaker.evaluation.cases import Case
from tastemaker.evaluation.judge import Judge
from tastemaker.evaluation.ledger import Ledger
from tastemaker.evaluation.protocols import Protocol
from tastemaker.evaluation.rankers import Ranker
from tastemaker.recommenders.validation import some

KS = (10, 20)
KEPT = ("recall@20", "ndcg@20")  # metrics whose value for every case is kept, for comparisons in pairs
Parts = Mapping[str, Mapping[str, Sequence[int]]]


def baby() -> Protocol:
    """Amazon Baby: 19,445 people, 7,050 items, no content; nothing has a time."""
    names = {"train": "train.json", "validation": "val.json", "test": "test.json"}
    parts = {part: json.loads(data("amazon_baby", name).read_text(encoding="utf-8")) for part, name in names.items()}
    return protocol("baby", parts, 7_050)


def tiktok() -> Protocol:
    """TikTok: 9,308 people, 6,710 videos, features of pictures and sound; nothing has a time."""
    parts: dict[str, dict[str, list[int]]] = {}
    for part, name in (("train", "train.csv"), ("validation", "val.csv"), ("test", "test.csv")):
        with data("tiktok", name).open(newline="", encoding="utf-8") as stream:
            for line in csv.DictReader(stream):
                parts.setdefault(part, {}).setdefault(line["user"], []).append(int(line["item"]))
    features = {name: np.load(data("tiktok", f"{name}_feat.npy")) for name in ("image", "audio")}
    return protocol("tiktok", parts, 6_710, features)


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
        [Item(id=str(row)) for row in range(items)], interactions=events["train"], features=features or {}
    )
    openings = Ledger(BUILD / f"{name}-openings.json")
    return Protocol.given(name, catalog, **events, validation_is_known=known, ledger=openings)


def judged(
    given: Protocol, ranker: Ranker, configuration: Config | Mapping[str, object], seed: int = 0
) -> dict[str, object]:
    """Open the test part for one frozen configuration: figures, intervals, and the values of every case.

    ``openings`` is how often this copy of the part was opened so far, by whichever benchmark.
    """
    truth = given.open(configuration)
    judge = Judge(truth, given.train, ks=KS, seed=seed)
    judge.add("it", ranker)
    report = judge.report()
    rows = {row.metric: [round(row.value, 5), round(row.low, 5), round(row.high, 5)] for row in report.rows}
    cases = {metric: np.round(report.per_case["it", metric], 5).tolist() for metric in KEPT}
    seconds = round(report.rows[0].seconds, 2)
    return {"figures": rows, "rank_seconds": seconds, "openings": truth.protocol["openings"], "cases": cases}


def on_validation(given: Protocol, ranker: Ranker) -> float:
    """Recall@20 on the validation part, on at most 5,000 people of it."""
    found = total = 0.0
    if given.validation is None:
        return float("nan")
    questions = some(given.validation, 5_000)
    for low in range(0, len(questions), 512):
        pairs = zip(questions.histories[low : low + 512], questions.hidden[low : low + 512], strict=True)
        who = questions.people[low : low + 512]
        cases = [Case(who[at], hidden, history.seen, None, history) for at, (history, hidden) in enumerate(pairs)]
        for case, ranking in zip(cases, ranker(cases, 20), strict=True):
            found += float(np.isin(ranking, case.positives).sum()) / len(case.positives)
            total += 1
    return round(found / total, 5)


def _events(people: Sequence[UserId], rows: Mapping[str, Sequence[int]], items: int) -> Interactions:
    place = {person: number for number, person in enumerate(people)}
    user: Ints = np.concatenate([np.full(len(had), place[UserId(person)], np.int64) for person, had in rows.items()])
    row: Ints = np.concatenate([np.asarray(had, np.int64) for had in rows.values()])
    return Interactions(tuple(people), items, user, row, np.ones(len(row), np.float32), np.full(len(row), np.nan))
