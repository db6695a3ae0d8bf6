"""What the VAEs of several modalities share: their coders, how items are read, and drawing any subset from any.

A condition's modalities say where the latent lies; one latent is drawn there; everything is decoded from that one, so
that the picture, its words and its attributes are of one thing. A picture can be given as pixels or as its vector of
the shop's space; each has a coder.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal, TypeVar, get_args

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from typing_extensions import override

from tastemaker.core.errors import FitError
from tastemaker.core.progress import Observer
from tastemaker.core.types import Floats, Ints, Modality
from tastemaker.generators.base import Condition, Drawn, Generator, GeneratorConfig, Noise, as_pictures, as_values
from tastemaker.generators.learning import Batches, plan_of
from tastemaker.generators.material import Layout, Material
from tastemaker.nn.gaussians import Gaussian, Joint
from tastemaker.nn.latent_prior import LatentPrior
from tastemaker.nn.multimodal_vae import Coder, CodesCoder, MultimodalVae, PictureCoder, VectorCoder
from tastemaker.nn.training import train

READ = 256
"""Items that are read at once."""
OPINIONS = 16
"""Latents from which the spread of a vector is told."""
WIDER = {"cpu": 1, "gpu": 3}
"""What the widths of networks are multiplied by."""
PIXELS, CODES = "picture", "attributes"
VECTORS: Mapping[str, Modality] = {"words": "text", "look": "picture", "taste": "behaviour"}
"""Coders of vectors, and whose vectors they read."""


class JointVaeConfig(GeneratorConfig):
    """What the VAEs of several modalities share."""

    dim: int = Field(default=96, ge=1, le=1024)
    """Numbers of the latent."""

    size: Literal["cpu", "gpu"] = "cpu"
    """Of the networks: three times as wide for a graphics card."""

    width: int = Field(default=32, ge=4, le=512)
    """Channels of the finest grid of the pictures' coder; coarser ones have two and four times as many."""

    hidden: int = Field(default=256, ge=1)
    """Width of the hidden layers of the other coders."""

    beta: float = Field(default=1.0, ge=0)
    """Weight of the divergence from the prior."""

    pixels: float = Field(default=0.2, gt=0, le=1)
    """Weight of the pixels' likelihood: they are many and not independent."""

    codes: float = Field(default=3.0, gt=0)
    """Weight of the attributes' likelihood: they are few."""

    components: int = Field(default=64, ge=1, le=1000)
    """Gaussians that are fitted to the latents after training, at most."""


C = TypeVar("C", bound=JointVaeConfig, covariant=True)


