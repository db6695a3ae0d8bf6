"""What learns when: the backbone its words, then adaptors to it and from it, then all together.

words             a new backbone alone, on lessons in words; of a pretrained one the marks alone
input adaptors    pictures, items and people are described to a backbone that stands still, and found by it
output adaptors   its hidden states become items found and pictures asked for; everything else stands still
joint             all adaptors and the backbone: a new one whole, of a pretrained one thin matrices (LoRA) beside it
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from typing_extensions import override

from tastemaker.core.types import Ints
from tastemaker.generators.language.adaptors import Signals
from tastemaker.generators.language.inputs import read
from tastemaker.generators.language.instructions import Kind, Lesson, Teacher
from tastemaker.generators.language.network import Network
from tastemaker.generators.language.shelf import Shelf
from tastemaker.generators.language.vocabulary import END, Vocabulary
from tastemaker.generators.learning import Batches
from tastemaker.nn.autoregression import autoregressive_loss
from tastemaker.nn.cross_entropy import cross_entropy
from tastemaker.nn.losses import info_nce, same_key
from tastemaker.nn.precision import fast

FOUND, ASKED = 0.5, 0.3
"""Weights of the losses of items found and of pictures asked for beside that of tokens."""
SHARPNESS = 10.0
"""What cosines of vectors asked for are multiplied by."""


@dataclass(frozen=True)
class Stage:
    """One stage.

    Attributes:
        name: of its task and its checkpoint.
        share: of all steps.
        learns: the parts of the network that learn.
        kinds: how often each kind of lesson comes.
        sees: are there other inputs than words?
        makes: are items found and pictures asked for, beside what is written?
    """

    name: str
    share: float
    learns: tuple[str, ...]
    kinds: Mapping[Kind, float]
    sees: bool = True
    makes: bool = True


WORDS = Stage("words", 0.15, ("backbone", "gist"), {"read": 0.4, "find": 0.45, "draw": 0.15}, sees=False, makes=False)
INPUTS = Stage(
    "input adaptors", 0.1, ("inputs", "gist"),
    {"describe": 0.5, "find": 0.15, "change": 0.1, "recommend": 0.1, "compare": 0.05, "explain": 0.1}, makes=False,
)  # fmt: skip
OUTPUTS = Stage("output adaptors", 0.05, ("outputs",), {"find": 0.4, "change": 0.15, "recommend": 0.15, "draw": 0.3})
JOINT = Stage(
    "joint", 0.7, ("inputs", "gist", "outputs", "backbone"),
    {"read": 0.05, "describe": 0.2, "find": 0.3, "change": 0.1, "recommend": 0.1, "compare": 0.05, "explain": 0.05,
     "draw": 0.15},
)  # fmt: skip
STAGES = (WORDS, INPUTS, OUTPUTS, JOINT)


@dataclass(frozen=True)
class Answers:
    """The tokens of some answers.

    Attributes:
        ids: behind the shop's mark.
        written: how many of them are foretold; signals, at the end, are not.
        items, signals: places of the mark of items and of the first signal among them; -1 for none.
    """

    ids: list[list[int]]
    written: list[int]
    items: list[int]
    signals: list[int]


class Instructed(Batches):
    """One stage of learning from lessons.

    Args:
        stage: what learns, from what.
        network: trained in place; only what the stage names has gradients.
        teacher: makes the lessons.
        shelf: the ids of all items.
        vocabulary: of words and marks.
        signals: tokens that ask for a picture.
        batch_size: lessons a step.
        steps: in all.
    """

    def __init__(
        self, stage: Stage, network: Network, teacher: Teacher, shelf: Shelf, vocabulary: Vocabulary, signals: int,
        batch_size: int, steps: int,
    ) -> None:  # fmt: skip
        super().__init__(stage.name, network, teacher.able, batch_size, steps)
        self._stage, self.network, self.teacher, self.vocabulary = stage, network, teacher, vocabulary
        self._codes = dict(zip(shelf.rows.tolist(), shelf.codes.tolist(), strict=True))
        self._places = {row: at for at, row in enumerate(shelf.rows.tolist())}
        self._things = torch.from_numpy(shelf.features)
        self._signals = vocabulary.signals(signals)

    @override
    def loss(self, places: Ints, share: float, rng: np.random.Generator) -> Tensor:
        """Of all tokens of the answers, and of what the output adaptors make of them."""
        del share
        stage = self._stage
        kind = list(stage.kinds)[int(rng.choice(len(stage.kinds), p=list(stage.kinds.values())))]
        lessons = [self.teacher.lesson(place, rng, kind) for place in places.tolist()]
        answers = self._answers(lessons)
        able = list(self.network.inputs) if stage.sees else []
        rows = read([lesson.asked for lesson in lessons], self.vocabulary, able, answers.ids)
        with fast():
            hidden = self.network.states(self.network.embedded(rows)[0])
            told = torch.zeros_like(rows.ids, dtype=torch.bool)
            for at, (begin, written) in enumerate(zip(rows.begins.tolist(), answers.written, strict=True)):
                told[at, begin : begin + written] = True
            loss = autoregressive_loss(self.network.logits, hidden, rows.ids, told)
            if not stage.makes:
                return loss
            begins = rows.begins.tolist()
            return (
                loss
                + FOUND * self._found(lessons, answers, begins, hidden)
                + ASKED * self._asked(lessons, answers, begins, hidden)
            )

    def _answers(self, lessons: list[Lesson]) -> Answers:
        mark, found = self.vocabulary.mark, Answers([], [], [], [])
        for lesson in lessons:
            ids = [mark("<words>"), *self.vocabulary.answer(lesson.said), mark(END)] if lesson.said else []
            items = signals = -1
            if lesson.draws:
                ids.append(mark("<picture>"))
                signals = len(ids)
            elif lesson.target >= 0:
                items = len(ids)
                spelled = self._codes[int(self.teacher.material.rows[lesson.target])]
                ids += [mark("<items>"), *(self.vocabulary.codes(level) + code for level, code in enumerate(spelled))]
            found.written.append(len(ids))
            found.ids.append(ids + self._signals * lesson.draws)
            found.items.append(items)
            found.signals.append(signals)
        return found

    def _found(self, lessons: list[Lesson], answers: Answers, begins: list[int], hidden: Tensor) -> Tensor:
        """The items that are looked for, among all."""
        which = [at for at, place in enumerate(answers.items) if place >= 0]
        if not which:
            return hidden.sum() * 0
        places = torch.tensor([begins[at] + answers.items[at] for at in which])
        rows = [int(self.teacher.material.rows[lessons[at].target]) for at in which]
        right = torch.tensor([self._places[row] for row in rows])
        return cross_entropy(
            self.network.outputs.sought(hidden[which, places]), self.network.standing(self._things), right
        )

    def _asked(self, lessons: list[Lesson], answers: Answers, begins: list[int], hidden: Tensor) -> Tensor:
        """What signals ask for, against the vectors and values of what is to be drawn."""
        which = [at for at, place in enumerate(answers.signals) if place >= 0]
        if not which:
            return hidden.sum() * 0
        starts = torch.tensor([begins[at] + answers.signals[at] for at in which])
        each = hidden[torch.tensor(which)[:, None], starts[:, None] + torch.arange(len(self._signals))]
        targets = np.array([lessons[at].target for at in which])
        material, signs = self.teacher.material, self.network.outputs.signed(each)
        known = material.known(targets)
        vectors = {name: (known.vectors[name], known.has[name]) for name in signs.vectors}
        return signs_loss(signs, vectors, known.codes, torch.from_numpy(targets))


def signs_loss(signs: Signals, vectors: Mapping[str, tuple[Tensor, Tensor]], codes: Tensor, targets: Tensor) -> Tensor:
    """Vectors near those of what is to be drawn and nearer than to others; its values likeliest.

    ``sum_m [1 - cos(v_m, w_m) + InfoNCE(v_m, w_m)] + sum_a -log p(a) / (values known)``; "has none" is a value, too.

    Shapes: codes (n, attributes), 0 for none; targets (n,), equal for equal things -> ().

    Args:
        signs: what is asked for.
        vectors: what is right, by modality, with a mark where it is known: (n, dim), (n,).
        codes: what is right.
        targets: tells which of the batch are the same thing.
    """
    total = codes.new_zeros((), dtype=torch.float32)
    for name, asked in signs.vectors.items():
        right, has = vectors[name]
        if has.any():
            like = asked[has] @ right[has].T
            total = total + (1 - like.diagonal()).mean()
            total = total + info_nce(SHARPNESS * like, ignore=same_key(targets[has]))
    losses = [functional.cross_entropy(part, codes[:, at], reduction="sum") for at, part in enumerate(signs.codes)]
    return total + torch.stack(losses).sum() / (codes > 0).sum().clamp(min=1)
