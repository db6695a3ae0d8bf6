"""A search for settings on the validation part: chance draws them, halving gives the better ones more time.

Many settings are tried for a short while; the better third goes on with three times as much, and so on, until one is
left. Only the train side of a protocol is read: nothing here can open the test part. Source: Jamieson and Talwalkar,
Non-stochastic best arm identification and hyperparameter optimization, AISTATS 2016, alg. 1 (successive halving).
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Generic, TypeVar

import numpy as np

from tastemaker.alignment.space import ItemVectors
from tastemaker.core.config import Config
from tastemaker.core.errors import ConfigError, FitError, InputError
from tastemaker.core.progress import Observer, silent, track
from tastemaker.core.seeds import generator
from tastemaker.evaluation.curves import Watch
from tastemaker.evaluation.ledger import configuration_hash
from tastemaker.evaluation.protocols import Protocol
from tastemaker.recommenders.base import Recommender

C = TypeVar("C", bound=Config)
Options = Mapping[str, Sequence[object]]
"""Field of a config -> values to try."""
KEEP = 3
RESOURCE = "epochs"


@dataclass(frozen=True)
class Trial(Generic[C]):
    """One setting, tried once.

    Attributes:
        config: what was tried.
        epochs: how long it was trained; None for a method without epochs.
        gain: NDCG of the first 20 places on the validation part; ``-inf`` where it could not be fitted.
        seconds: wall time.
    """

    config: C
    epochs: int | None
    gain: float
    seconds: float


@dataclass(frozen=True)
class Tuned(Generic[C]):
    """What was found.

    Attributes:
        config: the chosen settings, with the epochs of the config that the search began with.
        trials: everything that was tried, in that order.
    """

    config: C
    trials: tuple[Trial[C], ...]


AROUND = ("dim", "learning_rate", "weight_decay", "temperature", "dropout")
"""Fields that matter to most trained methods, under the names they have everywhere."""


def around(config: Config) -> dict[str, list[object]]:
    """Values a step below and above those of a config, for the fields of :data:`AROUND` that it has."""
    found: dict[str, list[object]] = {}
    for name in AROUND:
        value = getattr(config, name, None)
        if isinstance(value, bool) or not isinstance(value, int | float) or not value:
            continue
        near = [value // 2, value, value * 2] if isinstance(value, int) else [value / 3, value, value * 3]
        found[name] = [one for one in near if _allowed(config, name, one)]
    return found


def _allowed(config: Config, name: str, value: object) -> bool:
    try:
        type(config).read({**config.model_dump(), name: value})
    except ConfigError:
        return False
    return True


def tune(
    method: type[Recommender[C]],
    options: Options,
    protocol: Protocol,
    vectors: ItemVectors | None,
    *,
    start: C | None = None,
    trials: int = 9,
    seed: int = 0,
    observer: Observer = silent,
) -> Tuned[C]:
    """Search the settings of a method.

    Args:
        method: what is tuned.
        options: values of each field; all combinations where they are few, else a draw of them.
        protocol: its train part and its validation part are read.
        vectors: of the items; None without a space.
        start: the other settings, and the first of those that are tried; the defaults when None.
        trials: settings that are tried in the first round.
        seed: draws them.
        observer: gets one task; may stop the search.

    Raises:
        InputError: an option is no field of the config, or a value is out of its range.
        FitError: there is no validation part, or not one setting could be fitted.
    """
    if protocol.validation is None:
        raise FitError("there is no validation part to choose settings on", hint="more events, or another split")
    first = start if start is not None else method().config
    drawn = _drawn(first, options, trials, seed)
    done, best = _halved(method, drawn, protocol, vectors, observer)
    if not np.isfinite(max(trial.gain for trial in done)):
        raise FitError(f"not one setting of {method.__name__} could be fitted")
    return Tuned(best, tuple(done))


def _halved(
    method: type[Recommender[C]],
    drawn: list[C],
    protocol: Protocol,
    vectors: ItemVectors | None,
    observer: Observer,
) -> tuple[list[Trial[C]], C]:
    """All trials, and the config that was first in the last round."""
    rounds = _rounds(drawn[0], len(drawn))
    done: list[Trial[C]] = []
    with track(observer, f"tune {method.__name__}", sum(count for count, _ in rounds)) as task:
        for count, epochs in rounds:
            tried = []
            for config in drawn[:count]:
                tried.append(_try(method, config, epochs, protocol, vectors, observer))
                task.advance(1, {"validation": tried[-1].gain})
            done += tried
            best = sorted(range(len(tried)), key=lambda at: -tried[at].gain)  # stable: the earlier wins a tie
            drawn = [drawn[at] for at in best]
    return done, drawn[0]


def _drawn(first: C, options: Options, trials: int, seed: int) -> list[C]:
    """The first config, and others drawn from all combinations. Each stands once.

    Raises:
        InputError: a field is unknown or a value out of range; also no trial.
    """
    if trials < 1:
        raise InputError(f"trials is {trials!r}; it must be 1 or more")
    combinations = list(product(*options.values()))
    order = generator(seed, "tuning").permutation(len(combinations))
    found = {configuration_hash(first): first}
    for at in order.tolist():
        if len(found) >= trials:
            break
        values = {**first.model_dump(), **dict(zip(options, combinations[at], strict=True))}
        config = type(first).read(values)
        found.setdefault(configuration_hash(config), config)
    return list(found.values())


def _rounds(config: Config, count: int) -> list[tuple[int, int | None]]:
    """How many settings each round tries, and for how many epochs; one round for a method without epochs."""
    whole = getattr(config, RESOURCE, None)
    if not isinstance(whole, int):
        return [(count, None)]
    counts = [count]
    while counts[-1] > 1:
        counts.append(-(-counts[-1] // KEEP))
    return [(n, max(1, whole // KEEP ** (len(counts) - 1 - place))) for place, n in enumerate(counts)]


def _try(
    method: type[Recommender[C]],
    config: C,
    epochs: int | None,
    protocol: Protocol,
    vectors: ItemVectors | None,
    observer: Observer,
) -> Trial[C]:
    """Fit on the train part, and see how well the validation part is ranked."""
    begun = time.perf_counter()
    short = config if epochs is None else config.model_copy(update={RESOURCE: epochs})
    rows = np.flatnonzero(protocol.train.alive)
    gain = float("-inf")
    try:
        made = method(short).fit(
            protocol.train, vectors, Watch(f"one {method.__name__}", observer), protocol.validation
        )
        if protocol.validation is not None:
            gain = protocol.validation.gain(made.score, rows)
    except FitError:
        pass
    return Trial(config, epochs, gain, time.perf_counter() - begun)
