"""How true a shown product is, by axis, 0 to 1; below its threshold an axis sinks the picture.

outside      pixels outside the mask are those of the photo, every one of them
colour       the product's colours in the picture against its own photo's (CIEDE2000)
texture      its pattern: edges at the same places, not stretched out of shape
silhouette   it covers what it should and nothing else
identity     face and hands are untouched
realism      no hard seam, no product hanging in the air

One number would hide what is wrong; people judge such pictures axis by axis (OpenVTON-Bench).
"""

from collections.abc import Mapping

import cv2
import numpy as np

from tastemaker.core.types import Bools, Floats
from tastemaker.studio.colour import difference
from tastemaker.studio.cutout import Pixels, lab_of
from tastemaker.studio.request import Candidate

THRESHOLDS: Mapping[str, float] = {
    "outside": 1.0, "colour": 0.6, "texture": 0.5, "silhouette": 0.6, "identity": 0.98, "realism": 0.5, "cutout": 0.4,
    "body": 0.5, "warp": 0.4, "loose": 0.5, "coverage": 0.9, "face": 0.95, "frame": 0.6, "size": 0.5, "drift": 0.8,
    "present": 0.6,
}  # fmt: skip
"""Below it a candidate is not shown."""
SAID: Mapping[str, str] = {
    "outside": "pixels outside the region would change",
    "colour": "the colours would not be the product's",
    "texture": "its pattern would be bent out of shape",
    "silhouette": "it would not sit where it belongs",
    "identity": "face or hands would change",
    "realism": "it would look pasted in",
    "cutout": "the product cannot be told from the ground of its photo",
    "body": "the person's pose cannot be told",
    "warp": "the garment would have to be bent too far for this pose",
    "loose": "too much of it would stand off the body",
    "coverage": "what the person wears would show beside or below it",
    "face": "it would cover the face or the hands",
    "frame": "too little of it would be inside the photo",
    "size": "it would be far too large or too small for this place",
    "drift": "the pipeline drew another scene than the photo's",
    "present": "too much of the product would be hidden",
}
"""Why an axis refuses a picture."""
FLAT = 0.5
"""Root mean square of the fine structure, in grey levels of 255, below which nobody sees a pattern."""
SAMPLE = 20_000
"""Pixels whose colours are compared."""


def judge(photo: Pixels, candidate: Candidate) -> dict[str, float]:
    """Every axis of a candidate.

    Shapes: photo (h, w, 3).
    """
    solid = candidate.product > 0.9
    axes = {"outside": float((photo == candidate.picture)[~candidate.mask].all())}
    if solid.sum() < 30:
        return axes | {"silhouette": 0.0}
    axes["colour"] = _colour(candidate, solid)
    axes["texture"] = _texture(candidate, solid)
    axes["silhouette"] = _silhouette(candidate)
    axes["identity"] = _identity(photo, candidate)
    axes["realism"] = _realism(photo, candidate)
    return axes | {name: float(np.clip(value, 0, 1)) for name, value in candidate.checks.items()}


def failing(axes: Mapping[str, float]) -> list[str]:
    """Axes below their threshold, the worst first."""
    short = {name: value - THRESHOLDS[name] for name, value in axes.items() if value < THRESHOLDS.get(name, 0.0)}
    return sorted(short, key=lambda name: short[name])


def worth(axes: Mapping[str, float]) -> float:
    """What candidates are put in order by: how far they are above the thresholds, the weakest axis counting most."""
    margins = [value - THRESHOLDS.get(name, 0.0) for name, value in axes.items()]
    return min(margins) + 0.1 * float(np.mean(margins))


def _colour(candidate: Candidate, solid: Bools) -> float:
    """1 where nobody sees a difference, 0 at another colour."""
    places = np.flatnonzero(solid)[:: max(1, int(solid.sum()) // SAMPLE)]
    shown = lab_of(candidate.picture).reshape(-1, 3)[places]
    meant = lab_of(candidate.meant).reshape(-1, 3)[places]
    return float(np.clip(1 - (difference(shown, meant).mean() - 1) / 15, 0, 1))


def _texture(candidate: Candidate, solid: Bools) -> float:
    """Correlation of the fine structure of what is shown and what is meant.

    Of two pictures without any there is nothing to tell apart, which is 1. A pattern that is shown flat, or a flat
    thing shown with a pattern, correlates with nothing.
    """
    fine = []
    meant = np.where((candidate.product > 0)[..., None], candidate.meant, candidate.picture)
    for picture in (candidate.picture, meant):
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
        values = (grey - cv2.GaussianBlur(grey, (0, 0), 3))[solid]
        fine.append(values - values.mean())
    shown, wanted = (float(np.linalg.norm(values)) for values in fine)
    if max(shown, wanted) < FLAT * np.sqrt(solid.sum()):
        return 1.0
    return float(np.clip(fine[0] @ fine[1] / max(shown * wanted, 1e-6), 0, 1))


def _silhouette(candidate: Candidate) -> float:
    """Overlap of the product with the region it belongs to: intersection over union."""
    there = candidate.product > 0.5
    union = (there | candidate.region).sum()
    return float((there & candidate.region).sum() / union) if union else 0.0


def _identity(photo: Pixels, candidate: Candidate) -> float:
    """The share of face and hands that is untouched."""
    if candidate.keep is None or not candidate.keep.any():
        return 1.0
    return float((photo == candidate.picture).all(2)[candidate.keep].mean())


def _realism(photo: Pixels, candidate: Candidate) -> float:
    """How soft the seam is: a line of single pixels unlike both sides is what gives a pasted picture away."""
    there = (candidate.product > 0.5).astype(np.uint8)
    line = (cv2.dilate(there, np.ones((3, 3), np.uint8)) - cv2.erode(there, np.ones((3, 3), np.uint8))) > 0
    if line.sum() < 10:
        return 0.0
    return float(
        np.clip(1.2 - (float(_spikes(candidate.picture)[line].mean()) - float(_spikes(photo).mean())) / 25, 0, 1)
    )


def _spikes(picture: Pixels) -> Floats:
    """How far each pixel is from what is usual around it. Shapes: (h, w, 3) -> (h, w)."""
    around = np.asarray(cv2.medianBlur(picture, 5), np.uint8)
    return np.asarray(np.linalg.norm(lab_of(picture) - lab_of(around), axis=2), np.float32)
