"""Three multimodal VAEs beside the same models of ``multivae``: same movies, same coders, same steps, same optimiser.

    python -m pip install --no-deps multivae pythae cloudpickle   # the peer; without it only our rows are measured
    python benchmarks/bench_multivae.py

The data are those of ``bench_cold_vae.py``: content and behaviour of movies, 213 of which at a time lose every rating.
Product of experts is MVAE there, mixture MMVAE, mixture of products MoPoE. Both get linear coders into 64 numbers,
300 steps of 256 movies, AdamW with the same schedule and averaged weights, behaviour where there is some. *theirs* has
the noise that the package sets, one for every modality; *theirs, our noise* the standard deviations that ours has
estimated, because nobody would know them otherwise. Ours also hides modalities by chance while learning and weighs
content less, as it ships; *ours, plain* hides nothing and has no ridge, and still weighs each content by 50 / its
width. From words, labels, names and numbers of the movies nobody has
rated: behaviour (R@20 among them), and from all but the words: words (median place of the right movie), and from all
but the labels: labels (mean area under the curve). Three seeds of learning; none of the settings was chosen here.

The peer asks for torchvision and nltk, which it uses for loaders of its own data alone; empty modules stand for them in
the children that measure it. Budget: ten minutes of one core.
"""

import argparse
import importlib.util
import sys
import types
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

import movies
import rows
from bench_cold_vae import LOUD, SEED, WEIGHTS, Setting, World, area, foretold, learned, place, ranker, read
from common import show
from tastemaker.core.types import Floats, Ints
from tastemaker.evaluation.runner import evaluate
from tastemaker.nn.gaussians import Joint
from tastemaker.nn.multimodal_vae import VectorCoder
from tastemaker.nn.training import Learning, Plan, train

FOLDS, LEARNINGS = 1, (0, 1, 2)
THEIRS: Mapping[Joint, str] = {"product": "MVAE", "mixture": "MMVAE", "mixture-of-products": "MoPoE"}
CONTENT = ("words", "labels", "names", "numbers")
PLAIN = Setting(forget=0.0, hide=0.0, content=1.0, shrink=0.0)
KINDS = ("ours", "ours, plain", "theirs", "theirs, our noise")
UNUSED = ("torchvision", "torchvision.transforms", "torchvision.datasets", "torchvision.datasets.utils",
          "torchvision.utils", "torchvision.models", "nltk", "nltk.tokenize")  # fmt: skip
"""What the peer imports for its own pictures and words."""
Foretells = Mapping[str, Floats]


def measure(joint: Joint, kind: str, learning: int) -> dict[str, object]:
    """What one model makes of the movies nobody has rated, averaged over draws of them."""
    lines = []
    for question in movies.cold(movies.lacking(movies.shop(), "", 0.0), SEED, FOLDS):
        world = read(question, Setting.length)
        cold = np.asarray(question.truth.cases[0].candidates)
        told = (
            _ours(world, cold, joint, kind, learning)
            if kind.startswith("ours")
            else _theirs(world, cold, joint, learning, ours_noise=kind.endswith("noise"))
        )
        judged = {"vae": ranker(world.read @ told["behaviour"].T, cold, question)}
        report = evaluate(question.truth, question.train, judged, ks=(20,), seed=0)
        lines.append(
            {
                "behaviour R@20": float(np.mean(report.per_case["vae", "recall@20"])),
                "words: median place": place(told["words"], world.blocks["words"][cold]),
                "labels: area": area(told["labels"], world.blocks["labels"][cold]),
            }
        )
    return {name: float(np.mean([line[name] for line in lines])) for name in lines[0]}


def _ours(world: World, cold: np.ndarray, joint: Joint, kind: str, learning: int) -> Foretells:
    setting = replace(PLAIN if kind.endswith("plain") else Setting(), joint=joint)
    found = learned(world, setting, 1000 * learning)
    return {out: foretold(found, cold, _given(out), out) for out in ("behaviour", "words", "labels")}


def _given(out: str) -> Sequence[str]:
    return [name for name in CONTENT if name != out]


