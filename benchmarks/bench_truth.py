"""Try-on and placement against the exact truth: people and rooms of the demo shop, drawn without and with a product.

    python benchmarks/bench_truth.py                      # 200 pairs of each task; trains the own engine if need be
    python benchmarks/bench_truth.py --pairs 20           # a look
    python benchmarks/bench_truth.py --lessons place      # only makes the lessons of a task, for a second process
    python benchmarks/bench_truth.py --train              # only trains; what was cut goes on where it stopped

Garments, people, furniture and rooms are of the test part, which nothing was made from: the own engine learns from the
train part, with its default settings, once; lessons, checkpoint and what it learned lie under ``build/benchmarks/own``.
Every engine is given what a customer would give: the photo; for a room four corners of a rectangle on the floor with
its size in metres, and the point where the piece should stand. *paste* lays the same cut-out, as it is, over the place
that the compositor has found - a product is pasted into its bounding box, unbent and without light or shadow. *both* is
what the router would show: the engine that was better on products held back from the train part, and where its picture
is refused the other. *told the box*: the true bounding box of the product is given, as when a customer has corrected
it. *nothing* is the photo itself.

The region is where the truth or the engine differs from the photo, so that a wrong place costs twice. *error* is the
mean CIEDE2000 difference from the truth there, PSNR and SSIM are of the smallest rectangle around it. As every engine
has a region of its own, *error, same region* is the error where the truth or any of the rows differs from the photo.
Differences from paste are paired, with 95 % intervals by bootstrap. What an engine refuses to make is a row's
*refused*; pairs are compared where all make something. Budget: lessons half an hour, training half an hour, figures a
quarter of an hour of one core.
"""

import argparse
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

import cv2
import numpy as np
import torch

import rows
from common import BUILD, Lines, Stopwatch, show
from tastemaker.core.storage import Artefact, Artefacts
from tastemaker.core.types import Bools
from tastemaker.evaluation.drawn_figures import likeness
from tastemaker.evaluation.significance import paired
from tastemaker.studio.colour import difference
from tastemaker.studio.compositor import Compositor
from tastemaker.studio.cutout import Pixels, cut, lab_of
from tastemaker.studio.engines import Engine, Means, Refusal, route
from tastemaker.studio.fidelity import failing, judge
from tastemaker.studio.own.composing import sources
from tastemaker.studio.own.crops import TASKS
from tastemaker.studio.own.engine import Own
from tastemaker.studio.own.lessons import gathered
from tastemaker.studio.own.model import OwnModel
from tastemaker.studio.own.pairs import Case, cases
from tastemaker.studio.own.settings import OwnConfig
from tastemaker.studio.request import Candidate, Task, VisualRequest

PAIRS, PART, HEIGHT, PRODUCT = 200, 20, 384, 480
NOTHING, PASTE, OURS, OWN, BOTH = "nothing", "paste", "compositor", "own", "both"
PASTE_TOLD, OURS_TOLD, OWN_TOLD = (f"{name}, told the box" for name in (PASTE, OURS, OWN))
ROWS = (NOTHING, PASTE, OURS, OWN, BOTH, PASTE_TOLD, OURS_TOLD, OWN_TOLD)
AGAINST = {OURS: PASTE, OWN: PASTE, BOTH: PASTE, OURS_TOLD: PASTE_TOLD, OWN_TOLD: PASTE_TOLD}
FIGURES = ("error", "psnr", "ssim", "error, same region")
LEAST = 12
"""Least side of the rectangle that PSNR and SSIM look at, in pixels."""


