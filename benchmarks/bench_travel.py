"""Travel: 104 photos with text, and hotels, attractions, restaurants and places that have no picture.

python benchmarks/bench_travel.py

Two questions: are photos of which only the picture is known found by their words (a fifth of the photos is kept from
training), and does each item of the mixed shop stand first for its own words?
"""

import csv
import json

import numpy as np

from common import data, new_workspace, places, recalls, show, store, write_items
from retrieval import bare_vectors, learn, words_to_pictures
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import words_of
from tastemaker.catalog.loading import open_store
from tastemaker.catalog.workspace import Workspace

Item = dict[str, object]


def photos() -> list[Item]:
    """Photos with text."""
    lines = data("travel", "photos.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        {"id": f"photo-{photo['image'].removesuffix('.jpg')}", "title": photo["title"], "text": photo["description"],
         "image": photo["image"], "department": "photos", "city": photo["city"], "country": photo["country"]}
        for photo in map(json.loads, lines)
    ]  # fmt: skip


def places_to_go() -> list[Item]:
    """Hotels, attractions and restaurants of one city, places of Indonesia: words alone."""
    items: list[Item] = []
    for kind in ("hotel", "attraction", "restaurant"):
        entries = json.loads(data("travel", f"multiwoz_{kind}_db.json").read_text(encoding="utf-8"))
        for number, entry in enumerate(entries):
            facts = {
                name: str(entry[name]) for name in ("area", "pricerange", "stars", "type", "food") if entry.get(name)
            }
            items.append({"id": f"{kind}-{number}", "title": entry["name"], "text": str(entry.get("introduction", "")),
                          "department": f"{kind}s", "city": "Cambridge", **facts})  # fmt: skip
    with data("travel", "indonesia_places.csv").open(newline="", encoding="utf-8") as stream:
        items += [
            {"id": f"place-{row['Place_Id']}", "title": row["Place_Name"], "text": row["Description"],
             "department": "places", "type": row["Category"], "city": row["City"]}
            for row in csv.DictReader(stream)
        ]  # fmt: skip
    return items


def build() -> Catalog:
    """The workspace with everything."""
    folder = new_workspace("travel")
    write_items(folder / "items.jsonl", [*photos(), *places_to_go()])
    (folder / "images.zip").symlink_to(data("travel", "photos_320.zip"))
    return open_store(Workspace.open(folder)).snapshot()


def main() -> None:
    """Run and print."""
    catalog = build()
    pictured = [row for row in range(catalog.size) if catalog.main_picture(row)]
    kept = np.array(pictured[::5], np.int64)
    space, cost = learn(catalog, kept)
    rows = words_to_pictures(space, catalog, kept, bare_vectors(space, catalog, kept))
    vectors = space.embed_items(catalog, np.arange(catalog.size))
    words = [words_of(catalog.item(row)) for row in range(catalog.size)]
    titles = [catalog.item(row).title for row in range(catalog.size)]
    own = [
        {
            "asked by": how,
            "who": who,
            **recalls(places(space.embed_texts([texts[r] for r in chosen]), vectors.matrix, np.array(chosen))),
        }
        for how, texts in (("words", words), ("title", titles))
        for who, chosen in (
            ("photos", pictured),
            ("without pictures", [r for r in range(catalog.size) if r not in set(pictured)]),
        )
    ]
    show(f"travel: {len(kept)} photos kept from training, added with a picture alone", rows)
    show(f"travel: every item by its own words among {catalog.size}", own)
    show("cost", [cost])
    store("travel", {"n_kept": len(kept), "retrieval": rows, "own words": own, "cost": cost})


if __name__ == "__main__":
    main()
