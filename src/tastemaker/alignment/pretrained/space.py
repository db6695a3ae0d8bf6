"""A space made of a large model that others trained, as it is or fine-tuned on the shop's own items.

Any sentence-transformers model, any CLIP- or SigLIP-type transformers model, by name or local folder. A model without
eyes gives a space without pictures: every item's picture counts as missing, and a search by picture is refused. With
``tune`` the model learns from the catalog before anything is embedded; what was learned is stored with the space, and
the whole model is written as a folder that its own library opens (see ``fine_tuning``).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from PIL import Image

from tastemaker.alignment.balance import Balance
from tastemaker.alignment.pretrained.fine_tuning import Course, Tuned, export, fine_tune, free_folder
from tastemaker.alignment.pretrained.settings import PretrainedConfig
from tastemaker.alignment.space import ItemVectors, Space, under
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import words_of
from tastemaker.core.config import Config
from tastemaker.core.errors import FitError, NotFitted
from tastemaker.core.progress import Noted, Observer, silent, track
from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.encoders.adapting import put_back
from tastemaker.encoders.bulk import Bulk
from tastemaker.encoders.kept import Kept
from tastemaker.encoders.pretrained import Pretrained, fingerprint, open_pretrained

LEARNED = "learned."
__all__ = ["PretrainedConfig", "PretrainedSpace"]
CHUNK = 1024
"""Items whose words are embedded at a time."""


class PretrainedSpace(Space):
    """A pretrained model, tuned if asked to, centred on the catalog.

    Args:
        config: settings; ``model`` must be named.
        checkpoint: a file that tuning writes after every epoch and resumes from; vectors that the model gave are kept
            beside it, so that the next fit encodes what changed. None keeps neither.

    Source: Radford et al. 2021 (CLIP), Zhai et al. 2023 (SigLIP), Reimers and Gurevych 2019 (Sentence-BERT).
    See also: ContrastiveSpace, which needs no model.
    """

    name: ClassVar[str] = "pretrained"
    figure: ClassVar[str] = "1"
    source: ClassVar[str] = "Radford et al. 2021 (CLIP); Zhai et al. 2023 (SigLIP); Reimers and Gurevych 2019 (SBERT)"

    config_class: ClassVar[type[Config]] = PretrainedConfig
    config: PretrainedConfig

    def __init__(self, config: PretrainedConfig | None = None, *, checkpoint: Path | None = None) -> None:
        self.config = config if config is not None else PretrainedConfig()
        self.dim = 0
        self._checkpoint = checkpoint
        self._opened: Pretrained | None = None
        self._bulk: Bulk | None = None
        self._tuned: Tuned | None = None
        self._balance: Balance | None = None

    def fit(self, catalog: Catalog, observer: Observer = silent) -> Self:
        """Open the model, tune it if asked to, and see where pictures and words lie; see :meth:`Space.fit`."""
        self._tuned = self._balance = self._bulk = None
        model = open_pretrained(self.config.model)
        if self.config.tune != "none":
            model = self._tune(catalog, model, observer)
        self._opened = model.quicken(self.config.precision)
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

    @property
    def tuned(self) -> Tuned | None:
        """How tuning went and what was learned; None when the model is as others made it."""
        return self._tuned

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
        """Where the modalities lie, and what was learned; all other weights stay where they are."""
        learned = {} if self._tuned is None else self._tuned.tensors
        return {**self._fitted().tensors(), **{f"{LEARNED}{name}": tensor for name, tensor in learned.items()}}

    def settings(self) -> Mapping[str, object]:
        """The config, the length of the vectors and how tuning went."""
        course = None if self._tuned is None else self._tuned.course.model_dump(mode="json")
        return {"config": self.config.model_dump(mode="json"), "dim": self.dim, "course": course}

    @classmethod
    def restore(cls, settings: Mapping[str, object], tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Build a fitted space; the model is opened when it is first asked."""
        config, course = settings["config"], settings.get("course")
        if not isinstance(config, Mapping):
            raise FitError("the stored space cannot be read", hint="fit again")
        space = cls(PretrainedConfig.read(config))
        space.dim = int(str(settings["dim"]))
        if isinstance(course, Mapping):
            space._tuned = Tuned(Course.read(course), under(LEARNED, tensors))
        space._balance = Balance.restore(tensors)
        return space

    def _tune(self, catalog: Catalog, model: Pretrained, observer: Observer) -> Pretrained:
        """Let the model learn; it stays as it is when that makes it no better."""
        config = self.config
        folder = Path(config.save_to) if config.save_to else None
        if folder is None and self._checkpoint is not None:
            folder = self._checkpoint.with_name("tuned")
        if folder is not None:
            free_folder(folder)
        found = fine_tune(model, catalog, config, self._checkpoint, observer)
        if found is None:
            return open_pretrained(config.model)
        self._tuned = found
        if folder is not None:
            export(model, found.course, folder)
            observer(Noted("tuning", f"the tuned model is in {folder}"))
        return model

    def _model(self) -> Pretrained:
        """The model, ready to be asked."""
        if self._opened is None:
            model = open_pretrained(self.config.model)
            if self._tuned is not None:
                put_back(model, self._tuned.tensors)
            self._opened = model.quicken(self.config.precision)
        return self._opened

    def _fitted(self) -> Balance:
        if self._balance is None:
            raise NotFitted("this space has seen no catalog yet", hint="call fit first")
        return self._balance

    def _encoding(self) -> Bulk:
        """The model with what it gave in earlier fits."""
        if self._bulk is None:
            path = None if self._checkpoint is None else self._checkpoint.with_name("vectors.db")
            model = self._model()
            self._bulk = Bulk(model, Kept(path, "" if path is None else fingerprint(model)))
        return self._bulk

    def _raw(self, catalog: Catalog, rows: Ints, observer: Observer) -> tuple[Floats, Floats, Bools, Bools]:
        """Straight from the model; zero rows where an item lacks the modality, or is gone."""
        bulk, dim = self._encoding(), self._model().dim
        pictures, texts = np.zeros((len(rows), dim), np.float32), np.zeros((len(rows), dim), np.float32)
        seen, said = np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
        with track(observer, "embedding items", len(rows)) as task:
            for start in range(0, len(rows), CHUNK):
                places = start + np.flatnonzero(catalog.alive[rows[start : start + CHUNK]])
                words = [words_of(catalog.item(int(row))) for row in rows[places]]
                said[places] = [bool(each) for each in words]
                texts[places[said[places]]] = bulk.texts([each for each in words if each])
                names = [catalog.main_picture(int(row)) for row in rows[places]]
                pictures[places], seen[places] = bulk.pictures(catalog.pictures, names, task.advance)
                task.advance(min(CHUNK, len(rows) - start) - len(places))
        return pictures, texts, seen, said
