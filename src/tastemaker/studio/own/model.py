"""The own engine's model: trained as a diffusion on corrections, answering with the middle of what they may be.

What is noisy are four channels: how much of each pixel is the product, and which colours to add to the layers. Most
lessons start from nothing but noise, because a first answer does too: there the network's guess is the likelier of
product and ground, and the median of what the colours may be, which is what a correction wants. Other candidates walk
down from noise in a few steps.
Source: latent diffusion with a concatenated condition, Rombach et al. 2022 (arXiv 2112.10752), sections 3.3 and 4.5.
Differs: the data are coarse corrections of layers, and need no autoencoder; the network tells the data (Li and He 2025,
arXiv 2511.13720); the loss is of the picture that a correction makes, as it looks, and of the log-odds of its cover.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional
from typing_extensions import override

from tastemaker.core.progress import Observer, silent
from tastemaker.core.seeds import derive
from tastemaker.core.types import Ints
from tastemaker.generators.learning import EPOCH, Batches
from tastemaker.nn.checkpoint import digest
from tastemaker.nn.diffusion import StraightToData, spread_times
from tastemaker.nn.precision import fast
from tastemaker.nn.samplers import ddim, times_down, walk
from tastemaker.nn.training import Plan, train
from tastemaker.studio.colour import difference
from tastemaker.studio.cutout import Pixels, lab_of
from tastemaker.studio.own.crops import TASKS, Correction, Layers, faint_gone
from tastemaker.studio.own.lessons import CHOOSE, LEARN, SCORE, Lessons
from tastemaker.studio.own.network import MADE, Mender
from tastemaker.studio.own.seeing import apart
from tastemaker.studio.own.settings import OwnConfig
from tastemaker.studio.request import Task

LEVELS = 48.0
"""Levels of colour that count as one."""
NOISE = 0.7
"""Share of a batch that starts from noise alone."""
FAR = 0.5
"""Weight of pixels where nothing should change and nothing was laid."""
SEEN, COVERS, COLOURS = 0.1, 1.0, 0.25
"""Weights of errors of the picture, of its cover and of its colours."""
DOUBT, EAGER = 0.06, 4.0
"""How little even what is plain is believed of a cover, and by what its log-odds change where the network says one."""
PATH = StraightToData()
MOST = 96
"""Lessons of a task that a score looks at."""


@dataclass(frozen=True)
class Held:
    """Mean colour difference (CIEDE2000) from the truth on products held back, where anything should or did change.

    Both are of the same pixels: changing more of them makes nobody better.

    Attributes:
        own: of the corrected guess.
        compositor: of the first guess.
        pairs: how many there were.
    """

    own: float
    compositor: float
    pairs: int

    @property
    def better(self) -> bool:
        """Is the correction one?"""
        return self.pairs > 0 and self.own < self.compositor


@dataclass
class OwnModel:
    """A mender with its settings.

    Attributes:
        config: settings.
        network: the denoiser.
        held: by task, how good it is on products held back; empty before it has learned.
    """

    config: OwnConfig
    network: Mender
    held: dict[str, Held] = field(default_factory=dict)

    @classmethod
    def new(cls, config: OwnConfig) -> Self:
        """Untrained: it repeats the compositor."""
        with torch.random.fork_rng():
            torch.manual_seed(derive(config.seed, "weights of own"))
            network = Mender(config.side, config.product_side, config.local, config.width, config.depth)
        return cls(config, network.to(memory_format=torch.channels_last).eval())  # type: ignore[call-overload]

    def learn(self, lessons: Lessons, checkpoint: Path | None = None, observer: Observer = silent) -> Self:
        """Train on lessons, and score on those that were held back for it.

        Args:
            lessons: what there is to learn from.
            checkpoint: a file that training writes now and then and resumes from; None keeps none.
            observer: hears of progress; raises ``Cancelled`` to stop.
        """
        config = self.config
        plan = Plan(
            epochs=max(1, -(-config.steps // EPOCH)),
            learning_rate=config.learning_rate,
            weight_decay=0.02,
            average=0.998,
            patience=1.0,
            max_seconds=60 * config.max_minutes,
            seed=config.seed,
            checkpoint=checkpoint,
            key=digest("own", config, lessons.use, lessons.task, lessons.truth[::16]),
        )
        train(Mending(self, lessons), plan, observer)
        self.held = {task: self.score(lessons, lessons.where(SCORE, task)[:MOST]) for task in TASKS}
        return self

    def correct(
        self, told: Pixels, product: Pixels, tasks: Sequence[Task], seed: int = 0, *, first: bool = True
    ) -> list[Correction]:
        """What to correct.

        Args:
            told: layers of first guesses.
            product: the products' pictures.
            tasks: one each.
            seed: of the noise.
            first: the middle of what may be; else one of the things that may be.

        Shapes: told (n, side, side, 10), product (n, product_side, product_side, 3).
        """
        x = Known.of(told, product, np.array([TASKS.index(task) for task in tasks], np.uint8))
        chance = torch.Generator().manual_seed(derive(seed, "own"))
        shape = (len(told), MADE, *told.shape[1:3])
        with torch.inference_mode():
            if first:
                made = x.told_by(self.network, torch.zeros(shape), torch.ones(len(told)))
            else:
                made = walk(
                    PATH,
                    lambda noisy, t: x.told_by(self.network, noisy, t),
                    torch.randn(shape, generator=chance),
                    times_down(self.config.walk),
                    ddim,
                    lambda _: torch.randn(shape, generator=chance),
                )
        return [_correction(one) for one in made]

    def score(self, lessons: Lessons, rows: Ints) -> Held:
        """Mean difference from the truth of some lessons, corrected and as they were."""
        if not len(rows):
            return Held(0.0, 0.0, 0)
        errors = []
        for low in range(0, len(rows), 32):
            some = rows[low : low + 32]
            tasks = [TASKS[at] for at in lessons.task[some].tolist()]
            found = self.correct(lessons.told[some], lessons.product[some], tasks)
            errors += [_errors(lessons, row, each) for row, each in zip(some.tolist(), found, strict=True)]
        own, before = np.mean(errors, 0).tolist()
        return Held(round(own, 4), round(before, 4), len(rows))

    def settings(self) -> dict[str, object]:
        """Config and scores as JSON values."""
        held = {task: vars(score) for task, score in self.held.items()}
        return {"config": self.config.model_dump(mode="json"), "held": held}

    def tensors(self) -> dict[str, npt.NDArray[np.generic]]:
        """Everything learned, for storage."""
        return {name: value.numpy() for name, value in self.network.state_dict().items()}

    @classmethod
    def restore(cls, settings: Mapping[str, object], tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """What :meth:`settings` and :meth:`tensors` gave."""
        made = cls.new(OwnConfig.read(settings["config"]))  # type: ignore[arg-type]
        made.network.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in tensors.items()})
        made.held = held_of(settings)
        return made


def held_of(settings: Mapping[str, object]) -> dict[str, Held]:
    """Scores by task, out of what :meth:`OwnModel.settings` gave."""
    told = settings.get("held")
    return {str(task): Held(**score) for task, score in told.items()} if isinstance(told, Mapping) else {}


@dataclass(frozen=True)
class Known:
    """What the network is told of each lesson of a batch, as tensors.

    Shapes: told (n, 10, side, side) and product (n, 3, p, p), both -1 to 1; task (n,).
    """

    told: Tensor
    product: Tensor
    task: Tensor

    @classmethod
    def of(cls, told: Pixels, product: Pixels, task: Pixels) -> Self:
        """From bytes."""
        values = _values(told)
        return cls(values, _values(product), torch.from_numpy(task.astype(np.int64)))

    @property
    def cover(self) -> Tensor:
        """Of the first guess. Shapes: (n, 1, side, side), 0 to 1."""
        return (self.told[:, 7:8] + 1) / 2

    def told_by(self, network: Mender, noisy: Tensor, t: Tensor) -> Tensor:
        """Corrections without noise. Shapes: noisy (n, 4, side, side), t (n,) -> (n, 4, side, side)."""
        odds, colours = self.odds_by(network, noisy, t)
        return torch.cat([2 * _cover(odds) - 1, colours], 1)

    def odds_by(self, network: Mender, noisy: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        """Log-odds of each pixel to be the product, and colours to add. Shapes: -> (n, 1, h, w), (n, 3, h, w)."""
        with fast():
            added: Tensor = network(noisy, t, self.told, self.product, self.task)
        return _doubted(self.cover).logit() + EAGER * added[:, :1], added[:, 1:]

    def picture(self, cover: Tensor, colours: Tensor) -> Tensor:
        """The layers put together, -1 to 1. Shapes: cover (n, 1, h, w), colours (n, 3, h, w) -> (n, 3, h, w)."""
        photo, front, shade = self.told[:, :3], self.told[:, 3:6], (self.told[:, 6:7] + 1) / 2
        ground = (photo + 1) * shade - 1
        return ground + cover * (front - ground) + colours * (LEVELS / 127.5)


class Mending(Batches):
    """To tell a correction out of noise, beside the first guess.

    Args:
        model: whose network is trained in place.
        lessons: what there is to learn from.
    """

    def __init__(self, model: OwnModel, lessons: Lessons) -> None:
        config = model.config
        super().__init__("own", model.network, lessons.where(LEARN), config.batch_size, config.steps)
        self.own, self.lessons = model, lessons

    @override
    def loss(self, places: Ints, share: float, rng: np.random.Generator) -> Tensor:
        """Absolute errors of the picture, of the cover and of the colours."""
        del share
        part = self.lessons
        some = _varied(
            [part.told[places], part.product[places], part.truth[places], part.cover[places][..., None]], rng
        )
        told, product, truth, cover = some
        x, truth_, cover_ = Known.of(told, product, part.task[places]), _values(truth), (_values(cover) + 1) / 2
        colours = ((truth_ - x.picture(cover_, torch.zeros_like(truth_))) * (127.5 / LEVELS)).clamp(-3, 3)
        data = torch.cat([2 * cover_ - 1, colours], 1)
        times = spread_times(PATH, len(places))
        times[: round(NOISE * len(places))] = 1.0
        odds, added = x.odds_by(self.own.network, PATH.noised(data, torch.randn_like(data), times), times)
        near = FAR + (1 - FAR) * _near(x, truth_, cover_)
        doubt = functional.binary_cross_entropy_with_logits(odds, _doubted(cover_), reduction="none")
        wrong = SEEN * apart(x.picture(_cover(odds), added), truth_) + COVERS * doubt
        wrong = wrong + COLOURS * (added - colours).abs().mean(1, keepdim=True)
        return (near * wrong).sum() / near.sum()

    @override
    def validate(self, model: torch.nn.Module) -> float | None:
        """Minus the share of the first guesses' difference that is left, on products held back for it."""
        if not isinstance(model, Mender):
            raise TypeError(model)
        now = OwnModel(self.own.config, model)
        found = [now.score(self.lessons, self.lessons.where(CHOOSE, task)[:MOST]) for task in TASKS]
        before = sum(each.compositor * each.pairs for each in found)
        return -sum(each.own * each.pairs for each in found) / before if before else None


