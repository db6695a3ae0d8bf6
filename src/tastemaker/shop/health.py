"""``doctor``: versions, broken installs, integrity of the database and of what was fitted, disk, advice."""

import platform
import shutil
from importlib.metadata import PackageNotFoundError, version

from tastemaker.catalog.store import Store
from tastemaker.catalog.workspace import Workspace
from tastemaker.core.storage import Artefacts
from tastemaker.shop.rules import Rules

PACKAGES = ("tastemaker", "torch", "transformers", "sentence-transformers", "peft", "numpy", "scipy", "polars",
            "pillow", "fastapi", "nicegui", "pydantic", "torchvision")  # fmt: skip
LOW_DISK = 1 << 30


def doctor(workspace: Workspace, store: Store, artefacts: Artefacts) -> dict[str, object]:
    """Everything that tells whether a workspace and its installation are sound.

    Returns:
        ``versions``, ``database`` ("ok" or what is wrong), ``artefacts`` (part -> does it match its hash),
        ``disk_free`` in bytes, ``advice`` (one line each, empty when all is well).
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
    advice += [f"{part} does not match its hash: run `tastemaker fit`" for part, ok in intact.items() if not ok]
    if not intact:
        advice.append("nothing is fitted yet: run `tastemaker fit`")
    problem = Rules(workspace.rules_file).now()[1]
    if problem:
        advice.append(problem)
    if free < LOW_DISK:
        advice.append(f"only {free / (1 << 20):,.0f} MB of disk are free")
    return {
        "python": platform.python_version(),
        "versions": versions,
        "database": database,
        "artefacts": intact,
        "disk_free": free,
        "advice": advice,
    }


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
