"""What the benchmarks of drawings share: trained generators, the judge, drawing many.

Generators are kept under ``build/benchmarks/generators/NAME``, the judge under ``build/benchmarks/drawn-judge``.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch

import rows
from common import BUILD, Lines, Stopwatch, seeded
from materials import fashion_material
from tastemaker.core.registry import find
from tastemaker.core.storage import Artefact, Artefacts
from tastemaker.encoders.frames import Frames
from tastemaker.evaluation.drawn_judge import AttributeJudge, JudgeConfig
from tastemaker.generators.base import Condition, Drawn, Generator, GeneratorConfig, Noise
from tastemaker.generators.diffusion.latent import OnLatents
from tastemaker.generators.material import Material

CHUNK = 50
"""Drawings made at once."""
SHARED = "diffusion-conditional"
"""Whose autoencoder the other diffusions on latents use."""


def stored(name: str, seed: int) -> Artefact | None:
    """The generator that was trained before."""
    folder = BUILD / "generators" / seeded(name, seed)
    return Artefacts(folder).published().get("generator") if folder.exists() else None


def learn(name: str, seed: int) -> dict[str, object]:
    """Train a generator with its own defaults, and keep it; what it may cost is counted in processor minutes.

    The diffusions on latents share one autoencoder: that of :data:`SHARED`, once it is trained.
    """
    method, folder = method_of(name), BUILD / "generators" / seeded(name, seed)
    watch, material = Stopwatch(), fashion_material()
    config, checkpoint = method.config_class.read({"seed": seed, "max_minutes": 600.0}), folder / "checkpoint"
    if name != SHARED and issubclass(method, OnLatents) and stored(SHARED, seed) is not None:
        trained = generator(SHARED, seed)
        made: Generator[GeneratorConfig] = method(config, checkpoint=checkpoint, autoencoder=trained.autoencoder)  # type: ignore[attr-defined]
    else:
        made = method(config, checkpoint=checkpoint)
    made.learn(material, Lines())
    cost: dict[str, object] = {"processor_minutes": round(watch.processor / 60, 2), "peak_mb": rows.peak_mb()}
    kept = Artefacts(folder)
    artefact = kept.write("generator", config=made.settings(), tensors=made.tensors(), manifest=cost)
    kept.publish({"generator": artefact})
    return cost


def judge(
    name: str = "drawn-judge", material: Callable[[], Material] = fashion_material, config: JudgeConfig | None = None
) -> AttributeJudge:
    """A judge, trained at the first call; of fashion by default."""
    kept = Artefacts(BUILD / name)
    found = kept.published().get("judge")
    if found is not None:
        return AttributeJudge.restore(found.config, found.tensors())
    watch = Stopwatch()
    made = AttributeJudge(config, checkpoint=BUILD / f"{name}.checkpoint").learn(material(), Lines())
    cost = {"processor_minutes": round(watch.processor / 60, 2)}
    kept.publish({"judge": kept.write("judge", config=made.settings(), tensors=made.tensors(), manifest=cost)})
    return made


def judge_name() -> str:
    """Which judge was trained."""
    return Artefacts(BUILD / "drawn-judge").published()["judge"].name


def method_of(name: str) -> type[Generator[GeneratorConfig]]:
    """The class of a registered generator."""
    method: type[object] = find("generator", name)
    if not issubclass(method, Generator):
        raise TypeError(method)
    return method


def generator(name: str, seed: int) -> Generator[GeneratorConfig]:
    """The trained one."""
    kept = stored(name, seed)
    if kept is None:
        raise RuntimeError(f"{name} is not trained")
    return method_of(name).restore(kept.config, kept.tensors())


def drawn(made: Generator[GeneratorConfig], asked: Sequence[Condition], seed: int) -> list[Drawn]:
    """One drawing a condition, some at a time."""
    found: list[Drawn] = []
    with torch.inference_mode():
        for low in range(0, len(asked), CHUNK):
            some = asked[low : low + CHUNK]
            found += made.draw(some, Noise(seed, range(low, low + len(some))))
    return found


def frames_of(found: Sequence[Drawn]) -> Frames:
    """Their pictures."""
    pictures = [one.picture for one in found if one.picture is not None]
    return np.stack(pictures) if pictures else np.zeros((0, 0, 0, 3), np.uint8)