def learned(config: OwnConfig, name: str, only: Sequence[Task] = TASKS) -> Artefact | None:
    """The own engine of that name, trained at the first call; with fewer tasks only their lessons are made."""
    torch.set_num_threads(1)
    kept, watch = Artefacts(BUILD / name), Stopwatch()
    found = kept.published().get("studio")
    if found is not None and found.config["config"] == config.model_dump(mode="json"):
        return found
    wanted = [source for source in sources(config, {}, {}, "") if source.name.removeprefix("drawn-") in only]
    lessons = gathered(wanted, BUILD / "own" / "lessons", Lines())
    if set(only) < set(TASKS):
        return None
    model = OwnModel.new(config).learn(lessons, BUILD / name / "checkpoint", Lines())
    cost = {"processor_minutes": round(watch.processor / 60, 2), "peak_mb": rows.peak_mb()}
    told = {**cost, "seed": config.seed, "held": model.settings()["held"]}
    made = kept.write("studio", config=model.settings(), tensors=model.tensors(), manifest=told)
    kept.publish({"studio": made})
    return made


def measure(task: Task, first: int, n: int, name: str, own: str) -> dict[str, object]:
    """Figures of some pairs, by row; None where nothing was made. The own engine is named by its artefact, too."""
    trained = Artefacts(BUILD / name).published()["studio"]
    if trained.name != own:
        raise RuntimeError(f"{own} is not what was trained last")
    means = Means(learned={"own": trained})
    found: dict[str, list[list[float] | None]] = {name: [] for name in ROWS}
    outside = 0
    for case in cases(task, "test", first, n, height=HEIGHT, product=PRODUCT):
        request, box = case.request, _box(case.mask)
        told = replace(request, region=replace(request.region, box=box))
        made = {OURS: _made(Compositor(means), request), OWN: _made(Own(means), request),
                OURS_TOLD: _made(Compositor(means), told), OWN_TOLD: _made(Own(means), told)}  # fmt: skip
        made[BOTH] = _routed(request, made, means)
        first_guess = made[OURS]
        pictures = {
            NOTHING: request.context,
            PASTE: None if first_guess is None else pasted(request, _box(first_guess.product > 0.5)),
            PASTE_TOLD: pasted(request, box),
            **{name: _put_back(request, candidate) for name, candidate in made.items()},
        }
        for candidate in made.values():
            if candidate is not None:
                outside += int((_put_back(request, candidate) != request.context)[~candidate.mask].sum())
        for row, figures in judged(case, pictures).items():
            found[row].append(figures)
    return {"values": found, "changed outside": outside}


def _made(engine: Engine, request: VisualRequest) -> Candidate | None:
    try:
        made = engine.propose(request, request.seed)
    except Refusal:
        return None
    return made if (made.product > 0.5).any() else None


def _routed(request: VisualRequest, made: Mapping[str, Candidate | None], means: Means) -> Candidate | None:
    """The first of the router's engines whose picture is not refused, or else its first picture."""
    engines = [engine.name for engine in route(request, means=means)]
    proposed = [candidate for name in engines if (candidate := made.get(name)) is not None]
    good = [candidate for candidate in proposed if not failing(judge(request.context, candidate))]
    return next(iter(good or proposed), None)


def _put_back(request: VisualRequest, made: Candidate | None) -> Pixels | None:
    return None if made is None else np.where(made.mask[..., None], made.picture, request.context)


def pasted(request: VisualRequest, box: tuple[int, int, int, int]) -> Pixels:
    """The cut-out, stretched into a box. Shapes: -> (h, w, 3)."""
    thing = cut(request.product, holes=request.task == "place").cropped()
    left, top, right, bottom = box
    size = (max(1, right - left), max(1, bottom - top))
    picture_ = request.context.copy()
    alpha = cv2.resize(thing.alpha.astype(np.float32), size, interpolation=cv2.INTER_AREA)[..., None]
    product = cv2.resize(thing.picture, size, interpolation=cv2.INTER_AREA)
    under = picture_[top : top + size[1], left : left + size[0]]
    picture_[top : top + size[1], left : left + size[0]] = np.round(alpha * product + (1 - alpha) * under)
    return picture_


