"""A garment on a person, composed: cut out, bent onto the body by thin-plate spline, arms and hair in front of it.

What the person wears now is hidden only where the garment covers it; nothing that the photo does not show is invented.
How much would still show is counted, and decides whether the result may be shown at all.
"""

from collections.abc import Mapping
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Doubles, Floats
from tastemaker.studio import blend, garment
from tastemaker.studio.body import Body, read
from tastemaker.studio.carrying import carried_on, kept_bare
from tastemaker.studio.cutout import Cutout, Pixels, cut, lab_of, trimmed
from tastemaker.studio.engines import Refusal
from tastemaker.studio.request import Candidate, VisualRequest
from tastemaker.studio.warp import bend, project
from tastemaker.studio.wear import Fitting, Part, Place, belt_of, fit_lower, fit_upper, neckline_of

LOOSE: Mapping[Place, float] = {"top": 0.03, "bottom": 0.06, "dress": 0.25}
"""How much of a garment may lie off the body, as a share; more has been put beside it."""
UNSEEN = 0.55
"""How much less sure a body is for an arm that a sleeve cannot follow."""
STRETCH = 1.25
"""How much more a garment may be stretched one way than the other, into a box that somebody has drawn."""
PASTED: dict[Place, str] = {"shoes": "shoes", "bag": "a bag", "hat": "a hat"}
"""What is laid over without being bent."""


def dress(request: VisualRequest, seed: int) -> Candidate:
    """One candidate of a try-on.

    Raises:
        Refusal: nobody is found, or the garment cannot be cut out.
    """
    photo, place = request.context, request.worn or "top"
    thing = trimmed(request.product, cut(request.product))
    if thing.sure < 0.15 or not thing.mask.any():
        raise Refusal("the garment cannot be told from the ground of its photo")
    thing = thing.cropped()
    body = request.body or read(photo, request.region.points)
    if request.region.box is not None:
        return _pasted(request, thing, body, request.region.box, {"cutout": thing.sure})
    if body is None:
        raise Refusal("no person is found in the photo; say where the garment goes by a box")
    if place in PASTED:
        return _pasted(request, thing, body, _box_for(place, thing, body), {"cutout": thing.sure, "body": body.sure})
    return _bent(request, thing, body, place, seed)


def _bent(request: VisualRequest, thing: Cutout, body: Body, place: Place, seed: int) -> Candidate:
    photo = request.context
    belt = belt_of(photo, body)
    loose = 1.0 if seed == request.seed else float(generator(seed, "looseness").uniform(0.94, 1.12))
    if place == "bottom":
        flat = garment.lower(thing.mask)
        fitting = fit_lower(flat, body, belt, loose=loose)
    else:
        flat = garment.upper(thing.mask)
        fitting = fit_upper(flat, body, belt, neckline_of(body), long=place == "dress", loose=loose)
    trunk, sleeves, evenness = _warped(thing, flat, fitting, photo.shape[:2])
    over = _over_sleeves(photo, body, place) | (_throat(body, fitting) if place != "bottom" else False)
    front = in_front(photo, body) | over
    on_arms = _behind(sleeves[1], over)
    picture = blend.lay(trunk[0], sleeves[0], np.where(trunk[1] > 0, sleeves[1], sleeves[1] > 0).astype(np.float32))
    alpha = np.maximum(_behind(trunk[1], front), on_arms)
    front &= on_arms < 0.5  # an arm in its sleeve
    picture, alpha = carried_on(picture, alpha, body, front | kept_bare(body, fitting))
    if request.region.brush is not None:
        alpha = alpha * request.region.brush
    worn = clothes(photo, body, place, belt, fitting.hem)
    if request.region.brush is not None:
        worn &= request.region.brush
    checks = {
        "cutout": thing.sure,
        "body": body.sure - UNSEEN * len(fitting.hidden),
        "warp": evenness,
        "loose": _lying(alpha > 0.5, body, LOOSE[place]),
        "coverage": _coverage(worn, ~front & (alpha < 0.5), (1.2 if place == "bottom" else 0.6) * body.shoulders**2),
        "frame": _framed(fitting, photo.shape[:2], alpha),
    }
    region = (worn & ~front) | (alpha > 0.5)
    region &= body.mask | (alpha > 0.5) & _near(body)
    return _composed(photo, picture, alpha, body, face_of(body) | front, region, checks, _said(thing, body, fitting))


