"""How many pictures a second one core decodes, scales and encodes: ours, beside a plain loop over transformers.

    python benchmarks/bench_encoding.py [--rows NAME ...] [--n 32] [--again]

Two models: a CLIP of the size of ViT-B/32 (random weights: speed does not depend on them) and the picture tower of our
own space at its usual size. Three sets: product photos of 60x80, room photos of 512, photos of people and garments of
512 pixels. The plain loop opens a picture, hands 32 of them to the model's processor and the result to the model, in
float32, one after the other. Ours and plain take turns, three times; the best of each counts. Seconds are processor
seconds of all threads together, in a child with one thread for tensors, so that a busy machine changes little.

Nothing here can be overfitted. Budget: 3 processor minutes.
"""

import argparse
import time
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from PIL import Image

import rows
from common import data, show
from tastemaker.catalog.decoding import decode
from tastemaker.catalog.pictures import Pictures
from tastemaker.core.types import Floats
from tastemaker.encoders.bulk import Bulk
from tastemaker.encoders.frames import frame_shape, read_frames, sample_aspects
from tastemaker.encoders.kept import Kept
from tastemaker.encoders.picture import PictureEncoder
from tastemaker.encoders.pixels import Eye
from tastemaker.encoders.pretrained import BATCH, DualModel
from tastemaker.nn.towers import PictureTower

SETS = {
    "products 60x80": ("fashion", "images_60x80.zip"),
    "rooms 512": ("interior", "rooms.zip"),
    "people 512": ("tryon", "examples.zip"),
}
TURNS = 3
T = TypeVar("T")


