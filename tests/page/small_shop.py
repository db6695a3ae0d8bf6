"""A real shop that learns in a moment, served in a process of its own: ``python tests/page/small_shop.py FOLDER PORT``.

It sells what the tests of the assistant and of the studio sell, with drawn pictures; a few people have bought there.
It is opened again after it has learned, with settings under which learning takes long: so there is a job to stop.
"""

import csv
import sys
from pathlib import Path

from PIL import Image, ImageDraw

import tastemaker as tm
from tests.assistant.conftest import COLUMNS, rows
from tests.studio.scenes import box, tee

COLOURS = {"red": (176, 48, 40), "blue": (52, 90, 160), "green": (70, 130, 80), "white": (250, 250, 248)}
OUTLINES = {
    "dress": [(100, 60), (140, 60), (150, 140), (190, 280), (50, 280), (90, 140)],
    "shirt": [(80, 70), (160, 70), (210, 150), (180, 170), (160, 140), (160, 250), (80, 250), (80, 140), (60, 170),
              (30, 150)],
    "sofa": [(20, 170), (50, 130), (190, 130), (220, 170), (220, 250), (20, 250)],
    "game": [(70, 80), (170, 80), (170, 240), (70, 240)],
}  # fmt: skip
"""Kinds of things as they are drawn."""
SETTINGS = """currency = "€"

[space]
epochs = {epochs}
dim = 32
picture_size = 32
picture_widths = [16, 32, 64]
text_width = 32
"""


def drawn(colour, kind):
    """A thing of one colour before a wall."""
    image = Image.new("RGB", (240, 320), (232, 226, 216))
    ImageDraw.Draw(image).polygon(OUTLINES[kind], fill=COLOURS[colour])
    return image


def write(folder):
    """The workspace: 28 items, two of them for the studio, and what six people bought."""
    (folder / "images").mkdir(parents=True)
    lines = []
    for row in rows():
        name = f"{row[0]}.png"
        drawn(row[5], row[4]).save(folder / "images" / name)
        lines.append((*row, name))
    for id, title, kind, made in (("tee-1", "Striped tee", "t-shirt", tee), ("box-1", "Low cabinet", "cabinet", box)):
        Image.fromarray(made()[0]).save(folder / "images" / f"{id}.png")
        lines.append((id, title, "For every day", 30, kind, "", "", "", "", f"{id}.png"))
    with (folder / "items.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([(*COLUMNS, "image"), *lines])
    with (folder / "events.csv").open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow(["user", "item", "kind", "time"])
        for person in range(6):
            for step in range(4):
                item = lines[(person * 4 + step * 4) % 20][0]
                table.writerow([f"person-{person}", item, "buy", 1_700_000_000 + 86_400 * step + person])


def main(folder, port):
    """Write, learn, serve."""
    write(folder)
    (folder / "tastemaker.toml").write_text(SETTINGS.format(epochs=3), encoding="utf-8")
    with tm.open(folder) as shop:
        shop.fit(["space", "recommender"])
        shop.creative("d-00", n=2)
    (folder / "tastemaker.toml").write_text(SETTINGS.format(epochs=5000), encoding="utf-8")
    tm.serve(tm.open(folder), port=port)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