def _doubted(cover: Tensor) -> Tensor:
    """A cover that is never quite sure, so that its log-odds can be changed."""
    return DOUBT + (1 - 2 * DOUBT) * cover


def _cover(odds: Tensor) -> Tensor:
    """The way back; a little below 0 or above 1 where the network is surer than a first guess can be."""
    return (odds.sigmoid() - DOUBT) / (1 - 2 * DOUBT)


def _near(x: Known, truth: Tensor, cover: Tensor) -> Tensor:
    """1 where the truth or the first guess differs from the photo. Shapes: -> (n, 1, h, w)."""
    changed = (truth - x.told[:, :3]).abs().amax(1, keepdim=True) > 4 / 127.5
    return (changed | (x.told[:, 7:8] > -0.98) | (cover > 0.02)).float()


def _varied(pictures: list[Pixels], rng: np.random.Generator) -> list[Pixels]:
    """Some lessons of a batch in a mirror, and sometimes all with their colours exchanged."""
    mirrored = rng.random(len(pictures[0])) < 0.5
    made = [np.where(mirrored[:, None, None, None], each[:, :, ::-1], each) for each in pictures]
    if rng.random() < 0.3:
        order = rng.permutation(3)
        told = made[0].copy()
        told[..., :3], told[..., 3:6] = told[..., order], told[..., 3 + order]
        made[:3] = told, made[1][..., order], made[2][..., order]
    return made


