"""What a product is for a picture: worn where on the body, lying, standing, hanging; from the words of its catalog."""

import re
from collections.abc import Mapping
from typing import Literal, TypeVar

from tastemaker.catalog.items import Item
from tastemaker.studio.wear import Place

K = TypeVar("K", bound=str)
Stance = Literal["stands", "lies", "wall", "ceiling", "rests"]
"""How a thing is in a room: on the floor, flat on it, on a wall, under the ceiling, or on another thing."""

WORN: dict[Place, str] = {
    "dress": "dress gown jumpsuit romper overall kaftan sundress",
    "bottom": "trousers trouser pants jeans shorts skirt leggings chinos joggers slacks culottes capris",
    "top": "shirt t-shirt tshirt tee blouse top tops jumper sweater pullover hoodie sweatshirt cardigan jacket blazer "
           "coat vest waistcoat tunic polo tank camisole parka kurta",
    "shoes": "shoe shoes boot boots sneaker sneakers loafer loafers sandal sandals heels flats trainers",
    "bag": "bag handbag backpack clutch tote purse",
    "hat": "hat cap beanie beret",
}  # fmt: skip
FURNITURE: dict[Stance, str] = {
    "lies": "rug carpet mat doormat",
    "wall": "mirror frame picture poster clock wall-shelf painting canvas wall-mounted wall",
    "ceiling": "pendant chandelier ceiling",
    "rests": "vase cushion table-lamp candle bowl pillow throw jug carafe",
    "stands": "sofa couch armchair chair stool bench table desk bed nightstand shelf shelving bookcase wardrobe "
              "cabinet sideboard chest drawers plant floor-lamp lamp pouffe basket box trolley stand mattress cot unit "
              "ottoman footstool pot",
}  # fmt: skip
KINDS = ("kind", "type", "category", "article_type", "product_type")
"""Attributes that say what kind of thing an item is."""


def worn_as(item: Item) -> Place | None:
    """Where on a body an item is worn; None for what is not worn."""
    return _named(item, WORN)


def stance_of(item: Item) -> Stance | None:
    """How an item is in a room; None when its words do not say."""
    return None if worn_as(item) else _named(item, FURNITURE)


def _named(item: Item, names: Mapping[K, str]) -> K | None:
    """The entry that the item's kind names, or else its title; of several the last and longest, which is the noun."""
    for text in (*(str(item.attributes[name]) for name in KINDS if name in item.attributes), item.title):
        said = f" {re.sub(r'[^a-z]+', ' ', text.casefold().replace('t-shirt', 'tshirt'))} "
        found = [
            (said.rfind(f" {word} ") + len(word), len(word), key)
            for key, listed in names.items()
            for word in listed.replace("t-shirt", "tshirt").replace("-", "_").split()
            for word in [word.replace("_", " ")]
            if f" {word} " in said
        ]
        if found:
            return max(found, key=lambda entry: entry[:2])[2]
    return None
