"""Composed queries: a picture and a change in words, through the shop's own search and beside plain ways.

    python benchmarks/bench_composed.py             # 10 minutes on two cores, after bench_fashion.py
    python benchmarks/bench_composed.py --small     # every tenth query

Fashion, 21,841 real products, everything known of every product but of the reference: its picture is asked with, the
product itself is never ranked nor looked at. Two sets: the 1,000 queries of ``composed_queries_derived.csv`` (another
colour of the same kind for the same people), and 600 of four kinds (``benchmarks/composed.py``) that are scored on what
had to change and on what had to stay. Then the kept-out tenth comes with a picture and nothing else, which is where a
refusal can go wrong. Settings were chosen on 300 queries about other references.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence

import numpy as np

import bench_fashion
from common import BUILD, Lines, Stopwatch, fashion_space, kept_out, show, store
from composed import KINDS, Asked, derived, given, scores
from tastemaker.alignment.composing.combiner import Combiner
from tastemaker.alignment.composing.inversion import Inversion
from tastemaker.alignment.composing.query import Term, mix
from tastemaker.alignment.composing.triplets import mine
from tastemaker.alignment.contrast.space import ContrastiveSpace
from tastemaker.catalog.items import Item
from tastemaker.core.seeds import generator
from tastemaker.core.storage import Artefacts
from tastemaker.core.types import Floats, Ints
from tastemaker.evaluation.significance import intervals, paired
from tastemaker.shop import Shop, searching
from tastemaker.shop.fitted import item_keys, write_space, write_vectors
from tastemaker.shop.live import embed_all
from tastemaker.shop.request import Request

REFERENCES = 3_000
TRIPLETS = 12_000
PLAIN, SHOP = "weighted sum", "attribute-aware edit (shop)"
Way = Callable[[Asked], Ints]
Row = dict[str, object]


def with_learned_space(shop: Shop) -> Shop:
    """The shop, with the space that ``bench_fashion.py`` learned; embedded once."""
    kept = fashion_space()
    artefacts = Artefacts(shop.workspace.state)
    published = artefacts.published()
    space = ContrastiveSpace.restore(kept.config, kept.tensors())
    settings = json.loads(json.dumps(space.settings()))
    if "search" in published and published["space"].config["settings"] == settings:
        return shop
    written = write_space(artefacts, space, {})
    vectors = embed_all(space, shop.catalog, Lines())
    made = write_vectors(artefacts, vectors, item_keys(shop.catalog), written.name, {})
    artefacts.publish({"space": written, "vectors": made})
    return shop.fit(["search"], observer=Lines())


def embedded(shop: Shop, asked: Sequence[Asked]) -> dict[int | str, Floats]:
    """The vectors of the references' pictures and of the changes."""
    catalog, space = shop.catalog, shop.space
    if space is None:
        raise RuntimeError("the shop has no space")
    rows = sorted({query.reference for query in asked})
    words = sorted({query.change for query in asked})
    pictures = [catalog.pictures.open(catalog.main_picture(row)) for row in rows]
    found: dict[int | str, Floats] = dict(zip(rows, space.embed_pictures(pictures), strict=True))
    return found | dict(zip(words, space.embed_texts(words), strict=True))


def learned(shop: Shop, spared: frozenset[int]) -> tuple[Combiner, Inversion]:
    """What combines, and what makes a word of a picture; both learned from items that no query asks with."""
    catalog, space, vectors = shop.catalog, shop.space, shop.view.vectors
    if not isinstance(space, ContrastiveSpace) or vectors is None:
        raise RuntimeError("the shop has no space of its own")
    rows = np.array([row for row in generator(0, "combiner").permutation(catalog.size).tolist() if row not in spared])
    rows = rows[:REFERENCES]
    triplets = mine(catalog, rows, TRIPLETS)
    seen = space.embed_pictures([catalog.pictures.open(catalog.main_picture(int(row))) for row in rows])
    words = sorted(set(triplets.changes))
    said = dict(zip(words, space.embed_texts(words), strict=True))
    place = {int(row): at for at, row in enumerate(rows.tolist())}
    pictures = seen[[place[int(row)] for row in triplets.references.tolist()]]
    changes = np.stack([said[change] for change in triplets.changes])
    watch = Stopwatch()
    inversion = Inversion(space.dim, space.word_size).learn(space, seen)
    sys.stderr.write(f"inversion: learned in {watch.processor:.0f} processor seconds\n")
    return Combiner(space.dim).learn(pictures, changes, vectors.matrix[triplets.targets], triplets.groups), inversion


