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

from tastemaker.assistant.grounding import grounded, sentences
from tastemaker.catalog.items import Item
from tastemaker.catalog.shown import price_text
from tastemaker.core.lines import one_line
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
_END, _MAY_END = re.compile(r"[.!?\n](?:\s|(?<=\n))"), re.compile(r"\s")
_PLAIN = re.compile(r"[\w&'’ -]{0,40}[^\W\d][\w&'’ -]{0,40}")


class Vetting:
    """Takes the text of a model as it comes, and gives back what of it can be looked up.

    Args:
        items: ids that are shown, in their order.
        view: of the shop.
        currency: in which prices are written.

    Attributes:
        left_out: sentences that were not given back.
    """

    def __init__(self, items: Sequence[str], view: View, currency: str = "") -> None:
        self.left_out = 0
        self._view, self._currency = view, currency
        self._shown = [view.catalog.item(view.catalog.row(id)) for id in items if view.catalog.has(id)]
        self._about: Sequence[Item] = self._shown
        self._open = ""

    def add(self, piece: str) -> str:
        """More text; gives the sentences that end in it and can be looked up, "" when none."""
        self._open += piece
        ends = [found.end() for found in _END.finditer(self._open)] if _MAY_END.search(piece) else []
        whole = next((end for end in reversed(ends) if _closed(self._open[:end])), 0)
        text, self._open = self._open[:whole], self._open[whole:]
        return self._checked(text)

    def end(self) -> str:
        """No more comes; gives what can be looked up of the rest."""
        text, self._open = self._open, ""
        return self._checked(text)

    def _checked(self, text: str) -> str:
        """The sentences of a text that can be looked up."""
        told = [sentence for sentence in sentences(text) if sentence.strip()] if text else []
        return " ".join(one_line(each.replace("*", "")) for each in told if self._holds(each))

    def _holds(self, sentence: str) -> bool:
        """Is a sentence made of what the catalog says of the items that it is about?"""
        rest, named = _named(sentence, self._shown)
        words = set(_words(rest))
        several = bool(SEVERAL & words) or ("are" in words and len(named) < 2)
        self._about = named or self._about
        meant = self._shown if several else self._about
        if meant and all(_holds(rest, item, self._view, self._currency) for item in meant):
            return True
        self.left_out += 1
        self._about = ()  # what comes next would seem to speak of another item
        return False


def _closed(text: str) -> bool:
    """Does a text end outside quotation marks?"""
    return text.count("“") == text.count("”") and text.count('"') % 2 == 0


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
