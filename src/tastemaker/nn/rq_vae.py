"""RQ-VAE: an autoencoder whose bottleneck is residual quantisation, the codes of TIGER.

Trained as published it collapses: all items get one code. Four cures keep it alive, each needed: inputs standardised,
AdamW at 1e-3, codebooks that start as k-means of what the fresh encoder gives, and codes that nothing is near moved to
where the encoder puts badly placed items, after every epoch of the first half.
"""

from collections.abc import Iterator
from typing import Self

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional
from typing_extensions import override

from tastemaker.core.errors import FitError
from tastemaker.core.progress import Observer, silent
from tastemaker.core.seeds import derive, generator
from tastemaker.core.types import Floats, Ints
from tastemaker.nn.quantisation import Tensors, k_means
from tastemaker.nn.training import Learning, Plan, train

HIDDEN = 256
COMMIT = 0.25  # weight of pulling the encoder to the codes, as in TIGER
BATCH = 256
REVIVE = 0.5  # share of the training in which dead codes are moved


class RqVae:
    """``L = |x - decode(z_q)|^2 + sum_l |sg(r_l) - e_l|^2 + 0.25 |r_l - sg(e_l)|^2``.

    Args:
        model: as :meth:`fit` or :meth:`restore` made it.

    Source: Lee et al. 2022 (RQ-VAE); Rajput et al. 2023 (TIGER), section 3.1.
    Differs: the cures of the module docstring; one hidden layer.
    See also: ResidualKMeans, which needs no training and reconstructs nearly as well.
    """

    def __init__(self, model: "_Model") -> None:
        self._model = model.eval()

    @classmethod
    def fit(
        cls,
        vectors: Floats,
        *,
        levels: int,
        codes: int,
        dim: int = 32,
        epochs: int = 60,
        learning_rate: float = 1e-3,
        seed: int = 0,
        observer: Observer = silent,
    ) -> Self:
        """Train on the vectors.

        Args:
            vectors: (n, dim), finite.
            levels: codes of an id.
            codes: size of each codebook; fewer where there are fewer vectors.
            dim: width of the bottleneck.
            epochs: passes over the vectors.
            learning_rate: of AdamW.
            seed: of everything random.
            observer: is told how far it is.

        Raises:
            FitError: there is no vector, or the loss is no longer a number.
        """
        if not len(vectors):
            raise FitError("there is no vector to make codes of", hint="give items a text, a picture or features")
        data = torch.from_numpy(np.ascontiguousarray(vectors, np.float32))
        with torch.random.fork_rng():
            torch.manual_seed(derive(seed, "rq-vae weights"))
            model = _Model(vectors.shape[1], dim, levels, min(codes, len(vectors)))
        model.mean.copy_(data.mean(0))
        model.scale.copy_(data.std(0, correction=0).clamp_min(1e-6))
        model.start(data, seed)
        plan = Plan(epochs, learning_rate, weight_decay=1e-4, average=0.0, seed=seed)
        train(_Reconstruct(model, data, epochs), plan, observer)
        return cls(model)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of codes of each level."""
        levels, codes, _ = self._model.books.shape
        return (int(codes),) * int(levels)

    @torch.no_grad()
    def encode(self, vectors: Floats) -> Ints:
        """Shapes: (n, dim) -> (n, levels)."""
        latent = self._model.encode(torch.from_numpy(np.ascontiguousarray(vectors, np.float32)))
        return np.asarray(self._model.quantise(latent)[1].numpy(), np.int64)

    @torch.no_grad()
    def decode(self, codes: Ints) -> Floats:
        """Shapes: (n, up to levels) -> (n, dim)."""
        chosen = torch.from_numpy(codes)
        latent = torch.stack([self._model.books[level, chosen[:, level]] for level in range(codes.shape[1])]).sum(0)
        found: Floats = (self._model.decoder(latent) * self._model.scale + self._model.mean).numpy()
        return found

    def tensors(self, prefix: str) -> dict[str, npt.NDArray[np.generic]]:
        """Everything learned, for storage."""
        return {f"{prefix}{name}": tensor.numpy() for name, tensor in self._model.state_dict().items()}

    @classmethod
    def restore(cls, tensors: Tensors, prefix: str) -> Self:
        """Take back what :meth:`tensors` gave."""
        state = {n.removeprefix(prefix): torch.tensor(t) for n, t in tensors.items() if n.startswith(prefix)}
        levels, codes, dim = state["books"].shape
        model = _Model(len(state["mean"]), dim, levels, codes)
        model.load_state_dict(state)
        return cls(model)


class _Model(nn.Module):
    """Encoder, codebooks (levels, codes, dim), decoder, and the standardisation of the inputs."""

    mean: Tensor
    scale: Tensor

    def __init__(self, width: int, dim: int, levels: int, codes: int) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(width, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, dim))
        self.decoder = nn.Sequential(nn.Linear(dim, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, width))
        self.books = nn.Parameter(torch.zeros(levels, codes, dim))
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("scale", torch.ones(width))

    def encode(self, vectors: Tensor) -> Tensor:
        """Shapes: (n, width) -> (n, dim)."""
        latent: Tensor = self.encoder((vectors - self.mean) / self.scale)
        return latent

    def quantise(self, latent: Tensor) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Sum of the chosen codes, their numbers, and what was left before each level.

        Shapes: (n, dim) -> (n, dim), (n, levels), levels x (n, dim).
        """
        residual, total, numbers, left = latent, torch.zeros_like(latent), [], []
        for book in self.books:
            left.append(residual)
            numbers.append((book.square().sum(1) - 2 * residual.detach() @ book.detach().T).argmin(1))
            total = total + book[numbers[-1]]
            residual = residual - book[numbers[-1]].detach()
        return total, torch.stack(numbers, 1), left

    @torch.no_grad()
    def start(self, data: Tensor, seed: int) -> None:
        """Codebooks from residual k-means of what the fresh encoder gives."""
        residual = self.encode(data).numpy()
        for level in range(len(self.books)):
            table = torch.from_numpy(k_means(residual, self.books.shape[1], generator(seed, f"rq-vae book {level}")))
            spare = self.books.shape[1] - len(table)
            self.books[level] = torch.cat([table, table[:1].expand(spare, -1)])
            owner = (table.square().sum(1) - 2 * torch.from_numpy(residual) @ table.T).argmin(1)
            residual = residual - table[owner].numpy()

    @torch.no_grad()
    def revive(self, data: Tensor, rng: np.random.Generator) -> None:
        """Codes that no vector has move to what is left of drawn vectors at their level."""
        _, numbers, left = self.quantise(self.encode(data))
        for level, book in enumerate(self.books):
            dead = torch.bincount(numbers[:, level], minlength=len(book)) == 0
            drawn = torch.from_numpy(rng.integers(len(data), size=int(dead.sum())))
            book[dead] = left[level][drawn]


class _Reconstruct(Learning):
    """Reconstruction of the standardised vectors."""

    def __init__(self, model: _Model, data: Tensor, epochs: int) -> None:
        self.name = "rq-vae"
        self.model: _Model = model
        self.steps = -(-len(data) // BATCH)
        self._data = data
        self._epochs = epochs

    @override
    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """One epoch; dead codes move at its start, except in the second half of the training."""
        if 0 < share < REVIVE:
            self.model.revive(self._data, rng)
        for rows in np.array_split(rng.permutation(len(self._data)), self.steps):
            x = self._data[torch.from_numpy(rows)]
            latent = self.model.encode(x)
            total, numbers, left = self.model.quantise(latent)
            straight = latent + (total - latent).detach()
            loss = functional.mse_loss(self.model.decoder(straight), (x - self.model.mean) / self.model.scale)
            for level, before in enumerate(left):
                code = self.model.books[level, numbers[:, level]]
                loss = loss + functional.mse_loss(code, before.detach())
                loss = loss + COMMIT * functional.mse_loss(before, code.detach())
            yield loss
