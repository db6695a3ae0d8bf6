"""The range: large, varied, complete in every attribute, and described in words that fit the facts."""

from collections import Counter

import pytest

from tastemaker.core.errors import ConfigError
from tastemaker.demoshop import DemoConfig
from tastemaker.demoshop.assortment import assortment
from tastemaker.demoshop.home.assortment import KINDS as FURNITURE
from tastemaker.demoshop.landscapes.assortment import LANDS
from tastemaker.demoshop.palette import SHADES
from tastemaker.demoshop.posters.assortment import GENRES
from tastemaker.demoshop.tastes import TRAITS
from tastemaker.demoshop.wardrobe.assortment import KINDS as GARMENTS

NEEDED = {
    "wardrobe": "kind colour shade pattern material cut style season brand",
    "home": "kind colour shade pattern material form style room brand width_cm depth_cm height_cm",
    "screen": "kind genre mood setting colour shade year decade runtime_min director",
    "trips": "kind landscape place region season activity pace stay nights light",
}


@pytest.fixture(scope="module")
def pieces():
    return assortment(DemoConfig())


def test_it_is_a_large_range(pieces):
    assert len(pieces) >= 1200
    assert len({piece.id for piece in pieces}) == len(pieces)
    assert min(Counter(piece.department for piece in pieces).values()) >= 150
    assert len({piece.title for piece in pieces}) > 0.85 * len(pieces)


def test_every_attribute_is_filled(pieces):
    for piece in pieces:
        missing = [name for name in NEEDED[piece.department].split() if piece.facts.get(name) in (None, "")]
        assert not missing, (piece.id, missing)
        assert piece.title
        assert len(piece.text) > 20
        assert piece.price > 0


def test_people_choose_by_attributes_that_exist(pieces):
    for piece in pieces:
        assert all(piece.facts[name] for name in TRAITS[piece.department]), piece.id


def test_every_kind_is_there(pieces):
    seen = {(piece.department, piece["kind"]) for piece in pieces}
    assert {kind for department, kind in seen if department == "wardrobe"} == set(GARMENTS)
    assert {kind for department, kind in seen if department == "home"} == set(FURNITURE)
    assert {piece["genre"] for piece in pieces if piece.department == "screen"} == set(GENRES)
    assert {piece["landscape"] for piece in pieces if piece.department == "trips"} == set(LANDS)
    assert len(GARMENTS) >= 10


def test_shades_belong_to_their_colours(pieces):
    coloured = [piece for piece in pieces if "colour" in piece.facts]
    assert len({piece["colour"] for piece in coloured}) == len(SHADES)
    assert all(piece["shade"] in SHADES[piece["colour"]] for piece in coloured)


def test_furniture_has_the_size_of_its_kind(pieces):
    for piece in (piece for piece in pieces if piece.department == "home"):
        low, high = FURNITURE[piece["kind"]].height
        assert low <= piece.number("height_cm") <= high, piece.id
        assert 3 <= piece.number("depth_cm") <= 240
        assert str(int(piece.number("width_cm"))) in piece.text


def test_a_place_lies_in_one_region(pieces):
    found = {(piece["place"], piece["region"]) for piece in pieces if piece.department == "trips"}
    assert len(found) == len({place for place, _ in found})


def test_one_description_has_several_phrasings(pieces):
    openings = Counter(piece.text.split()[0] for piece in pieces if piece["kind"] == "shirt")
    assert len(openings) >= 3


def test_a_larger_range_keeps_the_first_pieces():
    small = [piece for piece in assortment(DemoConfig(items=60)) if piece.department == "home"]
    large = [piece for piece in assortment(DemoConfig(items=120)) if piece.department == "home"]
    assert [piece.facts for piece in large[: len(small)]] == [piece.facts for piece in small]


def test_settings_say_what_they_accept():
    with pytest.raises(ConfigError, match="items"):
        DemoConfig.read({"items": 3})
    with pytest.raises(ConfigError, match="unknown setting"):
        DemoConfig.read({"persons": 3})
