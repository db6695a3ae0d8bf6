"""What a person points at among the items shown: "the second one", "the first two", "the blue one", "that", "sku-7"."""

import re

from tastemaker.alignment.language.wording import understand
from tastemaker.assistant.state import State
from tastemaker.core.ranking import Facet
from tastemaker.core.types import ItemId
from tastemaker.index.coded import fold
from tastemaker.shop.live import View

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_PLACE = re.compile(
    rf"\b(?:({'|'.join(_ORDINALS)}|last)|(\d+)(?:st|nd|rd|th)|(?:number|no\.?|#)\s*(\d+|{'|'.join(_NUMBERS)}))\b"
)
_SEVERAL = re.compile(rf"\b(first|last)\s+({'|'.join(_NUMBERS)}|\d+)\b")
_EXTREME = re.compile(r"\b(?:(cheapest|least expensive)|(most expensive|dearest|priciest))\b")
_THAT = re.compile(r"(?:that|this|it|him|her)(?: one| item)?")
_ALL = re.compile(r"(?:all|both|them|these|those)(?: of them| two| items| ones)?")
_FILLER = re.compile(r"^(?:the|that|this|those|these)\s+|\s+(?:ones?|items?|products?|pictures?|please)$")


def pointed_at(words: str, state: State, view: View) -> tuple[ItemId, ...]:
    """The items that words point at, in the order in which they are shown; () when they point at none.

    Args:
        words: in small letters, without the sentence around them ("the second one").
        state: says what is shown, and what was spoken of last.
        view: to look up titles and values.
    """
    shown = tuple(id for id in state.shown if view.catalog.has(id))
    words = " ".join(words.split()).strip(" .!?,;:")
    if not words or not shown:
        return ()
    if _THAT.fullmatch(words):
        focus = state.focus if state.focus is not None and view.catalog.has(state.focus) else shown[0]
        return (focus,)
    if _ALL.fullmatch(words):
        return shown[:2] if words.startswith("both") or "two" in words else shown
    places = _places(words, len(shown))
    if places:
        return tuple(shown[at] for at in places if at < len(shown))
    if extreme := _EXTREME.search(words):
        return _extreme(shown, view, cheapest=extreme[1] is not None)
    return _named(words, shown, view)


def _places(words: str, count: int) -> list[int]:
    """Places that words count out, from 0."""
    if several := _SEVERAL.search(words):
        many = int(several[2]) if several[2].isdigit() else _NUMBERS.index(several[2]) + 1
        return list(range(many)) if several[1] == "first" else list(range(max(0, count - many), count))
    left = re.sub(r"\s+", " ", _FILLER.sub("", _PLACE.sub(" ", words))).strip(" ,")
    if left and not re.fullmatch(r"(?:(?:the|and|or|one|ones|item|product|vs|versus|with|to|,)\s*)+", left):
        return []  # "a first aid kit" counts nothing
    places = []
    for ordinal, digits, number in _PLACE.findall(words):
        if ordinal:
            places.append(count - 1 if ordinal == "last" else _ORDINALS.index(ordinal))
        elif digits or number.isdigit():
            places.append(int(digits or number) - 1)
        else:
            places.append(_NUMBERS.index(number))
    return [at for at in dict.fromkeys(places) if at >= 0]


def _extreme(shown: tuple[ItemId, ...], view: View, *, cheapest: bool) -> tuple[ItemId, ...]:
    """The cheapest or the dearest of the shown."""
    priced = [
        (item.price, id) for id in shown if (item := view.catalog.raw_item(view.catalog.row(id))).price is not None
    ]
    if not priced:
        return ()
    prices = [price for price, _ in priced if price is not None]
    wanted = min(prices) if cheapest else max(prices)
    return tuple(id for price, id in priced if price == wanted)[:1]


def _named(words: str, shown: tuple[ItemId, ...], view: View) -> tuple[ItemId, ...]:
    """The shown item that words name: its id, its title, or values that it has ("the blue one")."""
    for id in shown:
        if words in (id.casefold(), view.catalog.raw_item(view.catalog.row(id)).title.casefold()):
            return (id,)
    one = re.fullmatch(r"(?:the|that|this) (.+?)(?: one)?", words)
    if one is None:
        return ()
    wording = understand(one[1], view.vocabulary)
    wanted = [facet for facet in wording.facets if facet.op == "="]
    if not wanted or wording.rest.replace("one", "").strip():
        return ()
    return tuple(id for id in shown if all(_has(view, id, facet) for facet in wanted))[:1]


def _has(view: View, id: ItemId, facet: Facet) -> bool:
    """Does an item have a value?"""
    held = view.catalog.item(view.catalog.row(id)).attributes.get(facet.name)
    values = held if isinstance(held, tuple) else (held,)
    return any(isinstance(value, str) and fold(facet.name, value) == fold(facet.name, facet.value) for value in values)
