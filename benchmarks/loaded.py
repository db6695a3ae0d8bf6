"""The shop of the load test: 20,000 products of fashion, and people drawn at random who like one kind of thing.

The products and their vectors are those of ``bench_search.py``; only who gets what is learned anew.
"""

import csv
import shutil
from collections import defaultdict
from pathlib import Path

import bench_search
from common import BUILD, Lines
from tastemaker.catalog.events import Event
from tastemaker.core.seeds import generator
from tastemaker.core.types import UserId
from tastemaker.shop import Shop

ITEMS, PEOPLE, EVENTS = 20_000, 1_000, 12
DAY = 86_400.0
BEGUN = 1_700_000_000.0
PARTS = ("articleType", "baseColour", "usage", "gender")


def shop_of(folder: Path = BUILD / "load") -> Path:
    """The fitted workspace; made when it is not there yet."""
    if (folder / "ready").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(bench_search.shop_of(ITEMS), folder, symlinks=True, ignore=shutil.ignore_patterns("ready"))
    with Shop(folder) as shop:
        shop.record(list(events(folder)))
        shop.fit(["recommender"], observer=Lines())
    (folder / "ready").touch()
    return folder


def rows(folder: Path) -> list[dict[str, str]]:
    """The items that are on sale."""
    with (folder / "items.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))[:ITEMS]


def people() -> list[UserId]:
    """Who asks."""
    return [UserId(f"person-{number:04}") for number in range(PEOPLE)]


def events(folder: Path) -> list[Event]:
    """What they did: mostly things of one kind in one colour, a few of any."""
    groups = defaultdict(list)
    found = rows(folder)
    for row in found:
        groups[row["articleType"], row["baseColour"]].append(row["id"])
    large = sorted(key for key, ids in groups.items() if len(ids) >= EVENTS)
    chance = generator(0, "people of the load test")
    made = []
    for number, user in enumerate(people()):
        liked = groups[large[number % len(large)]]
        for step in range(EVENTS):
            own = chance.random() < 0.8
            item = liked[chance.integers(len(liked))] if own else found[chance.integers(len(found))]["id"]
            made.append(Event(user, item, kind="buy", time=BEGUN + DAY * step + number))
    return made


def questions(folder: Path) -> list[str]:
    """What is searched for: a colour, a use and a kind, as often as they come together in the shop."""
    chance = generator(0, "questions of the load test")
    found = rows(folder)
    drawn = [found[place] for place in chance.integers(len(found), size=2_000)]
    return [" ".join(row[part].lower() for part in ("baseColour", "usage", "articleType")) for row in drawn]
