"""What generators learn from: every item's picture, words, attributes and taste as arrays, read once.

An item that lacks a modality has zeros there and False in ``has``; nothing is invented. A twentieth of the items is
held back, the same for every variant, to see when to stop and how good drawings are.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor

from tastemaker.alignment.space import Space
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import words_of
from tastemaker.core.errors import FitError, InputError, UnknownName
from tastemaker.core.progress import Observer, silent, track
from tastemaker.core.types import Bools, Floats, Ints, Modality
from tastemaker.encoders.behaviour import taste_vectors
from tastemaker.encoders.frames import Frames, frame_shape, read_frames, sample_aspects
from tastemaker.nn.conditioning import Known

MOST_VALUES = 200
"""An attribute with more values is not a condition."""
COVERAGE = 0.5
"""Share of the items that must have an attribute."""
FEWEST = 8
"""Items that must have a value for it to be one."""
HELD = 20
"""One in so many items is held back."""
STRIDE = 8
"""Sides of pictures are multiples of this: networks halve them three times."""


@dataclass(frozen=True)
class Layout:
    """Sizes and vocabularies of a material; what a generator must keep to be built again.

    Attributes:
        shape: height and width of pictures; (0, 0) when there are none.
        attributes: values of each attribute; code 0 is "not known", code 1 the first value.
        dims: length of the vectors of "text", "picture" and "behaviour"; 0 where there are none.
    """

    shape: tuple[int, int]
    attributes: Mapping[str, tuple[str, ...]]
    dims: Mapping[Modality, int]

    @classmethod
    def read(cls, told: Mapping[str, object]) -> Self:
        """From the JSON values of a stored layout."""
        shape, attributes, dims = told["shape"], told["attributes"], told["dims"]
        if not isinstance(shape, list) or not isinstance(attributes, dict) or not isinstance(dims, dict):
            raise TypeError(told)
        return cls((shape[0], shape[1]), {name: tuple(values) for name, values in attributes.items()}, dims)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Codes of each attribute, "not known" included."""
        return tuple(len(values) + 1 for values in self.attributes.values())

    def codes(self, asked: Sequence[Mapping[str, str]]) -> Ints:
        """Attribute values as codes. Shapes: -> (n, attributes)."""
        place = [{value: code for code, value in enumerate(values, 1)} for values in self.attributes.values()]
        names = list(self.attributes)
        found = [[at[one[name]] if name in one else 0 for name, at in zip(names, place, strict=True)] for one in asked]
        return np.array(found, np.int64).reshape(len(asked), len(names))

    def values(self, codes: Ints) -> dict[str, str]:
        """One row of codes as values; what is not known is left out. Shapes: codes (attributes,)."""
        pairs = zip(self.attributes.items(), codes.tolist(), strict=True)
        return {name: values[code - 1] for (name, values), code in pairs if code}

    def check(self, attributes: Mapping[str, str], vectors: Mapping[Modality, Floats]) -> None:
        """Do values and vectors fit?

        Raises:
            UnknownName: an attribute or a value is not known.
            InputError: a vector has another length.
        """
        for name, value in attributes.items():
            if name not in self.attributes:
                raise UnknownName("attribute", name, list(self.attributes))
            if value not in self.attributes[name]:
                raise UnknownName(name, value, self.attributes[name])
        for modality, vector in vectors.items():
            if vector.shape != (self.dims[modality],):
                hint = f"give {self.dims[modality]} numbers"
                raise InputError(f"a vector of {modality} has the shape {vector.shape}", hint=hint)


