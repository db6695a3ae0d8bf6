"""Align before fuse: the contrastive space finds, a cross-attention encoder looks again at the first answers.

Words and pictures are compared by two vectors when there are twenty thousand items, and token by token with the cells
of the picture where there are a hundred left (survey, the ALBEF part of figure 1). What is kept of each item for the
second look travels with its vector.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from tastemaker.alignment.contrast.examples import Examples
from tastemaker.alignment.contrast.space import ContrastiveSpace
from tastemaker.alignment.fusion.learning import Fusing, Recipe
from tastemaker.alignment.fusion.matching import Matcher, Opened, Weights
from tastemaker.alignment.fusion.precedents import Precedents
from tastemaker.alignment.fusion.reading import Reading
from tastemaker.alignment.fusion.settings import FusionConfig
from tastemaker.alignment.space import ItemVectors, Space, under
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.config import Config
from tastemaker.core.errors import FitError, NotFitted
from tastemaker.core.progress import Observer, silent, track
from tastemaker.core.seeds import derive
from tastemaker.core.types import Floats, Ints, Modality
from tastemaker.encoders.frames import frame
from tastemaker.nn.checkpoint import digest
from tastemaker.nn.cross_attention import CrossEncoder, grid_cells
from tastemaker.nn.training import Plan, train

CHUNK = 512
"""Items opened at a time."""
FEWEST = 8
"""Pairs under which there is nothing to fuse."""


class FusionSpace(Space):
    """A contrastive space whose first answers are looked at again by a cross-attention encoder.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that both trainings write (the second beside it) and resume from; None keeps none.

    Source: Li et al. 2021 (arXiv 2107.07651), figure 1.
    Differs: the contrast that finds is a space of its own and stays as it is; the fusion model starts from a copy of
        its towers and sees larger pictures; matching is a choice among hard negatives; three figures are fused by
        weights learned on validation.
    See also: ContrastiveSpace when the first place matters less than the minutes of training.
    """

    name: ClassVar[str] = "fusion"
    config_class: ClassVar[type[Config]] = FusionConfig
    figure: ClassVar[str] = "1"
    source: ClassVar[str] = "Li et al. 2021, Align before Fuse: Vision and Language Representation Learning"
    config: FusionConfig

    def __init__(self, config: FusionConfig | None = None, *, checkpoint: Path | None = None) -> None:
        self.config = config if config is not None else FusionConfig()
        self.contrast = ContrastiveSpace(self.config.contrast, checkpoint=checkpoint)
        self.dim = self.contrast.dim
        self._checkpoint = None if checkpoint is None else checkpoint.with_name(checkpoint.name + "-fusion")
        self._fusion: _Fusion | None = None

    @classmethod
    def upon(
        cls, contrast: ContrastiveSpace, config: FusionConfig | None = None, *, checkpoint: Path | None = None
    ) -> Self:
        """A space upon a contrastive one that is fitted already; :meth:`learn` does the rest."""
        settings = (config if config is not None else FusionConfig()).model_copy(update={"contrast": contrast.config})
        space = cls(settings, checkpoint=checkpoint)
        space.contrast, space.dim = contrast, contrast.dim
        return space

    def fit(self, catalog: Catalog, observer: Observer = silent) -> Self:
        """Learn the contrast, then the fusion; see :meth:`Space.fit`."""
        self.contrast.fit(catalog, observer)
        return self.learn(catalog, observer)

    def learn(self, catalog: Catalog, observer: Observer = silent) -> Self:
        """Learn the fusion upon the contrast; without enough items that have both there is none."""
        self._fusion = None
        rows = np.flatnonzero(catalog.alive)
        reading = Reading(self.contrast, self.config.picture_size)
        examples = reading.examples(catalog, rows, observer)
        learn, check = reading.split(examples)
        if len(learn) < FEWEST:
            return self
        model = self._new_model(reading)
        precedents = reading.precedents(examples, learn)
        judge = reading.judge(catalog, rows, examples, check, precedents, self.config.depth)
        near = reading.words(examples)
        train(Fusing(model, examples, near, learn, judge, self._recipe(reading.shape)), self._plan(examples), observer)
        matcher = Matcher(model, reading.shape, precedents)
        words, picture = judge.weights(matcher) if judge is not None else (Weights.usual(), Weights.usual())
        self._fusion = _Fusion(reading, matcher, words, picture)
        return self

    def held_out(self, pairs: Ints) -> Ints:
        """Those that the contrast kept apart; see :meth:`Space.held_out`."""
        return self.contrast.held_out(pairs)

    def embed_texts(self, texts: Sequence[str]) -> Floats:
        """Shapes: (n, dim), unit rows."""
        return self.contrast.embed_texts(texts)

    def embed_pictures(self, pictures: Sequence[Image.Image]) -> Floats:
        """Shapes: (n, dim), unit rows."""
        return self.contrast.embed_pictures(pictures)

    def embed_items(self, catalog: Catalog, rows: Ints, observer: Observer = silent) -> ItemVectors:
        """Vectors of some items, and what the second look reads of them; see :meth:`Space.embed_items`."""
        vectors = self.contrast.embed_items(catalog, rows, observer)
        if self._fusion is None:
            return vectors
        opened: list[dict[str, npt.NDArray[np.generic]]] = []
        with track(observer, "opening items", len(rows)) as task:
            for start in range(0, max(1, len(rows)), CHUNK):
                opened.append(self._fusion.open(catalog, rows[start : start + CHUNK]).arrays())
                task.advance(len(opened[-1]["tokens"]))
        kept = {name: np.concatenate([part[name] for part in opened]) for name in opened[0]}
        return ItemVectors(vectors.matrix, vectors.has, kept)

    def rerank(self, asked: str | Image.Image, items: ItemVectors, rows: Ints, scores: Floats) -> tuple[Ints, Floats]:
        """The first answers in a better order; see :meth:`Space.rerank`."""
        modality: Modality = "text" if isinstance(asked, Image.Image) else "picture"
        readable = items.has.get(modality)
        if self._fusion is None or readable is None or not items.more:
            return rows, scores
        places = np.flatnonzero(readable[rows[: self.config.depth]])
        if len(places) < 2:
            return rows, scores
        chosen = rows[places]
        opened = Opened.among(items.more, chosen)
        better = rows.copy()
        better[places] = chosen[np.argsort(-self.second_look(asked, opened, scores[places]), kind="stable")]
        return better, scores

    def second_look(self, asked: str | Image.Image, items: Opened, scores: Floats) -> Floats:
        """Scores of candidates after the second look: :meth:`figures`, weighed. Shapes: -> (n,)."""
        return self.weigh(asked, self.figures(asked, items, scores))

    def weigh(self, asked: str | Image.Image, figures: Floats) -> Floats:
        """One score a candidate, by the weights for words or for a picture. Shapes: (n, 4) -> (n,)."""
        fusion = self._fused()
        return (fusion.words if isinstance(asked, str) else fusion.picture)(figures)

    def figures(self, asked: str | Image.Image, items: Opened, scores: Floats) -> Floats:
        """What the second look sees of candidates: contrast, own contrast, matching and precedents.

        Args:
            asked: words, compared with the items' pictures; or a picture, compared with their words.
            items: the candidates.
            scores: of the contrast.

        Raises:
            NotFitted: nothing was learned, or there was too little to learn from.

        Shapes: items (n), scores (n,) -> (n, 4).
        """
        fusion = self._fused()
        if isinstance(asked, str):
            found = fusion.matcher.words_to_pictures(fusion.reading.tokens.encode([asked])[0], items)
        else:
            own = fusion.matcher.open(frame(asked, fusion.matcher.shape)[None].copy(), [])
            found = fusion.matcher.picture_to_words(own, items)
        return np.column_stack([scores, found]).astype(np.float32)

    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """Everything learned, for storage."""
        out = {f"contrast.{name}": tensor for name, tensor in self.contrast.tensors().items()}
        if self._fusion is not None:
            state = self._fusion.matcher.model.state_dict()
            out |= {f"fusion.{name}": tensor.numpy() for name, tensor in state.items()}
            known = self._fusion.matcher.precedents.tensors()
            out |= {f"precedents.{name}": tensor for name, tensor in known.items()}
            out |= {f"words.{name}": tensor for name, tensor in self._fusion.words.tensors().items()}
            out |= {f"picture.{name}": tensor for name, tensor in self._fusion.picture.tensors().items()}
        return out

    def settings(self) -> Mapping[str, object]:
        """The config, and what the contrast wants to know, as JSON values."""
        own = self.config.model_dump(mode="json")
        return {"config": own, "contrast": dict(self.contrast.settings()), "fused": self._fusion is not None}

    @classmethod
    def restore(cls, settings: Mapping[str, object], tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Build a fitted space from what :meth:`settings` and :meth:`tensors` gave."""
        config, contrast = settings["config"], settings["contrast"]
        if not (isinstance(config, Mapping) and isinstance(contrast, Mapping)):
            raise FitError("the stored space cannot be read", hint="fit again")
        space = cls.upon(ContrastiveSpace.restore(contrast, under("contrast.", tensors)), FusionConfig.read(config))
        if settings["fused"]:
            reading = Reading(space.contrast, space.config.picture_size)
            model = space._new_model(reading)
            state = under("fusion.", tensors)
            model.load_state_dict({name: torch.tensor(tensor) for name, tensor in state.items()})
            words, picture = (Weights.restore(under(f"{side}.", tensors)) for side in ("words", "picture"))
            precedents = Precedents(under("precedents.", tensors))
            space._fusion = _Fusion(reading, Matcher(model, reading.shape, precedents), words, picture)
        return space

    def _fused(self) -> "_Fusion":
        if self._fusion is None:
            raise NotFitted("there is no fusion model", hint="fit on items that have both a picture and words")
        return self._fusion

    def _new_model(self, reading: Reading) -> CrossEncoder:
        """Copies of the contrast's towers under new fusion layers."""
        c, towers = self.config, copy.deepcopy(self.contrast.towers)
        cells = grid_cells(c.contrast.picture_widths, reading.shape)
        with torch.random.fork_rng():
            torch.manual_seed(derive(c.seed, "fusion weights"))
            model = CrossEncoder(towers.picture, towers.text, cells, c.heads, c.contrast.temperature, c.dropout)
        model.heat.data.copy_(towers.heat.data)
        return model

    def _recipe(self, shape: tuple[int, int]) -> Recipe:
        c = self.config
        return Recipe(c.batch_size, c.neighbours, c.memory, c.opinion, c.momentum, c.covered, shape)

    def _plan(self, examples: Examples) -> Plan:
        c = self.config
        found = self.contrast.tensors()
        key = digest("fusion", c, examples.picture_key, examples.text_key, *(found[name] for name in sorted(found)))
        return Plan(
            epochs=c.epochs, learning_rate=c.learning_rate, weight_decay=c.weight_decay, seed=c.seed,
            max_seconds=60 * c.max_minutes, checkpoint=self._checkpoint, key=key, average=0.995,
        )  # fmt: skip


@dataclass(frozen=True)
class _Fusion:
    """What the second look needs: the model, and the weights for words that ask and for a picture that asks."""

    reading: Reading
    matcher: Matcher
    words: Weights
    picture: Weights

    def open(self, catalog: Catalog, rows: Ints) -> Opened:
        """Items as the model keeps them."""
        return self.reading.open(self.matcher, catalog, rows)
