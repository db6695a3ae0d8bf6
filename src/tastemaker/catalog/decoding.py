"""The one safe door for picture bytes, from a workspace or from an upload.

The header is read before anything is decoded: a format outside the allow-list, or more pixels than allowed, is refused
while the picture is still a few bytes. Pillow's format classes are called directly, so that no other decoder is tried.
EXIF turns the picture upright and is then dropped with all other metadata; transparency becomes white.
"""

import struct
from collections.abc import Collection
from io import BytesIO

import numpy as np
from PIL import Image, ImageOps
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from tastemaker.core.errors import PictureError

FORMATS = ("JPEG", "PNG", "WebP", "GIF")
MAX_PIXELS = 25_000_000
MAX_BYTES = 100_000_000
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, OverflowError)
"""What Pillow raises on damaged files (UnidentifiedImageError is an OSError)."""
ORIENTATION, LYING = 0x0112, (5, 6, 7, 8)
"""The field of EXIF that says how a camera was held, and its values for a quarter turn."""
BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)

_CLASSES: dict[str, type[ImageFile]] = {
    "JPEG": JpegImageFile, "PNG": PngImageFile, "WebP": WebPImageFile, "GIF": GifImageFile,
}  # fmt: skip


def decode(
    data: bytes,
    name: str,
    *,
    formats: Collection[str] = FORMATS,
    max_pixels: int = MAX_PIXELS,
    size: int | None = None,
    least: int | None = None,
) -> Image.Image:
    """Decode a picture safely.

    Args:
        data: the file's bytes.
        name: how the picture is called in errors.
        formats: formats that are let in, of :data:`FORMATS`.
        max_pixels: width times height at most.
        size: the longer side is shrunk to this many pixels, never enlarged; None keeps it.
        least: a JPEG may be decoded at a half, a quarter or an eighth, as long as both sides stay this long; None
            decodes all of it.

    Returns:
        The first frame, upright, RGB, without metadata.

    Raises:
        PictureError: empty, not a picture of an allowed format, too large, truncated or damaged.
    """
    picture = _open(data, name, formats, max_pixels)
    try:
        enough = least if size is None else 2 * size
        if enough is not None and isinstance(picture, JpegImageFile):
            picture.draft("RGB", (enough, enough))
        picture.load()
        upright = _upright(picture)
        rgb = _flatten(upright)
    except (*BROKEN, *BOMB, MemoryError) as error:
        raise PictureError(f"{name}: the picture is damaged ({error})", hint="is it complete? save it again") from None
    if size is not None and max(rgb.size) > size:
        scale = size / max(rgb.size)
        shape = (max(1, round(rgb.width * scale)), max(1, round(rgb.height * scale)))
        rgb = rgb.resize(shape, Image.Resampling.LANCZOS)
    rgb.info.clear()
    return rgb


def measure(
    data: bytes, name: str, *, formats: Collection[str] = FORMATS, max_pixels: int = MAX_PIXELS
) -> tuple[int, int]:
    """Width and height of the upright picture, from the header alone; refuses what :func:`decode` refuses there.

    Raises:
        PictureError: empty, not a picture of an allowed format, or too large.
    """
    picture = _open(data, name, formats, max_pixels)
    return (picture.height, picture.width) if _lies(picture) else (picture.width, picture.height)


def format_of(data: bytes) -> str:
    """The format that the first bytes announce; "" when it is none of :data:`FORMATS`."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    return "GIF" if data[:6] in (b"GIF87a", b"GIF89a") else ""


def _open(data: bytes, name: str, formats: Collection[str], max_pixels: int) -> ImageFile:
    if not data:
        raise PictureError(f"{name}: the file is empty", hint="put the picture in again")
    if len(data) > MAX_BYTES:
        raise PictureError(f"{name}: {len(data):,} bytes, at most {MAX_BYTES:,} are read", hint="save it smaller")
    kind = format_of(data)
    if kind not in formats:
        accepted = ", ".join(formats)
        raise PictureError(f"{name}: {_guess(data)}, not a picture ({accepted})", hint="save it as JPEG or PNG")
    try:
        if kind == "WebP":  # these two look further than the header when they open
            _limit(_webp_size(data), name, max_pixels)
        elif kind == "GIF":
            _limit(struct.unpack("<HH", data[6:10]), name, max_pixels)
        picture = _CLASSES[kind](BytesIO(data))
    except BOMB:
        raise PictureError(f"{name}: far more than {max_pixels:,} pixels", hint="save it smaller") from None
    except BROKEN as error:
        raise PictureError(f"{name}: the {kind} header is damaged ({error})", hint="save it again") from None
    _limit(picture.size, name, max_pixels)
    return picture


def _limit(size: tuple[int, int], name: str, max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        given = f"{width} x {height} = {width * height:,} pixels"
        raise PictureError(f"{name}: {given}, at most {max_pixels:,} are decoded", hint="save it smaller")


def _webp_size(data: bytes) -> tuple[int, int]:
    """Canvas of a WebP file, from its first chunk (VP8X, VP8L or VP8)."""
    chunk, body = data[12:16], data[20:30]
    if len(body) < 10:
        raise ValueError("truncated")
    if chunk == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", body[6:10])
    return width & 0x3FFF, height & 0x3FFF


def _lies(picture: ImageFile) -> bool:
    """Does a camera's header say that the picture lies on its side? Other formats hold that behind their pixels."""
    try:
        return isinstance(picture, JpegImageFile) and picture.getexif().get(ORIENTATION) in LYING
    except BROKEN:  # damaged EXIF says nothing about the pixels
        return False


def _upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except BROKEN:  # damaged EXIF says nothing about the pixels
        return picture


def _flatten(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 or 32 bits a pixel; converting clips instead of scaling
        values = np.asarray(picture, np.float64)
        picture = Image.fromarray((values / max(values.max(), 65535.0) * 255).astype(np.uint8))
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        picture = Image.new("RGBA", layer.size, "white")
        picture.alpha_composite(layer)
    return picture.convert("RGB")


def _guess(data: bytes) -> str:
    """What a file that is no allowed picture seems to be."""
    if data[:5] == b"%PDF-":
        return "a PDF"
    if data[:2] == b"BM":
        return "a BMP"
    if data[4:12] in (b"ftypavif", b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "an AVIF or HEIC"
    if data[:4] in (b"II*\x00", b"MM\x00*"):
        return "a TIFF"
    head = data[:512]
    if b"<svg" in head:
        return "an SVG"
    if all(byte >= 32 or byte in b"\t\r\n" for byte in head):
        return "a text file"
    return "an unknown format"
