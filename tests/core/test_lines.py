import pytest

from tastemaker.core.lines import one_line


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a shirt", "a shirt"),
        ("  two\n\tlines ", "two lines"),
        ("turned \u202eround", "turned round"),
        ("bell\x07 and \x1b[2J", "bell and [2J"),
        ("half a pair \ud800", "half a pair"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("caf\u00e9 \u00a0 noir", "caf\u00e9 noir"),
        ("", ""),
    ],
)
def test_a_text_on_one_line_hides_and_moves_nothing(text, told):
    assert one_line(text) == told