def large_clip() -> DualModel:
    """A CLIP with the vision tower of ViT-B/32, random weights, and a short text tower."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor, PreTrainedTokenizerFast

    words = Tokenizer(models.WordLevel({"[PAD]": 0, "[UNK]": 1, "a": 2}, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]"
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = CLIPModel(CLIPConfig(text_config={"num_hidden_layers": 2}))
    processor = CLIPProcessor(image_processor=CLIPImageProcessor(), tokenizer=tokenizer)  # type: ignore[no-untyped-call]
    return DualModel("ViT-B/32", model, processor)


def clip_row(archive: Path, n: int) -> dict[str, object]:
    """The large model on one set of pictures."""
    names, files = some(archive, n)
    plain, ours, exact = large_clip(), large_clip().quicken(), large_clip()
    pictures = Pictures(archive)
    eye = ours.eye
    assert eye is not None
    stages = stages_of(files, eye, ours.taken)
    found: dict[str, Floats] = {}
    taken: dict[str, list[float]] = {"plain": [], "ours": [], "ours, float32": []}
    ways: dict[str, Callable[[], Floats]] = {
        "plain": lambda: plain_loop(plain, files),
        "ours": lambda: in_bulk(ours, pictures, names),
        "ours, float32": lambda: in_bulk(exact, pictures, names),
    }
    for turn in range(TURNS):
        for name, what in ways.items():
            if name == "ours, float32" and turn:
                continue
            begun = time.process_time()
            found[name] = what()
            taken[name].append(n / (time.process_time() - begun))
    best = {name: max(each) for name, each in taken.items()}
    mean = found["plain"].mean(0)
    agree = {name: cosine(found["plain"] - mean, found[name] - mean) for name in ("ours", "ours, float32")}
    return {
        **stages,
        "plain, end to end": round(best["plain"], 1),
        "ours, end to end": round(best["ours"], 1),
        "ours, float32": round(best["ours, float32"], 1),
        "times as many": round(best["ours"] / best["plain"], 2),
        "least cosine": round(float((found["plain"] * found["ours"]).sum(1).min()), 5),
        "least cosine, centred": round(agree["ours"], 4),
        "float32, centred": round(agree["ours, float32"], 5),
        "bfloat16": ours.quick,
    }


def tower_row(archive: Path, n: int) -> dict[str, object]:
    """The picture tower of our own space, as it comes."""
    names, files = some(archive, n)
    pictures = Pictures(archive)
    shape = frame_shape(sample_aspects(pictures, names), 48)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        eyes = PictureEncoder(PictureTower((96, 192, 384), 256), shape)
    decoded, decoding = timed(lambda: [decode(file, "a", size=2 * max(shape)) for file in files])
    (frames, _), reading = timed(lambda: read_frames(pictures, names, shape))
    _, encoding = timed(lambda: eyes.encode_frames(frames))
    _, whole = timed(lambda: eyes.encode_frames(read_frames(pictures, names, shape)[0]))
    return {
        "decode": round(n / decoding, 1),
        "scale": round(n / max(1e-9, reading - decoding), 1),
        "encode": round(n / encoding, 1),
        "ours, end to end": round(n / whole, 1),
        "pixels": f"{decoded[0].size} -> {shape[1]}x{shape[0]}",
    }


def stages_of(files: Sequence[bytes], eye: Eye, look: Callable[[list[np.ndarray]], Floats]) -> dict[str, float]:
    """Pictures a second of each stage alone."""
    n = len(files)
    pictures, decoding = timed(lambda: [decode(file, "a", least=eye.least) for file in files])
    taken, scaling = timed(lambda: [eye.take(picture) for picture in pictures])
    _, encoding = timed(lambda: [look(taken[start : start + BATCH]) for start in range(0, n, BATCH)])
    return {"decode": round(n / decoding, 1), "scale": round(n / scaling, 1), "encode": round(n / encoding, 1)}


@torch.inference_mode()
def plain_loop(model: DualModel, files: Sequence[bytes]) -> Floats:
    """What one writes first."""
    clip, processor = model.module, model._processor
    out = []
    for start in range(0, len(files), 32):
        pictures = [Image.open(BytesIO(file)).convert("RGB") for file in files[start : start + 32]]
        inputs = processor(images=pictures, return_tensors="pt")
        features = clip.get_image_features(**inputs).pooler_output  # type: ignore[operator]
        out.append(torch.nn.functional.normalize(features, dim=1).numpy())
    return np.concatenate(out)


def in_bulk(model: DualModel, pictures: Pictures, names: Sequence[str]) -> Floats:
    """What the pretrained space does."""
    return Bulk(model, Kept(None, "")).pictures(pictures, names, abs)[0]


def some(archive: Path, n: int) -> tuple[list[str], list[bytes]]:
    """Names and bytes of pictures spread over a zip; all of them, some twice, when it holds fewer."""
    with zipfile.ZipFile(archive) as file:
        every = [name for name in file.namelist() if name.endswith(".jpg")]
        names = [every[int(place * len(every) / n)] for place in range(n)]
        return names, [file.read(name) for name in names]


def timed(what: Callable[[], T]) -> tuple[T, float]:
    """What it gives, and processor seconds: the best of three."""
    best = np.inf
    for _ in range(TURNS):
        begun = time.process_time()
        found = what()
        best = min(best, time.process_time() - begun)
    return found, best


def cosine(left: Floats, right: Floats) -> float:
    """The least cosine between rows of the same number."""
    lengths = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    return float(((left * right).sum(1) / lengths).min())


def main() -> None:
    """Measure, print, store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", nargs="*", default=[f"{what}, {name}" for what in ("CLIP", "tower") for name in SETS])
    parser.add_argument("--n", type=int, default=32)
    parser.add_argument("--again", action="store_true", help="measure what was measured before once more")
    arguments = parser.parse_args()
    found, missing = [], []
    for what, function in (("CLIP", clip_row), ("tower", tower_row)):
        for name, place in SETS.items():
            row = f"{what}, {name}"
            if row not in arguments.rows:
                missing.append(row)
                continue
            if arguments.again:
                rows.kept_at(row).unlink(missing_ok=True)
            found.append(rows.run(row, function, data(*place), arguments.n if what == "CLIP" else 4 * arguments.n))
    show("Pictures a second and core, larger is better", found)
    rows.keep("encoding", {"rows": found}, missing)


if __name__ == "__main__":
    main()
