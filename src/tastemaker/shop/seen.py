"""Vectors of single pictures, made when first looked at.

The space keeps one vector an item, made of its first picture. Which of an item's other pictures shows what was asked
for is only of interest for the few items that are shown, so their vectors are made then, and kept.
"""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np
from PIL import Image

from tastemaker.alignment.space import Space
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.errors import PictureError
from tastemaker.core.types import Floats

MOST = 20_000
"""Vectors that are kept, the last asked for."""


class Seen:
    """Pictures by name -> vectors of one space.

    Args:
        most: how many are kept.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[str, Floats] = OrderedDict()
        self._lock = Lock()

    def vectors(self, space: Space, catalog: Catalog, names: Sequence[str]) -> Floats:
        """Vectors of some pictures of the catalog; zero for one that cannot be read.

        Shapes: -> (n, dim).
        """
        with self._lock:
            found = {name: self._kept[name] for name in names if name in self._kept}
        new = [name for name in dict.fromkeys(names) if name not in found]
        opened = {name: picture for name in new if (picture := _opened(catalog, name)) is not None}
        made = space.embed_pictures(list(opened.values())) if opened else ()
        found |= dict.fromkeys(new, np.zeros(space.dim, np.float32)) | dict(zip(opened, made, strict=True))
        with self._lock:
            for name in names:
                self._kept[name] = found[name]
                self._kept.move_to_end(name)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return np.stack([found[name] for name in names]) if names else np.zeros((0, space.dim), np.float32)


def _opened(catalog: Catalog, name: str) -> Image.Image | None:
    """A picture; None when it is gone or broken."""
    try:
        return catalog.pictures.open(name)
    except PictureError:
        return None
