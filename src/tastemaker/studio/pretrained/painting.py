"""Running a pipeline on the part of a photo that it may change: cut out at its size, drawn, laid back.

The pipeline sees a window around the region, so that its resolution goes where something happens. Only inside the mask
is its picture taken; at the mask's rim it fades into the photo, and outside every pixel is the photo's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from tastemaker.core.errors import Cancelled, InputError
from tastemaker.core.progress import Observer, Task, track
from tastemaker.core.types import Bools
from tastemaker.studio.cutout import Pixels, box_of
from tastemaker.studio.engines import Refusal
from tastemaker.studio.pretrained.families import Family, Scene, accepted, arguments
from tastemaker.studio.pretrained.loading import Painter

Kind = TypeVar("Kind", bound=np.generic)
AROUND = 0.5
"""How much is seen around a region, as a share of its longer side, on each side."""
RIM = 0.02
"""Width of the rim in which what is drawn fades into the photo, as a share of the region's longer side."""
SOFT = 1.5
"""Width in pixels of the softest edge towards what is kept."""


@dataclass(frozen=True)
class Window:
    """A part of a photo, and the size at which a pipeline sees it.

    Attributes:
        left, top, right, bottom: the part, in pixels of the photo.
        size: width and height for the pipeline.
    """

    left: int
    top: int
    right: int
    bottom: int
    size: tuple[int, int]

    @classmethod
    def around(cls, mask: Bools, longer: int, multiple: int) -> "Window":
        """Around what is true in a mask.

        Args:
            mask: where something will be drawn.
            longer: longer side for the pipeline.
            multiple: of which both its sides must be.

        Shapes: mask (h, w).
        """
        height, width = mask.shape
        left, top, right, bottom = box_of(mask)
        more = max(8, round(AROUND * max(right - left, bottom - top)))
        left, top, right, bottom = max(left - more, 0), max(top - more, 0), right + more, bottom + more
        right, bottom = min(right, width), min(bottom, height)
        scale = longer / max(right - left, bottom - top)
        sides = (max(1, round((stop - start) * scale / multiple)) for start, stop in ((left, right), (top, bottom)))
        across, down = (multiple * side for side in sides)
        return cls(left, top, right, bottom, (across, down))

    def of(self, picture: npt.NDArray[Kind]) -> npt.NDArray[Kind]:
        """This part of a picture or a mask."""
        return picture[self.top : self.bottom, self.left : self.right]

    def seen(self, picture: Pixels) -> Image.Image:
        """This part of a picture at the pipeline's size."""
        return Image.fromarray(picture[self.top : self.bottom, self.left : self.right]).resize(self.size)

    def back(self, drawn: Image.Image) -> Pixels:
        """What was drawn, at the photo's scale. Shapes: -> (bottom - top, right - left, 3)."""
        size = (self.right - self.left, self.bottom - self.top)
        return np.asarray(drawn.convert("RGB").resize(size, Image.Resampling.LANCZOS), np.uint8)


@dataclass(frozen=True)
class Manner:
    """How something is drawn; what is 0 or None is left to the pipeline.

    Attributes:
        steps: of denoising.
        strength: how far the draft is left.
        guidance: how closely words are followed.
        seed: another one draws another picture.
    """

    steps: int = 0
    strength: float = 0.0
    guidance: float | None = None
    seed: int = 0


def paint(painter: Painter, family: Family, scene: Scene, manner: Manner, observer: Observer) -> Image.Image:
    """What a pipeline draws.

    Raises:
        Refusal: the pipeline's own safety check has refused the picture.
        InputError: the pipeline failed.
        Cancelled: the observer asked to stop.
    """
    wanted = arguments(family, scene, shown=painter.shows)
    wanted |= {"generator": torch.Generator("cpu").manual_seed(manner.seed), "output_type": "pil"}
    strength = manner.strength or family.strength
    wanted |= {"strength": strength}
    if manner.steps:  # of these a pipeline that starts from a draft takes a share: one at least
        wanted |= {"num_inference_steps": max(manner.steps, ceil(1 / strength)) if family.masked else manner.steps}
    wanted |= {} if manner.guidance is None else {family.guidance: manner.guidance}
    with painter.lock, track(observer, "drawing") as task:
        wanted["callback_on_step_end"] = _reporting(task)
        try:
            answer = painter.call(**accepted(type(painter.call).__call__, wanted))
        except Cancelled:
            _let_go(painter)
            raise
        except (ValueError, TypeError, RuntimeError, AttributeError, IndexError, KeyError) as error:
            _let_go(painter)
            why = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
            raise InputError(f"the pipeline failed: {why}", hint="steps, size and strength can be set") from error
    flagged: object = getattr(answer, "nsfw_content_detected", None)
    if isinstance(flagged, list) and any(flagged):
        raise Refusal("the pipeline's own check holds the picture to be unfit to be shown")
    drawn: Image.Image = answer.images[0]  # type: ignore[attr-defined]
    return drawn


def _reporting(task: Task) -> object:
    """A callback that reports every step; the observer stops the pipeline by raising."""

    def step(pipe: object, number: int, timestep: object, tensors: Mapping[str, object]) -> Mapping[str, object]:  # noqa: ARG001
        task.total = getattr(pipe, "num_timesteps", None)
        task.advance(1)
        return tensors

    return step


def _let_go(painter: Painter) -> None:
    """After a stop halfway: parts that were moved to the GPU go back."""
    free = getattr(painter.call, "maybe_free_model_hooks", None)
    if free is not None:
        free()


def laid_back(photo: Pixels, drawn: Pixels, mask: Bools, window: Window, kept: Bools | None = None) -> Pixels:
    """The photo with what was drawn inside the mask; outside not a bit is changed.

    Args:
        photo: as it was.
        drawn: the window as it was drawn, at the photo's scale.
        mask: where the photo may change.
        window: which part of the photo was drawn.
        kept: face and hands, which the mask leaves out; towards them it hardly fades, or what was worn would show.

    Shapes: photo (h, w, 3), mask (h, w), kept (h, w) -> (h, w, 3).
    """
    left, top, right, bottom = box_of(mask)
    width = max(1.0, RIM * max(right - left, bottom - top))
    whole = mask if kept is None else mask | kept
    depth, near = (cv2.distanceTransform(each.astype(np.uint8), cv2.DIST_L2, 3) for each in (whole, mask))
    share = window.of(np.clip(np.minimum(depth / width, near / SOFT), 0, 1)[..., None])
    made = photo.copy()
    part = window.of(photo).astype(np.float32)
    part += (drawn.astype(np.float32) - part) * share
    window.of(made)[:] = np.clip(np.rint(part), 0, 255).astype(np.uint8)
    return np.where(mask[..., None], made, photo)
