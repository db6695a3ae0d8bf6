"""The one training loop: AdamW, warm-up and cosine, averaged weights, early stop, checkpoints, a time limit.

A task says what is learned; the loop knows nothing of pictures or words. Each epoch draws its chance from the seed and
its own number, so a training that was killed and resumed gives what an unbroken one gives, to the bit. Several
processes may learn one model, see :mod:`tastemaker.nn.together`.
"""

import copy
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from tastemaker.core.errors import FitError
from tastemaker.core.progress import Observer, Task, silent, track
from tastemaker.core.seeds import derive, generator
from tastemaker.nn import checkpoint as disk
from tastemaker.nn.together import together


class Learning(ABC):
    """What is learned.

    Attributes:
        name: of the task in progress events.
        model: trained in place.
        steps: batches an epoch.
    """

    name: str
    model: nn.Module
    steps: int

    @abstractmethod
    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """One epoch: the loss of each batch, one at a time; ``share`` of the training is behind, 0 to 1."""

    def stage(self, share: float) -> int:
        """Number of the stage that a share of the training lies in; validations of two stages are not compared."""
        del share
        return 0

    def validate(self, model: nn.Module) -> float | None:
        """How good the model is on data it does not learn from, higher is better; None when there is no such data."""
        del model
        return None


@dataclass(frozen=True)
class Plan:
    """How long and how fast to learn.

    Attributes:
        epochs: at most.
        learning_rate: at its highest.
        weight_decay: of matrices and kernels; biases, norms and scalars have none.
        warm_up: share of the steps in which the rate grows.
        clip: largest norm of a gradient.
        average: share of the averaged weights kept each step; 0 turns averaging off.
        patience: share of the epochs without a better validation after which it stops.
        checks: validations in all, spread evenly; the last epoch always has one.
        max_seconds: after this the remaining epochs are given up; where it is the tighter limit, rate and stages follow
            it, so that a training on a slow machine ends as gently as one on a fast machine.
        seed: of every chance.
        checkpoint: file to write each epoch and to resume from; None keeps none.
        key: of the data and the settings; a checkpoint with another key is not taken.
        stop: epochs after which it ends although rate and stages aim at `epochs`; 0 for all of them.
        betas: how long the optimiser remembers gradients and their squares; a game is played without the first.
    """

    epochs: int
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    warm_up: float = 0.05
    clip: float = 1.0
    average: float = 0.99
    patience: float = 0.4
    checks: int = 10
    max_seconds: float = math.inf
    seed: int = 0
    checkpoint: Path | None = None
    key: str = ""
    stop: int = 0
    betas: tuple[float, float] = (0.9, 0.98)

    @property
    def last(self) -> int:
        """The epoch after which it ends at the latest."""
        return min(self.epochs, self.stop or self.epochs)

    def ending(self, epochs: int) -> Self:
        """The same training once more, on more data: it ends where an earlier one was best, on its own checkpoint.

        Args:
            epochs: :attr:`Outcome.best` of the earlier training; 0 leaves the plan as it is.
        """
        if not epochs:
            return self
        path = self.checkpoint
        return replace(self, stop=epochs, checkpoint=None if path is None else path.with_name(f"{path.name}.again"))


@dataclass
class Outcome:
    """How a training went.

    Attributes:
        epochs: how many were done, earlier parts of a resumed training included.
        loss: mean over the last epoch.
        score: best validation; -inf when there was none.
        seconds: wall time, earlier parts included.
        scores: validation after each epoch that had one, of this part.
        best: epoch of the best validation, whose weights are kept; 0 when there was none.
    """

    epochs: int = 0
    loss: float = math.nan
    score: float = -math.inf
    seconds: float = 0.0
    scores: dict[int, float] = field(default_factory=dict)
    best: int = 0


