"""Goes over a shopper's words once, left to right, and finds what they name in one catalog: values, flags, refusals.

What is found here may still be dropped: whether it can be meant is judged in ``alignment.language.wording``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tastemaker.alignment.language.comparing import comparisons
from tastemaker.alignment.language.vocabulary import MAX_PHRASE, Entry, Vocabulary
from tastemaker.alignment.language.wordforms import Token, word_set
from tastemaker.catalog.items import Item
from tastemaker.core.ranking import Facet

_NOT = word_set(
    "not no without never non excluding except minus lacking lacks avoid avoiding nor neither nothing none hate dislike"
    " isn't aren't doesn't don't can't won't shouldn't wouldn't isnt arent doesnt dont cant wont shouldnt wouldnt"
    " cannot"
)
_LISTS = word_set(
    "without excluding except minus avoid avoiding neither nothing none hate dislike don't dont can't cant cannot free"
    " allergic"
)
"""Negators that a list with commas may follow; after "not red, blue" blue is what is meant instead."""
_NOT_TWO = frozenset(
    {("instead", "of"), ("rather", "than"), ("other", "than"), ("anything", "but"), ("not", "in"),
     ("everything", "but"), ("apart", "from"), ("free", "of"), ("free", "from"), ("allergic", "to")})  # fmt: skip
_ANY = word_set("any every all whatever each")
_BUT = word_set("but bar save except excluding")
_NOT_REALLY = word_set("only just sure bad necessarily to matter mind but")
_BETWEEN = word_set(
    "a an any the in with have having has be so too as such very want need like of all more that it it's made is are"
    " wear wearing stand bear anything something ones items things interested keen fan fond into on"
)
"""Words that may stand between "not" and what is refused."""
STOP = _BETWEEN | word_set(
    "and or but is are was for to on at from by this these those same me my i you your please just then than also only"
    " show find get give looking look would could can something anything one ones other some instead rather which who"
    " where when does do did around about i'm i'd i'll we our , ; / &"
)
_PASSED = word_set("/ & the")
_SAME = word_set("same similar identical matching")
_OTHER = word_set("another different other change")
_THIS = word_set("this these those that same")
_HAVING = word_set("has have having with got")
_LACKING = word_set("no without minus lacking lacks")
_CLAUSE = word_set("is are be but in ;")
_STANDING = word_set("rated selling ranked quality ten")
"""What follows "top" where no garment is meant."""
_BESIDE = word_set("for under on over above behind beside near around match matching beneath underneath")
_JOINTS = word_set("or nor and / &")
_ARTICLES = word_set("a an any the no")
_SPREAD = 6


@dataclass(frozen=True)
class Found:
    """A stretch of tokens, ``first`` to ``last`` (excluded), and the facets it stands for."""

    first: int
    last: int
    facets: tuple[Facet, ...]
    entry: Entry | None = None
    keeps_words: bool = False
    avoid: str = ""


class Reader:
    """Goes over the tokens once, left to right; at each place the longest thing that is known wins."""

    def __init__(self, words: list[Token], taken: list[bool], vocabulary: Vocabulary, reference: Item | None) -> None:
        self._words = words
        self._taken = taken
        self._vocabulary = vocabulary
        self._reference = reference

    def read(self) -> list[Found]:
        """Everything found, refusals first looked for at each place."""
        found: list[Found] = []
        place = 0
        while place < len(self._words):
            if self._taken[place]:
                place += 1
                continue
            parts = (
                self._comparison(place)
                or self._other(place)
                or self._refusal(place)
                or self._any_but(place)
                or self._free(place)
                or self._flag(place)
                or self._kept(place)
                or self._value(place)
                or self._had(place)
            )
            found += parts
            place = max([place + 1, *(part.last for part in parts)])
        return found

    def _phrases(self, place: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Phrases that begin at a place, the longest first, with their ends."""
        for end in range(min(place + MAX_PHRASE, len(self._words)), place, -1):
            phrase = tuple(word.stem for word in self._words[place:end] if word.text not in _PASSED)
            if phrase and not any(self._taken[place:end]) and not any(w.text in ",;" for w in self._words[place:end]):
                yield end, phrase

    def _comparison(self, place: int) -> list[Found]:
        """What is compared, "longer sleeves", "less formal"; what is to be less is no word to be like."""
        found = []
        for part in comparisons(self._words, place, self._vocabulary, self._reference):
            if any(self._taken[place : part.last]):
                break
            keeps = part.facet.op == "more"
            found.append(Found(place, part.last, (part.facet, *part.also), part.entry, keeps_words=keeps))
            place = part.last
        return found

    def _kept(self, place: int) -> list[Found]:
        """An attribute that is to stay: "the same colour"."""
        if self._words[place].text not in _SAME:
            return []
        for end, phrase in self._phrases(place + 1):
            if name := self._vocabulary.names.get(phrase):
                return [Found(place, end, (Facet(name, "same", ""),))]
        return []

    def _other(self, place: int) -> list[Found]:
        """An attribute that is to be another than what is shown: "a different colour", "not this colour"."""
        start = place + 1
        while start < len(self._words) and self._words[start].text in _THIS | {"the"}:
            start += 1
        text, between = self._words[place].text, {word.text for word in self._words[place + 1 : start]}
        if text not in _OTHER and not (text in _NOT and between & _THIS):
            return []
        for end, phrase in self._phrases(start):
            name = self._vocabulary.names.get(phrase) or self._vocabulary.called.get(" ".join(phrase), "")
            if name and end < len(self._words) and self._words[end].text == "than":
                refused = self._refused(place, end + 1)
                return [refused] if refused else []
            if name and not self._named(place, end, name):
                return [Found(place, end, (Facet(name, "other", ""),))]
        return []

    def _had(self, place: int) -> list[Found]:
        """A thing that items can lack, by its bare name: "has sleeves" is not sleeveless."""
        entries = self._vocabulary.without.get(self._words[place].stem)
        if not entries or (place and self._words[place - 1].text not in _HAVING | {"and", ","}):
            return []
        entry = min(entries, key=lambda e: e.count)
        return [Found(place, place + 1, (Facet(entry.attribute, "!=", entry.value, hard=True),), keeps_words=True)]

    def _is_part(self, place: int) -> bool:
        """Does something that has it stand before, so that it is no kind ("dress with a belt")?"""
        for word, taken in reversed(list(zip(self._words[:place], self._taken[:place], strict=True))):
            if word.text in _HAVING and not taken:
                return True
            if word.text in _CLAUSE:
                return False
        return False

    def _flag(self, place: int) -> list[Found]:
        """A flag attribute by its name."""
        for end, phrase in self._phrases(place):
            if name := self._vocabulary.flags.get(phrase):
                return [Found(place, end, (Facet(name, "=", "yes", hard=True),), keeps_words=True)]
        return []

    def _value(self, place: int) -> list[Found]:
        """A value of an attribute, and the attribute's name if it stands beside."""
        for end, phrase in self._phrases(place):
            if (name := self._vocabulary.names.get(phrase)) and (found := self._named(place, end, name)):
                return [found]
            entry = self._meant(place, end, phrase)
            if entry is not None and (named := self._name_after(end, phrase)):
                entry, end = named
            elif entry is None or self._vocabulary.needs_name(phrase):
                continue
            return [Found(place, end, (Facet(entry.attribute, "=", entry.value),), entry, keeps_words=True)]
        return []

    def _named(self, place: int, end: int, name: str) -> Found | None:
        """A value after its attribute's name: "colour red", "size: m", "genre is comedy"."""
        start = end
        while start < len(self._words) and start - end < 2 and self._words[start].text in ("is", "in", "of", "a"):
            start += 1
        for last, phrase in self._phrases(start):
            if entry := self._vocabulary.value(phrase, name):
                return Found(place, last, (Facet(name, "=", entry.value),), entry, keeps_words=True)
        return None

    def _name_after(self, end: int, phrase: tuple[str, ...]) -> tuple[Entry, int] | None:
        """A value before its attribute's name: "red colour"."""
        for last, words in self._phrases(end) if end < len(self._words) else ():
            name = self._vocabulary.names.get(words) or self._vocabulary.called.get(words[-1], "")
            if name and (entry := self._vocabulary.value(phrase, name)):
                return entry, last
        return None

    def _meant(self, place: int, end: int, phrase: tuple[str, ...]) -> Entry | None:
        """The value that a phrase names here; no kind where it can only say how a thing is."""
        entry = self._vocabulary.value(phrase)
        if entry and self._vocabulary.is_kind(entry.attribute):
            how = self._only_akin(place, end, entry) or self._is_part(place) or self._says_which(end, entry.attribute)
            return self._vocabulary.quality(phrase) if how or self._is_for(place, entry.attribute) else entry
        return entry

    def _says_which(self, end: int, kind: str) -> bool:
        """Does the thing itself come next, so that this only says which ("desk lamp", "top film", "top rated film")?"""
        while end < len(self._words) and self._words[end].text.isdigit():
            end += 1
        return end < len(self._words) and (self._words[end].text in _STANDING or self._is_thing(end, kind))

    def _is_for(self, place: int, kind: str) -> bool:
        """Is it what something else, said before, is for or stands by ("lamp for my desk", "rug under the sofa")?"""
        for at in range(place - 1, max(0, place - _SPREAD), -1):
            text = self._words[at].text
            if text in _BESIDE and not self._taken[at]:
                return any(self._is_thing(before, kind) for before in range(at))
            if text in _CLAUSE | _JOINTS | {",", "and"} or text.isdigit():
                return False
        return False

    def _is_thing(self, place: int, kind: str) -> bool:
        """Does a thing of the catalog begin here, or one that is called by the last of its words ("lamp")?"""
        named = [*self._vocabulary.heads.get(self._words[place].stem, ())]
        named += [entry for _, phrase in self._phrases(place) for entry in self._vocabulary.values.get(phrase, ())]
        return any(entry.attribute == kind for entry in named)

    def _only_akin(self, place: int, end: int, entry: Entry) -> bool:
        """Is it "belted" where the catalog sells belts? That says how a thing is, not what it is."""
        word = self._words[place].text
        alike = end - place == 1 and word.endswith("ed") and not entry.value.casefold().endswith("ed")
        return alike and self._vocabulary.is_kind(entry.attribute)

    def _refusal(self, place: int) -> list[Found]:
        """What is refused: "not red", "no stripes or dots", "without sleeves", "blue instead of red"."""
        text = self._words[place].text
        two = (text, self._words[place + 1].text if place + 1 < len(self._words) else "")
        if (two not in _NOT_TWO or self._denied(place)) and (text not in _NOT or two[1] in _NOT_REALLY):
            return []
        start = place + (2 if two in _NOT_TWO else 1)
        start = self._past(start, _BETWEEN)
        return self._list_of_refused(place, start, lists=text in _LISTS)

    def _denied(self, place: int) -> bool:
        """Does a negator stand before, so that two of them are none: "I don't want anything but red"?"""
        while place and self._words[place - 1].text in _BETWEEN:
            place -= 1
        return place > 0 and self._words[place - 1].text in _NOT

    def _any_but(self, place: int) -> list[Found]:
        """Every value of an attribute less some: "any colour but red"."""
        if self._words[place].text not in _ANY:
            return []
        for end, phrase in self._phrases(place + 1):
            name = self._vocabulary.names.get(phrase) or self._vocabulary.called.get(" ".join(phrase), "")
            if name and end < len(self._words) and self._words[end].text in _BUT:
                start = self._past(end + 1, _ARTICLES)
                wanted = start < len(self._words) and self._words[start].text in _NOT  # "any colour but not red"
                return [] if wanted else self._list_of_refused(place, start, lists=True)
        return []

    def _free(self, place: int) -> list[Found]:
        """A value and "free": "wool-free"; not "red, free delivery"."""
        for end, phrase in self._phrases(place):
            if end >= len(self._words) or self._words[end].text != "free":
                continue
            entry = self._vocabulary.quality(phrase) if not self._vocabulary.needs_name(phrase) else None
            after = self._words[end + 1] if end + 1 < len(self._words) else None
            if entry and (after is None or after.text in STOP or self._vocabulary.value((after.stem,))):
                return [Found(place, end + 1, tuple(self._all_of(entry, phrase)), entry)]
        return []

    def _list_of_refused(self, place: int, start: int, *, lists: bool) -> list[Found]:
        """What is refused at ``start``, and what is added to it."""
        found = self._refused(place, start)
        return [found, *self._more_refused(found, lists=lists)] if found else []

    def _more_refused(self, found: Found, *, lists: bool) -> Iterator[Found]:
        """What is added to a refusal: by "or" anything; by "and" and a comma what is alike, in ``lists`` other values.

        After "without wool, black or stripes" none of them is wanted; after "without sleeves, red or blue" one of two
        colours is.
        """
        last = found
        while last.last + 1 < len(self._words) and self._words[last.last].text in _JOINTS | {","}:
            joint = self._words[last.last].text
            start = last.last + 1
            if joint == "," and self._words[start].text in _JOINTS:
                joint, start = self._words[start].text, start + 1
            more = self._refused(last.last, start if joint == "and" and not lists else self._past(start, _ARTICLES))
            if more is None or not self._added(last, more, joint, lists=lists):
                return
            yield more
            last = more

    def _added(self, last: Found, more: Found, joint: str, *, lists: bool) -> bool:
        """Is what stands after a joint refused too?"""
        if joint in ("or", "nor"):
            return True
        if joint == "/" or not more.entry or not last.entry:
            return joint == "/" and more.entry is not None
        alike = self._alike(more.entry, last.entry)
        return (alike and lists) or self._lists_on(more.entry, more.last) if joint == "," else alike or lists

    def _alike(self, one: Entry, other: Entry) -> bool:
        """Are two values of one attribute, or both colours?"""
        coloured = self._vocabulary.is_colour(one.attribute) and self._vocabulary.is_colour(other.attribute)
        return coloured or one.attribute == other.attribute

    def _lists_on(self, entry: Entry, after: int) -> bool:
        """Does a list go on after a value to an "or" that is no choice between values alike?"""
        for place in range(after, len(self._words)):
            text = self._words[place].text
            if text in ("or", "nor"):
                last = self._refused(place, self._past(place + 1, _ARTICLES))
                return last is None or not last.entry or not self._alike(last.entry, entry)
            if self._taken[place] or text in STOP - _ARTICLES - {","}:
                return False
        return False

    def _past(self, place: int, words: frozenset[str]) -> int:
        """The first place from ``place`` on where none of ``words`` stands."""
        while place < len(self._words) and self._words[place].text in words:
            place += 1
        return place

    def _refused(self, place: int, start: int) -> Found | None:
        """What is refused at ``start``: a value, a flag, a thing that items can lack, or plain words to avoid."""
        if start >= len(self._words) or self._taken[start]:
            return None
        for end, phrase in self._phrases(start):
            if name := self._vocabulary.flags.get(phrase):
                return Found(place, end, (Facet(name, "!=", self._shown(start, end), hard=True),))
            name = self._vocabulary.names.get(phrase, "")
            if name and (named := self._named(place, end, name)) and named.entry:
                return replace(named, facets=tuple(self._all_of(named.entry, phrase)), keeps_words=False)
            if len(phrase) == 1 and (found := self._lacking(place, end, phrase)):
                return found
            entry = self._vocabulary.quality(phrase) if self._words[place].text in _LACKING else None
            entry = entry or self._meant(start, end, phrase)
            if entry and not self._vocabulary.needs_name(phrase):
                while end < len(self._words) and self._vocabulary.value((self._words[end].stem,)) == entry:
                    end += 1  # both words of "polka dots" say it
                return Found(place, end, tuple(self._all_of(entry, phrase)), entry)
        return self._avoided(place, start)

    def _lacking(self, place: int, end: int, phrase: tuple[str, ...]) -> Found | None:
        """Read "without sleeves" where a value says so ("sleeveless", or sleeves = none)."""
        entries = self._vocabulary.without.get(phrase[0])
        if entries:
            entry = min(entries, key=lambda e: e.count)
            return Found(place, end, (Facet(entry.attribute, "=", entry.value, hard=True),), entry)
        name = next((n for words, n in self._vocabulary.names.items() if phrase[0] in words), "")
        if name and not self._vocabulary.value(phrase) and (value := self._vocabulary.none_value(name)):
            return Found(place, end, (Facet(name, "=", value, hard=True),), Entry(name, value, 0))
        return None

    def _all_of(self, entry: Entry, phrase: tuple[str, ...]) -> Iterator[Facet]:
        """The value and its narrower kinds: who wants no blue wants no navy blue; of shade and colour it means both."""
        yield Facet(entry.attribute, "!=", entry.value, hard=True)
        for other in self._vocabulary.values.get(phrase, ()) if self._vocabulary.is_colour(entry.attribute) else ():
            if other.attribute != entry.attribute and self._vocabulary.is_colour(other.attribute):
                yield Facet(other.attribute, "!=", other.value, hard=True)
        kinds = self._vocabulary.heads.get(phrase[0], ()) if len(phrase) == 1 else ()
        for kind in list(dict.fromkeys(kinds))[:_SPREAD]:
            if kind.attribute == entry.attribute and kind.value != entry.value:
                yield Facet(kind.attribute, "!=", kind.value, hard=True)

    def _avoided(self, place: int, start: int) -> Found | None:
        """Words that the catalog has no value for."""
        end = start
        while end < len(self._words) and end - start < 2 and self._words[end].text not in STOP and not self._taken[end]:
            end += 1
            after = self._vocabulary.value((self._words[end].stem,)) if end < len(self._words) else None
            if after is not None and self._vocabulary.is_colour(after.attribute):
                break
        if end == start:
            return None
        shown = self._shown(start, end)
        return Found(place, end, (Facet("words", "!=", shown),), avoid=shown)

    def _shown(self, start: int, end: int) -> str:
        return " ".join(word.text for word in self._words[start:end])
