"""The plain baseline of drawing: the mean picture of what was asked for, and noise as strong as its pixels vary.

What a generator must beat: it knows where a shirt is white and a shoe is dark, and nothing of edges. Several asked
attributes are averaged, the rarer ones counting more, because they say more.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from tastemaker.core.progress import Observer, track
from tastemaker.core.types import Modality
from tastemaker.generators.base import Condition, Drawn, Generator, GeneratorConfig, Noise, as_pictures, as_values
from tastemaker.generators.material import Layout, Material

CHUNK = 512


class _Means(nn.Module):
    """Mean and spread of the pictures of each value; row 0 is that of all."""

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        values, (height, width) = sum(layout.sizes) + 1, layout.shape
        self.mean: Tensor
        self.square: Tensor
        self.count: Tensor
        self.register_buffer("mean", torch.zeros(values, 3, height, width))
        self.register_buffer("square", torch.zeros(values, 3, height, width))
        self.register_buffer("count", torch.zeros(values))


class MeanPicture(Generator[GeneratorConfig]):
    """Mean picture of the asked values, plus noise."""

    name = "mean-picture"
    figure = "-"
    source = "plain baseline: mean and variance of each pixel"
    config_class = GeneratorConfig
    modalities_in: ClassVar[frozenset[Modality]] = frozenset({"attributes"})
    modalities_out: ClassVar[frozenset[Modality]] = frozenset({"picture"})
    reconstructs = False

    def build(self, layout: Layout) -> None:
        """Nothing is known yet."""
        self._means = _Means(layout)

    def networks(self) -> Mapping[str, nn.Module]:
        """The means."""
        return {"means": self._means}

    def train(self, material: Material, observer: Observer) -> None:
        """Count. One pass over the pictures.

        Raises:
            FitError: there are no pictures.
        """
        places, means = material.pictured(), self._means
        starts = self._starts()
        with track(observer, self.name, len(places)) as task:
            for low in range(0, len(places), CHUNK):
                some = places[low : low + CHUNK]
                values = as_values(material.frames[some])
                codes = torch.from_numpy(material.codes[some])
                self._add(torch.zeros(len(some), dtype=torch.long), values)
                for column, start in enumerate(starts):
                    self._add(start + codes[:, column], values)
                task.advance(len(some))
        many = means.count.clamp(min=1)[:, None, None, None]
        means.mean /= many
        means.square /= many

    def draw(self, conditions: Sequence[Condition], noise: Noise) -> list[Drawn]:
        """The weighed mean of the asked values, and noise of its own for every pixel."""
        means, starts = self._means, self._starts()
        pictures = []
        chance = noise.normal("pixels", *means.mean.shape[1:])
        for at, codes in enumerate(self.layout.codes([condition.attributes for condition in conditions]).tolist()):
            rows = torch.tensor([start + code for start, code in zip(starts, codes, strict=True) if code] or [0])
            share = 1 / means.count[rows].clamp(min=1)
            share = (share / share.sum())[:, None, None, None]
            mean = (share * means.mean[rows]).sum(0)
            spread = ((share * means.square[rows]).sum(0) - mean.square()).clamp(min=0).sqrt()
            pictures.append(mean + spread * chance[at])
        drawn = as_pictures(torch.stack(pictures))
        return [Drawn(number, picture) for number, picture in zip(noise.numbers, drawn, strict=True)]

    def _starts(self) -> list[int]:
        """Row of code 0 of each attribute."""
        found, row = [], 1
        for size in self.layout.sizes:
            found.append(row)
            row += size
        return found

    def _add(self, rows: Tensor, values: Tensor) -> None:
        self._means.mean.index_add_(0, rows, values)
        self._means.square.index_add_(0, rows, values.square())
        self._means.count.index_add_(0, rows, torch.ones(len(rows)))
