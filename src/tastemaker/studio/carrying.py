"""A garment carried on to the outline of the body: what a spline leaves bare between its anchors is a finger wide.

An arm bulges between the shoulder and the end of a sleeve, a sleeve and a trunk are bent apart from each other; the
skin or the old shirt that shows in between gives a composed picture away. What is carried on is the nearest of the
garment's own pixels, and never over face, hair, hands or what hangs beside the trunk.
"""

import cv2
import numpy as np

from tastemaker.core.types import Bools, Floats
from tastemaker.studio.body import Body
from tastemaker.studio.cutout import Pixels
from tastemaker.studio.wear import Fitting

FINGER = 0.05
"""Half the width of a cleft that a garment is carried on over, in widths of the shoulders."""
PITS = (5, 9)
"""Places of the armpits among the anchors of what hangs from the shoulders."""


def carried_on(picture: Pixels, alpha: Floats, body: Body, kept: Bools) -> tuple[Pixels, Floats]:
    """A garment carried on to the outline of the body, and over clefts, where it ends short by a finger's width."""
    solid, reach = alpha > 0.5, max(1, round(FINGER * body.shoulders))
    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    closed = cv2.morphologyEx((solid | ~body.mask).astype(np.uint8), cv2.MORPH_CLOSE, round_) > 0
    near = cv2.dilate(solid.astype(np.uint8), round_, iterations=2) > 0
    gap, sure = closed & near & body.mask & ~solid & ~kept, alpha > 0.95
    if not gap.any() or not sure.any():
        return picture, alpha
    away = (~sure).astype(np.uint8)
    _, labels = cv2.distanceTransformWithLabels(away, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    places = np.zeros(int(labels.max()) + 1, np.int64)
    places[labels[sure]] = np.flatnonzero(sure)
    filled = picture.copy()
    filled[gap] = picture.reshape(-1, 3)[places[labels[gap]]]
    soft = cv2.GaussianBlur((gap | solid).astype(np.float32), (0, 0), 0.8)
    edge = gap | cv2.dilate(gap.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool) & body.mask & ~kept
    return filled, np.asarray(np.where(edge, np.maximum(alpha, soft), alpha), np.float32)


def kept_bare(body: Body, fitting: Fitting) -> Bools:
    """What a garment is not carried on over: head, hair, and skin but for the shoulders of what has sleeves."""
    bare = body.skin.copy()
    if fitting.sleeves:
        low = int(max(fitting.targets[at][1] for at in range(len(fitting.targets)) if at in PITS))
        wide = max(abs(fitting.targets[at][0] - body.axis) for at in (0, 2))
        columns = np.abs(np.arange(bare.shape[1]) - body.axis) > wide
        bare[: max(low, 0), columns] = False
    return np.asarray(bare | body.head | body.hair | _hanging(body), np.bool_)


def _hanging(body: Body) -> Bools:
    """What hangs beside the trunk from the armpits to the hands: arms in sleeves, bags."""
    beside = np.zeros_like(body.mask)
    columns = np.arange(beside.shape[1])
    first, last = body.levels["chest"] + 0.2 * body.shoulders, body.levels["crotch"] + 0.4 * body.shoulders
    for row in range(max(int(first), 0), min(int(last), len(beside))):
        left, right = body.trunk(row)
        beside[row] = (columns < left) | (columns > right)
    return beside
