"""One latent behind several modalities: an encoder and a decoder each, opinions joined, any subset in, any out.

A *coder* knows one modality: what it says of the latent, and how likely what is there is given a latent. The joint
model multiplies or mixes the opinions (:mod:`tastemaker.nn.gaussians`). Unusual: a step looks at a subset of what an
item has, drawn by chance, and is asked for all of it, so that guessing what is missing is learned and not hoped for;
but pixels are asked only of a latent that has seen them, because a decoder that must guess pixels learns to draw
averages. What the others say of the latent is taught by the posterior of everything instead: ``KL(q(z | all) || q(z |
subset))`` spreads the guess over all things that it could be. Source of that term: Suzuki et al. 2016 (arXiv
1611.01891), equation 5.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional
from typing_extensions import override

from tastemaker.nn.gaussians import Gaussian, Joint, chosen, moments, product
from tastemaker.nn.losses import info_nce
from tastemaker.nn.picture_coders import PictureDecoder, PictureEncoder, likeness
from tastemaker.nn.precision import fast


class Coder(nn.Module, ABC):
    """One modality.

    Attributes:
        guessed: is it asked of latents that have not seen it?
        weight: of its likelihood.
    """

    guessed: bool = True
    weight: float = 1.0

    @abstractmethod
    def opinion(self, x: Tensor) -> Tensor:
        """Mean and logarithm of the variance of the latent. Shapes: (n, ...) -> (n, 2 dim)."""

    @abstractmethod
    def decode(self, z: Tensor) -> Tensor:
        """What is expected there. Shapes: (n, dim) -> (n, ...)."""

    @abstractmethod
    def fit(self, drawn: Tensor, x: Tensor) -> Tensor:
        """Logarithm of the likelihood of what is there. Shapes: (n, ...) twice -> (n,)."""


class VectorCoder(Coder):
    """A vector whose parts have one noise, estimated.

    Args:
        length: of the vectors.
        hidden: width of one hidden layer each way; 0 makes both ways linear.
        dim: of the latent.
        weight: of the likelihood.
        dropout: share of the vector's parts that the encoder does not see while learning.
    """

    noise: Tensor

    def __init__(self, length: int, hidden: int, dim: int, weight: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__()
        self.weight = weight
        self.encoder = nn.Sequential(nn.Dropout(dropout), *_layers(length, hidden, 2 * dim))
        self.decoder = nn.Sequential(*_layers(dim, hidden, length))
        self.register_buffer("noise", torch.ones(()))

    @override
    def opinion(self, x: Tensor) -> Tensor:
        """Shapes: (n, length) -> (n, 2 dim)."""
        return torch.as_tensor(self.encoder(x))

    @override
    def decode(self, z: Tensor) -> Tensor:
        """Shapes: (n, dim) -> (n, length)."""
        return torch.as_tensor(self.decoder(z)).float()

    @override
    def fit(self, drawn: Tensor, x: Tensor) -> Tensor:
        """``-D/2 [log s + e / s]`` at the best ``s``, the batch's mean error (Rybkin et al. 2021, arXiv 2006.13202)."""
        error = (drawn - x).square().mean(1)
        best = error.detach().mean().clamp(min=1e-6)
        if self.training:
            self.noise.lerp_(best, 0.05)
        return -0.5 * x.shape[1] * (error / best - 1 + best.log())


