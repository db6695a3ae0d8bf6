"""What the small domains share: learn the space without some items, then ask for these by their words."""

from collections.abc import Sequence

import numpy as np

from common import Lines, Stopwatch, WordsToPicture, mask, picture_features, places, recalls
from tastemaker.alignment.contrast.space import ContrastiveConfig, ContrastiveSpace
from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import words_of
from tastemaker.core.types import Ints

Row = dict[str, object]


def learn(catalog: Catalog, kept: Ints, config: ContrastiveConfig | None = None) -> tuple[ContrastiveSpace, Row]:
    """A space that has never seen the kept items, and what it cost."""
    watch = Stopwatch()
    space = ContrastiveSpace(config).fit(catalog.restricted(~mask(catalog.size, kept)), Lines())
    return space, {
        "items": catalog.size - len(kept),
        "wall s": round(watch.wall),
        "cpu s / 2": round(watch.processor / 2),
    }


def bare_vectors(space: ContrastiveSpace, catalog: Catalog, kept: Ints) -> ItemVectors:
    """Vectors of all items, the kept ones added with a picture and nothing else."""
    vectors = space.embed_items(catalog, np.arange(catalog.size))
    bare = catalog.without_modality("text", kept).without_modality("attributes", kept)
    matrix = vectors.matrix.copy()
    matrix[kept] = space.embed_items(bare, kept).matrix
    return ItemVectors(matrix, vectors.has)


def words_to_pictures(space: ContrastiveSpace, catalog: Catalog, kept: Ints, vectors: ItemVectors) -> list[Row]:
    """Words of the kept items -> their pictures: among themselves, and among all items of the shop."""
    items = [catalog.item(int(row)) for row in kept]
    said = {"words": [words_of(item) for item in items], "title": [item.title for item in items]}
    rows: list[Row] = []
    for how, texts in said.items():
        found = space.embed_texts(texts)
        among = recalls(places(found, vectors.matrix[kept]))
        everywhere = recalls(places(found, vectors.matrix, kept))
        rows.append({"asked by": how, "method": "space", "gallery": len(kept), **among})
        rows.append({"asked by": how, "method": "space", "gallery": catalog.size, **everywhere})
    rows += _plain(catalog, kept, said)
    chance: Row = {f"R@{k}": round(k / len(kept), 4) for k in (1, 5, 10)}
    return [*rows, {"asked by": "-", "method": "chance", "gallery": len(kept), **chance}]


def _plain(catalog: Catalog, kept: Ints, said: dict[str, list[str]]) -> Sequence[Row]:
    """The same by TF-IDF words -> hand-made picture features."""
    pictured = np.array([row for row in range(catalog.size) if catalog.main_picture(row)], np.int64)
    features = picture_features(catalog.pictures.open(catalog.main_picture(int(row)), 128) for row in pictured)
    inside = np.isin(pictured, kept)
    texts = [words_of(catalog.item(int(row))) for row in pictured[~inside]]
    ridge = WordsToPicture.fit(texts, features[~inside])
    gallery = ridge.pictures(features[inside])
    return [
        {"asked by": how, "method": "TF-IDF ridge", "gallery": len(kept), **recalls(places(ridge.texts(each), gallery))}
        for how, each in said.items()
    ]
