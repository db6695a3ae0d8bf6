"""The shop's own picture engine: what it learns from is the shop's, how it learns the studio's.

    tastemaker fit shop/ --parts studio

Like learning to draw it takes the better part of an hour, so a plain ``fit`` leaves it out, and the engine stays when
the rest is fitted again.
"""

import hashlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.decoding import decode
from tastemaker.catalog.workspace import Workspace
from tastemaker.core.errors import ConfigError
from tastemaker.core.progress import Observer
from tastemaker.core.storage import Artefact, Artefacts
from tastemaker.studio.cutout import Pixels
from tastemaker.studio.kinds import stance_of, worn_as
from tastemaker.studio.own.composing import Product, Scene, drawn_scene, given_scene, sources
from tastemaker.studio.own.crops import TASKS
from tastemaker.studio.own.lessons import gathered
from tastemaker.studio.own.model import OwnModel
from tastemaker.studio.own.settings import OwnConfig
from tastemaker.studio.request import Task

PHOTOS = (".jpg", ".jpeg", ".png", ".webp")


def learn(workspace: Workspace, catalog: Catalog, observer: Observer) -> OwnModel:
    """Train the engine of a shop; what was cut goes on where it stopped.

    Raises:
        FitError: there is nothing to learn from.
        ConfigError: a setting of ``[studio.own]`` is unknown or out of range, or the folder of contexts holds no photo.
    """
    config = OwnConfig.read(workspace.settings.studio.get("own", {}))
    photos = _photos(workspace, config)
    products = {task: _products(catalog, task) for task in TASKS}
    scenes = {task: _scene(task, photos) for task in TASKS}
    key = _key([each.id for task in TASKS for each in products[task]], photos)
    folder = _folder(workspace)
    lessons = gathered(sources(config, products, scenes, key), folder / "lessons", observer)
    return OwnModel.new(config).learn(lessons, folder / "own", observer)


def write(artefacts: Artefacts, model: OwnModel, manifest: dict[str, object]) -> Artefact:
    """Store what was learned; its scores stand in the manifest."""
    settings = model.settings()
    told = {**manifest, "seed": model.config.seed, "held": settings["held"]}
    return artefacts.write("studio", config=settings, tensors=model.tensors(), manifest=told)


def forget_lessons(workspace: Workspace) -> None:
    """Lessons are only kept until something has learned from them."""
    shutil.rmtree(_folder(workspace) / "lessons", ignore_errors=True)


def _folder(workspace: Workspace) -> Path:
    return workspace.state / "training" / "studio"


def _products(catalog: Catalog, task: Task) -> list[Product]:
    """Items that are worn, or that stand, lie or hang somewhere, and have a picture."""
    found = []
    for row in np.flatnonzero(catalog.alive).tolist():
        item, name = catalog.item(row), catalog.main_picture(row)
        fits = worn_as(item) if task == "try_on" else stance_of(item)
        if name and fits:
            found.append(Product(f"{item.id}", _opening(catalog, name)))
    return found


def _opening(catalog: Catalog, name: str) -> Callable[[], Pixels]:
    return lambda: np.asarray(catalog.pictures.open(name), np.uint8)


def _photos(workspace: Workspace, config: OwnConfig) -> list[Path]:
    """Photos of people and rooms that the shop has put beside its catalog.

    Raises:
        ConfigError: the folder holds none.
    """
    if not config.contexts:
        return []
    folder = workspace.root / config.contexts
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in PHOTOS) if folder.is_dir() else []
    if not found:
        raise ConfigError(f"contexts = {config.contexts!r} holds no photo", hint="put JPEG or PNG files into it")
    return found


def _scene(task: Task, photos: Sequence[Path]) -> Scene:
    return given_scene([_reading(path) for path in photos]) if photos else drawn_scene(task)


def _reading(path: Path) -> Callable[[], Pixels]:
    return lambda: np.asarray(decode(path.read_bytes(), path.name).convert("RGB"), np.uint8)


def _key(ids: Sequence[str], photos: Sequence[Path]) -> str:
    """Of products and scenes: other ones give other lessons."""
    told = [*ids, *(f"{path.name} {path.stat().st_size}" for path in photos)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
