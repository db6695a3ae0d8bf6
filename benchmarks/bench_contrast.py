"""Fashion, one improvement after another: the tenth's words -> pictures and back, among the tenth and among all 21,841.

    python benchmarks/bench_fashion.py      # first: trains the plain space (18 processor minutes, one thread)
    python benchmarks/bench_contrast.py     # 20 processor minutes; rows are kept, a cut run goes on
    python benchmarks/bench_contrast.py --rows sketches attributes

Each row starts from the towers named in ``ROWS``, so its cost comes on top of theirs. The tenth
(sha256(id) % 10 == 0) is never learned from: as a gallery it brings pictures alone, as questions its words. Settings
were chosen on 980 pairs of the other nine tenths, which the space itself keeps for validation.
"""

import argparse

import numpy as np

import rows as kept
from bench_fashion import build
from common import (
    BUILD,
    Lines,
    Stopwatch,
    WordsToPicture,
    fashion_space,
    kept_out,
    mask,
    picture_features,
    places,
    recalls,
    show,
)
from tastemaker.alignment.contrast.space import ContrastiveConfig, ContrastiveSpace
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import words_of
from tastemaker.core.storage import Artefact, Artefacts
from tastemaker.core.types import Floats, Ints
from tastemaker.encoders.base import unit

Row = dict[str, object]
SPACES = BUILD / "contrast-spaces"
MORE = {"epochs": 3, "learning_rate": 5e-4, "max_minutes": 240.0}
ROWS: dict[str, tuple[str, dict[str, object]]] = {
    "InfoNCE": ("", {"sketch_share": 0.0}),
    "hard negatives": ("", {**MORE, "sketch_share": 0.0, "hard_share": 1.0}),
    "sigmoid": ("", {**MORE, "sketch_share": 0.0, "loss": "sigmoid"}),
    "sketches": ("", {"sketch_share": 0.4}),
    "attributes": ("sketches", {"more": ["attributes"]}),
}
"""Row -> the row whose towers it starts from (none: the space that bench_fashion trained), and its settings; without
epochs the towers stay as they are. "attributes" asks the attributes tower too, where a question names attributes."""
ASKED = 0.1
"""Share of the attributes tower in a question that says name and attributes."""


def opened(found: Artefact) -> ContrastiveSpace:
    """A space that was kept."""
    return ContrastiveSpace.restore(found.config, found.tensors())


def learned(name: str, catalog: Catalog) -> tuple[ContrastiveSpace, float]:
    """The space of a row, and the processor minutes it cost beyond the one it starts from."""
    start, settings = ROWS[name]
    watch = Stopwatch()
    before = opened(Artefacts(SPACES / start).published()["space"] if start else fashion_space())
    config = ContrastiveConfig.read({**before.config.model_dump(mode="json"), **settings})
    if "epochs" in settings:
        space = ContrastiveSpace(config, checkpoint=BUILD / f"contrast-{name}.checkpoint", start=before)
        space.fit(catalog, Lines())
    else:
        asked = {**before.settings(), "config": config.model_dump(mode="json")}
        space = ContrastiveSpace.restore(asked, before.tensors())
        space.level(catalog, Lines())
    minutes = watch.processor / 60
    artefacts = Artefacts(SPACES / name)
    made = artefacts.write(
        "space", config=space.settings(), tensors=space.tensors(), manifest={"cost": {"cpu minutes": minutes}}
    )
    artefacts.publish({"space": made})
    return space, minutes


def measure(name: str) -> Row:
    """Both ways, among the tenth and among all."""
    catalog = build(f"contrast-{name}".replace(" ", "-"))
    tenth = np.array([row for row, id in enumerate(catalog.ids) if kept_out(id)], np.int64)
    space, minutes = learned(name, catalog.restricted(~mask(catalog.size, tenth)))
    every = np.arange(catalog.size)
    bare = catalog.without_modality("text", every).without_modality("attributes", every)
    pictures = space.embed_items(bare, every).matrix
    words = space.embed_items(catalog.without_modality("picture", every), every).matrix
    items = [catalog.item(int(row)) for row in tenth]
    whole = space.embed_texts([words_of(item) for item in items])
    if "attributes" in space.config.more:
        whole = unit((1 - ASKED) * whole + ASKED * space.embed_further("attributes", catalog, tenth))
    asked = {"name + attributes": whole, "name": space.embed_texts([item.title for item in items])}
    shown = space.embed_pictures([catalog.pictures.open(catalog.main_picture(int(row))) for row in tenth])
    found = {f"{how} -> picture": _both(vectors, pictures, tenth) for how, vectors in asked.items()}
    return {"cpu minutes": round(minutes, 1), **found, "picture -> name + attributes": _both(shown, words, tenth)}


def ridge(name: str) -> Row:
    """The plain baseline, words -> hand-made picture features."""
    catalog = build(f"contrast-{name}")
    inside = np.array([kept_out(id) for id in catalog.ids], np.bool_)
    features = picture_features(catalog.pictures.open(catalog.main_picture(row)) for row in range(catalog.size))
    said = [words_of(catalog.item(row)) for row in range(catalog.size)]
    watch = Stopwatch()
    model = WordsToPicture.fit([said[row] for row in np.flatnonzero(~inside)], features[~inside])
    minutes, tenth = watch.processor / 60, np.flatnonzero(inside)
    pictures, words = model.pictures(features), model.texts(said)
    names = model.texts([catalog.item(int(row)).title for row in tenth])
    return {
        "cpu minutes": round(minutes, 1),
        "name + attributes -> picture": _both(words[tenth], pictures, tenth),
        "name -> picture": _both(names, pictures, tenth),
        "picture -> name + attributes": _both(pictures[tenth], words, tenth),
    }


def _both(asked: Floats, gallery: Floats, tenth: Ints) -> dict[str, dict[str, float]]:
    among = places(asked, gallery[tenth])
    return {"tenth": recalls(among), "all": recalls(places(asked, gallery, tenth))}


def _line(row: Row, question: str, among: str) -> Row:
    figures = row[question]
    assert isinstance(figures, dict)
    return {"row": row["row"], **figures[among], "cpu min": row["cpu minutes"]}


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", nargs="*", default=["ridge", *ROWS], choices=["ridge", *ROWS])
    arguments = parser.parse_args()
    fashion_space()
    found = {name: kept.run(name, ridge if name == "ridge" else measure, name) for name in arguments.rows}
    for question in ("name + attributes -> picture", "name -> picture", "picture -> name + attributes"):
        for among in ("tenth", "all"):
            show(f"{question}, among {among}", [_line(row, question, among) for row in found.values()])
    missing = [name for name in ("ridge", *ROWS) if name not in found]
    kept.keep("contrast", {"rows": list(found.values())}, missing)


if __name__ == "__main__":
    main()
