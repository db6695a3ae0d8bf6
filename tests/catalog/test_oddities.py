"""Odd values: far numbers, slips of the pen, gaps; and nothing in a catalog that is as it should be."""

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.catalog.oddities import oddities


def catalog(changes):
    items = []
    for number in range(40):
        attributes = {"colour": "turquoise" if number % 2 else "red", "width_cm": 50.0 + number % 7}
        item = {"title": f"Thing {number}", "price": 20.0 + number, "department": "home", "attributes": attributes}
        items.append(Item(f"i{number}", **{**item, **changes.get(number, {})}))
    return Catalog.from_items(items)


def test_an_even_catalog_has_nothing_odd():
    assert oddities(catalog({})) == ()


def test_what_stands_out_is_named():
    changes = {
        3: {"price": 2300.0},
        5: {"attributes": {"colour": "turqoise", "width_cm": 51.0}},
        8: {"attributes": {"colour": "red", "width_cm": 5100.0}},
        9: {"title": "", "price": None},
        11: {"attributes": {"width_cm": 53.0}},
        12: {"price": 0.0},
    }
    found = {(one.item, one.field): one for one in oddities(catalog(changes))}
    assert set(found) == {
        ("i3", "price"), ("i5", "colour"), ("i8", "width_cm"), ("i9", "title"), ("i9", "price"), ("i11", "colour"),
        ("i12", "price"),
    }  # fmt: skip
    assert "turquoise" in found["i5", "colour"].why
    assert found["i3", "price"].value == "2,300"
    assert "97 %" in found["i11", "colour"].why


def test_too_few_items_say_nothing():
    items = [Item(f"i{n}", title="x", price=1.0 if n else 900.0) for n in range(10)]
    assert oddities(Catalog.from_items(items)) == ()
