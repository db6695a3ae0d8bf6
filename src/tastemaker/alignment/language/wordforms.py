"""Forms of words: what a shopper writes and what a catalog writes, brought to the same few letters.

Both sides go through the same light stemmer (plurals, ``striped`` / ``stripes``, final ``e`` and ``y``), so it need not
give real words, only the same letters for both. A small table adds British spellings and the common words of retail
that no stemmer finds; it is tried only where the catalog does not know the word itself.
"""

import re
from dataclasses import dataclass

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[€$£¥,;/&]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def word_set(text: str) -> frozenset[str]:
    """Words listed with spaces between them."""
    return frozenset(text.split())


_WHOLE = word_set("shorts tights flats briefs glasses boxers news lens series species jeans pants less")
"""Words that mean something else without their ending, or have none."""

_SPELLINGS = {
    "gray": "grey", "color": "colour", "colored": "coloured", "colors": "colours", "jewelry": "jewellery",
    "pajamas": "pyjamas", "pajama": "pyjama", "woolen": "wool", "woollen": "wool", "wooden": "wood", "golden": "gold",
    "fall": "autumn", "theater": "theatre", "mens": "men", "man": "men", "male": "men", "womens": "women",
    "woman": "women", "female": "women", "ladies": "women", "lady": "women", "gents": "men", "burgandy": "burgundy",
    "cosy": "cozy", "armor": "armour", "fiber": "fibre", "aluminum": "aluminium", "favorite": "favourite",
}  # fmt: skip

_SYNONYMS = {
    "scarlet crimson ruby vermilion": "red",
    "burgundy wine claret oxblood maroon": "burgundy, maroon, red",
    "navy midnight": "navy, navy blue, blue",
    "indigo cobalt azure sapphire cornflower": "blue",
    "teal": "turquoise, turquoise blue, green",
    "aqua cyan turquoise": "turquoise, turquoise blue, teal, blue",
    "emerald lime mint forest": "green",
    "khaki sage moss": "olive, green",
    "lilac violet plum mauve": "lavender, purple",
    "fuchsia magenta": "magenta, pink",
    "rose salmon coral blush": "pink, peach",
    "ivory ecru": "cream, off white, white",
    "tan camel sand nude taupe": "beige, tan, brown",
    "chocolate coffee chestnut walnut": "brown",
    "charcoal": "grey",
    "mustard lemon": "yellow",
    "rust terracotta apricot": "orange",
    "tee tshirt": "t shirt, tee",
    "jumper pullover": "sweater, jumper, pullover",
    "sweater": "jumper, pullover",
    "pants": "trousers",
    "trousers": "pants",
    "sneaker trainer": "sneakers, trainers, casual shoes",
    "couch settee": "sofa, couch",
    "sofa": "couch, settee",
    "purse": "handbag, bag",
    "handbag": "bag",
    "checked checkered plaid tartan gingham": "checked, checks, check, checkered, plaid, tartan, gingham",
    "flower": "floral, flowers",
    "dot dotted spotted spots polka": "polka dot, polka dots, dots, dotted, spotted",
    "romantic": "romance",
    "funny": "comedy",
    "scary": "horror",
    "animated cartoon": "animation",
    "scifi": "sci fi, science fiction",
    "seaside": "beach, coast",
    "kids": "children, kids",
    "children": "kids",
    "solid monochrome monochromatic monocolored": "plain, solid",
    "plain": "solid, plain",
    "multicolored multicolor": "multicoloured, multi, colourful",
    "vibrant": "colourful, bright",
    "flowery tropical": "floral, flowers, printed",
    "pinstriped strip": "striped, stripes",
    "leopard cheetah zebra tiger snakeskin": "animal print, animal",
    "camo": "camouflage",
    "design designed pattern": "patterned, printed, print",
    "word wording lettering letter writing written slogan say saying wordy": "text",
    "picture pictured picturing image photo artwork art": "graphic",
    "emblem": "logo",
    "zip zippered": "zipper, zip",
    "ruffled frill frilly": "ruffles, frills",
    "seethrough transparent": "sheer, transparent",
    "lacy": "lace",
    "fitting formfitting formed": "fitted",
    "flowing flowier flow airy": "flowy, flowing, loose",
    "flare": "flared",
    "baggy": "loose",
    "manly": "masculine",
    "girly ladylike": "feminine",
    "work business office": "professional, business, formal",
    "dressy": "formal, elegant",
    "classy chic stylish": "classy, elegant, stylish, chic",
    "athletic sports": "sporty, sports",
    "cleavage skimpy": "revealing",
    "covered conservative coverage": "modest, conservative",
    "minimal minimalist": "simple, minimalist",
    "pale": "light, pale",
    "small tiny skinny": "thin, small",
    "wide": "thick, wide",
}


@dataclass(frozen=True)
class Token:
    """A word of a text: as written in small letters, its stem, and where it stands."""

    text: str
    stem: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The words, numbers and signs of currency of a text, in order; other signs part words and are dropped."""
    found = []
    for match in _WORD.finditer(text):
        word = match.group().casefold().replace("’", "'")
        found.append(Token(word, stem(word), match.start(), match.end()))
    return found


def stems(text: str) -> tuple[str, ...]:
    """The stems of a text: how a value is looked up."""
    return tuple(token.stem for token in tokens(text) if token.text not in ",;/&")


def name_words(name: str) -> tuple[str, ...]:
    """The stems of an attribute's name: ``baseColour``, ``base_colour`` and ``base colour`` are the same."""
    return stems(spaced(name))


def spaced(name: str) -> str:
    """An attribute's name as words."""
    return _CAMEL.sub(" ", name).replace("_", " ")


def stem(word: str) -> str:
    """The letters that a word shares with its other forms."""
    word = word.removesuffix("'s").removesuffix("'")
    word = _SPELLINGS.get(word, word).replace("color", "colour")
    if word in _WHOLE or len(word) <= 3 or not word.isalpha():
        return word
    if word.endswith(("sses", "ches", "shes", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if word.endswith("ed") and len(word) > 4:
        word = word[:-2]
        word = word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] in "bdgmnprt" else word
    if len(word) <= 3:
        return word
    if len(word) > 7 and word.endswith("ly"):
        word = word[:-2]
    word = word.removesuffix("e")
    return word[:-1] + "i" if word.endswith("y") else word


def synonyms(word: str) -> tuple[tuple[str, ...], ...]:
    """Other words for a stem, as stems, the nearest first; () when there are none."""
    return _BY_STEM.get(word, ())


def _by_stem() -> dict[str, tuple[tuple[str, ...], ...]]:
    table = {}
    for words, others in _SYNONYMS.items():
        for word in words.split():
            table[stem(word)] = tuple(stems(other) for other in others.split(","))
    return table


_BY_STEM = _by_stem()