def judged(case: Case, pictures: Mapping[str, Pixels | None]) -> dict[str, list[float] | None]:
    """The figures of each picture, see :data:`FIGURES`."""
    photo, truth = case.request.context, case.truth
    regions = {
        name: (truth != photo).any(2) | (made != photo).any(2) for name, made in pictures.items() if made is not None
    }
    all_of_it = np.any(list(regions.values()), 0)
    found: dict[str, list[float] | None] = dict.fromkeys(pictures)
    for name, region in regions.items():
        made = np.asarray(pictures[name])
        apart = np.zeros(region.shape)
        apart[all_of_it] = difference(lab_of(made)[all_of_it], lab_of(truth)[all_of_it])
        left, top, right, bottom = _box(region)
        near = likeness(made[None, top:bottom, left:right], truth[None, top:bottom, left:right])
        found[name] = [float(apart[region].mean()), near.psnr, near.ssim, float(apart[all_of_it].mean())]
    return found


def _box(mask: Bools) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is true, not smaller than the figures need."""
    height, width = mask.shape
    down, across = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    left, top = (max(0, min(int(line[0]), side - LEAST)) for line, side in ((across, width), (down, height)))
    return left, top, max(int(across[-1]) + 1, left + LEAST), max(int(down[-1]) + 1, top + LEAST)


def table_of(found: Mapping[str, Sequence[Sequence[float] | None]]) -> list[dict[str, object]]:
    """Means over the pairs of which every row makes something."""
    whole = [at for at, line in enumerate(zip(*found.values(), strict=True)) if all(one is not None for one in line)]
    kept = {name: np.array([values[at] for at in whole], np.float64) for name, values in found.items()}
    table = []
    for name, values in kept.items():
        line: dict[str, object] = {"method": name, "n": len(whole)}
        line |= dict(zip(FIGURES, values.mean(0).round(3).tolist(), strict=True))
        line["refused"] = sum(one is None for one in found[name])
        if name in AGAINST:
            other = kept[AGAINST[name]][:, 0]
            told = paired(values[:, 0], other)
            line["error against paste"] = f"{told.value:+.2f} [{told.low:+.2f}, {told.high:+.2f}]"
            line["share of its error"] = round(float(values[:, 0].mean() / other.mean()), 3)
            line["share, same region"] = round(float(values[:, 3].mean() / kept[AGAINST[name]][:, 3].mean()), 3)
        table.append(line)
    return table


def main() -> None:
    """Train, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=PAIRS, help="pairs of each task")
    parser.add_argument("--lessons", choices=TASKS, help="only make the lessons of this task")
    parser.add_argument("--train", action="store_true", help="only train")
    parser.add_argument("--steps", type=int, help="batches to train on, for a look; the default settings without")
    parser.add_argument("--learn-from", type=int, metavar="N", help="lessons of each task, for a look")
    asked = parser.parse_args()
    given = {"steps": asked.steps, "pairs": asked.learn_from}
    told = {name: value for name, value in given.items() if value is not None}
    config = OwnConfig.read({"lessons": "drawn", "max_minutes": 600.0, **told})
    look = asked.steps is not None or asked.learn_from is not None
    name = "own-look" if look else "own"
    own = learned(config, name, [asked.lessons] if asked.lessons else TASKS)
    if own is None:
        return
    print(f"own engine: {own.manifest['processor_minutes']} processor minutes, held back: {own.manifest['held']}")
    if not asked.train:
        measured(asked.pairs, name, own, look=look or asked.pairs < PAIRS)


def measured(pairs: int, name: str, own: Artefact, *, look: bool) -> None:
    """Measure every task, print and keep."""
    result: dict[str, object] = {"pairs": pairs, "own": own.manifest}
    for task in TASKS:
        parts = [
            rows.run(f"{task} {low} {name}", measure, task, low, min(PART, pairs - low), name, own.name)
            for low in range(0, pairs, PART)
        ]
        values: dict[str, list[list[float] | None]] = {
            row: list(itertools.chain(*(part["values"][row] for part in parts)))  # type: ignore[index]
            for row in ROWS
        }
        table = table_of(values)
        show(task, table)
        outside = sum(int(str(part["changed outside"])) for part in parts)
        print(f"values changed outside the mask: {outside}")
        result[task] = {"table": table, "changed outside": outside}
    rows.keep("truth", result, ["pairs or training"] if look else [])


if __name__ == "__main__":
    main()
