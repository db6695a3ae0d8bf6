"""Methods one after another: fitted, judged, let go. What cannot be fitted is named; a stop keeps what is done."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tastemaker.core.errors import Cancelled, FitError, MissingExtra
from tastemaker.core.memory import peak_mb
from tastemaker.core.progress import Noted, Observer, silent, track
from tastemaker.evaluation.curves import Watch
from tastemaker.evaluation.figures import Cost
from tastemaker.evaluation.judge import Judge
from tastemaker.evaluation.rankers import Ranker
from tastemaker.evaluation.report import Report


@dataclass(frozen=True)
class Entrant:
    """A method that is to be judged.

    Attributes:
        name: of its rows.
        fit: trains it, once for each seed, and gives one ranker a training; reports to the observer it is given.
        trained: False for what is ready as it is: it has no seconds of training.
    """

    name: str
    fit: Callable[[Observer], Sequence[Ranker]]
    trained: bool = True


@dataclass(frozen=True)
class Meter:
    """What a training's costs are read from.

    Attributes:
        clock: seconds since some moment.
        memory: most memory held so far, in MB.
    """

    clock: Callable[[], float] = time.perf_counter
    memory: Callable[[], float] = peak_mb


METER = Meter()


def contest(
    entrants: Sequence[Entrant],
    judge: Callable[[], Judge],
    *,
    first: Sequence[str] = (),
    said: Mapping[str, object] | None = None,
    observer: Observer = silent,
    meter: Meter = METER,
) -> Report:
    """Fit and judge every method.

    Args:
        entrants: in the order in which they are worked on.
        judge: makes the judge; called once, when the first method is fitted. Whoever holds a sealed test part opens it
            there and not before.
        first: names of methods to stand first in the table.
        said: more for the protocol.
        observer: gets one task a method; may stop the work.
        meter: measures what each training takes.

    Returns:
        The table of every method that was finished. Its protocol names those left out, and where it was stopped.

    Raises:
        Cancelled: the observer asked to stop before the first method was finished.
        FitError: not one method could be fitted.
    """
    judges, left, cut = _through(entrants, judge, observer, meter)
    if not judges:
        names = "; ".join(f"{name}: {why}" for name, why in left.items())
        raise FitError("not one method could be fitted", hint=names)
    more = {"left_out": left} if left else {}
    return judges[0].report({**(said or {}), **more, **({"cut_short": cut} if cut else {})}, order=first)


def _through(
    entrants: Sequence[Entrant], judge: Callable[[], Judge], observer: Observer, meter: Meter
) -> tuple[list[Judge], dict[str, str], str]:
    """The judge, once a method was fitted; why others were left out; and where it was stopped."""
    opened: list[Judge] = []
    left: dict[str, str] = {}
    cut = ""
    for entrant in entrants:
        try:
            fitted, cost, watch = _fitted(entrant, observer, meter)
            if not opened:
                opened.append(judge())
            opened[0].add(entrant.name, fitted, observer, cost=cost, curves=watch.curves)
        except (FitError, MissingExtra) as error:
            left[entrant.name] = error.message
            _note(observer, f"{entrant.name} is left out: {error.message}")
        except Cancelled:
            if not opened or not opened[0].runs:
                raise
            cut = f"stopped in {entrant.name}; {len(opened[0].runs)} of {len(entrants)} methods are in the table"
            break
    return opened, left, cut


def _fitted(entrant: Entrant, observer: Observer, meter: Meter) -> tuple[Sequence[Ranker], Cost, Watch]:
    """Train one method, and see what it takes."""
    watch = Watch(f"fit {entrant.name}", observer)
    if not entrant.trained:
        return entrant.fit(watch), Cost(), watch
    held, begun = meter.memory(), meter.clock()
    with track(observer, f"fit {entrant.name}"):
        fitted = entrant.fit(watch)
        watch.close()
    seconds = (meter.clock() - begun) / max(1, len(fitted))
    return fitted, Cost(fit_seconds=seconds, memory_mb=meter.memory() - held, seeds=len(fitted)), watch


def _note(observer: Observer, message: str) -> None:
    """Say something; a wish to stop that comes with it waits for the next report."""
    try:
        observer(Noted("evaluate", message))
    except Cancelled:
        return
