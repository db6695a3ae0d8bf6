"""What a generated picture says of itself: in the text of its PNG for machines, by a badge for people.

It never poses as a photo of a product. Who asked, and who is in the photo, is not in it.
"""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from tastemaker.studio.cutout import Pixels

BADGE = "Generated"
"""The word on the badge."""


def marked_png(picture: Pixels, told: str) -> bytes:
    """A PNG that says in its text that it was generated.

    Args:
        picture: what is drawn.
        told: what it says of itself, as JSON.

    Shapes: picture (h, w, 3).
    """
    about = PngInfo()
    about.add_itxt("Tastemaker", told)
    about.add_text("Software", "Tastemaker")
    about.add_text("Comment", "Generated picture: not a photo of a product")
    return png(picture, about)


def png(picture: Pixels, about: PngInfo | None = None) -> bytes:
    """Pixels as a PNG. Shapes: picture (h, w, 3) or (h, w)."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "PNG", pnginfo=about)
    return stream.getvalue()


def badged(picture: Pixels) -> tuple[Pixels, tuple[int, int, int, int]]:
    """A picture with a small badge in its lower left corner, and the box in which that has changed it.

    Shapes: picture (h, w, 3) -> (h, w, 3).
    """
    height, width = picture.shape[:2]
    size = max(9, round(0.024 * max(height, width)))
    font = ImageFont.load_default(size)
    image = Image.fromarray(picture)
    pen = ImageDraw.Draw(image, "RGBA")
    left, top, right, bottom = (int(value) for value in pen.textbbox((0, 0), BADGE, font=font))
    pad = size // 2
    box = (pad, height - pad - (bottom - top) - pad, pad + (right - left) + 2 * pad, height - pad)
    pen.rounded_rectangle((box[0], box[1], box[2] - 1, box[3] - 1), radius=pad, fill=(29, 26, 22, 215))
    pen.text(
        (box[0] + pad - left, box[1] + pad // 2 - top + (pad - pad // 2 * 2) // 2),
        BADGE,
        font=font,
        fill=(250, 248, 244, 255),
    )
    return np.asarray(image, np.uint8), box
