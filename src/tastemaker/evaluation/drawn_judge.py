"""A judge of drawings: an independent network that says a picture's attributes, and by what features it does.

It learns from the same real photos as the generators and from their attributes alone, in weights of its own: what it
says of a drawing was in no generator's aim, and its features serve the distances between drawn and real pictures better
than those of the shop's space, whose vectors the generators are told. How well it reads real photos that it has not
learned from is the ceiling of every drawing.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tastemaker.core.config import Config
from tastemaker.core.errors import FitError, NotFitted
from tastemaker.core.progress import Observer, silent
from tastemaker.core.seeds import derive
from tastemaker.core.types import Floats, Ints
from tastemaker.encoders.frames import Frames
from tastemaker.generators.material import Layout, Material
from tastemaker.nn.augment import as_input, augment
from tastemaker.nn.checkpoint import digest
from tastemaker.nn.precision import fast
from tastemaker.nn.towers import PictureTower
from tastemaker.nn.training import Learning, Plan, train

if TYPE_CHECKING:
    from torch import Tensor, nn

CHUNK = 256


class JudgeConfig(Config):
    """Settings of the judge; the defaults read the kind of 96 kinds of fashion in a quarter of an hour of one core."""

    widths: tuple[int, ...] = (32, 64, 128, 256)
    """Channels of each stage of the network."""
    dim: int = Field(default=128, ge=2)
    """Length of the features."""
    epochs: int = Field(default=16, ge=1)
    """Passes over the photos."""
    batch_size: int = Field(default=64, ge=2)
    """Photos a batch."""
    learning_rate: float = Field(default=2e-3, gt=0, le=1)
    """Learning rate at its highest."""
    seed: int = 0
    """Of every chance in training."""


class AttributeJudge:
    """Reads attributes off pixels.

    Args:
        config: settings; the defaults when None.
        checkpoint: a file that training writes each epoch and resumes from; None keeps none.
    """

    def __init__(self, config: JudgeConfig | None = None, *, checkpoint: Path | None = None) -> None:
        self.config = config if config is not None else JudgeConfig()
        self.checkpoint = checkpoint
        self._fitted: tuple[Layout, nn.Sequential] | None = None

    def learn(self, material: Material, observer: Observer = silent) -> Self:
        """Learn from the photos that are not held back.

        Raises:
            FitError: there are no photos with attributes.
            Cancelled: the observer asked to stop; the checkpoint of the last whole epoch stays.
        """
        places = material.where("picture")
        places = places[material.codes[places].any(1)]
        if len(places) < 2:
            raise FitError("a judge has no photos with attributes to learn from", hint="give items attributes")
        model = _network(self.config, material.layout)
        config = self.config
        learned = material.frames[places], material.codes[places]
        plan = Plan(
            epochs=config.epochs, learning_rate=config.learning_rate, seed=config.seed, checkpoint=self.checkpoint,
            key=digest("attribute judge", config, *learned),
        )  # fmt: skip
        train(_Reading(model, *learned, material.layout.sizes, config.batch_size), plan, observer)
        self._fitted = material.layout, model
        return self

    def features(self, frames: Frames) -> Floats:
        """What the last layer sees of pictures. Shapes: (n, h, w, 3) -> (n, dim)."""
        return self._read(frames)[0]

    def codes(self, frames: Frames) -> Ints:
        """The likeliest value of every attribute, as codes of the layout. Shapes: (n, h, w, 3) -> (n, attributes)."""
        logits = self._read(frames)[1]
        return np.stack([part.argmax(1) + 1 for part in _parts(logits, self.layout.sizes)], axis=1).astype(np.int64)

    def accuracy(self, frames: Frames, asked: Ints) -> dict[str, float]:
        """Share of the pictures in which each attribute is what was asked; attributes never asked are left out.

        Args:
            frames: drawings, or real photos.
            asked: codes; 0 asks nothing.

        Shapes: frames (n, h, w, 3), asked (n, attributes).
        """
        return accuracy(self.codes(frames), asked, tuple(self.layout.attributes))

    @property
    def layout(self) -> Layout:
        """Sizes and vocabularies it was trained on."""
        return self._known[0]

    def settings(self) -> dict[str, object]:
        """Config and vocabularies as JSON values."""
        return {"config": self.config.model_dump(mode="json"), "layout": asdict(self.layout)}

    def tensors(self) -> dict[str, npt.NDArray[np.generic]]:
        """Everything learned, for storage."""
        return {name: value.numpy() for name, value in self._known[1].state_dict().items()}

    @classmethod
    def restore(cls, settings: Mapping[str, object], tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Build it again from what :meth:`settings` and :meth:`tensors` gave."""
        import torch

        told = json.loads(json.dumps(settings))
        made = cls(JudgeConfig.read(told["config"]))
        layout = Layout.read(told["layout"])
        model = _network(made.config, layout)
        model.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in tensors.items()})
        made._fitted = layout, model.eval()
        return made

    @property
    def _known(self) -> "tuple[Layout, nn.Sequential]":
        if self._fitted is None:
            raise NotFitted("the judge has learned nothing yet", hint="call learn first")
        return self._fitted

    def _read(self, frames: Frames) -> tuple[Floats, Floats]:
        """Features and logits."""
        import torch

        tower, *rest = self._known[1]
        features, logits = [], []
        with torch.inference_mode(), fast():
            for start in range(0, len(frames), CHUNK):
                seen = tower(as_input(torch.from_numpy(np.ascontiguousarray(frames[start : start + CHUNK]))))
                features.append(seen.float().numpy())
                for layer in rest:
                    seen = layer(seen)
                logits.append(seen.float().numpy())
        none = np.zeros((0, self.config.dim), np.float32), np.zeros((0, sum(self.layout.sizes)), np.float32)
        return (np.concatenate(features), np.concatenate(logits)) if features else none