def _values(pictures: Pixels) -> Tensor:
    """Bytes as networks read them. Shapes: (n, h, w, c) -> (n, c, h, w), -1 to 1."""
    return torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))).float().div(127.5).sub(1)


def _correction(made: Tensor) -> Correction:
    """Shapes: (4, h, w)."""
    values = made.float().numpy()
    cover = np.clip((values[0] + 1) / 2, 0, 1)
    return Correction(np.asarray(cover, np.float32), np.ascontiguousarray(LEVELS * values[1:].transpose(1, 2, 0)))


def _errors(lessons: Lessons, row: int, found: Correction) -> tuple[float, float]:
    """Mean difference from the truth where something should or did change: corrected, and as it was."""
    layers, truth = Layers.read(lessons.told[row]), lessons.truth[row]
    open_ = layers.kept < 0.5
    cover = np.where(open_, found.cover, layers.cover)
    made = layers.composed(cover, faint_gone(found.colours) * open_[..., None])
    shown = [np.rint(picture).astype(np.uint8) for picture in (made, layers.composed())]
    region = np.any([(picture != layers.photo).any(2) for picture in (truth, *shown)], 0)
    if not region.any():
        return 0.0, 0.0
    own, before = (float(difference(lab_of(one)[region], lab_of(truth)[region]).mean()) for one in shown)
    return own, before
