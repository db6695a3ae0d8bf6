"""What the benchmarks share: where the data lies, workspaces built from it, plain baselines, tables, stored results.

The data is not part of the project: set TASTEMAKER_DATA, or have it in ``shared/data`` beside the checkout.
"""

import csv
import hashlib
import json
import os
import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
from PIL import Image
from scipy.sparse import csr_matrix

from tastemaker.core.progress import Advanced, Event, Finished, Noted, Started
from tastemaker.core.storage import Artefact, Artefacts
from tastemaker.core.types import Bools, Floats, Ints

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: threads that wait must not burn a shared core
ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
BUILD = ROOT / "build" / "benchmarks"


def data(*parts: str) -> Path:
    """A file of the data, or the end of the program with a word on what is missing."""
    places = [Path(os.environ["TASTEMAKER_DATA"])] if "TASTEMAKER_DATA" in os.environ else []
    places += [ROOT.parent / "shared" / "data", ROOT / "shared" / "data"]
    for place in places:
        if place.joinpath(*parts).exists():
            return place.joinpath(*parts)
    sys.exit(
        f"{'/'.join(parts)} is not there: set TASTEMAKER_DATA to the folder of the data, or put it in {places[-1]}"
    )


def seeded(name: str, seed: int) -> str:
    """The name of what was made with a seed; seed 0 goes without saying."""
    return name if seed == 0 else f"{name}-seed-{seed}"


def fashion_space(seed: int = 0) -> Artefact:
    """The space that ``bench_fashion.py`` has learned, or the end of the program with a word on how to get it."""
    kept = Artefacts(BUILD / seeded("fashion-space", seed)).published().get("space")
    if kept is None:
        sys.exit("there is no such space yet: run `python benchmarks/bench_fashion.py` first, with the same --seed")
    return kept


def new_workspace(name: str) -> Path:
    """An empty folder for a workspace, under ``build/``."""
    folder = BUILD / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def write_items(path: Path, items: Sequence[Mapping[str, object]]) -> None:
    """Write ``items.csv`` (flat values) or ``items.jsonl``."""
    if path.suffix == ".jsonl":
        lines = [json.dumps(item, ensure_ascii=False) for item in items]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(items[0]))
        writer.writeheader()
        writer.writerows(items)


def kept_out(id: str) -> bool:
    """Is the item in the tenth that nothing is learned from?"""
    return int(hashlib.sha256(id.encode()).hexdigest(), 16) % 10 == 0


class Stopwatch:
    """Wall seconds and processor seconds. On a busy machine half the latter is what two quiet cores would need."""

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.process_time()

    @property
    def wall(self) -> float:
        """Seconds by the clock."""
        return time.perf_counter() - self._wall

    @property
    def processor(self) -> float:
        """Seconds of all cores together."""
        return time.process_time() - self._processor


@dataclass
class Lines:
    """An observer that writes a line to stderr now and then."""

    every: float = 20.0
    _last: float = field(default=0.0, init=False)

    def __call__(self, event: Event) -> None:
        """Take an event."""
        now = time.perf_counter()
        if isinstance(event, Advanced) and now - self._last < self.every:
            return
        self._last = now
        match event:
            case Started(task, total):
                line = f"{task}: {total or '?'} steps"
            case Advanced(task, done, total, metrics):
                line = f"{task}: {done}/{total} " + " ".join(f"{k} {v:.3f}" for k, v in metrics.items())
            case Finished(task, seconds):
                line = f"{task}: done in {seconds:.0f} s"
            case Noted(task, message):
                line = f"{task}: {message}"
        print(line, file=sys.stderr, flush=True)


def places(queries: Floats, gallery: Floats, right: Ints | None = None) -> Ints:
    """For each query, how many of the gallery stand before the right one (the one of the same number).

    Shapes: (n, dim), (m, dim) -> (n,).
    """
    right = np.arange(len(queries)) if right is None else right
    scores = queries @ gallery.T
    own = scores[np.arange(len(queries)), right][:, None]
    return np.asarray((scores > own).sum(1), np.int64)


def recalls(place: Ints, ks: Sequence[int] = (1, 5, 10)) -> dict[str, float]:
    """Share of queries whose right answer stands in the first k places."""
    return {f"R@{k}": round(float((place < k).mean()), 4) for k in ks}


def show(title: str, rows: Iterable[Mapping[str, object]]) -> None:
    """Print a table."""
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[_cell(row.get(name, "")) for name in names] for row in rows]
    widths = [max(len(name), *(len(line[i]) for line in cells)) for i, name in enumerate(names)]
    print(f"\n{title}")
    for line in [names, *cells]:
        print(
            "  ".join(
                value.ljust(width) if i == 0 else value.rjust(width)
                for i, (value, width) in enumerate(zip(line, widths, strict=True))
            )
        )


