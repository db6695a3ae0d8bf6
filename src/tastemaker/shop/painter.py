"""The generator of a shop, and what it takes to ask it: whose words it reads, tastes, how far real items lie apart.

    tastemaker fit shop/ --parts generators

Learning to draw takes the better part of an hour, so a plain ``fit`` leaves it out, and a generator stays when the rest
is fitted again. Its words and pictures are vectors of the space that it learned with: once that space is another one,
it draws from attributes and tastes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tastemaker.alignment.space import Space
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.workspace import Workspace
from tastemaker.core import registry
from tastemaker.core.errors import ConfigError, WorkspaceError
from tastemaker.core.progress import Observer
from tastemaker.core.seeds import generator as chance
from tastemaker.core.storage import Artefact, Artefacts
from tastemaker.core.types import Floats, Ints
from tastemaker.encoders.behaviour import taste_vectors
from tastemaker.encoders.frames import Frames
from tastemaker.generators.base import Generator, GeneratorConfig
from tastemaker.generators.material import Material

NAME = "diffusion-conditional"
"""The generator of a shop that names none."""
COARSE = 4
"""Pictures are compared at a fourth of their sides, where a pixel's place does not matter."""
SAME = 1e-6
"""Mean square under which two pictures are one."""
MOST = 2_000
"""Pictures that are compared with each other, to see how far apart real items lie."""


@dataclass(frozen=True)
class Painter:
    """A fitted generator and what goes with it.

    Attributes:
        generator: draws.
        space: name of the artefact of the space that it learned with; "" for none.
        apart: how far, as the root of a mean square, a real picture usually is from its nearest neighbour.
        tastes: taste vector of every item there was; zero where nobody chose it.

    Shapes: tastes (rows, dim).
    """

    generator: Generator[GeneratorConfig]
    space: str
    apart: float
    tastes: Floats

    @property
    def frame(self) -> tuple[int, int]:
        """Height and width of what it draws."""
        return self.generator.layout.shape

    def taste(self, rows: Ints) -> Floats | None:
        """The taste of somebody who liked some items; None when it is not known. Shapes: rows (n,) -> (dim,)."""
        known = rows[rows < len(self.tastes)]
        total = self.tastes[known].sum(0)
        length = float(np.linalg.norm(total))
        return total / length if length else None


def new_generator(workspace: Workspace) -> Generator[GeneratorConfig]:
    """An unfitted generator as ``[imagine]`` of the settings wants it.

    Raises:
        UnknownName: no generator has the name.
        ConfigError: a setting is unknown or out of range, or the generator draws no pictures.
    """
    settings = dict(workspace.settings.imagine)
    name = str(settings.pop("generator", NAME))
    method = registry.find("generator", name)
    if not issubclass(method, Generator):
        raise ConfigError(f"{name!r} is not a generator", hint=f"known: {', '.join(registry.names('generator'))}")
    if "picture" not in method.modalities_out:
        raise ConfigError(f"[imagine]: {name!r} draws no pictures", hint=f'set generator = "{NAME}"')
    try:
        config = method.config_class.read(settings)
    except ConfigError as error:
        told = f"{error.hint}; `generator` names what draws" if error.hint else f"see `tastemaker methods` for {name!r}"
        raise ConfigError(f"[imagine]: {error.message}", hint=told) from error
    return method(config, checkpoint=workspace.state / "training" / "generator")


def learn(
    workspace: Workspace,
    catalog: Catalog,
    space: Space | None,
    space_name: str,
    observer: Observer,
) -> tuple[dict[str, object], dict[str, npt.NDArray[np.generic]]]:
    """Train the generator of a shop; gives what :func:`restore` reads.

    Raises:
        FitError: no item has a picture.
    """
    made = new_generator(workspace)
    material = Material.read(catalog, space, made.config.longer, made.config.attributes, observer)
    material.pictured()
    made.learn(material, observer)
    apart = _apart(material.frames[material.has["picture"]])
    config = {"generator": made.settings(), "space": space_name, "apart": apart}
    return config, {**made.tensors(), "tastes": taste_vectors(catalog.interactions)}


def forget_checkpoints(workspace: Workspace) -> None:
    """What a finished training has no use for any more, of this generator and of others that were begun before."""
    for path in (workspace.state / "training").glob("generator-*"):
        path.unlink(missing_ok=True)


def restore(artefact: Artefact) -> Painter:
    """The painter that was stored.

    Raises:
        WorkspaceError: the artefact is damaged, or holds no generator. What another version has written fails in ways
            of its own, see ``Fitted``.
    """
    settings, tensors = artefact.settings("generator"), artefact.tensors()
    method = registry.find("generator", str(settings["name"]))
    if not issubclass(method, Generator):
        raise WorkspaceError(f"{settings['name']!r} is not a generator", hint="fit the generators again")
    tastes = np.asarray(tensors.pop("tastes"), np.float32)
    made = method.restore(settings, tensors)
    return Painter(made, str(artefact.config["space"]), float(str(artefact.config["apart"])), tastes)


def write(
    artefacts: Artefacts,
    learned: tuple[Mapping[str, object], Mapping[str, npt.NDArray[np.generic]]],
    manifest: Mapping[str, object],
) -> Artefact:
    """Store what :func:`learn` gave."""
    config, tensors = learned
    return artefacts.write("generators", config=config, tensors=tensors, manifest=manifest)


def distances(picture: Frames, others: Frames) -> Floats:
    """How far one picture is from others: the root of the mean square of coarse pixels, 0 to 1.

    Shapes: picture (h, w, 3), others (n, h, w, 3) -> (n,).
    """
    return np.asarray(np.sqrt(np.square(_coarse(others) - _coarse(picture[None])).mean(1)), np.float32)


def _apart(frames: Frames) -> float:
    """The median distance of a picture from its nearest other picture; items that share one are no neighbours."""
    if len(frames) < 2:
        return 0.0
    some = _coarse(frames[chance(0, "apart").permutation(len(frames))[:MOST]])
    square = np.square(some).sum(1)
    gaps = np.maximum(square[:, None] + square[None] - 2 * some @ some.T, 0) / some.shape[1]
    nearest = np.where(gaps > SAME, gaps, np.inf).min(1)
    nearest = nearest[np.isfinite(nearest)]
    return float(np.sqrt(np.median(nearest))) if len(nearest) else 0.0


def _coarse(frames: Frames) -> Floats:
    """Shapes: (n, h, w, 3) -> (n, h / COARSE * w / COARSE * 3), 0 to 1."""
    n, height, width, _ = frames.shape
    blocks = frames.reshape(n, height // COARSE, COARSE, width // COARSE, COARSE, 3).astype(np.float32)
    return np.asarray(blocks.mean((2, 4)).reshape(n, -1) / 255, np.float32)
