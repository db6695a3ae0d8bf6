import math

import numpy as np
import pytest
import torch

from tastemaker.alignment.contrast.labels import LabelHeads, Labels, product_numbers, tells_colour
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.core.errors import UnknownName


def test_only_values_that_repeat_are_asked_for():
    items = [
        Item(str(i), attributes={"colour": "red" if i % 2 else "blue", "code": f"c{i}", "year": 2000.0 + i % 2})
        for i in range(20)
    ]
    items += [Item("odd", attributes={"colour": "teal"}), Item("none")]
    labels = Labels.of(Catalog.from_items(items), np.arange(22))
    assert labels.sizes == (2, 2)  # colour and year
    assert labels.classes[20].tolist() == [-1, -1]
    assert labels.classes[21].tolist() == [-1, -1]
    assert set(labels.classes[:20, 0]) == {0, 1}


def test_no_attributes_give_no_questions():
    assert Labels.of(Catalog.from_items([Item("a"), Item("b")]), np.arange(2)).sizes == ()


def test_unknown_values_cost_nothing():
    labels = Labels(np.array([[0, 1], [-1, 2], [-1, -1]]), (2, 3))
    heads = LabelHeads(4, labels)
    torch.nn.init.zeros_(heads.ask.weight)
    torch.nn.init.zeros_(heads.ask.bias)
    classes = torch.from_numpy(labels.classes)
    assert heads.loss(torch.zeros(3, 4), classes).item() == pytest.approx((math.log(2) + math.log(3)) / 2)
    assert heads.loss(torch.zeros(1, 4), classes[2:]).item() == 0


def test_colour_is_told_by_an_attribute_or_by_words():
    def shop(*items):
        return Catalog.from_items(items)

    assert tells_colour(shop(Item("a", "shirt", attributes={"baseColour": "red"}), Item("b")))
    assert tells_colour(shop(Item("a", "Red shirt"), Item("b", "shirt")))
    assert not tells_colour(shop(Item("a", "Redwood", attributes={"genre": "drama"}), Item("b", "Reds of the world")))


def test_variants_have_one_number_and_the_unknown_none():
    styles = ["x", "y", "x", None]
    items = [Item(str(n), attributes={"style": style} if style else {}) for n, style in enumerate(styles)]
    numbers = product_numbers(Catalog.from_items(items), np.arange(4), "style")
    assert numbers[0] == numbers[2] != numbers[1]
    assert numbers[3] == -1
    with pytest.raises(UnknownName, match="styl"):
        product_numbers(Catalog.from_items(items), np.arange(4), "styl")
