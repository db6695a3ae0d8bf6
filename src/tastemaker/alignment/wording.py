"""A shopper's words -> what they ask of this catalog: "the same but in red, no stripes, under 60".

Everything is looked up in the catalog's own attributes, values, flags and prices (``alignment.vocabulary``); what is
not there stays words. Values that are named only *pull* ("red" may be part of a title); prices and other amounts,
explicit flags and what is refused ("not red", "without sleeves") *filter*. Every facet is a chip that can be taken
away: what the person ignored is understood and then left out, words and all.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from tastemaker.alignment.amounts import amounts
from tastemaker.alignment.vocabulary import MAX_PHRASE, Entry, Vocabulary
from tastemaker.alignment.wordforms import Token, tokens, word_set
from tastemaker.catalog.items import Item
from tastemaker.core.ranking import Facet

__all__ = ["Vocabulary", "Wording", "understand"]

MAX_TEXT = 2_000
_NOT = word_set("not no without never non excluding except minus lacking lacks avoid nor isn't aren't doesn't don't")
_NOT_TWO = frozenset({("instead", "of"), ("rather", "than"), ("other", "than"), ("anything", "but"), ("not", "in")})
_NOT_REALLY = word_set("only just sure bad necessarily to matter mind")
_SOFTLY = word_set("too so as very that")
_BETWEEN = word_set(
    "a an any the in with have having has be so too as such very want need like of all more that it it's made"
)
"""Words that may stand between "not" and what is refused."""
_STOP = _BETWEEN | word_set(
    "and or but is are was for to on at from by this these those same me my i you your please just then than also only"
    " show find get give looking look would could can something anything one ones other some instead rather which who"
    " where when does do did around about , ; / &"
)
_ASIDE = word_set("for with on at to that which who like by from near under inside , ;")
_SPREAD = 6


@dataclass(frozen=True)
class Wording:
    """What was understood.

    Attributes:
        facets: what was taken from the words; hard ones filter, soft ones pull.
        rest: the words that nothing was understood of, without the little words around them.
        words: the text as it should be compared with items: less amounts, refusals and ignored chips.
        avoid: things that are refused and that the catalog has no value for; to be kept away from, not filtered.
        notes: what was understood and cannot be used, for the person to read.
    """

    facets: tuple[Facet, ...] = ()
    rest: str = ""
    words: str = ""
    avoid: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Found:
    """A stretch of tokens, ``first`` to ``last`` (excluded), and the facets it stands for."""

    first: int
    last: int
    facets: tuple[Facet, ...]
    entry: Entry | None = None
    keeps_words: bool = False
    avoid: str = ""


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
    head, tail = text[:MAX_TEXT], text[MAX_TEXT:]
    words = tokens(head)
    found: list[_Found] = []
    taken = [False] * len(words)
    notes = []
    for amount in amounts(_same_length_lower(head), vocabulary, reference):
        places = [i for i, token in enumerate(words) if token.start < amount.end and token.end > amount.start]
        if places:
            found.append(_Found(places[0], places[-1] + 1, amount.facets))
            notes += [amount.note] if amount.note else []
            taken[places[0] : places[-1] + 1] = [True] * len(places)
    found += _Reader(words, taken, vocabulary).read()
    found.sort(key=lambda part: part.first)
    found = _that_apply(found, head, words, vocabulary, reference)
    return _told(found, head, tail, words, ignore, notes)


class _Reader:
    """Goes over the tokens once, left to right; at each place the longest thing that is known wins."""

    def __init__(self, words: list[Token], taken: list[bool], vocabulary: Vocabulary) -> None:
        self._words = words
        self._taken = taken
        self._vocabulary = vocabulary

    def read(self) -> list[_Found]:
        """Everything found, refusals first looked for at each place."""
        found: list[_Found] = []
        place = 0
        while place < len(self._words):
            if self._taken[place]:
                place += 1
                continue
            parts = self._refusal(place) or self._flag(place) or self._value(place)
            found += parts
            place = max([place + 1, *(part.last for part in parts)])
        return found

    def _phrases(self, place: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Phrases that begin at a place, the longest first, with their ends."""
        for end in range(min(place + MAX_PHRASE, len(self._words)), place, -1):
            if not any(self._taken[place:end]) and not any(w.text in ",;" for w in self._words[place:end]):
                yield end, tuple(word.stem for word in self._words[place:end] if word.text not in "/&")

    def _flag(self, place: int) -> list[_Found]:
        """A flag attribute by its name."""
        for end, phrase in self._phrases(place):
            if name := self._vocabulary.flags.get(phrase):
                return [_Found(place, end, (Facet(name, "=", "yes", hard=True),), keeps_words=True)]
        return []

    def _value(self, place: int) -> list[_Found]:
        """A value of an attribute, and the attribute's name if it stands beside."""
        for end, phrase in self._phrases(place):
            if (name := self._vocabulary.names.get(phrase)) and (found := self._named(place, end, name)):
                return [found]
            entry = self._vocabulary.value(phrase)
            if entry is not None and (named := self._name_after(end, phrase)):
                entry, end = named
            elif entry is None or self._vocabulary.needs_name(phrase) or self._only_akin(place, end, entry):
                continue
            return [_Found(place, end, (Facet(entry.attribute, "=", entry.value),), entry, keeps_words=True)]
        return []

    def _named(self, place: int, end: int, name: str) -> _Found | None:
        """A value after its attribute's name: "colour red", "size: m", "genre is comedy"."""
        start = end
        while start < len(self._words) and start - end < 2 and self._words[start].text in ("is", "in", "of", "a"):
            start += 1
        for last, phrase in self._phrases(start):
            if entry := self._vocabulary.value(phrase, name):
                return _Found(place, last, (Facet(name, "=", entry.value),), entry, keeps_words=True)
        return None

    def _name_after(self, end: int, phrase: tuple[str, ...]) -> tuple[Entry, int] | None:
        """A value before its attribute's name: "red colour"."""
        for last, words in self._phrases(end) if end < len(self._words) else ():
            name = self._vocabulary.names.get(words)
            if name and (entry := self._vocabulary.value(phrase, name)):
                return entry, last
        return None

    def _only_akin(self, place: int, end: int, entry: Entry) -> bool:
        """Is it "belted" where the catalog sells belts? That says how a thing is, not what it is."""
        word = self._words[place].text
        alike = end - place == 1 and word.endswith("ed") and not entry.value.casefold().endswith("ed")
        return alike and self._vocabulary.is_kind(entry.attribute)

    def _refusal(self, place: int) -> list[_Found]:
        """What is refused: "not red", "no stripes or dots", "without sleeves", "blue instead of red", "less formal"."""
        text = self._words[place].text
        two = (text, self._words[place + 1].text if place + 1 < len(self._words) else "")
        if text == "less":
            found = self._refused(place, place + 1)
            return [_softly(found)] if found and found.entry else []
        if (two not in _NOT_TWO and text not in _NOT) or two[1] in _NOT_REALLY:
            return []
        start = place + (2 if two in _NOT_TWO else 1)
        soft = False
        while start < len(self._words) and self._words[start].text in _BETWEEN:
            soft = soft or self._words[start].text in _SOFTLY
            start += 1
        found = self._refused(place, start)
        if found is None or (soft and not found.facets[0].name):
            return []
        if soft:
            return [_softly(found)] if found.entry else []
        return [found, *self._more_refused(found)]

    def _more_refused(self, found: _Found) -> Iterator[_Found]:
        """What "or", and "and" before a value of the same attribute, add to a refusal."""
        last = found
        while last.last + 1 < len(self._words) and self._words[last.last].text in ("or", "nor", "and", "/", "&"):
            joint = self._words[last.last].text
            start = last.last + 1
            while joint != "and" and start < len(self._words) and self._words[start].text in ("a", "an", "any", "no"):
                start += 1
            more = self._refused(last.last, start)
            alike = more is not None and more.entry and last.entry and more.entry.attribute == last.entry.attribute
            if more is None or (joint in ("and", "&") and not alike) or (joint == "/" and not more.entry):
                return
            yield more
            last = more

    def _refused(self, place: int, start: int) -> _Found | None:
        """What is refused at ``start``: a value, a flag, a thing that items can lack, or plain words to avoid."""
        if start >= len(self._words) or self._taken[start]:
            return None
        for end, phrase in self._phrases(start):
            if name := self._vocabulary.flags.get(phrase):
                return _Found(place, end, (Facet(name, "!=", self._shown(start, end), hard=True),))
            if len(phrase) == 1 and (found := self._lacking(place, end, phrase)):
                return found
            entry = self._vocabulary.value(phrase)
            if entry and not self._vocabulary.needs_name(phrase) and not self._only_akin(start, end, entry):
                return _Found(place, end, tuple(self._all_of(entry, phrase)), entry)
        return self._avoided(place, start)

    def _lacking(self, place: int, end: int, phrase: tuple[str, ...]) -> _Found | None:
        """Read "without sleeves" where a value says so ("sleeveless", or sleeves = none)."""
        entries = self._vocabulary.without.get(phrase[0])
        if entries:
            entry = min(entries, key=lambda e: e.count)
            return _Found(place, end, (Facet(entry.attribute, "=", entry.value, hard=True),), entry)
        name = next((n for words, n in self._vocabulary.names.items() if phrase[0] in words), "")
        if name and not self._vocabulary.value(phrase) and (value := self._vocabulary.none_value(name)):
            return _Found(place, end, (Facet(name, "=", value, hard=True),), Entry(name, value, 0))
        return None

    def _all_of(self, entry: Entry, phrase: tuple[str, ...]) -> Iterator[Facet]:
        """The value and its narrower kinds: who wants no blue wants no navy blue."""
        yield Facet(entry.attribute, "!=", entry.value, hard=True)
        kinds = self._vocabulary.heads.get(phrase[0], ()) if len(phrase) == 1 else ()
        for kind in list(dict.fromkeys(kinds))[:_SPREAD]:
            if kind.attribute == entry.attribute and kind.value != entry.value:
                yield Facet(kind.attribute, "!=", kind.value, hard=True)

    def _avoided(self, place: int, start: int) -> _Found | None:
        """Words that the catalog has no value for."""
        end = start
        while (
            end < len(self._words) and end - start < 2 and self._words[end].text not in _STOP and not self._taken[end]
        ):
            end += 1
            after = self._vocabulary.value((self._words[end].stem,)) if end < len(self._words) else None
            if after is not None and self._vocabulary.is_colour(after.attribute):
                break
        if end == start:
            return None
        shown = self._shown(start, end)
        return _Found(place, end, (Facet("words", "!=", shown),), avoid=shown)

    def _shown(self, start: int, end: int) -> str:
        return " ".join(word.text for word in self._words[start:end])


