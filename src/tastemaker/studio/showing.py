"""From a request to a result, whichever engine answers: propose, put back what is outside, judge, sample again, refuse.

Photos are worked on at most ``WORKING`` pixels long; the result has the photo's own size, and every pixel outside the
mask is the photo's, which is checked once more on what is given out.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import cv2
import numpy as np

from tastemaker.core.errors import InputError
from tastemaker.core.progress import Observer, silent, track
from tastemaker.core.types import Bools
from tastemaker.studio import people
from tastemaker.studio.body import read
from tastemaker.studio.cutout import Pixels, shrunk
from tastemaker.studio.engines import NO_MEANS, Engine, Means, Refusal, route
from tastemaker.studio.fidelity import SAID, failing, judge, worth
from tastemaker.studio.limbs import marks_of
from tastemaker.studio.marks import Points
from tastemaker.studio.people import Policy, careful
from tastemaker.studio.provenance import badged, marked_png, png
from tastemaker.studio.request import Candidate, Region, Shown, VisualRequest, VisualResult
from tastemaker.studio.signing import COMPOSED, DRAWN
from tastemaker.studio.wear import belt_of

WORKING = 1024
"""Longer side at which engines work."""
MOST = 8
"""Pictures that can be asked for at once."""
LEAST = 16
"""Pixels of a picture's shorter side, at least."""
TRIES = 3
"""Candidates made for each picture that is asked for, until one is good enough."""
GIVEN = frozenset({"cutout", "body", "frame", "size"})
"""Axes that no other seed mends: they are of the photos, not of the candidate."""


@dataclass(frozen=True)
class Judged:
    """A candidate with its axes."""

    candidate: Candidate
    axes: dict[str, float]
    seed: int


def show(
    request: VisualRequest,
    *,
    engine: str | None = None,
    policy: Policy = careful,
    means: Means = NO_MEANS,
    observer: Observer = silent,
) -> VisualResult:
    """Show a product.

    Args:
        request: what is to be shown.
        engine: name of the one that must answer; None lets the router choose.
        policy: which photos of people are refused.
        means: what the shop puts at the engines' disposal.
        observer: hears of progress; raises ``Cancelled`` to stop.

    Raises:
        InputError: there is no consent, n is out of range, a place is far outside the photo, or no engine may answer.
    """
    if isinstance(request.n, bool) or not isinstance(request.n, int) or not 1 <= request.n <= MOST:
        raise InputError(f"n is {request.n!r}; it must be a whole number from 1 to {MOST}", hint="ask for 1")
    if request.task == "try_on":
        people.ask_consent(given=request.consent)
    _near(request)
    small = _working(request)
    engines = route(request, engine, means)
    if request.task == "try_on":
        small = replace(small, body=read(small.context, small.region.points))
        why = policy(small.context, small.body)
        if why is not None:
            return _refused(engines[0], f"this photo is not used: {why}")
    result = None
    for answering in engines:
        result = _answer(request, small, answering, observer)
        if result.refused is None:
            break
    if result is None:
        raise InputError("no engine was asked", hint="`tastemaker methods` lists engines")
    return replace(result, points=_found(small, request.context.shape[0]))


def _near(request: VisualRequest) -> None:
    """Places may lie a little outside the photo - a sofa may stand partly in it - but no further than its own size.

    Raises:
        InputError: one does, or a picture has hardly any pixels.
    """
    for what, picture in (("photo", request.context), ("product's picture", request.product)):
        if min(picture.shape[:2]) < LEAST:
            wide = f"{picture.shape[1]} x {picture.shape[0]}"
            raise InputError(f"the {what} has {wide} pixels", hint=f"give one of {LEAST} x {LEAST} at least")
    height, width = request.context.shape[:2]
    region, size = request.region, f"the photo of {width} x {height} pixels"
    given: dict[str, tuple[float, float]] = {str(name): place for name, place in region.points.items()}
    if region.at is not None:
        given["place"] = region.at
    for name, (x, y) in given.items():
        if not (-width <= x <= 2 * width and -height <= y <= 2 * height):
            raise InputError(f"the {name} at {x:g}, {y:g} is far outside {size}", hint="give its column and its row")
    if region.box is not None:
        left, top, right, bottom = region.box
        if left >= width or top >= height or right <= 0 or bottom <= 0:
            raise InputError(
                f"the box {left},{top},{right},{bottom} is outside {size}", hint="left, top, right, bottom"
            )


def _found(small: VisualRequest, height: int) -> Points:
    """Where parts of the person's body are, in pixels of the photo itself."""
    if small.body is None:
        return {}
    found, belt = marks_of(small.body), belt_of(small.context, small.body)
    if belt is not None:
        found["belt"] = small.body.axis, belt
    scale = height / small.context.shape[0]
    return {name: (round(x * scale, 1), round(y * scale, 1)) for name, (x, y) in found.items()}


