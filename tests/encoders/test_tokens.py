import numpy as np
import pytest

from tastemaker.encoders.tokens import Tokens, pad

TEXTS = ["Red cotton dress"] * 3 + ["Blue cotton shirt"] * 2 + ["Redwood table"]


def test_frequent_words_stay_whole_and_case_does_not_matter():
    tokens = Tokens.fit(TEXTS)
    assert tokens.encode(["red COTTON Dréss"]) == tokens.encode(["Red cotton dress"])
    assert len(tokens.encode(["red cotton dress"])[0]) == 3


def test_an_unseen_word_is_read_in_pieces():
    tokens = Tokens.fit(TEXTS)
    pieces = tokens.encode(["redder"])[0]
    assert len(pieces) > 1
    assert 1 not in pieces  # no unknown token: every letter was seen


def test_the_same_texts_give_the_same_vocabulary_in_any_order():
    assert Tokens.fit(TEXTS).to_text() == Tokens.fit(TEXTS[::-1]).to_text()


@pytest.mark.parametrize("text", ["", "...", "🟥", "красный", "x" * 1_000_000, "\0\n\t"])
def test_any_text_is_read(text):
    tokens = Tokens.fit(TEXTS)
    assert all(0 <= number < tokens.size for number in tokens.encode([text])[0])


def test_no_words_at_all_give_an_empty_vocabulary():
    tokens = Tokens.fit(["", ""])
    assert tokens.size == 2
    assert tokens.encode(["anything"]) == [[1]]


def test_size_is_bounded_and_survives_storage():
    tokens = Tokens.fit([f"word{i} " * 2 for i in range(500)], vocabulary=100)
    assert tokens.size <= 100
    again = Tokens(tokens.to_text())
    assert again.encode(["word7 and more"]) == tokens.encode(["word7 and more"])


def test_pad_fills_and_cuts():
    np.testing.assert_array_equal(pad([[1, 2, 3], [4], []], 2), [[1, 2], [4, 0], [0, 0]])
    assert pad([], 5).shape == (0, 1)
