"""A multimodal language model of the shop: words, pictures, items and people in; words, items and pictures out.

Each input has an encoder (the shop's space, pixels, taste vectors) and an adaptor that makes tokens of it; a small
decoder reads them among the words; adaptors make of its states what the generators need: words are its own, items are
spelled and found on a :class:`Shelf`, pictures are drawn by any generator that reads what the signals ask for. Inputs
and outputs are chosen independently.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from torch import Tensor, nn
from typing_extensions import override

from tastemaker.alignment.space import Space
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.errors import FitError
from tastemaker.core.progress import Observer, silent
from tastemaker.core.seeds import derive
from tastemaker.core.types import Floats, Modality
from tastemaker.encoders.frames import Frames
from tastemaker.generators.base import Condition, Drawn, Generator, GeneratorConfig, Noise
from tastemaker.generators.language import backbone, lora
from tastemaker.generators.language.adaptors import Even, Inputs, Outputs, Signals
from tastemaker.generators.language.inputs import Asked
from tastemaker.generators.language.instructions import Teacher, texts_of
from tastemaker.generators.language.naming import Named
from tastemaker.generators.language.network import Network
from tastemaker.generators.language.outputs import AT_ONCE, LONGEST, Speech
from tastemaker.generators.language.shelf import Shelf, features_of, known_of, quantiser_of
from tastemaker.generators.language.stages import INPUTS, JOINT, STAGES, WORDS, Instructed, Stage
from tastemaker.generators.language.vocabulary import ANSWERS, Vocabulary
from tastemaker.generators.learning import plan_of
from tastemaker.generators.material import MOST_VALUES, Layout, Material
from tastemaker.nn.quantisation import ResidualKMeans
from tastemaker.nn.training import train

COMMON = 0.05
"""Share of the items that must have an attribute for it to be spoken of; a shop of several departments has many."""
NAMED = 0.2
"""Steps, as a share of all others, in which tokens of things learn to sound like words; they cost next to nothing."""
LENGTH = 256
"""Places of a row: inputs, words, answer."""


class MultimodalLmConfig(GeneratorConfig):
    """Settings of a multimodal language model."""

    steps: int = Field(default=7000, ge=1)
    """Batches to learn from, all stages together."""
    batch_size: int = Field(default=32, ge=2)
    """Lessons a batch, all of one kind."""
    learning_rate: float = Field(default=1e-3, gt=0, le=1)
    """Learning rate at its highest."""
    backbone: str = "llama"
    """Architecture of transformers that is built small ("llama", "qwen2", "gpt2", ...), or a folder with a model."""
    hidden: int = Field(default=256, ge=16, le=4096)
    """Width of a backbone that is built."""
    layers: int = Field(default=4, ge=1, le=64)
    """Layers of a backbone that is built."""
    vocabulary: int = Field(default=4000, ge=100)
    """Most words of a tokenizer that is fitted."""
    signals: int = Field(default=4, ge=1, le=32)
    """Tokens that ask for a picture."""
    rank: int = Field(default=16, ge=1, le=256)
    """Of the thin matrices (LoRA) beside those of a given backbone in the last stage; a built one learns whole."""


class MultimodalLm(Generator[MultimodalLmConfig]):
    """Any modality in, any out. ``-sum_t log p(y_t | y_<t, A(E(x)))``.

    As a generator it says a thing's attributes and the vector of its words, from any condition. Of a conversation it
    is asked by :meth:`say`, :meth:`rank`, :meth:`signs` and :meth:`kinds`.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes now and then and resumes from, one for each stage; None keeps none.
        painter: draws what the signals ask for, with vectors of the same space; pictures come out then, too.

    Source: survey figure 5; Wu et al. 2024 (NExT-GPT, arXiv 2309.05519), section 3, for the three stages; Koh et al.
        2023 (GILL, arXiv 2305.17216) for signals; Rajput et al. 2023 (TIGER, arXiv 2305.05065) for spelled items.
    Differs: a new backbone learns the shop's words first; items are also looked for in the space.
    """

    name: ClassVar[str] = "multimodal-lm"
    figure: ClassVar[str] = "5"
    source: ClassVar[str] = "Wu et al., NExT-GPT: any-to-any multimodal LLM, ICML 2024, sec. 3; survey figure 5"
    config_class: ClassVar[type[MultimodalLmConfig]] = MultimodalLmConfig
    modalities_in: ClassVar[frozenset[Modality]] = frozenset({"attributes", "text", "picture", "behaviour"})
    modalities_out: ClassVar[frozenset[Modality]] = frozenset({"attributes", "text"})
    reconstructs: ClassVar[bool] = False

    network: Network
    shelf: Shelf
    vocabulary: Vocabulary

    def __init__(
        self,
        config: MultimodalLmConfig | None = None,
        *,
        checkpoint: Path | None = None,
        painter: Generator[GeneratorConfig] | None = None,
    ) -> None:
        super().__init__(config, checkpoint=checkpoint)
        self._backbone: dict[str, object] = {}
        self.painted_by(painter)

    def painted_by(self, painter: Generator[GeneratorConfig] | None) -> Self:
        """Let another generator draw what the signals ask for; None draws nothing."""
        self.painter = painter
        own = type(self).modalities_out
        self.modalities_out = own | {"picture"} if painter is not None else own  # type: ignore[misc]
        return self

    @override
    def fit(self, catalog: Catalog, space: Space | None, observer: Observer = silent) -> Self:
        """As every generator; also attributes that few departments have are spoken of."""
        names = self.config.attributes or spoken_of(catalog)
        return self.learn(Material.read(catalog, space, self.config.longer, names, observer), observer)

    @override
    def learn(self, material: Material, observer: Observer = silent) -> Self:
        """Words and ids first, then all stages."""
        features = features_of(material.vectors["text"], material.vectors["picture"])
        known = known_of(features)
        if (known & ~material.held).sum() < 2 or not material.layout.attributes:
            hint = "it needs a fitted space, and two items or more with attributes"
            raise FitError("there is too little to talk about", hint=hint)
        self._quantiser = quantiser_of(features[known], self.config.seed)
        self.shelf = Shelf.read(material, self._quantiser)
        chosen, given = self.config.backbone, backbone.is_folder(self.config.backbone)
        words = Vocabulary(backbone.tokenizer_of(chosen)) if given else None
        words = words or Vocabulary.fit(texts_of(material), most=self.config.vocabulary)
        self.vocabulary = words.marked(self._quantiser.sizes, self.config.signals)
        self._backbone = {} if given else self._small()
        return super().learn(material, observer)

    @override
    def build(self, layout: Layout) -> None:
        """Backbone and adaptors."""
        if self._backbone:
            model = backbone.empty(self._backbone)
        else:
            model = backbone.pretrained(self.config.backbone, self.vocabulary.size)
            self._backbone = model.config.to_dict()
        _, width = backbone.width_of(model)
        dims = {str(name): dim for name, dim in layout.dims.items()}
        outputs = Outputs(dims, layout.sizes, width, self.config.signals)
        self.network = Network(model, Even(dims), Inputs(dims, layout.shape, width), outputs)

    @override
    def networks(self) -> Mapping[str, nn.Module]:
        """Backbone and adaptors."""
        return self.network.parts()

    @override
    def train(self, material: Material, observer: Observer) -> None:
        """Stage after stage, each from its own checkpoint."""
        for name in ("text", "picture"):
            self.network.even.learn(name, material.vectors[name])
        for stage in STAGES:
            if stage is INPUTS:
                self._named(material, observer)
            self._stage(stage, material, observer)
        self.network.requires_grad_(requires_grad=False).eval()

    def say(self, asked: Sequence[Asked]) -> list[str]:
        """An answer in words to each question; names and prices are marks that the caller looks up."""
        with torch.inference_mode():
            return [self._text(row) for some in _parts(asked) for row in self._speech(some).words()]

    def rank(
        self, asked: Sequence[Asked], shelf: Shelf | None = None, *, spell: bool = True, seek: bool = True
    ) -> Floats:
        """Log-probabilities of the items of a shelf.

        Args:
            asked: the questions.
            shelf: other items than those it learned, spelled by :meth:`shelved`.
            spell: count the codes of their ids.
            seek: count where the retrieval head looks.

        Shapes: -> (n, items of the shelf).
        """
        on = self.shelf if shelf is None else shelf
        with torch.inference_mode():
            found = [self._speech(some).items(on, spell=spell, seek=seek) for some in _parts(asked)]
        return np.concatenate([*found, np.empty((0, len(on.rows)), np.float32)])

    def signs(self, asked: Sequence[Asked], *, sure: float = 0.5) -> list[Condition]:
        """What a picture that answers each question should be like; see :func:`heeded` for who draws it.

        Args:
            asked: the questions.
            sure: values less likely than this are left open.
        """
        with torch.inference_mode():
            signs = [self._speech(some).signals(self.config.signals) for some in _parts(asked)]
        return [one for some in signs for one in self._conditions(some, self._codes(some, sure))]

    def kinds(self, asked: Sequence[Asked]) -> list[str]:
        """Which kind of answer each question wants: "words", "items" or "picture"."""
        with torch.inference_mode():
            return [ANSWERS[int(row.argmax())] for some in _parts(asked) for row in self._speech(some).kinds()]

    def shelved(self, rows: npt.NDArray[np.int64], words: Floats, pictures: Floats) -> Shelf:
        """Other items, ready to be answered with. Shapes: rows (n,), words, pictures (n, dim)."""
        return Shelf.of(rows, features_of(words, pictures), self._quantiser)

    @override
    def draw(self, conditions: Sequence[Condition], noise: Noise) -> list[Drawn]:
        """Say by chance what a thing is, and read off that what its words and values are; draw it with a painter."""
        found: list[Drawn] = []
        for low in range(0, len(conditions), AT_ONCE):
            speech = self._speech([self._asked(one) for one in conditions[low : low + AT_ONCE]])
            chance = Noise(noise.seed, noise.numbers[low : low + AT_ONCE])
            signs = speech.signals(self.config.signals, speech.words(self._gumbel(chance)))
            told = self._conditions(signs, self._surest(signs))
            pictures = self._painted(told, chance)
            for number, one, picture in zip(chance.numbers, told, pictures, strict=True):
                found.append(Drawn(number, picture, {"text": one.vectors["text"]}, attributes=one.attributes))
        return found

    @override
    def settings(self) -> dict[str, object]:
        """Config, layout, words, and the backbone's own settings."""
        told = super().settings()
        own = json.loads(json.dumps(self._backbone, default=str))
        return {**told, "vocabulary": self.vocabulary.to_text(), "backbone": own}

    @override
    def tensors(self) -> dict[str, npt.NDArray[np.generic]]:
        """Weights, what spells items, and the items themselves."""
        shelf: dict[str, npt.NDArray[np.generic]] = {
            "shelf.rows": self.shelf.rows,
            "shelf.features": self.shelf.features,
        }
        return {**super().tensors(), **self._quantiser.tensors("ids."), **shelf}

    @override
    def prepare(self, told: Mapping[str, object], tensors: Mapping[str, npt.NDArray[np.generic]]) -> None:
        """Words, ids and items; a folder that brought the backbone is not needed any more."""
        self.vocabulary, self._backbone = Vocabulary(str(told["vocabulary"])), dict(told["backbone"])  # type: ignore[call-overload]
        self._quantiser = ResidualKMeans.restore(tensors, "ids.")
        rows, features = np.asarray(tensors["shelf.rows"], np.int64), np.asarray(tensors["shelf.features"], np.float32)
        self.shelf = Shelf.of(rows, features, self._quantiser)

    def _small(self) -> dict[str, object]:
        """The settings of a backbone that is built."""
        config = self.config
        return backbone.small(
            config.backbone, hidden=config.hidden, layers=config.layers, vocabulary=self.vocabulary.size, length=LENGTH
        )

    def _named(self, material: Material, observer: Observer) -> None:
        """Tokens of things sound like the words of their values."""
        self.network.requires_grad_(requires_grad=False)
        self.network.inputs.requires_grad_(requires_grad=True)
        steps = max(1, round(NAMED * self.config.steps))
        plan = plan_of(self, material, steps, stage="names", share=NAMED, average=0.99)
        train(Named(self.network, Teacher(material), self.vocabulary, steps), plan, observer)

    def _stage(self, stage: Stage, material: Material, observer: Observer) -> None:
        """One stage; what does not learn in it has no gradients."""
        model, held = self.network.backbone, []
        self.network.requires_grad_(requires_grad=False)
        for name in stage.learns:
            self.networks()[name].requires_grad_(requires_grad=True)
        given = backbone.is_folder(self.config.backbone)
        if given and stage is WORDS:
            model.requires_grad_(requires_grad=False)
            held = backbone.marks_learn(model, self.vocabulary.first_mark)
        if given and stage is JOINT:
            with torch.random.fork_rng():
                torch.manual_seed(derive(self.config.seed, "thin matrices"))
                lora.insert(model, self.config.rank)
        steps = max(1, round(stage.share * self.config.steps))
        plan = plan_of(
            self, material, steps, stage=stage.name.replace(" ", "-"), share=stage.share, average=0.99,
            weight_decay=0.0 if given and stage is WORDS else 0.01,
        )  # fmt: skip
        lessons = Instructed(
            stage, self.network, Teacher(material), self.shelf, self.vocabulary, self.config.signals,
            self.config.batch_size, steps,
        )  # fmt: skip
        train(lessons, plan, observer)
        for handle in held:
            handle.remove()
        if given and stage is JOINT:
            lora.merge(model)

    def _speech(self, asked: Sequence[Asked]) -> Speech:
        return Speech(self.network, self.vocabulary, asked)

    def _text(self, row: Sequence[int]) -> str:
        return self.vocabulary.decode(row[1:-1])  # without its mark and its end

    def _asked(self, condition: Condition) -> Asked:
        """A condition as a question."""
        words = " . ".join(value.casefold() for value in condition.attributes.values())
        vectors = condition.vectors
        return Asked(
            words, vectors.get("text"), vectors.get("picture"), condition.picture, taste=vectors.get("behaviour")
        )

    def _codes(self, signs: Signals, sure: float) -> npt.NDArray[np.int64]:
        """The likeliest value of each attribute; 0 where it is not likely enough. Shapes: -> (n, attributes)."""
        best = [part.softmax(1).max(1) for part in signs.codes]
        return np.stack([torch.where(each.values > sure, each.indices, 0).numpy() for each in best], 1)

    def _surest(self, signs: Signals) -> npt.NDArray[np.int64]:
        """The likeliest value of each attribute, one at least for each thing. Shapes: -> (n, attributes)."""
        codes = self._codes(signs, 0.0)
        chances = [part.softmax(1)[:, 1:] for part in signs.codes]
        best = np.stack([each.max(1).values.numpy() if each.shape[1] else np.zeros(len(each)) for each in chances], 1)
        for at in np.flatnonzero(~codes.any(1)).tolist():
            column = int(best[at].argmax())
            codes[at, column] = 1 + int(chances[column][at].argmax())
        return codes

    def _conditions(self, signs: Signals, codes: npt.NDArray[np.int64]) -> list[Condition]:
        """Signals as conditions. Shapes: codes (n, attributes)."""
        vectors = {name: part.numpy() for name, part in signs.vectors.items()}
        return [
            Condition(self.layout.values(row), {name: each[at] for name, each in vectors.items()})  # type: ignore[misc]
            for at, row in enumerate(codes)
        ]

    def _painted(self, told: Sequence[Condition], noise: Noise) -> Sequence[Frames | None]:
        """Pictures of some conditions; none without a painter."""
        painter = self.painter
        if painter is None:
            return [None] * len(told)
        return [each.picture for each in painter.draw([heeded(one, painter) for one in told], noise)]

    def _gumbel(self, noise: Noise) -> Tensor:
        """Chance that makes the likeliest word one drawn by its likelihood. Shapes: -> (n, LONGEST, tokens)."""
        tokens = len(backbone.head(self.network.backbone).get_parameter("weight"))
        even: Tensor = torch.special.ndtr(noise.normal("words", LONGEST, tokens)).clamp(1e-7, 1 - 1e-7)
        return -(-even.log()).log()


def heeded(condition: Condition, painter: Generator[GeneratorConfig]) -> Condition:
    """What of a condition a generator can read: its own attributes and values, and vectors of its lengths."""
    layout = painter.layout
    attributes = {
        name: value for name, value in condition.attributes.items()
        if "attributes" in painter.modalities_in and value in layout.attributes.get(name, ())
    }  # fmt: skip
    vectors = {
        name: vector for name, vector in condition.vectors.items()
        if name in painter.modalities_in and len(vector) == layout.dims[name]
    }  # fmt: skip
    return Condition(attributes, vectors)


def spoken_of(catalog: Catalog) -> tuple[str, ...]:
    """Attributes that are categories, that some items have, with two values or more and not too many."""
    return tuple(
        name
        for name, spec in catalog.attributes.items()
        if spec.type == "category" and spec.coverage >= COMMON and 2 <= len(spec.values) <= MOST_VALUES
    )


def _parts(asked: Sequence[Asked]) -> list[Sequence[Asked]]:
    return [asked[low : low + AT_ONCE] for low in range(0, len(asked), AT_ONCE)]
