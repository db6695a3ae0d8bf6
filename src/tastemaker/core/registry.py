"""Methods by name. Built-in methods and plug-ins register alike: as entry points of the installed package.

    [project.entry-points."tastemaker.recommenders"]
    ease = "tastemaker.recommenders.ease:Ease"

A registered class tells ``methods`` where it comes from by its class attributes ``figure`` (of the survey, or "-")
and ``source`` (paper and equation).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Literal, Protocol

from tastemaker.core.errors import MissingExtra, TastemakerError, UnknownName

Kind = Literal["encoder", "recommender", "generator", "importer", "llm", "engine"]
KINDS: tuple[Kind, ...] = ("encoder", "recommender", "generator", "importer", "llm", "engine")


class Method(Protocol):
    """What a registered class must say of itself."""

    figure: str
    source: str


@dataclass(frozen=True)
class MethodCard:
    """One row of ``methods``."""

    kind: Kind
    name: str
    figure: str
    source: str


@cache
def _points(kind: Kind) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=f"tastemaker.{kind}s")}


def names(kind: Kind) -> list[str]:
    """Names of all methods of a kind, sorted."""
    return sorted(_points(kind))


def find(kind: Kind, name: str) -> type[Method]:
    """The class registered under a name.

    Raises:
        UnknownName: nothing is registered under the name; lists the nearest ones.
        MissingExtra: the method needs a package that is not installed.
        TastemakerError: the module that it is registered with is not there.
    """
    points = _points(kind)
    if name not in points:
        raise UnknownName(kind, name, names(kind))
    try:
        loaded: type[Method] = points[name].load()
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("tastemaker"):
            hint = "install the package again: it is registered, but a part of it is not there"
            raise TastemakerError(f"{kind} {name!r} cannot be loaded: {error}", hint=hint) from error
        raise MissingExtra(error.name) from error
    return loaded


def cards() -> Iterator[MethodCard]:
    """Every registered method, by kind and name."""
    for kind in KINDS:
        for name in names(kind):
            method = find(kind, name)
            yield MethodCard(kind, name, method.figure, method.source)
