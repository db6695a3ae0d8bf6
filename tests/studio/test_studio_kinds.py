"""What a product is, from its words; the noun counts, not what stands before it."""

import pytest

from tastemaker.catalog.items import Item
from tastemaker.studio.kinds import stance_of, worn_as


@pytest.mark.parametrize(
    ("title", "kind", "place"),
    [
        ("Linen shirt in sage", "", "top"),
        ("Striped T-shirt", "", "top"),
        ("A shirt dress", "", "dress"),
        ("A dress shirt", "", "top"),
        ("Boot cut", "jeans", "bottom"),
        ("Straw hat", "", "hat"),
        ("Oak table", "", None),
        ("Topaz vase", "", None),
        ("Something", "", None),
    ],
)
def test_where_it_is_worn(title, kind, place):
    assert worn_as(Item("x", title=title, attributes={"kind": kind} if kind else {})) == place


@pytest.mark.parametrize(
    ("title", "stance"),
    [
        ("Low sofa", "stands"),
        ("Table lamp", "rests"),
        ("Column floor lamp", "stands"),
        ("Wool rug", "lies"),
        ("Wall mirror", "wall"),
        ("Glass pendant lamp", "stands"),
        ("Pendant", "ceiling"),
        ("Summer dress", None),
        ("A film", None),
    ],
)
def test_how_it_stands(title, stance):
    assert stance_of(Item("x", title=title)) == stance