class CodesCoder(Coder):
    """Codes of several attributes; 0 is "not known" and is neither read nor asked for.

    Args:
        sizes: codes of each attribute, "not known" included.
        hidden: width of the hidden layer each way.
        dim: of the latent.
        weight: of the likelihood.
        forget: share of the codes that the encoder does not see while learning.
    """

    def __init__(self, sizes: Sequence[int], hidden: int, dim: int, weight: float = 1.0, forget: float = 0.3) -> None:
        super().__init__()
        self.weight, self.sizes, self.forget = weight, tuple(sizes), forget
        self.embed = nn.ModuleList([nn.Embedding(size, hidden, padding_idx=0) for size in sizes])
        self.encoder = nn.Sequential(nn.SiLU(), *_layers(hidden, hidden, 2 * dim))
        self.decoder = nn.Sequential(*_layers(dim, hidden, sum(sizes)))

    @override
    def opinion(self, x: Tensor) -> Tensor:
        """Shapes: (n, attributes) -> (n, 2 dim)."""
        if self.training:
            x = x * (torch.rand(x.shape) >= self.forget)
        return torch.as_tensor(self.encoder(sum(embed(x[:, at]) for at, embed in enumerate(self.embed))))

    @override
    def decode(self, z: Tensor) -> Tensor:
        """Logits of all codes, one attribute after another. Shapes: (n, dim) -> (n, codes)."""
        return torch.as_tensor(self.decoder(z)).float()

    @override
    def fit(self, drawn: Tensor, x: Tensor) -> Tensor:
        """Sum of the log-probabilities of the codes that are known."""
        total = torch.zeros(len(x))
        for at, logits in enumerate(self.split(drawn)):
            total = total - functional.cross_entropy(logits, x[:, at], reduction="none") * (x[:, at] > 0)
        return total

    def split(self, drawn: Tensor) -> list[Tensor]:
        """Logits of each attribute; "not known" is never the answer. Shapes: (n, codes) -> each (n, size)."""
        parts = torch.split(drawn, list(self.sizes), 1)
        return [torch.cat([torch.full_like(part[:, :1], -1e4), part[:, 1:]], 1) for part in parts]


class PictureCoder(Coder):
    """Pixels, see :mod:`tastemaker.nn.picture_coders`.

    Args:
        shape: of pictures.
        width: channels of the finest grid.
        dim: of the latent.
        weight: of the likelihood; pixels are many and not independent, so less than one.
    """

    guessed = False

    def __init__(self, shape: tuple[int, int], width: int, dim: int, weight: float) -> None:
        super().__init__()
        self.weight = weight
        self.encoder = PictureEncoder(shape, width, 2 * dim)
        self.decoder = PictureDecoder(shape, width, dim)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    @override
    def opinion(self, x: Tensor) -> Tensor:
        """Shapes: (n, 3, h, w) -> (n, 2 dim)."""
        return torch.as_tensor(self.encoder(x))

    @override
    def decode(self, z: Tensor) -> Tensor:
        """Shapes: (n, dim) -> (n, 3, h, w)."""
        return torch.as_tensor(self.decoder(z))

    @override
    def fit(self, drawn: Tensor, x: Tensor) -> Tensor:
        """Laplace at three scales."""
        return likeness(drawn, x)


