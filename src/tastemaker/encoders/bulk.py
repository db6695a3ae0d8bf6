"""Many pictures and texts through a pretrained model: read ahead in the background, nothing encoded a second time."""

from collections.abc import Callable, Sequence
from contextlib import closing

import numpy as np

from tastemaker.catalog.pictures import Pictures, decode
from tastemaker.core.errors import PictureError
from tastemaker.core.types import Bools, Floats
from tastemaker.encoders.ahead import ahead
from tastemaker.encoders.kept import Kept, key_of
from tastemaker.encoders.pixels import Eye, Pixels
from tastemaker.encoders.pretrained import BATCH, Pretrained

AHEAD = 2 * BATCH
"""Pictures that may wait for the model."""


class Bulk:
    """A model, and what it gave before.

    Args:
        model: ready to be asked.
        kept: vectors by content; filled as new ones are made.
        batch_size: pictures a batch.
        threads: that decode while the model runs.
    """

    def __init__(self, model: Pretrained, kept: Kept, *, batch_size: int = BATCH, threads: int = 2) -> None:
        self._model = model
        self._kept = kept
        self._batch_size = batch_size
        self._threads = threads

    def texts(self, texts: Sequence[str]) -> Floats:
        """Shapes: -> (n, dim), unit rows."""
        keys = [key_of("text", text.encode("utf-8", "surrogatepass")) for text in texts]
        out = np.zeros((len(texts), self._model.dim), np.float32)
        new = [place for place, key in enumerate(keys) if key not in self._kept]
        self._recall(out, [place for place, key in enumerate(keys) if key in self._kept], keys)
        if new:
            out[new] = self._model.texts([texts[place] for place in new])
            self._kept.put([keys[place] for place in new], out[new])
        return out

    def pictures(self, pictures: Pictures, names: Sequence[str], done: Callable[[int], object]) -> tuple[Floats, Bools]:
        """Vectors of pictures by name, and which could be read; "" and damaged ones give a row of zeros.

        Shapes: (n,) -> (n, dim), (n,).

        Args:
            pictures: where they lie.
            names: of them.
            done: hears how many more are behind us.
        """
        out, seen = np.zeros((len(names), self._model.dim), np.float32), np.zeros(len(names), np.bool_)
        eye = self._model.eye
        if eye is None:
            done(len(names))
            return out, seen
        keys = [b""] * len(names)
        fresh: list[tuple[int, Pixels]] = []
        with closing(ahead(self._taking(pictures, eye), names, threads=self._threads, waiting=AHEAD)) as found:
            for place, taken in enumerate(found):
                if taken is not None:
                    seen[place], keys[place] = True, taken[0]
                    fresh += [] if taken[1] is None else [(place, taken[1])]
                if len(fresh) == self._batch_size:
                    self._look(out, fresh, keys)
                    fresh = []
                done(1)
        self._look(out, fresh, keys)
        unseen = np.flatnonzero(seen & ~out.any(1))
        self._recall(out, unseen.tolist(), keys)
        return out, seen

    def _taking(self, pictures: Pictures, eye: Eye) -> Callable[[str], tuple[bytes, Pixels | None] | None]:
        """What happens to a picture in the background: its key, and its pixels unless the key is known."""

        def take(name: str) -> tuple[bytes, Pixels | None] | None:
            try:
                data = pictures.read(name)
                key = key_of("picture", data)
                return key, None if key in self._kept else eye.take(decode(data, name, least=eye.least))
            except PictureError:
                return None

        return take

    def _look(self, out: Floats, fresh: Sequence[tuple[int, Pixels]], keys: Sequence[bytes]) -> None:
        if fresh:
            chosen = [place for place, _ in fresh]
            out[chosen] = self._model.taken([pixels for _, pixels in fresh])
            self._kept.put([keys[place] for place in chosen], out[chosen])

    def _recall(self, out: Floats, chosen: Sequence[int], keys: Sequence[bytes]) -> None:
        if chosen:
            out[chosen] = self._kept.get([keys[place] for place in chosen], self._model.dim)
