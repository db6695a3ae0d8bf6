"""A space made of a large model that others trained: nothing is learned here but where its two modalities lie.

Any sentence-transformers model, any CLIP- or SigLIP-type transformers model, by name or local folder. A model without
eyes gives a space without pictures: every item's picture counts as missing, and a search by picture is refused.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from PIL import Image
from pydantic import Field

from tastemaker.alignment.balance import Balance
from tastemaker.alignment.space import ItemVectors, Space
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import words_of
from tastemaker.core.config import Config
from tastemaker.core.errors import FitError, NotFitted, PictureError
from tastemaker.core.progress import Observer, silent, track
from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.encoders.pretrained import Pretrained, open_pretrained


class PretrainedConfig(Config):
    """Settings of a space made of a pretrained model."""

    model: str = ""
    """Name of the model, or the folder it was saved in."""
    batch_size: int = Field(default=32, ge=1)
    """Items embedded at a time."""
    sample: int = Field(default=2000, ge=2)
    """Items looked at to see where the modalities lie."""
    seed: int = 0
    """Of the choice of these items."""


class PretrainedSpace(Space):
    """A pretrained model, centred on the catalog.

    Args:
        config: settings; ``model`` must be named.

    Source: Radford et al. 2021 (CLIP), Zhai et al. 2023 (SigLIP), Reimers and Gurevych 2019 (Sentence-BERT).
    See also: ContrastiveSpace, which needs no model.
    """

    name: ClassVar[str] = "pretrained"
    figure: ClassVar[str] = "1"
    source: ClassVar[str] = "Radford et al. 2021 (CLIP); Zhai et al. 2023 (SigLIP); Reimers and Gurevych 2019 (SBERT)"

    config_class: ClassVar[type[Config]] = PretrainedConfig
    config: PretrainedConfig

    def __init__(self, config: PretrainedConfig | None = None, *, checkpoint: Path | None = None) -> None:
        del checkpoint  # nothing is trained
        self.config = config if config is not None else PretrainedConfig()
        self.dim = 0
        self._opened: Pretrained | None = None
        self._balance: Balance | None = None

    def fit(self, catalog: Catalog, observer: Observer = silent) -> Self:
        """Open the model and see where the catalog's pictures and words lie; see :meth:`Space.fit`."""
        rows = generator(self.config.seed, "sample").permutation(np.flatnonzero(catalog.alive))[: self.config.sample]
        pictures, texts, seen, said = self._raw(catalog, np.sort(rows), observer)
        if not (seen | said).any():
            raise FitError(
                "no item has a picture or a word that the model reads",
                hint="add a title, a text or an image column to items",
            )
        self._balance = Balance.fit(pictures, texts, seen, said)
        self.dim = self._balance.dim
        return self

    def embed_texts(self, texts: Sequence[str]) -> Floats:
        """Shapes: (n, dim), unit rows."""
        balance = self._fitted()
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return balance.text(self._model().texts(texts))

    def embed_pictures(self, pictures: Sequence[Image.Image]) -> Floats:
        """Shapes: (n, dim), unit rows.

        Raises:
            InputError: the model reads no pictures.
        """
        balance = self._fitted()
        if not pictures:
            return np.zeros((0, self.dim), np.float32)
        return balance.picture(self._model().pictures(pictures))

    def embed_items(self, catalog: Catalog, rows: Ints, observer: Observer = silent) -> ItemVectors:
        """Vectors of some items, aligned to ``rows``; see :meth:`Space.embed_items`."""
        balance = self._fitted()
        pictures, texts, seen, said = self._raw(catalog, rows, observer)
        return ItemVectors(balance.items(pictures, texts, seen, said), {"picture": seen, "text": said})

    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """Where the modalities lie; the model's own weights stay where they are."""
        return self._fitted().tensors()

    def settings(self) -> Mapping[str, object]:
        """The config and the length of the vectors."""
        return {"config": self.config.model_dump(mode="json"), "dim": self.dim}

    @classmethod
    def restore(cls, settings: Mapping[str, object], tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Build a fitted space; the model is opened when it is first asked."""
        config = settings["config"]
        if not isinstance(config, Mapping):
            raise FitError("the stored space cannot be read", hint="fit again")
        space = cls(PretrainedConfig.read(config))
        space.dim = int(str(settings["dim"]))
        space._balance = Balance.restore(tensors)
        return space

    def _model(self) -> Pretrained:
        if self._opened is None:
            self._opened = open_pretrained(self.config.model)
        return self._opened

    def _fitted(self) -> Balance:
        if self._balance is None:
            raise NotFitted("this space has seen no catalog yet", hint="call fit first")
        return self._balance

    def _raw(self, catalog: Catalog, rows: Ints, observer: Observer) -> tuple[Floats, Floats, Bools, Bools]:
        """Straight from the model; zero rows where an item lacks the modality, or is gone."""
        model = self._model()
        pictures, texts = (np.zeros((len(rows), model.dim), np.float32) for _ in range(2))
        seen, said = (np.zeros(len(rows), np.bool_) for _ in range(2))
        with track(observer, "embedding items", len(rows)) as task:
            for start in range(0, len(rows), self.config.batch_size):
                places = [
                    p for p in range(start, min(start + self.config.batch_size, len(rows))) if catalog.alive[rows[p]]
                ]
                words = {place: words_of(catalog.item(int(rows[place]))) for place in places}
                spoken = [place for place in places if words[place]]
                if spoken:
                    texts[spoken] = model.texts([words[place] for place in spoken])
                    said[spoken] = True
                looked = {
                    place: picture for place in places if (picture := _open(catalog, int(rows[place]))) is not None
                }
                if looked and model.sees:
                    pictures[list(looked)] = model.pictures(list(looked.values()))
                    seen[list(looked)] = True
                task.advance(min(self.config.batch_size, len(rows) - start))
        return pictures, texts, seen, said


def _open(catalog: Catalog, row: int) -> Image.Image | None:
    """The main picture of an item; None when there is none or it cannot be read."""
    name = catalog.main_picture(row)
    if not name:
        return None
    try:
        return catalog.pictures.open(name)
    except PictureError:
        return None
