"""Candidates of a contrastive search -> what a fusion model makes of them -> one score, weighed by validation.

Four figures a pair: the contrast by which it was found, the contrast of the fusion model's own towers, the matching
logit of the cross-attention encoder, and the evidence of precedents.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from tastemaker.alignment.contrast.examples import LENGTH
from tastemaker.alignment.fusion.precedents import Halves, Precedents
from tastemaker.core.types import Bools, Doubles, Floats, Ints
from tastemaker.encoders.frames import Frames
from tastemaker.encoders.tokens import pad
from tastemaker.nn.augment import as_input
from tastemaker.nn.conditional_logit import likeliest
from tastemaker.nn.cross_attention import CrossEncoder
from tastemaker.nn.precision import fast

FIGURES = 4
"""Contrast, the fusion model's own contrast, matching, precedents."""
STRENGTH = 1e-3
BATCH = 256
QUICK = 300
"""Questions that are asked while the model learns."""
FEWEST = 30
"""With fewer questions than this whose answer is among the candidates, the usual weights stay."""


@dataclass(frozen=True)
class Opened:
    """Items as a fusion model reads them, aligned.

    Attributes:
        cells: of their pictures; half precision, because they are kept for every item of a shop.
        vectors: of their pictures, unit rows.
        looks: of their pictures, as precedents are compared.
        tokens: of their words, 0 fills up.

    Shapes: cells (n, cells, width), vectors (n, dim), looks (n, parts), tokens (n, LENGTH).
    """

    cells: Halves
    vectors: Halves
    looks: Halves
    tokens: npt.NDArray[np.int32]

    @classmethod
    def among(cls, kept: Mapping[str, npt.NDArray[np.generic]], rows: Ints) -> Self:
        """Some of the items that :meth:`arrays` gave."""
        cells, vectors, looks = (kept[name][rows].astype(np.float16) for name in ("cells", "vectors", "looks"))
        return cls(cells, vectors, looks, kept["tokens"][rows].astype(np.int32))

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """By name, to be kept."""
        return {"cells": self.cells, "vectors": self.vectors, "looks": self.looks, "tokens": self.tokens}

    def __getitem__(self, rows: Ints) -> "Opened":
        return Opened(self.cells[rows], self.vectors[rows], self.looks[rows], self.tokens[rows])


class Matcher:
    """A trained fusion model that judges pairs.

    Args:
        model: trained; evaluation mode is set here.
        shape: height and width of its frames.
        precedents: of the items that it has learned from.
    """

    def __init__(self, model: CrossEncoder, shape: tuple[int, int], precedents: Precedents) -> None:
        self.model, self.shape, self.precedents = model.eval(), shape, precedents

    @torch.inference_mode()
    def open(self, frames: Frames, texts: Sequence[Sequence[int]]) -> Opened:
        """Items by their frames and words; the vector of a picture is the mean of it and its mirror image.

        Shapes: frames (n, h, w, 3), texts (n).
        """
        cells, vectors = [], []
        for start in range(0, len(frames), BATCH):
            x = as_input(torch.from_numpy(frames[start : start + BATCH]), self.shape)
            seen = self.model.look(torch.cat([x, x.flip(3)]))
            cells.append(seen.cells[: len(x)].half())
            vectors.append(functional.normalize(seen.vector[: len(x)] + seen.vector[len(x) :], dim=1).half())
        if not cells:
            cells = [torch.zeros(0, *self.model.place.shape, dtype=torch.half)]
            vectors = [torch.zeros(0, self.model.text.project.out_features, dtype=torch.half)]
        looks = self.precedents.looks(frames)
        return Opened(torch.cat(cells).numpy(), torch.cat(vectors).numpy(), looks, filled(texts))

    @torch.inference_mode()
    def words_to_pictures(self, tokens: Sequence[int], items: Opened) -> Floats:
        """Own contrast, matching and precedents of one text with the pictures of items. Shapes: -> (n, 3)."""
        read = self.model.read(torch.from_numpy(pad([tokens], LENGTH)))
        own = torch.from_numpy(items.vectors).float() @ read.vector[0]
        with fast():
            match = self.model.matching(read.states, read.keep, torch.from_numpy(items.cells).float())[0]
        known = self.precedents.of_words(tokens, items.looks)
        return np.column_stack([own.numpy(), match.numpy(), known])

    @torch.inference_mode()
    def picture_to_words(self, asked: Opened, items: Opened) -> Floats:
        """Own contrast, matching and precedents of one picture with the words of items. Shapes: -> (n, 3)."""
        tokens = torch.from_numpy(items.tokens).long()
        tokens = tokens[:, : max(1, int((tokens != 0).sum(1).max()))]
        read = self.model.read(tokens)
        own = read.vector @ torch.from_numpy(asked.vectors[0]).float()
        with fast():
            match = self.model.matching(read.states, read.keep, torch.from_numpy(asked.cells).float())[:, 0]
        known = self.precedents.of_picture(asked.looks[0], items.tokens)
        return np.column_stack([own.numpy(), match.numpy(), known])


