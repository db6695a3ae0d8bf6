"""A multimodal VAE on movies that nobody has rated: words, labels, names, numbers and posters -> behaviour vector.

    python benchmarks/bench_cold_vae.py                 # everything; run bench_movies.py --rows cold before
    python benchmarks/bench_cold_vae.py --rows product  # only the rows whose names begin so

The questions are those of ``bench_movies.py`` (*cold*: draws of 213 movies lose every rating and are ranked for
everybody), and its rows stand beside ours, compared by person. The behaviour vector of a movie is what EASE answers
about it for everybody, in its principal directions. Content blocks are read in their principal directions, too.
Settings come from the questions of seeds 0 and 1; the table is seed 100. *missing*: which modalities are given, which
are drawn; words and posters by the place of the right movie among the 213, labels by their mean area under the curve.
Budget: ten minutes of one core.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations

import numpy as np
import torch
from torch import Tensor

import movies
import rows
from bench_movies import METRICS, against, line_of
from common import BUILD, show, store
from tastemaker.core.types import Floats, Ints
from tastemaker.evaluation.cases import Case
from tastemaker.evaluation.rankers import Ranker, from_scores
from tastemaker.evaluation.runner import evaluate
from tastemaker.nn.gaussians import Joint
from tastemaker.nn.multimodal_vae import MultimodalVae, VectorCoder, kept_by_chance
from tastemaker.nn.training import Learning, Plan, train
from tastemaker.recommenders import features
from tastemaker.recommenders.ease import closed_form
from tastemaker.recommenders.signals import stacked

SEED, FOLDS = 100, 4
WIDTHS = {"words": 192, "labels": 100, "names": 96, "numbers": 24, "posters": 32}
WEIGHTS = {"words": 1.0, "labels": 0.75, "names": 0.25, "numbers": 2.0, "posters": 1.0}
LOUD = 8.0
"""Content vectors are multiplied by it: their parts are small."""
PENALTY, HALF_LIFE = 300.0, 200.0
GIVEN = {"words": ("words",), "attributes": ("labels", "names", "numbers"), "posters": ("posters",)}
RIVALS = ("by genre", "TF-IDF kNN", "ridge", "ridge, all", "content", "content-to-factors", "random")


@dataclass(frozen=True)
class Setting:
    """How the VAE learns."""

    joint: Joint = "product"
    dim: int = 64
    length: int = 128
    hidden: int = 0
    steps: int = 300
    rate: float = 0.01
    beta: float = 0.1
    teach: float = 0.0
    dropout: float = 0.0
    shrink: float = 0.1
    forget: float = 0.2
    hide: float = 0.7
    content: float = 0.1
    posters: bool = False
    members: int = 1


@dataclass(frozen=True)
class World:
    """What is learned from. Shapes: blocks each (movies, width), behaviour (movies, length), read (people, length)."""

    blocks: Mapping[str, Floats]
    behaviour: Floats
    read: Floats
    known: Ints


class _Reading(Learning):
    """Movies, from a part of what is known of them; behaviour is hidden most of the time."""

    name = "cold vae"

    def __init__(self, model: MultimodalVae, inputs: Mapping[str, Tensor], has: Tensor, setting: Setting) -> None:
        self.model, self.inputs, self.has, self.setting = model, inputs, has, setting
        self.steps = 50

    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """One epoch."""
        del share
        setting = self.setting
        for _ in range(self.steps):
            at = torch.from_numpy(rng.choice(self.has.shape[1], 256, replace=False))
            has = self.has[:, at]
            kept = kept_by_chance(has, setting.forget)
            kept[-1] &= torch.rand(len(at)) >= setting.hide
            inputs = {name: x[at] for name, x in self.inputs.items()}
            bound = self.model.bound(inputs, has, kept, setting.beta, setting.teach).mean()
            yield (setting.shrink * self._lengths() - bound) / 100

    def _lengths(self) -> Tensor:
        """Squared lengths of what reads content: a prior on weights that is a ridge's."""
        coders = [self.model.coder(name) for name in self.model.names if name != "behaviour"]
        read = [w for c in coders for name, w in c.named_parameters() if name.startswith("encoder") and w.ndim == 2]
        return torch.stack([weight.square().sum() for weight in read]).sum()


