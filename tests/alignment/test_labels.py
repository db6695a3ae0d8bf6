import math

import numpy as np
import pytest
import torch

from tastemaker.alignment.labels import LabelHeads, Labels
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item


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
