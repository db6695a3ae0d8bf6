"""The movies of the benchmark: one workspace, its splits, and catalogs in which posters or plots are missing."""

import csv
import json
from dataclasses import dataclass, replace

import numpy as np

from common import BUILD, data, new_workspace, picture_features, write_items
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import Interactions
from tastemaker.catalog.loading import open_store
from tastemaker.catalog.splits import time_split, user_time_split
from tastemaker.catalog.workspace import Workspace
from tastemaker.core.seeds import generator
from tastemaker.core.types import Floats, Ints
from tastemaker.evaluation.candidates import Candidates
from tastemaker.evaluation.cases import Truth
from tastemaker.evaluation.people import histories_of, person_cases

UNSEEN = 213
FIELDS = ("genres", "director", "actors", "country", "language", "rated", "runtime")
SHOP = "movies-shop"
POSTERS = BUILD / "movies" / "posters.npy"


@dataclass(frozen=True)
class Question:
    """What is learned, and what is asked for."""

    name: str
    train: Catalog
    truth: Truth


def build(name: str = "movies") -> Catalog:
    """The workspace with all movies, posters and ratings."""
    folder = new_workspace(name)
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


def prepare() -> None:
    """What every row reads: the workspace, and what the posters show, as hand-made features."""
    catalog = build(SHOP)
    opened = [catalog.pictures.open(catalog.main_picture(row)) for row in range(catalog.size)]
    POSTERS.parent.mkdir(parents=True, exist_ok=True)
    np.save(POSTERS, picture_features([picture for picture in opened if picture is not None]))


def shop() -> Catalog:
    """What :func:`prepare` made."""
    return open_store(Workspace.open(BUILD / SHOP)).snapshot()


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
    of_unseen = _by_person(events.where(unseen[events.row]))
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


def cold(catalog: Catalog, seed: int, folds: int) -> list[Question]:
    """Disjoint draws of 213 movies that lose every rating; who rated them?"""
    events = catalog.interactions
    order = generator(seed, "unseen movies").permutation(catalog.size)
    questions = []
    for fold in range(folds):
        rows = np.sort(order[fold * UNSEEN : (fold + 1) * UNSEEN])
        gone = np.isin(events.row, rows)
        train = catalog.with_interactions(events.where(~gone))
        questions.append(asked(f"cold {seed}.{fold}", train, _by_person(events.where(gone)), rows))
    return questions


def lacking(catalog: Catalog, what: str, share: float) -> Catalog:
    """The movies with posters as features, less the posters or the plots of some, drawn by chance; "" drops nothing."""
    posters: Floats = np.load(POSTERS).astype(np.float32)
    order = generator(0, f"without {what}").permutation(catalog.size)
    without = order[: round(share * catalog.size)]
    items = [catalog.raw_item(row) for row in range(catalog.size)]
    if what == "posters":
        posters[without] = np.nan
    if what == "plots":
        for row in without.tolist():
            items[row] = replace(items[row], text="")
    return Catalog(items, interactions=catalog.interactions, features={"poster": posters})


def _by_person(events: Interactions) -> dict[str, Ints]:
    return {events.people[u]: np.unique(events.row[events.user == u]) for u in np.unique(events.user).tolist()}
