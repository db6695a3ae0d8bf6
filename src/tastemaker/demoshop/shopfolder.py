"""The files of the demo shop: items.csv, events.csv, and, apart from what the shop may see, the ground truth."""

import csv
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.tastes import Person
from tastemaker.demoshop.visits import Visit

_FIRST = ("id", "title", "text", "image", "price", "available", "department")
_SETTINGS = """# Every default is shown by `tastemaker fit --show-config`.
currency = "€"

[space]
max_minutes = 2  # a demo should not keep anybody waiting

[studio.own]
lessons = "drawn"  # its people and rooms are drawn without and with a product
"""
_TRUTH = """What the people of the demo shop like, as it was decided before the first event was drawn.

Nothing here is an input of the shop: it is kept for simulators and for checking what was learned.
people.jsonl: user, persona, departments (share of visits), likes (department -> attribute -> value -> how much),
budget (1 = usual prices), thrift (how much a price above the budget hurts), activity (relative number of sessions).
"""


def write_items(path: Path, pieces: Sequence[Piece]) -> None:
    """Write items.csv: the reserved columns, then every attribute that any piece has."""
    names = list(dict.fromkeys(name for piece in pieces for name in piece.facts))
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*_FIRST, *names])
        for piece in pieces:
            head = (
                piece.id,
                piece.title,
                piece.text,
                f"{piece.id}.jpg",
                f"{piece.price:.2f}",
                str(piece.available).lower(),
            )
            writer.writerow([*head, piece.department, *(piece[name] for name in names)])


def write_events(path: Path, visits: Sequence[Visit]) -> None:
    """Write events.csv, oldest first, each event with an id of its own."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("user", "item", "kind", "value", "time", "id"))
        for number, visit in enumerate(visits, 1):
            time = datetime.fromtimestamp(visit.time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            writer.writerow((visit.user, visit.item, visit.kind, visit.value, time, f"e{number:06d}"))


def write_truth(folder: Path, everyone: Sequence[Person]) -> None:
    """Write the latent tastes into a folder that the shop does not read."""
    folder.mkdir()
    (folder / "README.txt").write_text(_TRUTH, encoding="utf-8")
    with (folder / "people.jsonl").open("w", encoding="utf-8") as stream:
        for person in everyone:
            row = {
                "user": person.id,
                "persona": person.persona,
                "departments": person.departments,
                "likes": person.likes,
                "budget": round(person.budget, 4),
                "thrift": round(person.thrift, 4),
                "activity": round(person.activity, 4),
            }
            stream.write(json.dumps(row) + "\n")


def read_truth(folder: Path) -> list[Person]:
    """The people whose tastes :func:`write_truth` wrote down; none when the folder holds none."""
    path = folder / "people.jsonl"
    if not path.is_file():
        return []
    told = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Person(row.pop("user"), tuple(row.pop("persona")), **row) for row in told]


def write_settings(path: Path) -> None:
    """Write the few choices that the demo shop makes."""
    path.write_text(_SETTINGS, encoding="utf-8")