def store(name: str, result: Mapping[str, object]) -> None:
    """Keep a benchmark's figures as JSON under ``benchmarks/results/``."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def _cell(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


class TfIdf:
    """Words as a sparse matrix, weighed by how rare they are; rows of length one."""

    def __init__(self, texts: Sequence[str], least: int = 2) -> None:
        counts = Counter(word for text in texts for word in set(_words(text)))
        self._column = {w: i for i, w in enumerate(sorted(w for w, n in counts.items() if n >= least))}
        self._rarity = np.array([np.log(len(texts) / counts[w]) + 1 for w in self._column], np.float32)

    def __call__(self, texts: Sequence[str]) -> csr_matrix:
        """Shapes: (n,) -> (n, words)."""
        rows, columns = [], []
        for row, text in enumerate(texts):
            known = [self._column[w] for w in _words(text) if w in self._column]
            rows += [row] * len(known)
            columns += known
        matrix = csr_matrix((self._rarity[columns], (rows, columns)), (len(texts), len(self._column)), np.float32)
        length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(1)))
        return csr_matrix(matrix.multiply(1 / np.maximum(length, 1e-9)))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


class WordsToPicture:
    """The plain baseline: ridge regression from TF-IDF words to hand-made picture features."""

    @classmethod
    def fit(cls, texts: Sequence[str], features: Floats, strength: float = 3.0) -> Self:
        """Learn from items with both. Shapes: features (n, d)."""
        from scipy.sparse.linalg import LinearOperator, cg

        made = cls()
        made.words = TfIdf(texts)
        made.mean = features.mean(0)
        x = made.words(texts)
        normal = LinearOperator((x.shape[1],) * 2, matvec=lambda w: x.T @ (x @ w) + strength * w, dtype=np.float64)
        target = x.T @ (features - made.mean)
        made.weights = np.stack([cg(normal, column, rtol=1e-4, maxiter=60)[0] for column in target.T], axis=1)
        return made

    def texts(self, texts: Sequence[str]) -> Floats:
        """What pictures of these words should look like. Shapes: -> (n, d), unit rows."""
        return _unit(np.asarray(self.words(texts) @ self.weights, np.float32))

    def pictures(self, features: Floats) -> Floats:
        """Shapes: (n, d) -> (n, d), unit rows."""
        return _unit(features - self.mean)


def picture_features(pictures: Iterable[Image.Image]) -> Floats:
    """Hand-made features: a small thumbnail and a colour histogram in CIELAB, each standardised.

    Shapes: -> (n, 8 * 6 * 3 + 125).
    """
    from PIL import ImageCms

    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    thumbnails, histograms = [], []
    for picture in pictures:
        lab = ImageCms.applyTransform(picture, to_lab)
        small = np.asarray(lab.resize((24, 32), Image.Resampling.BOX), np.int64)
        a = (small[..., 1] ^ 128, small[..., 2] ^ 128)  # Pillow stores a and b as signed bytes
        bins = (small[..., 0] * 5 // 256) * 25 + np.clip((a[0] - 78) // 20, 0, 4) * 5 + np.clip((a[1] - 78) // 20, 0, 4)
        histograms.append(np.sqrt(np.bincount(bins.ravel(), minlength=125) / bins.size))
        thumbnails.append(np.asarray(picture.resize((6, 8), Image.Resampling.BOX), np.float32).ravel() / 255)
    parts = [np.asarray(part, np.float32) for part in (thumbnails, histograms)]
    return np.hstack([(part - part.mean(0)) / (part.std() * np.sqrt(part.shape[1])) for part in parts])


def _unit(matrix: Floats) -> Floats:
    return matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)


def hit_rate(scores: Floats, positives: Sequence[Ints], banned: Sequence[int], k: int = 10) -> float:
    """Share of queries with a positive in the first k places; ``banned`` is never ranked.

    Shapes: scores (n, items).
    """
    hits = []
    for row, (wanted, ban) in enumerate(zip(positives, banned, strict=True)):
        line = scores[row].copy()
        line[ban] = -np.inf
        hits.append(bool(np.isin(np.argpartition(-line, k)[:k], wanted).any()))
    return round(float(np.mean(hits)), 4)


def mask(size: int, rows: Ints) -> Bools:
    """True at the rows."""
    out = np.zeros(size, np.bool_)
    out[rows] = True
    return out
