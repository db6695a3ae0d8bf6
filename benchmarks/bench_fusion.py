"""Fashion: the first 128 answers looked at again by a cross-attention encoder, against the contrast alone.

    python benchmarks/bench_fashion.py             # first: the contrastive space of the nine tenths
    python benchmarks/bench_fusion.py              # learns the fusion upon it (10 processor minutes, one thread)
    python benchmarks/bench_fusion.py --seed 1     # upon the space of `bench_fashion.py --seed 1`
    python benchmarks/bench_fusion.py --restore    # measures the fusion of the last run again

The tenth with sha256(id) % 10 == 0 is the gallery, and nothing is learned from it. The weights of contrast and matching
are learned on the thousand items that the space itself keeps for validation. A killed run goes on where it stopped.
"""

import argparse
import json
import time
from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image

from bench_fashion import build
from common import BUILD, Lines, Stopwatch, fashion_space, kept_out, mask, seeded, show, store
from tastemaker.alignment.contrast.space import ContrastiveSpace
from tastemaker.alignment.fusion.matching import Opened
from tastemaker.alignment.fusion.settings import FusionConfig
from tastemaker.alignment.fusion.space import FusionSpace
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import words_of
from tastemaker.core.storage import Artefacts
from tastemaker.core.types import Floats, Ints
from tastemaker.evaluation.significance import intervals, paired

Row = dict[str, object]
METHODS = ("contrast", "contrast of the fusion model", "matching", "precedents", "fusion")
"""The figures alone, on the first 128 of the contrast, and all of them weighed."""


def learn(catalog: Catalog, tenth: Ints, arguments: argparse.Namespace) -> tuple[FusionSpace, Row]:
    """The fusion upon the kept space of the nine tenths, trained or read back, and what it cost."""
    artefacts = Artefacts(BUILD / seeded("fusion-space", arguments.seed))
    if arguments.restore:
        kept = artefacts.published()["space"]
        return FusionSpace.restore(kept.config, kept.tensors()), json.loads(json.dumps(kept.manifest["cost"]))
    found = fashion_space(arguments.seed)
    contrast = ContrastiveSpace.restore(found.config, found.tensors())
    config = FusionConfig(epochs=arguments.epochs, max_minutes=arguments.minutes, seed=arguments.seed)
    watch = Stopwatch()
    space = FusionSpace.upon(contrast, config, checkpoint=BUILD / f"fusion-{arguments.seed}.checkpoint")
    space.learn(catalog.restricted(~mask(catalog.size, tenth)), Lines())
    cost: Row = {"wall minutes": round(watch.wall / 60, 1), "cpu minutes / 2": round(watch.processor / 120, 1)}
    made = artefacts.write("space", config=space.settings(), tensors=space.tensors(), manifest={"cost": cost})
    artefacts.publish({"space": made})
    return space, cost


def places(space: FusionSpace, asked: Sequence[str | Image.Image], contrast: Floats, items: Opened) -> dict[str, Ints]:
    """Before how many the right answer stands, by each figure alone and by all of them. Shapes: contrast (n, n)."""
    found: dict[str, list[int]] = {method: [] for method in METHODS}
    for at, (question, scores) in enumerate(zip(asked, contrast, strict=True)):
        top = np.argsort(-scores, kind="stable")[: space.config.depth]
        if at not in top:
            for placed in found.values():
                placed.append(int((scores > scores[at]).sum()))
            continue
        figures = space.figures(question, items[top], scores[top])
        again = np.column_stack([figures, space.weigh(question, figures)])
        before = (again > again[top == at]).sum(0)
        for placed, place in zip(found.values(), before.tolist(), strict=True):
            placed.append(place)
    return {method: np.array(placed) for method, placed in found.items()}


def rows_of(what: str, found: dict[str, Ints]) -> list[Row]:
    """Recalls with the interval of R@1, and the paired difference."""
    ones = {method: (place < 1).astype(np.float64) for method, place in found.items()}
    low, high = intervals(np.column_stack(list(ones.values())))
    rows: list[Row] = []
    for at, (method, place) in enumerate(found.items()):
        recalls = {f"R@{k}": round(float((place < k).mean()), 4) for k in (1, 5, 10)}
        rows.append({"tenth": what, "method": method, **recalls, "R@1 low": low[at], "R@1 high": high[at]})
    more = paired(ones["fusion"], ones["contrast"])
    rows[-1] |= {"times": round(ones["fusion"].mean() / ones["contrast"].mean(), 3)}
    rows[-1] |= {"more": round(more.value, 4), "more low": round(more.low, 4), "more high": round(more.high, 4)}
    return rows


def measure(space: FusionSpace, catalog: Catalog, tenth: Ints) -> list[Row]:
    """Words -> pictures and pictures -> words, the tenth as gallery."""
    bare = catalog.without_modality("text", tenth).without_modality("attributes", tenth)
    gallery = space.contrast.embed_items(bare, tenth).matrix
    items = Opened.among(space.embed_items(catalog, tenth).more, np.arange(len(tenth)))
    whole = [words_of(catalog.item(row)) for row in tenth.tolist()]
    names = [catalog.item(row).title for row in tenth.tolist()]
    pictures = [catalog.pictures.open(catalog.main_picture(row)) for row in tenth.tolist()]
    said = space.embed_texts(whole)
    rows = rows_of("name + attributes -> picture", places(space, whole, said @ gallery.T, items))
    show("so far", rows)
    rows += rows_of("picture -> name + attributes", places(space, pictures, gallery @ said.T, items))
    return rows + rows_of("name -> picture", places(space, names, space.embed_texts(names) @ gallery.T, items))


def speed(space: FusionSpace, catalog: Catalog, tenth: Ints) -> Row:
    """Median milliseconds to look again at the first answers, one thread."""
    vectors = space.embed_items(catalog, tenth[: space.config.depth])
    rows, scores = np.arange(len(vectors.matrix)), np.linspace(1, 0, len(vectors.matrix), dtype=np.float32)
    words, picture = words_of(catalog.item(int(tenth[0]))), catalog.pictures.open(catalog.main_picture(int(tenth[0])))
    found: Row = {}
    for what, asked in (("words", words), ("a picture", picture)):
        times = []
        for _ in range(30):
            begun = time.process_time()
            space.rerank(asked, vectors, rows, scores)
            times.append(time.process_time() - begun)
        found[f"{what}, cpu ms"] = round(1000 * float(np.median(times)), 1)
    return found


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--restore", action="store_true")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--minutes", type=float, default=240.0, help="after which the training ends gently")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    fashion_space(arguments.seed)
    catalog = build("fusion")
    tenth = np.array([row for row, id in enumerate(catalog.ids) if kept_out(id)], np.int64)
    space, cost = learn(catalog, tenth, arguments)
    cost |= speed(space, catalog, tenth)
    show("cost; the second look at 128 answers", [cost])
    rows = measure(space, catalog, tenth)
    show(f"{len(tenth)} products kept from training; gallery: their pictures", rows)
    store(
        seeded("fusion", arguments.seed),
        {"n_tenth": len(tenth), "seed": arguments.seed, "retrieval": rows, "cost": cost},
    )


if __name__ == "__main__":
    main()
