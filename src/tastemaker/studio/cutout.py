"""The thing in a picture, apart from what is behind it: a product out of its photo, a person out of theirs.

Most product photos, and studio photos of people, have a ground that changes smoothly, mostly from top to bottom: wall
over floor. It is read off the left and right edges of every row; what is like it and hangs together with the edge is
ground. A soft shadow is darker ground without an edge of its own, so it goes too. Any other ground is left to GrabCut.
Every cut-out says how sure it is, since nothing after it can mend a wrong one.

Source: Rother, Kolmogorov, Blake, "GrabCut", SIGGRAPH 2004.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_dilation, binary_erosion

from tastemaker.core.types import Bools, Floats

Pixels = npt.NDArray[np.uint8]
"""A picture. Shapes: (h, w, 3), RGB."""

EDGE = 0.02
"""Width of the edge that is read, as a share of the picture's."""
BUSY = 9.0
"""Spread of colours along the edge, in CIELAB, above which the ground is not read off it."""
ROUNDS = 2
"""How often the ground is found and its light fitted anew."""
EVEN = 0.2
"""Range of colours along the edge, in CIELAB, below which the ground is one colour."""
EXACT = 0.3
"""Difference from an even ground that is a difference."""
SMALL_SIDE = 224
"""Longer side at which GrabCut works; it is slow, and its contour is refined afterwards."""
LOW = 0.35
"""Lower share of a thing in which shadow may hang on it."""
EVENLY = 0.1
"""How much the dimming of red, green and blue may differ in a shadow, as a share of it."""
PALE, DIM, FRINGE, MOSTLY = 6.0, 0.66, 0.012, 0.35
"""A shadow has the colour of the ground and at least this share of its light; so wide a fringe of it is taken away,
unless more than such a share of the rim would go, which is then the thing's own."""
LEAST, MOST = 0.01, 0.93
"""Shares of a picture that a thing fills; outside of them the cut-out is not believed."""


@dataclass(frozen=True)
class Cutout:
    """A thing apart from its ground.

    Attributes:
        picture: its pixels; along its edge the colour of the thing itself, without the ground's.
        alpha: how much of each pixel is the thing, 0 to 1.
        sure: how much the cut-out is to be believed, 0 to 1.
        ground: the ground as it would be without the thing; None when it is not smooth.
        flat: True when the ground was smooth.

    Shapes: picture (h, w, 3), alpha (h, w), ground (h, w, 3).
    """

    picture: Pixels
    alpha: Floats
    sure: float
    ground: Pixels | None = None

    @cached_property
    def mask(self) -> Bools:
        """Pixels that are mostly the thing. Shapes: (h, w)."""
        return self.alpha > 0.5

    @property
    def flat(self) -> bool:
        """Was the ground smooth?"""
        return self.ground is not None

    def cropped(self) -> "Cutout":
        """The thing alone: everything around its bounding box cut off.

        Raises:
            ValueError: there is nothing.
        """
        left, top, right, bottom = box_of(self.alpha > 0.05)
        window = np.s_[top:bottom, left:right]
        return Cutout(self.picture[window], self.alpha[window], self.sure)


