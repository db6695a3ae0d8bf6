"""Large models that others trained: any sentence-transformers model, any CLIP- or SigLIP-type transformers model.

A name or a local folder. The libraries are loaded when a model is opened, never before; without the network a
folder, or a name that was fetched before, works.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image

from tastemaker.core.errors import ConfigError, InputError, MissingExtra
from tastemaker.core.types import Floats
from tastemaker.encoders.base import unit

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from transformers import CLIPModel, CLIPProcessor

NOT_THERE = "give the folder of a saved model, or fetch the name once while the network is there"


class Pretrained(ABC):
    """A model that embeds words and, when ``sees`` is true, pictures into the same vectors.

    Attributes:
        name: name or folder.
        dim: length of the vectors.
        sees: can it embed pictures?
    """

    name: str
    dim: int
    sees: bool

    @abstractmethod
    def texts(self, texts: Sequence[str]) -> Floats:
        """Shapes: -> (n, dim), unit rows."""

    @abstractmethod
    def pictures(self, pictures: Sequence[Image.Image]) -> Floats:
        """Shapes: -> (n, dim), unit rows.

        Raises:
            InputError: the model reads no pictures.
        """


class DualModel(Pretrained):
    """A transformers model with ``get_text_features`` and ``get_image_features``: CLIP, SigLIP and their like."""

    sees = True

    def __init__(self, name: str, model: "CLIPModel", processor: "CLIPProcessor") -> None:
        self.name = name
        model.train(mode=False)
        self._model = model
        self._processor = processor
        self.dim = self.texts(["a"]).shape[1]

    @torch.inference_mode()
    def texts(self, texts: Sequence[str]) -> Floats:
        """Shapes: -> (n, dim), unit rows."""
        length = getattr(self._model.config.text_config, "max_position_embeddings", 77)
        # SigLIP was trained on texts filled up to the full length: shorter ones mean something else to it.
        padding: bool | str = "max_length" if "siglip" in self._model.config.model_type else True
        inputs = self._processor(
            text=[text or " " for text in texts],
            return_tensors="pt",
            padding=padding,
            truncation=True,
            max_length=length,
        )
        return _as_rows(self._model.get_text_features(**inputs))

    @torch.inference_mode()
    def pictures(self, pictures: Sequence[Image.Image]) -> Floats:
        """Shapes: -> (n, dim), unit rows."""
        inputs = self._processor(images=[picture.convert("RGB") for picture in pictures], return_tensors="pt")
        return _as_rows(self._model.get_image_features(**inputs))


class SentenceModel(Pretrained):
    """A sentence-transformers model; one with a CLIP module reads pictures too."""

    def __init__(self, name: str, model: "SentenceTransformer") -> None:
        self.name = name
        self._model = model
        self.sees = "CLIP" in type(model[0]).__name__
        self.dim = self.texts(["a"]).shape[1]

    def texts(self, texts: Sequence[str]) -> Floats:
        """Shapes: -> (n, dim), unit rows."""
        return unit(np.asarray(self._model.encode(list(texts), show_progress_bar=False), np.float32))

    def pictures(self, pictures: Sequence[Image.Image]) -> Floats:
        """Shapes: -> (n, dim), unit rows.

        Raises:
            InputError: the model reads no pictures.
        """
        if not self.sees:
            raise InputError(
                f"the model {self.name!r} reads words, no pictures",
                hint="use a CLIP-type model, or fit the contrastive space",
            )
        return unit(np.asarray(self._model.encode(list(pictures), show_progress_bar=False), np.float32))


def open_pretrained(name: str) -> Pretrained:
    """Open a model by name or folder.

    Raises:
        ConfigError: there is no such model here, or it is of a kind that gives no vectors.
        MissingExtra: transformers or sentence-transformers is not installed.
    """
    if not name.strip():
        raise ConfigError("no pretrained model is named", hint=NOT_THERE)
    try:
        import transformers
        from sentence_transformers import SentenceTransformer
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "transformers") from error
    try:
        if (Path(name) / "modules.json").is_file():
            return SentenceModel(name, SentenceTransformer(name, device="cpu"))
        config = transformers.AutoConfig.from_pretrained(name)
        if hasattr(config, "vision_config") and hasattr(config, "text_config"):
            model = transformers.AutoModel.from_pretrained(name)
            if not hasattr(model, "get_text_features"):
                raise ConfigError(
                    f"{name!r} is a {config.model_type} model, which gives no comparable vectors",
                    hint="use a CLIP- or SigLIP-type model",
                )
            return DualModel(name, model, transformers.AutoProcessor.from_pretrained(name))  # type: ignore[no-untyped-call]
        return SentenceModel(name, SentenceTransformer(name, device="cpu"))
    except (OSError, ValueError) as error:
        if isinstance(error, ConfigError):
            raise
        first = str(error).strip().splitlines()
        raise ConfigError(
            f"the pretrained model {name!r} cannot be opened: {first[0] if first else error}", hint=NOT_THERE
        ) from None


def _as_rows(found: object) -> Floats:
    """Unit rows from what a model gives: a tensor, or (transformers 5) an output with a pooled tensor."""
    tensor = found if isinstance(found, torch.Tensor) else found.pooler_output  # type: ignore[attr-defined]
    return unit(np.asarray(tensor.float().numpy(), np.float32))