Layer = tuple[Pixels, Floats]
"""Pixels and how much of each is product. Shapes: (h, w, 3), (h, w)."""


def _warped(thing: Cutout, flat: garment.Flat, fitting: Fitting, size: tuple[int, int]) -> tuple[Layer, Layer, float]:
    """The garment bent onto the body: its trunk, its sleeves, and how evenly it is stretched."""
    trunk = thing.mask
    parts: list[tuple[Part, Floats]] = []
    for side, part in fitting.sleeves.items():
        own = flat.sleeves[side].mask.astype(np.uint8)
        reach = max(3, int(0.04 * flat.width)) | 1
        grown = cv2.dilate(own, np.ones((reach, reach), np.uint8)).astype(np.float32)
        trunk = trunk & (own == 0)
        parts.append((part, np.asarray(thing.alpha * cv2.GaussianBlur(grown, (0, 0), reach / 3), np.float32)))
    near = cv2.dilate(_largest_part(trunk), np.ones((3, 3), np.uint8))
    whole = [(part, thing.alpha * _halved(flat, thing.alpha.shape, side)) for side, part in fitting.legs.items()]
    body, arms = _laid(thing, whole or [(fitting, thing.alpha * near)], size), _laid(thing, parts, size)
    ratios = [np.ones(1, np.float32)]
    for _, alpha, found in (body, arms):
        ratios += [ratio[cv2.resize(alpha, ratio.shape[::-1], interpolation=cv2.INTER_AREA) > 0.5] for ratio in found]
    return body[:2], arms[:2], _evenness(np.concatenate(ratios))


def _halved(flat: garment.Flat, shape: tuple[int, ...], side: int) -> Floats:
    """One half of trousers, and a little of the other where they hang together. Shapes: (h, w)."""
    axis, split = flat.points["crotch"]
    over = np.where(np.arange(shape[0]) < split, 0.03 * flat.width, 0.0)[:, None]
    beside = (np.arange(shape[1])[None] - axis) * side + over
    return np.asarray(np.clip(beside + 0.5, 0, 1), np.float32)


def _laid(
    thing: Cutout, parts: list[tuple[Part, Floats]], size: tuple[int, int]
) -> tuple[Pixels, Floats, list[Floats]]:
    """Parts of a garment, each bent on its own, one over the other, and how far each is stretched."""
    picture, alpha, ratios = np.zeros((*size, 3), np.uint8), np.zeros(size, np.float32), []
    for part, own_alpha in parts:
        made = bend(replace(thing, alpha=own_alpha), np.array(part.points), np.array(part.targets), size)
        made = (made[0], made[1] * _near_anchors(part, size), made[2])
        picture = blend.lay(picture, made[0], np.where(alpha > 0, made[1], (made[1] > 0).astype(np.float32)))
        alpha = np.maximum(alpha, made[1])
        ratios.append(made[2])
    return picture, alpha, ratios


def _near_anchors(part: Part, size: tuple[int, int]) -> Bools:
    """Where a spline can be believed: in the hull of its anchors and a little around it. Shapes: (h, w)."""
    hull = cv2.convexHull(np.array(part.targets, np.float32))
    near = np.zeros(size, np.uint8)
    cv2.fillConvexPoly(near, np.rint(hull).astype(np.int32), 1)
    reach = max(3, round(0.3 * float(np.sqrt(cv2.contourArea(hull))))) | 1
    return cv2.dilate(near, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))) > 0


