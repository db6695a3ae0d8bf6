"""Generators on fashion at 64 x 48: ten variants, plain baselines and real photos, by one judge.

    python benchmarks/bench_imagine.py                       # trains what is not there yet, measures, shows, stores
    python benchmarks/bench_imagine.py --rows "vae|gan"      # some of them
    python benchmarks/bench_imagine.py --trained             # only what is trained already
    python benchmarks/bench_imagine.py --kept                # shows what was measured before

A generator learns once, from the items that are not held back, and is kept under ``build/benchmarks/generators/NAME``;
a training that was cut goes on from its checkpoint. One seed each: a variant takes up to an hour.

*As the catalog is*: the attributes of learned items are asked of generators that read attributes, nothing of the
others. The features compared are those of a judge of attributes trained for this purpose on the same photos, and not
those of the shop's space, whose vectors the generators are told. The reference are the photos that were learned from;
photos held back are a row of the table. *As asked*: the 10 most frequent kinds x the 6 most frequent colours. *mean of
the kind* is the mean picture of the asked kind plus noise as strong as its pixels vary; *Gaussian of the class* draws
from the Gaussian of the photos of the asked kind and colour, with all that pixels have to do with each other.

Sheets and a page lie under ``build/benchmarks/imagine``; the figures, without pictures, in ``results/``.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from itertools import product
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from pydantic import TypeAdapter

import given
import rows
from common import BUILD, fashion_space, seeded, show
from drawing import CHUNK, drawn, frames_of, generator, judge, judge_name, learn, method_of, stored
from materials import fashion_material
from tastemaker.alignment.contrast.space import ContrastiveSpace
from tastemaker.core.seeds import generator as chance
from tastemaker.core.types import Floats
from tastemaker.encoders.frames import Frames
from tastemaker.evaluation import drawn_sheet
from tastemaker.evaluation.drawn_figures import Likeness, agreement, copies, likeness, quality, sharpness
from tastemaker.evaluation.drawn_judge import AttributeJudge
from tastemaker.evaluation.drawn_report import Cost, DrawnReport, DrawnRow, Guided
from tastemaker.generators.base import ANYTHING, Condition, Drawn, Generator, GeneratorConfig
from tastemaker.generators.material import Material

VARIANTS = ("gan", "gan-conditional", "gan-multimodal", "vae", "vae-multimodal", "vae-contrastive", "diffusion",
            "diffusion-latent", "diffusion-conditional", "diffusion-joint")  # fmt: skip
MEAN, GAUSS, REAL = "mean of the kind", "Gaussian of the class", "real photos held back"
EVERY = (*VARIANTS, MEAN, GAUSS, REAL)
SWEPT, GUIDANCE = "diffusion-conditional", (0.0, 1.0, 2.0, 3.0, 4.5, 6.0)
KIND, COLOUR, KINDS, COLOURS = "articleType", "baseColour", 10, 6
N, EACH, SHOWN = 1000, 5, 64
PAIRS, AGAIN, FEWEST = 300, 256, 20
FOLDER = BUILD / "imagine"
Draws = Callable[[Sequence[Condition], int], list[Drawn]]


def measure(name: str, artefact: str, judged: str, seed: int, n: int, each: int) -> dict[str, object]:
    """Draw, judge, and keep the sheets.

    Args:
        name: of the row.
        artefact: which generator; "" for baselines.
        judged: which judge.
        seed: of the drawings, and of the generator.
        n: drawings as the catalog is.
        each: drawings of a kind in a colour.
    """
    material, by = fashion_material(), judge()
    made = generator(name, seed) if artefact else None
    asks = name in (MEAN, GAUSS) or (made is not None and "attributes" in made.modalities_in)
    draws, whole = _draws(name, made, material), _as_the_catalog(material, n, seed) if asks else [ANYTHING] * n
    found = draws(whole, seed)
    frames = frames_of(found)
    cells = _cells(material, each) if asks else []
    asked = frames_of(draws(cells, seed + 1))
    row = DrawnRow(
        name,
        "generator" if made else "real" if name == REAL else "baseline",
        quality(by.features(frames), _reference(material, by)),
        sharpness(frames) / _real_sharpness(material),
        _copied(frames, material),
        _as_asked(by, asked, cells),
        _likeness(made, material, name, seed),
        _coherence(found),
        None if name == REAL else _cost(draws, whole[:8], name, seed),
    )
    _keep(f"{name} - {SHOWN} samples", seed, drawn_sheet.samples(frames[:SHOWN]))
    _keep_cells(f"{name} - kinds and colours", seed, asked, cells, each)
    return {"artefact": artefact, "judge": judged, **asdict(row)}


def sweep(artefact: str, judged: str, seed: int, each: int) -> dict[str, object]:
    """Kinds in colours, by strength of guidance."""
    material, by, made = fashion_material(), judge(), generator(SWEPT, seed)
    cells, draws, found = _cells(material, each), _draws(SWEPT, made, material), []
    for guidance in GUIDANCE:
        made.config = made.config.model_copy(update={"guidance": guidance})
        frames = frames_of(draws(cells, seed + 1))
        told = quality(by.features(frames), _reference(material, by))
        sharp = sharpness(frames) / _real_sharpness(material)
        found.append(asdict(Guided(guidance, _as_asked(by, frames, cells), told, sharp)))
        _keep_cells(f"{SWEPT} - with guidance {guidance:g}", seed, frames, cells, each)
    return {"artefact": artefact, "judge": judged, "sweep": found}


def ceiling(judged: str) -> dict[str, object]:
    """How well the judge of that name reads real photos that it has not learned from."""
    material, by = fashion_material(), judge()
    held = material.where("picture", held=True)
    of = [list(material.layout.attributes).index(name) for name in (KIND, COLOUR)]
    cells = set(map(tuple, material.layout.codes([one.attributes for one in _cells(material, 1)])[:, of].tolist()))
    same = held[[tuple(codes) in cells for codes in material.codes[held][:, of].tolist()]]
    parts = {"all held back": held, "held back, of the asked kinds and colours": same}
    told = {
        f"{what} ({len(part):,})": by.accuracy(material.frames[part], material.codes[part])
        for what, part in parts.items()
    }
    return {"judge": judged, "ceiling": told}


def report(found: Mapping[str, rows.Row], swept: rows.Row | None, seed: int) -> DrawnReport:
    """The rows as a report, with the sheets that lie on disk."""
    protocol = {
        "source": "fashion, 64 x 48", "seed": seed,
        "features": "128 numbers of an attribute classifier trained on the photos learned from; not the FID of papers",
        "asked": f"{KINDS} most frequent kinds x {COLOURS} most frequent colours",
        "reference": "photos learned from; real photos held back are a row of their own",
        "copies": "nearest photo learned from less than half as far as the 50 nearest on average, at half the size",
    }  # fmt: skip
    told = rows.run(f"ceiling {seed}", ceiling, judge_name())
    fields = DrawnRow.__dataclass_fields__
    lines = [{name: value for name, value in row.items() if name in fields} for row in found.values()]
    sheets = [path for name in found for path in sorted(_sheets(seed).glob(f"{name} - *.png"))]
    return DrawnReport(
        protocol,
        TypeAdapter(list[DrawnRow]).validate_python(lines),
        TypeAdapter(dict[str, dict[str, float]]).validate_python(told["ceiling"]),
        TypeAdapter(list[Guided]).validate_python([] if swept is None else swept["sweep"]),
        SWEPT,
        {path.stem: path.read_bytes() for path in sheets},
    )


def main() -> None:
    """Train, measure, show."""
    parser = given.options(__doc__, EVERY)
    parser.add_argument("--trained", action="store_true", help="leave out what is not trained yet")
    parser.add_argument("--n", type=int, default=N, help="drawings as the catalog is")
    parser.add_argument("--each", type=int, default=EACH, help="drawings of a kind in a colour")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    seed, found, swept = asked.seed, dict[str, rows.Row](), None
    judge()
    judged = judge_name()
    for name in given.wanted(EVERY, asked):
        if name in VARIANTS and stored(name, seed) is None:
            if asked.trained:
                continue
            rows.run(f"train {name} {seed}", learn, name, seed)
        kept = stored(name, seed) if name in VARIANTS else None
        key = "" if kept is None else kept.name
        found[name] = rows.run(f"{name} {seed}", measure, name, key, judged, seed, asked.n, asked.each)
        if name == SWEPT:
            swept = rows.run(f"guidance {seed}", sweep, key, judged, seed, asked.each)
    told = report(found, swept, seed)
    for table in told.tables():
        show(table.title, [dict(zip(table.head, line, strict=True)) for line in table.lines])
    for ending in (".html", ".md"):
        told.save(FOLDER / (seeded("imagine", seed) + ending))
    rows.keep("imagine", told.to_json(), [name for name in EVERY if name not in found], seed)
    print(f"\nwith the sheets: {FOLDER / seeded('imagine', seed)}.html")


def _draws(name: str, made: Generator[GeneratorConfig] | None, material: Material) -> Draws:
    """What draws the row's pictures."""
    if name == MEAN:
        mean = method_of("mean-picture")().learn(material)
        return lambda asked, seed: drawn(mean, [_of_kind(one) for one in asked], seed)
    if name == GAUSS:
        return lambda asked, seed: _gaussians(material, asked, seed)
    if made is None:
        places = chance(0, "held").permutation(material.where("picture", held=True)).tolist()
        words = material.vectors["text"]
        return lambda asked, _: [
            Drawn(at, material.frames[place], {"text": words[place]}) for at, place in enumerate(places[: len(asked)])
        ]
    return lambda asked, seed: drawn(made, asked, seed)


