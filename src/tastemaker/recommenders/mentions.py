"""What comes up next in a conversation: items by what was said so far, learned from past conversations.

Evidence of each item, given the utterances so far. How much each piece counts is learned (``nn.conditional_logit``)
from counts without the fifth of the conversations that the case is in: leaving out the case's own alone would give
every item that only this one names a count of 0, which no other has, and so give the answer away.

    known      log(1 + conversations that name it)
    year       how often things of its year are named, beside how many there are
    said       1 / (1 + utterances since it was named); and apart from it, whether the other side named it, and how
               warmly it was spoken of (love, hate, "seen it")
    together   sum over named items m of warmth(m) co(i, m) / sqrt(n_i n_m)
    alike      words that its title shares with the titles of named items (a series)
    in words   share of its title that stands in the last utterances, rarer words counting more
    context    likeness of the last utterances to those before it in past conversations, TF-IDF

Source: of our own making; that the entities of a conversation carry most of it: Chen et al., "Towards Knowledge-Based
Recommender Dialog System", EMNLP 2019. The data that it was measured on: Hayati et al., "INSPIRED", EMNLP 2020.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.sparse import csr_matrix

from tastemaker.alignment.language.wordforms import stems, word_set
from tastemaker.core.errors import FitError
from tastemaker.core.types import Bools, Doubles, Floats, Ints
from tastemaker.nn.conditional_logit import Weights, learn_weights

EVIDENCE = ("known", "year", "said", "by other", "warmth", "together", "alike", "in words", "context")
LAST = 6
"""Utterances that count as what is being talked about."""
DECAYS = (0.003, 0.03, 0.3)
PARTS = 5
"""Parts of the conversations; those of a case's own part are never counted as its evidence."""
_WARM = word_set(
    "love loved loves like liked enjoy enjoyed great favorite favourite amazing awesome good best fan excited"
)
_COLD = word_set(
    "hate hated dislike disliked boring bad terrible awful worst scary not never don't didn't wasn't isn't"
)
_SEEN = word_set("seen saw watched already")
_YEAR = re.compile(r"\((\d{4})\)\s*$")


@dataclass(frozen=True)
class Utterance:
    """One thing that was said.

    Attributes:
        text: the words.
        seeker: True when the person who looks for something said it.
        mentions: items that it names, as places in ``titles``.
    """

    text: str
    seeker: bool
    mentions: tuple[int, ...] = ()


Dialogue = Sequence[Utterance]


