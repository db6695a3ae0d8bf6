"""Words -> token numbers, by a WordPiece vocabulary fitted on the catalog's own words.

A shop's words are its brands, colours and kinds: a vocabulary of its own keeps most of them whole, and whatever a
person types later is read in pieces. Lower case, accents dropped.
"""

from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from tastemaker.core.types import Ints

MAX_CHARACTERS = 20_000
"""Of one text; what is beyond is not read."""


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
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.WordPieceTrainer(
            vocab_size=vocabulary, min_frequency=min_count, special_tokens=["[PAD]", "[UNK]"], show_progress=False
        )
        tokenizer.train_from_iterator((text[:MAX_CHARACTERS] for text in texts), trainer)
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
