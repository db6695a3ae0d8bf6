"""A small shop on disk: coloured shapes with words, prices and people whose taste is a colour."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tastemaker.shop import Shop

COLOURS = {"red": (200, 40, 40), "green": (40, 150, 60), "blue": (50, 70, 190), "yellow": (230, 200, 60)}
KINDS = ("plate", "vase", "lamp")
DAY = 86_400
SMALL = """[space]
dim = 64
epochs = 30
picture_size = 32
picture_widths = [16, 32, 64]
text_width = 64

[imagine]
generator = "mean-picture"
"""


def draw(path: Path, colour: str, kind: str, seed: int) -> None:
    """One product photo: a shape in a colour on a nearly white ground."""
    rng = np.random.default_rng(seed)
    ground = np.clip(rng.normal(244, 3, (64, 48, 3)), 0, 255).astype(np.uint8)
    picture = Image.fromarray(ground)
    pen = ImageDraw.Draw(picture)
    x, y = rng.integers(4, 12, 2).tolist()
    box = (x, y + 8, x + 30, y + 38)
    if kind == "plate":
        pen.ellipse(box, fill=COLOURS[colour])
    elif kind == "vase":
        pen.rectangle(box, fill=COLOURS[colour])
    else:
        pen.polygon([(box[0], box[3]), (box[2], box[3]), (x + 15, box[1])], fill=COLOURS[colour])
    picture.save(path, quality=90)


def write_workspace(root: Path) -> Path:
    """48 items (4 cold), 32 people, 6 events a person."""
    (root / "images").mkdir(parents=True)
    (root / "tastemaker.toml").write_text(SMALL, encoding="utf-8")
    rows = []
    for copy in range(4):
        for colour in COLOURS:
            for kind in KINDS:
                id = f"{kind}-{colour}-{copy}"
                draw(root / "images" / f"{id}.jpg", colour, kind, seed=len(rows))
                rows.append([id, f"{colour.title()} {kind}", f"A {kind} glazed in {colour}.", f"{id}.jpg",
                             10 + 5 * copy + 20 * KINDS.index(kind), colour, kind])  # fmt: skip
    with (root / "items.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([["id", "title", "text", "image", "price", "colour", "kind"], *rows])
    rng = np.random.default_rng(7)
    events = []
    for person in range(32):
        colour = list(COLOURS)[person % 4]
        liked = [row[0] for row in rows if row[5] == colour and not row[0].endswith("-3")]
        for place, id in enumerate(rng.permutation(liked)[:6].tolist()):
            events.append([f"u{person}", id, "view", 1_700_000_000 + place * DAY + person])
    with (root / "events.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([["user", "item", "kind", "time"], *events])
    return root


@pytest.fixture(scope="session")
def fitted_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small shop, fitted once; never changed by a test."""
    root = write_workspace(tmp_path_factory.mktemp("shops") / "shop")
    with Shop(root) as shop:
        shop.fit()
    return root


@pytest.fixture
def shop(fitted_folder: Path, tmp_path: Path) -> Iterator[Shop]:
    """A fitted shop of the test's own."""
    root = tmp_path / "shop"
    shutil.copytree(fitted_folder, root)
    with Shop(root) as opened:
        yield opened
