"""Which pipelines can be used, and how each takes the photo, the product's picture, the mask and the words.

An explicit map from the class that a folder names to the class that is opened: nothing is guessed from names, and a
class that is not here is refused with the list of those that are. What a pipeline's call does not take is left out by
its signature, so that one map serves several versions of diffusers; what a family cannot do without must be there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import signature

from PIL import Image

from tastemaker.core.errors import InputError


@dataclass(frozen=True)
class Family:
    """Pipelines that are called alike.

    Attributes:
        product: how the product's picture goes in: as an argument of this name, "image" as the second of a list of
            pictures, "" not at all.
        masked: does it paint inside a mask? Else it draws the whole picture anew.
        size: longer side at which it draws well.
        strength: how far it leaves the draft it starts from, when nothing else is said.
        guidance: name of the argument that says how closely words are followed.
        further: what its call always gets.
    """

    product: str = ""
    masked: bool = True
    size: int = 1024
    strength: float = 0.6
    guidance: str = "guidance_scale"
    further: Mapping[str, object] = field(default_factory=dict)

    @property
    def needs(self) -> frozenset[str]:
        """Arguments that a pipeline of this family must take."""
        return frozenset({"prompt", "image"} | ({"mask_image"} if self.masked else set()) | {self.product} - {""})


STABLE = Family(size=512)
LARGE = Family()
REFERENCE = Family("image_reference", strength=0.85)
KONTEXT = Family("image_reference", strength=0.85, further={"_auto_resize": False})
EDIT = Family("image", masked=False)
QWEN = Family("image", masked=False, guidance="true_cfg_scale", further={"negative_prompt": " "})

FAMILIES: Mapping[str, tuple[str, Family]] = {
    "StableDiffusionPipeline": ("StableDiffusionInpaintPipeline", STABLE),
    "StableDiffusionInpaintPipeline": ("StableDiffusionInpaintPipeline", STABLE),
    "StableDiffusionXLPipeline": ("StableDiffusionXLInpaintPipeline", LARGE),
    "StableDiffusionXLInpaintPipeline": ("StableDiffusionXLInpaintPipeline", LARGE),
    "StableDiffusion3Pipeline": ("StableDiffusion3InpaintPipeline", LARGE),
    "StableDiffusion3InpaintPipeline": ("StableDiffusion3InpaintPipeline", LARGE),
    "FluxPipeline": ("FluxInpaintPipeline", LARGE),
    "FluxInpaintPipeline": ("FluxInpaintPipeline", LARGE),
    "FluxFillPipeline": ("FluxFillPipeline", LARGE),
    "FluxKontextPipeline": ("FluxKontextInpaintPipeline", KONTEXT),
    "FluxKontextInpaintPipeline": ("FluxKontextInpaintPipeline", KONTEXT),
    "Flux2KleinPipeline": ("Flux2KleinInpaintPipeline", REFERENCE),
    "Flux2KleinInpaintPipeline": ("Flux2KleinInpaintPipeline", REFERENCE),
    "Flux2Pipeline": ("Flux2Pipeline", EDIT),
    "QwenImageEditPlusPipeline": ("QwenImageEditPlusPipeline", QWEN),
}
"""The class that a folder's ``model_index.json`` names -> the class that is opened, and its family."""


@dataclass(frozen=True)
class Scene:
    """What a pipeline is shown, all of one size but the product.

    Attributes:
        photo: the part of the person's or the room's photo that it sees.
        draft: the same with the product laid over by the compositor.
        mask: white where it may paint.
        product: the product's picture.
        words: what is wished.
    """

    photo: Image.Image
    draft: Image.Image
    mask: Image.Image
    product: Image.Image
    words: str


def arguments(family: Family, scene: Scene, *, shown: bool = False) -> dict[str, object]:
    """The pictures and words of a call, by name.

    Args:
        family: how it takes them.
        scene: what it is shown.
        shown: True when an IP-Adapter is loaded, which shows the product to what has no argument for it.
    """
    found: dict[str, object] = {"prompt": scene.words, "width": scene.photo.width, "height": scene.photo.height}
    if family.masked:
        found |= {"image": scene.draft, "mask_image": scene.mask}
        found |= {family.product: scene.product} if family.product else {}
    else:
        found["image"] = [scene.photo, scene.product]
    found |= {"ip_adapter_image": scene.product} if shown else {}
    return found | dict(family.further)


def accepted(call: Callable[..., object], wanted: Mapping[str, object]) -> dict[str, object]:
    """Of some arguments those that a call takes by name."""
    names = signature(call).parameters
    return {name: value for name, value in wanted.items() if name in names}


def family_of(kind: str) -> tuple[str, Family]:
    """The class to open for a class that a folder names, and its family.

    Raises:
        InputError: nobody has said how it is called.
    """
    if kind not in FAMILIES:
        known = sorted({opened for opened, _ in FAMILIES.values()})
        raise InputError(f"nobody has said how a {kind!r} is called", hint=f"known: {', '.join(known)}")
    return FAMILIES[kind]
