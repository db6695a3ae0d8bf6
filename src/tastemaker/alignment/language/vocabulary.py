"""The words of one catalog: which attribute, value, flag or title a phrase names. Built once a snapshot, asked often.

Only what the catalog itself holds can be understood; there is no list of colours or genres here. Where several
attributes share a value ("shoes" as a kind and as a family), the rarer, so narrower, one is meant.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from tastemaker.alignment.language.spelling import Spelling, stands_in
from tastemaker.alignment.language.wordforms import name_words, spaced, stem, stems, synonyms, word_set
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import AttributeSpec
from tastemaker.core.types import Bools, Ints

MAX_PHRASE = 6
_EMPTY = frozenset(map(stems, ("none", "no", "without", "nothing", "0")))
"""Values by which any attribute says that there is nothing."""
_NONE = _EMPTY | frozenset(map(stems, ("plain", "solid", "sleeveless", "strapless")))
_NEEDS_NAME = word_set(
    "a all an and any as at best big but by do for free good he home i in is it just me medium mix multi my new next no"
    " none normal of off on one only or other out regular she small so some that the this to up us we will with yes you"
    " large low high hot size set single double main more less over under very like want need look show"
)
"""Words too common to be taken for a value unless the attribute's name stands beside them."""
_COMMON_STEMS = frozenset(map(stem, _NEEDS_NAME))
_KINDS = frozenset(stems("kind type category product garment article department"))
_COLOURS = frozenset({"colour", "shad", "tone", "hue"})
_CALLED = {
    "pattern": "print design motif", "necklin": "neck", "length": "hem hemline", "sleev": "arm", "material": "fabric",
    "colour": "shade tone hue",
}  # fmt: skip
"""Stem of an attribute's name -> other words for it, where the catalog has no attribute of that name."""


@dataclass(frozen=True)
class Entry:
    """A value of an attribute, and how many items have it."""

    attribute: str
    value: str
    count: int


