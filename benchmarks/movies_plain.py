"""Plain baselines for movies that nobody has rated. Each chooses its settings on movies hidden from the known ones.

by genre       how much a person watches each genre, times how often movies of it are watched
TF-IDF kNN     EASE's score of the known movies whose words are nearest, or how often those were watched
ridge          linear, from TF-IDF words, genres and year to EASE's factors
ridge, all     the same, from all that the catalog says: people, country, language, rating, runtime as well
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import product

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from common import TfIdf
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.recommenders import features
from tastemaker.recommenders.ease import closed_form

TRIALS, HIDDEN, TOP = 2, 0.2, 20
Option = tuple[float, ...]
Foretell = Callable[[Option, Ints, Ints], Floats]
"""An option, known rows, rows that are unknown -> scores (people, unknown)."""


def scores(name: str, train: Catalog, cold: Ints) -> tuple[Floats, Option]:
    """Scores of the cold movies for everybody with an event, and the option that was chosen.

    Shapes: (people, len(cold)).
    """
    known = np.setdiff1d(np.arange(train.size), cold)
    world = _World(train, np.asarray(train.interactions.matrix().todense(), np.float32))
    options, foretell = METHODS[name](world)
    best = _best(options, foretell, world.chosen, known)
    return foretell(best, known, cold), best


@dataclass(frozen=True)
class _World:
    """What may be learned from. Shapes: chosen (people, movies), 0 or 1."""

    train: Catalog
    chosen: Floats
    kept: dict[tuple[float, bytes], Floats] = field(default_factory=dict)

    def answers(self, penalty: float, known: Ints) -> Floats:
        """EASE's scores of known movies, from known movies. Shapes: (people, known)."""
        key = penalty, known.tobytes()
        if key not in self.kept:
            part = self.chosen[:, known]
            self.kept[key] = part @ closed_form(part.T @ part, penalty)
        return self.kept[key]


def _best(options: Sequence[Option], foretell: Foretell, chosen: Floats, known: Ints) -> Option:
    """The option with the highest recall on movies hidden from the known ones."""
    order = generator(0, "plain trials").permutation(known)
    size = int(HIDDEN * len(known))
    gains = np.zeros(len(options))
    for trial in range(TRIALS):
        hidden = np.sort(order[trial * size : (trial + 1) * size])
        rest = np.setdiff1d(known, hidden)
        gains += [_recall(foretell(option, rest, hidden), chosen[:, hidden] > 0) for option in options]
    return options[int(np.argmax(gains))]


def _recall(score: Floats, target: Bools) -> float:
    top = np.argpartition(-score, TOP, axis=1)[:, :TOP]
    total = target.sum(axis=1)
    return float((np.take_along_axis(target, top, axis=1).sum(axis=1) / np.maximum(total, 1))[total > 0].mean())


Made = tuple[list[Option], Foretell]


def _by_genre(world: _World) -> Made:
    genres, chosen = _genres(world.train), world.chosen

    def foretell(option: Option, known: Ints, cold: Ints) -> Floats:
        person, fame = option
        watched = chosen[:, known] @ genres[known]
        share = watched / np.maximum(watched.sum(axis=1, keepdims=True), 1e-9)
        often = chosen[:, known].sum(axis=0) @ genres[known] / np.maximum(genres[known].sum(axis=0), 1e-9)
        return (share**person * often**fame) @ genres[cold].T

    return list(product((0.0, 1.0), (0.0, 0.5, 1.0, 2.0)))[1:], foretell


