"""A space learned from the shop's own items: what the words of an item say lies where its picture lies.

Two small towers trained by symmetric InfoNCE on the catalog's pictures and words (survey figure 1). No download,
minutes on two cores.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from pydantic import Field
from torch.nn import functional

from tastemaker.alignment.balance import Balance
from tastemaker.alignment.examples import LENGTH, Examples
from tastemaker.alignment.space import ItemVectors, Space
from tastemaker.alignment.two_towers import Contrast, TwoTowers, embed_examples, see
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.config import Config
from tastemaker.core.errors import FitError, NotFitted
from tastemaker.core.progress import Observer, silent, track
from tastemaker.core.seeds import derive, generator
from tastemaker.core.types import Floats, Ints
from tastemaker.encoders.frames import frame, frame_shape, read_frames, sample_aspects
from tastemaker.encoders.phrases import Parts, parts_of, spoken, vocabulary_texts
from tastemaker.encoders.tokens import Tokens, pad
from tastemaker.nn.augment import as_input
from tastemaker.nn.training import Plan, train

CHUNK = 512
"""Items decoded and embedded at a time."""


class ContrastiveConfig(Config):
    """Settings of the space learned from the catalog."""

    dim: int = Field(default=256, ge=8, le=2048)
    """Length of the vectors."""
    epochs: int = Field(default=0, ge=0, le=10_000)
    """Times every item is looked at; 0 chooses by the size of the catalog."""
    max_minutes: float = Field(default=20.0, gt=0)
    """Minutes after which training stops with what it has."""
    learning_rate: float = Field(default=2e-3, gt=0, le=1)
    """Learning rate at its highest."""
    weight_decay: float = Field(default=0.05, ge=0)
    """Pull of the weights towards zero."""
    batch_size: int = Field(default=256, ge=2)
    """Items a batch; each is compared with all others of it."""
    temperature: float = Field(default=0.07, gt=0, le=10)
    """Temperature at the start; it is learned."""
    smoothing: float = Field(default=0.0, ge=0, lt=1)
    """Share of each target spread over the batch."""
    dropout: float = Field(default=0.0, ge=0, lt=1)
    """Share of features dropped in training."""
    picture_size: int = Field(default=64, ge=16, le=512)
    """Longer side of the pictures as they are read, in pixels."""
    picture_widths: tuple[int, ...] = (96, 192, 384)
    """Channels of the picture tower's stages."""
    small_share: float = Field(default=0.6, ge=0, le=1)
    """Share of the training that sees pictures at half size."""
    text_width: int = Field(default=192, ge=32)
    """Width of the text tower's transformer, a multiple of 32."""
    vocabulary: int = Field(default=8000, ge=100)
    """Most tokens of the vocabulary fitted on the catalog."""
    validation: float = Field(default=0.05, ge=0, lt=1)
    """Share of the items kept to see when to stop, at most 1,000; none below 400 items."""
    seed: int = 0
    """Of every chance."""