def box_of(mask: Bools) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is true; the last two are one behind.

    Raises:
        ValueError: nothing is true.
    """
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        raise ValueError("the mask is empty")
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def lab_of(picture: Pixels) -> Floats:
    """CIELAB, lightness 0 to 100. Shapes: (h, w, 3) -> (h, w, 3)."""
    return np.asarray(cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def shrunk(picture: Pixels, scale: float) -> Pixels:
    """A picture at a share of its size, one pixel at least. Shapes: (h, w, 3) -> (h * scale, w * scale, 3)."""
    if scale == 1.0:
        return picture
    height, width = (max(1, round(scale * side)) for side in picture.shape[:2])
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def cut(picture: Pixels, *, holes: bool = False) -> Cutout:
    """Cut the thing out of a picture.

    Args:
        picture: of one thing.
        holes: look for ground inside the thing as well: between the legs of a chair, not in the print of a shirt.

    Shapes: picture (h, w, 3).
    """
    lab = lab_of(np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.7), np.uint8))
    ground, spread = _ground(lab)
    if spread > BUSY:
        mask, sure = _grabcut(picture)
        return Cutout(_own_colours(picture, mask), _soft(mask), sure)
    even = _is_even(lab)
    if even:  # the thing may reach the edges
        edge = np.concatenate([lab[:2].reshape(-1, 3), lab[:, [0, -1]].reshape(-1, 3)])
        ground = np.full_like(lab, np.median(edge, 0))
    tolerance = float(np.clip(3 * spread, 2.0 if even else 2.5, 9.0))
    for _ in range(0 if even else ROUNDS):
        far = _distance(lab, ground)
        ground = _bent(lab, ground, _from_edge(_like_ground(lab, ground, far, tolerance, 2.5 * tolerance)))
    far = _distance(lab, ground)
    mask = _filled(~_from_edge(_like_ground(lab, ground, far, tolerance, 1.6 * tolerance)))
    careful = _like_ground(lab, ground, far, tolerance, 0.8 * tolerance) if not even else far < EXACT
    whole = _filled(_largest(~_from_edge(careful), 5 if even else 2))
    if MOST > whole.mean() > 1.05 * mask.mean() and _eaten(mask, whole, 0.075 if even else 0.12):  # white on white
        mask, tolerance = whole, EXACT if even else tolerance
    mask = _peeled(_largest(mask), far)
    plain = np.asarray(cv2.cvtColor(ground, cv2.COLOR_LAB2RGB) * 255, np.float32).clip(0, 255).astype(np.uint8)
    if holes:
        mask &= ~_holes(mask, far < 0.7 * tolerance)
        if not even:  # a shop that has cut its photos out has left no shadow
            mask = _largest(mask & ~_shadow_under(picture, plain, mask), 1)
    mask = _mended(mask, ground)
    return Cutout(_own_colours(picture, mask), _soft(mask), _sureness(mask, far, tolerance), plain)


def without_fringe(picture: Pixels, mask: Bools, ground: Pixels) -> Bools:
    """A mask without the fringe of shadow along its edge; a thing that is as pale as the ground keeps its edge.

    Shapes: picture (h, w, 3), mask (h, w), ground (h, w, 3) -> (h, w).
    """
    lab, plain = lab_of(picture), lab_of(ground)
    grey = np.linalg.norm(lab[..., 1:] - plain[..., 1:], axis=2) < PALE
    shadow = grey & (lab[..., 0] > DIM * plain[..., 0])
    wide = max(2, round(FRINGE * len(mask)))
    left = mask & ~binary_dilation(~mask, iterations=wide, mask=~mask | shadow)
    rim = mask & ~binary_erosion(mask, iterations=wide)
    return left if (rim & ~left).sum() < MOSTLY * rim.sum() else mask


def trimmed(picture: Pixels, thing: Cutout) -> Cutout:
    """A cut-out without its fringe of shadow. Shapes: picture (h, w, 3)."""
    if thing.ground is None:
        return thing
    mask = without_fringe(picture, thing.mask, thing.ground)
    return replace(thing, picture=_own_colours(picture, mask), alpha=_soft(mask))


def _eaten(mask: Bools, whole: Bools, much: float) -> bool:
    """Has the ground's colour bitten into a thing that is whole in another mask?"""
    return bool(mask.mean() < 0.35 * whole.mean() or _solid(mask) + much < _solid(whole) < 0.95)


def _solid(mask: Bools) -> float:
    """How much of its hull a mask fills: little when it has been eaten into, all when it is a frame."""
    if not mask.any():
        return 0.0
    rows, columns = np.nonzero(mask)
    hull = cv2.convexHull(np.stack([columns, rows], 1).astype(np.int32))
    return float(mask.sum() / max(cv2.contourArea(hull), 1.0))


