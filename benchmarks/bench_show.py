"""Show: real photos - every person with every compatible garment, products in rooms - by engine, and the speed.

    python benchmarks/bench_show.py                 # all pairs; sheets under build/benchmarks/show
    python benchmarks/bench_show.py --pairs 120     # some of them

Nothing is known to be right here, so what is measured is: does it crash, does a pixel outside the mask change, which
share is refused and why, and the fidelity of what is shown, by axis. The sheets are for looking at. Sizes of rooms are
not known either: a trapezoid of the lower third is given as a floor of 3.2 by 2.6 metres. One person has
looked at 120 of the try-ons, as they were drawn on one day, and said which would embarrass a shop
(``labels/show_try_on.csv``): how many are shown, and refused, wrongly. The own engine, where ``bench_truth.py`` has
trained it, mends the first 120 pairs of each task; it has never seen a photo.
"""

import argparse
import csv
import io
import json
import statistics
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image, ImageDraw

from common import BUILD, ROOT, data, show, store
from tastemaker.catalog.items import Item
from tastemaker.core.seeds import generator
from tastemaker.core.storage import Artefacts
from tastemaker.studio.compositor import Compositor
from tastemaker.studio.cutout import Pixels
from tastemaker.studio.engines import Engine, Means, Refusal
from tastemaker.studio.fidelity import failing, judge
from tastemaker.studio.kinds import stance_of
from tastemaker.studio.own.engine import Own
from tastemaker.studio.request import Region, VisualRequest
from tastemaker.studio.showing import show as shown
from tastemaker.studio.sizes import size_of

FOLDER = BUILD / "show"
PRODUCTS, ROOMS = 50, 20
CELL = 220
MENDED = 120
"""Pairs of each task that the own engine mends."""


@dataclass(frozen=True)
class Made:
    """What became of one pair."""

    request: VisualRequest
    picture: Pixels | None
    axes: dict[str, float]
    refused: str
    seconds: float


def compose(request: VisualRequest, engine: Engine) -> Made:
    """One candidate, judged."""
    begun = time.process_time()
    try:
        made = engine.propose(request, request.seed)
    except Refusal as refusal:
        return Made(request, None, {}, str(refusal), time.process_time() - begun)
    axes = judge(request.context, made)
    short = failing(axes)
    return Made(request, made.picture, axes, short[0] if short else "", time.process_time() - begun)


def pictures(*parts: str) -> dict[str, Pixels]:
    """Every picture of a zip, by the name of its file."""
    with zipfile.ZipFile(data(*parts)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".jpg")]
        return {name: np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("RGB")) for name in sorted(names)}


def people() -> Iterator[VisualRequest]:
    """Every person with every compatible garment; who is cut off at the hips gets tops only."""
    found = pictures("tryon", "examples.zip")
    for name, photo in found.items():
        if not name.startswith("model/"):
            continue
        whole = len(name.removeprefix("model/").split("_")[0]) == 6  # the set of whole figures
        for other, garment in found.items():
            number = other.removeprefix("garment/").split("_")[0]
            if other.startswith("model/"):
                continue
            place = "top" if len(number) == 5 or number < "051" else "bottom" if number < "051998" else "dress"
            if whole or place == "top":
                yield VisualRequest("try_on", Item(other), garment, photo, worn=place, consent=True, badge=False)


def rooms(seed: int) -> Iterator[VisualRequest]:
    """Fifty products that stand, lie or hang, in twenty rooms."""
    lines = data("interior", "products.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    items = [
        Item(row["product_id"], title=f"{row['name']} {row['type']}", text=row["description"], images=(row["image"],),
             attributes={"type": row["type"], "size": row["size"]})
        for row in rows
    ]  # fmt: skip
    stand = [item for item in items if stance_of(item) in ("stands", "lies", "wall")]
    chance = generator(seed, "rooms")
    chosen = [stand[int(i)] for i in chance.permutation(len(stand))[:PRODUCTS]]
    photos = {name.split("/")[-1]: photo for name, photo in pictures("interior", "products.zip").items()}
    places = list(pictures("interior", "rooms.zip").values())
    for room in [places[int(i)] for i in chance.permutation(len(places))[:ROOMS]]:
        height, width = room.shape[:2]
        floor = np.array([[0.06, 0.98], [0.94, 0.98], [0.72, 0.72], [0.28, 0.72]]) * (width, height)
        for item in chosen:
            kind = [other for other in items if other.attributes["type"] == item.attributes["type"]]
            yield VisualRequest(
                "place", item, photos[item.images[0]], room, size=size_of(item, kind), badge=False,
                region=Region(floor=floor, floor_size=(3.2, 2.6)),
            )  # fmt: skip


