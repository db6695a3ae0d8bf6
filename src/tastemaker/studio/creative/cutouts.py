"""Pictures for a creative: the product cut out of a plain ground, or the whole photo as a print or as a field.

A picture is never enlarged more than ``MOST_ENLARGED`` times: a small photo stands small, with air around it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageFilter
from scipy.ndimage import binary_dilation, binary_erosion, label, maximum_filter, minimum_filter

from tastemaker.core.types import Bools
from tastemaker.studio.creative.colours import Colour
from tastemaker.studio.creative.scene import Box, Placed
from tastemaker.studio.cutout import Pixels, cut, lab_of, without_fringe

MOST_ENLARGED = 3.0
MOST_CUT = 0.3
"""Share of a photo that may fall away when it fills a field."""
SURE = 0.6
"""How much a cut-out must be believed."""
WHOLE = 0.85
"""Share of a cut-out that must hang together."""
CRISP, EDGE = 0.8, 14.0
"""Share of its contour that must lie on an edge of the photo, and how much colours differ at an edge (CIELAB)."""
ENOUGH, ALIKE, LIGHT = 0.66, 15.0, 70.0
"""Share of a department's photos whose grounds lie so near to each other (CIELAB), and how light the ground is."""
Resample = Image.Resampling.LANCZOS


@dataclass(frozen=True)
class Shown:
    """One item's picture.

    Attributes:
        image: RGBA and cut to its box when ``alone``; else RGB.
        photo: the whole of it.
        rim: the usual colour along the product's edge, or of the whole photo.
        alone: the product stands alone, its ground taken away.
    """

    image: Image.Image
    photo: Image.Image
    rim: Colour
    alone: bool


def look(picture: Image.Image, *, alone: bool) -> Shown:
    """One item's picture.

    Args:
        picture: the photo.
        alone: cut the product out, where that can be trusted; else the photo is kept whole.
    """
    photo = picture.convert("RGB")
    pixels = np.asarray(photo)
    found = cut(pixels, holes=_room(pixels)) if alone else None
    if found is None or found.ground is None or found.sure < SURE:
        return Shown(photo, photo, _usual(pixels), alone=False)
    kept = _solid(pixels, found.mask, found.ground)
    if _crisp(pixels, kept) < CRISP or not _one_piece(kept):
        return Shown(photo, photo, _usual(pixels), alone=False)
    kept = without_fringe(pixels, kept, found.ground)
    small = replace(found, alpha=np.where(binary_dilation(kept), found.alpha, 0)).cropped()
    layers = np.dstack([small.picture, np.rint(small.alpha * 255).astype(np.uint8)])
    inner = binary_erosion(small.mask, iterations=3)
    return Shown(Image.fromarray(layers, "RGBA"), photo, _usual(small.picture[small.mask & ~inner]), alone=True)


def alike(shown: Sequence[Shown]) -> list[Shown]:
    """All cut out, or all as photos: the two do not stand well side by side."""
    if all(one.alone for one in shown):
        return list(shown)
    return [replace(one, image=one.photo, alone=False) for one in shown]


def _solid(pixels: Pixels, mask: Bools, ground: Pixels) -> Bools:
    """A mask without pieces of ground that lie beside the product."""
    names, many = label(mask)
    far = np.linalg.norm(lab_of(pixels) - lab_of(ground), axis=2)
    sizes = np.bincount(names.ravel(), minlength=many + 1)
    kept = [n for n in range(1, many + 1) if sizes[n] > 0.5 * sizes[1:].max() or far[names == n].mean() > EDGE]
    return np.isin(names, kept)


def _crisp(pixels: Pixels, mask: Bools) -> float:
    """Share of a contour where the photo has an edge too; a halo or a shadow that was taken along has none."""
    lab = lab_of(pixels)
    spread = sum(maximum_filter(part, 5) - minimum_filter(part, 5) for part in np.moveaxis(lab, 2, 0))
    contour = mask & ~binary_erosion(mask)
    return float((np.asarray(spread)[contour] > EDGE).mean()) if contour.any() else 0.0


def _one_piece(mask: Bools) -> bool:
    """Is it one thing, and not a title, a moon and a house?"""
    names, many = label(mask, np.ones((3, 3)))
    return many > 0 and bool(np.bincount(names.ravel())[1:].max() > WHOLE * mask.sum())


