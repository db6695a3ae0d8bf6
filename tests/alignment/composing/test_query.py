import numpy as np
import pytest
from PIL import Image

from tastemaker.alignment.composing.query import Query, Weights, compose
from tastemaker.alignment.space import ItemVectors, Space
from tastemaker.core.errors import InputError

AXES = {"dress": 0, "red": 1, "striped": 2, "cheap": 3}


class ToySpace(Space):
    """Each known word is an axis; a picture's red channel is "red", its green channel "dress"."""

    name = "toy"
    dim = 4

    def __init__(self, config=None, *, checkpoint=None):
        pass

    def embed_texts(self, texts):
        vectors = np.zeros((len(texts), 4), np.float32)
        for n, text in enumerate(texts):
            for word in text.split():
                if word in AXES:
                    vectors[n, AXES[word]] = 1
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    def embed_pictures(self, pictures):
        seen = np.array([[p.getpixel((0, 0))[1], p.getpixel((0, 0))[0], 0, 0] for p in pictures], np.float32)
        return seen / np.linalg.norm(seen, axis=1, keepdims=True)

    def fit(self, catalog, observer=None):
        return self

    def embed_items(self, catalog, rows, observer=None):
        raise NotImplementedError

    def tensors(self):
        return {}

    def settings(self):
        return {}

    @classmethod
    def restore(cls, settings, tensors):
        return cls()


SPACE = ToySpace()
GREEN = Image.new("RGB", (1, 1), (0, 255, 0))  # a dress
ITEMS = np.eye(4, dtype=np.float32)


def test_words_alone_are_their_own_vector():
    np.testing.assert_allclose(compose(SPACE, Query(text="red")), [0, 1, 0, 0])


def test_picture_and_change_are_added_at_four_to_six():
    want = np.array([0.4, 0.6, 0, 0]) / np.sqrt(0.52)
    np.testing.assert_allclose(compose(SPACE, Query(image=GREEN, change="red")), want, rtol=1e-6)


def test_a_picture_beside_words_has_equal_say():
    np.testing.assert_allclose(
        compose(SPACE, Query(image=GREEN, text="red")), np.array([1, 1, 0, 0]) / np.sqrt(2), rtol=1e-6
    )


def test_items_stand_in_for_the_picture():
    vectors = ItemVectors(ITEMS, {})
    with_items = compose(SPACE, Query(items=(0,), change="red"), vectors)
    np.testing.assert_allclose(with_items, compose(SPACE, Query(image=GREEN, change="red")), rtol=1e-6)
    np.testing.assert_allclose(
        compose(SPACE, Query(items=(0, 1)), vectors), np.array([1, 1, 0, 0]) / np.sqrt(2), rtol=1e-6
    )


def test_what_is_refused_pushes_away_and_is_shared_among_refusals():
    query = Query(text="dress", avoid=("striped", "red"), weights=Weights(avoid=0.5))
    np.testing.assert_allclose(compose(SPACE, query), np.array([1, -0.25, -0.25, 0]) / np.sqrt(1.125), rtol=1e-6)


def test_taste_of_any_length_weighs_the_same():
    short = compose(SPACE, Query(text="red", taste=np.array([0, 0, 0, 0.1])))
    long = compose(SPACE, Query(text="red", taste=np.array([0, 0, 0, 9.0])))
    np.testing.assert_allclose(short, long, rtol=1e-6)
    assert short[1] > short[3] > 0


@pytest.mark.parametrize(
    "query",
    [
        Query(),
        Query(text="  "),
        Query(text="unheard"),
        Query(avoid=("red",)),
        Query(items=(0,)),
        Query(text="red", avoid=("red",), weights=Weights(avoid=1.0)),
    ],
)
def test_nothing_to_search_for_is_said(query):
    with pytest.raises(InputError, match="nothing to search for"):
        compose(SPACE, query)
