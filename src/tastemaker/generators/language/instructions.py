"""A catalog as questions and answers: dialogues simulated from its facts, and what people chose, drawn anew each step.

read       the words of an item -> its values
describe   its picture, or the item itself -> its values
find       wishes said in one turn or over several, a picture of something like it, a history -> the item
change     another item's picture and what is different -> the item
recommend  what somebody chose before -> what they chose next
compare    two items -> what is different
explain    an item and what was asked for -> what of it holds
draw       wishes or a picture -> signals that ask for a picture

Questions of one kind come in many phrasings and with parts left out, so that the model reads any of them. Answers state
values as the catalog writes them, and nothing else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from tastemaker.core.types import Bools, Ints
from tastemaker.generators.language.inputs import Asked
from tastemaker.generators.language.shelf import features_of, known_of
from tastemaker.generators.language.vocabulary import NAME, PRICE
from tastemaker.generators.material import Layout, Material

Kind = Literal["read", "describe", "find", "change", "recommend", "compare", "explain", "draw"]
SAID = 6
"""Values that are said of an item, those of the first attributes."""
READ = 24
"""Words of an item that are read at once; rows are as long as the longest of a batch."""
WISHES = 4
"""Values that somebody asks for, at most."""
CANDIDATES = 48
"""Items drawn by chance, among which one that is like another is looked for."""
FIND = ("something {}", "{}", "i look for {}", "a {} please", "do you have {}", "show me {}")
LIKE = ("something like this", "like this", "similar to this", "")
CHANGE = ("but {}", "in {}", "{} instead", "the same but {}", "{}")
DESCRIBE = ("what is this", "describe it", "tell me about it", "")
RECOMMEND = ("what would i like", "recommend something", "what suits me", "")
COMPARE = ("compare them", "what is the difference", "compare the first two")
EXPLAIN = ("{} . why this", "i look for {} . why", "{} . explain")
DRAW = ("draw {}", "imagine {}", "show me how {} could look", "a picture of {}")


@dataclass(frozen=True)
class Lesson:
    """A question and its answer.

    Attributes:
        asked: the question.
        said: what is answered in words; "" for none.
        target: place of the item that is answered with, or drawn; -1 for none.
        draws: is a picture asked for, instead of the item?
    """

    asked: Asked
    said: str = ""
    target: int = -1
    draws: bool = False


class Teacher:
    """Makes lessons of a material.

    Args:
        material: what there is to learn from.

    Attributes:
        features: what items are known by, see ``shelf``.
        able: places of items of which something is known, and that are not held back.
    """

    def __init__(self, material: Material) -> None:
        self.material = material
        self.features = features_of(material.vectors["text"], material.vectors["picture"])
        self.able = np.flatnonzero(known_of(self.features) & ~material.held)
        self._values = [[value.casefold() for value in values] for values in material.layout.attributes.values()]
        self._chosen: dict[int, list[tuple[int, int]]] = {}
        for person, history in enumerate(material.histories):
            for at, place in enumerate(history.tolist()):
                if at:
                    self._chosen.setdefault(place, []).append((person, at))
        self._makes: Mapping[Kind, Callable[[int, np.random.Generator], Lesson]] = {
            "read": self._read, "describe": self._describe, "find": self._find, "change": self._change,
            "recommend": self._recommend, "compare": self._compare, "explain": self._explain, "draw": self._draw,
        }  # fmt: skip

    def lesson(self, place: int, rng: np.random.Generator, kind: Kind) -> Lesson:
        """A lesson about an item.

        Args:
            place: of the item.
            rng: where chance comes from.
            kind: of lesson.
        """
        return self._makes[kind](place, rng)

    def _read(self, place: int, rng: np.random.Generator) -> Lesson:
        words = self.material.texts[place].split() if self.material.texts else []
        start = int(rng.integers(max(1, len(words) - READ // 2)))
        text = " ".join(words[start : start + READ]) if rng.random() < 0.5 else self._phrase(place, rng)
        return Lesson(Asked(f"{text} . {_one(DESCRIBE, rng)}"), self._said(place))

    def _describe(self, place: int, rng: np.random.Generator) -> Lesson:
        asked, way = Asked(_one(DESCRIBE, rng)), rng.random()
        if way < 0.5 and self.material.has["picture"][place]:
            asked = self._shown(place, rng, asked)
        elif way < 0.6:
            asked = replace(asked, text=self.material.vectors["text"][place])
        else:
            asked = replace(asked, things=self.features[[place]])
        return Lesson(asked, self._said(place))

    def _find(self, place: int, rng: np.random.Generator) -> Lesson:
        asked = Asked(self._phrase(place, rng))
        if rng.random() < 0.5:
            other = place if rng.random() < 0.3 else self._alike(place, rng)
            said = [_one(LIKE, rng), *([asked.words] if rng.random() < 0.75 else [])]
            asked = self._shown(other, rng, Asked(" . ".join(said)))
        return Lesson(self._remembered(place, rng, asked) if rng.random() < 0.3 else asked, target=place)

    def _change(self, place: int, rng: np.random.Generator) -> Lesson:
        other = self._alike(place, rng)
        mine = self.material.codes[place]
        new = np.flatnonzero((mine != self.material.codes[other]) & (mine > 0))
        words = " and ".join(self._value(place, at) for at in rng.permutation(new)[:2].tolist())
        asked = Asked(_one(CHANGE, rng).format(words) if words else _one(LIKE, rng))
        if rng.random() < 0.5:
            return Lesson(replace(asked, things=self.features[[other]]), target=place)
        return Lesson(self._shown(other, rng, asked), target=place)

    def _recommend(self, place: int, rng: np.random.Generator) -> Lesson:
        asked = self._remembered(place, rng, Asked(_one(RECOMMEND, rng)))
        return self._find(place, rng) if asked.history is None and asked.taste is None else Lesson(asked, target=place)

    def _compare(self, place: int, rng: np.random.Generator) -> Lesson:
        other = self._alike(place, rng)
        apart = self.material.codes[place] != self.material.codes[other]
        said = f"{self._said(place, apart)} {self._said(other, apart)}"
        return Lesson(Asked(_one(COMPARE, rng), things=self.features[[place, other]]), said)

    def _explain(self, place: int, rng: np.random.Generator) -> Lesson:
        wished = place if rng.random() < 0.6 else self._alike(place, rng)
        of = self._wishes(wished, rng)
        phrase = " . ".join(self._value(wished, at) for at in of)
        holds = np.isin(np.arange(len(self._values)), of) & (self.material.codes[place] == self.material.codes[wished])
        asked = Asked(_one(EXPLAIN, rng).format(phrase), things=self.features[[place]])
        return Lesson(asked, self._said(place, holds))

    def _draw(self, place: int, rng: np.random.Generator) -> Lesson:
        asked = Asked(_one(DRAW, rng).format(self._phrase(place, rng, ("{}",))))
        if rng.random() < 0.3:
            asked = self._shown(place if rng.random() < 0.5 else self._alike(place, rng), rng, asked)
        return Lesson(asked, self._said(place) if rng.random() < 0.25 else "", place, draws=True)

    def _value(self, place: int, at: int) -> str:
        return self._values[at][int(self.material.codes[place, at]) - 1]

    def _wishes(self, place: int, rng: np.random.Generator) -> list[int]:
        """Some attributes of an item, in any order."""
        known = rng.permutation(np.flatnonzero(self.material.codes[place]))
        return [int(at) for at in known[: 1 + int(rng.integers(WISHES))]]

    def _phrase(self, place: int, rng: np.random.Generator, phrases: Sequence[str] = FIND) -> str:
        """Some values of an item, as wishes of one turn or of several."""
        values = [self._value(place, at) for at in self._wishes(place, rng)]
        if rng.random() < 0.5:
            return _one(phrases, rng).format(" ".join(values))
        return " . ".join([_one(phrases, rng).format(" ".join(values[:1])), *values[1:]])

    def _said(self, place: int, which: Bools | None = None) -> str:
        """Values of an item; all where none of those is left. Shapes: which (attributes,)."""
        codes = np.asarray(self.material.codes[place], np.int64)
        some = codes if which is None else codes * which
        return said_of(self.material.layout, some if some.any() else codes)

    def _alike(self, place: int, rng: np.random.Generator) -> int:
        """Another item: of some drawn by chance the one that shares most values with this one."""
        others = self.able[rng.integers(0, len(self.able), CANDIDATES)]
        mine = self.material.codes[place]
        shared = ((self.material.codes[others] == mine) & (mine > 0)).sum(1) - len(mine) * (others == place)
        return int(others[int(np.argmax(shared))])

    def _shown(self, place: int, rng: np.random.Generator, asked: Asked) -> Asked:
        """The question with an item's picture, as a vector, as pixels, or both; the item where it has no picture."""
        if not self.material.has["picture"][place]:
            return replace(asked, things=self.features[[place]])
        way = int(rng.integers(3))
        vector, pixels = self.material.vectors["picture"][place], self.material.frames[place]
        return replace(asked, picture=vector if way != 1 else None, pixels=pixels if way != 0 else None)

    def _remembered(self, place: int, rng: np.random.Generator, asked: Asked) -> Asked:
        """The question with what somebody chose before they chose an item: the items, their taste, or both."""
        if place not in self._chosen:
            return asked
        people = self._chosen[place]
        person, at = people[int(rng.integers(len(people)))]
        before = self.material.histories[person][:at]
        before = before[before != place]
        taste = self.material.vectors["behaviour"][before].sum(0)
        length, way = float(np.linalg.norm(taste)), int(rng.integers(4))
        if not len(before):
            return asked
        history = self.features[before] if way != 1 or not length else None
        return replace(asked, history=history, taste=taste / length if way in (1, 2) and length else None)


