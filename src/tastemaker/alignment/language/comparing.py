"""Comparisons in a shopper's words: "longer sleeves", "more formal and colourful", "darker", "less striped", "wider".

A comparison names the end that it goes to, by a value of the catalog: "longer sleeves" goes to ``sleeves: long
sleeves``, "darker" to ``shade: dark``. It pulls and filters nothing: how far the person means is not said. Only what is
known of a reference makes a limit: "wider" is wider than what is looked at, and "longer" refuses mini and knee lengths
where a knee-length dress is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tastemaker.alignment.language.vocabulary import MAX_PHRASE, Entry, Vocabulary
from tastemaker.alignment.language.wordforms import Token, stem, word_set
from tastemaker.catalog.items import Item
from tastemaker.core.ranking import Facet

_LESS = word_set("less fewer")
_MORE = word_set("more")
_BETWEEN = word_set("of a an in much too so as the very looking like all even")
_NOT = word_set("not never nothing isn't aren't doesn't don't nor")
_SO = word_set("as so too that very overly")
_JOINTS = word_set("and or , & /")
_MEASURES = {
    "long": ("length", ">"), "short": ("length", "<"), "wide": ("width", ">"), "narrow": ("width", "<"),
    "tall": ("height", ">"), "high": ("height", ">"), "low": ("height", "<"), "deep": ("depth", ">"),
    "heavy": ("weight", ">"), "light": ("weight", "<"), "new": ("year", ">"), "old": ("year", "<"),
    "big": ("size", ">"), "large": ("size", ">"), "small": ("size", "<"),
}  # fmt: skip
"""Adjective -> the number that it measures, and which way."""
_ORDERS = {
    "length": "micro mini short cropped hip thigh knee calf midi ankle long maxi full floor",
    "size": "xxs xs s small m medium l large xl xxl xxxl",
    "weight": "ultralight light lightweight medium mid heavy heavyweight",
    "height": "flat low mid medium high",
    "width": "narrow slim regular wide",
}
"""Measure -> words for how much of it there is, the least first; a value is as much as its first such word."""


@dataclass(frozen=True)
class Compared:
    """A comparison, up to ``last`` (excluded)."""

    last: int
    facet: Facet
    entry: Entry | None
    also: tuple[Facet, ...] = ()


def comparisons(
    words: Sequence[Token], place: int, vocabulary: Vocabulary, reference: Item | None = None
) -> list[Compared]:
    """What is compared at a place; several where one "more" or "less" rules several words; [] for no comparison."""
    start, op = _opening(words, place)
    if not op:
        by_form = _by_form(words, place, vocabulary, reference)
        if by_form is None or by_form.last == place + 1:  # nothing is named that is to be longer
            by_form = _beyond(words[place].text, place + 1, vocabulary, reference) or by_form
        return [by_form] if by_form else []
    first = _after(words, start, op, vocabulary, reference)
    found = [first] if first else []
    while found and (more := _joined(words, found[-1].last, op, vocabulary)):
        found.append(more)
    return found


def _opening(words: Sequence[Token], place: int) -> tuple[int, str]:
    """Where what is compared begins, and which way; "" when the place opens no comparison."""
    text = words[place].text
    refused = text in _NOT and place + 1 < len(words) and words[place + 1].text in _SO
    if text not in _LESS | _MORE and not refused:
        return place, ""
    start = place + 1
    while start < len(words) and words[start].text in _BETWEEN:
        start += 1
    return start, "more" if text in _MORE else "less"


def _after(
    words: Sequence[Token], start: int, op: str, vocabulary: Vocabulary, reference: Item | None
) -> Compared | None:
    """What stands after "more" or "less": a value, an attribute that has a word for much of it, or a comparative."""
    for end, phrase in _phrases(words, start):
        entry = vocabulary.quality(phrase) or vocabulary.value(phrase)
        if entry is None and len(phrase) == 1:
            entry = vocabulary.quality((f"{phrase[0]}ful",))
        if entry and not vocabulary.needs_name(phrase):
            return Compared(end, Facet(entry.attribute, op, entry.value), entry)
    found = _by_form(words, start, vocabulary, reference) if start < len(words) else None
    if found is None or found.facet.hard:
        return found
    return Compared(found.last, Facet(found.facet.name, op, found.facet.value), found.entry)


def _joined(words: Sequence[Token], end: int, op: str, vocabulary: Vocabulary) -> Compared | None:
    """One more word under the same "more": "more revealing and colourful", but not "less formal and grey"."""
    if end + 1 >= len(words) or words[end].text not in _JOINTS:
        return None
    entry = vocabulary.quality((words[end + 1].stem,))
    if entry is None or vocabulary.is_colour(entry.attribute) or words[end + 1].text.endswith("less"):
        return None
    if end + 2 < len(words) and vocabulary.quality((words[end + 1].stem, words[end + 2].stem)):
        return None
    return Compared(end + 2, Facet(entry.attribute, op, entry.value), entry)


def _by_form(words: Sequence[Token], place: int, vocabulary: Vocabulary, reference: Item | None) -> Compared | None:
    """A comparative by its ending, "darker", with the attribute that it stands before, "longer sleeves"."""
    own = vocabulary.value((words[place].stem,))
    if own and own.value.casefold().endswith("er"):
        return None
    for adjective in _positives(words[place].text):
        base = stem(adjective)
        if place + 1 < len(words) and (entry := vocabulary.described((base,), words[place + 1].stem)):
            return Compared(place + 2, Facet(entry.attribute, "more", entry.value), entry)
        if (entry := vocabulary.quality((base,))) and not vocabulary.needs_name((base,)):
            return Compared(place + 1, Facet(entry.attribute, "more", entry.value), entry)
        if limit := _measured(adjective, vocabulary, reference):
            return Compared(place + 1, limit, None)
    return None


def _positives(word: str) -> Iterator[str]:
    """What a comparative may come from: "darker" dark, "looser" loose, "sexier" sexy, "thinner" thin."""
    if len(word) > 4 and word.endswith("er"):
        if word.endswith("ier"):
            yield f"{word[:-3]}y"
        yield word[:-2]
        yield word[:-1]
        if word[-3] == word[-4]:
            yield word[:-3]


def measure_of(comparative: str) -> tuple[str, str]:
    """The number that a comparative measures, and which way ("wider": width, >); two empty words for none."""
    return next((_MEASURES[each] for each in _positives(comparative) if each in _MEASURES), ("", ""))


def _measured(adjective: str, vocabulary: Vocabulary, reference: Item | None) -> Facet | None:
    """A limit at the reference's own number, where it has one."""
    measure, op = _MEASURES.get(adjective, ("", ""))
    for name, parts in vocabulary.numbers.items():
        value = reference.attributes.get(name) if reference is not None and stem(measure) in parts else None
        if isinstance(value, int | float):
            return Facet(name, op, f"{value:.10g}", hard=True)
    return None


