"""The multimodal VAE: a shared latent, an encoder and a decoder for each modality; any subset in, any out.

Words alone give a taste vector, which is the cold start of an item that nobody has met; attributes alone give pictures;
a picture alone gives its words and attributes. What each says of the latent is joined by a product, a mixture or a
mixture of products of experts, see :mod:`tastemaker.nn.gaussians`.
"""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field
from torch import Tensor
from typing_extensions import override

from tastemaker.generators.base import GeneratorConfig
from tastemaker.generators.material import Layout
from tastemaker.generators.vae.joint import JointVae, JointVaeConfig
from tastemaker.nn.gaussians import Joint
from tastemaker.nn.multimodal_vae import kept_by_chance


class MultimodalVaeConfig(JointVaeConfig):
    """Settings of the multimodal VAE."""

    joint: Joint = "product"
    """How opinions are joined: all at once, one at a time, or one subset at a time."""

    forget: float = Field(default=0.5, ge=0, lt=1)
    """Share of the modalities that are hidden from half of the items of a batch."""

    teach: float = Field(default=1.0, ge=0)
    """Weight of the divergence of what all modalities say from what a subset of them says."""


class MultimodalVaeGenerator(JointVae[MultimodalVaeConfig]):
    """``max E_q(z | part) sum_m log p(x_m | z) - KL(q(z | part) || p) - teach KL(q(z | all) || q(z | part))``.

    Source: Wu and Goodman for the product, Shi et al. 2019 (arXiv 1911.03393) for the mixture, Sutter et al. 2021
        (arXiv 2105.02470) for the mixture of products; Suzuki et al. 2016 (arXiv 1611.01891), equation 5, for teaching.
    Differs: pixels are only asked of latents that have seen them; drawings come from a mixture fitted to the latents.
    """

    name: ClassVar[str] = "vae-multimodal"
    source: ClassVar[str] = (
        "Wu and Goodman, Multimodal generative models for scalable weakly-supervised learning, NeurIPS 2018, eq. 3"
    )
    config_class: ClassVar[type[GeneratorConfig]] = MultimodalVaeConfig

    @override
    def build(self, layout: Layout) -> None:
        """Coders, joined as the config says."""
        self.joint = self.config.joint
        super().build(layout)

    @override
    def bound(self, inputs: Mapping[str, Tensor], has: Tensor) -> Tensor:
        """From a part that chance leaves. Shapes: inputs each (n, ...), has (m, n) -> (n,)."""
        kept = kept_by_chance(has, self.config.forget)
        return self._model.bound(inputs, has, kept, self.config.beta, self.config.teach)
