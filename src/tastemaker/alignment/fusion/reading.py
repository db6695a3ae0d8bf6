"""Items as the fusion model wants them: larger pictures, words as the contrastive space's own tokens."""

from dataclasses import replace

import numpy as np

from tastemaker.alignment.contrast.examples import Examples
from tastemaker.alignment.contrast.space import ContrastiveSpace
from tastemaker.alignment.fusion.matching import Judge, Matcher, Opened, filled
from tastemaker.alignment.fusion.precedents import Precedents
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import words_of
from tastemaker.core.progress import Observer, track
from tastemaker.core.types import Floats, Ints
from tastemaker.encoders.frames import frame_shape, read_frames
from tastemaker.encoders.text import encode_tokens


class Reading:
    """Reads items for a fusion model.

    Args:
        contrast: fitted.
        longer: longer side of the pictures, in pixels; 0 takes that of the contrast's, whose aspect they have.
    """

    def __init__(self, contrast: ContrastiveSpace, longer: int) -> None:
        self._contrast = contrast
        height, width = contrast.reader.shape
        shape = frame_shape([width / height], longer) if longer else (height, width)
        self._reader = replace(contrast.reader, shape=shape)
        self.shape, self.tokens = shape, contrast.reader.tokens

    def examples(self, catalog: Catalog, rows: Ints, observer: Observer) -> Examples:
        """Pictures and words of all items, into memory."""
        with track(observer, "reading items", len(rows)) as task:
            examples = self._reader.examples(catalog, rows)
            task.advance(len(rows))
        return examples

    def words(self, examples: Examples) -> Floats:
        """Vectors of the items' words, by which neighbours are found. Shapes: -> (items, dim)."""
        return encode_tokens(self._contrast.towers.text, [part.whole for part in examples.parts])

    def split(self, examples: Examples) -> tuple[Ints, Ints]:
        """Pairs to learn from, and those to validate on: the ones that the contrast kept apart."""
        learn, check = self._contrast.split(examples)
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
        for place, part in zip(there.tolist(), self._reader.parts(catalog, rows[there]), strict=True):
            names[place], texts[place] = catalog.main_picture(int(rows[place])), part.whole
        frames, seen = read_frames(catalog.pictures, names, self.shape)
        opened = matcher.open(frames, texts)
        for array in (opened.cells, opened.vectors, opened.looks):
            array[~seen] = 0
        return opened
