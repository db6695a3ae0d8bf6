"""Consent before anything, and what the default policy refuses."""

from dataclasses import replace

import pytest

from tastemaker.core.errors import InputError
from tastemaker.studio.body import read
from tastemaker.studio.dressing import face_of
from tastemaker.studio.people import ask_consent, careful
from tests.studio.scenes import mannequin


@pytest.fixture(scope="module")
def body():
    return read(mannequin())


def test_consent():
    ask_consent(given=True)
    with pytest.raises(InputError) as caught:
        ask_consent(given=False)
    assert "--consent" in caught.value.hint


def test_a_dressed_grown_person_passes_and_so_does_nobody(body):
    photo = mannequin()
    assert careful(photo, body) is None
    assert careful(photo, None) is None
    grown = replace(body, face=(174, 24, 210, 72))  # a head of 60 px in a figure of 470
    assert careful(photo, grown) is None


def test_mostly_skin_is_refused(body):
    assert "skin" in careful(mannequin(), replace(body, skin=body.mask))


def test_the_proportions_of_a_child_are_refused(body):
    child = replace(body, face=(150, 18, 234, 102))  # a head of 105 px in a figure of 490
    assert "child" in careful(mannequin(), child)


def test_a_face_is_kept_and_a_hat_may_touch_its_brow(body):
    with_face = replace(body, face=(174, 24, 210, 72))
    whole, lower = face_of(with_face), face_of(with_face, brow=0.25)
    assert whole[30, 192]
    assert not lower[30, 192]
    assert lower[60, 192]
    assert not face_of(body).any()