def _of_kind(asked: Condition) -> Condition:
    return Condition({name: value for name, value in asked.attributes.items() if name == KIND})


def _gaussians(material: Material, asked: Sequence[Condition], seed: int) -> list[Drawn]:
    """Mean of the class and a random sum of its photos' differences from it: a draw with their exact covariance."""
    learned, rng = material.where("picture"), chance(seed, "gaussian")
    found = []
    for at, codes in enumerate(material.layout.codes([one.attributes for one in asked])):
        class_ = learned
        for column in [list(material.layout.attributes).index(name) for name in (KIND, COLOUR)]:
            inside = class_[material.codes[class_, column] == codes[column]]
            class_ = inside if len(inside) >= FEWEST else class_
        class_ = rng.permutation(class_)[:N]
        photos = material.frames[class_].reshape(len(class_), -1).astype(np.float32)
        mean = photos.mean(0)
        weights = rng.normal(size=len(class_)).astype(np.float32) / np.sqrt(len(class_) - 1)
        pixels = mean + weights @ photos - weights.sum() * mean
        found.append(Drawn(at, pixels.clip(0, 255).round().astype(np.uint8).reshape(material.frames.shape[1:])))
    return found


def _as_the_catalog(material: Material, n: int, seed: int) -> list[Condition]:
    """The attributes of learned items."""
    places = chance(seed, "as the catalog").choice(material.where("picture"), n, replace=False)
    return [Condition(material.layout.values(codes)) for codes in material.codes[places]]


