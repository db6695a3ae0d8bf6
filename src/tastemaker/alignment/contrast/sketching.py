"""A second look at pictures: hand-made numbers of a finer picture, read by a tower that learns onto the texts' vectors.

Its vector is mixed into that of the picture tower. See ``encoders/sketch`` for what the numbers are and what they gave.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from tastemaker.alignment.contrast.objective import found_at
from tastemaker.alignment.contrast.onto import Onto
from tastemaker.alignment.space import under
from tastemaker.core.progress import Observer, silent
from tastemaker.core.seeds import derive
from tastemaker.core.types import Floats, Ints
from tastemaker.encoders.base import unit
from tastemaker.encoders.frames import frame
from tastemaker.encoders.sketch import Halves, both_ways
from tastemaker.nn.towers import FeatureTower
from tastemaker.nn.training import Plan, train

SHARES = (0.2, 0.4, 0.6)
GAIN = 1.01  # of the mean reciprocal rank: what a share must bring to be worth a second look
HIDDEN = 1024
CHUNK = 2048


@dataclass(frozen=True)
class Sketching:
    """A fitted tower of sketches.

    Attributes:
        tower: numbers -> vectors.
        mean, scale: of the numbers.
        shape: of the frame that is read.
        share: of its vectors in those of pictures.
    """

    tower: FeatureTower
    mean: Floats
    scale: float
    shape: tuple[int, int]
    share: float = 0.0

    @classmethod
    def fit(
        cls, numbers: Halves, texts: Floats, teach: Ints, same: Ints, shape: tuple[int, int], *, seed: int = 0,
        observer: Observer = silent,
    ) -> "Sketching":  # fmt: skip
        """Learn to say of a picture what the text tower says of its words.

        Shapes: numbers (n, 2, d), texts (n, dim), teach (m,), same (n,).

        Args:
            numbers: of pictures, both ways.
            texts: vectors that stay.
            teach: items with both.
            same: equal numbers for items with the same words.
            shape: of the frames that were read.
            seed: of every chance.
            observer: told of progress.
        """
        known = numbers[teach, 0].astype(np.float32)
        mean = known.mean(0)
        scale = float(np.sqrt(known.shape[1]) / max(1e-6, np.sqrt(((known - mean) ** 2).sum(1).mean())))
        with torch.random.fork_rng():
            torch.manual_seed(derive(seed, "sketches"))
            tower = FeatureTower(numbers.shape[2], texts.shape[1], hidden=HIDDEN, dropout=0.5)
        even = ((numbers - mean.astype(np.float16)) * np.float16(scale)).astype(np.float16)
        plan = Plan(epochs=28, learning_rate=1e-3, weight_decay=0.3, average=0.98, seed=seed)
        train(Onto(tower, even, texts, teach, same, "learning sketches"), plan, observer)
        return cls(tower.eval(), mean, scale, shape)

    def mixed(self, pictures: Floats, sketched: Floats) -> Floats:
        """What the picture tower and this one say together. Shapes: both (n, dim) -> (n, dim), unit rows."""
        return unit((1 - self.share) * pictures + self.share * sketched)

    def chosen(self, pictures: Floats, sketched: Floats, texts: Floats) -> "Sketching":
        """With the share under which the texts of pairs that nothing has learned find their pictures best.

        Shapes: all (pairs, dim).
        """
        gains = {share: found_at(texts, replace(self, share=share).mixed(pictures, sketched)) for share in SHARES}
        best = max(gains, key=lambda share: gains[share])
        return replace(self, share=best if gains[best] > GAIN * found_at(texts, pictures) else 0.0)

    def pictures(self, pictures: Sequence[Image.Image]) -> Floats:
        """Shapes: (n,) -> (n, dim), unit rows."""
        frames = np.empty((len(pictures), *self.shape, 3), np.uint8)
        for place, picture in enumerate(pictures):
            frames[place] = frame(picture, self.shape)
        return self.embed(both_ways(frames))

    @torch.inference_mode()
    def embed(self, numbers: Halves) -> Floats:
        """The mean over both ways. Shapes: (n, 2, d) -> (n, dim), unit rows."""
        out = np.zeros((len(numbers), self.tower.straight.out_features), np.float32)
        for start in range(0, len(numbers), CHUNK):
            part = (numbers[start : start + CHUNK].astype(np.float32) - self.mean) * np.float32(self.scale)
            for way in (0, 1):
                out[start : start + CHUNK] += unit(self.tower(torch.from_numpy(part[:, way])).numpy())
        return unit(out)

    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """For storage."""
        own = {
            "mean": self.mean, "scale": np.array([self.scale], np.float32), "shape": np.array(self.shape),
            "share": np.array([self.share]),
        }  # fmt: skip
        weights: dict[str, npt.NDArray[np.generic]] = {
            f"tower.{name}": tensor.numpy() for name, tensor in self.tower.state_dict().items()
        }
        return weights | own

    @classmethod
    def restore(cls, tensors: Mapping[str, npt.NDArray[np.generic]], share: float | None = None) -> "Sketching":
        """Take back what :meth:`tensors` gave; ``share`` is that of the settings, for what was stored without one."""
        mean, (height, width) = np.asarray(tensors["mean"], np.float32), np.asarray(tensors["shape"], np.int64).tolist()
        weights = {name: torch.tensor(tensor) for name, tensor in under("tower.", tensors).items()}
        tower = FeatureTower(len(mean), len(weights["straight.bias"]), hidden=HIDDEN)
        tower.load_state_dict(weights)
        known: dict[str, npt.NDArray[np.generic]] = {"share": np.array([share or 0.0]), **tensors}
        scale, kept = (float(np.asarray(known[name], np.float64)[0]) for name in ("scale", "share"))
        return cls(tower.eval(), mean, scale, (height, width), kept)
