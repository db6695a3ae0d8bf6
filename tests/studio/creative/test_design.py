"""Scenes: nothing overflows, everything can be read, what is printed are the facts."""

import re
from dataclasses import replace
from html import unescape

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from PIL import Image, ImageDraw

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.studio.creative import cutouts, design, drawing, vector
from tastemaker.studio.creative.brand import Brand
from tastemaker.studio.creative.facts import Printed, facts_of, holds
from tastemaker.studio.creative.formats import FORMATS, SHAPES
from tastemaker.studio.creative.lettering import default_face
from tastemaker.studio.creative.scene import Box, Fact
from tastemaker.studio.creative.setting import Column, Inks

FACE = default_face()
BRAND = Brand(name="Aldermere")
TEXT = re.compile(r"<text [^>]*>(.*?)</text>")


def photo(colour=(160, 40, 40), ground=(240, 240, 238), size=(120, 160)):
    image = Image.new("RGB", size, ground)
    ImageDraw.Draw(image).rectangle((35, 40, 85, 130), fill=colour)
    return image


def printed(title="Linen shirt", details=("linen", "sage"), price="€49", item="a"):
    facts = tuple(Fact(text, f"attribute {n}", item) for n, text in enumerate(details))
    return Printed(item, Fact(title, "title", item), facts, Fact(price, "price", item) if price else None)


def laid_out(format, items, shown, brand=BRAND):
    for variant in design.variants(format, shown, brand):
        scene = design.scene(format, variant, items, shown, brand, FACE)
        yield (variant, *drawing.render(scene, FACE))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("many", [0, 1, 3])
def test_every_layout_can_be_read_and_keeps_inside(format, many):
    shown = [cutouts.look(photo(), alone=True)] * many
    items = [printed(f"Linen shirt number {n}", item=str(n)) for n in range(max(1, many))]
    layouts = list(laid_out(format, items, shown))
    assert len(layouts) >= 4
    for variant, scene, picture, found in layouts:
        assert found.good, variant.name
        assert picture.size == (SHAPES[format].width, SHAPES[format].height)
        if not variant.arrangement.over:
            stands = [line.box for line in scene.lines]
            assert not any(box.meets(placed.box.grown(-40)) for box in stands for placed in scene.pictures)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(title=some.text(alphabet="abcdefgh IlWM-–é€", min_size=1, max_size=260), many=some.integers(1, 4))
def test_any_title_fits_or_is_cut_and_says_so(title, many):
    items = [printed(title.strip() or "x", item=str(n)) for n in range(many)]
    format = FORMATS[len(title) % 4]
    _, scene, _, found = next(laid_out(format, items, []))
    assert not found.overflow
    assert found.contrast >= 4.5
    for fact in scene.facts:
        if fact.field == "title":
            whole = " ".join((title.strip() or "x").split())
            assert fact.cut or re.sub(r"\s", "", fact.text) == re.sub(r"\s", "", whole)


@pytest.mark.parametrize("place", [0, 3])
def test_a_name_of_one_endless_word_stands_with_its_beginning(place):
    word = "Donaudampf" * 15
    items = [printed(word if n == place else f"Shirt {n}", item=str(n)) for n in range(4)]
    scene = design.scene("story", design.variants("story", [], BRAND)[0], items, [], BRAND, FACE)
    (said,) = (fact.text for fact in scene.facts if (fact.item, fact.field) == (str(place), "title"))
    assert len(said) > 10
    assert word.startswith(said.removesuffix("…"))
    assert "with…" not in {line.text for line in scene.lines}


def test_where_not_even_a_few_letters_fit_nothing_is_printed():
    shape, box = SHAPES["story"], Box(0, 0, FACE.width("Do…", round(SHAPES["story"].body * 0.9)), 900)
    column = Column(FACE, shape, box, Inks((0, 0, 0), (0, 0, 0), (0, 0, 0)), "top")
    _, facts = column.set([printed("Il", price=""), printed("Donaudampf" * 15, price="", item="b")])
    assert [(fact.item, fact.text) for fact in facts if fact.field == "title"] == [("a", "Il")]


def test_text_on_a_photo_gets_the_veil_that_it_needs():
    white = Image.new("RGB", (400, 700), (250, 250, 250))
    shown = [cutouts.look(white, alone=False)]
    over = next(v for v in design.variants("story", shown, BRAND) if v.arrangement.over)
    scene = design.scene("story", over, [printed()], shown, BRAND, FACE)
    assert drawing.Measured(*drawing._contrast_and_ink(scene, FACE, drawing._ground(scene))).contrast < 4.5
    mended, _, found = drawing.render(scene, FACE)
    assert found.good
    assert mended.veils[0].alpha[0] > scene.veils[0].alpha[0]