@dataclass(frozen=True)
class Weights:
    """How much each figure counts, in units of how far it varies among the candidates of one question.

    Shapes: scale (FIGURES,), weight (FIGURES,).
    """

    scale: Doubles
    weight: Doubles

    @classmethod
    def usual(cls) -> Self:
        """Where there is nothing to learn from: a logit counts as a tenth of a cosine, precedents not."""
        return cls(np.array([0.1, 0.1, 1.0, 1.0]), np.array([1.0, 1.0, 1.0, 0.0]))

    @classmethod
    def fit(cls, figures: Floats, right: Bools) -> Self:
        """Choose the weights under which the right candidate is most likely: ``softmax(z @ weight)``.

        Shapes: figures (questions, candidates, FIGURES), right (questions, candidates); a question whose right answer
        is not among its candidates says nothing.
        """
        apart = figures - figures.mean(1, keepdims=True)
        scale = np.maximum(np.sqrt(np.square(apart, dtype=np.float64).mean((0, 1))), 1e-9)
        told = right.any(1)
        if told.sum() < FEWEST:
            return cls(scale, np.ones(figures.shape[2]))
        answer = right[told].argmax(1)[:, None]
        first = np.argsort(np.arange(figures.shape[1]) != answer, axis=1, kind="stable")
        cases = np.take_along_axis(figures[told] / scale, first[:, :, None], axis=1).astype(np.float32)
        begins = np.arange(len(cases)) * cases.shape[1]
        weight = likeliest(cases.reshape(-1, cases.shape[2]), begins, STRENGTH)
        return cls(scale, weight.astype(np.float64))

    def __call__(self, figures: Floats) -> Floats:
        """One score a candidate. Shapes: (..., FIGURES) -> (...)."""
        return np.asarray(figures @ (self.weight / self.scale), np.float32)

    def tensors(self) -> Mapping[str, Doubles]:
        """For storage."""
        return {"scale": self.scale, "weight": self.weight}

    @classmethod
    def restore(cls, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        return cls(tensors["scale"].astype(np.float64), tensors["weight"].astype(np.float64))


class Judge:
    """Held-out pairs, their first candidates by contrast, and what a fusion model makes of them.

    Args:
        frames: pictures of the pairs.
        texts: token numbers of the pairs' words.
        precedents: of the items that are learned from.
        contrast: cosines of words (rows) and pictures (columns) as the search gives them.
        depth: candidates a question.
        shape: of the frames.
    """

    def __init__(
        self,
        frames: Frames,
        texts: Sequence[Sequence[int]],
        contrast: Floats,
        precedents: Precedents,
        *,
        depth: int,
        shape: tuple[int, int],
    ) -> None:
        self.frames, self.texts, self.contrast, self.shape = frames, texts, contrast, shape
        self.precedents = precedents
        self.depth = min(depth, len(contrast))

    def __call__(self, model: CrossEncoder) -> float:
        """Mean reciprocal rank of the right one after re-ranking, weights learned on the same questions."""
        matcher = Matcher(model, self.shape, self.precedents)
        items = matcher.open(self.frames, self.texts)
        figures, right = self._words(matcher, items, QUICK, min(self.depth, 32))
        return mean_reciprocal_rank(Weights.fit(figures, right)(figures), right)

    def weights(self, matcher: Matcher) -> tuple[Weights, Weights]:
        """Weights for words that ask and for a picture that asks."""
        items = matcher.open(self.frames, self.texts)
        n = len(self.contrast)
        return (
            Weights.fit(*self._words(matcher, items, n, self.depth)),
            Weights.fit(*self._pictures(matcher, items, n, self.depth)),
        )

    def _words(self, matcher: Matcher, items: Opened, n: int, depth: int) -> tuple[Floats, Bools]:
        top = _top(self.contrast[:n], depth)
        figures = [matcher.words_to_pictures(self.texts[at], items[row]) for at, row in enumerate(top)]
        return _table(self.contrast, top, figures)

    def _pictures(self, matcher: Matcher, items: Opened, n: int, depth: int) -> tuple[Floats, Bools]:
        top = _top(self.contrast.T[:n], depth)
        figures = [matcher.picture_to_words(items[np.array([at])], items[row]) for at, row in enumerate(top)]
        return _table(self.contrast.T, top, figures)


def filled(texts: Sequence[Sequence[int]]) -> npt.NDArray[np.int32]:
    """Texts as one matrix, filled up with 0. Shapes: (n) -> (n, LENGTH)."""
    tokens = np.zeros((len(texts), LENGTH), np.int32)
    padded = pad(texts, LENGTH)
    tokens[:, : padded.shape[1]] = padded
    return tokens


def mean_reciprocal_rank(scores: Floats, right: Bools) -> float:
    """Of the right candidates; 0 for a question without one. Shapes: (questions, candidates) twice -> a number."""
    own = np.where(right, scores, -np.inf).max(1, keepdims=True)
    rank = 1 + (scores > own).sum(1)
    return float(np.where(right.any(1), 1 / rank, 0.0).mean())


def _top(scores: Floats, depth: int) -> Ints:
    return np.argsort(-scores, axis=1, kind="stable")[:, :depth]


def _table(contrast: Floats, top: Ints, figures: Sequence[Floats]) -> tuple[Floats, Bools]:
    found = np.take_along_axis(contrast[: len(top)], top, axis=1)
    return np.concatenate([found[:, :, None], np.stack(figures)], axis=2), top == np.arange(len(top))[:, None]