def _phrases(words: Sequence[Token], start: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Phrases that begin at a place, the longest first, with their ends; none goes over a joint."""
    reach = start
    while reach < min(start + MAX_PHRASE, len(words)) and words[reach].text not in _JOINTS:
        reach += 1
    for end in range(reach, start, -1):
        yield end, tuple(word.stem for word in words[start:end])


def _beyond(word: str, last: int, vocabulary: Vocabulary, reference: Item | None) -> Compared | None:
    """Values of a measure in words that the reference has, and that lie no farther than its own, are refused."""
    if reference is None:
        return None
    for adjective in _positives(word):
        measure, op = _MEASURES.get(adjective, ("", ""))
        name = vocabulary.names.get((stem(measure),), "")
        order = [stem(each) for each in _ORDERS.get(measure, "").split()]
        own = _place(str(reference.attributes.get(name, "")), order)
        if own < 0:
            continue
        places = {value: _place(value, order) for value in vocabulary.values_of(name)}
        short = [value for value, at in places.items() if at >= 0 and (at <= own if op == ">" else at >= own)]
        if len(short) < len(places):
            first, *also = (Facet(name, "!=", value, hard=True) for value in sorted(short, key=places.__getitem__))
            return Compared(last, first, None, tuple(also))
    return None


def _place(value: str, order: Sequence[str]) -> int:
    """Where the first word of a value that is in an order stands there; -1 when none is."""
    return next((order.index(word) for word in map(stem, re.findall(r"\w+", value.casefold())) if word in order), -1)
