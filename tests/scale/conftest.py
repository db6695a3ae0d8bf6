"""A catalog of coloured shapes in a folder, and a small space that was fitted on it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tastemaker.alignment.contrast.space import ContrastiveConfig, ContrastiveSpace
from tastemaker.alignment.space import Space
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.pictures import Pictures
from tastemaker.core.storage import Artefacts
from tastemaker.scale.job import Job
from tastemaker.testing.worlds import drawn_shop

TINY = ContrastiveConfig(dim=32, epochs=1, picture_size=16, picture_widths=(8, 8, 8), text_width=32)


@dataclass(frozen=True)
class Small:
    """What a job is made of."""

    catalog: Catalog
    space: Space
    artefact: Path
    images: Path

    @property
    def keys(self):
        return np.arange(1, self.catalog.size + 1, dtype=np.uint64)

    def job(self, out):
        return Job(str(out), str(self.artefact), str(self.images), types=self.catalog.types)


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    root = tmp_path_factory.mktemp("scale")
    drawn = drawn_shop(2)
    for name in drawn.pictures.names():
        path = root / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(drawn.pictures.read(name))
    items = [drawn.raw_item(row) for row in range(drawn.size)]
    catalog = Catalog.from_items(items, pictures=Pictures(root / "images"))
    space = ContrastiveSpace(TINY).fit(catalog)
    config = {"name": space.name, "settings": dict(space.settings())}
    artefact = Artefacts(root).write("space", config=config, tensors=space.tensors(), manifest={})
    return Small(catalog, space, artefact.folder, root / "images")
