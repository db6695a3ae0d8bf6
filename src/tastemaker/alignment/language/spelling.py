"""Slips of the pen: the word of a catalog that was meant where an unknown word is almost it, "gren" for "green".

Careful, for a wrong guess is worse than none: the first letter stands, a short word is one letter off (and no consonant
is another, for "sport" is no "short"), a long one two, and no word that the shop's own texts or everyday English hold
is a slip.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from tastemaker.alignment.language.figures import SPELT
from tastemaker.alignment.language.wordforms import stem, synonyms, word_set

_SHORT, _ORDINARY = 5, 7
"""Letters up to which a slip is one letter more, less or a vowel for a vowel; up to which it is any one letter."""
_SHORTEST = 4
_EVERYDAY = SPELT | word_set(
    "about above actor adult adults after again agree almost alone along already also always amount angel another"
    " anybody anyone anything apart apply around artist aside asks away baby back band barely based basic basically"
    " bath bathroom beach bear because become bedroom beds been beer before behind being believe below beside best"
    " better between beyond bike bird birthday bleed blend blow boat body boots boss both bought boyfriend bread"
    " breed bride bring brother brought build built business busy cake call came camp cannot card care case cause"
    " chairs chance change cheap check chief child children city class clean clear close clothes club coast coats"
    " cold college come comes complete consider cool correct cost could couple course crew cross crow crowd cycle"
    " dark date dated daughter days deal decent deep delivery design devil different dinner doctor does doing done"
    " dont door down dream driver during each early earth easily easy either else enough especially euro euros even"
    " evening ever every everybody everyone everything exactly except exchange expensive extra face fact faded fair"
    " fall fame family fast father favourite feel feels feet find fine first fish fits fitted five flat flight floor"
    " food foot forget form found free fresh friend friends from front full funny game garden gave gets ghost gift"
    " gifts girl girlfriend give given gives goes going good goods gotten grandma great groom group grow grown guess"
    " guest guests hair half hall hand hands hang happy hard hardly hate hater have head hear heat heavy hello help"
    " helps here high hill hint hold holds holiday home honest hope horse host hotel hour hours house however huge"
    " husband idea ideas image inch inches inside instead interview into item items just keep kept kids kilo kind"
    " kinds king kitchen know known lady lake lame lamp large last late later lean least leave left length less lets"
    " level lift light like liked likes limit line ling lion list little live living loft lone loner long look"
    " looking looks lose lost lots loud love lover lower lunch made mainly make makes many march match matter maybe"
    " mean meant measure meat meet member mentioned metal metre metres middle might milk mind mine minute minutes"
    " miss model moment money month months mood more morning most mostly mother mouth move much music must name near"
    " nearly necessary need needs never newborn nice nick night none normal north note nothing nurse ocean often"
    " okay once only open option options order other others outfit outside over page paid pair parents park part"
    " partner parts party past people perfect perhaps person phone photo pick picture piece pieces pint place plain"
    " plan plane plans plant play player please plumber plus point possible prefer present pretty price prices"
    " prince probably product products punk purpose push quality queen quick quickly quiet quite raise range rather"
    " read reader ready real really reason recommend reset rest rests return rice right river road rock room round"
    " rug rugs runner runs rust safe said sale same sand save says school season seat second seem seems seen sell"
    " send sense service several shall share shear sheep ship shipping shoes shop should show shown shows side sign"
    " similar simple simply since singer single sister site sitting size sizes skull sleep slip small smell snake"
    " sofas soft sold some somebody someone something sometimes song soon sort sound south space special spend split"
    " sport sports spot staff stain stand star stars start state stay step still stock stop store story street"
    " strong student stuff style such suggest suit suitable suits sure surprise sword table take taken takes talk"
    " tall teacher team teen teenager teens tell tells than thank thanks that their them then there these they thing"
    " things think this those though thought through thrown ticket tier tiger tight till time times tiny today"
    " toddler together told tomorrow tone tonight took total touch town track train travel tree trick trip truck"
    " true trust type types uncle under until upon used useful usual usually vacation very visit visitor wait walk"
    " wall wanna want wants warm wash watch water wear wearing weather week weekend weeks weight well went were west"
    " what whatever when where whether which while whole whose wide wife will wine wish with within without wolf"
    " woman women wonder word words work worker works world worn worth would write writer written wrong year years"
    " young your yours"
)
"""Words that people say in a shop and that name nothing in it."""
_VOWELS = frozenset("aeiouy")


class Spelling:
    """Finds the word that was meant.

    Args:
        words: words that can be meant, in small letters.
        known: stems that are words of their own, so never taken for a slip.
        stands: does a word stand in the shop's texts? Asked only of a word that would be taken for a slip.
    """

    def __init__(self, words: Collection[str], known: Collection[str], stands: Callable[[str], bool]) -> None:
        self._known = {*map(stem, words), *known}
        self._stands = stands
        self._near: dict[str, set[str]] = {}
        self._long: dict[tuple[str, int], list[str]] = {}
        for word in {each for each in words if len(each) >= _SHORTEST and each.isalpha()}:
            for form in _shortened(word):
                self._near.setdefault(form, set()).add(word)
            self._long.setdefault((word[0], len(word)), []).append(word)

    def meant(self, word: str) -> str:
        """The word that was meant; "" when the word is known, or when nothing or several could be meant."""
        if len(word) < _SHORTEST or not word.isalpha() or any(self._is_word(form) for form in _bases(word)):
            return ""
        near = self._one_off(word) or (self._one_off(word[:-1]) if word.endswith("s") else set())
        if not near and len(word) > _ORDINARY:
            same = [each for size in range(-2, 3) for each in self._long.get((word[0], len(word) + size), ())]
            near = {each for each in same if _slips(word, each) == 2 and not each.startswith(word[:-2])}
        return min(near) if len({stem(each) for each in near}) == 1 and not self._stands(word) else ""

    def _one_off(self, word: str) -> set[str]:
        """Words that can be meant, one slip away."""
        return {each for form in _shortened(word) for each in self._near.get(form, ()) if _one_slip(word, each)}

    def _is_word(self, word: str) -> bool:
        form = stem(word)
        return word in _EVERYDAY or form in self._known or bool(synonyms(form))


def stands_in(texts: Callable[[], Iterable[object]]) -> Callable[[str], bool]:
    """Does a word stand in any of some texts? Looked for when asked, and remembered."""
    seen: dict[str, bool] = {}

    def stands(word: str) -> bool:
        if word not in seen:
            pattern = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
            seen[word] = any(pattern.search(str(text)) for text in texts())
        return seen[word]

    return stands


def _bases(word: str) -> Iterator[str]:
    """The word, and what it may be a form of: "longer" long, "nicest" nice, "wearing" wear."""
    yield word
    for ending in ("s", "es", "ed", "er", "est", "ing", "ish", "ly", "y", "ness"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            base = word[: -len(ending)]
            yield from (base, f"{base}e", f"{base[:-1]}y")
            if base[-1] == base[-2]:
                yield base[:-1]


def _one_slip(word: str, meant: str) -> bool:
    """Is one letter more, less, other or at its neighbour's place? In short words only vowels are others."""
    if len(word) < _SHORTEST or word[0] != meant[0] or _slips(word, meant) != 1:
        return False
    if sorted(word) == sorted(meant):
        return len(word) > _SHORTEST
    if len(word) > _SHORT or len(word) != len(meant):
        return True
    return all({one, other} <= _VOWELS for one, other in zip(word, meant, strict=True) if one != other)


def _slips(word: str, meant: str) -> int:
    """Letters more, less, other or swapped with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for at, letter in enumerate(word, 1):
        older, before, row = before, row, [at]
        for to, other in enumerate(meant, 1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != other))
            if at > 1 and to > 1 and letter == meant[to - 2] and word[at - 2] == other:
                cost = min(cost, older[to - 2] + 1)
            row.append(cost)
    return row[-1]


def _shortened(word: str) -> Iterator[str]:
    """The word, and the word less any one letter: words one slip apart share such a form."""
    yield word
    yield from (word[:at] + word[at + 1 :] for at in range(len(word)))