def train(learning: Learning, plan: Plan, observer: Observer = silent) -> Outcome:
    """Learn; leaves the best averaged weights in ``learning.model``.

    Raises:
        FitError: the loss is no longer a number.
        Cancelled: the observer asked to stop; the checkpoint of the last whole epoch stays.
    """
    run = _Run(learning, plan)
    with track(observer, learning.name, plan.last * run.steps) as task:
        if run.resume():
            task.advance(run.outcome.epochs * run.steps)
            task.note(f"goes on after epoch {run.outcome.epochs}")
        while run.outcome.epochs < plan.last and not run.stopped(task):
            run.epoch(task)
        run.finish()
    return run.outcome


class _Run:
    """One training, from start to end."""

    def __init__(self, learning: Learning, plan: Plan) -> None:
        self.learning = learning
        self.plan = plan
        self.outcome = Outcome()
        self.averaged = copy.deepcopy(learning.model).eval()
        self.best: dict[str, Tensor] = {}
        self.best_epoch = 0
        self.stage = 0
        self.optimizer = _optimizer(learning.model, plan)
        self.peers = together()
        self.steps = self.peers.share(learning.steps)

    def epoch(self, task: Task) -> None:
        """One epoch, its validation and its checkpoint."""
        plan, outcome, own = self.plan, self.outcome, self.peers.own
        begun = time.perf_counter()
        share = self.share(outcome.epochs * self.steps)
        self._enter(self.learning.stage(share))
        place = outcome.epochs * self.steps
        rng = generator(plan.seed, own(f"epoch {outcome.epochs}"))
        self.learning.model.train()
        losses: list[float] = []
        with torch.random.fork_rng():
            torch.manual_seed(derive(plan.seed, own(f"torch {outcome.epochs}")))
            for loss in islice(self.learning.losses(share, rng), self.steps if self.peers.size > 1 else None):
                self._step(loss, place + len(losses), self._since(begun))
                losses.append(float(loss.detach()))
                task.advance(1, {"loss": losses[-1], "epoch": outcome.epochs + 1})
        self.learning.model.eval()
        outcome.epochs += 1
        outcome.loss = float(np.mean(losses)) if losses else math.nan
        self._check()
        figures = {"epoch": float(outcome.epochs), "loss": outcome.loss}
        checked = outcome.scores.get(outcome.epochs)
        task.advance(0, figures if checked is None else {**figures, "validation": checked})
        known = f", best validation {outcome.score:.4f}" if math.isfinite(outcome.score) else ""
        task.note(f"epoch {outcome.epochs}: loss {outcome.loss:.3f}{known}")
        outcome.seconds += self._since(begun)
        self._save()

    def _since(self, begun: float) -> float:
        """Seconds since a moment, by the clock of the first process."""
        return self.peers.agreed(time.perf_counter() - begun)

    def share(self, step: int, running: float = 0.0) -> float:
        """How much of the training is behind at a step, by steps or by time, whichever is further."""
        steps = self.plan.epochs * self.steps
        return min(1.0, max(step / max(1, steps), (self.outcome.seconds + running) / self.plan.max_seconds))

    def _enter(self, stage: int) -> None:
        """In a new stage the best of the old one is forgotten, and patience starts anew."""
        if stage != self.stage:
            self.stage, self.best, self.outcome.score = stage, {}, -math.inf
            self.best_epoch = self.outcome.epochs

    def _step(self, loss: Tensor, step: int, running: float) -> None:
        if not torch.isfinite(loss):
            raise FitError(f"the loss is {loss.item()} at step {step}", hint="lower the learning rate")
        steps = self.plan.epochs * self.steps
        scale = rate(round(self.share(step, running) * steps), steps, self.plan.warm_up)
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.learning_rate * scale
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.peers.average(self.learning.model)
        nn.utils.clip_grad_norm_(self.learning.model.parameters(), self.plan.clip)
        self.optimizer.step()
        _average(self.averaged, self.learning.model, min(self.plan.average, (1 + step) / (10 + step)))

    def _check(self) -> None:
        every = max(1, self.plan.epochs // max(1, self.plan.checks))
        if self.outcome.epochs % every and self.outcome.epochs < self.plan.last:
            return
        score = self.learning.validate(self.averaged)
        if score is None:
            return
        score = self.peers.agreed(score)
        self.outcome.scores[self.outcome.epochs] = score
        if score > self.outcome.score:
            self.outcome.score, self.best_epoch = score, self.outcome.epochs
            self.best = {name: tensor.clone() for name, tensor in self.averaged.state_dict().items()}

    def stopped(self, task: Task) -> bool:
        """Is it enough: no progress for long, or no time left?"""
        done, plan = self.outcome.epochs, self.plan
        if self.best and done - self.best_epoch > max(3, plan.patience * plan.epochs):
            task.note(f"early stop after epoch {done}: best at epoch {self.best_epoch}")
            return True
        if done and self.outcome.seconds * (done + 1) / done > plan.max_seconds:
            task.note(f"time is up after epoch {done} of {plan.last}")
            return True
        return False

    def finish(self) -> None:
        """Leave the best weights in the model."""
        self.outcome.best = self.best_epoch if self.best else 0
        weights = self.best or (self.averaged.state_dict() if self.plan.average else {})
        if weights:
            self.learning.model.load_state_dict(weights)
        self.learning.model.eval()

    def _save(self) -> None:
        if self.plan.checkpoint is None or self.peers.place:
            return
        tensors = {f"model.{n}": t for n, t in self.learning.model.state_dict().items()}
        tensors |= {f"averaged.{n}": t for n, t in self.averaged.state_dict().items()}
        tensors |= {f"best.{n}": t for n, t in self.best.items()}
        tensors |= disk.optimizer_tensors(self.optimizer)
        facts: dict[str, float | str] = {
            "key": self.plan.key, "epochs": self.outcome.epochs, "score": self.outcome.score, "best": self.best_epoch,
            "seconds": self.outcome.seconds, "loss": self.outcome.loss,
        }  # fmt: skip
        disk.save(self.plan.checkpoint, disk.Checkpoint(tensors, facts))

    def resume(self) -> bool:
        """Take up an earlier part of the same training; False when there is none."""
        found = None if self.plan.checkpoint is None else disk.load(self.plan.checkpoint, self.plan.key)
        if found is None:
            return False
        self.learning.model.load_state_dict(_under("model.", found))
        self.averaged.load_state_dict(_under("averaged.", found))
        self.best = _under("best.", found)
        disk.restore_optimizer(self.optimizer, found.tensors)
        facts = {name: float(value) for name, value in found.facts.items() if name != "key"}
        self.outcome = Outcome(int(facts["epochs"]), facts["loss"], facts["score"], facts["seconds"])
        self.best_epoch = int(facts["best"])
        self.stage = self.learning.stage((self.outcome.epochs - 1) / self.plan.epochs)
        return True


def rate(step: int, steps: int, warm_up: float) -> float:
    """Share of the learning rate at a step: a straight way up, then half a cosine down to zero."""
    rise = max(1, round(steps * warm_up))
    if step < rise:
        return (step + 1) / rise
    return 0.5 + 0.5 * math.cos(math.pi * min(1.0, (step - rise) / max(1, steps - rise)))


def _optimizer(model: nn.Module, plan: Plan) -> torch.optim.Optimizer:
    wide = [p for p in model.parameters() if p.ndim > 1]
    narrow = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": wide, "weight_decay": plan.weight_decay}, {"params": narrow, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=plan.learning_rate, betas=plan.betas, fused=True)


@torch.no_grad()
def _average(averaged: nn.Module, model: nn.Module, keep: float) -> None:
    """Exponential average of weights and of running statistics."""
    ours = [*averaged.parameters(), *averaged.buffers()]
    theirs = [*model.parameters(), *model.buffers()]
    smooth = [(a, b) for a, b in zip(ours, theirs, strict=True) if a.is_floating_point()]
    torch._foreach_lerp_([a for a, _ in smooth], [b for _, b in smooth], 1 - keep)
    for a, b in zip(ours, theirs, strict=True):
        if not a.is_floating_point():
            a.copy_(b)


def _under(prefix: str, found: disk.Checkpoint) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): t for name, t in found.tensors.items() if name.startswith(prefix)}
