"""The first stage of every latent diffusion: an autoencoder of the shop's pictures.

Most of the time it learns what the pictures show; in the last part a patch critic, trained beside it, takes offence at
what is blurred: the decoder alone listens, latents stay what they are. Latents of all pictures are computed once, of
their mirror images too.
"""

import numpy as np
import torch
from torch import Tensor, nn
from typing_extensions import override

from tastemaker.core.types import Ints
from tastemaker.encoders.frames import Frames
from tastemaker.generators.base import as_pictures, as_values
from tastemaker.generators.learning import Batches
from tastemaker.generators.material import Material
from tastemaker.nn.adversarial import GAMES
from tastemaker.nn.autoencoder import Autoencoder, PatchCritic, prior_loss, sharp_loss
from tastemaker.nn.precision import fast

BATCH = 32
"""Pictures a step: small, since every picture tells of a thousand pixels."""
PRIOR = 2e-3
"""Weight of the term that keeps latents small."""
CRITIC_FROM, HEARD_FROM = 0.7, 0.75
"""Shares of the training after which the critic learns and the encoder no more, and after which the critic is heard."""
HEARD = 0.01
"""Weight of what the critic says."""
GAME = GAMES["hinge"]
"""What they play; its generator's side looks at drawings alone."""
MEASURED = 2048
"""Pictures whose latents give mean and deviation."""
AT_ONCE = 256
"""Pictures a pass where nothing is learned."""


class Coding(Batches):
    """To draw pictures once more after a look at their latents.

    Args:
        autoencoder: trained in place.
        critic: takes part towards the end, and is thrown away.
        material: whose pictures it learns.
        steps: batches in all.
    """

    def __init__(self, autoencoder: Autoencoder, critic: PatchCritic, material: Material, steps: int) -> None:
        self.autoencoder, self.critic, self.frames = autoencoder, critic, material.frames
        both = nn.ModuleDict({"autoencoder": autoencoder, "critic": critic})
        super().__init__("autoencoder", both, material.where("picture"), BATCH, steps)

    @override
    def loss(self, places: Ints, share: float, rng: np.random.Generator) -> Tensor:
        """Reconstruction and prior, and the two sides of the game where the critic takes part."""
        real = as_values(self.frames[places])
        if rng.random() < 0.5:
            real = real.flip(3)
        with fast():
            made, latents = self.autoencoder(real, fixed=share > CRITIC_FROM)
            loss = sharp_loss(made, real) + PRIOR * prior_loss(latents)
            if share > HEARD_FROM:
                self.critic.requires_grad_(requires_grad=False)  # this part of the loss is for the autoencoder alone
                loss = loss + HEARD * GAME.generator(real, self.critic(made))
                self.critic.requires_grad_(requires_grad=True)
            if share > CRITIC_FROM:
                loss = loss + GAME.discriminator(self.critic(real), self.critic(made.detach()))
        return loss


@torch.inference_mode()
def standardised(autoencoder: Autoencoder, material: Material) -> None:
    """Measure the latents of some training pictures, so that standardised ones have mean 0 and deviation 1."""
    places = material.where("picture")
    with fast():
        autoencoder.standardise(as_values(material.frames[places[:: max(1, len(places) // MEASURED)]]))


@torch.inference_mode()
def encoded(autoencoder: Autoencoder, pictures: Frames, *, mirrored: bool = False) -> Tensor:
    """Latents of pictures, or of their mirror images. Shapes: (n, h, w, 3) -> (n, channels, h / 4, w / 4)."""
    parts = []
    for start in range(0, len(pictures), AT_ONCE):
        values = as_values(pictures[start : start + AT_ONCE])
        with fast():
            parts.append(autoencoder.encode(values.flip(3) if mirrored else values))
    return torch.cat(parts)


@torch.inference_mode()
def decoded(autoencoder: Autoencoder, latents: Tensor) -> Frames:
    """Pictures of latents. Shapes: (n, channels, h / 4, w / 4) -> (n, h, w, 3)."""
    with fast():
        parts = [as_pictures(autoencoder.decode(part)) for part in torch.split(latents, AT_ONCE)]
    return np.concatenate(parts)