class Vocabulary:
    """What phrases mean in one catalog.

    Args:
        catalog: a snapshot; make a new vocabulary when items change.
    """

    def __init__(self, catalog: Catalog) -> None:
        specs = dict(catalog.attributes)
        if "department" not in specs:
            specs["department"] = catalog.spec("department")
        told = [name for name, spec in specs.items() if spec.type in ("category", "list")]
        self._rows = {name: _rows_by_value(catalog, name) for name in told}
        self._held = {name: _held(rows, catalog.size) for name, rows in self._rows.items()}
        self.values = _values(specs)
        self.heads = _heads(self.values)
        self.without = _without(self.values)
        self._of_attribute = _by_attribute(self.values)
        self.flags = _flags(specs)
        self.names: dict[tuple[str, ...], str] = {}
        for name, spec in specs.items():
            if spec.type in ("category", "list") and (words := name_words(name)):
                self.names.setdefault(words, name)
                self.names.setdefault(words[-1:], name)
        self.called = {
            stem(word): name
            for words, name in self.names.items()
            for word in _CALLED.get(words[-1], "").split()
            if (stem(word),) not in self.names
        }
        self.numbers = {name: name_words(name) for name, spec in specs.items() if spec.type == "number"}
        self._specs = specs
        known = catalog.prices[catalog.alive & np.isfinite(catalog.prices)]
        self.prices = tuple(float(p) for p in np.quantile(known, [1 / 3, 1 / 2, 2 / 3])) if len(known) else ()
        titles = catalog.column("title")
        self._titles = {
            " ".join(re.findall(r"\w+", str(titles[row]).casefold())): int(row) for row in np.flatnonzero(catalog.alive)
        }
        self._spelling = self._spelling_of(catalog)

    def _spelling_of(self, catalog: Catalog) -> Spelling:
        """What can be meant by a slip: words of values, attributes and flags; never a word of the items' own texts."""
        flags = [name for name, spec in self._specs.items() if spec.type == "flag"]
        meant = [said for name in self._rows for said in (spaced(name), *self._specs[name].values)]
        words = {word for said in (*meant, *map(spaced, flags)) for word in re.findall(r"[^\W\d_]+", said.casefold())}
        known = {part for phrase in (*self.values, *self.names, *self.flags) for part in phrase}
        known |= {stem(word) for title in self._titles for word in title.split()}
        prose = ["text", *(name for name, spec in self._specs.items() if spec.type == "text")]
        return Spelling(words, known, stands_in(lambda: (text for name in prose for text in catalog.column(name))))

    def value(self, phrase: tuple[str, ...], attribute: str = "") -> Entry | None:
        """The value that a phrase of stems names, in one attribute or in any."""
        return self._first(phrase, lambda entry: attribute in ("", entry.attribute))

    def quality(self, phrase: tuple[str, ...]) -> Entry | None:
        """The value that a phrase of stems names, if it says how a thing is and not what it is."""
        return self._first(phrase, lambda entry: not self.is_kind(entry.attribute))

    def described(self, phrase: tuple[str, ...], noun: str) -> Entry | None:
        """The value that words before the name of an attribute single out: "low" before "neckline" is ``low neck``."""
        name = self.names.get((noun,)) or self.called.get(noun, "")
        fits = [(words, e) for words, e in self._of_attribute.get(name, ()) if set(phrase) <= set(words)]
        return min(fits, key=lambda fit: len(fit[0]))[1] if fits else None

    def values_of(self, attribute: str) -> tuple[str, ...]:
        """The values of an attribute."""
        return tuple(self._specs[attribute].values)

    def spelt(self, word: str) -> str:
        """The word of this catalog that an unknown word was to be; "" when it is known, or several could be meant."""
        return self._spelling.meant(word)

    def is_kind(self, attribute: str) -> bool:
        """Does an attribute say what a thing is, rather than how it is?"""
        return bool(_KINDS & set(name_words(attribute)))

    def is_colour(self, attribute: str) -> bool:
        """Does an attribute say what colour a thing has?"""
        return bool(_COLOURS & set(name_words(attribute)))

    def none_value(self, attribute: str) -> str:
        """The value by which an attribute says that there is nothing ("none", "sleeveless"); "" when it has none."""
        for value in self._specs[attribute].values:
            if stems(value) in _NONE:
                return value
        return ""

    def applies(self, attribute: str, head: Entry) -> bool:
        """Does any item with the head's value have this attribute at all ("mood" says nothing of a dress)?"""
        return bool(self._held[attribute][self._rows[head.attribute][head.value]].any())

    def used_in(self, attribute: str, department: str) -> bool:
        """Does any item of a department have this attribute?"""
        rows = self._rows["department"].get(department)
        return rows is None or bool(self._held[attribute][rows].any())

    def title(self, words: str) -> int:
        """Row of an item with exactly this title (words in small letters, one space between); -1 when none has it."""
        return self._titles.get(words, -1)

    def has(self, row: int, entry: Entry) -> bool:
        """Does an item have the value?"""
        return bool((self._rows[entry.attribute][entry.value] == row).any())

    def _first(self, phrase: tuple[str, ...], fits: Callable[[Entry], bool]) -> Entry | None:
        """The rarest fitting value of a phrase, of the nearest synonym that has one."""
        joined = "".join(phrase)
        for words in (phrase, *synonyms(joined)):
            for form in (words, ("".join(words),)):
                if found := [entry for entry in self.values.get(form, ()) if fits(entry)]:
                    return min(found, key=lambda entry: entry.count)
        if joined.endswith("less") and (
            found := [entry for entry in self.without.get(stem(joined[:-4]), ()) if fits(entry)]
        ):
            return min(found, key=lambda entry: entry.count)
        return self.described(phrase[:-1], phrase[-1]) if 1 < len(phrase) < 4 else None

    def needs_name(self, phrase: tuple[str, ...]) -> bool:
        """Is a phrase too common, too short or only a number, so that the attribute's name must stand beside it?"""
        return len(phrase) == 1 and (phrase[0] in _COMMON_STEMS or len(phrase[0]) < 2 or phrase[0][0].isdigit())


