"""A space learned from the shop's own items: what the words of an item say lies where its picture lies.

Two small towers trained by a contrast (symmetric InfoNCE or the sigmoid loss) on the catalog's pictures and words
(survey figure 1). No download, minutes on two cores.
"""

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from tastemaker.alignment.balance import EXTRA, Balance, asking
from tastemaker.alignment.contrast.examples import Examples
from tastemaker.alignment.contrast.further import Further, read
from tastemaker.alignment.contrast.labels import Labels, product_numbers, tells_colour
from tastemaker.alignment.contrast.reading import ItemReader
from tastemaker.alignment.contrast.settings import ContrastiveConfig
from tastemaker.alignment.contrast.sketching import Sketching
from tastemaker.alignment.contrast.two_towers import Contrast, Recipe, TwoTowers
from tastemaker.alignment.space import ItemVectors, Space, under
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.config import Config
from tastemaker.core.errors import FitError, NotFitted, UnknownName
from tastemaker.core.progress import Observer, silent, track
from tastemaker.core.seeds import derive, generator
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.encoders.base import unit
from tastemaker.encoders.phrases import view
from tastemaker.encoders.picture import PictureEncoder
from tastemaker.encoders.sketch import read_sketches, sketch_shape
from tastemaker.encoders.text import TextEncoder, encode_tokens
from tastemaker.encoders.tokens import Tokens, pad
from tastemaker.nn.towers import PAD, TextTower
from tastemaker.nn.training import Plan, train

__all__ = ["ContrastiveConfig", "ContrastiveSpace", "auto_epochs", "blended"]
CHUNK = 512
"""Items decoded and embedded at a time."""
FEWEST_SKETCHES = 200
FEWEST_CHECKED = 100
"""Pairs that must be there before sketches are read."""
HUE = 0.1
"""Share of the colour circle by which pictures are turned where colour says nothing."""


