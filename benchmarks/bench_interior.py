"""Interior: 2,178 pieces of furniture with pictures and words; a tenth is kept from training and found by its words.

python benchmarks/bench_interior.py
"""

import json

import numpy as np

from common import data, kept_out, new_workspace, show, store, write_items
from retrieval import bare_vectors, learn, words_to_pictures
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.loading import open_store
from tastemaker.catalog.workspace import Workspace


def build() -> Catalog:
    """The workspace with all products."""
    folder = new_workspace("interior")
    lines = data("interior", "products.jsonl").read_text(encoding="utf-8").splitlines()
    items = []
    for product in map(json.loads, lines):
        item = {"id": product["product_id"], "title": f"{product['name']} {product['type']}".strip(),
                "text": product["description"], "image": product["image"],
                "type": product["type"], "colour": product["colour"], "size": product["size"]}  # fmt: skip
        items.append(item)
    write_items(folder / "items.csv", items)
    (folder / "images.zip").symlink_to(data("interior", "products.zip"))
    return open_store(Workspace.open(folder)).snapshot()


def main() -> None:
    """Run and print."""
    catalog = build()
    tenth = np.array([row for row, id in enumerate(catalog.ids) if kept_out(id)], np.int64)
    space, cost = learn(catalog, tenth)
    rows = words_to_pictures(space, catalog, tenth, bare_vectors(space, catalog, tenth))
    show(f"interior: {len(tenth)} products kept from training, added with a picture alone", rows)
    show("cost", [cost])
    store("interior", {"n_kept": len(tenth), "retrieval": rows, "cost": cost})


if __name__ == "__main__":
    main()