def said_of(layout: Layout, codes: Ints) -> str:
    """Values of an item as the shop says them, its name and price to be looked up. Shapes: codes (attributes,)."""
    values = list(layout.values(codes).values())[:SAID]
    return f"{NAME} : {' , '.join([*(value.casefold() for value in values), f'for {PRICE}'])} ."


def values_in(layout: Layout, said: str) -> dict[str, str]:
    """The attribute values that a text of the model states, by attribute; of several the first."""
    pieces = [piece.strip(" .,") for part in said.split(":") for piece in part.split(",")]
    found: dict[str, str] = {}
    for name, values in layout.attributes.items():
        known = {" ".join(value.casefold().split()): value for value in values}
        stated = [known[piece] for piece in pieces if piece in known]
        if stated:
            found[name] = stated[0]
    return found


def texts_of(material: Material) -> list[str]:
    """All words that the model should know whole: the items' own, values, and those of the questions."""
    phrases = (FIND, LIKE, CHANGE, DESCRIBE, RECOMMEND, COMPARE, EXPLAIN, DRAW)
    values = [value for values in material.layout.attributes.values() for value in values]
    own = [phrase.replace("{}", " ") for some in phrases for phrase in some] + [": , . for and instead"]
    return [*material.texts, *(2 * values), *(2 * own)]


def _one(phrases: Sequence[str], rng: np.random.Generator) -> str:
    return phrases[int(rng.integers(len(phrases)))]