def _nearest(world: _World) -> Made:
    train, chosen = world.train, world.chosen
    texts = [_text(train, row) for row in range(train.size)]
    words = TfIdf(texts)(texts)

    def foretell(option: Option, known: Ints, cold: Ints) -> Floats:
        neighbours, personal, power = option
        alike = np.asarray((words[cold] @ words[known].T).todense(), np.float32)
        least = np.partition(alike, -int(neighbours), axis=1)[:, -int(neighbours)][:, None]
        near = np.where(alike >= least, np.maximum(alike, 1e-9), 0.0) ** power * (alike >= least)
        near /= near.sum(axis=1, keepdims=True)
        told = world.answers(100.0, known) if personal else chosen[:, known]
        if not personal:
            told = np.broadcast_to(told.sum(axis=0), told.shape)
        return np.asarray(told @ near.T, np.float32)

    return list(product((10.0, 20.0, 50.0, 100.0, 200.0), (0.0, 1.0), (0.0, 1.0, 2.0, 4.0))), foretell


def _ridge(world: _World, *, everything: bool) -> Made:
    train = world.train
    blocks = _blocks(train)
    if not everything:
        blocks = {"words": blocks["words"], "genres": _unit(_genres(train)), "numbers": _year(train)}
    grams = {name: block @ block.T for name, block in blocks.items()}

    @cache
    def solved(strength: float, words: float, known: bytes, cold: bytes) -> Floats:
        rows, new = np.frombuffer(known, np.int64), np.frombuffer(cold, np.int64)
        gram = sum(grams[name] * (words if name == "words" else 1.0) for name in grams) + 0.1
        system = np.asarray(gram[np.ix_(rows, rows)], np.float64)
        system[np.diag_indices(len(rows))] += strength
        found = cho_solve(cho_factor(system, overwrite_a=True), gram[np.ix_(rows, new)].astype(np.float64))
        return np.asarray(found, np.float32)

    def foretell(option: Option, known: Ints, cold: Ints) -> Floats:
        strength, penalty, words = option
        return world.answers(penalty, known) @ solved(strength, words, known.tobytes(), cold.tobytes())

    return list(product((0.5, 1.0, 3.0, 10.0), (100.0, 300.0), (0.25, 0.5, 1.0))), foretell


METHODS: dict[str, Callable[[_World], Made]] = {
    "by genre": _by_genre,
    "TF-IDF kNN": _nearest,
    "ridge": partial(_ridge, everything=False),
    "ridge, all": partial(_ridge, everything=True),
}


def _text(train: Catalog, row: int) -> str:
    item = train.item(row)
    return f"{item.title} {item.text} {' '.join(_genres_of(train, row))}"


def _genres_of(train: Catalog, row: int) -> tuple[str, ...]:
    value = train.item(row).attributes.get("genres", ())
    return value if isinstance(value, tuple) else (str(value),)


def _genres(train: Catalog) -> Floats:
    """Shapes: (movies, genres), 0 or 1."""
    of = [_genres_of(train, row) for row in range(train.size)]
    column = {name: n for n, name in enumerate(sorted({name for names in of for name in names}))}
    table = np.zeros((train.size, len(column)), np.float32)
    for row, names in enumerate(of):
        table[row, [column[name] for name in names]] = 1.0
    return table


def _blocks(train: Catalog) -> dict[str, Floats]:
    """What the library reads, block by block, each of length one."""
    rows = np.arange(train.size)
    learned = features.learn(train, rows)
    table = np.asarray(learned.read(train, rows, dict.fromkeys(features.BLOCKS, 1.0)).todense(), np.float32)
    bounds = np.cumsum([0, *learned.widths.values()])
    return {name: table[:, bounds[n] : bounds[n + 1]] for n, name in enumerate(learned.widths)}


def _year(train: Catalog) -> Floats:
    """Soft bins of the year in the title, of length one."""
    years = np.array(
        [[float(y) for y in features.YEAR.findall(train.item(r).title)][-1:] or [np.nan] for r in range(train.size)]
    )
    centres = np.unique(np.nanquantile(years, np.linspace(0, 1, 12)))
    place = np.interp(years[:, 0], centres, np.arange(len(centres)))
    bumps = np.exp(-0.5 * (place[:, None] - np.arange(len(centres))) ** 2)
    return _unit(np.nan_to_num(bumps).astype(np.float32))


def _unit(table: Floats) -> Floats:
    return table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
