"""Try-on and placement against the exact truth: people and rooms of the demo shop, drawn without and with a product.

    python benchmarks/bench_truth.py              # 200 pairs of each task
    python benchmarks/bench_truth.py --pairs 20   # a look

Garments, people, furniture and rooms are of the test part, which nothing was made from. Every engine is given what a
customer would give: the photo; for a room four corners of a rectangle on the floor with its size in metres, and the
point where the piece should stand. *paste* lays the same cut-out, as it is, over the place that the compositor has
found - a product is pasted into its bounding box, unbent and without light or shadow. *paste, told the box* and
*compositor, told the box* are given the true bounding box of the product, as when a customer has corrected it.
*nothing* is the photo itself.

The region is where the truth or the engine differs from the photo, so that a wrong place costs twice. *error* is the
mean CIEDE2000 difference from the truth there, PSNR and SSIM are of the smallest rectangle around it. Differences from
paste are paired, with 95 % intervals by bootstrap. What the compositor refuses to make is a row's *refused*; pairs are
compared where all make something. Budget: fifteen minutes of one core.
"""

import argparse
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

import rows
from common import show
from tastemaker.catalog.items import Item
from tastemaker.core.types import Bools, ItemId
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.mannequins import worn_pairs
from tastemaker.demoshop.pictures import picture
from tastemaker.demoshop.rooms import PlacedPair, placed_pairs
from tastemaker.evaluation.drawn_figures import likeness
from tastemaker.evaluation.significance import paired
from tastemaker.studio.colour import difference
from tastemaker.studio.compositor import Compositor
from tastemaker.studio.cutout import Pixels, cut, lab_of
from tastemaker.studio.engines import Refusal
from tastemaker.studio.kinds import worn_as
from tastemaker.studio.request import Candidate, Region, Task, VisualRequest
from tastemaker.studio.sizes import size_of

TASKS: tuple[Task, ...] = ("try_on", "place")
PAIRS, PART, HEIGHT, PRODUCT = 200, 20, 384, 480
NOTHING, PASTE, OURS = "nothing", "paste", "compositor"
PASTE_TOLD, OURS_TOLD = "paste, told the box", "compositor, told the box"
ROWS = (NOTHING, PASTE, OURS, PASTE_TOLD, OURS_TOLD)
AGAINST = {OURS: PASTE, OURS_TOLD: PASTE_TOLD}
FIGURES = ("error", "psnr", "ssim")
LEAST = 12
"""Least side of the rectangle that PSNR and SSIM look at, in pixels."""


@dataclass(frozen=True)
class Case:
    """One pair as a request. Shapes: truth (h, w, 3), mask (h, w)."""

    request: VisualRequest
    truth: Pixels
    mask: Bools


def cases(task: Task, first: int, n: int) -> Iterator[Case]:
    """Unseen pairs."""
    if task == "try_on":
        for worn in worn_pairs(n=n, part="test", height=HEIGHT, first=first):
            yield _case(task, worn.piece, worn.context, worn.truth, worn.mask, Region())
    else:
        for placed in placed_pairs(n=n, part="test", height=HEIGHT, first=first):
            yield _case(task, placed.piece, placed.context, placed.truth, placed.mask, _told(placed))


def _told(pair: PlacedPair) -> Region:
    middle = pair.camera.project(np.array([[pair.spot.x, 0.0, pair.spot.z]]))[0]
    return Region(floor=pair.floor, floor_size=pair.floor_size, at=(float(middle[0]), float(middle[1])))


def _case(task: Task, piece: Piece, context: object, truth: object, mask: Bools, region: Region) -> Case:
    item = Item(ItemId(piece.id), piece.title, piece.text, department=piece.department, attributes=dict(piece.facts))
    request = VisualRequest(
        task,
        item,
        np.asarray(picture(piece, PRODUCT).convert("RGB"), np.uint8),
        np.asarray(context, np.uint8),
        worn=worn_as(item) if task == "try_on" else None,
        size=size_of(item, []) if task == "place" else None,
        region=region,
        consent=True,
    )
    return Case(request, np.asarray(truth, np.uint8), mask)


def measure(task: Task, first: int, n: int) -> dict[str, object]:
    """Figures of some pairs, by row; None where nothing was made."""
    found: dict[str, list[list[float] | None]] = {name: [] for name in ROWS}
    outside = 0
    for case in cases(task, first, n):
        request, box = case.request, _box(case.mask)
        told = replace(request, region=replace(request.region, box=box))
        made = {OURS: _composed(request), OURS_TOLD: _composed(told)}
        own = made[OURS]
        pictures = {
            NOTHING: request.context,
            PASTE: None if own is None else pasted(request, _box(own.product > 0.5)),
            OURS: _put_back(request, own),
            PASTE_TOLD: pasted(request, box),
            OURS_TOLD: _put_back(told, made[OURS_TOLD]),
        }
        for candidate in made.values():
            if candidate is not None:
                outside += int((_put_back(request, candidate) != request.context)[~candidate.mask].sum())
        for name, picture_ in pictures.items():
            found[name].append(None if picture_ is None else judged(case, picture_))
    return {"values": found, "changed outside": outside}


def _composed(request: VisualRequest) -> Candidate | None:
    try:
        made = Compositor().propose(request, request.seed)
    except Refusal:
        return None
    return made if (made.product > 0.5).any() else None


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


def judged(case: Case, made: Pixels) -> list[float]:
    """Error, PSNR and SSIM in the region where the truth or what was made differs from the photo."""
    photo = case.request.context
    region = (case.truth != photo).any(2) | (made != photo).any(2)
    error = float(difference(lab_of(made)[region], lab_of(case.truth)[region]).mean())
    left, top, right, bottom = _box(region)
    near = likeness(made[None, top:bottom, left:right], case.truth[None, top:bottom, left:right])
    return [error, near.psnr, near.ssim]


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
        table.append(line)
    return table


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=PAIRS, help="pairs of each task")
    asked = parser.parse_args()
    result: dict[str, object] = {"pairs": asked.pairs}
    for task in TASKS:
        parts = [rows.run(f"{task} {low}", measure, task, low, PART) for low in range(0, asked.pairs, PART)]
        values: dict[str, list[list[float] | None]] = {
            name: list(itertools.chain(*(part["values"][name] for part in parts)))  # type: ignore[index]
            for name in ROWS
        }
        table = table_of(values)
        show(task, table)
        outside = sum(int(str(part["changed outside"])) for part in parts)
        print(f"values changed outside the mask: {outside}")
        result[task] = {"table": table, "changed outside": outside}
    rows.keep("truth", result, [] if asked.pairs >= PAIRS else ["pairs"])


if __name__ == "__main__":
    main()
