"""The contrastive VAE: an encoder and a decoder for each modality, and latents that a contrast lays on each other.

No modality ever reads another one while it learns; what ties them is that the latents of one item must be nearer to
each other than to those of the rest of the batch. Because nearness is distance and not direction, what one modality's
encoder says is decoded by any other's decoder.
"""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field
from torch import Tensor
from typing_extensions import override

from tastemaker.generators.base import GeneratorConfig
from tastemaker.generators.vae.joint import JointVae, JointVaeConfig


class ContrastiveVaeConfig(JointVaeConfig):
    """Settings of the contrastive VAE."""

    contrast: float = Field(default=20.0, ge=0)
    """Weight of the contrast."""

    heat: float = Field(default=10.0, gt=0)
    """Squared distances are divided by it; larger asks for less agreement."""


class ContrastiveVae(JointVae[ContrastiveVaeConfig]):
    """``max sum_m [E_q(z_m | x_m) log p(x_m | z_m) - KL(q(z_m | x_m) || p)] - c sum_{a < b} InfoNCE(z_a, z_b)``.

    Source: the contrast is van den Oord et al. 2018 (arXiv 1807.03748), equation 4, symmetric, with squared distances.
    Differs: where several modalities are given, their latents are joined by a product of experts.
    """

    name: ClassVar[str] = "vae-contrastive"
    source: ClassVar[str] = (
        "Shi et al., Relating by contrasting: a data-efficient framework for multimodal generative models, ICLR 2021"
    )
    config_class: ClassVar[type[GeneratorConfig]] = ContrastiveVaeConfig

    @override
    def bound(self, inputs: Mapping[str, Tensor], has: Tensor) -> Tensor:
        """Each for itself, and the contrast. Shapes: inputs each (n, ...), has (m, n) -> (n,)."""
        bound, contrast = self._model.contrast(inputs, has, self.config.beta, self.config.heat)
        return bound - self.config.contrast * contrast
