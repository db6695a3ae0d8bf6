"""Engines of the picture verbs, by name, and the router that picks those that may and can answer a request.

An engine is one class in one file and one line among the entry points:

    [project.entry-points."tastemaker.engines"]
    compositor = "tastemaker.studio.compositor:Compositor"

It says what it can do, under which licence, and what memory it takes; ``propose`` gives candidates, one a seed. The
rest - what is outside the mask, fidelity, another seed, refusal, provenance - is done for all of them in one place.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from tastemaker.core import registry
from tastemaker.core.errors import InputError
from tastemaker.core.memory import free_mb
from tastemaker.core.progress import Observer, silent
from tastemaker.core.storage import Artefact
from tastemaker.studio.request import Candidate, Task, VisualRequest
from tastemaker.studio.signing import Signer


class Refusal(Exception):
    """An engine cannot show this without embarrassing the shop; its text is the sentence that says why."""


@dataclass(frozen=True)
class Means:
    """What a shop puts at the disposal of its engines.

    Attributes:
        root: the workspace, from which relative paths in the settings are seen; None without one.
        state: its ``.tastemaker``, where lies what was learned.
        settings: ``[studio.NAME]`` of ``tastemaker.toml``, by the engine's name.
        learned: what `fit` has stored, by the engine's name.
        signer: signs what is shown, whichever engine it comes from; None when the shop has no certificate.
    """

    root: Path | None = None
    state: Path | None = None
    settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    learned: Mapping[str, Artefact] = field(default_factory=dict)
    signer: Signer | None = None


NO_MEANS = Means()
"""Of who has no workspace."""


class Engine(ABC):
    """One way of showing a product.

    Attributes:
        name: as registered.
        tasks: what it can do.
        licence: of its code and weights, as an SPDX name where there is one.
        commercial: does the licence allow commercial use?
        memory_mb: what it needs at most.
        model: which weights it has, in words; "" when it has none.
        invents: does a trained model draw? Else product and photo are only put together.
        hears: does it follow words, the ``instruction`` of a request?
        rank: of those that can answer, the highest is asked; one below 0 is asked by its name alone.
        figure: of the survey, or "-".
        source: paper and equation.
    """

    name: ClassVar[str]
    tasks: ClassVar[frozenset[Task]]
    licence: str
    commercial: bool = True
    memory_mb: int
    model: str = ""
    invents: ClassVar[bool] = True
    hears: ClassVar[bool] = False
    rank: ClassVar[int] = 0
    figure: ClassVar[str] = "-"
    source: ClassVar[str]

    def __init__(self, means: Means = NO_MEANS) -> None:
        self.means = means

    def lacks(self) -> str:
        """What it would need to answer at all, as the end of a sentence: "has no weights"; "" when it has it all."""
        return ""

    def forbids(self) -> str:
        """Why it may not be used commercially, as the end of a sentence; asked when ``commercial`` is False."""
        return f"is under {self.licence}, which forbids commercial use"

    def rank_for(self, task: Task) -> int:
        """Its rank for a task; an engine that has learned stands where it was measured to stand."""
        del task
        return self.rank

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


def route(request: VisualRequest, only: str | None = None, means: Means = NO_MEANS) -> list[Engine]:
    """Engines that may and can answer, best first.

    Args:
        request: what is asked.
        only: name of the one that must answer.
        means: what the shop puts at their disposal.

    Raises:
        UnknownName: there is no such engine.
        InputError: none may answer: because of the licence, the memory, words it does not hear, or weights that are
            not there.
    """
    found: list[Engine] = []
    why: list[str] = []
    for name in [only] if only else registry.names("engine"):
        kind = registry.find("engine", name)
        if not issubclass(kind, Engine) or request.task not in kind.tasks:
            why.append(f"{name} cannot do that")
            continue
        engine = kind(means)
        if lacking := engine.lacks():
            why.append(f"{name} {lacking}")
        elif request.instruction and not engine.hears:
            why.append(f"{name} does not follow words")
        elif request.commercial and not engine.commercial:
            why.append(f"{name} {engine.forbids()}")
        elif not only and engine.rank_for(request.task) < 0:
            why.append(f"{name} was not found to be better")
        elif engine.memory_mb > free_mb():
            why.append(f"{name} needs {engine.memory_mb} MB of memory")
        else:
            found.append(engine)
    if not found:
        raise InputError(
            f"no engine can do {request.task}: {'; '.join(why)}",
            hint="leave the instruction out, or set up [studio.pretrained]"
            if request.instruction
            else "`tastemaker methods` lists engines",
        )
    return sorted(found, key=lambda engine: -engine.rank_for(request.task))


def names_of(engines: Sequence[Engine]) -> str:
    """Engines in words."""
    return ", ".join(engine.name for engine in engines)
