"""Sizes out of attributes and words, in metres; what is guessed says so."""

import pytest

from tastemaker.catalog.items import Item
from tastemaker.studio.sizes import size_of, written


@pytest.mark.parametrize(
    ("attributes", "sides"),
    [
        ({"width_cm": 208.0, "depth_cm": 93.0, "height_cm": 81.0}, (2.08, 0.93, 0.81)),
        ({"Height (mm)": "810", "width": "2.1 m"}, (2.1, None, 0.81)),
        ({"height_in": 30.0}, (None, None, 0.762)),
        ({"diameter_cm": "40"}, (0.4, None, None)),
        ({"width_cm": "unknown"}, (None, None, None)),
    ],
)
def test_attributes_with_their_units(attributes, sides):
    found = written(Item("x", attributes=attributes))
    assert (found.width, found.depth, found.height) == pytest.approx(sides)


@pytest.mark.parametrize(
    ("text", "loose"),
    [("98x57 cm", (0.98, 0.57)), ("60 x 27 × 140 cm", (0.6, 0.27, 1.4)), ("1.2 m", (1.2,)), ("35 l", ()), ("2x", ())],
)
def test_dimensions_in_words(text, loose):
    assert written(Item("x", attributes={"size": text})).loose == pytest.approx(loose)
    assert written(Item("x", title=f"A trolley, {text}")).loose == pytest.approx(loose)


def test_numbers_get_the_meaning_that_fits_the_photo():
    three = written(Item("x", attributes={"size": "60x27x140 cm"}))
    tall = three.seen(0.42)
    assert (tall.width, tall.depth, tall.height) == pytest.approx((0.6, 0.27, 1.4))
    one = written(Item("x", attributes={"size": "80 cm"}))
    assert one.seen(4.0).width == pytest.approx(0.8)
    assert one.seen(0.2).height == pytest.approx(0.8)
    two = written(Item("x", attributes={"size": "120x60 cm"}))
    assert two.seen(1.95).height == pytest.approx(0.6)
    flat = two.seen(1.2)
    assert (flat.width, flat.depth) == pytest.approx((1.2, 0.6))


def test_what_says_nothing_takes_the_median_of_its_kind_and_says_so():
    kind = [Item(str(w), attributes={"kind": "sofa", "width_cm": w, "height_cm": 80.0}) for w in (180.0, 200.0, 260.0)]
    found = size_of(Item("x", attributes={"kind": "sofa"}), kind)
    assert (found.width, found.height, found.source) == (2.0, 0.8, "kind")


def test_sizes_in_words_have_a_median_too():
    kind = [Item(str(i), attributes={"size": size}) for i, size in enumerate(("60 cm", "80 cm", "90x60 cm", "61 cm"))]
    found = size_of(Item("x", title="A hood"), kind)
    assert (found.loose, found.source) == (pytest.approx((0.61,)), "kind")
    assert (found.seen(2.0).width, found.seen(2.0).source) == (pytest.approx(0.61), "kind")


def test_then_a_usual_size_then_nothing():
    assert size_of(Item("x", title="Oak coffee table"), []).source == "usual"
    assert size_of(Item("x", title="Oak coffee table"), []).height == 0.42
    assert not size_of(Item("x", title="Thing"), []).known
