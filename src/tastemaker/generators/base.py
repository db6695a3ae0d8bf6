"""The contract of every generator: what could exist, given anything that is known of it.

A condition names some modalities, a drawing answers with others; which ones a variant reads and draws is in its
``modalities_in`` and ``modalities_out``. Words in and a taste vector out is the cold start; attributes in and a picture
out is a design; nothing in is a design of the shop's own kind.

Drawing number i of a seed is the same however many are drawn with it.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import ClassVar, Generic, Self, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from torch import Tensor, nn

from tastemaker.alignment.space import Space
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.config import Config
from tastemaker.core.errors import InputError, NotFitted
from tastemaker.core.progress import Observer, silent
from tastemaker.core.seeds import derive
from tastemaker.core.types import Bools, Floats, Modality
from tastemaker.encoders.frames import Frames
from tastemaker.generators.material import Layout, Material
from tastemaker.nn.conditioning import Known


class GeneratorConfig(Config):
    """What every generator can be told."""

    longer: int = Field(default=64, ge=16, le=512)
    """Longer side of the pictures, in pixels; sides are rounded to multiples of 8."""
    steps: int = Field(default=2000, ge=1)
    """Batches to learn from."""
    batch_size: int = Field(default=64, ge=2)
    """Items a batch."""
    learning_rate: float = Field(default=1e-3, gt=0, le=1)
    """Learning rate at its highest."""
    max_minutes: float = Field(default=60.0, gt=0)
    """Minutes after which training ends gently with what it has."""
    attributes: tuple[str, ...] = ()
    """Attributes that a drawing can be asked to have; empty chooses those with few values that most items have."""
    seed: int = 0
    """Of every chance in training."""


@dataclass(frozen=True)
class Condition:
    """What is known of the thing to be drawn; nothing by default.

    Attributes:
        attributes: value by attribute, of those that the generator knows; others are an error.
        vectors: by modality: "text" and "picture" are vectors of the shop's space, "behaviour" a taste vector.
        picture: pixels, for generators that look at them (reconstruction, inpainting, picture -> words).

    Shapes: vectors[modality] (dim of it,); picture (h, w, 3), scaled by the caller to the generator's frame.
    """

    attributes: Mapping[str, str] = field(default_factory=dict)
    vectors: Mapping[Modality, Floats] = field(default_factory=dict)
    picture: Frames | None = None


ANYTHING = Condition()


@dataclass(frozen=True)
class Drawn:
    """One drawing.

    Attributes:
        number: of the drawing within its seed.
        picture: None where the generator draws none.
        vectors: "text" (of the shop's space) and "behaviour" (a taste), where it draws them.
        spread: how unsure each vector is: the standard deviation of its parts, averaged.
        attributes: the likeliest value of each attribute, where it tells them.

    Shapes: picture (h, w, 3); vectors[modality] (dim of it,).
    """

    number: int
    picture: Frames | None = None
    vectors: Mapping[Modality, Floats] = field(default_factory=dict)
    spread: Mapping[Modality, float] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)


C = TypeVar("C", bound=GeneratorConfig, covariant=True)


class Generator(ABC, Generic[C]):
    """Base of all generators.

    Args:
        config: settings of the variant; its defaults when None.
        checkpoint: a file that training writes now and then and resumes from; None keeps none.
    """

    name: ClassVar[str]
    figure: ClassVar[str]
    source: ClassVar[str]
    config_class: ClassVar[type[GeneratorConfig]]
    modalities_in: ClassVar[frozenset[Modality]]
    modalities_out: ClassVar[frozenset[Modality]]
    reconstructs: ClassVar[bool] = True

    def __init__(self, config: C | None = None, *, checkpoint: Path | None = None) -> None:
        self.config: C = config if config is not None else self.config_class()  # type: ignore[assignment]
        self.checkpoint = checkpoint
        self._layout: Layout | None = None

    @property
    def layout(self) -> Layout:
        """Sizes and vocabularies it was fitted on.

        Raises:
            NotFitted: it was not fitted.
        """
        if self._layout is None:
            raise NotFitted(f"the generator {self.name!r} has learned nothing yet", hint="call fit first")
        return self._layout

    def fit(self, catalog: Catalog, space: Space | None, observer: Observer = silent) -> Self:
        """Learn from the catalog's items; forgets earlier fits.

        Raises:
            FitError: there is nothing to learn from.
            Cancelled: the observer asked to stop; the checkpoint of the last whole epoch stays.
        """
        return self.learn(Material.read(catalog, space, self.config.longer, self.config.attributes, observer), observer)

    def learn(self, material: Material, observer: Observer = silent) -> Self:
        """:meth:`fit`, on what was already read."""
        self._layout = material.layout
        with torch.random.fork_rng():
            torch.manual_seed(derive(self.config.seed, f"weights of {self.name}"))
            self.build(material.layout)
        self.train(material, observer)
        return self

    @abstractmethod
    def build(self, layout: Layout) -> None:
        """Make the networks, untrained."""

    @abstractmethod
    def networks(self) -> Mapping[str, nn.Module]:
        """The networks by name: all that is stored."""

    @abstractmethod
    def train(self, material: Material, observer: Observer) -> None:
        """Train the networks that :meth:`build` made, in place."""

    @abstractmethod
    def draw(self, conditions: Sequence[Condition], noise: "Noise") -> list[Drawn]:
        """One drawing for each condition; chance comes from ``noise`` alone."""

    def sample(self, condition: Condition = ANYTHING, n: int = 1, seed: int = 0, *, first: int = 0) -> list[Drawn]:
        """Draw.

        Args:
            condition: what is known.
            n: how many, 1 to 1,000.
            seed: of the drawings.
            first: number of the first of them within the seed.

        Raises:
            NotFitted: it was not fitted.
            InputError: n is out of range, or the condition holds what this generator cannot read.
        """
        if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= 1_000:
            raise InputError(f"{n!r} drawings are asked for", hint="a whole number, 1 to 1,000")
        self.check(condition)
        with torch.inference_mode():
            return self.draw([condition] * n, Noise(seed, range(first, first + n)))

    def reconstruct(self, pictures: Frames, seed: int = 0) -> Frames:
        """Pictures through the generator's own latent and back.

        Shapes: (n, h, w, 3) -> the same.

        Raises:
            InputError: this kind of generator has no way from a picture to its latent, or the pictures are of another
                size than its frame.
        """
        if not self.reconstructs:
            raise InputError(
                f"{self.name!r} draws and cannot look", hint="reconstruct with a VAE or a latent diffusion"
            )
        self._check_frame(pictures)
        with torch.inference_mode():
            drawn = self.draw([Condition(picture=picture) for picture in pictures], Noise(seed, range(len(pictures))))
        return np.stack([each.picture for each in drawn if each.picture is not None])

    def check(self, condition: Condition) -> None:
        """Can it read this condition?

        Raises:
            NotFitted: it was not fitted.
            InputError: it cannot; says what it can.
        """
        if odd := [name for name, vector in condition.vectors.items() if not _is_vector(name, vector)]:
            raise InputError(f"the vector of {odd[0]!r} is none", hint="finite numbers for text, picture or behaviour")
        given: set[Modality] = set(condition.vectors)
        given |= {"attributes"} if condition.attributes else set()
        given |= {"picture"} if condition.picture is not None else set()
        if not given <= self.modalities_in:
            able = ", ".join(sorted(self.modalities_in)) or "nothing"
            raise InputError(
                f"{self.name!r} cannot draw from {sorted(given - self.modalities_in)}", hint=f"it reads {able}"
            )
        self.layout.check(condition.attributes, condition.vectors)
        if condition.picture is not None:
            self._check_frame(condition.picture[None])

    def _check_frame(self, pictures: Frames) -> None:
        height, width = self.layout.shape
        if pictures.dtype != np.uint8:
            raise InputError(f"pictures hold {pictures.dtype}", hint="give whole numbers from 0 to 255 (uint8)")
        if not len(pictures):
            raise InputError("there is no picture", hint="give one at least")
        if pictures.shape[1:] != (height, width, 3):
            hint = f"scale it to {width} x {height} pixels, see `tastemaker.encoders.frames.frame`"
            raise InputError(f"a picture has the shape {pictures.shape[1:]}", hint=hint)

    def known(self, conditions: Sequence[Condition]) -> Known:
        """Conditions as tensors; their pixels are not in it."""
        n, dims = len(conditions), self.layout.dims
        vectors: dict[str, Tensor] = {modality: torch.zeros(n, dim) for modality, dim in dims.items()}
        has: dict[str, Tensor] = {modality: torch.zeros(n, dtype=torch.bool) for modality in dims}
        for at, condition in enumerate(conditions):
            for modality, vector in condition.vectors.items():
                vectors[modality][at] = torch.from_numpy(np.asarray(vector, np.float32))
                has[modality][at] = True
        codes = torch.from_numpy(self.layout.codes([condition.attributes for condition in conditions]))
        return Known(codes, vectors, has)

    def settings(self) -> dict[str, object]:
        """Config and layout as JSON values."""
        return {"name": self.name, "config": self.config.model_dump(mode="json"), "layout": asdict(self.layout)}

    def tensors(self) -> dict[str, npt.NDArray[np.generic]]:
        """Everything learned, for storage."""
        return {
            f"{name}.{key}": value.numpy()
            for name, network in self.networks().items()
            for key, value in network.state_dict().items()
        }

    @classmethod
    def restore(cls, settings: Mapping[str, object], tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Build a fitted generator from what :meth:`settings` and :meth:`tensors` gave."""
        told = json.loads(json.dumps(settings))
        made = cls(cls.config_class.read(told["config"]))  # type: ignore[arg-type]
        made._layout = Layout.read(told["layout"])
        made.prepare(told, tensors)
        made.build(made.layout)
        for name, network in made.networks().items():
            under = {
                key.removeprefix(f"{name}."): value for key, value in tensors.items() if key.startswith(f"{name}.")
            }
            network.load_state_dict({key: torch.from_numpy(np.array(value)) for key, value in under.items()})
            network.eval()
        return made

    def prepare(self, told: Mapping[str, object], tensors: Mapping[str, npt.NDArray[np.generic]]) -> None:
        """Take back what :meth:`build` needs beside the layout, of what was stored; most variants need nothing."""


def _is_vector(modality: str, vector: Floats) -> bool:
    return modality in ("text", "picture", "behaviour") and bool(np.isfinite(vector).all())


@dataclass(frozen=True)
class Noise:
    """Chance of some drawings, each with its own: drawing i is the same in any company.

    Attributes:
        seed: of the drawings.
        numbers: which ones.
    """

    seed: int
    numbers: Sequence[int]

    def normal(self, name: str, *shape: int) -> Tensor:
        """Standard normal values. Shapes: -> (len(numbers), *shape)."""
        rows = []
        for number in self.numbers:
            chance = torch.Generator().manual_seed(derive(self.seed, f"{name} {number}"))
            rows.append(torch.randn(shape, generator=chance))
        return torch.stack(rows)


def as_pictures(values: Tensor) -> Frames:
    """Network values as pictures. Shapes: (n, 3, h, w), -1 to 1 -> (n, h, w, 3)."""
    clipped = values.float().clamp(-1, 1).add(1).mul(127.5).round().to(torch.uint8)
    return np.asarray(clipped.permute(0, 2, 3, 1).contiguous().numpy())


def as_values(pictures: Frames) -> Tensor:
    """Pictures as networks read and write them. Shapes: (n, h, w, 3) -> (n, 3, h, w), -1 to 1, channels last."""
    values = torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float().div(127.5).sub(1)
    return values.contiguous(memory_format=torch.channels_last)


def mirrored(values: Tensor, which: Bools) -> Tensor:
    """Some of the pictures seen in a mirror. Shapes: values (n, 3, h, w), which (n,)."""
    return torch.where(torch.from_numpy(which)[:, None, None, None], values.flip(3), values)