def ways(shop: Shop, vectors: dict[int | str, Floats], combiner: Combiner, inversion: Inversion) -> dict[str, Way]:
    """Every way to answer a query: rows, best first."""
    view = shop.view
    index, space = view.index, shop.space
    if index is None or space is None:
        raise RuntimeError("the shop has no space")

    def near(make: Callable[[Term, Term], Floats]) -> Way:
        def answer(asked: Asked) -> Ints:
            picture = Term("picture", vectors[asked.reference], 0.4)
            made = make(picture, Term("change", vectors[asked.change], 0.6, asked.change))
            mask = view.catalog.available.copy()
            mask[asked.reference] = False
            return index.search(made / np.linalg.norm(made), 10, mask)[0]

        return answer

    def shop_answer(asked: Asked) -> Ints:
        mask = view.catalog.available.copy()
        mask[asked.reference] = False
        picture = view.catalog.pictures.open(view.catalog.main_picture(asked.reference))
        request = Request(picture=picture, change=asked.change, mask=mask)
        return view.catalog.rows(searching.search(view, shop.store, request, 10).ids)

    return {
        PLAIN: near(lambda picture, change: mix([picture, change])),
        "picture alone": near(lambda picture, _: picture.vector),
        "words alone": near(lambda _, change: change.vector),
        "text inversion": near(lambda picture, change: inversion.join(space, picture, change)),
        "learned combiner": near(lambda picture, change: combiner.join(space, picture, change)),
        SHOP: shop_answer,
    }


def table(asked: Sequence[Asked], answers: dict[str, Way]) -> list[Row]:
    """A line a way and a kind of query: shares with 95 % intervals, and how it compares with the weighted sum."""
    every = {name: [scores(query, way(query)) for query in asked] for name, way in answers.items()}
    kinds = [kind for kind in KINDS if any(query.kind == kind for query in asked)]
    rows = []
    for kind in [*kinds, *(["every kind"] if len(kinds) > 1 else [])]:
        chosen = [at for at, query in enumerate(asked) if kind in (query.kind, "every kind")]
        plain = np.array([every[PLAIN][at]["hit"] for at in chosen])
        for name in answers:
            hits = np.array([every[name][at]["hit"] for at in chosen])
            low, high = intervals(hits[:, None])
            means = {what: round(float(np.mean([every[name][at][what] for at in chosen])), 3)
                     for what in ("changed", "kept", "both")}  # fmt: skip
            rows.append({"query": kind, "method": name, "n": len(chosen), "hitrate@10": round(float(hits.mean()), 3),
                         "95 %": f"{low[0]:.3f}-{high[0]:.3f}", "x plain": round(float(hits.mean() / plain.mean()), 2),
                         "p": round(paired(hits, plain).p, 4), **means})  # fmt: skip
    return rows


def refused(asked: Sequence[Asked], way: Way) -> Row:
    """How much of the first ten is what the query refuses."""
    without = [query for query in asked if query.kind == "without"]
    shares = np.array([1.0 - scores(query, way(query))["changed"] for query in without])
    low, high = intervals(shares[:, None])
    return {"refusals": len(shares), "violated in the first ten": round(float(shares.mean()), 4),
            "95 %": f"{low[0]:.4f}-{high[0]:.4f}"}  # fmt: skip


def main() -> None:
    """Build, ask, print, store."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="every tenth query; nothing is stored")
    small = parser.parse_args().small
    fashion_space()
    folder = BUILD / "composed-shop"
    if not (folder / "items.csv").exists():
        bench_fashion.build("composed-shop")
    with with_learned_space(Shop(folder)) as shop:
        first = given(shop.catalog)
        second = derived(shop.catalog, 150, 5, [query.reference for query in first])
        spared = frozenset(query.reference for query in [*first, *second])
        if small:
            first, second = first[::10], second[::10]
        answers = ways(shop, embedded(shop, [*first, *second]), *learned(shop, spared))
        one, two = table(first, answers), table(second, answers)
        show("Another colour: the 1,000 queries of composed_queries_derived.csv, 21,841 products", one)
        show("Four kinds of change, derived from the attributes", two)
        broken: list[Row] = [{"catalog": "everything known"} | refused(second, answers[SHOP])]
        tenth = [row for row in range(shop.catalog.size) if kept_out(shop.catalog.ids[row])]
        asked_with = {query.reference for query in second}
        bare = [shop.catalog.raw_item(row) for row in tenth if row not in asked_with]
        try:
            shop.add([Item(item.id, images=item.images) for item in bare])
            way = ways(shop, {}, Combiner(1), Inversion(1, 1))[SHOP]
            broken.append({"catalog": "a tenth: picture only"} | refused(second, way))
        finally:
            shop.add(bare)  # the workspace is used again
        show("Refusals", broken)
    if not small:
        store("composed", {"given": one, "derived": two, "refusals": broken})


if __name__ == "__main__":
    main()
