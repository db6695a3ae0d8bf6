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
    fine = 4  # drawn larger and made smaller, so that its edge is smooth
    font = ImageFont.load_default(size * fine)
    left, top, right, bottom = (int(value) for value in font.getbbox(BADGE))
    pad = size * fine // 2
    label = Image.new("RGBA", (right - left + 2 * pad, bottom - top + 2 * pad), (29, 26, 22, 0))
    pen = ImageDraw.Draw(label)
    pen.rounded_rectangle((0, 0, label.width - 1, label.height - 1), radius=label.height // 2, fill=(29, 26, 22, 220))
    pen.text((pad - left, pad - top), BADGE, font=font, fill=(250, 248, 244, 255))
    label = label.resize((label.width // fine, label.height // fine), Image.Resampling.LANCZOS)
    image, place = Image.fromarray(picture), (size // 2, max(height - size // 2 - label.height, 0))
    image.paste(label, place, label)
    return np.asarray(image, np.uint8), (place[0], place[1], place[0] + label.width, place[1] + label.height)