class ContrastiveSpace(Space):
    """Two towers trained on the shop's own items.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes after every epoch and resumes from; None keeps none.

    Source: Radford et al. 2021 (arXiv 2103.00020), figure 3.
    Differs: WordPiece vocabulary of the catalog, parts of the text dropped in training, true duplicates are no negatives,
        vectors centred by modality and completed by a ridge regression.
    See also: PretrainedSpace when a large model is at hand.
    """

    name: ClassVar[str] = "contrastive"
    figure: ClassVar[str] = "1"
    source: ClassVar[str] = "Radford et al. 2021, Learning Transferable Visual Models From Natural Language Supervision"

    def __init__(self, config: ContrastiveConfig | None = None, *, checkpoint: Path | None = None) -> None:
        self.config = config if config is not None else ContrastiveConfig()
        self.dim = self.config.dim
        self._checkpoint = checkpoint
        self._model: TwoTowers | None = None
        self._tokens: Tokens | None = None
        self._balance: Balance | None = None
        self._shape = (self.config.picture_size, self.config.picture_size)
        self._spoken: frozenset[str] = frozenset()

    def fit(self, catalog: Catalog, observer: Observer = silent) -> Self:
        """Learn from the items that are there; see :meth:`Space.fit`."""
        rows = np.flatnonzero(catalog.alive)
        examples = self._read(catalog, rows, observer)
        if not (examples.has_picture | examples.has_text).any():
            raise FitError("no item has a picture or a word", hint="add a title, a text or an image column to items")
        model = self._new_model()
        learn, check = self._split(examples)
        contrast = Contrast(
            model, examples, learn, check, batch_size=self.config.batch_size, shapes=self._shapes(),
            small_share=self.config.small_share, smoothing=self.config.smoothing,
        )  # fmt: skip
        train(contrast, self._plan(examples, contrast.steps), observer)
        self._model = model.eval()
        chosen = np.flatnonzero(examples.has_picture | examples.has_text)
        pictures, texts = embed_examples(model, examples, chosen, self._shape)
        self._balance = Balance.fit(pictures, texts, examples.has_picture[chosen], examples.has_text[chosen])
        return self

    def embed_texts(self, texts: Sequence[str]) -> Floats:
        """Shapes: (n, dim), unit rows."""
        model, tokens, balance = self._fitted()
        return balance.text(_say(model, tokens.encode(list(texts))))

    def embed_pictures(self, pictures: Sequence[Image.Image]) -> Floats:
        """Shapes: (n, dim), unit rows."""
        model, _, balance = self._fitted()
        if not pictures:
            return np.zeros((0, self.dim), np.float32)
        frames = np.stack([frame(picture, self._shape) for picture in pictures])
        return balance.picture(see(model, as_input(torch.from_numpy(frames))))

    def embed_items(self, catalog: Catalog, rows: Ints, observer: Observer = silent) -> ItemVectors:
        """Vectors of some items, aligned to ``rows``; see :meth:`Space.embed_items`."""
        model, tokens, balance = self._fitted()
        matrix = np.zeros((len(rows), self.dim), np.float32)
        seen, said = np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
        with track(observer, "embedding items", len(rows)) as task:
            for start in range(0, len(rows), CHUNK):
                part = slice(start, start + CHUNK)
                chosen = [int(row) for row in rows[part] if catalog.alive[row]]
                there = np.flatnonzero(catalog.alive[rows[part]]) + start
                frames, seen[there] = read_frames(
                    catalog.pictures, [catalog.main_picture(r) for r in chosen], self._shape
                )
                parts = parts_of([catalog.item(row) for row in chosen], self._spoken, tokens)
                said[there] = [bool(p) for p in parts]
                if chosen:
                    pictures, texts = self._raw(model, frames, seen[there], parts)
                    matrix[there] = balance.items(pictures, texts, seen[there], said[there])
                task.advance(len(rows[part]))
        return ItemVectors(matrix, {"picture": seen, "text": said})

    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """Everything learned, for storage."""
        model, _, balance = self._fitted()
        weights = {f"towers.{name}": tensor.numpy() for name, tensor in model.state_dict().items()}
        return weights | {f"balance.{name}": tensor for name, tensor in balance.tensors().items()}

    def settings(self) -> Mapping[str, object]:
        """The config, the vocabulary and what was read off the catalog, as JSON values."""
        _, tokens, _ = self._fitted()
        return {
            "config": self.config.model_dump(mode="json"), "tokens": tokens.to_text(), "shape": list(self._shape),
            "spoken": sorted(self._spoken),
        }  # fmt: skip

    @classmethod
    def restore(cls, settings: Mapping[str, object], tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Build a fitted space from what :meth:`settings` and :meth:`tensors` gave."""
        config, shape, names = settings["config"], settings["shape"], settings["spoken"]
        if not (isinstance(config, Mapping) and isinstance(shape, list) and isinstance(names, list)):
            raise FitError("the stored space cannot be read", hint="fit again")
        space = cls(ContrastiveConfig.read(config))
        space._tokens = Tokens(str(settings["tokens"]))
        space._shape = (int(shape[0]), int(shape[1]))
        space._spoken = frozenset(map(str, names))
        model = space._new_model()
        state = {n.removeprefix("towers."): torch.tensor(t) for n, t in tensors.items() if n.startswith("towers.")}
        model.load_state_dict(state)
        space._model = model.eval()
        space._balance = Balance.restore(
            {n.removeprefix("balance."): t for n, t in tensors.items() if n.startswith("b")}
        )
        return space

    def _fitted(self) -> tuple[TwoTowers, Tokens, Balance]:
        if self._model is None or self._tokens is None or self._balance is None:
            raise NotFitted("this space has learned nothing yet", hint="call fit first")
        return self._model, self._tokens, self._balance

    def _read(self, catalog: Catalog, rows: Ints, observer: Observer) -> Examples:
        """Pictures and words of all items, into memory."""
        items = [catalog.item(int(row)) for row in rows]
        names = [catalog.main_picture(int(row)) for row in rows]
        with track(observer, "reading items", len(rows)) as task:
            self._shape = frame_shape(sample_aspects(catalog.pictures, names), self.config.picture_size)
            frames, has_picture = read_frames(catalog.pictures, names, self._shape)
            self._spoken = spoken(catalog)
            texts = vocabulary_texts(items, self._spoken)
            few = len(items) < 2000
            self._tokens = Tokens.fit(texts, vocabulary=self.config.vocabulary, min_count=1 if few else 2)
            task.advance(len(rows))
        return Examples.of(frames, has_picture, parts_of(items, self._spoken, self._tokens))

    def _new_model(self) -> TwoTowers:
        _, tokens = self._tokens, self._tokens
        c = self.config
        with torch.random.fork_rng():
            torch.manual_seed(derive(c.seed, "weights"))
            size = tokens.size if tokens is not None else 2
            model = TwoTowers(c.dim, c.picture_widths, size, c.text_width, c.temperature, c.dropout)
        return model.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]

    def _shapes(self) -> tuple[tuple[int, int], tuple[int, int]]:
        return (self._shape[0] // 2, self._shape[1] // 2), self._shape

    def _split(self, examples: Examples) -> tuple[Ints, Ints]:
        """Items to learn from, and pairs to validate on."""
        every, pairs = np.flatnonzero(examples.has_picture | examples.has_text), examples.pairs
        n = min(1000, int(len(pairs) * self.config.validation)) if len(pairs) >= 400 else 0
        check = np.sort(generator(self.config.seed, "validation").permutation(pairs)[:n])
        return np.setdiff1d(every, check), check

    def _plan(self, examples: Examples, steps: int) -> Plan:
        c = self.config
        digest = hashlib.sha256(json.dumps(c.model_dump(mode="json"), sort_keys=True).encode())
        digest.update(examples.picture_key.tobytes() + examples.text_key.tobytes())
        return Plan(
            epochs=c.epochs or auto_epochs(len(examples.parts)), learning_rate=c.learning_rate,
            weight_decay=c.weight_decay, max_seconds=60 * c.max_minutes, seed=c.seed, checkpoint=self._checkpoint,
            key=digest.hexdigest(), average=min(0.99, 1 - 1 / (1 + steps)),
        )  # fmt: skip

    def _raw(
        self, model: TwoTowers, frames: npt.NDArray[np.uint8], seen: npt.NDArray[np.bool_], parts: Sequence[Parts]
    ) -> tuple[Floats, Floats]:
        """Straight from the towers; blank where an item lacks the modality."""
        pictures = np.zeros((len(frames), self.dim), np.float32)
        if seen.any():
            pictures[seen] = see(model, as_input(torch.from_numpy(frames[seen])))
        return pictures, _say(model, [part.whole for part in parts])


def auto_epochs(n: int) -> int:
    """Epochs for a catalog of n items: many looks at few items, so that small shops learn enough and large ones end."""
    return int(np.clip(round(480_000 / max(1, n)), 8, 60))


@torch.inference_mode()
def _say(model: TwoTowers, sequences: Sequence[Sequence[int]]) -> Floats:
    """Unit vectors of token sequences, straight from the tower."""
    if not sequences:
        return np.zeros((0, model.text.project.out_features), np.float32)
    out: Floats = functional.normalize(model.text(torch.from_numpy(pad(sequences, LENGTH))).float(), dim=1).numpy()
    return out
