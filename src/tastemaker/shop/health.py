"""``doctor``: versions, broken installs, integrity of the database and of what was fitted, engines, disk, advice."""

import platform
import shutil
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from tastemaker.catalog.store import Store
from tastemaker.catalog.workspace import Workspace
from tastemaker.core import registry
from tastemaker.core.errors import TastemakerError, WorkspaceError
from tastemaker.core.storage import DERIVED, Artefacts
from tastemaker.scale.cluster import lacking
from tastemaker.shop import indexing
from tastemaker.shop.language_model import trouble
from tastemaker.shop.rules import Rules

if TYPE_CHECKING:
    from tastemaker.studio.engines import Means

PACKAGES = ("tastemaker", "torch", "transformers", "sentence-transformers", "peft", "diffusers", "c2pa-python", "numpy",
            "scipy", "polars", "pillow", "fastapi", "nicegui", "pydantic", "ray", "pylance", "torchvision")  # fmt: skip
LOW_DISK = 1 << 30


def doctor(workspace: Workspace, store: Store, artefacts: Artefacts, means: Callable[[], "Means"]) -> dict[str, object]:
    """Everything that tells whether a workspace and its installation are sound.

    Returns:
        ``versions``, ``database`` ("ok" or what is wrong), ``artefacts`` (part -> does it match its hash), ``index``
        (how the nearest items are found, and which share of them, measured against exact search), ``engines`` (of
        try-on and placement: what each lacks, its licence and memory), ``scale`` (what ``embed`` lacks; "" for
        nothing), ``disk_free`` in bytes, ``advice`` (one line each, empty when all is well).
    """
    versions = _versions()
    database = store.integrity()
    intact = artefacts.verify()
    free = shutil.disk_usage(workspace.root).free
    advice = []
    if "torchvision" in versions:
        advice.append(
            "torchvision is installed and often breaks transformers beside a CPU torch: pip uninstall torchvision"
        )
    if database != "ok":
        advice.append("the database is damaged: restore it from a copy, or move it away to read the input files again")
    advice += [f"{part} does not match its hash: {_mended(part)}" for part, ok in intact.items() if not ok]
    if artefacts.trouble:
        advice.append(artefacts.trouble)
    elif not intact:
        advice.append("nothing is fitted yet: run `tastemaker fit`")
    advice += [problem for problem in (Rules(workspace.rules_file).now()[1], trouble(workspace, intact)) if problem]
    engines, wrong = _engines(means)
    advice += wrong
    if free < LOW_DISK:
        advice.append(f"only {free / (1 << 20):,.0f} MB of disk are free")
    return {
        "python": platform.python_version(),
        "versions": versions,
        "database": database,
        "artefacts": intact,
        "index": _index(artefacts),
        "engines": engines,
        "scale": lacking(),
        "disk_free": free,
        "advice": advice,
    }


def _index(artefacts: Artefacts) -> dict[str, object]:
    """How the nearest items are found, or why nobody can tell."""
    try:
        return indexing.report(artefacts)
    except WorkspaceError as error:
        return {"method": "unknown", "trouble": error.message}


def _mended(part: str) -> str:
    """What to do about a damaged part."""
    if part in DERIVED:
        return f"answers are exact until a server has made it anew, or `tastemaker fit --parts {part}`"
    return "run `tastemaker fit`"


def _engines(means: Callable[[], "Means"]) -> tuple[dict[str, dict[str, object]], list[str]]:
    """Engines of the studio by name, and what is wrong with those that somebody has set up."""
    from tastemaker.studio.engines import Engine

    told: dict[str, dict[str, object]] = {}
    wrong = []
    try:
        given = means()
        for name in registry.names("engine"):
            kind = registry.find("engine", name)
            if not issubclass(kind, Engine):
                continue
            engine = kind(given)
            told[name] = {
                "lacks": engine.lacks(),
                "model": engine.model,
                "licence": engine.licence,
                "commercial": engine.commercial,
                "memory_mb": engine.memory_mb,
            }
            if engine.lacks() and name in given.settings:
                wrong.append(f"engine {name} {engine.lacks()}")
    except TastemakerError as error:
        wrong.append(f"{error.message}: {error.hint}" if error.hint else error.message)
    return told, wrong


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