def _is_even(lab: Floats) -> bool:
    """Is the ground one colour, as when a shop has cut its photos out itself?"""
    edge = np.concatenate([lab[:2].reshape(-1, 3), lab[:, :2].reshape(-1, 3), lab[:, -2:].reshape(-1, 3)])
    return bool((np.percentile(edge, 85, axis=0) - np.percentile(edge, 15, axis=0)).max() < EVEN)


def _ground(lab: Floats) -> tuple[Floats, float]:
    """The ground as read off the edges, and how much colours differ from it there."""
    width = lab.shape[1]
    band = max(2, round(EDGE * width))
    sides = np.stack([np.median(lab[:, :band], 1), np.median(lab[:, -band:], 1)])  # (2, h, 3)
    usual = np.median(np.concatenate([sides.reshape(-1, 3), lab[:2].reshape(-1, 3)]), 0)
    agree = np.linalg.norm(sides[0] - sides[1], axis=1) < 12
    smooth = np.stack([_row_colours(side, usual, agree) for side in sides])
    across = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
    ground = smooth[0][:, None] * (1 - across) + smooth[1][:, None] * across
    gaps = np.linalg.norm(sides - smooth, axis=2)
    fits = gaps < 15  # rows in which the thing itself reaches the edge
    rough = float(np.median(np.abs(lab[:, :band] - ground[:, :band]).sum(2)))
    spread = float(gaps[fits].mean()) + 0.3 * rough if fits.mean() > 0.35 else np.inf
    return np.asarray(ground, np.float32), spread


def _row_colours(side: Floats, usual: Floats, agree: Bools) -> Floats:
    """The colour of the ground at one edge, row by row; where the thing stands there, that of the rows around it."""
    window = 2 * (len(side) // 24) + 1
    rows = np.pad(side, ((window // 2, window // 2), (0, 0)), mode="edge")
    median = np.median(np.lib.stride_tricks.sliding_window_view(rows, window, axis=0), -1)
    strange = (np.linalg.norm(median - usual, axis=1) > 30) & ~agree
    strange |= (np.linalg.norm(side - median, axis=1) > 12) & ~agree
    known = np.flatnonzero(~strange)
    if len(known) < 2:
        return np.asarray(median, np.float32)
    places = np.arange(len(side))
    return np.asarray(np.stack([np.interp(places, known, median[known, c]) for c in range(3)], 1), np.float32)


def _distance(lab: Floats, ground: Floats) -> Floats:
    """How far each pixel is from the ground; where wall meets floor the ground is not known to the pixel."""
    turn = np.linalg.norm(np.gradient(ground, axis=0), axis=2)
    return np.asarray(np.maximum(np.linalg.norm(lab - ground, axis=2) - 3 * np.where(turn > 1, turn, 0), 0), np.float32)


def _bent(lab: Floats, ground: Floats, behind: Bools) -> Floats:
    """The ground with light that falls off towards its corners: a parabola more, as far as ground has been found."""
    height, width = behind.shape
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    basis = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], -1).astype(np.float32)
    some = np.zeros_like(behind)
    some[::4, ::4] = behind[::4, ::4]
    if some.sum() < 60:
        return ground
    found, *_ = np.linalg.lstsq(basis[some], (lab - ground)[some], rcond=None)
    return np.asarray(ground + np.clip(basis @ found, -10, 10), np.float32)


def _like_ground(lab: Floats, ground: Floats, far: Floats, tolerance: float, lighter_by: float) -> Bools:
    """Pixels of the ground's colour, and darker ones without an edge: its shadows."""
    lighter = lab[..., 0] - ground[..., 0]
    dimmed = ground[..., 1:] * (lab[..., :1] / np.maximum(ground[..., :1], 1))
    colour = np.linalg.norm(lab[..., 1:] - dimmed, axis=2)
    slopes = [cv2.Sobel(lab[..., 0], cv2.CV_32F, x, 1 - x, scale=0.125) for x in (1, 0)]
    smooth = np.hypot(*slopes) < np.clip(0.45 * tolerance, 0.5, 1.2) * max(1.0, 512 / max(far.shape))
    shadow = (lighter < lighter_by) & (lighter > -30) & (colour < max(2.5, 0.6 * tolerance)) & smooth
    return np.asarray((far < tolerance) | shadow, np.bool_)


def _from_edge(like: Bools) -> Bools:
    """Those that hang together with the edge of the picture, its bottom excepted."""
    _, labels = cv2.connectedComponents(like.astype(np.uint8), connectivity=4)
    edge = np.unique(np.concatenate([labels[0], labels[:, 0], labels[:, -1], labels[-1]]))
    return np.isin(labels, edge[edge > 0])


def _peeled(mask: Bools, far: Floats, layers: int = 4) -> Bools:
    """Without the pale line around it that is left where a shop has cut a photo out before."""
    core = cv2.erode(mask.astype(np.uint8), np.ones((11, 11), np.uint8), borderValue=1)
    inner = cv2.dilate(far * core, np.ones((17, 17), np.uint8))
    for _ in range(layers):
        rim = mask & ~cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1).astype(np.bool_)
        pale = rim & (far < np.minimum(0.35 * inner, 9))
        if not pale.any():
            break
        mask = mask & ~pale
    return mask


def _filled(mask: Bools) -> Bools:
    """Small cracks closed, which the ground's colour has bitten into it."""
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)).astype(np.bool_)


