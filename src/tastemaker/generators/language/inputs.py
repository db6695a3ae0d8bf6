"""What is asked, in any modalities, as one row of tokens: slots for what is no word, the words, and the shop's turn."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from tastemaker.core.types import Floats
from tastemaker.encoders.frames import Frames
from tastemaker.generators.base import as_values
from tastemaker.generators.language.adaptors import MOST, TOKENS, patches
from tastemaker.generators.language.vocabulary import SHOP, Vocabulary

WORDS = 64
"""Tokens of what is said that are read, the latest."""
THINGS = 4
"""Items spoken of at once."""


@dataclass(frozen=True)
class Asked:
    """What somebody asks; any part may be missing.

    Attributes:
        words: everything said so far, the latest at the end.
        text, picture: vectors of the shop's space.
        pixels: of a picture, in the generator's frame.
        things: of items spoken of, their vectors of words and of pictures side by side.
        history: the same, of what the person chose before, the latest at the end.
        taste: a taste vector.

    Shapes: text, picture (dim,); pixels (h, w, 3); things, history (n, 2 dim); taste (dim of it,).
    """

    words: str = ""
    text: Floats | None = None
    picture: Floats | None = None
    pixels: Frames | None = None
    things: Floats | None = None
    history: Floats | None = None
    taste: Floats | None = None


@dataclass(frozen=True)
class Rows:
    """Some rows of tokens, ready for the adaptors.

    Attributes:
        ids: tokens; slots hold their marks, places behind the end 0.
        lengths: of the rows, answers included.
        begins: where each answer begins.
        parts: what each adaptor reads, in the order of its slots.
        slots: the mark of each adaptor's slots.

    Shapes: ids (n, longest); lengths, begins (n,).
    """

    ids: Tensor
    lengths: Tensor
    begins: Tensor
    parts: Mapping[str, tuple[Tensor, ...]]
    slots: Mapping[str, int]


def read(
    asked: Sequence[Asked],
    vocabulary: Vocabulary,
    able: Collection[str],
    answers: Sequence[Sequence[int]] | None = None,
) -> Rows:
    """Lay out what is asked, and the answers where they are known.

    Args:
        asked: at least one.
        vocabulary: of the words and marks.
        able: the adaptors there are; what none can read is passed over.
        answers: tokens behind the shop's mark; none when None.
    """
    shop, slots = vocabulary.mark(SHOP), {name: vocabulary.slot(name) for name in able}
    found: dict[str, list[Tensor]] = {}
    ids, begins = [], []
    for at, one in enumerate(asked):
        row: list[int] = []
        for name, values in _inputs(one):
            if name in slots and len(values):
                each = values if name == "thing" else values[None]
                found.setdefault(name, []).extend(each)
                row += [slots[name]] * (TOKENS[name] * len(each))
        row += [*vocabulary.encode(one.words)[-WORDS:], shop]
        begins.append(len(row))
        ids.append(row + list(answers[at] if answers is not None else ()))
    lengths = torch.tensor([len(row) for row in ids])
    whole = torch.zeros(len(ids), int(lengths.max()), dtype=torch.long)
    for at, row in enumerate(ids):
        whole[at, : len(row)] = torch.tensor(row)
    parts = {name: _joined(name, values) for name, values in found.items()}
    return Rows(whole, lengths, torch.tensor(begins), parts, slots)


def _inputs(one: Asked) -> list[tuple[str, Tensor]]:
    """What is no word, in the order in which it is read."""
    none = np.empty(0, np.float32)
    history = none if one.history is None else one.history[-MOST:]
    things = none if one.things is None else one.things[:THINGS]
    found: list[tuple[str, Floats]] = [
        ("history", history), ("taste", none if one.taste is None else one.taste),
        ("text", none if one.text is None else one.text), ("picture", none if one.picture is None else one.picture),
    ]  # fmt: skip
    told = [(name, torch.from_numpy(np.asarray(values, np.float32))) for name, values in found]
    if one.pixels is not None:
        told.append(("pixels", patches(as_values(np.array(one.pixels[None])).contiguous())[0]))
    return [*told, ("thing", torch.from_numpy(np.asarray(things, np.float32)))]


def _joined(name: str, values: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """What one adaptor reads; a resampler is told which of its vectors are there."""
    if name not in ("history", "pixels"):
        return (torch.stack(list(values)),)
    longest = max(len(each) for each in values)
    whole, keep = values[0].new_zeros(len(values), longest, values[0].shape[1]), torch.zeros(len(values), longest) > 0
    for at, each in enumerate(values):
        whole[at, : len(each)], keep[at, : len(each)] = each, True
    return whole, keep