def _composed(
    photo: Pixels, picture: Pixels, alpha: Floats, body: Body | None, kept: Bools, region: Bools,
    checks: dict[str, float], warnings: tuple[str, ...],
) -> Candidate:  # fmt: skip
    """The garment over the photo, with the shadow it throws on the body; what is kept stays as it is."""
    inside = body.mask if body is not None else np.ones(alpha.shape, np.bool_)
    width = 0.02 * (body.shoulders if body is not None else 0.3 * max(alpha.shape))
    checks = checks | {"face": 1 - float((alpha[kept] > 0.5).mean()) if kept.any() else 1.0}
    alpha = alpha * ~kept
    shade = blend.contact(alpha, inside & ~kept, width, 0.3)
    shade[shade > 0.995] = 1.0
    shown = blend.lay(photo, blend.rimmed(photo, picture, alpha), alpha, shade)
    mask = (alpha > 0) | (shade < 1)
    return Candidate(shown, mask, picture, alpha, region, kept, checks, warnings)


def _behind(alpha: Floats, front: Bools) -> Floats:
    """The garment without what is in front of it."""
    if not front.any():
        return alpha
    soft = cv2.GaussianBlur(front.astype(np.float32), (0, 0), 0.8)
    return np.asarray(alpha * (1 - np.where(front, 1.0, np.minimum(soft, 0.6))), np.float32)


def face_of(body: Body, *, brow: float = 0.0) -> Bools:
    """The face, which no engine may change; without its upper part for a hat. Shapes: (h, w)."""
    kept = np.zeros_like(body.mask)
    if body.face is not None:
        left, top, right, bottom = body.face
        top += round(brow * (bottom - top))
        kept[max(top, 0) : bottom, max(left, 0) : right] = True
    return np.asarray(kept & body.mask, np.bool_)


def in_front(photo: Pixels, body: Body) -> Bools:
    """Hands and forearms before the trunk. Shapes: photo (h, w, 3) -> (h, w)."""
    front = np.zeros_like(body.mask)
    low, high = body.levels["crotch"] + 0.55 * body.shoulders, body.levels["waist"] - 0.35 * body.shoulders
    band = body.skin & ~_worn_rather(photo, body)
    band[: max(int(high), 0)] = band[max(int(low), 0) :] = False
    count, labels = cv2.connectedComponents(band.astype(np.uint8))
    edges = np.array([body.trunk(row) for row in range(len(band))])
    columns = np.arange(band.shape[1])[None]
    beside = (columns < edges[:, :1]) | (columns > edges[:, 1:])
    for label in range(1, count):
        part = labels == label
        bottom = int(np.flatnonzero(part.any(1))[-1])
        if part.sum() < 0.015 * body.shoulders**2:
            continue
        if (part & beside).sum() > 0.25 * part.sum() and bottom < low - 2:
            front |= part
    return front


def _worn_rather(photo: Pixels, body: Body) -> Bools:
    """Pixels nearer to the colour of what is worn on the chest than to that of the head's skin."""
    seen = body.skin & (face_of(body) | body.head)
    row, half = int(body.levels["chest"]), int(0.2 * body.shoulders)
    chest = body.skin[max(row, 0) : row + half, max(int(body.axis) - half, 0) : int(body.axis) + half]
    if seen.sum() < 30 or not chest.size:
        return np.zeros_like(seen)
    lab = lab_of(photo)
    tone, worn = np.median(lab[seen], 0), _chest(photo, body)
    if np.linalg.norm(tone - worn) < 6:
        return np.zeros_like(seen)
    return np.asarray(np.linalg.norm(lab - worn, axis=2) < np.linalg.norm(lab - tone, axis=2), np.bool_)


def _over_sleeves(photo: Pixels, body: Body, place: Place) -> Bools:
    """Head and hair, which lie over all of a garment. Shapes: photo (h, w, 3) -> (h, w)."""
    if place not in ("top", "dress"):
        return np.zeros_like(body.mask)
    return _hair_in_front(photo, body) | body.head & (body.skin | body.hair)


def _throat(body: Body, fitting: Fitting) -> Bools:
    """Skin of the neck above the front of the collar, where a packshot shows the inside of the garment's back."""
    left, right, middle = fitting.targets[0], fitting.targets[2], fitting.targets[4]
    throat = np.zeros(body.mask.shape, np.uint8)
    wide, high = 0.42 * abs(right[0] - left[0]), 0.17 * body.shoulders
    top = min(middle[1], (left[1] + right[1]) / 2 + 0.02 * body.shoulders)
    centre = (round(float(left[0] + right[0]) / 2), round(float(top)))
    cv2.ellipse(throat, centre, (max(1, round(wide)), max(1, round(high))), 0, 0, 360, 1, -1)
    return np.asarray((throat > 0) & (body.skin | body.hair), np.bool_)


