"""A picture said as a word: a tower that sums its words, where the answer is known."""

import numpy as np
import torch

from tastemaker.alignment.composing.inversion import Inversion, Speaks
from tastemaker.alignment.composing.query import Term

DIM = 8
WORDS = {"": np.zeros(DIM), "in blue": np.eye(DIM)[0]}


class Sums:
    """Says the made-up word, turned by a fixed matrix, plus a known direction for the words after it."""

    dim = DIM
    word_size = DIM
    turn = torch.from_numpy(np.linalg.qr(np.random.default_rng(1).normal(size=(DIM, DIM)))[0].astype(np.float32))

    def speak(self, words, said):
        after = torch.from_numpy(np.stack([WORDS[each] for each in said]).astype(np.float32))
        return torch.nn.functional.normalize(words @ self.turn + after, dim=1)


def unit(matrix):
    return (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32)


def test_a_word_comes_to_mean_its_picture_and_words_move_it():
    pictures = unit(np.random.default_rng(0).normal(size=(512, DIM)))
    assert isinstance(Sums(), Speaks)
    made = Inversion(DIM, DIM)
    before = (made.say(Sums(), pictures, [""] * 512) * pictures).sum(1).mean()
    made.learn(Sums(), pictures, epochs=20)
    alone = made.say(Sums(), pictures, [""] * 512)
    assert (alone * pictures).sum(1).mean() > 0.95 > before + 0.5
    moved = made.say(Sums(), pictures, ["in blue"] * 512)
    assert (moved[:, 0] >= alone[:, 0] - 1e-6).all()
    again = Inversion.restore(made.settings(), made.tensors())
    joined = again.join(Sums(), Term("picture", pictures[0], 1.0), Term("change", pictures[1], 1.0, "in blue"))
    np.testing.assert_allclose(joined, moved[0], atol=1e-6)