class Mentions:
    """Items by what was said so far.

    Args:
        titles: of all items, in order; a year in brackets at the end is read as its year.
    """

    def __init__(self, titles: Sequence[str]) -> None:
        self._words = [frozenset(stems(_YEAR.sub("", title))) for title in titles]
        found = [_YEAR.search(title) for title in titles]
        self._years = np.array([int(year[1]) if year else 0 for year in found], np.int64)
        self._phrases = {tuple(stems(_YEAR.sub("", title))): at for at, title in enumerate(titles)}
        self._longest = max((len(phrase) for phrase in self._phrases), default=0)
        self._weights: Weights | None = None
        self._learn_memory([])

    @property
    def size(self) -> int:
        """How many items there are."""
        return len(self._words)

    def named(self, text: str) -> tuple[int, ...]:
        """Items whose whole title stands in a text; a title of one short word is not believed.

        Returns:
            Places in ``titles``, in the order of the text.
        """
        words, found, at = stems(text), [], 0
        while at < len(words):
            for length in range(min(self._longest, len(words) - at), 0, -1):
                place = self._phrases.get(words[at : at + length])
                if place is not None and (length > 1 or len(words[at]) > 5):
                    found.append(place)
                    at += length - 1
                    break
            at += 1
        return tuple(dict.fromkeys(found))

    def fit(self, dialogues: Sequence[Dialogue]) -> Self:
        """Learn from past conversations: counts, and how much each piece of evidence counts.

        Every utterance of the other side that names an item is a case; the weight decay is the one of three under
        which conversations that were held out are likeliest.

        Raises:
            FitError: nobody names an item.
        """
        self._learn_memory(dialogues)
        owners, cases = self._cases(dialogues)
        if not cases:
            raise FitError("no conversation names an item", hint="give utterances with `mentions`")
        losses = [sum(self._held_out(owners, cases, decay, part) for part in range(PARTS)) for decay in DECAYS]
        self._weights = learn_weights(cases, DECAYS[int(np.argmin(losses))])
        return self

    def score(self, so_far: Dialogue) -> Floats:
        """How likely each item comes next, as logits. Shapes: -> (items,).

        Raises:
            FitError: nothing was learned yet.
        """
        if self._weights is None:
            raise FitError("nothing was learned from conversations yet", hint="call fit")
        return np.asarray(self._weights.parts(self._evidence(so_far)).sum(axis=1), np.float32)

    @property
    def weights(self) -> dict[str, float]:
        """How much each piece of evidence counts, on a common scale; {} before the fit."""
        if self._weights is None:
            return {}
        return dict(zip(EVIDENCE, self._weights.weight.astype(float).tolist(), strict=True))

    def _learn_memory(self, dialogues: Sequence[Dialogue]) -> None:
        """Counts of past conversations, each apart, so that one can be left out."""
        size = len(self._words)
        self._named_in = np.zeros((len(dialogues), size), np.float32)
        contexts, owners, items = [], [], []
        for at, dialogue in enumerate(dialogues):
            for place, said in enumerate(dialogue):
                self._named_in[at, list(said.mentions)] = 1.0
                for item in said.mentions:
                    contexts.append(_spoken(dialogue[:place]))
                    owners.append(at)
                    items.append(item)
        counts = Counter(word for text in contexts for word in set(text))
        self._column = {word: at for at, word in enumerate(sorted(word for word, n in counts.items() if n > 1))}
        self._rarity = np.array([np.log(len(contexts) / counts[word]) + 1 for word in self._column], np.float32)
        self._contexts = self._tfidf(contexts)
        self._owners, self._items = np.array(owners, np.int64), np.array(items, np.int64)
        titled = Counter(word for words in self._words for word in words)
        self._weight_of = {word: float(np.log(1 + size / n)) for word, n in titled.items()}
        self._by_word: dict[str, list[int]] = {}
        for at, words in enumerate(self._words):
            for word in words:
                self._by_word.setdefault(word, []).append(at)
        self._whole = np.array([sum(self._weight_of[word] for word in words) or 1.0 for words in self._words])

    def _cases(self, dialogues: Sequence[Dialogue]) -> tuple[Ints, list[Floats]]:
        """Cases of past conversations, the item that was named first, and whose each is. Shapes: (cases,)."""
        owners, cases = [], []
        for at, dialogue in enumerate(dialogues):
            for place, said in enumerate(dialogue):
                for item in said.mentions if not said.seeker else ():
                    evidence = self._evidence(dialogue[:place], without=at % PARTS)
                    order = np.concatenate([[item], np.delete(np.arange(len(evidence)), item)])
                    owners.append(at)
                    cases.append(evidence[order])
        return np.array(owners, np.int64), cases

    @staticmethod
    def _held_out(owners: Ints, cases: Sequence[Floats], decay: float, part: int) -> float:
        """Negative log-likelihood of the conversations of a part under weights of the others."""
        held = owners % PARTS == part
        if held.all() or not held.any():
            return 0.0
        weights = learn_weights([case for case, out in zip(cases, held, strict=True) if not out], decay)
        total = 0.0
        for case in (case for case, out in zip(cases, held, strict=True) if out):
            logits = weights.parts(case).sum(axis=1).astype(np.float64)
            total += float(np.log(np.exp(logits - logits.max()).sum()) + logits.max() - logits[0])
        return total

    def _evidence(self, so_far: Dialogue, without: int | None = None) -> Floats:
        """Every piece of evidence of every item. Shapes: -> (items, evidence)."""
        size = len(self._words)
        memory = np.arange(len(self._named_in)) % PARTS != (PARTS if without is None else without)
        known = self._named_in[memory].sum(axis=0)
        said, other, warmth = np.zeros(size), np.zeros(size), np.zeros(size)
        for place, utterance in enumerate(so_far):
            spoken = _warmth(utterance.text)
            after = so_far[place + 1] if place + 1 < len(so_far) else None
            spoken += _warmth(after.text) if after is not None and after.seeker and not after.mentions else 0.0
            for item in utterance.mentions:
                said[item] = 1.0 / (len(so_far) - place)
                other[item] = float(not utterance.seeker)
                warmth[item] += np.clip(spoken, -1.0, 1.0)
        context = self._like_context(so_far, memory)
        together = self._together(said, warmth, memory, known)
        titles = (self._alike(said), self._in_words(so_far))
        columns = [np.log1p(known), self._by_year(known), said, other, warmth, together, *titles, context]
        return np.stack(columns, axis=1).astype(np.float32)

    def _by_year(self, known: Floats) -> Doubles:
        """How often things of each item's year are named, beside how many there are. Shapes: (items,)."""
        _, year = np.unique(self._years, return_inverse=True)
        named, there = np.bincount(year, weights=known), np.bincount(year)
        return np.asarray(np.log((named + 1.0) / (there + 1.0))[year], np.float64)

    def _together(self, said: Doubles, warmth: Doubles, memory: Bools, known: Floats) -> Doubles:
        """Named together in other conversations with what is named in this one. Shapes: (items,)."""
        named = np.flatnonzero(said > 0)
        table = self._named_in[memory]
        both = (table.T @ table[:, named]).astype(np.float64)
        both[named, np.arange(len(named))] = 0.0
        scale = np.sqrt(np.maximum(1.0, known)[:, None] * np.maximum(1.0, known[named])[None])
        return np.asarray((both / scale) @ (1.0 + warmth[named]), np.float64)

    def _alike(self, said: Doubles) -> Doubles:
        """Words shared with the titles of what is named, the item itself left out. Shapes: (items,)."""
        named = np.flatnonzero(said > 0).tolist()
        found = np.zeros(len(self._words))
        for item in named:
            shared = self._title_share(self._words[item])
            shared[item] = 0.0
            found = np.maximum(found, shared)
        return found

    def _in_words(self, so_far: Dialogue) -> Doubles:
        """Share of each title that stands in what was said last, the latest counting most. Shapes: (items,)."""
        found = np.zeros(len(self._words))
        for age, utterance in enumerate(reversed(so_far[-LAST:])):
            found = np.maximum(found, self._title_share(frozenset(stems(utterance.text))) / (1.0 + 0.5 * age))
        return found

    def _title_share(self, words: frozenset[str]) -> Doubles:
        """Share of each title's words among some words, rarer ones counting more. Shapes: (items,)."""
        found = np.zeros(len(self._words))
        for word in words:
            for item in self._by_word.get(word, ()):
                found[item] += self._weight_of[word]
        return np.asarray(found / self._whole, np.float64)

    def _like_context(self, so_far: Dialogue, memory: Bools) -> Doubles:
        """Likeness to what was said before each item in other conversations. Shapes: (items,)."""
        found = np.zeros(len(self._words))
        kept = memory[self._owners] if len(self._owners) else np.zeros(0, np.bool_)
        if not kept.any():
            return found
        near = np.asarray((self._contexts @ self._tfidf([_spoken(so_far)]).T).todense())[:, 0]
        np.maximum.at(found, self._items[kept], near[kept])
        return found

    def _tfidf(self, texts: Sequence[Sequence[str]]) -> csr_matrix:
        """Words as unit rows. Shapes: -> (n, words)."""
        rows, columns = [], []
        for row, text in enumerate(texts):
            known = [self._column[word] for word in text if word in self._column]
            rows += [row] * len(known)
            columns += known
        values = self._rarity[columns] if columns else np.zeros(0, np.float32)
        matrix = csr_matrix((values, (rows, columns)), (len(texts), len(self._column)), np.float32)
        length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)))
        return csr_matrix(matrix.multiply(1.0 / np.maximum(length, 1e-9)))


def _spoken(dialogue: Dialogue) -> list[str]:
    """The words of the last utterances."""
    return [word for utterance in dialogue[-LAST:] for word in stems(utterance.text)]


def _warmth(text: str) -> float:
    """How warmly a text speaks: 1 for love, -1 for hate; somebody who has seen it wants another."""
    words = text.casefold().split()
    warm = sum(word.strip(".,!?") in _WARM for word in words)
    cold = sum(word.strip(".,!?") in _COLD for word in words)
    seen = any(word.strip(".,!?") in _SEEN for word in words)
    return float(np.sign(warm - 2 * cold)) - 0.5 * seen
