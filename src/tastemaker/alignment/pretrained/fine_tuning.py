"""One fine-tuning from beginning to end: what to learn from, the training, whether it helped, a folder to take away."""

import hashlib
import json
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tastemaker.alignment.pretrained.learning import Pairs, Tuning
from tastemaker.alignment.pretrained.settings import PretrainedConfig
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.config import Config
from tastemaker.core.errors import ConfigError, PictureError
from tastemaker.core.progress import Noted, Observer
from tastemaker.core.seeds import generator
from tastemaker.core.types import Ints
from tastemaker.encoders.adapting import closed, opened
from tastemaker.encoders.pretrained import Pretrained, fingerprint
from tastemaker.nn.training import Plan, train

RATES = {"lora": 3e-4, "last": 1e-4, "full": 1e-5}
ENOUGH, MOST = 100, 500
"""Pairs are kept apart when there are enough, and at most so many."""
COURSE = "tuning.json"


class Course(Config):
    """How a tuning went."""

    model: str
    """What was tuned."""
    tune: str
    """Which of its weights learned."""
    pairs: int
    """Items it learned from."""
    checked: int
    """Items kept apart."""
    before: float | None
    """Mean recall at 1, 5 and 10, both ways, of the items kept apart before the first step; None without such items."""
    after: float | None
    """The same in the end."""
    recall: dict[int, float]
    """The same after each epoch, of the last part of a training that was resumed."""
    epochs: int
    """How many were done."""
    seconds: float
    """What they took."""


@dataclass(frozen=True)
class Tuned:
    """What a tuning leaves: how it went, and the weights that learned."""

    course: Course
    tensors: Mapping[str, npt.NDArray[np.generic]]


def fine_tune(
    model: Pretrained, catalog: Catalog, config: PretrainedConfig, checkpoint: Path | None, observer: Observer
) -> Tuned | None:
    """Let a model learn from a catalog.

    Args:
        model: changed in place; of no use any more when None is returned.
        catalog: to learn from.
        config: what learns, and how long.
        checkpoint: file that training writes and resumes from.
        observer: hears how it goes.

    Returns:
        What was learned; None when there is nothing to learn from, or when it made the model no better.

    Raises:
        ConfigError: the model has no layers that are known.
        MissingExtra: peft is needed and not installed.
        Cancelled: the observer asked to stop.
    """
    pairs = Pairs.of(catalog, model.eye)
    learn, check = _split(pairs.rows, config)
    if len(learn) < 2:
        sides = "a picture and words" if model.sees else "two things said of it"
        observer(Noted("tuning", f"fewer than two items have {sides}; the model stays as it is"))
        return None
    key = _key(model, pairs, config)
    weights = opened(model, config.tune, rank=config.lora_rank, last_layers=config.last_layers, seed=config.seed)
    tuning = Tuning(model, weights, pairs, learn, check, batch_size=config.batch_size, chunk=config.chunk)
    before = tuning.recall() if len(check) else None
    plan = Plan(
        epochs=config.epochs, learning_rate=config.learning_rate or RATES[config.tune],
        max_seconds=60 * config.max_minutes, seed=config.seed, checkpoint=checkpoint, key=key,
        average=min(0.99, 1 - 1 / (1 + tuning.steps)),
    )  # fmt: skip
    outcome = train(tuning, plan, observer)
    tensors = closed(model, weights)
    after = outcome.score if len(check) else None
    if before is not None and after is not None:
        observer(Noted("tuning", f"recall of {len(check)} items kept apart: {before:.3f} before, {after:.3f} after"))
        if after <= before:
            observer(Noted("tuning", "that is no better; the model stays as it is"))
            return None
    course = Course(
        model=model.name, tune=config.tune, pairs=len(learn), checked=len(check), before=before, after=after,
        recall=outcome.scores, epochs=outcome.epochs, seconds=round(outcome.seconds, 1),
    )  # fmt: skip
    return Tuned(course, tensors)


def free_folder(folder: Path) -> None:
    """See that a model may be written to a folder.

    Raises:
        ConfigError: something else is there.
    """
    if folder.exists() and not (folder / COURSE).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"{str(folder)!r} holds something else", hint="name a new folder in `save_to`")


def export(model: Pretrained, course: Course, folder: Path) -> None:
    """Write the tuned model whole, in place of an older one, with how tuning went beside it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging, old = (folder.with_name(f".{what}-{uuid.uuid4().hex}") for what in ("writing", "old"))
    model.save(staging)
    (staging / COURSE).write_text(course.json_text() + "\n", encoding="utf-8")
    if folder.exists():
        folder.rename(old)
    staging.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _split(rows: Ints, config: PretrainedConfig) -> tuple[Ints, Ints]:
    """Items to learn from, and items kept apart."""
    n = min(MOST, int(len(rows) * config.validation)) if len(rows) >= ENOUGH else 0
    check = np.sort(generator(config.seed, "validation").permutation(rows)[:n])
    return np.setdiff1d(rows, check), check


def _key(model: Pretrained, pairs: Pairs, config: PretrainedConfig) -> str:
    """Another model, other settings or another catalog are another training."""
    digest = hashlib.sha256(f"{config.json_text()} {fingerprint(model)}".encode())
    pictures = pairs.catalog.pictures
    for row in pairs.rows.tolist():
        name, content = pairs.catalog.main_picture(row), ""
        if name and model.sees:
            try:
                content = pictures.content_hash(name)
            except PictureError:
                content = "missing"
        digest.update(json.dumps([row, pairs.phrases(row), content]).encode())
    return digest.hexdigest()
