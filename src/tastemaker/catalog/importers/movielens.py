"""MovieLens: films, ratings, tags; ``ratings.csv`` + ``movies.csv`` (ml-latest) or ``ratings.dat`` + ``movies.dat``."""

import csv
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from tastemaker.catalog.events import Event
from tastemaker.catalog.importers.base import Imported, Importer, complete, lines_of
from tastemaker.catalog.items import Item
from tastemaker.core.errors import InputError
from tastemaker.core.types import ItemId, UserId, Value

YEAR = re.compile(r"^(.*\S)\s*\((\d{4})\)\s*$")
MAX_TAGS = 20


class MovieLens(Importer):
    """Films with genres, year and tags; every rating an event of kind ``rate`` with its stars and time."""

    source: ClassVar[str] = "Harper and Konstan 2015, The MovieLens Datasets; grouplens.org/datasets/movielens"

    def read(self, source: Path) -> Imported:
        """Read a folder (or its ratings file).

        Raises:
            InputError: there is no ratings file, or a line of it cannot be read.
        """
        folder = source if source.is_dir() else source.parent
        suffix = next((suffix for suffix in (".csv", ".dat") if (folder / f"ratings{suffix}").is_file()), "")
        if not suffix:
            hint = "unpack ml-latest-small.zip or ml-1m.zip and name the folder"
            raise InputError(f"{folder.name!r} holds neither ratings.csv nor ratings.dat", hint=hint)
        rows = _csv if suffix == ".csv" else _dat
        events = [_rating(fields, line) for line, fields in enumerate(rows(folder / f"ratings{suffix}"), 2)]
        tags = _tags(folder / f"tags{suffix}", rows)
        movies = folder / f"movies{suffix}"
        known = {ItemId(fields[0]): _film(fields, tags) for fields in rows(movies)} if movies.is_file() else {}
        notes = [] if known else [f"no movies{suffix}: films are nothing but their ids"]
        return Imported(complete(known, (event.item for event in events)), events, notes=notes)


def _csv(path: Path) -> list[list[str]]:
    return list(csv.reader(lines_of(path)))[1:]


def _dat(path: Path) -> list[list[str]]:
    return [line.split("::") for line in lines_of(path, "latin-1")]


def _rating(fields: list[str], line: int) -> Event:
    try:
        user, item, stars, time = fields[:4]
        return Event(UserId(user), ItemId(item), "rate", float(stars), float(time))
    except ValueError as error:
        raise InputError(f"ratings, line {line}: {error}", hint="a line is user, movie, rating, timestamp") from None


def _film(fields: list[str], tags: dict[str, tuple[str, ...]]) -> Item:
    id, title = fields[0], fields[1]
    attributes: dict[str, Value] = {}
    genres = tuple(genre for genre in fields[-1].split("|") if genre and genre != "(no genres listed)")
    if genres:
        attributes["genres"] = genres
    if found := YEAR.match(title):
        title = found[1]
        attributes["year"] = float(found[2])
    if id in tags:
        attributes["tags"] = tags[id]
    return Item(ItemId(id), title=title, attributes=attributes)


def _tags(path: Path, rows: Callable[[Path], list[list[str]]]) -> dict[str, tuple[str, ...]]:
    """Each film's tags, most frequent first."""
    counts: dict[str, Counter[str]] = {}
    if path.is_file():
        for fields in rows(path):
            counts.setdefault(fields[1], Counter())[fields[2].strip().lower()] += 1
    return {item: tuple(tag for tag, _ in found.most_common(MAX_TAGS)) for item, found in counts.items()}
