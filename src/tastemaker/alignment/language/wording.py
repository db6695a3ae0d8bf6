"""A shopper's words -> what they ask of this catalog: "the same but in red, no stripes, under 60".

Everything is looked up in the catalog's own attributes, values, flags and prices (``vocabulary``); what is
not there stays words. Values that are named only *pull* ("red" may be part of a title); prices and other amounts,
explicit flags and what is refused ("not red", "without sleeves") *filter*. Every facet is a chip that can be taken
away: what the person ignored is understood and then left out, words and all.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from tastemaker.alignment.language.amounts import amounts, contradictions
from tastemaker.alignment.language.reading import STOP, Found, Reader
from tastemaker.alignment.language.vocabulary import Vocabulary
from tastemaker.alignment.language.wordforms import Token, tokens, word_set
from tastemaker.catalog.items import Item
from tastemaker.core.ranking import Facet

__all__ = ["Vocabulary", "Wording", "understand"]

MAX_TEXT = 2_000
_ASIDE = word_set("for with on at to that which who like by from near under inside , ;")
_PULLS = ("=", "more", "less")


@dataclass(frozen=True)
class Wording:
    """What was understood.

    Attributes:
        facets: what was taken from the words; hard ones filter, soft ones pull.
        rest: the words that nothing was understood of, without the little words around them.
        words: the text as it should be compared with items: less amounts, refusals and ignored chips.
        avoid: things that are refused and that the catalog has no value for; to be kept away from, not filtered.
        notes: what was understood and cannot be used, for the person to read.
        other: attributes that are to be other than what is shown, where no reference item says what that is.
    """

    facets: tuple[Facet, ...] = ()
    rest: str = ""
    words: str = ""
    avoid: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


def understand(
    text: str, vocabulary: Vocabulary, reference: Item | None = None, ignore: Collection[str] = ()
) -> Wording:
    """Read a search, or a change to a reference item.

    Args:
        text: the shopper's words; what is beyond 2,000 characters is kept as words only.
        vocabulary: of the catalog that is searched.
        reference: the item that the words change; "cheaper" is cheaper than it, and only attributes that its
            department knows are understood.
        ignore: labels of facets that the person took away.

    Returns:
        Facets in the order of the text; each at most once.
    """
    head, notes = _spelt(text[:MAX_TEXT], vocabulary)
    tail = text[MAX_TEXT:]
    words = tokens(head)
    found: list[Found] = []
    taken = [False] * len(words)
    for amount in amounts(_same_length_lower(head), vocabulary, reference):
        places = [i for i, token in enumerate(words) if token.start < amount.end and token.end > amount.start]
        if places:
            found.append(Found(places[0], places[-1] + 1, amount.facets))
            notes += [amount.note] if amount.note else []
            taken[places[0] : places[-1] + 1] = [True] * len(places)
    found += Reader(words, taken, vocabulary, reference).read()
    found.sort(key=lambda part: part.first)
    found = [_other_than(part, reference) for part in _that_apply(found, head, words, vocabulary, reference)]
    return _told(found, head, tail, words, ignore, notes)


def _spelt(text: str, vocabulary: Vocabulary) -> tuple[str, list[str]]:
    """The text with slips set right, and what to say of each."""
    pieces, notes, at = [], [], 0
    for word in tokens(text):
        if word.text not in STOP and (meant := vocabulary.spelt(word.text)):
            pieces += [text[at : word.start], meant]
            notes.append(f"“{word.text}” is read as “{meant}”")
            at = word.end
    return "".join([*pieces, text[at:]]), notes


def _other_than(part: Found, reference: Item | None) -> Found:
    """What is to be other than the reference's ("another colour") is a refusal of its value, where it is known."""
    name = part.facets[0].name if part.facets and part.facets[0].op == "other" else ""
    value = reference.attributes.get(name) if reference is not None and name else None
    if not value:
        return part
    values = value if isinstance(value, tuple) else (str(value),)
    return replace(part, facets=tuple(Facet(name, "!=", each, hard=True) for each in values))


