"""What a person points at among the items shown: "the second one", "the first two", "the blue one", "that", "sku-7"."""

import re
import sys
from dataclasses import replace

from tastemaker.alignment.language.reading import STOP
from tastemaker.alignment.language.wording import understand
from tastemaker.assistant.state import State
from tastemaker.core.ranking import Facet
from tastemaker.core.types import ItemId
from tastemaker.index.coded import fold
from tastemaker.shop.live import View

MOST = 1_000
"""Further than this nobody counts."""
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBER = rf"(?:\d+|{'|'.join(_NUMBERS)})"
_PLACE = re.compile(
    rf"\b({'|'.join(_ORDINALS)}|last)\b|\b(\d+)(?:st|nd|rd|th)\b|(?:\bno\.? ?(?=\d)|\bnumber |#) ?({_NUMBER})\b"
)
_JOINT = r"(?:\s*,\s*(?:and\s+)?|\s+(?:and|&|with|to|from|vs\.?|versus|or)\s+)"
_BARE = re.compile(rf"#?\d+|{_NUMBER}(?:{_JOINT}{_NUMBER})+")
_SEVERAL = re.compile(rf"(?:the )?(first|last) ({'|'.join(_NUMBERS)}|\d+)(?: (?:\w+s|of them))?")
_BETWEEN = re.compile(r"(?:(?:the|and|or|one|ones|item|items|product|picture|vs|versus|with|to|,)\s*)+")
_EXTREME = re.compile(r"\b(?:(cheapest|least expensive)|(most expensive|dearest|priciest))\b")
_THAT = re.compile(r"(?:that|this|it|him|her)(?: one| item)?")
_ALL = re.compile(r"(?:all|both|them|they|these|those)(?: of (?:them|these|those)| two| items| ones)?")
_FILLER = re.compile(r"^(?:the|that|this|those|these)\s+|\s+(?:ones?|items?|products?|pictures?|please)$")
_OF_ALL = re.compile(r"\b(?:the|one|ones|items?|things?|of (?:them|these|those|all)|here|there)\b")
_ON_LIST = re.compile(
    r"(?:(?P<what>.+?)(?: (?:that|which) (?:is|are))? (?:on|in|from|of) )?my (?:\w+ )?(?:list|basket|cart|bag)"
)
_WHOLE = re.compile(r"(?:everything|anything|(?:all )?(?:of )?(?:the )?(?:things?|items?|products?|ones))\b")


class NotShown(LookupError):
    """A place was counted at which nothing is shown."""


class NotOnList(NotShown):
    """Something of the list was meant that is not on it."""


def pointed_at(words: str, state: State, view: View) -> tuple[ItemId, ...]:
    """The items that words point at, in the order in which they are shown; () when they point at none.

    Args:
        words: in small letters, without the sentence around them ("the second one").
        state: says what is shown, what was spoken of last, and what is on the list.
        view: to look up ids, titles and values.

    Raises:
        NotShown: they count further than what is shown ("the 12th" of four).
        NotOnList: they mean something on the list that is not there.
    """
    words = " ".join(words.split()).strip(" .!?,;:")
    if found := _ON_LIST.fullmatch(words):
        return _of_list(found["what"] or "all", state, view)
    shown = _there(state.shown, view)
    if shown and _THAT.fullmatch(words):
        focus = state.focus if state.focus is not None and view.catalog.has(state.focus) else shown[0]
        return (focus,)
    if shown and _ALL.fullmatch(words):
        return shown[:2] if words.startswith("both") or "two" in words else shown
    return counted(words, state, view) or _named(words, shown, state.focus, view)


def counted(words: str, state: State, view: View) -> tuple[ItemId, ...]:
    """The items that words count out ("the second one", "1 and 3"), single out by price, or name by their ids.

    Args:
        words: in small letters.
        state: says what is shown.
        view: to look up ids and prices.

    Raises:
        NotShown: they count further than what is shown, or what stands there is no longer sold.
    """
    shown = _there(state.shown, view)
    if named := _by_id(words, shown, view):
        return named
    places, of = _places(words)
    if of:  # "the second dress" is the second of those that are dresses
        shown = () if STOP & set(of.split()) else having(of, shown, view)
        places = places if shown else []
    else:
        shown = state.shown  # as they were seen, whatever has left the shop since
    if any(not -len(shown) <= at < len(shown) or not view.catalog.has(shown[at]) for at in places):
        raise NotShown(words)
    return tuple(dict.fromkeys(shown[at] for at in places)) or _extreme(words, _there(state.shown, view), view)


def _there(items: tuple[ItemId, ...], view: View) -> tuple[ItemId, ...]:
    return tuple(id for id in items if view.catalog.has(id))


