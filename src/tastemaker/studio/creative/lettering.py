"""Letters: which typeface, how wide a text is in it, where lines break, how small it must become to fit.

The typeface is the brand's own file; without one, the variable Roboto that comes with the page (Apache licence), which
has the accents, dashes and currencies of western languages; without that, the face inside Pillow, which has ASCII only.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

from tastemaker.core.errors import ConfigError

Font = ImageFont.FreeTypeFont
FAMILY = "Roboto"
SMALLER = 0.94
"""One step of shrinking."""
ELLIPSIS = "…"
DASHES = ("–", "—", "-", "&", "/")
"""Never at the beginning of a line."""
_NOT_A_LETTER = "\uffff"
_USUAL = "aA0€£–—’éßÖ×…·"
"""Letters by which the widest of Roboto's files is known."""


@dataclass(frozen=True)
class Face:
    """A typeface.

    Attributes:
        path: of its file; None for the one inside Pillow.
        family: as SVG names it.
    """

    path: Path | None
    family: str

    def font(self, size: int, weight: int = 400) -> Font:
        """The face at a size in pixels; a face with one weight alone gives that."""
        return _font(self.path, size, weight)

    def width(self, text: str, size: int, weight: int = 400, tracking: float = 0.0) -> float:
        """How far a text runs, in pixels."""
        return float(self.font(size, weight).getlength(text)) + tracking * max(0, len(text) - 1)

    def bearing(self, text: str, size: int, weight: int = 400) -> float:
        """How far right of its beginning the ink of a text begins; lines set by it look flush."""
        return float(self.font(size, weight).getbbox(text, anchor="ls")[0])

    def lacks(self, text: str) -> str:
        """Letters of a text that the face does not have."""
        return "".join(letter for letter in dict.fromkeys(text) if not letter.isspace() and not _has(self, letter))


@cache
def default_face() -> Face:
    """The face of a shop that names none."""
    found = find_spec("nicegui")
    folder = Path(found.origin).parent / "static" / "fonts" if found and found.origin else None
    for path in sorted(folder.glob("*.woff2")) if folder else []:
        try:
            face = Face(path, FAMILY)
            if face.font(20).getname()[0] == FAMILY and not face.lacks(_USUAL):
                return face
        except OSError:  # this FreeType reads no WOFF2
            break
    return Face(None, "Aileron")


def face_of(root: Path, font: str) -> Face:
    """The face that ``[brand]`` names, or the usual one.

    Raises:
        ConfigError: the file is outside the workspace, is not there, or is no font.
    """
    if not font:
        return default_face()
    path = (root / font).resolve()
    if not path.is_relative_to(root.resolve()) or not path.is_file():
        raise ConfigError(f"font {font!r} is not in the workspace", hint="put the file there, or leave it out")
    try:
        return Face(path, _font(path, 20, 400).getname()[0] or path.stem)
    except OSError as error:
        raise ConfigError(f"font {font!r} cannot be read: {error}", hint="TTF, OTF and WOFF2 can") from None


def wrap(face: Face, text: str, size: int, weight: int, width: float) -> list[str]:
    """A text as lines that are at most so wide; a word that alone is wider is broken, a dash begins no line."""
    dash, lines = max(face.width(f" {dash}", size, weight) for dash in DASHES), list[str]()
    width -= dash if any(f" {one} " in text for one in DASHES) else 0.0
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and (word in DASHES or face.width(longer, size, weight) <= width):
            lines[-1] = longer
            continue
        *broken, rest = _broken(face, word, size, weight, width)
        lines += [*broken, rest]
    return lines


def balanced(face: Face, text: str, size: int, weight: int, width: float) -> list[str]:
    """Lines as :func:`wrap` breaks them, but evenly long: no last line of one short word."""
    lines = wrap(face, text, size, weight, width)
    low, high = width * 0.5, width
    for _ in range(7) if len(lines) > 1 else ():
        middle = (low + high) / 2
        if len(wrap(face, text, size, weight, middle)) == len(lines):
            high = middle
        else:
            low = middle
    even = wrap(face, text, size, weight, high)
    return even if sum(map(len, even)) == sum(map(len, lines)) else lines


def shortened(face: Face, text: str, size: int, weight: int, width: float, lines: int) -> tuple[list[str], str]:
    """As many lines of a text as there is room for; the last ends in an ellipsis when something is left out.

    A word that is wider than a whole line is begun on the last line, or of a name of one word nothing might stand.

    Returns:
        The lines, and what they say in one: a word that is broken over two lines is whole in it.
    """
    text, found = " ".join(text.split()), wrap(face, text, size, weight, width)
    if len(found) <= lines:
        return found, text
    last, start, end = found[lines - 1], 0, 0
    for line in found[:lines]:
        start = text.index(line, end)
        end = start + len(line)
    word = text[end:].split(" ")[1] if text[end] == " " else ""
    if not found[lines].startswith(word):  # it was broken
        last = f"{last} {word}"
    mark = ELLIPSIS if not face.lacks(ELLIPSIS) else "..."
    while last and face.width(last + mark, size, weight) > width:
        last = last[:-1].rstrip()
    return [*found[: lines - 1], last + mark], text[: start + len(last)] + mark


def _broken(face: Face, word: str, size: int, weight: int, width: float) -> list[str]:
    parts = [word]
    while len(parts[-1]) > 1 and face.width(parts[-1], size, weight) > width:
        whole = parts.pop()
        beginnings = [whole[:n] for n in range(2, len(whole))]
        end = 1 + bisect_right(beginnings, width, key=lambda part: face.width(part, size, weight))
        parts += [whole[:end], whole[end:]]
    return parts


@cache
def _font(path: Path | None, size: int, weight: int) -> Font:
    font = ImageFont.load_default(size) if path is None else ImageFont.truetype(path, size)
    if not isinstance(font, Font):
        raise OSError("this Pillow has no FreeType")
    try:
        axes = font.get_variation_axes()
    except OSError:  # a face with one weight
        return font
    font.set_variation_by_axes(
        [float(weight) if axis["name"] == b"Weight" else float(axis["default"] or 0) for axis in axes]
    )
    return font


@cache
def _has(face: Face, letter: str) -> bool:
    font = face.font(24)
    return bytes(font.getmask(letter)) != bytes(font.getmask(_NOT_A_LETTER))