def _that_apply(
    found: list[Found], text: str, words: list[Token], vocabulary: Vocabulary, reference: Item | None
) -> list[Found]:
    """Leave out values that cannot be meant: of another department, inside a title, of attributes the thing lacks."""
    pulls = [part for part in found if part.entry and part.facets[0].op in _PULLS and not part.facets[0].hard]
    department = reference.department if reference is not None else ""
    wrong = [part for part in pulls if part.entry and not vocabulary.used_in(part.entry.attribute, department)]
    wrong += _inside_titles(pulls, text, words, vocabulary)
    left = [part for part in pulls if part not in wrong]
    aside = next((i for i, word in enumerate(words) if word.text in _ASIDE and i > 0), len(words))
    before = [part for part in left if part.last <= aside]
    head = (before[-1] if before else left[0]).entry if left and reference is None else None
    if head is not None:
        wrong += [part for part in left if part.entry and not vocabulary.applies(part.entry.attribute, head)]
    return [part for part in found if part not in wrong]


def _inside_titles(pulls: list[Found], text: str, words: list[Token], vocabulary: Vocabulary) -> list[Found]:
    """Values that are only part of the title of an item which does not have them ("red riding hood")."""
    inside = []
    for part in pulls:
        for first in range(max(0, part.first - 5), part.first + 1):
            for last in range(part.last, min(len(words), part.last + 5) + 1):
                if last - first <= part.last - part.first:
                    continue
                span = text[words[first].start : words[last - 1].end].casefold()
                row = vocabulary.title(" ".join(re.findall(r"\w+", span)))
                if row >= 0 and part.entry and not vocabulary.has(row, part.entry):
                    inside.append(part)
    return inside


def _told(
    found: list[Found], text: str, tail: str, words: list[Token], ignore: Collection[str], notes: list[str]
) -> Wording:
    """Facets less the ignored ones, and the words that are left over."""
    facets: dict[tuple[str, str], Facet] = {}  # one refused word may be a value of several attributes
    avoid = []
    used, cut = [False] * len(words), [False] * len(words)
    for part in found:
        kept = [facet for facet in part.facets if facet.label not in ignore]
        for facet in kept:
            facets.setdefault((facet.label, facet.name), facet)
        if part.avoid and kept:
            avoid.append(part.avoid)
        for place in range(part.first, part.last):
            used[place] = True
            cut[place] = not (part.keeps_words and kept)
    rest = " ".join(word.text for word in _telling([w for w, gone in zip(words, used, strict=True) if not gone]))
    told = tuple(facet for facet in facets.values() if facet.op != "other")
    other = tuple(facet.name for facet in facets.values() if facet.op == "other")
    said = _without_cut(text, words, cut) + tail
    return Wording(told, rest, said, tuple(avoid), (*notes, *contradictions(told)), other)


def _telling(words: list[Token]) -> list[Token]:
    """Words less the little ones at both ends ("the same but in maroon": maroon)."""
    places = [i for i, word in enumerate(words) if word.text not in STOP]
    return words[places[0] : places[-1] + 1] if places else []


def _without_cut(text: str, words: list[Token], cut: list[bool]) -> str:
    """The text less the words cut and the little words at both ends, all of which stay if there are no others."""
    left = [word for word, gone in zip(words, cut, strict=True) if not gone]
    left = _telling(left) or ([] if any(cut) else left)
    if not left:
        return "" if words else text.strip()
    pieces, at = [], left[0].start
    for word, gone in zip(words, cut, strict=True):
        if gone and left[0].end <= word.start <= left[-1].start:
            pieces.append(text[at : word.start].rstrip(" -–"))
            at = word.end
    return re.sub(r"\s+", " ", " ".join([*pieces, text[at : left[-1].end]])).strip()


def _same_length_lower(text: str) -> str:
    """Small letters, one for one, so that places stay places (``İ`` would become two)."""
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
