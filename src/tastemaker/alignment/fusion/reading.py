"""Items as the fusion model wants them: larger pictures, words as the contrastive space's own tokens.

The only module that looks inside a fitted contrastive space.
"""

import copy

import numpy as np

from tastemaker.alignment.contrast.examples import Examples
from tastemaker.alignment.contrast.space import ContrastiveSpace
from tastemaker.alignment.contrast.two_towers import TwoTowers
from tastemaker.alignment.fusion.matching import Judge, Matcher, Opened, filled
from tastemaker.alignment.fusion.precedents import Precedents
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import words_of
from tastemaker.core.progress import Observer, track
from tastemaker.core.types import Floats, Ints
from tastemaker.encoders.frames import frame_shape, read_frames
from tastemaker.encoders.phrases import FILLERS, Parts, parts_of
from tastemaker.encoders.text import encode_tokens


class Reading:
    """Reads items for a fusion model.

    Args:
        contrast: fitted.
        longer: longer side of the pictures, in pixels; 0 takes that of the contrast's, whose aspect they have.
    """

    def __init__(self, contrast: ContrastiveSpace, longer: int) -> None:
        self._contrast = contrast
        self._spoken = contrast._spoken
        height, width = contrast._shape
        self.shape = frame_shape([width / height], longer) if longer else (height, width)
        self.tokens = contrast._fitted().reader.tokens

    def towers(self) -> TwoTowers:
        """A copy of the contrast's."""
        return copy.deepcopy(self._contrast._fitted().towers)

    def examples(self, catalog: Catalog, rows: Ints, observer: Observer) -> Examples:
        """Pictures and words of all items, into memory."""
        with track(observer, "reading items", len(rows)) as task:
            names = [catalog.main_picture(row) for row in rows.tolist()]
            frames, seen = read_frames(catalog.pictures, names, self.shape)
            parts = self._parts(catalog, rows)
            task.advance(len(rows))
        fillers = tuple(token for each in self.tokens.encode(FILLERS) if len(each) == 1 for token in each)
        return Examples.of(frames, seen, parts, fillers)

    def words(self, examples: Examples) -> Floats:
        """Vectors of the items' words, by which neighbours are found. Shapes: -> (items, dim)."""
        return encode_tokens(self._contrast._fitted().towers.text, [part.whole for part in examples.parts])

    def split(self, examples: Examples) -> tuple[Ints, Ints]:
        """Pairs to learn from, and those to validate on: the ones that the contrast kept apart."""
        learn, check = self._contrast._split(examples)
        return np.intersect1d(learn, examples.pairs), check

    def precedents(self, examples: Examples, learn: Ints) -> Precedents:
        """The items that are learned from."""
        return Precedents.fit(examples.frames[learn], filled(examples.whole(learn)), self.tokens.size)

    def judge(
        self, catalog: Catalog, rows: Ints, examples: Examples, check: Ints, precedents: Precedents, depth: int
    ) -> Judge | None:
        """Held-out pairs: their words, and how the contrast finds their pictures alone; None when there are none."""
        if not len(check):
            return None
        bare = catalog.without_modality("text", rows[check]).without_modality("attributes", rows[check])
        pictures = self._contrast.embed_items(bare, rows[check]).matrix
        texts = self._contrast.embed_texts([words_of(catalog.item(row)) for row in rows[check].tolist()])
        scores = texts @ pictures.T
        return Judge(examples.frames[check], examples.whole(check), scores, precedents, depth=depth, shape=self.shape)

    def open(self, matcher: Matcher, catalog: Catalog, rows: Ints) -> Opened:
        """Items as the fusion model keeps them; zeros where they are gone or lack the modality."""
        there = np.flatnonzero(catalog.alive[rows])
        names = [""] * len(rows)
        texts: list[list[int]] = [[] for _ in names]
        for place, part in zip(there.tolist(), self._parts(catalog, rows[there]), strict=True):
            names[place], texts[place] = catalog.main_picture(int(rows[place])), part.whole
        frames, seen = read_frames(catalog.pictures, names, self.shape)
        opened = matcher.open(frames, texts)
        for array in (opened.cells, opened.vectors, opened.looks):
            array[~seen] = 0
        return opened

    def _parts(self, catalog: Catalog, rows: Ints) -> list[Parts]:
        return parts_of([catalog.item(row) for row in rows.tolist()], self._spoken, self.tokens)
