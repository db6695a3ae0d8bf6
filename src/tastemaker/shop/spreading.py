"""The space, learned by several processes of a Ray cluster: each opens the shop, and learns from batches of its own."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from tastemaker.alignment.space import Space, stored
from tastemaker.catalog.loading import open_store
from tastemaker.catalog.workspace import Workspace
from tastemaker.core.errors import InputError, WorkspaceError
from tastemaker.core.storage import Artefact, Artefacts, replace_text
from tastemaker.scale.training import train_on_ray


def learn_on_ray(workspace: Workspace, workers: int) -> Space:
    """The space that the settings want, fitted.

    Args:
        workspace: under this path on every machine.
        workers: how many processes.

    Raises:
        InputError: workers is below 1.
        WorkspaceError: it failed; nothing was changed.
        MissingExtra: Ray is not installed.
    """
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise InputError(f"workers is {workers!r}; it must be a whole number, 1 or more")
    folder = workspace.state / "training" / "ray"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = folder / "made"
    train_on_ray(_learn, {"shop": str(workspace.root), "made": str(made)}, workers, folder)
    if not made.is_file():
        raise WorkspaceError("the training on Ray left nothing", hint="do all machines see the same folder?")
    space = stored(Artefact(Path(made.read_text(encoding="utf-8"))))
    shutil.rmtree(folder, ignore_errors=True)
    return space


def _learn(told: Mapping[str, str]) -> None:
    """What each process does; the first writes down what all have learned."""
    from tastemaker.nn.together import together
    from tastemaker.shop.fitted import write_space
    from tastemaker.shop.fitting import new_space

    workspace = Workspace.open(Path(told["shop"]))
    space, store = new_space(workspace), open_store(workspace)
    try:
        if space is not None:
            space.fit(store.snapshot())
    finally:
        store.close()
    if space is not None and together().place == 0:
        written = write_space(Artefacts(workspace.state), space, {})
        replace_text(Path(told["made"]), str(written.folder))
