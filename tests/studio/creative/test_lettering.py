"""Letters: widths, lines, what a typeface lacks."""

import pytest

from tastemaker.core.errors import ConfigError
from tastemaker.studio.creative.lettering import Face, balanced, default_face, face_of, shortened, wrap

PILLOWS = Face(None, "Aileron")


def test_the_usual_face_has_what_western_shops_write():
    assert default_face().lacks("Größe 38 – “Café” €1,249.50 · ñ") == ""
    assert PILLOWS.lacks("a€é") == "€é"


def test_tracking_stands_between_letters():
    face = default_face()
    assert face.width("abc", 20, tracking=2.0) == pytest.approx(face.width("abc", 20) + 4)


@pytest.mark.parametrize("width", [60, 140, 333])
def test_lines_keep_to_the_width_and_lose_nothing(width):
    face, text = default_face(), "Linen wide-striped long-sleeved crew-neck slim t-shirt – stone incomprehensibilities"
    lines = wrap(face, text, 24, 400, width)
    assert all(face.width(line, 24) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_dash_begins_no_line():
    face, text = default_face(), "Jersey hoodie – optic white"
    for width in range(90, 400, 7):
        assert not any(line.startswith("–") for line in wrap(face, text, 24, 400, width))


def test_balanced_lines_are_as_many_and_nearly_equal():
    face, text = default_face(), "A rather long name of a thing that needs three lines or so"
    plain, even = wrap(face, text, 30, 400, 330), balanced(face, text, 30, 400, 330)
    assert len(even) == len(plain)
    assert " ".join(even) == text

    def spread(lines):
        widths = [face.width(line, 30) for line in lines]
        return max(widths) - min(widths)

    assert spread(even) <= spread(plain)


def test_what_is_cut_ends_in_an_ellipsis():
    face, text = default_face(), "one two three four five six seven"
    lines, said = shortened(face, text, 24, 400, 110, 2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert said == " ".join(lines)
    assert text.startswith(said.rstrip("…"))
    assert shortened(face, "one", 24, 400, 110, 2) == (["one"], "one")


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_a_word_wider_than_a_line_is_cut_inside(lines):
    face, word = default_face(), "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"
    found, said = shortened(face, f"with  {word} blue", 24, 400, 150, lines)
    assert found[0].startswith("with Don" if lines == 1 else "with")
    assert len(found) == lines
    assert all(face.width(line, 24) <= 150 for line in found)
    assert said.startswith("with Don")
    assert f"with {word}".startswith(said.removesuffix("…"))
    assert said.replace(" ", "") == "".join(found).replace(" ", "")


def test_a_word_that_has_a_line_of_its_own_is_not_begun_on_another():
    face = default_face()
    assert shortened(face, "with unbelievable", 24, 400, face.width("unbelievable", 24), 1) == (["with…"], "with…")


def test_a_font_outside_the_workspace_or_that_is_none_is_refused(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "secret.ttf").write_bytes(b"x")
    (tmp_path / "shop" / "text.ttf").write_bytes(b"not a font")
    assert face_of(tmp_path / "shop", "") == default_face()
    for name in ("../secret.ttf", "text.ttf", "missing.ttf"):
        with pytest.raises(ConfigError):
            face_of(tmp_path / "shop", name)