def _cells(material: Material, each: int) -> list[Condition]:
    """The most frequent kinds by the most frequent colours, each so often."""
    learned, layout = material.codes[material.where("attributes")], material.layout
    wanted = []
    for name, n in ((KIND, KINDS), (COLOUR, COLOURS)):
        counts = Counter(learned[:, list(layout.attributes).index(name)].tolist())
        wanted.append([layout.attributes[name][code - 1] for code, _ in counts.most_common() if code][:n])
    return [Condition({KIND: kind, COLOUR: colour}) for kind, colour in product(*wanted) for _ in range(each)]


def _reference(material: Material, by: AttributeJudge) -> Floats:
    """The judge's features of all photos learned from, in random order; kept, for they take half a minute."""
    path = FOLDER / f"{judge_name()}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        places = chance(0, "reference").permutation(material.where("picture"))
        np.save(path, by.features(material.frames[places]))
    return np.asarray(np.load(path), np.float32)


def _real_sharpness(material: Material) -> float:
    return sharpness(material.frames[chance(0, "sharpness").permutation(material.where("picture"))[:N]])


def _copied(frames: Frames, material: Material) -> float:
    """Share of copies, seen at half the size."""

    def small(pictures: Frames) -> Floats:
        n, h, w, _ = pictures.shape
        halved = pictures.reshape(n, h // 2, 2, w // 2, 2, 3).mean((2, 4), dtype=np.float32)
        return np.asarray(halved.reshape(n, -1) / 255, np.float32)

    return float(copies(small(frames), small(material.frames[material.where("picture")]))[2].mean())


def _as_asked(by: AttributeJudge, frames: Frames, cells: Sequence[Condition]) -> dict[str, float]:
    return by.accuracy(frames, by.layout.codes([one.attributes for one in cells])) if cells else {}


def _likeness(made: Generator[GeneratorConfig] | None, material: Material, name: str, seed: int) -> Likeness | None:
    """Of photos held back, reconstructed; keeps a sheet of some."""
    if made is None or not made.reconstructs:
        return None
    frames = material.frames[material.where("picture", held=True)[:AGAIN]]
    again = np.concatenate([made.reconstruct(frames[low : low + CHUNK], seed) for low in range(0, len(frames), CHUNK)])
    _keep(f"{name} - reconstructions", seed, drawn_sheet.beside(frames[:16], again[:16]))
    return likeness(again, frames)


def _coherence(found: Sequence[Drawn]) -> tuple[float, float] | None:
    """Do pictures agree with the words drawn with them?"""
    pairs = [
        (one.picture, one.vectors["text"]) for one in found[:PAIRS] if one.picture is not None and "text" in one.vectors
    ]
    if not pairs:
        return None
    kept = fashion_space()
    space = ContrastiveSpace.restore(kept.config, kept.tensors())
    words = np.stack([words for _, words in pairs])
    words /= np.maximum(np.linalg.norm(words, axis=1, keepdims=True), 1e-9)
    return agreement(space.embed_pictures([Image.fromarray(picture) for picture, _ in pairs]), words)


def _cost(draws: Draws, asked: Sequence[Condition], name: str, seed: int) -> Cost:
    """Of training, as it was noted; of drawing eight, the second time."""
    kept = stored(name, seed)
    noted = {} if kept is None else kept.manifest
    minutes, megabytes = (float(str(noted[key])) if key in noted else None for key in ("processor_minutes", "peak_mb"))
    draws(asked, seed)
    begun = time.process_time()
    draws(asked, seed)
    return Cost(minutes, time.process_time() - begun, megabytes)


def _sheets(seed: int) -> Path:
    return FOLDER / seeded("sheets", seed)


def _keep(caption: str, seed: int, png: bytes) -> None:
    _sheets(seed).mkdir(parents=True, exist_ok=True)
    (_sheets(seed) / f"{caption}.png").write_bytes(png)


def _keep_cells(caption: str, seed: int, frames: Frames, cells: Sequence[Condition], each: int) -> None:
    """The first two of each kind in each colour."""
    if not cells:
        return
    shown = min(2, each)
    kinds = list(dict.fromkeys(one.attributes[KIND] for one in cells))
    colours = list(dict.fromkeys(one.attributes[COLOUR] for one in cells))
    some = [frame for start in range(0, len(cells), each) for frame in frames[start : start + shown]]
    head = [label for colour in colours for label in (colour, *[""] * (shown - 1))]
    _keep(caption, seed, drawn_sheet.grid(some, head, kinds))


if __name__ == "__main__":
    main()
