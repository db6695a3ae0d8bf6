"""Judge a space on the catalog it serves: gathers what :mod:`tastemaker.evaluation.space_figures` measures.

Words are asked as a person would ask them, and the answers are the same items bringing a picture and nothing else, so
that no item is found by its own words; the other way round likewise.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PIL import Image

from tastemaker.alignment.space import ItemVectors, Space
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import words_of
from tastemaker.core.errors import NotFitted, PictureError
from tastemaker.core.progress import Observer, silent, track
from tastemaker.core.seeds import generator
from tastemaker.core.types import Doubles, Floats, Ints
from tastemaker.evaluation.figures import Row
from tastemaker.evaluation.significance import intervals
from tastemaker.evaluation.space_figures import (
    Probe,
    alignment,
    coverage,
    gap,
    near_pairs,
    places,
    probe,
    spread,
    uniformity,
)
from tastemaker.evaluation.space_report import Lie, Neighbours, SpaceReport, Twin
from tastemaker.evaluation.space_sheet import Line, sheet

ASKED, PROBED, KS = 1000, 5000, (1, 5, 10)
LINES, BESIDE = 8, 8
NEAR, KEPT = 0.98, 1000
FEWEST = 30
"""Held-out items below which others are asked too."""
MAX_VALUES = 300
"""An attribute with more values than this is a name."""
HELD, LEARNED = "items kept from the training of the space", "items that the space may have learned from"


@dataclass(frozen=True)
class Judged:
    """A space and the catalog it serves.

    Attributes:
        catalog: what is sold.
        space: fitted.
        vectors: of all rows.
        held_out: rows with words and a picture from which the space has not learned; none when that is not known.
        name: of the space, for the report.
    """

    catalog: Catalog
    space: Space
    vectors: ItemVectors | None
    held_out: Ints
    name: str = "the space"


def judge(judged: Judged, *, seed: int = 0, observer: Observer = silent) -> SpaceReport:
    """Everything that is known of a space.

    Raises:
        NotFitted: no item has a vector.
    """
    catalog, vectors = judged.catalog, judged.vectors
    if vectors is None or not vectors.present.any():
        raise NotFitted("there are no vectors to look at", hint="fit the shop first")
    rows = np.flatnonzero(catalog.alive)
    seen, said = (vectors.has.get(name, np.zeros(catalog.size, np.bool_)) for name in ("picture", "text"))
    pairs = np.flatnonzero(catalog.alive & seen & said)
    held = len(judged.held_out) >= FEWEST
    asked = spread(judged.held_out if held else pairs, ASKED, generator(seed, "asked"))
    probed = spread(np.flatnonzero(catalog.alive & vectors.present), PROBED, generator(seed, "probed"))
    with track(observer, "judging the space", 4) as task:
        shown = _bare(judged, asked)
        found, lie = _both_ways(judged, asked, shown, seed)
        task.advance()
        probes = _probes(catalog, vectors.matrix[probed], probed)
        pictured = _probes(catalog, shown, asked)
        task.advance()
        twins = _twins(catalog, vectors.matrix, np.flatnonzero(catalog.alive & vectors.present))
        task.advance()
        neighbours, drawn = _neighbours(catalog, vectors, generator(seed, "sheet"))
        task.advance()
    which = HELD if held else LEARNED
    protocol: dict[str, object] = {
        "space": judged.name, "items": len(rows), "asked": f"{len(asked):,} {which}", "held_out": held,
        "probed": f"{len(probed):,} items", "twins": f"the same picture, or a cosine of {NEAR} or more", "seed": seed,
    }  # fmt: skip
    if not held and len(asked):
        protocol["warning"] = (
            "recall, gap and alignment are of items that the space may have learned from: they flatter"
        )
    brought = coverage(seen[rows], said[rows])
    return SpaceReport(protocol, found, lie, probes, pictured, brought, twins, neighbours, drawn)


def _bare(judged: Judged, asked: Ints) -> Floats:
    """Vectors of items that bring their picture and nothing else. Shapes: (n,) -> (n, dim)."""
    bare = judged.catalog.without_modality("text", asked).without_modality("attributes", asked)
    return judged.space.embed_items(bare, asked).matrix


def _both_ways(judged: Judged, asked: Ints, shown: Floats, seed: int) -> tuple[tuple[Row, ...], Lie | None]:
    """Words ask for pictures, pictures for words."""
    if len(asked) < 2:
        return (), None
    catalog, space = judged.catalog, judged.space
    told = space.embed_items(catalog.without_modality("picture", asked), asked).matrix
    texts = space.embed_texts([words_of(catalog.item(row)) for row in asked.tolist()])
    pictures = space.embed_pictures([catalog.pictures.open(catalog.main_picture(row), 256) for row in asked.tolist()])
    rows = [*_recalls("words -> pictures", places(texts, shown), seed),
            *_recalls("pictures -> words", places(pictures, told), seed)]  # fmt: skip
    n = len(asked)
    rows += [Row("chance", f"recall@{k}", min(1.0, k / n), min(1.0, k / n), min(1.0, k / n), n, 0.0) for k in KS]
    return tuple(rows), Lie(gap(told, shown), alignment(told, shown), uniformity(told), uniformity(shown))


def _recalls(method: str, place: Doubles, seed: int) -> list[Row]:
    hits = np.stack([np.clip(k - place, 0.0, 1.0) for k in KS], axis=1)
    low, high = intervals(hits, seed=seed)
    return [
        Row(method, f"recall@{k}", float(hits[:, at].mean()), float(low[at]), float(high[at]), len(hits), 0.0)
        for at, k in enumerate(KS)
    ]


def _probes(catalog: Catalog, vectors: Floats, rows: Ints) -> tuple[Probe, ...]:
    """One a category or flag, departments too; those that are read worst against saying nothing come last."""
    columns = {name: catalog.column(name) for name, type in catalog.types.items() if type in ("category", "flag")}
    columns["department"] = catalog.column("department")
    found = []
    for name, column in columns.items():
        values = ["" if value is None else str(value) for value in np.asarray(column, np.object_)[rows]]
        told = probe(name, vectors, ["" if value == "nan" else value for value in values])
        if told is not None and told.values <= MAX_VALUES:
            found.append(told)
    return tuple(sorted(found, key=lambda one: (one.majority - one.accuracy, one.attribute)))


def _twins(catalog: Catalog, matrix: Floats, rows: Ints) -> tuple[Twin, ...]:
    """Pairs with the same picture, and pairs of near vectors."""
    hashes = [_hash(catalog, row) for row in rows.tolist()]
    groups: dict[str, list[int]] = {}
    for place, digest in enumerate(hashes):
        if digest:
            groups.setdefault(digest, []).append(place)
    pairs = {(a, b): 0.0 for group in groups.values() for a, b in pairwise(group)}
    pairs |= {(a, b): cosine for a, b, cosine in near_pairs(matrix[rows], NEAR, KEPT)}
    found = [
        Twin(catalog.ids[rows[a]], catalog.ids[rows[b]], float(matrix[rows[a]] @ matrix[rows[b]]),
             bool(hashes[a]) and hashes[a] == hashes[b])
        for a, b in pairs
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (not one.same_picture, -one.cosine, one.first, one.second))[:KEPT])


def _hash(catalog: Catalog, row: int) -> str:
    name = catalog.main_picture(row)
    try:
        return catalog.pictures.content_hash(name) if name else ""
    except PictureError:
        return ""


def _neighbours(
    catalog: Catalog, vectors: ItemVectors, rng: np.random.Generator
) -> tuple[tuple[Neighbours, ...], bytes]:
    """Some items, and what stands nearest to each."""
    rows = np.flatnonzero(catalog.alive & vectors.present)
    lines = []
    for row in spread(rows, LINES, rng).tolist():
        cosine = vectors.matrix[rows] @ vectors.matrix[row]
        best = [place for place in np.argsort(-cosine, kind="stable").tolist() if rows[place] != row][:BESIDE]
        lines.append(Line(row, tuple(rows[best].tolist()), tuple(round(float(cosine[place]), 4) for place in best)))
    ids = catalog.ids
    told = tuple(Neighbours(ids[one.asked], tuple(ids[row] for row in one.found), one.cosines) for one in lines)
    return told, sheet(lines, lambda row: _picture(catalog, row), lambda row: catalog.raw_item(row).title or ids[row])


def _picture(catalog: Catalog, row: int) -> Image.Image | None:
    name = catalog.main_picture(row)
    try:
        return catalog.pictures.open(name, 256) if name else None
    except PictureError:
        return None
