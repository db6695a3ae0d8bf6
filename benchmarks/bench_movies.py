"""Movies: real ratings, split in time; movies that nobody has rated; the hybrid beside every single recommender.

    python benchmarks/bench_movies.py                # items read by their words, genres, years and people
    python benchmarks/bench_movies.py --space 10     # and by a contrastive space of posters and words, so many minutes

Two splits. *Per person*: the earliest four fifths of what each person rated are learned, the rest is foretold, and 213
movies, drawn by chance, lose every rating ("unseen"). It lets the methods see the future of other people, so the
figures flatter; it is the protocol of the plain baselines. *One moment*: what happened before one moment is learned,
for everyone. Every later rating is a positive, whatever its value; what a person had is not ranked.

Every weight of the hybrid is learned inside the training part. The default settings of the methods were chosen while
the first split was at hand, with other draws of unseen movies (seeds 0 to 3): its figures are a little optimistic.
"""

import argparse
import csv
import json
import time
from dataclasses import dataclass

import numpy as np

from common import Lines, data, new_workspace, show, store, write_items
from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.loading import open_store
from tastemaker.catalog.splits import time_split, user_time_split
from tastemaker.catalog.workspace import Workspace
from tastemaker.core.registry import find, names
from tastemaker.core.seeds import generator
from tastemaker.core.types import Ints
from tastemaker.evaluation.candidates import Candidates
from tastemaker.evaluation.cases import Truth
from tastemaker.evaluation.people import histories_of, person_cases
from tastemaker.evaluation.rankers import from_recommender
from tastemaker.evaluation.runner import evaluate
from tastemaker.recommenders.base import Recommender

UNSEEN = 213
FIELDS = ("genres", "director", "actors", "country", "language", "rated", "runtime")


@dataclass(frozen=True)
class Question:
    """What is learned, and what is asked for."""

    name: str
    train: Catalog
    truth: Truth


def build() -> Catalog:
    """The workspace with all movies, posters and ratings."""
    folder = new_workspace("movies")
    with data("movies", "movies.jsonl").open(encoding="utf-8") as stream:
        movies = [json.loads(line) for line in stream]
    items = [
        {
            "id": str(movie["movieId"]),
            "title": movie["title"],
            "text": movie.get("plot") or "",
            "image": movie["poster"],
        }
        | {name: movie[name] for name in FIELDS if movie.get(name)}
        for movie in movies
    ]
    write_items(folder / "items.jsonl", items)
    (folder / "images.zip").symlink_to(data("movies", "posters.zip"))
    with data("movies", "ratings_train.csv").open(newline="", encoding="utf-8") as stream:
        ratings = list(csv.DictReader(stream))
    with (folder / "events.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("user", "item", "kind", "value", "time"))
        writer.writerows((r["userId"], r["movieId"], "rate", r["rating"], r["timestamp"]) for r in ratings)
    return open_store(Workspace.open(folder)).snapshot()


def asked(name: str, train: Catalog, wanted: dict[str, Ints], rows: Ints) -> Question:
    """Cases of everybody who has a positive among the rows."""
    mask = np.zeros(train.size, np.bool_)
    mask[rows] = True
    candidates = Candidates(name, rows, mask & train.alive)
    return Question(name, train, person_cases(wanted, histories_of(train), candidates, {"split": name}))


def per_person(catalog: Catalog, seed: int) -> list[Question]:
    """Earliest four fifths of each person's ratings of seen movies -> the rest, and all ratings of unseen movies."""
    events = catalog.interactions
    unseen = np.zeros(catalog.size, np.bool_)
    unseen[generator(seed, "unseen movies").permutation(catalog.size)[:UNSEEN]] = True
    split = user_time_split(events.where(~unseen[events.row]), seed=seed)
    train = catalog.with_interactions(split.train)
    hidden = events.where(unseen[events.row])
    of_unseen = {events.people[u]: np.unique(hidden.row[hidden.user == u]) for u in np.unique(hidden.user).tolist()}
    people = list(dict.fromkeys([*split.test, *of_unseen]))
    none = np.empty(0, np.int64)
    late = {p: np.concatenate([split.test.get(p, none), of_unseen.get(p, none)]) for p in people}
    return [
        asked("per person, seen movies", train, dict(split.test), np.flatnonzero(~unseen)),
        asked("per person, unseen movies", train, of_unseen, np.flatnonzero(unseen)),
        asked("per person, all movies", train, late, np.arange(catalog.size)),
    ]


def one_moment(catalog: Catalog) -> list[Question]:
    """What happened before one moment -> what happened after it; people without a history are asked about too."""
    split = time_split(catalog.interactions)
    train = catalog.with_interactions(split.train)
    return [asked("one moment, all movies", train, dict(split.test), np.arange(catalog.size))]


def fitted(catalog: Catalog, vectors: ItemVectors | None) -> dict[str, tuple[Recommender, float]]:
    """Every registered recommender, and the seconds that its fit took."""
    made = {}
    for name in names("recommender"):
        method = find("recommender", name)
        if issubclass(method, Recommender):
            begun = time.perf_counter()
            made[name] = (method().fit(catalog, vectors), time.perf_counter() - begun)
    return made


def measure(question: Question, methods: dict[str, tuple[Recommender, float]]) -> list[dict[str, object]]:
    """One line a method: recall and NDCG at 20 with their intervals."""
    rankers = {name: from_recommender(method, question.train.alive) for name, (method, _) in methods.items()}
    report = evaluate(question.truth, question.train, rankers, ks=(20,), seed=0)
    lines: dict[str, dict[str, object]] = {}
    for row in report.rows:
        line = lines.setdefault(row.method, {"method": row.method, "n": row.n})
        if row.metric in ("recall@20", "ndcg@20"):
            line[row.metric] = round(row.value, 4)
            line[f"{row.metric} 95 %"] = f"{row.low:.3f}-{row.high:.3f}"
        line["fit s"] = round(methods[row.method][1], 1)
        line["answer ms"] = round(1000 * row.seconds / row.n, 1)
    return sorted(lines.values(), key=lambda line: -float(str(line["recall@20"])))


def vectors_of(catalog: Catalog, minutes: float) -> ItemVectors | None:
    """Vectors of a contrastive space of posters and words; ratings play no part in them."""
    if minutes <= 0:
        return None
    from tastemaker.alignment.contrastive import ContrastiveConfig, ContrastiveSpace

    space = ContrastiveSpace(ContrastiveConfig(max_minutes=minutes)).fit(catalog, Lines())
    return space.embed_items(catalog, np.arange(catalog.size))


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--space", type=float, default=0.0, help="minutes to train a space; 0 for none")
    parser.add_argument("--seed", type=int, default=0, help="which movies are unseen")
    arguments = parser.parse_args()
    catalog = build()
    vectors = vectors_of(catalog, arguments.space)
    result: dict[str, object] = {"space_minutes": arguments.space, "seed": arguments.seed}
    for questions in (per_person(catalog, arguments.seed), one_moment(catalog)):
        methods = fitted(questions[0].train, vectors)
        for question in questions:
            lines = measure(question, methods)
            pool = question.truth.protocol["n_candidates"]
            show(f"{question.name}: {len(question.truth.cases)} people, {pool} movies ranked", lines)
            result[question.name] = lines
    store("movies", result)


if __name__ == "__main__":
    main()
