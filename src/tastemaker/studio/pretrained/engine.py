"""The engine that draws with diffusion weights of others: what the compositor lays out, a trained model paints.

The compositor says where the product goes and what it should look like there; the pipeline gets the photo, that draft,
the product's own picture where it takes one, and words; only the region is taken from what it draws. So a covered arm
can be bared and light can fall where no photo shows it. A model that draws another product is found out: what it drew
is looked at for the product's colours and pattern, as with every engine.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import cv2
import numpy as np
from PIL import Image
from typing_extensions import override

from tastemaker.core.errors import InputError, MissingExtra
from tastemaker.core.progress import Observer, silent
from tastemaker.core.types import Bools
from tastemaker.studio.dressing import dress
from tastemaker.studio.engines import NO_MEANS, Engine, Means
from tastemaker.studio.fidelity import failing
from tastemaker.studio.furnishing import furnish
from tastemaker.studio.pretrained.aligning import put_in_place
from tastemaker.studio.pretrained.families import Scene
from tastemaker.studio.pretrained.likeness import judged_by
from tastemaker.studio.pretrained.loading import is_open, opened
from tastemaker.studio.pretrained.painting import Manner, Window, laid_back, paint
from tastemaker.studio.pretrained.settings import PretrainedEngineConfig
from tastemaker.studio.pretrained.weights import OVERHEAD_MB, Weights, weights_of
from tastemaker.studio.request import Candidate, Task, VisualRequest

MARGIN = 0.025
"""How far around the product may be painted, as a share of its longer side."""
GIVEN = frozenset({"cutout", "body", "frame", "size", "face"})
"""Of the draft's checks those that hold for what is painted over it, too."""
LENGTH = 200
"""Characters of an item's words that a pipeline is told."""
WORDS: Mapping[tuple[Task, bool], str] = {
    ("try_on", True): "a photo of a person wearing {item}",
    ("place", True): "a photo of a room with {item}, in the light of the room, with its shadow on the floor",
    ("try_on", False): "Show the person of the first picture wearing the product of the second picture: {item}. "
    "Keep the person, the pose, the face, the background and the framing as they are.",
    ("place", False): "Show the room of the first picture with the product of the second picture in it: {item}. "
    "Keep the room, the camera and the framing as they are.",
}
"""What a pipeline is told, by task and by whether it paints inside a mask."""


class PretrainedEngine(Engine):
    """Any diffusers pipeline of the map, from a folder or the hub's local cache.

    Source: Rombach et al. 2022 (latent diffusion, inpainting); Labs et al. 2025 (FLUX.1 Kontext); Wu et al. 2025
    (Qwen-Image).
    See also: Compositor, which needs no weights.
    """

    name: ClassVar[str] = "pretrained"
    tasks: ClassVar[frozenset[Task]] = frozenset({"try_on", "place"})
    hears: ClassVar[bool] = True
    rank: ClassVar[int] = 20
    figure: ClassVar[str] = "4"
    source: ClassVar[str] = (
        "Rombach et al. 2022 (latent diffusion); Labs et al. 2025 (FLUX.1 Kontext); Wu et al. 2025 (Qwen-Image)"
    )
    config_class: ClassVar[type[PretrainedEngineConfig]] = PretrainedEngineConfig

    def __init__(self, means: Means = NO_MEANS) -> None:
        super().__init__(means)
        self.config = PretrainedEngineConfig.read(means.settings.get(self.name, {}))
        self.licence, self.commercial, self.memory_mb = "unknown", False, 0
        self._weights: Weights | None = None
        self._lacks = ""
        try:
            self._weights = weights_of(self.config, means.root)
        except (InputError, MissingExtra) as error:
            self._lacks = f"cannot answer: {error.message}" + (f" ({error.hint})" if error.hint else "")
            return
        found = self._weights.licence
        self.licence, self.commercial = found.name, found.commercial
        self.memory_mb = OVERHEAD_MB if is_open(self._weights) else self._weights.memory_mb
        self.model = self._weights.label

    @override
    def lacks(self) -> str:
        """What is missing; see :class:`~tastemaker.studio.engines.Engine`."""
        return self._lacks

    @override
    def forbids(self) -> str:
        """Why the weights may not be used commercially."""
        if self._weights is not None and not self._weights.licence.known:
            where = "state it under [studio.pretrained]: licence, and commercial if you know that it allows your use"
            name = self._weights.name
            told = "is not known" if self.licence == "unknown" else f"{self.licence!r} is not one we know"
            return f"has weights {name!r} whose licence {told}, so that commercial use is refused; {where}"
        return super().forbids()

    @override
    def propose(self, request: VisualRequest, seed: int, observer: Observer = silent) -> Candidate:
        """One candidate; see :class:`~tastemaker.studio.engines.Engine`.

        Raises:
            Refusal: the place cannot be found, or the pipeline's own check refuses what it drew.
            InputError: the pipeline cannot be opened, or failed.
        """
        weights = self._weights
        if weights is None:
            raise InputError(f"{self.name} {self._lacks}")
        draft = dress(request, request.seed) if request.task == "try_on" else furnish(request, request.seed)
        checks = {name: value for name, value in draft.checks.items() if name in GIVEN}
        mask = _open(request, draft)
        if failing(checks) or not mask.any():  # what is refused anyway is not painted first
            return replace(draft, checks=checks)
        painter = opened(weights)
        window = Window.around(mask, self.config.size or weights.family.size, painter.multiple)
        scene = Scene(
            window.seen(request.context),
            window.seen(draft.picture),
            window.seen(mask.astype(np.uint8) * 255),
            Image.fromarray(request.product),
            self._words(request, masked=weights.family.masked),
        )
        manner = Manner(self.config.steps or weights.steps, self.config.strength, self.config.guidance, seed)
        drawn = window.back(paint(painter, weights.family, scene, manner, observer))
        if not weights.family.masked:
            drawn, checks["drift"] = put_in_place(window.of(request.context), drawn, window.of(mask))
        picture = laid_back(request.context, drawn, mask, window, draft.keep)
        made = judged_by(draft, picture, request.context, mask)
        return replace(made, checks=checks, warnings=(*draft.warnings, *self._said()))

    def _words(self, request: VisualRequest, *, masked: bool) -> str:
        """What the pipeline is told."""
        item = request.item
        told = [item.title or item.id]
        told += [str(item.attributes[name]) for name in ("colour", "color", "material") if name in item.attributes]
        words = (self.config.words or WORDS[request.task, masked]).replace("{item}", ", ".join(told)[:LENGTH])
        return f"{words} {request.instruction}".strip()

    def _said(self) -> tuple[str, ...]:
        """Warnings that go with the picture."""
        said = [f"drawn by {self.model}: what it shows is the model's guess"]
        if not self.commercial:
            said.append(f"the weights' licence ({self.licence}) does not allow commercial use")
        return tuple(said)


def _open(request: VisualRequest, draft: Candidate) -> Bools:
    """Where the photo may change: the product, what it must cover, its shadow, a little around; never face or hands.

    Shapes: -> (h, w).
    """
    solid = draft.mask | draft.region
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    longer = max(np.ptp(rows), np.ptp(columns)) if len(rows) else 0
    reach = 2 * max(2, round(MARGIN * float(longer))) + 1
    wide = cv2.dilate(solid.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))) > 0
    if draft.keep is not None:
        wide &= ~draft.keep
    if request.region.brush is not None:
        wide &= request.region.brush
    return np.asarray(wide, np.bool_)
