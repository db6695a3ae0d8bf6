"""What is named next: small conversations in which the answer is known."""

import numpy as np
import pytest

from tastemaker.core.errors import FitError
from tastemaker.recommenders.mentions import EVIDENCE, Mentions, Utterance

TITLES = ["Alien (1979)", "Aliens (1986)", "Frozen (2013)", "Frozen II (2019)", "Heat (1995)", "The Green Mile (1999)"]


def said(text, *films, seeker=True):
    return Utterance(text, seeker, films)


def test_titles_are_found_in_words():
    films = Mentions(TITLES)
    assert films.named("I saw the green mile and Frozen II!") == (5, 3)
    assert films.named("Frozen") == (2,)
    assert films.named("the heat was great") == ()  # one short word
    assert films.named("") == ()


def dialogues():
    """Who speaks of 0 is told of 4; the others of 5."""
    found = []
    for at in range(20):
        first, then = (0, 4) if at % 2 else (2, 5)
        found.append([said("hello"), said("I love this one", first), said("watch it", then, seeker=False)])
    return found


def test_what_is_named_together_comes_next():
    films = Mentions(TITLES).fit(dialogues())
    assert int(films.score([said("I love this one", 0)]).argmax()) == 4
    assert int(films.score([said("I love this one", 2)]).argmax()) == 5
    assert set(films.weights) == set(EVIDENCE)


def test_evidence_by_hand():
    films = Mentions(TITLES).fit(dialogues())
    told = dict(zip(EVIDENCE, films._evidence([said("I love Alien", 0), said("and heat")]).T, strict=True))
    assert told["known"].tolist() == pytest.approx(np.log1p([10, 0, 10, 0, 10, 10]).tolist())
    assert told["said"].tolist() == [0.5, 0, 0, 0, 0, 0]
    assert told["warmth"].tolist() == [1, 0, 0, 0, 0, 0]
    assert told["together"].tolist() == pytest.approx([0, 0, 0, 0, 2 * 10 / 10, 0])
    assert told["by other"].tolist() == [0] * 6
    assert told["in words"][4] == pytest.approx(1.0)
    assert told["in words"][5] == 0


def test_a_case_does_not_count_its_own_part():
    films = Mentions(TITLES).fit(dialogues())
    part = films._evidence([said("x", 0)], without=0)[:, EVIDENCE.index("known")]
    assert part.tolist() == pytest.approx(np.log1p([8, 0, 8, 0, 8, 8]).tolist())


def test_a_hated_film_pulls_less_than_a_loved_one():
    films = Mentions(TITLES).fit(dialogues())
    together = EVIDENCE.index("together")
    loved = films._evidence([said("I love it", 0)])[4, together]
    hated = films._evidence([said("I hate it", 0)])[4, together]
    assert hated < loved


def test_the_same_again_and_what_cannot_be_learned():
    first, second = (Mentions(TITLES).fit(dialogues()).score([said("x", 0)]) for _ in range(2))
    assert np.array_equal(first, second)
    with pytest.raises(FitError, match="names an item"):
        Mentions(TITLES).fit([[said("hello")]])
    with pytest.raises(FitError, match="nothing was learned"):
        Mentions(TITLES).score([])
