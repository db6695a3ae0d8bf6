"""The shop's words as tokens, and the marks that stand for what is no word.

Words stay whole; what was never seen is read letter by letter. Marks are added to whatever tokenizer there is, so a
pretrained one is used in the same way. No text can spell a mark: its brackets are taken out of everything that is read.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Self

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

ANSWERS = ("words", "items", "picture")
"""Marks that begin an answer of each kind."""
SLOTS = ("text", "picture", "pixels", "thing", "history", "taste")
"""Inputs that are no words; each slot is filled by its adaptor."""
SHOP, END, NAME, PRICE = "<shop>", "<end>", "<name>", "<price>"
"""The shop speaks; it is done; the title, and the price, of the item spoken of, which are looked up and not written."""
WORD = r"[\w'’&-]+|[^\w\s]"
MAX_CHARACTERS = 2_000
_TIGHT = re.compile(r" (?=[.,:;!?])")


class Vocabulary:
    """A tokenizer with marks.

    Args:
        serialized: the tokenizer, as the ``tokenizers`` library writes it.
    """

    def __init__(self, serialized: str) -> None:
        self._tokenizer = Tokenizer.from_str(serialized)
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    @classmethod
    def fit(cls, texts: Iterable[str], *, most: int, min_count: int = 2) -> Self:
        """Learn the words of some texts; the same texts give the same tokens.

        Args:
            texts: everything that can be said.
            most: words, the most frequent ones.
            min_count: a word must occur this often.
        """
        plain = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
        split = pre_tokenizers.Split(Regex(WORD), "removed", invert=True)
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(word for word, _ in split.pre_tokenize_str(plain.normalize_str(text[:MAX_CHARACTERS])))
        letters = sorted({letter for word in counts for letter in word})
        often = sorted((word for word, n in counts.items() if n >= min_count), key=lambda word: (-counts[word], word))
        pieces = dict.fromkeys(["[UNK]", *letters, *(f"##{letter}" for letter in letters), *often[:most]])
        numbers = {piece: number for number, piece in enumerate(pieces)}
        made = Tokenizer(models.WordPiece(numbers, unk_token="[UNK]", max_input_chars_per_word=40))
        made.normalizer, made.pre_tokenizer = plain, split
        made.decoder = decoders.WordPiece(cleanup=False)
        return cls(made.to_str())

    def marked(self, codes: Sequence[int], signals: int) -> Self:
        """The same with all marks; what has them already stays as it is.

        Args:
            codes: number of codes of each level of an item's id.
            signals: tokens that ask for a picture.
        """
        marks = [f"<{name}>" for name in (*ANSWERS, *(f"{slot}-in" for slot in SLOTS))] + [SHOP, END, NAME, PRICE]
        marks += [_signal(at) for at in range(signals)]
        marks += [_code(level, code) for level, size in enumerate(codes) for code in range(size)]
        self._tokenizer.add_special_tokens([AddedToken(mark, special=True, normalized=False) for mark in marks])
        return self

    @property
    def size(self) -> int:
        """Number of tokens, marks included."""
        return int(self._tokenizer.get_vocab_size(with_added_tokens=True))

    def to_text(self) -> str:
        """All of it as one text, for storage."""
        return str(self._tokenizer.to_str())

    def mark(self, name: str) -> int:
        """Number of a mark.

        Raises:
            KeyError: there is none.
        """
        found = self._tokenizer.token_to_id(name)
        if found is None:
            raise KeyError(name)
        return int(found)

    @property
    def first_mark(self) -> int:
        """Number of the first mark; they all come last."""
        return min(self.mark(f"<{name}>") for name in ANSWERS)

    def slot(self, name: str) -> int:
        """Number of the mark that an adaptor's tokens take the place of."""
        return self.mark(f"<{name}-in>")

    def signals(self, count: int) -> list[int]:
        """Numbers of the marks that ask for a picture."""
        return [self.mark(_signal(at)) for at in range(count)]

    def codes(self, level: int) -> int:
        """Number of the first code of a level; the others follow."""
        return self.mark(_code(level, 0))

    def sizes(self) -> list[int]:
        """Number of codes of each level."""
        found: list[int] = []
        while self._tokenizer.token_to_id(_code(len(found), 0)) is not None:
            size = 1
            while self._tokenizer.token_to_id(_code(len(found), size)) is not None:
                size += 1
            found.append(size)
        return found

    def encode(self, text: str) -> list[int]:
        """Tokens of what somebody says; no marks. Beyond 2,000 characters nothing is read."""
        plain = text[:MAX_CHARACTERS].replace("<", " ").replace(">", " ")
        return [int(number) for number in self._tokenizer.encode(plain, add_special_tokens=False).ids]

    def answer(self, text: str) -> list[int]:
        """Tokens of what the shop says; marks are marks."""
        return [int(number) for number in self._tokenizer.encode(text, add_special_tokens=False).ids]

    def decode(self, tokens: Sequence[int]) -> str:
        """Text of some tokens, marks included."""
        return _TIGHT.sub("", str(self._tokenizer.decode(list(tokens), skip_special_tokens=False))).strip()


def _signal(at: int) -> str:
    return f"<signal-{at}>"


def _code(level: int, code: int) -> str:
    return f"<code-{level}-{code}>"