def own_engine() -> Own | None:
    """What bench_truth.py has trained."""
    trained = Artefacts(BUILD / "own").published().get("studio")
    return None if trained is None else Own(Means(learned={"own": trained}))


def summary(name: str, made: Sequence[Made]) -> dict[str, object]:
    """Counts, axes and times of many pairs."""
    good = [each for each in made if not each.refused]
    axes = sorted({axis for each in good for axis in each.axes})
    return {
        "task": name,
        "pairs": len(made),
        "shown": len(good),
        "changed_outside": sum(each.axes.get("outside", 1.0) < 1 for each in made),
        "refused": dict(Counter(each.refused for each in made if each.refused).most_common()),
        "fidelity": {
            axis: round(statistics.median(each.axes[axis] for each in good if axis in each.axes), 3) for axis in axes
        },
        "seconds": round(statistics.median(each.seconds for each in made), 3),
    }


def wrongly(order: Sequence[int], made: Sequence[Made]) -> dict[str, int]:
    """Try-ons that somebody has looked at: how many are shown or refused, and how many of them should not be."""
    with (ROOT / "benchmarks" / "labels" / "show_try_on.csv").open(encoding="utf-8") as stream:
        good = {int(row["pair"]): row["good"] == "1" for row in csv.DictReader(stream)}
    looked = [(not each.refused, good[pair]) for pair, each in zip(order, made, strict=True) if pair in good]
    return {
        "shown": sum(shown for shown, _ in looked),
        "shown_wrongly": sum(shown and not fine for shown, fine in looked),
        "refused": sum(not shown for shown, _ in looked),
        "refused_wrongly": sum(fine and not shown for shown, fine in looked),
    }


def sheet(name: str, made: Sequence[Made], columns: int = 8) -> None:
    """Results side by side, the product in a corner, why it is refused under it."""
    if not made:
        return
    tiles = []
    for each in made:
        photo = Image.fromarray(each.picture if each.picture is not None else each.request.context)
        photo.thumbnail((CELL, CELL * 4 // 3))
        small = Image.fromarray(each.request.product)
        small.thumbnail((CELL // 4, CELL // 4))
        tile = Image.new("RGB", (CELL, CELL * 4 // 3 + 14), "white")
        tile.paste(photo)
        tile.paste(small, (CELL - small.width, 0))
        ImageDraw.Draw(tile).text(
            (2, CELL * 4 // 3), each.refused[:40] or "shown", fill="red" if each.refused else "green"
        )
        tiles.append(tile)
    rows = -(-len(tiles) // columns)
    whole = Image.new("RGB", (columns * CELL, rows * (CELL * 4 // 3 + 14)), "white")
    for number, tile in enumerate(tiles):
        whole.paste(tile, (number % columns * CELL, number // columns * (CELL * 4 // 3 + 14)))
    FOLDER.mkdir(parents=True, exist_ok=True)
    whole.save(FOLDER / f"{name}.png")


def speed(request: VisualRequest, times: int = 5) -> float:
    """Processor seconds of one whole answer at 512 x 512, decoding of the photos aside."""
    square = {name: cv2.resize(getattr(request, name), (512, 512)) for name in ("context", "product")}
    region = request.region
    if region.floor is not None:
        region = replace(region, floor=region.floor * (512 / request.context.shape[1], 512 / request.context.shape[0]))
    asked = replace(request, **square, region=region)
    shown(asked)
    taken = []
    for _ in range(times):
        begun = time.process_time()
        shown(asked)
        taken.append(time.process_time() - begun)
    return round(statistics.median(taken), 3)


def main() -> None:
    """Measure, show, store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=0, help="at most so many pairs a task; 0 for all")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    engines: dict[str, tuple[Engine, int]] = {"": (Compositor(), options.pairs)}
    own = own_engine()
    if own is not None:
        engines[" own"] = (own, min(options.pairs or MENDED, MENDED))
    rows = []
    for task, requests in (("try_on", list(people())), ("place", list(rooms(options.seed)))):
        order = generator(options.seed, task).permutation(len(requests)).tolist()
        for engine, (maker, most) in engines.items():
            name = f"{task}{engine}"
            made = [compose(requests[i], maker) for i in order[: most or len(order)]]
            rows.append(
                summary(name, made) | ({"looked_at": wrongly(order[: len(made)], made)} if name == "try_on" else {})
            )
            good = [each for each in made if not each.refused]
            sheet(f"{name}-shown", good[:48])
            sheet(f"{name}-refused", [each for each in made if each.refused][:48])
            if good and not engine:
                rows[-1]["seconds_at_512"] = speed(good[0].request)
            show(name, [{"": key, "value": str(value)} for key, value in rows[-1].items()])
    if not options.pairs:
        store("show", {row.pop("task"): row for row in rows})


if __name__ == "__main__":
    main()