def _theirs(world: World, cold: np.ndarray, joint: Joint, learning: int, *, ours_noise: bool) -> Foretells:
    models, datasets, output = _peer()
    inputs = {name: torch.from_numpy(LOUD * WEIGHTS[name] ** 0.5 * world.blocks[name]) for name in CONTENT}
    inputs["behaviour"] = torch.from_numpy(world.behaviour)
    masks = {name: x.abs().sum(1) > 0 for name, x in inputs.items()}
    noise = dict.fromkeys(inputs, 1.0)
    if ours_noise:
        model, *_ = learned(world, replace(Setting(), joint=joint), 1000 * learning)
        coders = {name: model.coder(name) for name in inputs}
        noise = {name: float(coder.noise.sqrt()) for name, coder in coders.items() if isinstance(coder, VectorCoder)}
    kind = THEIRS[joint]
    torch.manual_seed(1000 * learning)
    encoders, decoders = _coders(inputs, output)
    config = getattr(models, f"{kind}Config")(
        n_modalities=len(inputs),
        latent_dim=Setting.dim,
        decoder_dist_params={n: {"scale": s} for n, s in noise.items()},
    )
    model = getattr(models, kind)(config, encoders, decoders)
    task = _Peer(model, inputs, masks, datasets.IncompleteDataset)
    train(task, Plan(epochs=Setting.steps // 50, learning_rate=Setting.rate, average=0.98, seed=1000 * learning))
    told = {}
    with torch.inference_mode():
        for out in ("behaviour", "words", "labels"):
            z = torch.zeros(len(cold), Setting.dim)
            for names, at in _alike(masks, cold, _given(out)):
                asked = datasets.IncompleteDataset(
                    {n: x[cold[at]] for n, x in inputs.items()}, {n: m[cold[at]] for n, m in masks.items()}
                )
                z[at] = model.encode(asked, cond_mod=names, return_mean=True).z
            told[out] = np.asarray(model.decoders[out](z).reconstruction.numpy(), np.float32)
    return told


def _alike(masks: Mapping[str, Tensor], asked: np.ndarray, given: Sequence[str]) -> Iterator[tuple[list[str], Ints]]:
    """Movies by which of the given modalities they have: the peer encodes only what is alike. Shapes: asked (n,)."""
    there = np.stack([masks[name].numpy()[asked] for name in given], 1)
    for kind in np.unique(there, axis=0):
        names = [name for name, has in zip(given, kind, strict=True) if has]
        if names:
            yield names, np.flatnonzero((there == kind).all(1))


def _coders(inputs: Mapping[str, Tensor], output: type) -> tuple[dict[str, nn.Module], dict[str, nn.Module]]:
    """Linear coders, as ours are, in the peer's own classes."""
    from pythae.models.nn.base_architectures import BaseDecoder, BaseEncoder

    class Encoder(BaseEncoder):  # type: ignore[misc]
        def __init__(self, width: int) -> None:
            super().__init__()
            self.latent_dim, self.layer = Setting.dim, nn.Linear(width, 2 * Setting.dim)

        def forward(self, x: Tensor) -> object:
            mean, log_variance = self.layer(x).chunk(2, 1)
            return output(embedding=mean.clone(), log_covariance=log_variance.clone())  # it writes into them

    class Decoder(BaseDecoder):  # type: ignore[misc]
        def __init__(self, width: int) -> None:
            super().__init__()
            self.latent_dim, self.layer = Setting.dim, nn.Linear(Setting.dim, width)

        def forward(self, z: Tensor) -> object:
            return output(reconstruction=self.layer(z))

    widths = {name: x.shape[1] for name, x in inputs.items()}
    return {n: Encoder(width) for n, width in widths.items()}, {n: Decoder(width) for n, width in widths.items()}


class _Peer(Learning):
    """The peer's own loss in the loop that trains ours."""

    name = "multivae"

    def __init__(self, model: nn.Module, inputs: Mapping[str, Tensor], masks: Mapping[str, Tensor], kind: type) -> None:
        self.model, self.inputs, self.masks, self.kind, self.steps = model, inputs, masks, kind, 50

    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """One epoch."""
        del share
        for _ in range(self.steps):
            at = torch.from_numpy(rng.choice(len(self.inputs["behaviour"]), 256, replace=False))
            batch = self.kind({n: x[at] for n, x in self.inputs.items()}, {n: m[at] for n, m in self.masks.items()})
            yield self.model(batch, epoch=1, batch_ratio=0.0).loss / 100


class _Nothing(types.ModuleType):
    """A module of whatever classes are asked for; nobody makes one."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def _peer() -> tuple[types.ModuleType, types.ModuleType, type]:
    """The package's models, data sets and outputs."""
    warnings.simplefilter("ignore")
    for name in UNUSED:
        sys.modules.setdefault(name, _Nothing(name))
        package, _, part = name.rpartition(".")
        if package:
            setattr(sys.modules[package], part, sys.modules[name])
    import multivae.data.datasets.base as datasets
    import multivae.models as models
    from pythae.models.base.base_utils import ModelOutput

    return models, datasets, ModelOutput


def main() -> None:
    """Measure and print."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    there = all(importlib.util.find_spec(name) for name in ("multivae", "pythae"))
    kinds = [kind for kind in KINDS if there or kind.startswith("ours")]
    table = []
    for joint in THEIRS:
        for kind in kinds:
            found = [rows.run(f"{joint}, {kind}, {n}", measure, joint, kind, n) for n in LEARNINGS]
            figures = [name for name in found[0] if ":" in name or "@" in name]
            line: dict[str, object] = {"joint": joint, "model": kind if "ours" in kind else f"{THEIRS[joint]}, {kind}"}
            for name in figures:
                values = [float(str(row[name])) for row in found]
                line[name] = f"{np.mean(values):.3f} ({min(values):.3f}-{max(values):.3f})"
            table.append(line)
    show("multimodal VAEs", table)
    rows.keep("multivae", {"seed": SEED, "draws": FOLDS, "learnings": len(LEARNINGS), "table": table},
              [kind for kind in KINDS if kind not in kinds])  # fmt: skip


if __name__ == "__main__":
    main()