def test_overflow_is_seen_on_the_pixels():
    scene = design.scene("banner", design.variants("banner", [], BRAND)[0], [printed()], [], BRAND, FACE)
    narrow = Box(scene.lines[1].left, 0, scene.lines[1].left + 20, 600)
    broken = replace(scene, lines=(replace(scene.lines[1], box=narrow),))
    assert drawing.render(broken, FACE)[2].overflow == (scene.lines[1].text,)


def test_the_svg_holds_the_same_words_as_real_text():
    scene = design.scene("square", design.variants("square", [], BRAND)[0], [printed("Tom & <Jerry>")], [], BRAND, FACE)
    text = vector.svg(scene, FACE, '{"a": "<b>"}').decode()
    words = " ".join(unescape(found) for found in TEXT.findall(text))
    assert re.sub(r"[\s·]", "", words) == "".join(re.sub(r"\s", "", fact.text) for fact in scene.facts)
    assert "<Jerry>" not in text
    assert text.count("textLength=") == len(scene.lines)


def test_a_product_is_cut_out_of_a_plain_ground_and_a_poster_is_not():
    alone = cutouts.look(photo(), alone=True)
    assert alone.alone
    assert alone.image.mode == "RGBA"
    assert 45 <= alone.image.width <= 60
    assert not cutouts.look(photo(), alone=False).alone
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (90, 60, 3)).astype(np.uint8))
    assert not cutouts.look(noise, alone=True).alone
    assert [one.alone for one in cutouts.alike([alone, cutouts.look(noise, alone=True)])] == [False, False]


def test_a_department_is_a_studio_when_its_grounds_are_one():
    same = [photo((20 * n, 60, 90)) for n in range(8)]
    posters = [photo((20, 60, 90), ground=(30 * n, 250 - 30 * n, 120)) for n in range(8)]
    assert cutouts.studio(same)
    assert not cutouts.studio(posters)
    assert not cutouts.studio([])


def test_a_product_stands_on_a_ground_that_sets_it_off():
    brick = [cutouts.look(photo(colour=(143, 61, 34)), alone=True)]
    assert "accent" not in {variant.tone for variant in design.variants("banner", brick, BRAND)}


ITEMS = [
    Item(f"i{n}", f"Shirt {n}", price=20.0 + n, attributes={"colour": ("red", "blue")[n % 2], "brand": f"b{n % 4}",
         "width_cm": 10.0 + n, "tags": ("soft", "warm"), "new": True, "was": 30.0 + n, "note": "long " * 20})
    for n in range(12)
]  # fmt: skip


def specs():
    return Catalog.from_items(ITEMS).attributes


def test_facts_are_fields_and_the_price_is_written_in_the_shops_currency():
    found = facts_of(ITEMS[3], specs(), BRAND, "€")
    assert found.title == Fact("Shirt 3", "title", "i3")
    assert found.price == Fact("€23", "price", "i3")
    assert found.before is None
    assert [(fact.field, fact.text) for fact in found.details] == [
        ("brand", "b3"),
        ("colour", "blue"),
        ("tags", "soft"),
    ]


def test_the_brand_and_the_person_decide_what_is_named_first():
    brand = Brand(facts=("colour",), price_before="was")
    found = facts_of(ITEMS[3], specs(), brand, "€", {"tags": "warm"})
    assert [fact.text for fact in found.details] == ["warm", "blue"]
    assert found.before == Fact("€33", "was", "i3")


def test_a_fact_holds_as_long_as_the_catalog_says_so():
    item = ITEMS[3]
    width = Fact("Width 13\N{NO-BREAK SPACE}cm", "width_cm", "i3")
    cut = Fact("Shi…", "title", "i3", cut=True)
    for fact in (Fact("Shirt 3", "title", "i3"), Fact("€23", "price", "i3"), Fact("warm", "tags", "i3"), width, cut):
        assert holds(fact, item, specs(), BRAND, "€"), fact
    nothing = [Fact(text, "title", "i3", cut=True) for text in ("…", "...", "")]
    for fact in (Fact("€22", "price", "i3"), Fact("red", "colour", "i3"), Fact("Shirt", "title", "i3"), *nothing):
        assert not holds(fact, item, specs(), BRAND, "€"), fact


def test_what_turns_the_direction_of_writing_is_not_printed_and_what_joins_letters_is():
    family = "\U0001f468\u200d\U0001f469"
    item = Item("i", f"\u202eShirt\u2066 {family}\u200f", attributes={"colour": "\u202ered", "tags": ("\u061csoft",)})
    nameless = Item("\u202ei", "\u202e", attributes={"colour": "\u200e", "tags": ()})
    known = Catalog.from_items([item, nameless]).attributes
    brand = Brand(facts=("colour", "tags"))
    found = facts_of(item, known, brand, "€")
    assert [fact.text for fact in (found.title, *found.details)] == [f"Shirt {family}", "red", "soft"]
    assert all(holds(fact, item, known, brand, "€") for fact in (found.title, *found.details))
    bare = facts_of(nameless, known, brand, "€")
    assert (bare.title, bare.details) == (Fact("i", "id", "\u202ei"), ())
