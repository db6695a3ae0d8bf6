"""``gan-multimodal``: a thing that does not exist, from every side: its picture, its words, its attributes.

One latent gives all of them. The discriminator sees pairs of a picture and its facts and must tell true pairs from
drawn ones and from real pictures with the facts of another thing: what is drawn must be real, and agree.

Source: Reed et al. 2016 (GAN-CLS, arXiv 1605.05396), algorithm 1, of which the facts are here drawn as well; agreement
as the product of features, Miyato and Koyama 2018 (arXiv 1802.05637), equation 3.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tastemaker.core.errors import FitError
from tastemaker.core.types import Modality
from tastemaker.generators.base import Condition, Drawn, Noise, as_pictures
from tastemaker.generators.gan.game import SIZES
from tastemaker.generators.gan.standard import FEATURES, StandardGan
from tastemaker.generators.material import Layout
from tastemaker.nn.conditioning import Known
from tastemaker.nn.gan_networks import Discriminator, FactsGenerator, JointDiscriminator, PictureGenerator


class MultimodalGan(StandardGan):
    """The GAN of pictures and facts."""

    name = "gan-multimodal"
    figure = "2"
    source = "Reed et al. 2016, arXiv 1605.05396, algorithm 1; Miyato and Koyama 2018, arXiv 1802.05637, equation 3"
    modalities_out: ClassVar[frozenset[Modality]] = frozenset({"picture", "text", "attributes"})
    mismatches: ClassVar[bool] = True
    facts: FactsGenerator

    def made(self, layout: Layout) -> tuple[PictureGenerator, Discriminator]:
        """Networks of the picture; those of the facts beside them."""
        ours, theirs = SIZES[self.config.size]
        dims = _dims(layout)
        if not dims and not layout.sizes:
            raise FitError(f"{self.name!r} finds neither words nor attributes", hint="`gan` learns from pictures alone")
        generator = PictureGenerator(layout.shape, self.config.latent, *ours)
        self.facts = FactsGenerator(2 * self.config.latent, 2 * self.config.latent, layout.sizes, dims)
        length = sum(dims.values()) + sum(layout.sizes)
        return generator, JointDiscriminator(layout.shape, *theirs, FEATURES, facts=length)

    def networks(self) -> Mapping[str, nn.Module]:
        """Those of every GAN, and the one that says the facts."""
        return {**super().networks(), "facts": self.facts}

    def told(self, known: Known, rng: np.random.Generator) -> Known:
        """The facts of real pictures: vectors and rows of zeros and a one, all zeros where a thing lacks a fact."""
        del rng
        has = [known.has[name] for name in _dims(self.layout)]
        facts = [known.vectors[name] for name in _dims(self.layout)]
        for at, size in enumerate(self.layout.sizes):
            has.append(known.codes[:, at] > 0)
            facts.append(functional.one_hot(known.codes[:, at], size).float())
        there = torch.cat([each[:, None].float().expand_as(fact) for each, fact in zip(has, facts, strict=True)], 1)
        return _known(torch.cat(facts, 1) * there, there)

    def drawn(self, latents: Tensor, told: Known | None) -> tuple[Tensor, Known | None]:
        """Pictures and facts; a fact that the real thing lacks is not shown of the drawn one either."""
        style = self.generator.styles(latents)
        facts, there = self.facts(style), torch.ones(()) if told is None else told.vectors["there"]
        return self.generator.drawn(style).float(), _known(facts * there, there)

    def draw(self, conditions: Sequence[Condition], noise: Noise) -> list[Drawn]:
        """A picture and its facts each."""
        del conditions
        dims, sizes = _dims(self.layout), self.layout.sizes
        style = self.generator.styles(noise.normal("latent", self.config.latent))
        pictures = as_pictures(self.generator.drawn(style))
        parts = self.facts(style).split([*dims.values(), *sizes], 1)
        codes = [part.argmax(1).numpy() for part in parts[len(dims) :]]
        told = np.stack(codes, 1) if codes else np.zeros((len(pictures), 0), np.int64)
        return [
            Drawn(
                number,
                pictures[at],
                {"text": parts[0][at].numpy()} if dims else {},
                attributes=self.layout.values(told[at]),
            )
            for at, number in enumerate(noise.numbers)
        ]


def _dims(layout: Layout) -> dict[str, int]:
    """Length of the vector of words, where there is one."""
    return {"text": layout.dims["text"]} if layout.dims["text"] else {}


def _known(facts: Tensor, there: Tensor) -> Known:
    return Known(torch.zeros(len(facts), 0, dtype=torch.int64), {"facts": facts, "there": there}, {})