class MultimodalVae(nn.Module):
    """Coders around one latent.

    Args:
        coders: by name.
        dim: of the latent.
        joint: how opinions are joined.
    """

    def __init__(self, coders: Mapping[str, Coder], dim: int, joint: Joint) -> None:
        super().__init__()
        self.coders = nn.ModuleDict(coders)
        self.dim, self.joint = dim, joint

    def coder(self, name: str) -> Coder:
        """The coder of a modality."""
        found = self.coders[name]
        if not isinstance(found, Coder):
            raise TypeError(name)
        return found

    @property
    def names(self) -> tuple[str, ...]:
        """The modalities, in the order of every ``there``."""
        return tuple(self.coders)

    def opinions(self, inputs: Mapping[str, Tensor], there: Tensor) -> Gaussian:
        """What each modality says; of what is not there nothing is read.

        Shapes: inputs each (n, ...), there (m, n) -> (m, n, dim).
        """
        said = torch.zeros(len(self.coders), there.shape[1], 2 * self.dim)
        for at, name in enumerate(self.names):
            rows = there[at].nonzero()[:, 0]
            if len(rows):
                with fast():
                    found = self.coder(name).opinion(inputs[name][rows])
                said = said.index_put((torch.tensor(at), rows), found.float())
        return Gaussian.told(said)

    def posterior(self, inputs: Mapping[str, Tensor], there: Tensor, luck: Tensor | None = None) -> Gaussian:
        """Where the latent lies, given what is there.

        Shapes: inputs each (n, ...), there (m, n), luck (n,) -> (n, dim).

        Args:
            inputs: by modality.
            there: which of them are known.
            luck: uniform in [0, 1): which part of a mixture is believed; the moments of all of it when None.
        """
        said = self.opinions(inputs, there)
        if luck is None:
            return moments(said, there, self.joint)
        return product(said, chosen(there, self.joint, luck))

    def decode(self, name: str, z: Tensor) -> Tensor:
        """What a modality is expected to be. Shapes: (n, dim) -> (n, ...)."""
        with fast():
            return self.coder(name).decode(z).float()

    def likelihood(self, z: Tensor, inputs: Mapping[str, Tensor], asked: Tensor) -> Tensor:
        """Weighted log-likelihood of what is asked for. Shapes: (n, dim), each (n, ...), (m, n) -> (n,)."""
        total = torch.zeros(len(z))
        for at, name in enumerate(self.names):
            rows = asked[at].nonzero()[:, 0]
            if len(rows):
                coder = self.coder(name)
                fit = coder.fit(self.decode(name, z[rows]), inputs[name][rows])
                total = total.index_put((rows,), coder.weight * fit, accumulate=True)
        return total

    def bound(self, inputs: Mapping[str, Tensor], has: Tensor, kept: Tensor, beta: float, teach: float) -> Tensor:
        """What is maximised: all that an item has, from a part of it.

        ``E_{q(z | kept)} sum_m w_m log p(x_m | z) - beta KL(q(z | kept) || p) - teach KL(q(z | all) || q(z | kept))``,
        for a mixture with the part of it that chance chooses (stratified over the batch, Shi et al. 2019, eq. 4).

        Shapes: inputs each (n, ...), has, kept (m, n) -> (n,).
        """
        said = self.opinions(inputs, has)
        seen = chosen(kept, self.joint, torch.rand(has.shape[1]))
        q = product(said, seen)
        z = q.drawn(torch.randn_like(q.mean))
        guessed = torch.tensor([self.coder(name).guessed for name in self.names])
        asked = has & (seen | guessed[:, None])
        whole = product(Gaussian(said.mean.detach(), said.log_variance.detach()), has)
        taught = whole.divergence(q).sum(1) * (seen != has).any(0)
        return self.likelihood(z, inputs, asked) - beta * q.divergence().sum(1) - teach * taught

    def contrast(self, inputs: Mapping[str, Tensor], has: Tensor, beta: float, heat: float) -> tuple[Tensor, Tensor]:
        """Each modality for itself, and the contrast of their latents.

        The logits are squared distances and not cosines, ``-|z_a - z_b|^2 / heat``: what one modality says can then be
        decoded by another, because latents agree in place and not in direction alone.

        Shapes: inputs each (n, ...), has (m, n) -> bound (n,), contrast ().
        """
        said = self.opinions(inputs, has)
        bound = torch.zeros(has.shape[1])
        drawn = []
        for at in range(len(self.names)):
            q = product(Gaussian(said.mean[at : at + 1], said.log_variance[at : at + 1]), has[at : at + 1])
            alone = torch.zeros_like(has)
            alone[at] = has[at]
            z = q.drawn(torch.randn_like(q.mean))
            bound = bound + self.likelihood(z, inputs, alone) - beta * q.divergence().sum(1) * has[at]
            drawn.append(z)
        pairs = [
            info_nce(-torch.cdist(drawn[a][both], drawn[b][both]).square() / heat)
            for a in range(len(drawn))
            for b in range(a)
            if (both := has[a] & has[b]).sum() > 1
        ]
        return bound, torch.stack(pairs).mean() if pairs else torch.zeros(())


def kept_by_chance(has: Tensor, share: float) -> Tensor:
    """Modality dropout: half of the items keep all, of the others each modality stays with a chance, one at least.

    Shapes: has (m, n) -> (m, n).
    """
    m, n = has.shape
    luck = torch.rand(m, n) * has
    stays = has & ((torch.rand(n) < 0.5) | (torch.rand(m, n) >= share))
    best = functional.one_hot(luck.argmax(0), m).T.bool() & has
    return torch.where(stays.any(0), stays, best)


def _layers(width_in: int, hidden: int, width_out: int) -> list[nn.Module]:
    if not hidden:
        return [nn.Linear(width_in, width_out)]
    return [nn.Linear(width_in, hidden), nn.SiLU(), nn.Linear(hidden, width_out)]
