"""Words -> token numbers, by a WordPiece vocabulary fitted on the catalog's own words.

A shop's words are its brands, colours and kinds: they stay whole, and whatever a person types later is read in pieces,
longest known piece first. Lower case, accents dropped. The vocabulary is counted here and not by a trainer of the
``tokenizers`` library: that one breaks ties by chance, so two fits on the same catalog would give two spaces.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from tastemaker.core.types import Ints

MAX_CHARACTERS = 20_000
"""Of one text; what is beyond is not read."""
MAX_WORD = 40
"""A longer word is no word."""
SHARED = 5
"""A beginning or an ending is a piece when this many words have it."""


class Tokens:
    """A fitted vocabulary.

    Args:
        serialized: what :meth:`to_text` gave.
    """

    def __init__(self, serialized: str) -> None:
        self._tokenizer = Tokenizer.from_str(serialized)

    @classmethod
    def fit(cls, texts: Iterable[str], *, vocabulary: int = 8000, min_count: int = 2) -> Self:
        """Learn a vocabulary.

        Args:
            texts: all words of the catalog.
            vocabulary: most tokens there may be.
            min_count: a piece must occur this often.
        """
        normalizer, splitter = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
        words: Counter[str] = Counter()
        for text in texts:
            plain = normalizer.normalize_str(text[:MAX_CHARACTERS])
            words.update(word for word, _ in splitter.pre_tokenize_str(plain) if len(word) <= MAX_WORD)
        pieces = _pieces(words, vocabulary - 2, min_count)
        numbers = {piece: number for number, piece in enumerate(("[PAD]", "[UNK]", *pieces))}
        tokenizer = Tokenizer(models.WordPiece(numbers, unk_token="[UNK]"))
        tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer, splitter
        return cls(tokenizer.to_str())

    @property
    def size(self) -> int:
        """Number of tokens."""
        return int(self._tokenizer.get_vocab_size())

    def to_text(self) -> str:
        """The whole vocabulary as one text, for storage."""
        return str(self._tokenizer.to_str())

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Token numbers of each text; punctuation says nothing here and is left out."""
        encodings = self._tokenizer.encode_batch([text[:MAX_CHARACTERS] for text in texts])
        return [
            [number for number, token in zip(e.ids, e.tokens, strict=True) if token.strip("#").isalnum() or number == 1]
            for e in encodings
        ]


def pad(sequences: Sequence[Sequence[int]], length: int) -> Ints:
    """Sequences as one matrix, filled up with 0, cut at ``length``. Shapes: -> (n, longest), at least one column."""
    longest = max(1, min(length, max(map(len, sequences), default=1)))
    matrix = np.zeros((len(sequences), longest), np.int64)
    for place, sequence in enumerate(sequences):
        matrix[place, : min(len(sequence), longest)] = sequence[:longest]
    return matrix


def _pieces(words: Counter[str], most: int, min_count: int) -> list[str]:
    """Single characters, then whole words and the beginnings and endings that several words share, by how often."""
    characters: Counter[str] = Counter()
    for word, n in words.items():
        characters.update({mark + char: n * word.count(char) for mark in ("", "##") for char in word})
    wanted = Counter({word: n for word, n in words.items() if n >= min_count and len(word) > 1})
    shared: Counter[str] = Counter()
    for word in words:
        shared.update(word[:cut] for cut in range(2, len(word)))
        shared.update("##" + word[cut:] for cut in range(1, len(word) - 1))
    wanted.update({piece: n for piece, n in shared.items() if n >= SHARED})
    first = _by_count(characters)[: most // 2]
    return first + [piece for piece in _by_count(wanted) if piece not in characters][: most - len(first)]


def _by_count(counts: Counter[str]) -> list[str]:
    """Most frequent first; ties in the order of the alphabet."""
    return sorted(counts, key=lambda piece: (-counts[piece], piece))