def _rows_by_value(catalog: Catalog, attribute: str) -> dict[str, Ints]:
    """For every value of a category or a list the rows, of those that are there, that have it."""
    column = catalog.column(attribute)
    rows: dict[str, list[int]] = {}
    for row in np.flatnonzero(catalog.alive).tolist():
        held = column[row]
        for value in held if isinstance(held, tuple) else (held,):
            if value:
                rows.setdefault(value, []).append(row)
    return {value: np.array(places, np.int64) for value, places in rows.items()}


def _held(rows: Mapping[str, Ints], size: int) -> Bools:
    """Rows that have any value. Shapes: (rows,)."""
    mask = np.zeros(size, np.bool_)
    for places in rows.values():
        mask[places] = True
    return mask


def _values(specs: Mapping[str, AttributeSpec]) -> dict[tuple[str, ...], list[Entry]]:
    """Phrase of stems -> values.

    Also joined (``t shirt`` as ``tshirt``), and a colour by the word that sets it apart from another of the same
    attribute (``navy`` of ``navy blue`` where ``blue`` is a value too).
    """
    found: dict[tuple[str, ...], list[Entry]] = {}
    for name, spec in specs.items():
        if spec.type not in ("category", "list"):
            continue
        phrases = {value: stems(value) for value in spec.values}
        coloured = bool(_COLOURS & set(name_words(name)))
        own = set(phrases.values())
        for value, phrase in phrases.items():
            if not 0 < len(phrase) <= MAX_PHRASE:
                continue
            entry = Entry(name, value, spec.values[value])
            keys = {phrase}
            if len(phrase) > 1 and len("".join(phrase)) > 5:
                keys.add(("".join(phrase),))
            if coloured and len(phrase) == 2 and phrase[1:] in own and len(phrase[0]) > 3 and phrase[:1] not in own:
                keys.add(phrase[:1])
            for key in keys:
                found.setdefault(key, []).append(entry)
    return found


def _heads(values: Mapping[tuple[str, ...], list[Entry]]) -> dict[str, list[Entry]]:
    """Last stem of a value of several words -> those values: who wants no blue wants no navy blue."""
    found: dict[str, list[Entry]] = {}
    for phrase, entries in values.items():
        if len(phrase) > 1:
            found.setdefault(phrase[-1], []).extend(entries)
    return found


def _by_attribute(values: Mapping[tuple[str, ...], list[Entry]]) -> dict[str, list[tuple[tuple[str, ...], Entry]]]:
    """Attribute -> its values, each with its stems."""
    found: dict[str, list[tuple[tuple[str, ...], Entry]]] = {}
    for phrase, entries in values.items():
        for entry in entries:
            found.setdefault(entry.attribute, []).append((phrase, entry))
    return found


def _without(values: Mapping[tuple[str, ...], list[Entry]]) -> dict[str, list[Entry]]:
    """``sleev`` -> ``sleeveless``, or ``none`` of ``sleeves``: values that say that something is not there."""
    found: dict[str, list[Entry]] = {}
    for phrase, entries in values.items():
        if len(phrase) == 1 and phrase[0].endswith("less") and len(phrase[0]) > 6:
            found.setdefault(stems(phrase[0][:-4])[0], []).extend(entries)
        for entry in entries if phrase in _EMPTY else ():
            found.setdefault(name_words(entry.attribute)[-1], []).append(entry)
    return found


def _flags(specs: Mapping[str, AttributeSpec]) -> dict[tuple[str, ...], str]:
    """Phrase -> flag attribute; ``has_pockets`` is named by "pockets"."""
    found = {}
    for name, spec in specs.items():
        words = name_words(name)
        if spec.type == "flag":
            words = words[1:] if len(words) > 1 and words[0] in ("is", "has", "with", "can", "ha") else words
            if words:
                found[words] = name
    return found