def learned(world: World, setting: Setting, seed: int) -> tuple[MultimodalVae, dict[str, Tensor], Tensor]:
    """The model, what it reads, and what is there."""
    names = [name for name in WIDTHS if setting.posters or name != "posters"]
    inputs = {name: torch.from_numpy(LOUD * WEIGHTS[name] ** 0.5 * world.blocks[name]) for name in names}
    inputs["behaviour"] = torch.from_numpy(world.behaviour[:, : setting.length])
    has = torch.stack([x.abs().sum(1) > 0 for x in inputs.values()])
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        coders = {
            name: VectorCoder(x.shape[1], setting.hidden, setting.dim, _weight(name, x, setting), _drop(name, setting))
            for name, x in inputs.items()
        }
        model = MultimodalVae(coders, setting.dim, setting.joint)
    plan = Plan(epochs=-(-setting.steps // 50), learning_rate=setting.rate, average=0.98, seed=seed)
    train(_Reading(model, inputs, has, setting), plan)
    return model, inputs, has


def _weight(name: str, x: Tensor, setting: Setting) -> float:
    return 1.0 if name == "behaviour" else setting.content * min(1.0, 50 / x.shape[1])


def _drop(name: str, setting: Setting) -> float:
    return 0.0 if name == "behaviour" else setting.dropout


def foretold(
    found: tuple[MultimodalVae, dict[str, Tensor], Tensor], asked: Ints, given: Sequence[str], out: str
) -> Floats:
    """What is expected of some movies, from some modalities. Shapes: asked (n,) -> (n, width)."""
    model, inputs, has = found
    at = torch.from_numpy(asked)
    there = has[:, at] & torch.tensor([name in given for name in model.names])[:, None]
    with torch.inference_mode():
        q = model.posterior({name: x[at] for name, x in inputs.items()}, there)
        return np.asarray(model.decode(out, q.mean).numpy(), np.float32)


def read(question: movies.Question, length: int) -> World:
    """Blocks of content in their principal directions, and the principal directions of EASE's answers."""
    catalog, events = question.train, question.train.interactions
    everything = np.arange(catalog.size)
    found = features.learn(catalog, everything)
    table = found.read(catalog, everything, dict.fromkeys(features.BLOCKS, 1.0)).tocsc()
    bounds = np.cumsum([0, *found.widths.values()])
    blocks = {
        str(name): np.asarray(table[:, bounds[n] : bounds[n + 1]].todense(), np.float32)
        for n, name in enumerate(found.widths)
    }
    posters = np.asarray(catalog.features["poster"], np.float32)
    posters = posters - posters.mean(0)
    blocks["posters"] = posters / np.linalg.norm(posters, axis=1, keepdims=True)
    blocks = {name: _principal(block, WIDTHS[name]) for name, block in blocks.items()}
    matrix = np.asarray(events.matrix().todense(), np.float32)
    known = np.flatnonzero(matrix.sum(0))
    weights = closed_form(matrix[:, known].T @ matrix[:, known], PENALTY)
    _, values, right = np.linalg.svd(matrix[:, known] @ weights, full_matrices=False)
    behaviour = np.zeros((catalog.size, length), np.float32)
    behaviour[known] = right[:length].T * values[:length]
    scale = np.sqrt((behaviour[known] ** 2).mean())
    histories = stacked(events.histories(), catalog.size, HALF_LIFE)[:, known]
    people = np.asarray(histories @ (weights @ (right[:length].T / values[:length])), np.float32)
    return World(blocks, behaviour / scale, people * scale, known)


def _principal(block: Floats, width: int) -> Floats:
    if block.shape[1] <= width:
        return block
    with torch.random.fork_rng():
        torch.manual_seed(0)
        left, values, _ = torch.svd_lowrank(torch.from_numpy(block), width)
    return np.asarray((left * values).numpy(), np.float32)


def measure(settings: Mapping[str, object], seed: int, folds: int, learning: int) -> dict[str, object]:
    """One row of the table, as ``bench_movies.py`` keeps them."""
    setting = Setting(**settings)  # type: ignore[arg-type]
    values: dict[str, dict[str, list[float]]] = {}
    for question in movies.cold(movies.lacking(movies.shop(), "", 0.0), seed, folds):
        world = read(question, setting.length)
        cold = np.asarray(question.truth.cases[0].candidates)
        given = [name for name in WIDTHS if setting.posters or name != "posters"]
        made = [
            foretold(learned(world, setting, 1000 * learning + member), cold, given, "behaviour")
            for member in range(setting.members)
        ]
        ranked = ranker(world.read @ np.mean(made, axis=0).T, cold, question)
        report = evaluate(question.truth, question.train, {"vae": ranked}, ks=(5, 10, 20), seed=0)
        table = np.round(np.stack([report.per_case["vae", metric] for metric in METRICS], axis=1), 5).tolist()
        values[question.name] = dict(zip([case.key for case in question.truth.cases], table, strict=True))
    return {"chosen": str(setting), "values": values}


def ranker(table: Floats, cold: Ints, question: movies.Question) -> Ranker:
    """A ranker from vectors of people and of cold movies, multiplied. Shapes: table (people, cold)."""
    line = {person: n for n, person in enumerate(question.train.interactions.people)}

    def score(cases: Sequence[Case], asked: Ints) -> Floats:
        return table[[line[case.key] for case in cases]][:, np.searchsorted(cold, asked)]

    return from_scores(score, question.train.alive)


def missing(settings: Mapping[str, object], seed: int, folds: int) -> dict[str, object]:
    """Each subset of the modalities in, each modality out."""
    setting = Setting(**{**settings, "posters": True})  # type: ignore[arg-type]
    gathered: dict[str, list[dict[str, float]]] = {}
    for question in movies.cold(movies.lacking(movies.shop(), "", 0.0), seed, folds):
        world = read(question, setting.length)
        cold = np.asarray(question.truth.cases[0].candidates)
        found = learned(world, setting, 0)
        for many in range(1, len(GIVEN) + 1):
            for names in combinations(GIVEN, many):
                given = [block for name in names for block in GIVEN[name]]
                ranked = ranker(world.read @ foretold(found, cold, given, "behaviour").T, cold, question)
                report = evaluate(question.truth, question.train, {"vae": ranked}, ks=(20,), seed=0)
                line = {"behaviour R@20": float(np.mean(report.per_case["vae", "recall@20"]))}
                for out in ("words", "posters"):
                    line[f"{out}: median place"] = place(foretold(found, cold, given, out), world.blocks[out][cold])
                line["labels: area"] = area(foretold(found, cold, given, "labels"), world.blocks["labels"][cold])
                gathered.setdefault(" + ".join(names), []).append(line)
    table = [
        {"given": name, **{key: round(float(np.mean([line[key] for line in lines])), 3) for key in lines[0]}}
        for name, lines in gathered.items()
    ]
    return {"table": table}


def place(drawn: Floats, right: Floats) -> float:
    """Median place of the right movie among all asked ones, by cosine; half of them by chance."""
    unit = [x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9) for x in (drawn, right)]
    alike = unit[0] @ unit[1].T
    return float(np.median((alike > np.diag(alike)[:, None]).sum(1) + 1))


def area(drawn: Floats, right: Floats) -> float:
    """Area under the curve of labels that 5 to 95 % of the movies have, averaged."""
    areas = []
    for column in range(right.shape[1]):
        yes, no = drawn[right[:, column] > 0, column], drawn[right[:, column] == 0, column]
        if min(len(yes), len(no)) >= 0.05 * len(right):
            areas.append(float((yes[:, None] > no[None]).mean()))
    return float(np.mean(areas))


def planned() -> dict[str, tuple[object, ...]]:
    """Name -> arguments of :func:`measure`; whole settings, so that a row is measured again when a default changes."""
    joints: tuple[Joint, ...] = ("product", "mixture", "mixture-of-products")
    made: dict[str, Setting] = {joint: Setting(joint=joint) for joint in joints}
    made |= {"product with posters": Setting(posters=True), "product, mean of 5": Setting(members=5)}
    found: dict[str, tuple[object, ...]] = {name: (asdict(setting), SEED, FOLDS, 0) for name, setting in made.items()}
    return found | {f"product, learned with {n}": (asdict(Setting()), SEED, FOLDS, n) for n in (1, 2)}


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", default="", help="only rows whose names begin with one of these, comma between")
    arguments = parser.parse_args()
    wanted = tuple(arguments.rows.split(","))
    kept = {name: rows.run(name, measure, *a) for name, a in planned().items() if name.startswith(wanted)}
    beside = {}
    for name in RIVALS:
        path = BUILD / "movies" / rows.kept_at(f"cold {name}").name
        beside |= {name: json.loads(path.read_text(encoding="utf-8"))["row"]} if path.exists() else {}
    table = [line_of(name, row) for name, row in (kept | beside).items()]
    for line in table:
        own = kept.get(str(line["method"]))
        if own is not None:
            line |= {
                f"against {name}": against(own, beside[name]) for name in ("ridge", "ridge, all") if name in beside
            }
    show("movies that nobody has rated", table)
    lacking = rows.run("missing", missing, asdict(Setting()), SEED, 2)["table"] if "missing".startswith(wanted) else []
    show("modalities in and out", lacking)  # type: ignore[arg-type]
    if not arguments.rows:
        store("cold_vae", {"seed": SEED, "folds": FOLDS, "table": table, "missing": lacking})


if __name__ == "__main__":
    main()
