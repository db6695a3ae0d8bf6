"""A film poster: inks from the mood, a composition, a title, and the fine print of paper."""

import numpy as np
from PIL import Image

from tastemaker.demoshop.canvas import Canvas
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.goods import Piece, pick
from tastemaker.demoshop.palette import luminance, mix, rgb
from tastemaker.demoshop.posters.compositions import COMPOSITIONS, SCENES
from tastemaker.demoshop.posters.lettering import Style, broken, write
from tastemaker.demoshop.posters.motifs import Inks
from tastemaker.demoshop.texture import surface

_GLOWS = {
    "tender": "f3d9b8",
    "melancholic": "d9d3c4",
    "hopeful": "f6d58a",
    "tense": "e0472f",
    "dark": "d8b26a",
    "awe": "f5c46b",
    "playful": "fff3d0",
    "warm": "f7b267",
}
_DARK = ("dark", "tense", "melancholic")
_LOOKS = {
    "drama": ("full", "head", "window", "framed"),
    "thriller": ("full", "head", "full"),
    "science fiction": ("full", "window", "framed"),
    "comedy": ("geometry", "window", "framed"),
    "romance": ("window", "head", "framed"),
    "adventure": ("full", "framed", "window"),
    "horror": ("full", "head"),
    "western": ("full", "framed", "window"),
    "documentary": ("framed", "full", "window"),
    "animation": ("full", "framed", "window"),
    "noir": ("full", "head", "geometry"),
    "musical": ("geometry", "geometry", "window"),
}
_STYLES = (
    Style(4, 3, 0.74),
    Style(1, 26, 1.0),
    Style(4, 5, 0.92),
    Style(2, 9, 1.12),
    Style(0, 14, 0.95),
    Style(5, 3, 0.66),
)


def inks_of(piece: Piece) -> Inks:
    """The colours that a film's main colour and mood ask for."""
    base, glow = piece.colour, rgb(_GLOWS[piece["mood"]])
    night = rgb("15182a")
    if piece["mood"] in _DARK or luminance(base) < 0.3:
        ground = mix(base, night, 0.55)
        if luminance(base) < 0.2:
            ground = mix(ground, rgb("5a6480"), 0.30)
        return Inks(ground, mix(base, night, 0.35), mix(base, rgb("090b12"), 0.84), glow, rgb("f4ecdc"))
    ground = mix(base, rgb("fbf1df"), 0.45)
    return Inks(
        ground,
        mix(base, rgb("20304a"), 0.35),
        mix(base, rgb("1b2238"), 0.74),
        mix(glow, rgb("ffffff"), 0.1),
        mix(base, rgb("14161f"), 0.86),
    )


def draw_poster(piece: Piece, width: int) -> Image.Image:
    """Draw one poster."""
    rng = piece.rng()
    inks = inks_of(piece)
    canvas = Canvas(width, inks.ground)
    look = pick(rng, _LOOKS[piece["genre"]])
    COMPOSITIONS[look](canvas, inks, rng, SCENES[piece["setting"]])
    _paper(canvas, rng)
    _lettering(canvas, piece, look, rng)
    return canvas.finished()


def _paper(canvas: Canvas, rng: np.random.Generator) -> None:
    """Print grain and a touch of falling light."""
    sheet = canvas.whole()
    canvas.pixels *= (1 + 0.010 * surface("cotton", sheet.shape, rng) + 0.005 * surface("suede", sheet.shape, rng))[
        ..., None
    ].astype(np.float32)
    far = np.hypot((sheet.x - 150) / 260, (sheet.y - 190) / 330)
    canvas.pixels *= (1.02 - 0.10 * far**2)[..., None].astype(np.float32)


def _contrast(canvas: Canvas, top: float, bottom: float) -> Field:
    """Ink that can be read on what lies between two heights."""
    rows = slice(int(top * canvas.scale), max(int(top * canvas.scale) + 1, int(bottom * canvas.scale)))
    under = canvas.pixels[rows].mean(axis=(0, 1))
    return rgb("f6efe0") if luminance(under) < 0.55 else mix(np.asarray(under, np.float32), rgb("12141c"), 0.88)


def _lettering(canvas: Canvas, piece: Piece, look: str, rng: np.random.Generator) -> None:
    style = _STYLES[int(rng.integers(len(_STYLES)))]
    title = piece.title.upper() if rng.random() < 0.85 else piece.title
    paper = look in ("geometry", "window")
    lines = broken(title, 17 if paper else 11 if style.tracking < 20 else 13)
    room = 44.0 if paper else 112.0
    height = min(
        30.0, room / len(lines) / 1.5, 250.0 / max(len(text) for text in lines) * 1.55 / max(0.8, style.squeeze)
    )
    block = len(lines) * height * 1.5
    upper = look in ("full", "framed") and rng.random() < (
        0.9 if piece["setting"] in ("house", "harbour", "sea") else 0.42
    )
    top = 38.0 if upper else 362.0 - block - (6 if look == "framed" else 0)
    if paper:
        top = 317.0 + (room - block) / 2
    align, x = ("left", 26.0) if look == "geometry" or rng.random() < 0.35 else ("middle", 150.0)
    _scrim(canvas, top, block, look)
    ink = _contrast(canvas, top, top + block)
    small = f"A FILM BY {piece['director'].upper()}"
    write(canvas, small, (x, top - 12), 4.6, ink, Style(0, 22, 1.0), width=240, align=align, opacity=0.9)
    for text in lines:
        write(canvas, text, (x, top), height, ink, style, width=248, align=align)
        top += height * 1.5
    foot = f"{piece['genre'].upper()}   ·   {piece['year']}   ·   {piece['runtime_min']} MIN"
    under = 376.0 if look != "framed" else 366.0
    write(
        canvas,
        foot,
        (x, under),
        4.0,
        _contrast(canvas, under, under + 10),
        Style(0, 16, 1.0),
        width=240,
        align=align,
        opacity=0.8,
    )


def _scrim(canvas: Canvas, top: float, block: float, look: str) -> None:
    """A breath of light or shade behind the words, so that they read on a busy picture."""
    if look in ("geometry", "window"):
        return
    sheet = canvas.whole()
    cover = np.exp(-(((sheet.y - top - block / 2) / (block * 0.8 + 22)) ** 4)) * np.ones_like(sheet.alpha)
    rows = canvas.pixels[int(top * canvas.scale) : int((top + block) * canvas.scale)]
    under = rows.mean(axis=(0, 1))
    tone = under * 0.55 if luminance(under) < 0.55 else 1 - (1 - under) * 0.55
    if look == "framed":  # the margin stays clean
        cover = cover * ((np.abs(sheet.x - 150) < 136) & (np.abs(sheet.y - 200) < 186))
    canvas.paint(sheet.times(cover.astype(np.float32)), np.asarray(tone, np.float32), 0.3 if look == "head" else 0.45)
