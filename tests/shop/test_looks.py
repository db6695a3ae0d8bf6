"""Which part of a picture counts: squares by hand, a space whose answer is known, and the small shop."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tastemaker.alignment.space import Space
from tastemaker.core.types import Floats
from tastemaker.shop import Shop
from tastemaker.shop.looks import GRID, covered, lit, measured
from tests.shop.conftest import COLOURS

WHITE = (255, 255, 255)


class Redness(Space):
    """A picture's vector is its share of red pixels and that of the others, at length one."""

    name, figure, source, dim = "redness", "-", "-", 2

    def __init__(self) -> None:
        pass

    def embed_pictures(self, pictures: list[Image.Image]) -> Floats:
        share = np.array([(np.asarray(each)[..., 1] < 128).mean() for each in pictures])
        made = np.stack([share, 1 - share], axis=1)
        return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)

    fit = embed_texts = embed_items = tensors = settings = restore = None  # nobody asks


def left_red() -> Image.Image:
    """64 by 64 white pixels, a red square of 16 in the left upper corner but one place from the edges."""
    picture = Image.new("RGB", (64, 64), WHITE)
    picture.paste((200, 0, 0), (8, 8, 24, 24))
    return picture


def test_squares_are_two_places_wide_and_cover_everything() -> None:
    pixels = np.zeros((64, 32, 3), np.uint8)
    pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1] = WHITE, WHITE, WHITE, WHITE
    changed = [(np.asarray(made) != pixels).any(axis=2) for made in covered(pixels)]
    assert len(changed) == GRID**2
    assert np.any(changed, axis=0)[1:-1, 1:-1].all()
    middle = np.argwhere(changed[3 * GRID + 4])  # place 3 down: 24 to 32, and half a place more; 4 across: 16 to 20
    assert middle.min(axis=0).tolist() == [20, 14]
    assert middle.max(axis=0).tolist() == [35, 21]


def test_what_is_covered_counts_by_what_is_lost() -> None:
    whole, falls = measured(Redness(), left_red(), np.array([1, 0], np.float32))
    red = 256 / 4096
    assert whole == pytest.approx(red / np.hypot(red, 1 - red))
    # the square around place (1, 1) reaches from 4 to 20: 12 by 12 red pixels go
    left = (256 - 144) / 4096
    assert falls[1, 1] == pytest.approx(whole - left / np.hypot(left, 1 - left))
    assert falls[0, 0] == pytest.approx(whole - (240 / 4096) / np.hypot(240 / 4096, 1 - 240 / 4096))  # 4 by 4 go
    assert not falls[4:].any()
    assert not falls[:, 4:].any()


def test_a_part_that_speaks_against_it_is_below_zero() -> None:
    _, falls = measured(Redness(), left_red(), np.array([0, 1], np.float32))
    assert falls.min() < 0
    assert falls.max() == 0


def test_what_counts_stays_as_it_is_and_the_rest_fades() -> None:
    falls = np.zeros((GRID, GRID), np.float32)
    falls[0, 0] = 0.3
    drawn = np.asarray(lit(Image.new("RGB", (64, 64)), falls))
    assert drawn[2, 2].max() < 30
    assert drawn[40, 40].tolist() == [204, 204, 204]
    assert (np.asarray(lit(Image.new("RGB", (8, 8)), np.zeros((GRID, GRID), np.float32))) == 204).all()


def test_the_thing_counts_and_the_ground_does_not(shop: Shop) -> None:
    row = shop.catalog.row("plate-blue-1")
    looks = shop.explain("plate-blue-1", text="blue plate").looks
    assert looks is not None
    picture = np.asarray(shop.catalog.pictures.open(shop.catalog.main_picture(row)), np.float64)
    thing = np.abs(picture - COLOURS["blue"]).sum(axis=2) < 120
    falls = np.kron(looks.falls, np.ones((64 // GRID, 48 // GRID)))
    assert falls[thing].mean() > falls[~thing].mean() + 0.01
    assert looks.sentence.startswith("its picture is like “blue plate” mostly by its ")


def test_without_words_it_is_held_against_what_was_chosen(shop: Shop, tmp_path) -> None:
    looks = shop.explain("plate-red-3", user="u0", looks=True).looks
    assert looks is not None
    assert looks.item in {"plate-red-0", "plate-red-1", "plate-red-2"}
    assert shop.item(looks.item).title in looks.to
    pen = Image.new("RGB", (48, 64), (244, 244, 244))
    ImageDraw.Draw(pen).ellipse((8, 16, 38, 46), fill=COLOURS["red"])
    assert shop.explain("plate-red-3", image=pen).looks.to == "your picture"


def test_where_nothing_can_be_seen_it_says_so(shop: Shop) -> None:
    told = shop.explain("plate-red-3", looks=True)
    assert told.looks is None
    assert told.notes[-1].startswith("which part of its picture counts is not known: nothing with a picture was chosen")
    assert shop.explain("plate-red-3").looks is None


def test_an_explanation_is_one_line_a_reason(shop):
    sly = replace(shop.explain("plate-red-3"), title="Plate\n  100%  bought by all", looks=None, notes=())
    assert len(str(sly).splitlines()) == 1 + len(sly.reasons) + len(sly.sources) + bool(sly.missing)
