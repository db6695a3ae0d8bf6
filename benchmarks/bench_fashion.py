"""Fashion: 21,841 real products; a tenth is kept from training and found again by its words; composed queries over all.

    python benchmarks/bench_fashion.py             # trains (14 processor minutes, one thread), prints, stores
    python benchmarks/bench_fashion.py --seed 1    # another beginning, kept beside the first
    python benchmarks/bench_fashion.py --restore   # measures the space of the last run again

The tenth (sha256(id) % 10 == 0) is measured twice: as items that bring everything, and as items added live that bring a
picture and nothing else. Hyper-parameters were chosen on a part of the other nine tenths.
"""

import argparse
import csv
import json
import time

import numpy as np
import torch

from common import (
    BUILD,
    Lines,
    Stopwatch,
    WordsToPicture,
    data,
    hit_rate,
    kept_out,
    mask,
    new_workspace,
    picture_features,
    places,
    recalls,
    seeded,
    show,
    store,
    write_items,
)  # fmt: skip
from tastemaker.alignment.composing.query import Query, compose
from tastemaker.alignment.contrast.space import ContrastiveConfig, ContrastiveSpace
from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import words_of
from tastemaker.catalog.loading import open_store
from tastemaker.catalog.workspace import Workspace
from tastemaker.core.storage import Artefact, Artefacts
from tastemaker.core.types import Floats, Ints

Row = dict[str, object]


def build(name: str = "fashion") -> Catalog:
    """The workspace with all products."""
    folder = new_workspace(name)
    with data("fashion", "items.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    renamed = {"productDisplayName": "title"}
    dropped = ("has_225x300",)
    write_items(
        folder / "items.csv", [{renamed.get(k, k): v for k, v in row.items() if k not in dropped} for row in rows]
    )
    (folder / "images.zip").symlink_to(data("fashion", "images_60x80.zip"))
    return open_store(Workspace.open(folder)).snapshot()


def learn(catalog: Catalog, tenth: Ints, arguments: argparse.Namespace) -> tuple[ContrastiveSpace, Row]:
    """The space of the nine tenths, trained or read back, and what it cost."""
    artefacts = Artefacts(BUILD / seeded("fashion-space", arguments.seed))
    if arguments.restore:
        kept: Artefact = artefacts.published()["space"]
        cost = json.loads(json.dumps(kept.manifest["cost"]))
        return ContrastiveSpace.restore(kept.config, kept.tensors()), cost
    config = ContrastiveConfig(max_minutes=240, epochs=arguments.epochs, seed=arguments.seed)
    watch = Stopwatch()
    space = ContrastiveSpace(config, checkpoint=BUILD / f"{seeded('fashion', arguments.seed)}.checkpoint")
    space.fit(catalog.restricted(~mask(catalog.size, tenth)), Lines())
    cost = {"wall minutes": round(watch.wall / 60, 1), "cpu minutes / 2": round(watch.processor / 120, 1)}
    made = artefacts.write("space", config=space.settings(), tensors=space.tensors(), manifest={"cost": cost})
    artefacts.publish({"space": made})
    return space, cost


def retrieval(space: ContrastiveSpace, catalog: Catalog, tenth: Ints, vectors: ItemVectors) -> list[Row]:
    """Words of the tenth -> its pictures, the tenth as gallery."""
    gallery = vectors.matrix[tenth]
    items = [catalog.item(int(row)) for row in tenth]
    said = {"name + attributes": [words_of(item) for item in items], "name": [item.title for item in items]}
    rows: list[Row] = []
    for how, texts in said.items():
        found = space.embed_texts(texts)
        rows.append({"tenth": f"{how} -> picture", "method": "space", **recalls(places(found, gallery))})
    rows.append({"tenth": "picture -> name + attributes", "method": "space",
                 **recalls(places(gallery, space.embed_texts(said["name + attributes"])))})  # fmt: skip
    learned = np.setdiff1d(np.flatnonzero(catalog.alive), tenth)
    features = picture_features(catalog.pictures.open(catalog.main_picture(row)) for row in range(catalog.size))
    ridge = WordsToPicture.fit([words_of(catalog.item(int(row))) for row in learned], features[learned])
    for how, texts in said.items():
        place = places(ridge.texts(texts), ridge.pictures(features[tenth]))
        rows.append({"tenth": f"{how} -> picture", "method": "TF-IDF ridge", **recalls(place)})
    return rows


def composed(space: ContrastiveSpace, catalog: Catalog, vectors: dict[str, Floats]) -> list[Row]:
    """Picture + change over all products, the reference never ranked."""
    with data("fashion", "composed_queries_derived.csv").open(newline="", encoding="utf-8") as stream:
        queries = list(csv.DictReader(stream))
    reference = [catalog.row(query["reference_id"]) for query in queries]
    positives = [catalog.rows(query["positive_ids"].split()) for query in queries]
    pictures = [catalog.pictures.open(catalog.main_picture(row)) for row in reference]
    changes = [query["modification"] for query in queries]
    asked = {
        "picture + change": [Query(image=p, change=c) for p, c in zip(pictures, changes, strict=True)],
        "picture alone": [Query(image=p) for p in pictures],
        "words alone": [Query(text=c) for c in changes],
    }
    rows: list[Row] = []
    vectors_of = {how: np.stack([compose(space, query) for query in each]) for how, each in asked.items()}
    for what, matrix in vectors.items():
        hits = {how: hit_rate(found @ matrix.T, positives, reference) for how, found in vectors_of.items()}
        best = max(hits["picture alone"], hits["words alone"])
        row: Row = {"hitrate@10": what, **hits, "times the better side": round(hits["picture + change"] / best, 2)}
        rows.append(row)
    return rows


def speed(space: ContrastiveSpace, catalog: Catalog) -> Row:
    """Median milliseconds to embed one query."""
    picture = catalog.pictures.open(catalog.main_picture(0))

    def median(call: object) -> float:
        times = []
        for _ in range(30):
            begun = time.perf_counter()
            call()  # type: ignore[operator]
            times.append(time.perf_counter() - begun)
        return round(1000 * float(np.median(times)), 2)

    return {
        "one text, ms": median(lambda: space.embed_texts(["blue running shoes for women"])),
        "one picture, ms": median(lambda: space.embed_pictures([picture])),
    }


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--restore", action="store_true")
    parser.add_argument("--epochs", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1, help="2 is faster on a quiet machine")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    catalog = build()
    tenth = np.array([row for row, id in enumerate(catalog.ids) if kept_out(id)], np.int64)
    space, cost = learn(catalog, tenth, arguments)
    bare = catalog.without_modality("text", tenth).without_modality("attributes", tenth)
    watch = Stopwatch()
    everything = space.embed_items(catalog, np.arange(catalog.size))
    cost["items embedded a cpu second"] = round(catalog.size / watch.processor * 2)
    live = space.embed_items(bare, tenth)
    partly = ItemVectors(everything.matrix.copy(), everything.has)
    partly.matrix[tenth] = live.matrix
    found = retrieval(space, catalog, tenth, partly)
    changed = composed(space, catalog, {"all items whole": everything.matrix, "tenth: picture only": partly.matrix})
    quick = speed(space, catalog)
    show(f"{len(tenth)} products kept from training; gallery: their pictures", found)
    show("composed queries over all products, reference excluded", changed)
    show("cost", [{**cost, **quick}])
    result = {"n_tenth": len(tenth), "retrieval": found, "composed": changed, "cost": {**cost, **quick}}
    store(seeded("fashion", arguments.seed), result)


if __name__ == "__main__":
    main()
