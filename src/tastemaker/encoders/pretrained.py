"""Large models that others trained: any sentence-transformers model, any CLIP- or SigLIP-type transformers model.

A name or a local folder. The libraries are loaded when a model is opened, never before; without the network a
folder, or a name that was fetched before, works. A model that is only asked computes in bfloat16 where the processor
does that in hardware, after a look at whether it still says the same.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self, cast

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from tastemaker.core.errors import ConfigError, InputError, MissingExtra
from tastemaker.core.seeds import generator
from tastemaker.core.types import Floats
from tastemaker.encoders.base import unit
from tastemaker.encoders.pixels import Eye, Pixels, eye_of
from tastemaker.nn.precision import has_bfloat16

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from transformers import CLIPModel, CLIPProcessor

NOT_THERE = "give the folder of a saved model, or fetch the name once while the network is there"
BATCH = 32
Precision = Literal["auto", "float32", "bfloat16"]
WORTH = 10_000_000
"""Models with fewer weights than this are not faster in bfloat16."""
SAMPLED = 64
ALIKE = 0.99
"""Least cosine between what a model says in bfloat16 and in float32."""


class Pretrained(ABC):
    """A model that embeds words and, when ``sees`` is true, pictures into the same vectors.

    Attributes:
        name: name or folder.
        dim: length of the vectors.
        module: the model; trained in place, when it is.
        eye: how pictures become its input; None when it reads none.
        heat: logarithm of what its cosines are multiplied by; None when it has none of its own.
        bias: what is added to that, in a model trained by the sigmoid loss.
        quick: does it compute in bfloat16?
    """

    name: str
    dim: int
    module: nn.Module
    eye: Eye | None = None
    heat: Tensor | None = None
    bias: Tensor | None = None
    quick: bool = False

    @property
    def sees(self) -> bool:
        """Can it embed pictures?"""
        return self.eye is not None

    @abstractmethod
    def read(self, texts: Sequence[str]) -> dict[str, Tensor]:
        """Texts as the model reads them, by name of the input. Shapes: -> (n, tokens) each."""

    @abstractmethod
    def say(self, read: Mapping[str, Tensor]) -> Tensor:
        """Vectors of read texts, to be learned from; any length. Shapes: -> (n, dim)."""

    @abstractmethod
    def look(self, pixels: Tensor) -> Tensor:
        """Vectors of pixels, to be learned from; any length. Shapes: (n, 3, h, w) -> (n, dim)."""

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Write a folder that the library of the model opens."""

    @torch.inference_mode()
    def texts(self, texts: Sequence[str]) -> Floats:
        """Shapes: -> (n, dim), unit rows."""
        out = np.zeros((len(texts), self.dim), np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            with self._precision():
                out[part] = self.say(self.read([texts[place] for place in part])).float().numpy()
        return unit(out)

    def pictures(self, pictures: Sequence[Image.Image]) -> Floats:
        """Shapes: -> (n, dim), unit rows.

        Raises:
            InputError: the model reads no pictures.
        """
        if self.eye is None:
            raise InputError(
                f"the model {self.name!r} reads words, no pictures",
                hint="use a CLIP-type model, or fit the contrastive space",
            )
        parts = [pictures[start : start + BATCH] for start in range(0, len(pictures), BATCH)]
        return np.concatenate([self.taken([self.eye.take(picture) for picture in part]) for part in parts])

    @torch.inference_mode()
    def taken(self, taken: Sequence[Pixels]) -> Floats:
        """Vectors of pictures that the eye has taken, one batch. Shapes: -> (n, dim), unit rows.

        Raises:
            InputError: the model reads no pictures.
        """
        if self.eye is None:
            raise InputError(f"the model {self.name!r} reads words, no pictures")
        with self._precision():
            return unit(self.look(self.eye.batch(taken)).float().numpy())

    def quicken(self, precision: Precision = "auto") -> Self:
        """Compute in bfloat16 from here on, if asked to or if it is faster here and changes next to nothing.

        Weights of matrices are rounded for good: train and save before.
        """
        if precision == "float32" or self.quick:
            return self
        if precision == "auto":
            if not has_bfloat16() or sum(weights.numel() for weights in self.module.parameters()) < WORTH:
                return self
            exact = self._test()
            self.quick = True
            self.quick = bool((exact * self._test()).sum(1).min() > ALIKE)
        if precision == "bfloat16" or self.quick:
            self.quick = True
            for part in self.module.modules():
                if type(part) in (nn.Linear, nn.Conv2d):
                    part.to(torch.bfloat16)
        return self

    def _precision(self) -> AbstractContextManager[object]:
        return torch.autocast("cpu", torch.bfloat16) if self.quick else nullcontext()

    def _test(self) -> Floats:
        """What it says of noise and of a few words."""
        said = self.texts(["a", "red linen shirt with a round collar"])
        if not self.sees:
            return said
        noise = generator(0, "test pictures").integers(0, 256, (2, 64, 64, 3), np.uint8)
        return np.concatenate([said, self.pictures([Image.fromarray(picture) for picture in noise])])


class DualModel(Pretrained):
    """A transformers model with ``get_text_features`` and ``get_image_features``: CLIP, SigLIP and their like."""

    def __init__(self, name: str, model: "CLIPModel", processor: "CLIPProcessor") -> None:
        self.name = name
        self.module = self._model = model.eval()  # type: ignore[no-untyped-call]
        self._processor = processor
        self.eye = eye_of(processor.image_processor)
        self.heat, self.bias = getattr(model, "logit_scale", None), getattr(model, "logit_bias", None)
        with torch.inference_mode():
            self.dim = int(self.say(self.read(["a"])).shape[1])

    def read(self, texts: Sequence[str]) -> dict[str, Tensor]:
        """Shapes: -> (n, tokens) each."""
        length = getattr(self._model.config.text_config, "max_position_embeddings", 77)
        # SigLIP was trained on texts filled up to the full length: shorter ones mean something else to it.
        padding: bool | str = "max_length" if "siglip" in self._model.config.model_type else True
        filled = [text or " " for text in texts]
        return dict(
            self._processor(text=filled, return_tensors="pt", padding=padding, truncation=True, max_length=length)
        )

    def say(self, read: Mapping[str, Tensor]) -> Tensor:
        """Shapes: -> (n, dim)."""
        return _pooled(self._model.get_text_features(**read))

    def look(self, pixels: Tensor) -> Tensor:
        """Shapes: (n, 3, h, w) -> (n, dim)."""
        return _pooled(self._model.get_image_features(pixel_values=pixels))

    def save(self, folder: Path) -> None:
        """Write a folder that ``AutoModel`` and ``AutoProcessor`` open."""
        with _without_bars():
            self._model.save_pretrained(folder)
            self._processor.save_pretrained(folder)


class SentenceModel(Pretrained):
    """A sentence-transformers model that reads words."""

    def __init__(self, name: str, model: "SentenceTransformer") -> None:
        self.name = name
        self.module = self._model = model.eval()
        self.dim = self.texts(["a"]).shape[1]

    @torch.inference_mode()
    def texts(self, texts: Sequence[str]) -> Floats:
        """Shapes: -> (n, dim), unit rows."""
        with self._precision():
            said = self._model.encode(list(texts), show_progress_bar=False, convert_to_tensor=True)
        return unit(said.float().numpy())

    def read(self, texts: Sequence[str]) -> dict[str, Tensor]:
        """Shapes: -> (n, tokens) each."""
        read = self._model.preprocess(list(texts))
        return {name: value for name, value in read.items() if isinstance(value, Tensor)}

    def say(self, read: Mapping[str, Tensor]) -> Tensor:
        """Shapes: -> (n, dim)."""
        said: Tensor = self._model(dict(read))["sentence_embedding"]
        return said

    def look(self, pixels: Tensor) -> Tensor:
        """It reads no pictures.

        Raises:
            InputError: always.
        """
        raise InputError(f"the model {self.name!r} reads words, no pictures: {tuple(pixels.shape)}")

    def save(self, folder: Path) -> None:
        """Write a folder that ``SentenceTransformer`` opens."""
        with _without_bars():
            self._model.save_pretrained(str(folder), create_model_card=False)


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
        with _without_bars():
            if (Path(name) / "modules.json").is_file():
                return _sentence_model(name, SentenceTransformer(name, device="cpu"))
            config = transformers.AutoConfig.from_pretrained(name)
            if hasattr(config, "vision_config") and hasattr(config, "text_config"):
                model = transformers.AutoModel.from_pretrained(name)
                processor = transformers.AutoProcessor.from_pretrained(name)  # type: ignore[no-untyped-call]
                return _dual_model(name, model, processor)
            return _sentence_model(name, SentenceTransformer(name, device="cpu"))
    except (OSError, ValueError) as error:
        if isinstance(error, ConfigError):
            raise
        first = str(error).strip().splitlines()
        raise ConfigError(
            f"the pretrained model {name!r} cannot be opened: {first[0] if first else error}", hint=NOT_THERE
        ) from None


def _dual_model(name: str, model: "CLIPModel", processor: "CLIPProcessor") -> DualModel:
    if not hasattr(model, "get_text_features"):
        raise ConfigError(
            f"{name!r} is a {model.config.model_type} model, which gives no comparable vectors",
            hint="use a CLIP- or SigLIP-type model",
        )
    return DualModel(name, model, processor)


def _sentence_model(name: str, model: "SentenceTransformer") -> Pretrained:
    """One that wraps a CLIP is that CLIP."""
    inner, processor = (getattr(model[0], part, None) for part in ("auto_model", "processor"))
    if hasattr(inner, "get_image_features") and len(model) == 1:
        return _dual_model(name, cast("CLIPModel", inner), cast("CLIPProcessor", processor))
    return SentenceModel(name, model)


def fingerprint(model: Pretrained) -> str:
    """A name for what a model is: some of the numbers in every tensor, how it reads words, how it sees."""
    digest = hashlib.sha256(repr(model.eye).encode())
    for name, tensor in model.module.state_dict().items():
        flat = tensor.flatten()
        digest.update(f"{name} {tuple(tensor.shape)}".encode())
        digest.update(flat[:: max(1, len(flat) // SAMPLED)].double().numpy().tobytes())
    for name, tensor in model.read(["a", "red linen shirt with a round collar"]).items():
        digest.update(name.encode() + tensor.numpy().tobytes())
    return digest.hexdigest()[:16]


@contextmanager
def _without_bars() -> Iterator[None]:
    """Keep transformers from drawing on the terminal: a library does not print."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _pooled(found: object) -> Tensor:
    """What a model gives: a tensor, or (transformers 5) an output with a pooled tensor."""
    return found if isinstance(found, Tensor) else found.pooler_output  # type: ignore[attr-defined]