def _of_list(words: str, state: State, view: View) -> tuple[ItemId, ...]:
    """Items on the person's list; "that" is the one of them that was spoken of, else the only one there is."""
    there = _there(state.list, view)
    words = "all" if _WHOLE.match(words) else words
    focus = state.focus if state.focus in there else None
    if not there or (_THAT.fullmatch(words) and focus is None and len(there) > 1):
        raise NotOnList(words)
    try:
        found = pointed_at(words, replace(state, shown=there, focus=focus), view)
    except NotShown:
        found = ()
    if not found:
        raise NotOnList(words)
    return found


def _by_id(words: str, shown: tuple[ItemId, ...], view: View) -> tuple[ItemId, ...]:
    """Items of the catalog that words name by their ids and say nothing else; a mere number counts, if it can."""
    found = []
    for part in re.split(_JOINT, words):
        if part.isdecimal() and 0 < int(part) <= max(len(shown), 1):
            return ()
        spelt = (part, part.upper(), *(id for id in shown if id.casefold() == part))
        known = [id for id in spelt if view.catalog.has(id)]
        if not known or not any(letter.isdigit() for letter in part):
            return ()
        found.append(ItemId(known[0]))
    return tuple(dict.fromkeys(found))


def _places(words: str) -> tuple[list[int], str]:
    """Places that words count out, from 0 or back from -1, and what it is that is counted, where they say it."""
    if several := _SEVERAL.fullmatch(words):
        many = min(_place(several[2]) + 1, MOST)
        return list(range(many) if several[1] == "first" else range(-many, 0)), ""
    if _BARE.fullmatch(words):
        return [_place(number) for number in re.findall(rf"\b{_NUMBER}\b", words)], ""
    found = [] if words.startswith(("a ", "an ")) else _PLACE.findall(words)
    places = [
        (-1 if ordinal == "last" else _ORDINALS.index(ordinal)) if ordinal else _place(digits or number)
        for ordinal, digits, number in found
    ]
    left = re.sub(r"\s+", " ", _FILLER.sub("", _PLACE.sub(" ", words))).strip(" ,")
    return places, "" if not left or _BETWEEN.fullmatch(left) else left


def _place(number: str) -> int:
    """A number in digits or as a word, from 0; far beyond every place for a 0."""
    at = int(number) - 1 if number.isdecimal() else _NUMBERS.index(number)
    return at if at >= 0 else sys.maxsize


def _extreme(words: str, shown: tuple[ItemId, ...], view: View) -> tuple[ItemId, ...]:
    """The cheapest or the dearest of the shown, or of those of them that have what else is said ("dress")."""
    extreme = _EXTREME.search(words)
    if extreme is None:
        return ()
    rest = _OF_ALL.sub(" ", _EXTREME.sub(" ", words)).strip()
    priced = [
        (price, id)
        for id in (having(rest, shown, view) if rest else shown)
        if (price := view.catalog.raw_item(view.catalog.row(id)).price) is not None
    ]
    wanted = (min if extreme[1] else max)((price for price, _ in priced), default=None)
    return tuple(id for price, id in priced if price == wanted)[:1]


def having(words: str, items: tuple[ItemId, ...], view: View) -> tuple[ItemId, ...]:
    """Those items that have all the values that words name; none when the words say anything else."""
    wording = understand(words, view.vocabulary)
    wanted = [facet for facet in wording.facets if facet.op == "="]
    if not wanted or len(wanted) < len(wording.facets) or re.sub(r"\bones?\b", "", wording.rest).strip():
        return ()
    return tuple(id for id in items if all(_has(view, id, facet) for facet in wanted))


def _named(words: str, shown: tuple[ItemId, ...], focus: ItemId | None, view: View) -> tuple[ItemId, ...]:
    """The shown item that words name: its title, or values that it has ("the blue one")."""
    for id in shown:
        if words == view.catalog.raw_item(view.catalog.row(id)).title.casefold():
            return (id,)
    one = re.fullmatch(r"(the|that|this) (.+?)(?: one)?", words)
    if one is None:
        return ()
    first = (focus,) if focus in shown and focus is not None and one[1] != "the" else ()
    return having(one[2], (*first, *shown), view)[:1]


def _has(view: View, id: ItemId, facet: Facet) -> bool:
    """Does an item have a value?"""
    held = view.catalog.item(view.catalog.row(id)).attributes.get(facet.name)
    values = held if isinstance(held, tuple) else (held,)
    return any(isinstance(value, str) and fold(facet.name, value) == fold(facet.name, facet.value) for value in values)
