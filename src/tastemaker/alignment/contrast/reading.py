"""How a space reads items: the frame of their pictures, the attributes that are said, the vocabulary of their words."""

from dataclasses import dataclass

from tastemaker.alignment.contrast.examples import Examples
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.types import Bools, Ints
from tastemaker.encoders.frames import Frames, frame_shape, read_frames, sample_aspects
from tastemaker.encoders.phrases import FILLERS, Parts, parts_of, spoken, vocabulary_texts
from tastemaker.encoders.tokens import Tokens

FEW = 2000
"""Items up to which a word that is said once is worth a token."""


@dataclass(frozen=True)
class ItemReader:
    """What was read off the catalog before anything was learned.

    Attributes:
        shape: height and width of the frames.
        spoken: names of the attributes that are read.
        tokens: the vocabulary.
    """

    shape: tuple[int, int]
    spoken: frozenset[str]
    tokens: Tokens

    @classmethod
    def of(cls, catalog: Catalog, rows: Ints, *, picture_size: int, vocabulary: int) -> "ItemReader":
        """Choose for some items; ``picture_size`` 0 takes :func:`auto_size`, ``vocabulary`` is the most of tokens."""
        shape = frame_shape(
            sample_aspects(catalog.pictures, _names(catalog, rows)), picture_size or auto_size(len(rows))
        )
        said = spoken(catalog)
        texts = vocabulary_texts([catalog.item(row) for row in rows.tolist()], said)
        return cls(shape, said, Tokens.fit(texts, vocabulary=vocabulary, min_count=1 if len(rows) < FEW else 2))

    def frames(self, catalog: Catalog, rows: Ints) -> tuple[Frames, Bools]:
        """Pictures, and which items have one. Shapes: (n,) -> (n, h, w, 3), (n,)."""
        return read_frames(catalog.pictures, _names(catalog, rows), self.shape)

    def parts(self, catalog: Catalog, rows: Ints) -> list[Parts]:
        """Words, empty where an item has none."""
        return parts_of([catalog.item(row) for row in rows.tolist()], self.spoken, self.tokens)

    def examples(self, catalog: Catalog, rows: Ints) -> Examples:
        """Both, into memory, to learn from."""
        frames, seen = self.frames(catalog, rows)
        fillers = tuple(token for each in self.tokens.encode(FILLERS) if len(each) == 1 for token in each)
        return Examples.of(frames, seen, self.parts(catalog, rows), fillers)


def auto_size(n: int) -> int:
    """Longer side of the pictures for a catalog of n items: in the same minutes, many are better looked at more often.

    On fashion (19,600 items) nine epochs at 32 pixels reached a validation MRR of .538, and five more at 64, which cost
    as much as thirteen at 32, led back to .514.
    """
    return 48 if n < 5_000 else 32


def _names(catalog: Catalog, rows: Ints) -> list[str]:
    return [catalog.main_picture(row) for row in rows.tolist()]
