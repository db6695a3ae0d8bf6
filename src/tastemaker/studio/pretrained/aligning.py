"""Putting back in place what a pipeline without a mask has drawn: such pipelines shift, scale and tint all of a photo.

What was drawn is registered on the photo outside the region, where both should be alike: first a shift by phase
correlation, then an affine map that maximises the correlation (ECC); then the tint is taken out, channel by channel.
How alike the two then are says whether the drawing can be believed to show the same scene at all.

Source: Evangelidis and Psarakis, "Parametric image alignment using enhanced correlation coefficient maximization",
PAMI 30(10), 2008; Kuglin and Hines, "The phase correlation image alignment method", 1975.
"""

import cv2
import numpy as np

from tastemaker.core.types import Bools, Doubles, Floats
from tastemaker.studio.cutout import Pixels

SIDE = 384
"""Longer side at which pictures are registered."""
ROUNDS = 80
"""Steps of the search for an affine map at most."""
SMOOTH = 5
"""Width of the blur before it, in pixels."""
SHIFT, SCALE = 0.15, 0.2
"""The most by which a photo can have moved, as a share of its side, and been scaled or sheared; more is a mistake."""
GAIN = (0.6, 1.6)
"""The most by which a channel's contrast can have been changed."""
PLAIN = 20.0
"""Variance of grey levels below which a photo counts as plain."""
LEAST = 400
"""Pixels outside the region without which nothing can be registered."""


def put_in_place(photo: Pixels, drawn: Pixels, free: Bools) -> tuple[Pixels, float]:
    """What was drawn, moved and toned to fit the photo outside the region.

    Args:
        photo: as it was.
        drawn: the same scene drawn anew, at the same size.
        free: the region, in which the two may differ.

    Returns:
        The moved drawing, and how alike both are outside the region, 0 to 1.

    Shapes: photo (h, w, 3), drawn (h, w, 3), free (h, w) -> (h, w, 3).
    """
    fixed = ~free
    if fixed.sum() < LEAST:
        return drawn, 1.0
    height, width = photo.shape[:2]
    moved = drawn
    for matrix in (_affine(photo, drawn, fixed), _shift(photo, drawn, fixed)):
        tried = cv2.warpAffine(
            drawn, matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT
        )
        if alike(photo, np.asarray(tried, np.uint8), fixed) > alike(photo, moved, fixed):
            moved = np.asarray(tried, np.uint8)
    return _toned(photo, moved, fixed), alike(photo, moved, fixed)


def alike(photo: Pixels, drawn: Pixels, fixed: Bools) -> float:
    """How alike two pictures are where they should be, 0 to 1; a shade lighter or darker does not count.

    ``(2 cov + c) / (var + var + c)``, the contrast and structure term of SSIM over the whole of it, so that two plain
    walls are alike.

    Shapes: photo (h, w, 3), drawn (h, w, 3), fixed (h, w).
    """
    values = [cv2.GaussianBlur(_grey(picture), (0, 0), 1.0)[fixed] for picture in (photo, drawn)]
    one, other = (each - each.mean() for each in values)
    return float(np.clip((2 * (one * other).mean() + PLAIN) / (one.var() + other.var() + PLAIN), 0, 1))


def _grey(picture: Pixels) -> Floats:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32)


def _small(picture: Pixels, fixed: Bools) -> tuple[Floats, Bools, float]:
    """A grey picture at a size that is quick to register, what is fixed there, and its scale."""
    scale = min(1.0, SIDE / max(fixed.shape))
    size = (round(fixed.shape[1] * scale), round(fixed.shape[0] * scale))
    grey = cv2.resize(_grey(picture), size, interpolation=cv2.INTER_AREA)
    there = cv2.resize(fixed.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    return np.asarray(grey, np.float32), there, scale


def _shift(photo: Pixels, drawn: Pixels, fixed: Bools) -> Doubles:
    """How far the drawing has moved, by phase correlation. Shapes: -> (2, 3), from the photo to the drawing."""
    parts = []
    for picture in (photo, drawn):
        grey, there, scale = _small(picture, fixed)
        parts.append(np.where(there, grey - grey[there].mean(), 0).astype(np.float32))
    window = cv2.createHanningWindow(parts[0].shape[::-1], cv2.CV_32F)
    (x, y), _ = cv2.phaseCorrelate(parts[0], parts[1], window)
    if max(abs(x) / parts[0].shape[1], abs(y) / parts[0].shape[0]) > SHIFT:
        x = y = 0.0
    return np.array([[1, 0, x / scale], [0, 1, y / scale]], np.float64)


def _affine(photo: Pixels, drawn: Pixels, fixed: Bools) -> Doubles:
    """The affine map from the photo to the drawing; the shift alone where none is found. Shapes: -> (2, 3)."""
    start = _shift(photo, drawn, fixed)
    (one, there, scale), (other, _, _) = _small(photo, fixed), _small(drawn, fixed)
    resized = np.array([1, 1, scale])
    matrix = np.asarray(start * resized, np.float32)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, ROUNDS, 1e-5)
    mask = there.astype(np.uint8) * 255
    try:
        _, ended = cv2.findTransformECC(one, other, matrix, cv2.MOTION_AFFINE, stop, mask, SMOOTH)
    except cv2.error:  # it does not converge: the two have nothing in common
        return start
    found = np.asarray(ended, np.float64) / resized
    far = np.abs(found[:, 2]) / np.array(fixed.shape[::-1]) > SHIFT + SCALE
    return start if far.any() or np.abs(found[:, :2] - np.eye(2)).max() > SCALE else found


def _toned(photo: Pixels, drawn: Pixels, fixed: Bools) -> Pixels:
    """The drawing with the photo's light: each channel's gain and offset by least squares outside the region."""
    values = drawn.astype(np.float32)
    for channel in range(3):
        own, goal = values[..., channel][fixed], photo[..., channel][fixed].astype(np.float32)
        spread = float(own.var())
        gain = float(np.clip(((own - own.mean()) * (goal - goal.mean())).mean() / spread, *GAIN)) if spread > 1 else 1.0
        values[..., channel] = (values[..., channel] - own.mean()) * gain + goal.mean()
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
