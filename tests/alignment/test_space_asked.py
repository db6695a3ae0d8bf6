"""Texts of requests from many threads get the vectors that they get alone."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from tastemaker.testing.fixed_space import FixedSpace

TEXTS = ["red circle", "blue square", "", "green stripes, but in red"]


def test_asked_together_or_alone_is_the_same():
    space = FixedSpace()
    alone = {text: space.embed_texts([text])[0] for text in TEXTS}
    asked = [[TEXTS[n % 4], TEXTS[n % 3]] for n in range(64)]
    with ThreadPoolExecutor(8) as pool:
        for given, vectors in zip(asked, pool.map(space.embed_asked, asked), strict=True):
            np.testing.assert_allclose(vectors, [alone[text] for text in given], atol=1e-6)
