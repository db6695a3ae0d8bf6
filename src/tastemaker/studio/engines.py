"""Engines of the picture verbs, by name, and the router that picks those that may and can answer a request.

An engine is one class in one file and one line among the entry points:

    [project.entry-points."tastemaker.engines"]
    compositor = "tastemaker.studio.compositor:Compositor"

It says what it can do, under which licence, and what memory it takes; ``propose`` gives candidates, one a seed. The
rest - what is outside the mask, fidelity, another seed, refusal, provenance - is done for all of them in one place.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from tastemaker.core import registry
from tastemaker.core.errors import InputError
from tastemaker.core.memory import free_mb
from tastemaker.core.progress import Observer, silent
from tastemaker.studio.request import Candidate, Task, VisualRequest


class Refusal(Exception):
    """An engine cannot show this without embarrassing the shop; its text is the sentence that says why."""


class Engine(ABC):
    """One way of showing a product.

    Attributes:
        name: as registered.
        tasks: what it can do.
        licence: of its code and weights, as an SPDX name where there is one.
        commercial: does the licence allow commercial use?
        memory_mb: what it needs at most.
        rank: of those that can answer, the highest is asked.
        figure: of the survey, or "-".
        source: paper and equation.
    """

    name: ClassVar[str]
    tasks: ClassVar[frozenset[Task]]
    licence: ClassVar[str]
    commercial: ClassVar[bool] = True
    memory_mb: ClassVar[int]
    rank: ClassVar[int] = 0
    figure: ClassVar[str] = "-"
    source: ClassVar[str]

    @abstractmethod
    def propose(self, request: VisualRequest, seed: int, observer: Observer = silent) -> Candidate:
        """One candidate.

        Args:
            request: what is to be shown.
            seed: another one gives another candidate.
            observer: hears of progress; raises ``Cancelled`` to stop.

        Raises:
            Refusal: nothing can be shown, whatever the seed.
        """


def route(request: VisualRequest, only: str | None = None) -> list[Engine]:
    """Engines that may and can answer, best first.

    Args:
        request: what is asked.
        only: name of the one that must answer.

    Raises:
        UnknownName: there is no such engine.
        InputError: none may answer: because of the licence, or the memory.
    """
    found: list[Engine] = []
    why: list[str] = []
    for name in [only] if only else registry.names("engine"):
        engine = registry.find("engine", name)
        if not issubclass(engine, Engine) or request.task not in engine.tasks:
            why.append(f"{name} cannot do that")
        elif request.commercial and not engine.commercial:
            why.append(f"{name} is under {engine.licence}, which forbids commercial use")
        elif engine.memory_mb > free_mb():
            why.append(f"{name} needs {engine.memory_mb} MB of memory")
        else:
            found.append(engine())
    if not found:
        raise InputError(
            f"no engine can do {request.task}: {'; '.join(why)}", hint="`tastemaker methods` lists engines"
        )
    return sorted(found, key=lambda engine: -engine.rank)


def names_of(engines: Sequence[Engine]) -> str:
    """Engines in words."""
    return ", ".join(engine.name for engine in engines)
