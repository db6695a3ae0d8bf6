"""A workspace small enough to fit in a moment: 24 drawn things, and people who like one colour each."""

import csv
import io

from tastemaker.testing.worlds import COLOURS, drawing, drawn_shop

BASE = "http://127.0.0.1:8000"
DAY = 86_400
SETTINGS = """
[space]
epochs = 3
dim = 32
picture_size = 32
picture_widths = [16, 32, 64]
text_width = 32

[complete]
cases = 60
candidates = 24

[imagine]
generator = "mean-picture"
"""


def write_workspace(folder):
    """Items, pictures, events and sets of the drawn shop as files; nobody ever looked at the last yellow thing."""
    catalog = drawn_shop(copies=2)
    images = folder / "images"
    images.mkdir(parents=True)
    with (folder / "items.csv").open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["id", "title", "image", "price", "colour", "shape"])
        for row in range(catalog.size):
            item = catalog.item(row)
            (images / item.images[0]).write_bytes(catalog.pictures.read(item.images[0]))
            table.writerow([item.id, item.title, item.images[0], item.price, *item.attributes.values()])
    with (folder / "events.csv").open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["user", "item", "kind", "time"])
        for number in range(16):
            colour = tuple(COLOURS)[number % 4]
            liked = [id for id in catalog.ids if id.startswith(colour) and id != "yellow-stripes-1"]
            for place in range(3):
                item = liked[(number // 4 + place) % len(liked)]
                table.writerow([f"person-{number:02}", item, "buy", 1_700_000_000 + DAY * place + number])
    with (folder / "sets.csv").open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["set", "item"])
        names = [(id.split("-")[0], id.rsplit("-", 1)[1], id) for id in catalog.ids]
        table.writerows((f"{colour} {copy}", id) for colour, copy, id in names)
    (folder / "tastemaker.toml").write_text(SETTINGS)
    return folder


def picture(colour="red", shape="circle", kind="PNG"):
    stream = io.BytesIO()
    drawing(colour, shape, seed=77).save(stream, kind)
    return stream.getvalue()


def ids(response):
    assert response.status_code == 200, response.text
    return [item["id"] for item in response.json()["items"]]
