"""The encoder kit accepts an honest encoder and catches the usual ways to be none."""

import numpy as np
import pytest

from tastemaker.core.seeds import generator
from tastemaker.testing.contract import ContractBroken
from tastemaker.testing.encoders import check_encoder

TEXTS = ("red dress", "", "a blue sofa", "x" * 500)


class Letters:
    """Counts letters, through a learned projection."""

    modality = "text"
    dim = 8

    def __init__(self, weights=None):
        self.weights = generator(0, "letters").normal(size=(256, self.dim)) if weights is None else weights

    def encode(self, batch):
        counts = np.array([np.bincount(list(text.encode()), minlength=256) for text in batch]).reshape(-1, 256)
        return self.unit((counts + 0.1) @ self.weights)

    def unit(self, vectors):
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)

    def tensors(self):
        return {"weights": self.weights}


def restore(tensors):
    return Letters(tensors["weights"])


def test_an_honest_encoder_passes():
    check_encoder(Letters(), TEXTS, restore)


class Smell(Letters):
    modality = "smell"


class Loose(Letters):
    def unit(self, vectors):
        return vectors.astype(np.float32)


class Precise(Letters):
    def unit(self, vectors):
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class Crowd(Letters):
    def unit(self, vectors):
        return super().unit(vectors - vectors.mean(axis=0) if len(vectors) > 1 else vectors)


class Numb(Letters):
    def encode(self, batch):
        return self.unit(np.ones((len(batch), self.dim)))


@pytest.mark.parametrize(
    ("broken", "says"),
    [(Smell, "modality"), (Loose, "not 1"), (Precise, "float64"), (Crowd, "one by one"), (Numb, "the same vector")],
)
def test_others_are_caught(broken, says):
    with pytest.raises(ContractBroken, match=says):
        check_encoder(broken(), TEXTS, restore)


def test_an_encoder_that_forgets_is_caught():
    with pytest.raises(ContractBroken, match="after restoring"):
        check_encoder(Letters(), TEXTS, lambda tensors: Letters(tensors["weights"][::-1]))
    encoder = Letters()
    encoder.tensors = lambda: {"weights": np.array([None])}
    with pytest.raises(ContractBroken, match="Python objects"):
        check_encoder(encoder, TEXTS, restore)