class JointVae(Generator[C]):
    """Base of the VAEs of several modalities."""

    figure: ClassVar[str] = "3"
    modalities_in: ClassVar[frozenset[Modality]] = frozenset(get_args(Modality))
    modalities_out: ClassVar[frozenset[Modality]] = frozenset(get_args(Modality))
    joint: Joint = "product"

    @override
    def build(self, layout: Layout) -> None:
        """A coder for each modality of the layout, and a prior.

        Raises:
            FitError: there is no modality at all.
        """
        config, wider = self.config, WIDER[self.config.size]
        coders: dict[str, Coder] = {}
        if all(layout.shape):
            coders[PIXELS] = PictureCoder(layout.shape, wider * config.width, config.dim, config.pixels)
        if layout.sizes:
            coders[CODES] = CodesCoder(layout.sizes, wider * config.hidden, config.dim, config.codes)
        for name, modality in VECTORS.items():
            if layout.dims[modality] > 1:
                coders[name] = VectorCoder(layout.dims[modality], wider * config.hidden, config.dim)
        if not coders:
            raise FitError("the items have no modality to learn from", hint="give items pictures or attributes")
        self._model = MultimodalVae(coders, config.dim, self.joint)
        self._prior = LatentPrior(config.dim, config.components)

    @override
    def networks(self) -> Mapping[str, nn.Module]:
        """The coders and the prior."""
        return {"model": self._model, "prior": self._prior}

    @abstractmethod
    def bound(self, inputs: Mapping[str, Tensor], has: Tensor) -> Tensor:
        """What is maximised. Shapes: inputs each (n, ...), has (m, n) -> (n,)."""

    @override
    def train(self, material: Material, observer: Observer) -> None:
        """Train, then fit the prior.

        Raises:
            FitError: fewer than two items have any modality.
        """
        places = np.flatnonzero(~material.held & self._there(material, np.arange(len(material.rows))).any(0).numpy())
        if len(places) < 2:
            raise FitError(f"{len(places)} items have something to learn from", hint="give items pictures or words")
        train(_Reading(self, self._model, material, places), plan_of(self, material, self.config.steps), observer)
        self._prior.fit(self.latents(material, places), self.config.seed)

    def latents(self, material: Material, places: Ints) -> Gaussian:
        """Posteriors of items from all that they have. Shapes: places (n,) -> (n, dim)."""
        found = []
        with torch.inference_mode():
            for low in range(0, len(places), READ):
                here = places[low : low + READ]
                found.append(self._model.posterior(self.inputs(material, here), self._there(material, here)))
        return Gaussian(torch.cat([q.mean for q in found]), torch.cat([q.log_variance for q in found]))

    def inputs(self, material: Material, places: Ints) -> dict[str, Tensor]:
        """What the coders read of some items. Shapes: places (n,) -> each (n, ...)."""
        found: dict[str, Tensor] = {}
        for name in self._model.names:
            if name == PIXELS:
                found[name] = as_values(material.frames[places])
            elif name == CODES:
                found[name] = torch.from_numpy(material.codes[places])
            else:
                found[name] = scaled(material.vectors[VECTORS[name]][places])
        return found

    def _there(self, material: Material, places: Ints) -> Tensor:
        """Which coders have something to read. Shapes: places (n,) -> (m, n) bool."""
        rows = [material.has[_modality(name)][places] for name in self._model.names]
        return torch.from_numpy(np.stack(rows))

    def told(self, conditions: Sequence[Condition]) -> tuple[dict[str, Tensor], Tensor]:
        """Conditions as the coders read them, and which have something to read. Shapes: each (n, ...), (m, n)."""
        known = self.known(conditions)
        inputs: dict[str, Tensor] = {}
        there = torch.zeros(len(self._model.names), len(conditions), dtype=torch.bool)
        for at, name in enumerate(self._model.names):
            if name == PIXELS:
                blank = np.zeros((*self.layout.shape, 3), np.uint8)
                pictures = [blank if each.picture is None else each.picture for each in conditions]
                inputs[name] = as_values(np.stack(pictures))
                there[at] = torch.tensor([each.picture is not None for each in conditions])
            elif name == CODES:
                inputs[name], there[at] = known.codes, known.codes.any(1)
            else:
                inputs[name] = scaled(known.vectors[VECTORS[name]].numpy())
                there[at] = known.has[VECTORS[name]]
        return inputs, there

    @override
    def draw(self, conditions: Sequence[Condition], noise: Noise) -> list[Drawn]:
        """One latent a condition, where it and the mixture of all latents agree; everything is decoded from it."""
        inputs, there = self.told(conditions)
        q = self._model.posterior(inputs, there, uniform(noise, "believed"))
        dim, n = self.config.dim, len(conditions)
        z = self._prior.drawn(q, uniform(noise, "component"), noise.normal("latent", dim))
        around = q.mean[:, None] + noise.normal("around", OPINIONS, dim) * q.variance.sqrt()[:, None]
        pictures = as_pictures(self._model.decode(PIXELS, z)) if PIXELS in self._model.names else None
        codes = self._codes(z)
        vectors: list[dict[Modality, Floats]] = [{} for _ in range(n)]
        spread: list[dict[Modality, float]] = [{} for _ in range(n)]
        for name in ("words", "taste"):
            if name in self._model.names:
                self._vectors(name, z, around, vectors, spread)
        return [
            Drawn(number, None if pictures is None else pictures[at], vectors[at], spread[at], codes[at])
            for at, number in enumerate(noise.numbers)
        ]

    def _vectors(
        self,
        name: str,
        z: Tensor,
        around: Tensor,
        into: list[dict[Modality, Floats]],
        spread: list[dict[Modality, float]],
    ) -> None:
        """Decode a vector, and how unsure it is: over the latents that the condition allows, and the coder's noise.

        Shapes: z (n, dim), around (n, opinions, dim).
        """
        coder, modality = self._model.coder(name), VECTORS[name]
        size = self.layout.dims[modality] ** 0.5
        drawn = nn.functional.normalize(self._model.decode(name, z), dim=1).numpy()
        others = self._model.decode(name, around.flatten(0, 1)).view(*around.shape[:2], -1)
        noise = coder.noise if isinstance(coder, VectorCoder) else torch.zeros(())
        unsure = (others.var(1) + noise).sqrt().mean(1) / size
        for at, (vector, wide) in enumerate(zip(drawn, unsure.tolist(), strict=True)):
            into[at][modality], spread[at][modality] = vector, wide

    def _codes(self, z: Tensor) -> list[dict[str, str]]:
        """The likeliest value of every attribute. Shapes: z (n, dim) -> n of them."""
        if CODES not in self._model.names:
            return [{} for _ in range(len(z))]
        coder = self._model.coder(CODES)
        logits = self._model.decode(CODES, z)
        parts = coder.split(logits) if isinstance(coder, CodesCoder) else []
        likeliest = torch.stack([part.argmax(1) for part in parts], 1).numpy()
        return [self.layout.values(line) for line in likeliest]


class _Reading(Batches):
    """Items, squeezed through one latent."""

    def __init__(self, owner: JointVae[JointVaeConfig], model: MultimodalVae, material: Material, places: Ints) -> None:
        super().__init__(owner.name, model, places, owner.config.batch_size, owner.config.steps)
        self.owner, self.material = owner, material

    @override
    def loss(self, places: Ints, share: float, rng: np.random.Generator) -> Tensor | Iterator[Tensor]:
        """The bound, per hundred."""
        there = self.owner._there(self.material, places)
        return -self.owner.bound(self.owner.inputs(self.material, places), there).mean() / 100


def scaled(vectors: Floats) -> Tensor:
    """Unit vectors with parts of about one. Shapes: (n, dim) -> (n, dim)."""
    return torch.from_numpy(np.asarray(vectors, np.float32) * np.float32(vectors.shape[1] ** 0.5))


def uniform(noise: Noise, name: str) -> Tensor:
    """Uniform chance of some drawings. Shapes: -> (n,), in (0, 1)."""
    return torch.as_tensor(torch.special.ndtr(noise.normal(name, 1)[:, 0])).clamp(1e-6, 1 - 1e-6)


def _modality(name: str) -> Modality:
    if name in (PIXELS, CODES):
        return "picture" if name == PIXELS else "attributes"
    return VECTORS[name]