def _largest(mask: Bools, width: int = 2) -> Bools:
    """Without specks and lines of that width: parts of at least a fiftieth of the largest."""
    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((width, width), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    if count < 2:
        return np.zeros_like(mask)
    sizes = stats[1:, cv2.CC_STAT_AREA]
    kept = 1 + np.flatnonzero(sizes >= max(sizes.max() / 50, 4))
    return np.isin(labels, kept)


def _mended(mask: Bools, ground: Floats) -> Bools:
    """Closed along the line where wall meets floor, where the ground's colour is not known to the pixel."""
    turn = np.linalg.norm(np.gradient(ground, axis=0), axis=2).max(1) > 1
    rows = np.flatnonzero(turn)
    if not len(rows) or np.ptp(rows) > 0.08 * len(mask):
        return mask
    first, last = max(int(rows[0]) - 2, 0), min(int(rows[-1]) + 3, len(mask))
    if first == 0 or last == len(mask):
        return mask
    closed = mask.copy()
    closed[first:last] |= mask[first - 1] & mask[last]
    return closed


def _shadow_under(picture: Pixels, ground: Pixels, mask: Bools) -> Bools:
    """Pixels in the lower part of a thing that have the ground's colour, dimmed, and not the thing's own further up."""
    _, top, _, bottom = box_of(mask) if mask.any() else (0, 0, 0, 0)
    low = np.zeros_like(mask)
    low[bottom - int(LOW * (bottom - top)) :] = True
    smooth = cv2.GaussianBlur(picture, (0, 0), 1.0).astype(np.float32)
    share = (smooth + 2) / (ground.astype(np.float32) + 2)
    dimmed = (np.ptp(share, axis=2) < EVENLY * share.mean(2)) & (share.mean(2) < 1.01) & (share.mean(2) > 0.3)
    bins = (smooth / 12).astype(np.int32) @ np.array([484, 22, 1])
    counts = np.bincount(bins[mask & ~low], minlength=22**3)
    own = counts > max(4.0, 0.006 * counts.sum())
    shadow = (mask & low & dimmed & ~own[bins]).astype(np.uint8)
    shadow = cv2.morphologyEx(shadow, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels = cv2.connectedComponents(shadow, connectivity=4)
    beside = cv2.dilate((~mask).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    shadow = np.isin(labels, np.setdiff1d(labels[beside], 0)).astype(np.uint8)  # not what lies on a shelf
    rim = cv2.dilate(shadow, np.ones((3, 3), np.uint8)) > 0
    return np.asarray((shadow > 0) | (rim & low & dimmed), np.bool_)


def _holes(mask: Bools, exactly: Bools) -> Bools:
    """Ground inside the thing; none when it would be most of it, which then rather has the ground's colour."""
    inside = cv2.morphologyEx((mask & exactly).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=4)
    large = [label for label in range(1, count) if stats[label, cv2.CC_STAT_AREA] > 0.001 * mask.size]
    found = np.isin(labels, large)
    return found if found.sum() < 0.6 * mask.sum() else np.zeros_like(mask)


def _sureness(mask: Bools, far: Floats, tolerance: float) -> float:
    """How far the thing stands out along its contour, whether its size can be, whether it is cut off by the frame."""
    share = float(mask.mean())
    if not LEAST < share < MOST:
        return 0.0
    inner = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1).astype(bool)
    rim = mask & ~cv2.erode(inner.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=1).astype(bool)
    stands_out = float(np.mean(far[rim] > 2 * tolerance)) if rim.any() else 0.0
    framed = float(np.mean(np.concatenate([mask[0], mask[:, 0], mask[:, -1]])))
    return float(np.clip(stands_out + 0.25, 0, 1) * np.clip(1.1 - framed, 0, 1))


def _grabcut(picture: Pixels) -> tuple[Bools, float]:
    """Foreground of a picture whose ground is not smooth: what is unlike its frame."""
    height, width = picture.shape[:2]
    scale = min(1.0, SMALL_SIDE / max(height, width))
    small = shrunk(picture, scale)
    rows, columns = small.shape[:2]
    marks = np.full((rows, columns), cv2.GC_PR_FGD, np.uint8)
    edge = max(2, round(0.04 * min(rows, columns)))
    marks[:edge] = marks[-edge:] = cv2.GC_BGD
    marks[:, :edge] = marks[:, -edge:] = cv2.GC_BGD
    found = segment(small, marks)
    sure = 0.35 if LEAST < found.mean() < 0.85 else 0.0
    grown = cv2.resize(found.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR) > 0.5
    return _largest(grown), sure


def segment(picture: Pixels, marks: npt.NDArray[np.uint8], rounds: int = 3) -> Bools:
    """GrabCut from marks (GC_BGD, GC_FGD, GC_PR_BGD, GC_PR_FGD).

    Shapes: picture (h, w, 3), marks (h, w) -> (h, w).
    """
    models = np.zeros((1, 65)), np.zeros((1, 65))
    marks = marks.copy()
    cv2.setRNGSeed(0)
    try:
        cv2.grabCut(picture, marks, (0, 0, 1, 1), models[0], models[1], rounds, cv2.GC_INIT_WITH_MASK)
    except cv2.error:  # nothing is marked as one of the two
        return np.zeros(marks.shape, np.bool_)
    return np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD))


def _soft(mask: Bools) -> Floats:
    """Alpha: the mask with an edge one pixel soft, drawn in by a pixel, where a photo mixes both."""
    return np.asarray(np.clip(2.2 * cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.1) - 1.2, 0, 1), np.float32)


def _own_colours(picture: Pixels, mask: Bools) -> Pixels:
    """Pixels along the edge, and outside, take the colour of the nearest pixel well inside the thing."""
    core = cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=1)
    distance, labels = cv2.distanceTransformWithLabels(1 - core, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
    if not core.any():
        return picture
    places = np.zeros((int(labels.max()) + 1, 2), np.int64)
    rows, columns = np.nonzero(core)
    places[labels[rows, columns]] = np.stack([rows, columns], 1)
    near = places[labels]
    filled = picture[near[..., 0], near[..., 1]]
    keep = mask & ((distance > 4) | (core > 0))  # what is thin has no inside
    return np.where(keep[..., None], picture, filled)