@dataclass(frozen=True)
class Material:
    """All items that are there, ready to be learned from.

    Attributes:
        layout: sizes and vocabularies.
        rows: their rows in the catalog.
        frames: pictures, on the ground of their border.
        codes: of the attributes of the layout; 0 is "not known".
        vectors: "text" and "picture" in the shop's space, "behaviour" as taste vectors.
        has: by modality; "attributes" is True where one at least is known.
        held: items that nothing is learned from.
        texts: all words of each item.
        histories: places of the items that each person chose, oldest first.

    Shapes: rows (n,), frames (n, h, w, 3), codes (n, attributes), vectors[modality] (n, dim), has[modality] (n,).
    """

    layout: Layout
    rows: Ints
    frames: Frames
    codes: Ints
    vectors: Mapping[Modality, Floats]
    has: Mapping[Modality, Bools]
    held: Bools
    texts: tuple[str, ...] = ()
    histories: tuple[Ints, ...] = ()

    @classmethod
    def read(
        cls,
        catalog: Catalog,
        space: Space | None,
        longer: int = 64,
        attributes: Sequence[str] = (),
        observer: Observer = silent,
    ) -> Self:
        """Read a catalog.

        Args:
            catalog: items and events.
            space: gives words and pictures their vectors; without one nothing can be drawn from words.
            longer: longer side of the pictures.
            attributes: names; empty chooses.
            observer: hears of progress.

        Raises:
            FitError: the catalog holds no item, or an attribute that is named has no value that several items share.
            UnknownName: there is no such attribute.
        """
        rows = np.flatnonzero(catalog.alive)
        if not len(rows):
            raise FitError("the catalog holds no item", hint="put rows into items.csv, or `tastemaker add`")
        with track(observer, "material", 3) as task:
            frames, pictured = _frames(catalog, rows, longer)
            task.advance()
            texts = tuple(words_of(catalog.item(row)) for row in rows.tolist())
            words, said, seen = embedded(catalog, space, rows, texts, pictured)
            task.advance()
            names = attributes or _telling(catalog)
            vocabulary = {name: _values(catalog, name) for name in names}
            if empty := [name for name, values in vocabulary.items() if name in attributes and not values]:
                hint = f"name attributes of which {FEWEST} items or more share a value"
                raise FitError(f"nothing can be asked of the attribute {empty[0]!r}", hint=hint)
            codes = _codes(catalog, rows, vocabulary)
            taste = taste_vectors(catalog.interactions)[rows]
            task.advance()
        vectors: dict[Modality, Floats] = {"text": words, "picture": seen, "behaviour": taste}
        dims: dict[Modality, int] = {modality: matrix.shape[1] for modality, matrix in vectors.items()}
        has: dict[Modality, Bools] = {
            "picture": pictured, "text": said, "attributes": np.asarray(codes.any(1), np.bool_),
            "behaviour": np.asarray(taste.any(1), np.bool_),
        }  # fmt: skip
        shape = (frames.shape[1], frames.shape[2])
        held = np.array([_is_held(catalog.ids[row]) for row in rows.tolist()], np.bool_)
        if not (pictured & ~held).any():
            held[:] = False  # a handful of pictures, all of which would be held back
        histories = _histories(catalog, rows)
        return cls(Layout(shape, vocabulary, dims), rows, frames, codes, vectors, has, held, texts, histories)

    def where(self, modality: Modality, *, held: bool = False) -> Ints:
        """Places of the items that have a modality: those to learn from, or those held back."""
        return np.flatnonzero(self.has[modality] & (self.held == held))

    def pictured(self) -> Ints:
        """Places of the items whose pictures are learned from.

        Raises:
            FitError: there are none.
        """
        places = self.where("picture")
        if not len(places):
            raise FitError("no item has a picture", hint="put pictures into images/ and name them in items")
        return places

    def known(self, places: Ints) -> Known:
        """All that is known of some items, but for their pixels. Shapes: places (n,)."""
        vectors: dict[str, Tensor] = {name: torch.from_numpy(matrix[places]) for name, matrix in self.vectors.items()}
        has: dict[str, Tensor] = {name: torch.from_numpy(self.has[name][places]) for name in self.vectors}
        return Known(torch.from_numpy(self.codes[places]), vectors, has)


def _frames(catalog: Catalog, rows: Ints, longer: int) -> tuple[Frames, Bools]:
    names = [catalog.main_picture(row) for row in rows.tolist()]
    aspects = sample_aspects(catalog.pictures, names)
    if not aspects:
        return np.zeros((len(rows), 0, 0, 3), np.uint8), np.zeros(len(rows), np.bool_)
    height, width = (max(STRIDE, round(side / STRIDE) * STRIDE) for side in frame_shape(aspects, longer))
    return read_frames(catalog.pictures, names, (height, width))


def embedded(
    catalog: Catalog, space: Space | None, rows: Ints, texts: Sequence[str], pictured: Bools
) -> tuple[Floats, Bools, Floats]:
    """Vectors of words, who has any, and vectors of pictures.

    Shapes: rows, pictured (n,) -> (n, dim), (n,), (n, dim).
    """
    said = np.array([bool(text) for text in texts], np.bool_)
    if space is None:
        none = np.zeros((len(rows), 0), np.float32)
        return none, np.zeros(len(rows), np.bool_), none
    words = space.embed_texts(texts) * said[:, None]
    bare = (
        catalog.without_modality("text", rows).without_modality("attributes", rows).without_modality("behaviour", rows)
    )
    seen = space.embed_items(bare, rows).matrix if pictured.any() else np.zeros_like(words)
    return np.asarray(words, np.float32), said, np.asarray(seen * pictured[:, None], np.float32)


def _histories(catalog: Catalog, rows: Ints) -> tuple[Ints, ...]:
    """What each person chose, every item once, where it came first."""
    place = np.full(catalog.size, -1, np.int64)
    place[rows] = np.arange(len(rows))
    chosen = (place[history.liked.rows] for history in catalog.interactions.histories())
    firsts = ((one, np.sort(np.unique(one, return_index=True)[1])) for one in (each[each >= 0] for each in chosen))
    return tuple(one[first] for one, first in firsts)


def _telling(catalog: Catalog) -> tuple[str, ...]:
    """Attributes that say what a thing is: categories that most items have, with two values or more, not too many."""
    return tuple(
        name
        for name, spec in catalog.attributes.items()
        if spec.type == "category" and spec.coverage >= COVERAGE and 2 <= len(spec.values) <= MOST_VALUES
    )


def _values(catalog: Catalog, name: str) -> tuple[str, ...]:
    return tuple(value for value, count in catalog.spec(name).values.items() if count >= FEWEST)


def _codes(catalog: Catalog, rows: Ints, vocabulary: Mapping[str, tuple[str, ...]]) -> Ints:
    codes = np.zeros((len(rows), len(vocabulary)), np.int64)
    place = [{value: code for code, value in enumerate(values, 1)} for values in vocabulary.values()]
    for at, row in enumerate(rows.tolist()):
        held = catalog.item(row).attributes
        codes[at] = [codes_of.get(str(held.get(name)), 0) for name, codes_of in zip(vocabulary, place, strict=True)]
    return codes


def _is_held(id: str) -> bool:
    return int(hashlib.sha256(f"held {id}".encode()).hexdigest(), 16) % HELD == 0