def studio(pictures: Sequence[Image.Image]) -> bool:
    """Were these photos taken before one kind of light, plain ground, so that products may be cut out of them?

    A poster may have a plain ground too, but that of the next one is another, and it shows several things; a landscape
    has none.
    """
    grounds = []
    for picture in pictures:
        found = cut(np.asarray(picture.convert("RGB")))
        if found.ground is not None and _one_piece(found.mask):
            grounds.append(np.median(lab_of(found.ground).reshape(-1, 3), axis=0))
    if len(grounds) < ENOUGH * len(pictures) or not grounds:
        return False
    usual = np.median(grounds, axis=0)
    same = np.linalg.norm(np.array(grounds) - usual, axis=1) < ALIKE
    return bool(same.sum() >= ENOUGH * len(pictures) and usual[0] > LIGHT)


def _room(pixels: Pixels) -> bool:
    """Is there a floor of another colour below the wall? Then ground shows between the legs of what stands on it."""
    band = max(2, pixels.shape[1] // 50)
    sides = lab_of(np.ascontiguousarray(pixels[:, :band])).mean(1)
    return bool(np.linalg.norm(sides[: band * 4].mean(0) - sides[-band * 4 :].mean(0)) > 6)


def covers(shown: Shown, box: Box) -> bool:
    """Can the photo fill a field without losing much, or being blown up?"""
    if shown.alone:
        return False
    width, height = shown.image.size
    scale = max(box.width / width, box.height / height)
    kept = box.width * box.height / (width * height * scale * scale)
    return kept >= 1 - MOST_CUT and scale <= MOST_ENLARGED


def filling(shown: Shown, box: Box) -> Placed:
    """The photo over the whole of a field, its middle kept."""
    left, top, right, bottom = box.whole
    width, height = shown.image.size
    scale = max((right - left) / width, (bottom - top) / height)
    wide, high = min(width, (right - left) / scale), min(height, (bottom - top) / scale)
    x, y = (width - wide) / 2, (height - high) / 2
    image = shown.image.resize((right - left, bottom - top), Resample, box=(x, y, x + wide, y + high))
    return Placed(image, left, top)


def standing(shown: Shown, box: Box, *, foot: float = 0.5, height: float = 0.0) -> Placed:
    """A product or a print inside a box, with its shadow.

    Args:
        shown: the picture.
        box: where it may stand, its shadow aside.
        foot: 0.5 stands in the middle, 1 on the bottom of the box.
        height: in pixels; as high as fits when 0.
    """
    wide, high = shown.image.size
    scale = min(box.width / wide, (height or box.height) / high, box.height / high, MOST_ENLARGED)
    size = (max(1, round(wide * scale)), max(1, round(high * scale)))
    image = shown.image.convert("RGBA").resize(size, Resample)
    if scale > 1.2:
        image = image.filter(ImageFilter.UnsharpMask(radius=1.2 * scale, percent=45, threshold=2))
    x = round(box.left + (box.width - size[0]) / 2)
    y = round(box.top + (box.height - size[1]) * foot)
    return _with_shadow(image, x, y)


def _with_shadow(image: Image.Image, x: int, y: int) -> Placed:
    """A soft shadow below and a little to the right, on the same layer."""
    reach = max(6, round(min(image.size) * 0.035))
    margin = 3 * reach
    size = (image.width + 2 * margin, image.height + 2 * margin)
    shade = Image.new("L", size)
    shade.paste(image.getchannel("A"), (margin + reach // 3, margin + reach))
    shade = shade.filter(ImageFilter.GaussianBlur(reach)).point(lambda value: round(value * 0.30))
    layer = Image.new("RGBA", size, (24, 18, 12, 0))
    layer.putalpha(shade)
    layer.alpha_composite(image, (margin, margin))
    return Placed(layer, x - margin, y - margin)


def _usual(pixels: Pixels) -> Colour:
    """The median colour. Shapes: (..., 3)."""
    red, green, blue = np.median(pixels.reshape(-1, 3), axis=0).tolist() if pixels.size else (128, 128, 128)
    return round(red), round(green), round(blue)