def _answer(request: VisualRequest, small: VisualRequest, engine: Engine, observer: Observer) -> VisualResult:
    """What one engine makes of a request."""
    try:
        judged = _candidates(small, engine, observer)
    except Refusal as refusal:
        return _refused(engine, str(refusal))
    good = [each for each in judged if not failing(each.axes)]
    best = max(judged, key=lambda each: worth(each.axes))
    if not good:
        why = "; ".join(SAID.get(axis, axis) for axis in failing(best.axes)[:2])
        return replace(_refused(engine, why), fidelity=best.axes, warnings=best.candidate.warnings)
    good = sorted(good, key=lambda each: -worth(each.axes))[: request.n]
    told = _told(request, engine)
    shown = tuple(_shown(request, each, told, engine) for each in good)
    return VisualResult(
        shown,
        good[0].axes,
        engine.name,
        engine.licence,
        None,
        good[0].candidate.warnings,
        {**told, "seed": good[0].seed},
        size=good[0].candidate.size,
    )


def _candidates(small: VisualRequest, engine: Engine, observer: Observer) -> list[Judged]:
    """Candidates until as many are good as were asked for."""
    judged: list[Judged] = []
    with track(observer, "showing") as task:
        for number in range(small.n * TRIES):
            seed = small.seed + number
            made = engine.propose(small, seed, observer)
            made = _within(made, small.region.brush)
            made = replace(made, picture=_put_back(small.context, made.picture, made.mask))
            judged.append(Judged(made, judge(small.context, made), seed))
            task.advance(1)
            enough = sum(not failing(each.axes) for each in judged) >= small.n
            if enough or GIVEN & set(failing(judged[-1].axes)):
                break
    return judged


def _within(made: Candidate, brush: Bools | None) -> Candidate:
    """A candidate where the photo may change; an engine need not know of it."""
    if brush is None:
        return made
    product = np.asarray(made.product * brush, np.float32)
    return replace(made, mask=made.mask & brush, product=product, region=made.region & brush)


def _put_back(photo: Pixels, picture: Pixels, mask: Bools) -> Pixels:
    """The picture inside the mask, the photo outside. Shapes: (h, w, 3), (h, w, 3), (h, w) -> (h, w, 3)."""
    return np.where(mask[..., None], picture, photo)


def _shown(request: VisualRequest, judged: Judged, told: dict[str, object], engine: Engine) -> Shown:
    """A candidate at the photo's own size, with badge and provenance."""
    photo, made = request.context, judged.candidate
    picture, mask = made.picture, made.mask
    if picture.shape != photo.shape:
        height, width = photo.shape[:2]
        mask = cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
        picture = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
    picture = _put_back(photo, picture, mask)
    if request.badge:
        picture, (left, top, right, bottom) = badged(picture)
        mask = mask.copy()
        mask[top:bottom, left:right] = True
    if not (picture == photo)[~mask].all():
        raise RuntimeError("a pixel outside the mask has changed")
    facts = {**told, "seed": judged.seed}
    file = marked_png(picture, json.dumps(facts, ensure_ascii=False, sort_keys=True))
    if engine.means.signer is not None:
        file = engine.means.signer.sign(file, facts, DRAWN if engine.invents else COMPOSED)
    return Shown(file, png(mask.astype(np.uint8) * 255), judged.axes, judged.seed)


def _told(request: VisualRequest, engine: Engine) -> dict[str, object]:
    """What a picture says of itself; who is in it is not."""
    return {
        "generated": True,
        "by": "tastemaker",
        "engine": engine.name,
        "licence": engine.licence,
        **({"model": engine.model} if engine.model else {}),
        "task": request.task,
        "item": request.item.id,
        "consent": request.consent,
        "made": datetime.now(UTC).date().isoformat(),
    }


def _refused(engine: Engine, why: str) -> VisualResult:
    return VisualResult((), {}, engine.name, engine.licence, why)


def _working(request: VisualRequest) -> VisualRequest:
    """The request at the size at which engines work."""
    context, scale = _bounded(request.context)
    product, _ = _bounded(request.product)
    return replace(request, context=context, product=product, region=_scaled(request.region, scale, context))


def _bounded(picture: Pixels) -> tuple[Pixels, float]:
    scale = min(1.0, WORKING / max(picture.shape[:2]))
    return shrunk(picture, scale), scale


def _scaled(region: Region, scale: float, context: Pixels) -> Region:
    """A region in the pixels of a smaller photo."""
    height, width = context.shape[:2]
    brush = region.brush
    if brush is not None and brush.shape != (height, width):
        brush = cv2.resize(brush.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    left, top, right, bottom = region.box or (0, 0, 0, 0)
    box = (round(left * scale), round(top * scale), round(right * scale), round(bottom * scale))
    return replace(
        region,
        box=box if region.box is not None else None,
        brush=brush,
        floor=None if region.floor is None else region.floor * scale,
        at=None if region.at is None else (region.at[0] * scale, region.at[1] * scale),
        points={name: (x * scale, y * scale) for name, (x, y) in region.points.items()},
    )
