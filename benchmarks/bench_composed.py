"""Composed queries through the shop's own search, as `tastemaker evaluate --queries` asks them: picture + change.

    python benchmarks/bench_composed.py     # 3 minutes on two cores, after bench_fashion.py (which it runs if need be)

Fashion, 21,841 real products, the 1,000 queries of composed_queries_derived.csv, the reference never ranked. Twice:
with everything known of every product, and with the kept-out tenth added live, bringing a picture and nothing else.
"""

import csv
from pathlib import Path

import bench_fashion
from common import BUILD, Lines, data, kept_out, show, store
from tastemaker.alignment.contrastive import ContrastiveSpace
from tastemaker.catalog.items import Item
from tastemaker.core.storage import Artefacts
from tastemaker.evaluation.report import Report
from tastemaker.shop import Shop
from tastemaker.shop.fitted import item_keys, write_space, write_vectors
from tastemaker.shop.live import embed_all


def write_queries(path: Path) -> Path:
    """The queries in the columns that ``evaluate`` reads."""
    with data("fashion", "composed_queries_derived.csv").open(newline="", encoding="utf-8") as stream:
        asked = list(csv.DictReader(stream))
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["image", "change", "exclude", "positives"])
        for row in asked:
            reference = row["reference_id"]
            writer.writerow([f"{reference}.jpg", row["modification"], reference, row["positive_ids"]])
    return path


def with_learned_space(folder: Path) -> Shop:
    """The shop in a folder, with the space that ``bench_fashion.py`` learned."""
    kept = Artefacts(BUILD / "fashion-space").published()["space"]
    space = ContrastiveSpace.restore(kept.config, kept.tensors())
    shop = Shop(folder)
    artefacts = Artefacts(shop.workspace.state)
    catalog = shop.catalog
    written = write_space(artefacts, space, {})
    vectors = embed_all(space, catalog, Lines())
    made = write_vectors(artefacts, vectors, item_keys(catalog), written.name, {})
    artefacts.publish({"space": written, "vectors": made})
    return shop.fit(["search"], observer=Lines())


def rows_of(report: Report, catalog: str) -> list[dict[str, object]]:
    """Lines of the table."""
    return [
        {"catalog": catalog, "method": method, "hitrate@10": report.row(method, "hitrate@10").value,
         "95 %": f"{report.row(method, 'hitrate@10').low:.3f}-{report.row(method, 'hitrate@10').high:.3f}",
         "recall@10": report.row(method, "recall@10").value}
        for method in report.methods
    ]  # fmt: skip


def main() -> None:
    """Build, ask, print, store."""
    if "space" not in Artefacts(BUILD / "fashion-space").published():
        bench_fashion.main()
    bench_fashion.build()
    folder = BUILD / "fashion"
    queries = write_queries(folder / "composed.csv")
    with with_learned_space(folder) as shop:
        found = rows_of(shop.evaluate(queries=queries, k=10, observer=Lines()), "everything known")
        tenth = [item for item in map(shop.catalog.raw_item, range(shop.catalog.size)) if kept_out(item.id)]
        shop.remove([item.id for item in tenth])
        shop.fit(["search"])
        shop.add([Item(item.id, images=item.images) for item in tenth])
        found += rows_of(shop.evaluate(queries=queries, k=10, observer=Lines()), "a tenth: picture only")
    show("Composed queries through the shop's search, 21,841 products, reference never ranked", found)
    store("composed", {"rows": found})


if __name__ == "__main__":
    main()