class ContrastiveSpace(Space):
    """Two towers trained on the shop's own items.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes after every epoch and resumes from; None keeps none.
        start: a fitted space whose towers and vocabulary training goes on from; None starts anew.

    Source: Radford et al. 2021 (arXiv 2103.00020), figure 3.
    Differs: WordPiece vocabulary of the catalog, parts of the text dropped in training, true duplicates are no
        negatives, attributes as a second teacher, vectors centred by modality and completed by a ridge regression.
    See also: PretrainedSpace when a large model is at hand.
    """

    name: ClassVar[str] = "contrastive"
    config_class: ClassVar[type[Config]] = ContrastiveConfig
    figure: ClassVar[str] = "1"
    source: ClassVar[str] = "Radford et al. 2021, Learning Transferable Visual Models From Natural Language Supervision"
    config: ContrastiveConfig

    def __init__(
        self,
        config: ContrastiveConfig | None = None,
        *,
        checkpoint: Path | None = None,
        start: "ContrastiveSpace | None" = None,
    ) -> None:
        self.config = config if config is not None else ContrastiveConfig()
        self.dim = self.config.dim + EXTRA
        self._checkpoint = checkpoint
        self._start = start
        self._fit: _Fit | None = None

    def fit(self, catalog: Catalog, observer: Observer = silent) -> Self:
        """Learn from the items that are there; see :meth:`Space.fit`."""
        rows, c, start = np.flatnonzero(catalog.alive), self.config, self._start
        with track(observer, "reading items", len(rows)) as task:
            reader = (
                ItemReader.of(catalog, rows, picture_size=c.picture_size, vocabulary=c.vocabulary)
                if start is None
                else start.reader
            )
            examples = self._examples(catalog, rows, reader)
            task.advance(len(rows))
        if not (examples.has_picture | examples.has_text).any():
            raise FitError("no item has a picture or a word", hint="add a title, a text or an image column to items")
        towers = self._new_towers(reader.tokens.size)
        if start is not None:
            towers.load_state_dict(start.towers.state_dict())
        learn, check = self.split(examples)
        contrast = Contrast(towers, examples, Labels.of(catalog, rows), learn, check, self._recipe(reader.shape))
        for name in c.more:
            read(catalog, rows[:0], name, reader.spoken)  # a wrong name is said before training
        train(contrast, self._plan(examples, contrast.steps), observer)
        self._fit = self._level(towers, reader, examples, catalog, observer)
        return self

    def level(self, catalog: Catalog, observer: Observer = silent) -> Self:
        """Learn anew how the modalities of a catalog lie to each other; the towers stay as they are."""
        examples = self._examples(catalog, np.flatnonzero(catalog.alive), self.reader)
        self._fit = self._level(self.towers, self.reader, examples, catalog, observer)
        return self

    @property
    def reader(self) -> ItemReader:
        """How items are read, since the fit."""
        return self._fitted().reader

    @property
    def towers(self) -> TwoTowers:
        """What was learned, to be copied and not to be changed."""
        return self._fitted().towers

    def split(self, examples: Examples) -> tuple[Ints, Ints]:
        """Items to learn from, and pairs to validate on."""
        every = np.flatnonzero(examples.has_picture | examples.has_text)
        check = self.held_out(examples.pairs)
        return np.setdiff1d(every, check), check

    def held_out(self, pairs: Ints) -> Ints:
        """Items that training keeps apart to see when to stop; see :meth:`Space.held_out`."""
        n = min(1000, int(len(pairs) * self.config.validation)) if len(pairs) >= 400 else 0
        return np.sort(generator(self.config.seed, "validation").permutation(pairs)[:n])

    def embed_texts(self, texts: Sequence[str]) -> Floats:
        """Shapes: (n, dim), unit rows; zero rows when no item had a word to learn from."""
        fitted = self._fitted()
        if not fitted.balance.text_mean.any():
            return np.zeros((len(texts), self.dim), np.float32)
        return fitted.balance.text(fitted.texts.encode(texts))

    @property
    def word_size(self) -> int:
        """Numbers that make up a word for :meth:`speak`: its place in the bag, and its place among the tokens."""
        return self.config.dim + self.config.text_width

    def speak(self, words: Tensor, said: Sequence[str]) -> Tensor:
        """Made-up words, each before words of the vocabulary; see ``alignment.composing.inversion``."""
        fitted, dim = self._fitted(), self.config.dim
        tower, tokens = fitted.voice, fitted.reader.tokens.encode(list(said))
        after = torch.from_numpy(pad(tokens, tower.length - 1))
        bags = torch.cat([words[:, None, :dim], tower.bag(after)], dim=1)
        each = torch.cat([words[:, None, dim:], tower.tokens(after)], dim=1)
        keep = torch.cat([torch.ones(len(words), 1, dtype=torch.bool), after != PAD], dim=1)
        return fitted.balance.text_tensor(tower.read(bags, each, keep))

    def embed_pictures(self, pictures: Sequence[Image.Image]) -> Floats:
        """Shapes: (n, dim), unit rows; zero rows when no item had a picture to learn from."""
        fitted = self._fitted()
        if not fitted.balance.picture_mean.any():
            return np.zeros((len(pictures), self.dim), np.float32)
        seen = fitted.eyes.encode(pictures)
        if fitted.sketching is not None:
            seen = fitted.sketching.mixed(seen, fitted.sketching.pictures(pictures))
        return fitted.balance.picture(seen)

    def embed_further(self, name: str, catalog: Catalog, rows: Ints) -> Floats:
        """What one further tower says of items, as questions in words; zero where they lack it.

        Shapes: rows (n,) -> (n, dim), unit rows.

        Raises:
            UnknownName: the space was fitted without it.
        """
        fitted = self._fitted()
        if name not in fitted.further:
            raise UnknownName("further tower", name, list(fitted.further), hint="name it in the setting `more`")
        vectors, has = fitted.further[name].embed(catalog, rows, name, fitted.reader.spoken)
        return asking(vectors, 0) * has[:, None]

    def embed_items(self, catalog: Catalog, rows: Ints, observer: Observer = silent) -> ItemVectors:
        """Vectors of some items, aligned to ``rows``; see :meth:`Space.embed_items`."""
        self._fitted()
        matrix = np.zeros((len(rows), self.dim), np.float32)
        seen, said = np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
        with track(observer, "embedding items", len(rows)) as task:
            for start in range(0, len(rows), CHUNK):
                there = start + np.flatnonzero(catalog.alive[rows[start : start + CHUNK]])
                matrix[there], seen[there], said[there] = self._embed(catalog, rows[there])
                task.advance(min(CHUNK, len(rows) - start))
        return ItemVectors(matrix, {"picture": seen, "text": said})

    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """Everything learned, for storage."""
        fitted = self._fitted()
        weights = {f"towers.{name}": tensor.numpy() for name, tensor in fitted.towers.state_dict().items()}
        weights |= {f"balance.{name}": tensor for name, tensor in fitted.balance.tensors().items()}
        if fitted.sketching is not None:
            weights |= {f"sketching.{name}": tensor for name, tensor in fitted.sketching.tensors().items()}
        for name, each in fitted.further.items():
            weights |= {f"further.{name}.{part}": tensor for part, tensor in each.tensors().items()}
        return weights

    def settings(self) -> Mapping[str, object]:
        """The config, the vocabulary and what was read off the catalog, as JSON values."""
        reader = self.reader
        return {
            "config": self.config.model_dump(mode="json"), "tokens": reader.tokens.to_text(),
            "shape": list(reader.shape), "spoken": sorted(reader.spoken),
            "further": {name: list(each.known) for name, each in self._fitted().further.items()},
        }  # fmt: skip

    @classmethod
    def restore(cls, settings: Mapping[str, object], tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Build a fitted space from what :meth:`settings` and :meth:`tensors` gave."""
        config, shape, spoken = settings["config"], settings["shape"], settings["spoken"]
        known = settings.get("further", {})
        if not (isinstance(config, Mapping) and isinstance(shape, list) and isinstance(spoken, list)):
            raise FitError("the stored space cannot be read", hint="fit again")
        if not isinstance(known, Mapping):
            raise FitError("the stored space cannot be read", hint="fit again")
        space = cls(ContrastiveConfig.read(config))
        height, width = map(int, shape)
        reader = ItemReader((height, width), frozenset(map(str, spoken)), Tokens(str(settings["tokens"])))
        towers = space._new_towers(reader.tokens.size)
        towers.load_state_dict({name: torch.tensor(tensor) for name, tensor in under("towers.", tensors).items()})
        further = {
            name: Further.restore(under(f"further.{name}.", tensors), {id: at for at, id in enumerate(ids)})
            for name, ids in known.items()
        }
        sketches = under("sketching.", tensors)
        sketching = Sketching.restore(sketches, space.config.sketch_share) if sketches else None
        balance = Balance.restore(under("balance.", tensors))
        space._fit = _Fit.of(towers, reader, space.config.looks, balance, further, sketching)
        return space

    def _fitted(self) -> "_Fit":
        if self._fit is None:
            raise NotFitted("this space has learned nothing yet", hint="call fit first")
        return self._fit

    def _examples(self, catalog: Catalog, rows: Ints, reader: ItemReader) -> Examples:
        """What is learned from, and how pictures are changed meanwhile."""
        c = self.config
        turn = c.colours == "turn" or (c.colours == "auto" and not tells_colour(catalog))
        product = product_numbers(catalog, rows, c.product) if c.product else None
        found = reader.examples(catalog, rows)
        return replace(found, product=product, move=c.move, hue=HUE if turn else 0.0, cover=c.cover)

    def _level(
        self, towers: TwoTowers, reader: ItemReader, examples: Examples, catalog: Catalog, observer: Observer
    ) -> "_Fit":
        """How what the towers say is made comparable."""
        c = self.config
        pictures = PictureEncoder(towers.picture, reader.shape, looks=c.looks).encode_frames(examples.frames)
        texts = encode_tokens(towers.text, examples.whole(np.arange(len(examples.parts))))
        sketching, pictures = self._sketch(catalog, examples, reader.shape, pictures, texts, observer)
        rng = generator(c.seed, "asked")
        asked = encode_tokens(towers.text, [view(part, rng) if part else [] for part in examples.parts])
        has = examples.has_picture, examples.has_text
        balance = Balance.fit(pictures, texts, *has, asked)
        rows = np.flatnonzero(catalog.alive)
        target = unit(balance.items(pictures, texts, *has)[:, :-EXTRA]) if c.more else texts
        further = {
            name: Further.fit(catalog, rows, name, reader.spoken, target, seed=c.seed, observer=observer)
            for name in c.more
        }
        return _Fit.of(towers, reader, c.looks, balance, further, sketching)

    def _sketch(
        self, catalog: Catalog, examples: Examples, whole: tuple[int, int], pictures: Floats, texts: Floats,
        observer: Observer,
    ) -> tuple[Sketching | None, Floats]:  # fmt: skip
        """Learn to read sketches, and mix what they say into the pictures' vectors."""
        learn, check = self.split(examples)
        teach, share = np.intersect1d(learn, examples.pairs), self.config.sketch_share
        if share == 0 or len(teach) < FEWEST_SKETCHES or (share is None and len(check) < FEWEST_CHECKED):
            return None, pictures
        shape = sketch_shape(whole)
        names = [catalog.main_picture(int(row)) for row in np.flatnonzero(catalog.alive)]
        numbers = read_sketches(catalog.pictures, names, shape)
        made = Sketching.fit(
            numbers, texts, teach, examples.text_key, shape, seed=self.config.seed, observer=observer
        )  # fmt: skip
        sketched = made.embed(numbers)
        made = (
            made.chosen(*(each[check] for each in (pictures, sketched, texts)))
            if share is None
            else replace(made, share=share)
        )
        return (made, made.mixed(pictures, sketched)) if made.share else (None, pictures)

    def _new_towers(self, vocabulary: int) -> TwoTowers:
        c = self.config
        with torch.random.fork_rng():
            torch.manual_seed(derive(c.seed, "weights"))
            return TwoTowers(c.dim, c.picture_widths, vocabulary, c.text_width, c.temperature, c.dropout)

    def _recipe(self, shape: tuple[int, int]) -> Recipe:
        c = self.config
        return Recipe(
            c.batch_size, ((shape[0] // 2, shape[1] // 2), shape), c.small_share, c.loss, c.smoothing,
            c.label_weight, c.hard_share, c.hard_group, c.hard_refresh, c.memory, c.chunk,
        )  # fmt: skip

    def _plan(self, examples: Examples, steps: int) -> Plan:
        c = self.config
        digest = hashlib.sha256(json.dumps(c.model_dump(mode="json"), sort_keys=True).encode())
        digest.update(examples.picture_key.tobytes() + examples.text_key.tobytes())
        if self._start is not None:
            digest.update(self._start._fitted().balance.picture_mean.tobytes())
        return Plan(
            epochs=c.epochs or auto_epochs(len(examples.parts)), learning_rate=c.learning_rate,
            weight_decay=c.weight_decay, max_seconds=60 * c.max_minutes, seed=c.seed, checkpoint=self._checkpoint,
            key=digest.hexdigest(), average=min(0.99, 1 - 1 / (1 + steps)),
        )  # fmt: skip

    def _embed(self, catalog: Catalog, rows: Ints) -> tuple[Floats, Bools, Bools]:
        """Vectors of items that are there, and which of them have a picture and words."""
        fitted = self._fitted()
        frames, seen = fitted.reader.frames(catalog, rows)
        parts = fitted.reader.parts(catalog, rows)
        said = np.array([bool(part) for part in parts], np.bool_)
        pictures = np.zeros((len(rows), self.config.dim), np.float32)
        pictures[seen] = fitted.eyes.encode_frames(frames[seen])
        if fitted.sketching is not None and seen.any():
            names = [catalog.main_picture(row) for row in rows[seen].tolist()]
            numbers = read_sketches(catalog.pictures, names, fitted.sketching.shape)
            pictures[seen] = fitted.sketching.mixed(pictures[seen], fitted.sketching.embed(numbers))
        texts = encode_tokens(fitted.towers.text, [part.whole for part in parts])
        matrix = fitted.balance.items(pictures, texts, seen, said)
        more = [each.embed(catalog, rows, name, fitted.reader.spoken)[0] for name, each in fitted.further.items()]
        return blended(matrix, sum(more, np.zeros_like(pictures)), self.config.more_share), seen, said


@dataclass(frozen=True)
class _Fit:
    """What a fitted space holds."""

    reader: ItemReader
    towers: TwoTowers
    eyes: PictureEncoder
    texts: TextEncoder
    balance: Balance
    further: Mapping[str, Further]
    sketching: Sketching | None

    @cached_property
    def voice(self) -> TextTower:
        """The text tower for those who learn what to say to it: nothing is learned of it any more."""
        return copy.deepcopy(self.towers.text).eval().requires_grad_(requires_grad=False)

    @classmethod
    def of(
        cls, towers: TwoTowers, reader: ItemReader, looks: int, balance: Balance, further: Mapping[str, Further],
        sketching: Sketching | None,
    ) -> Self:  # fmt: skip
        """Both towers, ready to be asked."""
        eyes = PictureEncoder(towers.picture, reader.shape, looks=looks)
        return cls(reader, towers, eyes, TextEncoder(towers.text, reader.tokens), balance, further, sketching)


def blended(matrix: Floats, more: Floats, share: float) -> Floats:
    """Items' vectors with what further towers say; the coordinates that level the modalities stay.

    Shapes: matrix (n, dim + EXTRA), more (n, dim), zero where nothing is said -> (n, dim + EXTRA).
    """
    plain, extra = matrix[:, :-EXTRA], matrix[:, -EXTRA:]
    length = np.sqrt(1 - (extra**2).sum(1, keepdims=True))
    alone = ~plain.any(1, keepdims=True)
    mixed = unit(np.where(alone, more, (1 - share) * unit(plain) + share * unit(more)))
    return np.where(more.any(1, keepdims=True), np.hstack([mixed * length, extra]), matrix).astype(np.float32)


def auto_epochs(n: int) -> int:
    """Epochs for a catalog of n items: 40, which take a minute or two at 1,200 items, a quarter of an hour at 20,000.

    More looks at very few items; beyond 20,000 the number of steps stays the same.
    """
    return int(np.clip(800_000 // max(1, n), 4, 40 if n >= 300 else 60))