def accuracy(said: Ints, asked: Ints, names: Sequence[str]) -> dict[str, float]:
    """Share of rows in which what was asked is said, by attribute; those never asked are left out.

    Shapes: said, asked (n, attributes); code 0 asks nothing.
    """
    wanted = {name: asked[:, at] > 0 for at, name in enumerate(names)}
    return {
        name: float((said[:, at] == asked[:, at])[rows].mean())
        for at, (name, rows) in enumerate(wanted.items())
        if rows.any()
    }


class _Reading(Learning):
    """Cross-entropy of every attribute that is known, on photos mirrored and moved a little; colours stay."""

    name = "attribute judge"

    def __init__(
        self, model: "nn.Sequential", frames: Frames, codes: Ints, sizes: Sequence[int], batch_size: int
    ) -> None:
        self.model, self._frames, self._codes, self._sizes = model, frames, codes, sizes
        self._batch = min(batch_size, len(frames))
        self.steps = len(frames) // self._batch

    def losses(self, share: float, rng: np.random.Generator) -> "Iterator[Tensor]":
        """One epoch."""
        import torch
        from torch.nn import functional

        del share
        for places in np.array_split(rng.permutation(len(self._frames))[: self.steps * self._batch], self.steps):
            pictures = augment(as_input(torch.from_numpy(self._frames[places])), rng, light=0.03, move=0.5)
            with fast():
                logits = self.model(pictures).float()
            wanted = torch.from_numpy(self._codes[places] - 1)
            each = [
                functional.cross_entropy(part, wanted[:, at], ignore_index=-1, reduction="sum")
                for at, part in enumerate(logits.split([size - 1 for size in self._sizes], 1))
            ]
            yield torch.stack(each).sum() / len(places)


def _network(config: JudgeConfig, layout: Layout) -> "nn.Sequential":
    """A picture tower and one linear head an attribute, side by side in one matrix."""
    import torch
    from torch import nn

    with torch.random.fork_rng():
        torch.manual_seed(derive(config.seed, "weights of the judge"))
        tower = PictureTower(config.widths, config.dim, patch=2, dropout=0.1)
        return nn.Sequential(tower, nn.ReLU(), nn.Linear(config.dim, sum(layout.sizes) - len(layout.sizes)))


def _parts(logits: Floats, sizes: Sequence[int]) -> list[Floats]:
    return np.split(logits, np.cumsum([size - 1 for size in sizes])[:-1], axis=1)
