"""Pictures: the one safe door, the folder and the zip that cannot be left, thumbnails."""

import struct
import zipfile
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tastemaker.catalog.decoding import decode, measure
from tastemaker.catalog.pictures import Pictures
from tastemaker.core.errors import PictureError, WorkspaceError


def encoded(image, format, **options):
    stream = BytesIO()
    image.save(stream, format, **options)
    return stream.getvalue()


def red(width=40, height=20):
    return Image.new("RGB", (width, height), (255, 0, 0))


def png_header(width, height):
    """A PNG that says how large it is and holds one kilobyte of zeros, which deflate to nothing."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1024))) + chunk(b"IEND", b"")
    )


def bomb():
    """A real PNG of 20 kB, one bit a pixel, that decodes to 500 MB."""
    side = 13_000

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    body = zlib.compress(bytes((1 + side // 8) * side), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def webp_canvas(width, height):
    body = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + body


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_the_four_formats_come_out_as_rgb(format):
    picture = decode(encoded(red(), format), "x")
    assert (picture.mode, picture.size) == ("RGB", (40, 20))
    assert np.abs(np.asarray(picture).mean((0, 1)) - (255, 0, 0)).max() < 6


REFUSED = {
    "empty": (b"", "is empty"),
    "text named .png": (b"this is no picture, only words\n", "a text file"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG"),
    "pdf": (b"%PDF-1.7 ...", "a PDF"),
    "bmp": (encoded(red(), "BMP"), "a BMP"),
    "tiff": (encoded(red(), "TIFF"), "a TIFF"),
    "noise": (bytes(range(256)), "unknown format"),
    "truncated jpeg": (encoded(Image.effect_noise((200, 200), 90), "JPEG")[:2000], "damaged"),
    "truncated png": (encoded(Image.effect_noise((200, 200), 90), "PNG")[:2000], "damaged"),
    "truncated webp": (encoded(Image.effect_noise((200, 200), 90), "WEBP")[:500], "damaged"),
    "jpeg header alone": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "damaged"),
    "png header alone": (b"\x89PNG\r\n\x1a\n", "damaged"),
    "webp header alone": (b"RIFF\x00\x00\x00\x00WEBP", "damaged"),
    "gif header alone": (b"GIF89a", "damaged"),
    "png of too few pixels": (png_header(2000, 2000), "damaged"),
    "png of 400 megapixels": (png_header(20_000, 20_000), "400,000,000 pixels"),
    "png of 4 gigapixels": (png_header(65_000, 65_000), "pixels"),
    "webp canvas of 268 megapixels": (webp_canvas(16_384, 16_384), "268,435,456 pixels"),
    "gif screen of 4 gigapixels": (b"GIF89a\xff\xff\xff\xff\x00\x00\x00", "pixels"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_safe_picture_is_refused_with_a_hint(case):
    data, said = REFUSED[case]
    with pytest.raises(PictureError) as caught:
        decode(data, "shoe.png")
    assert said in caught.value.message
    assert "shoe.png" in caught.value.message
    assert caught.value.hint


def test_a_small_file_that_decodes_to_500_megabytes_is_refused_at_its_header():
    data = bomb()
    assert len(data) < 21_000
    for door in (decode, measure):
        with pytest.raises(PictureError, match=r"169,000,000 pixels"):
            door(data, "bomb.png")


def test_25_megapixels_are_allowed_and_one_row_more_is_not():
    assert measure(png_header(5000, 5000), "x") == (5000, 5000)
    with pytest.raises(PictureError, match="at most 25,000,000"):
        measure(png_header(5000, 5001), "x")


def test_the_picture_is_turned_upright_and_its_metadata_dropped():
    sideways = Image.new("RGB", (40, 20), "black")
    sideways.paste("white", (0, 0, 20, 20))  # left half
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise
    exif[0x010F] = "camera"
    data = encoded(sideways, "JPEG", exif=exif, quality=95)
    picture = decode(data, "x")
    assert picture.size == measure(data, "x") == (20, 40)
    assert picture.getpixel((10, 5))[0] > 200  # the left half is on top now
    assert picture.getpixel((10, 35))[0] < 50
    assert not picture.info
    assert not picture.getexif()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_becomes_white(mode):
    clear = Image.new("RGBA", (8, 8), (200, 0, 0, 0)).convert(mode)
    options = {"transparency": clear.getpixel((0, 0))} if mode == "P" else {}
    assert decode(encoded(clear, "PNG", **options), "x").getpixel((4, 4)) == (255, 255, 255)


def test_sixteen_bits_are_scaled_not_clipped():
    deep = Image.fromarray(np.full((4, 4), 32768, np.uint16))
    assert decode(encoded(deep, "PNG"), "x").getpixel((1, 1)) == (127, 127, 127)


def test_the_first_frame_of_a_moving_gif():
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("blue", "red")]
    moving = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert decode(moving, "x").getpixel((4, 4)) == (0, 0, 255)


def test_size_bounds_the_longer_side_and_never_enlarges():
    data = encoded(red(400, 200), "JPEG")
    assert decode(data, "x", size=100).size == (100, 50)
    assert decode(data, "x", size=1000).size == (400, 200)
    assert decode(encoded(red(4000, 2), "PNG"), "x", size=50).size == (50, 1)


@pytest.fixture
def folder(tmp_path):
    images = tmp_path / "images"
    (images / "sub").mkdir(parents=True)
    (images / "a.jpg").write_bytes(encoded(red(), "JPEG"))
    (images / "sub" / "b.png").write_bytes(encoded(red(8, 8), "PNG"))
    (tmp_path / "secret.png").write_bytes(encoded(red(3, 3), "PNG"))
    return images


@pytest.fixture
def archive(tmp_path, folder):
    path = tmp_path / "images.zip"
    with zipfile.ZipFile(path, "w") as stream:
        stream.write(folder / "a.jpg", "a.jpg")
        stream.write(folder / "sub" / "b.png", "sub/b.png")
        stream.write(tmp_path / "secret.png", "../secret.png")
        stream.write(tmp_path / "secret.png", "/secret.png")
    return path


@pytest.mark.parametrize("kind", ["folder", "archive"])
def test_folder_and_zip_give_the_same_pictures(kind, request):
    pictures = Pictures(request.getfixturevalue(kind))
    assert pictures.open("a.jpg").size == (40, 20)
    assert pictures.open("images/a.jpg").size == (40, 20)
    assert pictures.measure("sub/b.png") == (8, 8)
    assert {"a.jpg", "sub/b.png"} <= set(pictures.names())


OUTSIDE = ["../secret.png", "/secret.png", "sub/../../secret.png", "..\\secret.png", "c:/secret.png", "", "a\0.jpg"]


@pytest.mark.parametrize("kind", ["folder", "archive"])
@pytest.mark.parametrize("name", OUTSIDE)
def test_the_folder_cannot_be_left(kind, name, request):
    pictures = Pictures(request.getfixturevalue(kind))
    assert not pictures.has(name)
    with pytest.raises(PictureError, match="outside the folder"):
        pictures.open(name)


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_not(folder, tmp_path):
    (folder / "out.png").symlink_to(tmp_path / "secret.png")
    (folder / "in.png").symlink_to(folder / "sub" / "b.png")
    (folder / "far").symlink_to(tmp_path, target_is_directory=True)
    pictures = Pictures(folder)
    assert pictures.open("in.png").size == (8, 8)
    for name in ("out.png", "far/secret.png"):
        with pytest.raises(PictureError, match="outside"):
            pictures.open(name)


def test_a_missing_picture_says_so(folder):
    with pytest.raises(PictureError, match="is missing"):
        Pictures(folder).open("c.jpg")
    with pytest.raises(PictureError, match="is missing"):
        Pictures(folder).open("x" * 300 + ".jpg")
    with pytest.raises(PictureError, match="is missing"):
        Pictures().open("c.jpg")


def test_a_zip_that_is_none_says_so(tmp_path):
    path = tmp_path / "images.zip"
    path.write_bytes(b"not a zip")
    with pytest.raises(PictureError, match="not a readable zip"):
        Pictures(path).open("a.jpg")


def test_thumbnails_are_made_once_and_follow_the_content(folder, tmp_path):
    pictures = Pictures(folder, tmp_path / "state")
    first = pictures.thumbnail("a.jpg", 10)
    assert decode(first, "t").size == (10, 5)
    cache = tmp_path / "state" / "thumbnails"
    assert [path.read_bytes() for path in cache.iterdir()] == [first]
    (folder / "a.jpg").write_bytes(encoded(Image.new("RGB", (20, 40)), "JPEG"))
    assert decode(pictures.thumbnail("a.jpg", 10), "t").size == (5, 10)
    assert not [path for path in cache.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("width", [0, -1, 100_000])
def test_a_thumbnail_of_a_senseless_width_is_refused(folder, width):
    with pytest.raises(PictureError, match="width"):
        Pictures(folder).thumbnail("a.jpg", width)


def test_a_received_picture_is_kept_under_its_content(folder, tmp_path):
    pictures = Pictures(folder, tmp_path / "state")
    data = encoded(red(7, 7), "PNG")
    name = pictures.receive(data, "a.jpg")
    assert name == pictures.receive(data, "other.png")
    assert pictures.open(name).size == (7, 7)
    assert pictures.open("a.jpg").size == (40, 20)
    assert name in pictures.names()


def test_a_received_picture_that_is_broken_leaves_nothing(tmp_path):
    pictures = Pictures(None, tmp_path)
    with pytest.raises(PictureError):
        pictures.receive(b"words", "x.png")
    assert pictures.names() == []
    with pytest.raises(WorkspaceError):
        Pictures().receive(encoded(red(), "PNG"), "x.png")