def _hair_in_front(photo: Pixels, body: Body) -> Bools:
    """Long hair, where it can be told from what is worn."""
    low = body.hair.copy()
    low[: max(int(body.levels["shoulder"] - 0.1 * body.shoulders), 0)] = False
    if low.sum() < 20:
        return np.zeros_like(low)
    chest = _chest(photo, body)
    tone = np.median(lab_of(photo)[body.hair], 0)
    return low if np.linalg.norm(tone - chest) > 22 else np.zeros_like(low)


def _chest(photo: Pixels, body: Body) -> Doubles:
    """The usual colour of what is worn on the chest."""
    row, half = int(body.levels["chest"]), int(0.2 * body.shoulders)
    patch = photo[max(row, 0) : row + half, max(int(body.axis) - half, 0) : int(body.axis) + half]
    return np.asarray(np.median(lab_of(patch).reshape(-1, 3), 0), np.float64) if patch.size else np.zeros(3)


def clothes(photo: Pixels, body: Body, place: Place, belt: float | None, hem: float) -> Bools:
    """What the person wears where the garment goes: silhouette without skin, hair and head.

    Shapes: photo (h, w, 3) -> (h, w).
    """
    worn = body.mask & ~body.skin & ~body.hair & ~body.head
    end = belt if belt is not None else body.levels["hip"]
    if place == "bottom":
        start, stop = end, min(hem, body.levels["ankle"]) - 0.08 * body.shoulders
        bare = _legs_of(body)  # of bare legs, too, nothing shows through trousers
        bare[max(int(stop), 0) :] &= worn[max(int(stop), 0) :]  # below the hem only what is worn
        worn, stop = bare, body.levels["ankle"] - 0.12 * body.shoulders
    elif place == "dress":
        start, stop = body.levels["shoulder"], max(hem, body.levels["knee"])
    else:
        start, stop = body.levels["shoulder"], end
        if belt is None:  # of one piece: what shows beside the hips is a skirt, as below the hem
            stop = min(hem, body.levels["waist"])
    sleeves = _like_chest(photo, body) & worn if place == "top" else np.zeros_like(worn)
    worn[max(int(stop), 0) :] = False
    worn |= sleeves
    worn[: max(int(start + 0.03 * body.shoulders), 0)] = False
    opened = cv2.morphologyEx(worn.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return opened > 0


def _like_chest(photo: Pixels, body: Body) -> Bools:
    """What hangs beside the trunk in the colour of what is worn on the chest: long sleeves."""
    columns = np.arange(body.mask.shape[1])[None]
    beside = np.abs(columns - body.axis) > 0.4 * body.shoulders
    near = np.linalg.norm(lab_of(photo) - _chest(photo, body), axis=2) < 18
    near[int(max(body.levels["crotch"], 0)) :] = False
    return np.asarray(beside & near & ~body.skin, np.bool_)


def _legs_of(body: Body) -> Bools:
    """The silhouette without what hangs beside the trunk."""
    columns = np.arange(body.mask.shape[1])[None]
    return np.asarray(body.mask & (np.abs(columns - body.axis) < 0.62 * body.shoulders), np.bool_)


def _coverage(worn: Bools, open_: Bools, noticed: float) -> float:
    """How much of what is worn is hidden: of its own area, and of an area that anybody would notice."""
    left = float((worn & open_).sum())
    return 1 - left / max(min(float(worn.sum()), noticed), 1.0)


def _lying(there: Bools, body: Body, usual: float) -> float:
    """How little of a garment is farther off the body than cloth falls: 1 for none, 0.5 for what is usual at most."""
    return 1 - float((there & ~_near(body)).sum()) / max(2 * usual * float(there.sum()), 1.0)


def _near(body: Body) -> Bools:
    """The body and a hand's width around it: as far as a loose garment may stand away."""
    reach = 2 * max(1, round(0.1 * body.shoulders)) + 1
    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    return cv2.dilate(body.mask.astype(np.uint8), round_) > 0


def _largest_part(mask: Bools) -> npt.NDArray[np.uint8]:
    """The largest connected part of a mask."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    best = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])) if count > 1 else 0
    return np.asarray(labels == best, np.uint8)


def _evenness(ratios: Floats) -> float:
    """How little the garment is stretched more one way than the other: 1 up to 1.5 times, 0 from 4 times on."""
    return float(np.clip((4 - np.percentile(ratios, 88)) / 2.5, 0, 1))


def _framed(fitting: Fitting, size: tuple[int, int], alpha: Floats) -> float:
    """The share of anchors inside the photo, and whether anything is left to see."""
    targets = np.array(fitting.targets)
    inside = ((targets >= -0.02 * max(size)) & (targets <= np.array(size[::-1]) * 1.02)).all(1)
    return float(inside.mean()) if (alpha > 0.5).mean() > 0.005 else 0.0


def _said(thing: Cutout, body: Body, fitting: Fitting) -> tuple[str, ...]:
    """Warnings that go with the picture."""
    said = [f"the {name} could not be followed" for name in fitting.hidden]
    if thing.sure < 0.7:
        said.append("the garment's outline is not sure")
    if body.face is None:
        said.append("no face is seen; the place of the shoulders is taken from the outline")
    return tuple(said)


def _box_for(place: Place, thing: Cutout, body: Body) -> tuple[int, int, int, int]:
    """Where a bag or a hat goes.

    Raises:
        Refusal: that place is not in the photo, or the product's photo does not show it from there.
    """
    height, width = thing.alpha.shape
    if place == "shoes":
        raise Refusal(
            "shoes are photographed from the side, and the person's feet are not; draw a box to place them anyway"
        )
    if place == "hat":
        if body.face is None:
            raise Refusal("no face is found in the photo; draw a box for the hat")
        left, top, right, _ = body.face
        wide = 1.5 * (right - left)
        tall = wide * height / width
        middle, low = (left + right) / 2, top + 0.18 * (right - left)
        return round(middle - wide / 2), round(low - tall), round(middle + wide / 2), round(low)
    wide = 0.62 * body.shoulders
    tall = wide * height / width
    x, y = body.axis + 0.62 * body.shoulders, body.levels["waist"]
    return round(x - wide / 2), round(y), round(x + wide / 2), round(y + tall)


def _pasted(
    request: VisualRequest, thing: Cutout, body: Body | None, box: tuple[int, int, int, int], checks: dict[str, float]
) -> Candidate:
    """The product in a box, upright, its proportions nearly kept; arms before its trunk, in its sleeves."""
    left, top, right, bottom = box
    height, width = thing.alpha.shape
    across, down = (right - left) / width, (bottom - top) / height
    across, down = min(across, STRETCH * down), min(down, STRETCH * across)
    middle, low = (left + right) / 2, (top + bottom) / 2 + down * height / 2
    half, high = across * width / 2, low - down * height
    corners = np.array([[middle - half, high], [middle + half, high], [middle + half, low], [middle - half, low]])
    size = request.context.shape[:2]
    picture, alpha = project(thing, corners, size)
    region = alpha > 0.5
    inside = float(region.sum() / max(across * down * thing.mask.sum(), 1))
    kept = np.zeros(alpha.shape, np.bool_)
    if body is not None:
        kept = face_of(body, brow=0.25 if request.worn == "hat" else 0.0)
        if request.worn != "hat":
            front = in_front(request.context, body)
            if request.worn in ("top", "dress"):
                front &= project(replace(thing, alpha=_sleeves_of(thing)), corners, size)[1] < 0.5
                front |= _over_sleeves(request.context, body, request.worn)
            alpha, kept = _behind(alpha, front), kept | front
    made = checks | {"frame": min(inside, 1.0)}
    return _composed(request.context, picture, alpha, body, kept, region, made, ())


def _sleeves_of(thing: Cutout) -> Floats:
    """Pixels of a garment that are its sleeves. Shapes: (h, w)."""
    found = [sleeve.mask for sleeve in garment.upper(thing.mask).sleeves.values()]
    return np.asarray(np.any([np.zeros_like(thing.mask), *found], 0), np.float32)
