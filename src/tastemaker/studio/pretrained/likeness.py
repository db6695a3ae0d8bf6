"""Looking for the product in what a pipeline has drawn: is it there, of its own colours, with its own pattern?

A trained model draws folds and turns that no warp foresees, so a pattern may lie a little elsewhere than composed. What
the product should look like is therefore moved after what was drawn, smoothly and not far, before the two are compared;
another print stays another print. Where the product is seen is told by its palette, not by where it was meant to be.

Source: Kroeger et al., "Fast optical flow using dense inverse search", ECCV 2016.
"""

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from tastemaker.core.types import Bools, Floats
from tastemaker.studio.cutout import Pixels, box_of, lab_of
from tastemaker.studio.request import Candidate

FAR = 0.04
"""How far a pattern may have moved, as a share of the product's longer side."""
STIFF = 0.05
"""Width over which the movement is smooth, as a share of the same."""
BINS, WIDE = 24, 256.0
"""The palette: cells of CIELAB along each axis, and the range they span."""
SHARE = 0.002
"""Share of the product that a cell must hold to belong to its palette."""
CHANGED = 8.0
"""Difference from the photo, in CIELAB, from which on a pixel counts as painted."""


def judged_by(draft: Candidate, picture: Pixels, photo: Pixels, mask: Bools) -> Candidate:
    """What was drawn as a candidate: against what it is judged.

    Args:
        draft: what the compositor proposed: what is meant, and where.
        picture: what was drawn.
        photo: as it was.
        mask: where it may have changed.

    Shapes: picture (h, w, 3), photo (h, w, 3), mask (h, w).
    """
    meant, product = followed(draft.meant, draft.product, picture)
    seen = seen_in(picture, photo, draft) & mask
    return replace(draft, picture=picture, mask=mask, meant=meant, product=product, region=seen, checks={}, warnings=())


def followed(meant: Pixels, product: Floats, picture: Pixels) -> tuple[Pixels, Floats]:
    """What is meant, moved smoothly and a little to where it was drawn.

    Shapes: meant (h, w, 3), product (h, w), picture (h, w, 3) -> (h, w, 3), (h, w).
    """
    there = product > 0.5
    if not there.any():
        return meant, product
    left, top, right, bottom = box_of(there)
    longer = max(right - left, bottom - top)
    goal = np.where(there[..., None], picture, meant)  # what is beside the product pulls at nothing
    drawn, wanted = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY) for each in (goal, meant))
    still = np.zeros((*product.shape, 2), np.float32)
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    flow = np.asarray(finder.calc(drawn, wanted, still), np.float32)
    weight = cv2.GaussianBlur(there.astype(np.float32), (0, 0), max(1.0, STIFF * longer)) + 1e-3
    blurred = cv2.GaussianBlur(flow * there[..., None], (0, 0), max(1.0, STIFF * longer)) / weight[..., None]
    length = np.linalg.norm(blurred, axis=2, keepdims=True)
    smooth = blurred * np.minimum(1.0, FAR * longer / np.maximum(length, 1e-6))
    rows, columns = np.mgrid[: product.shape[0], : product.shape[1]].astype(np.float32)
    at_x, at_y = columns + smooth[..., 0].astype(np.float32), rows + smooth[..., 1].astype(np.float32)
    moved = cv2.remap(meant, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.remap(product, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0.0)
    return np.asarray(moved, np.uint8), np.asarray(alpha, np.float32)


def seen_in(picture: Pixels, photo: Pixels, draft: Candidate) -> Bools:
    """Where the product's colours are: in its outline, and wherever else they were painted.

    Shapes: picture (h, w, 3), photo (h, w, 3) -> (h, w).
    """
    inside = draft.product > 0.5
    lab = lab_of(np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.0), np.uint8))
    painted = np.linalg.norm(lab - lab_of(photo), axis=2) > CHANGED
    own = _cells(lab_of(draft.meant)[inside])
    counts = np.bincount(own, minlength=BINS**3)
    palette = (counts > SHARE * max(len(own), 1)).reshape(BINS, BINS, BINS)
    near = _spread(palette).reshape(-1)[_cells(lab.reshape(-1, 3))].reshape(inside.shape)
    return np.asarray(near & (inside | painted), np.bool_)


def _cells(lab: Floats) -> npt.NDArray[np.int64]:
    """The cell of the palette that each colour is in. Shapes: (n, 3) -> (n,)."""
    shifted = (lab * np.array([WIDE / 100, 1, 1]) + np.array([0, WIDE / 2, WIDE / 2])) * BINS / WIDE
    steps = np.clip(shifted, 0, BINS - 1).astype(np.int64)
    return np.asarray(steps @ np.array([BINS * BINS, BINS, 1]), np.int64)


def _spread(palette: Bools) -> Bools:
    """The palette with the cells beside it. Shapes: (n, n, n)."""
    wide = np.pad(palette, 1)
    for axis in range(3):
        wide = wide | np.roll(wide, 1, axis) | np.roll(wide, -1, axis)
    return wide[1:-1, 1:-1, 1:-1]
