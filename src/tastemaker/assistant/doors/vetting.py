"""Text of a model -> the sentences in it that can be looked up, word by word.

A sentence stays when it states values or the price of the items that it is about, exactly as the catalog has them,
and holds no other word than small ones ("is", "has", "with"). So it can praise nothing, deny nothing, compare nothing,
name no address, obey nothing that stands in a description, and repeat nothing of a prompt. What is left is looked up
once more by ``assistant.grounding``.

A sentence is about the items whose titles stand in it in quotation marks, or whose places do ("the second"); else about
the item spoken of before; about all that are shown when it says "they". Every statement must hold for each of them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tastemaker.assistant.grounding import grounded, sentences
from tastemaker.catalog.items import Item
from tastemaker.catalog.shown import price_text
from tastemaker.shop.live import View

SMALL = frozenset((
    "a", "an", "the", "this", "that", "it", "its", "is", "are", "has", "have", "with", "in", "of", "for", "from",
    "by", "and", "at", "made", "comes", "costs", "cost", "price", "priced", "these", "those", "they", "their",
    "both", "all", "also", "too", "one", "item", "here",
))  # fmt: skip
"""The words that a sentence may hold beside titles, values and prices."""
SEVERAL = frozenset(("these", "those", "they", "their", "both", "all"))
"""Words that speak of all that are shown; "are" does when fewer than two are named."""
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
FEW = 3
"""Words of a value that can be stated; longer ones are texts."""
_TITLE = re.compile(r"[“\"]([^“”\"]+)[”\"]")
_PLACE = re.compile(rf"\b(?:the )?({'|'.join(ORDINALS)})(?: (?:one|item))?\b")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s,.;:!?()*–—-]|_")
_PLAIN = re.compile(r"[\w&'’ -]{0,40}[^\W\d][\w&'’ -]{0,40}")


@dataclass(frozen=True)
class Vetted:
    """What is left of a text.

    Attributes:
        text: the sentences that can be looked up.
        left_out: how many cannot.
    """

    text: str
    left_out: int


def vetted(text: str, items: Sequence[str], view: View, currency: str = "") -> Vetted:
    """Leave out every sentence of a model that is not made of what the catalog says.

    Args:
        text: what it wrote.
        items: ids that are shown, in their order.
        view: of the shop.
        currency: in which prices are written.
    """
    shown = [view.catalog.item(view.catalog.row(id)) for id in items if view.catalog.has(id)]
    about: Sequence[Item] = shown
    kept, left_out = list[str](), 0
    for sentence in sentences(text):
        if not sentence.strip():
            continue
        rest, named = _named(sentence, shown)
        about = named or about
        words = set(_words(rest))
        meant = shown if SEVERAL & words or ("are" in words and len(named) < 2) else about
        if meant and all(_holds(rest, item, view, currency) for item in meant):
            kept.append(" ".join(sentence.replace("*", "").split()))
        else:
            left_out, about = left_out + 1, ()  # what comes next would seem to speak of another item
    return Vetted(" ".join(kept), left_out)


def _named(sentence: str, shown: Sequence[Item]) -> tuple[str, list[Item]]:
    """A sentence without the items that it names, and these."""
    named: list[Item] = []

    def titled(found: re.Match[str]) -> str:
        same = [item for item in shown if item.title and item.title.casefold() == found[1].strip(" .,").casefold()]
        named.extend(same)
        return " " if same else found[0]

    def placed(found: re.Match[str]) -> str:
        place = ORDINALS.index(found[1])
        named.extend(shown[place : place + 1])
        return " " if place < len(shown) else found[0]

    rest = _PLACE.sub(placed, _TITLE.sub(titled, sentence).casefold())
    return rest, named


def _holds(rest: str, item: Item, view: View, currency: str) -> bool:
    """Is a sentence without its names made of an item's own values, and of small words?"""
    left, stated = _without_price(rest, item, currency)
    for value in sorted(_values(item), key=len, reverse=True):
        left, times = re.subn(rf"(?<![\w-]){re.escape(value.casefold())}(?![\w-])", " ", left)
        stated += times
    return bool(stated) and set(_words(left)) <= SMALL and not grounded(rest, [item.id], view).wrong


def _without_price(rest: str, item: Item, currency: str) -> tuple[str, int]:
    """The sentence without the item's price, where it is said to be one; and how often it was."""
    if item.price is None:
        return rest, 0
    sign = re.escape(currency.casefold())
    forms = (price_text(item.price, ""), f"{item.price:.10g}", f"{item.price:.2f}", f"{item.price:,.2f}")
    amount = "|".join(map(re.escape, dict.fromkeys(forms)))
    marked = rf"(?:for |at |costs? )?(?:{sign}\s?(?:{amount})|(?:{amount})\s?{sign})" if currency else r"(?!)"
    called = rf"(?:for|at|costs?|price(?:d| is| of)?) (?:{amount})"
    return re.subn(rf"(?<![\w.,])(?:{marked}|{called})(?![\w€$£¥]|[.,]\d)", " ", rest)


def _values(item: Item) -> Iterator[str]:
    """The values of an item that can be stated: those of few words among its attributes, and its department."""
    attributes: Mapping[str, object] = {**item.attributes, "department": item.department}
    for held in attributes.values():
        for value in held if isinstance(held, tuple) else (held,):
            if isinstance(value, str) and len(value.split()) <= FEW and _PLAIN.fullmatch(value):
                yield value


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
