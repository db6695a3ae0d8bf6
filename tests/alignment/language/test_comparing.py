import pytest

from tastemaker.alignment.language.vocabulary import Vocabulary
from tastemaker.alignment.language.wording import understand
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item

VALUES = {
    "kind": ["dress", "dress", "belt", "belt", "shirt"],
    "sleeves": ["long sleeves", "sleeveless", "short sleeves", "short sleeves", "short sleeves"],
    "shade": ["dark", "light", "bright", "dark", "dark"],
    "style": ["formal", "colourful", "sexy", "sexy", "sexy"],
    "colour": ["red", "blue", "silver", "silver", "silver"],
    "length": ["long", "short", "midi", "midi", "midi"],
    "neckline": ["low neck", "v neck", "v neck", "v neck", "v neck"],
    "detail": ["belt", "logo", "logo", "logo", "logo"],
    "pattern": ["floral", "striped", "striped", "striped", "striped"],
    "fit": ["loose", "thin", "thin", "thin", "thin"],
    "size_cm": [40.0, 60.0, 60.0, 60.0, 60.0],
}
ITEMS = [
    Item(f"item {place}", f"item {place}", attributes={name: values[place] for name, values in VALUES.items()})
    for place in range(5)
]
WORDS = Vocabulary(Catalog.from_items(ITEMS))


def read(text, reference=None):
    """Facets as short text, "!" after the hard ones."""
    wording = understand(text, WORDS, reference)
    return [f"{f.name} {f.op} {f.value}".strip() + "!" * f.hard for f in wording.facets]


@pytest.mark.parametrize(
    ("text", "facets"),
    [
        ("is longer", ["length more long"]),
        ("longer sleeves", ["sleeves more long sleeves"]),
        ("shorter sleeved and darker", ["sleeves more short sleeves", "shade more dark"]),
        ("less darker", ["shade less dark"]),
        ("not as brightly colored", ["shade less bright"]),
        ("more formal", ["style more formal"]),
        ("more red and sexy", ["colour more red", "style more sexy"]),
        ("less formal and silver", ["style less formal", "colour = silver"]),
        ("more formal and sleeveless", ["style more formal", "sleeves = sleeveless"]),
        ("sexier and looser", ["style more sexy", "fit more loose"]),
        ("thinner", ["fit more thin"]),
        ("has more color", ["style more colourful"]),
        ("a lower neckline", ["neckline more low neck"]),
        ("lighter blue", ["shade more light", "colour = blue"]),
        ("silver", ["colour = silver"]),
        ("more than that", []),
        ("more", []),
        ("bigger", []),
    ],
)
def test_comparisons(text, facets):
    assert read(text) == facets


def test_a_known_number_of_the_reference_is_the_limit():
    assert read("bigger", ITEMS[0]) == ["size_cm > 40!"]
    assert read("smaller", ITEMS[4]) == ["size_cm < 60!"]


@pytest.mark.parametrize(
    ("text", "facets"),
    [
        ("a dress with a belt", ["kind = dress", "detail = belt"]),
        ("belted", ["detail = belt"]),
        ("no belt", ["detail != belt!"]),
        ("not a dress", ["kind != dress!"]),
        ("has a striped shirt", ["pattern = striped"]),
        ("has sleeves", ["sleeves != sleeveless!"]),
        ("has no sleeves", ["sleeves = sleeveless!"]),
        ("the same colour", ["colour same"]),
        ("the same but blue", ["colour = blue"]),
        ("floral print", ["pattern = floral"]),
        ("v necked", ["neckline = v neck"]),
        ("colourfull", ["style = colourful"]),
        ("sleevless", ["sleeves = sleeveless"]),
        ("bleu", []),
    ],
)
def test_parts_what_stays_and_slips(text, facets):
    assert read(text) == facets


def test_less_is_no_word_to_be_like():
    assert understand("a shirt, less formal", WORDS).words == "shirt"
    assert understand("a shirt, more formal", WORDS).words == "shirt, more formal"


@pytest.mark.parametrize(
    ("text", "row", "facets"),
    [
        ("but longer", 1, ["length != short!"]),
        ("but longer", 2, ["length != short!", "length != midi!"]),
        ("shorter", 2, ["length != midi!", "length != long!"]),
        ("longer", 0, ["length more long"]),
        ("longer sleeves", 1, ["sleeves more long sleeves"]),
        ("wider", 1, []),
    ],
)
def test_longer_than_what_is_shown_refuses_what_is_no_longer(text, row, facets):
    assert read(text, ITEMS[row]) == facets