def _softly(found: _Found) -> _Found:
    """A refusal that is only a leaning: it pulls away and filters nothing."""
    return replace(found, facets=tuple(replace(facet, hard=False) for facet in found.facets))


def _that_apply(
    found: list[_Found], text: str, words: list[Token], vocabulary: Vocabulary, reference: Item | None
) -> list[_Found]:
    """Leave out values that cannot be meant: of another department, inside a title, of attributes the thing lacks."""
    pulls = [part for part in found if part.entry and part.facets[0].op == "=" and not part.facets[0].hard]
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


def _inside_titles(pulls: list[_Found], text: str, words: list[Token], vocabulary: Vocabulary) -> list[_Found]:
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
    found: list[_Found], text: str, tail: str, words: list[Token], ignore: Collection[str], notes: list[str]
) -> Wording:
    """Facets less the ignored ones, and the words that are left over."""
    facets: dict[str, Facet] = {}
    avoid = []
    used, cut = [False] * len(words), [False] * len(words)
    for part in found:
        kept = [facet for facet in part.facets if facet.label not in ignore]
        facets.update((facet.label, facet) for facet in kept if facet.label not in facets)
        if part.avoid and kept:
            avoid.append(part.avoid)
        for place in range(part.first, part.last):
            used[place] = True
            cut[place] = not (part.keeps_words and kept)
    rest = " ".join(word.text for word in _telling([w for w, gone in zip(words, used, strict=True) if not gone]))
    return Wording(tuple(facets.values()), rest, _without_cut(text, words, cut) + tail, tuple(avoid), tuple(notes))


def _telling(words: list[Token]) -> list[Token]:
    """Words less the little ones at both ends ("the same but in maroon": maroon)."""
    places = [i for i, word in enumerate(words) if word.text not in _STOP]
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
