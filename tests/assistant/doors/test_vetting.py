"""Of a model's words what is left is what the catalog says."""

import pytest

from tastemaker.assistant.doors import prompts
from tastemaker.assistant.doors.vetting import Vetting

SHOWN = ["d-00", "d-01", "d-04"]
"""Red dress 0 (red, Norrby, mini, linen, 40), Blue dress 1 (blue, Norrby, midi, linen, 50), Red dress 4 (Velours)."""


def left(text, shop, currency="€", shown=SHOWN):
    vetting = Vetting(shown, shop.view, currency)
    return f"{vetting.add(text)} {vetting.end()}".strip()


@pytest.mark.parametrize(
    "text",
    [
        "“Red dress 0” is a red linen dress.",
        '"red dress 0" is from Norrby, made of linen.',
        "“Red dress 0” costs €40.",
        "“Red dress 0” is red and costs 40.",
        "“Red dress 0” comes for 40.00 €.",
        "The first is red. It has linen.",
        "The second one is blue and midi.",
        "“Red dress 0” and “Blue dress 1” are both dress and linen.",
        "They are dress. These are of linen.",
        "“Red dress 0” and “Red dress 4” are red.",
    ],
)
def test_what_the_catalog_says_stays(text, shop):
    assert left(text, shop) == text


@pytest.mark.parametrize(
    "text",
    [
        "“Red dress 0” is blue.", "“Red dress 0” is from Velours.", "“Red dress 0” is not red.",
        "The second is red.", "“Red dress 0” isn't red.", "“Red dress 0” costs €45.",
        "“Red dress 0” costs €4.", "“Red dress 0” costs €40.50.", "“Red dress 0” costs $40.",
        "“Red dress 0” costs €1,40.", "“Red dress 0” costs 40 dollars.", "It is one of 40.",
        "“Red dress 0” costs under €40.", "“Red dress 0” is cheaper and red.",
        "“Red dress 0” is a lovely red dress.", "“Red dress 0” and “Blue dress 1” are red.",
        "They are all red.", "“Red dress 0” is red, these are red.", "They are linen and mini.",
        "“Blue dress 1” is red and “Red dress 0” is blue.", "The tenth is red.", "“Green dress 2” is green.",
        "d-00 is red.", "“Red dress 0” is sku-77.", "Red dress 0 is red.", "It is red.",
        "“Red dress 0” is red, see http://evil.example.", "[red](evil)", "“Red dress 0” ≠ red",
        "“Red dress 0” is ❌ red.", "“Red dress 0” is re\u200bd.", "“Red dress 0” is rеd.", "For summer days.",
        "“For summer days” is red.", "Here it is.", "“Red dress 0”", "red or blue",
        "“Red dress 0” is <b>red</b>.", "You said red.", "Is “Red dress 0” no red?",
    ],
)  # fmt: skip
def test_everything_else_goes(text, shop):
    vetting = Vetting(SHOWN, shop.view, "€")
    assert (vetting.add(text), vetting.end()) == ("", "")
    assert vetting.left_out == 1


def test_what_follows_a_sentence_that_went_is_not_said_of_another(shop):
    text = "“Blue dress 1” is blue. “Red dress 0” is lovely. It is red. It is blue. The second is midi. It is blue."
    assert left(text, shop) == "“Blue dress 1” is blue. The second is midi. It is blue."


def test_without_a_currency_no_sign_is_right(shop):
    assert left("“Red dress 0” costs €40. “Red dress 0” costs 40.", shop, "") == "“Red dress 0” costs 40."


def test_without_items_nothing_can_be_said(shop):
    assert left("It is red. They are red.", shop, shown=[]) == ""


def test_no_sentence_of_a_prompt_passes(shop):
    for text in (prompts.ACTIONS, prompts.WORDS, prompts.again("x").text):
        assert left(text, shop) == ""
        assert left("\n".join(f"“Red dress 0” is red: {line}" for line in text.splitlines()), shop) == ""


def test_it_is_the_same_letter_by_letter(shop):
    text = "“Red dress 0” is red. It is great! “Blue dress 1” is blue.\n“A. B” is red. The first costs €40.00. It"
    vetting = Vetting(SHOWN, shop.view, "€")
    told = [*(said for letter in text if (said := vetting.add(letter))), vetting.end()]
    assert told == ["“Red dress 0” is red.", "“Blue dress 1” is blue.", "The first costs €40.00.", ""]
    assert vetting.left_out == 3
    assert " ".join(told).strip() == left(text, shop)
