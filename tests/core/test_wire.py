"""One JSON form for every answer."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from pydantic import BaseModel

from tastemaker.core import wire
from tastemaker.core.ranking import Facet, Ranked, Ranking, Reason
from tastemaker.core.types import ItemId


def test_a_ranking_has_the_documented_keys():
    reason = Reason("ease", "you bought b", 0.75, (ItemId("b"),), {"colour": "red"})
    item = Ranked(ItemId("a"), 0.5, "A thing", 9.5, "a.png", (reason,))
    ranking = Ranking((item,), (Facet("colour", "!=", "red", hard=True),), ("a note",))
    assert wire.plain(ranking) == {
        "items": [
            {
                "id": "a",
                "score": 0.5,
                "title": "A thing",
                "price": 9.5,
                "picture": "a.png",
                "reasons": [
                    {
                        "source": "ease",
                        "sentence": "you bought b",
                        "weight": 0.75,
                        "items": ["b"],
                        "attributes": {"colour": "red"},
                    }
                ],
                "scores": {},
            }
        ],
        "understood": [{"name": "colour", "op": "!=", "value": "red", "hard": True, "label": "not: red"}],
        "notes": ["a note"],
        "plan": None,
        "token": "",
    }


def test_what_is_no_finite_number_is_null():
    assert wire.plain({"a": float("nan"), "b": np.float32("-inf"), "c": np.float32(0.5)}) == {
        "a": None,
        "b": None,
        "c": 0.5,
    }


def test_numbers_of_numpy_are_numbers():
    given = [np.int64(3), np.bool_(True), np.array(4), np.float64(0.5), np.str_("five"), np.array("six")]
    assert wire.plain(given) == [3, True, 4, 0.5, "five", "six"]


def test_arrays_paths_models_and_sets_of_one():
    class Model(BaseModel):
        path: Path

    assert wire.plain([np.arange(3), Path("a") / "b", Model(path=Path("c")), {7}]) == [
        [0, 1, 2],
        "a/b",
        {"path": "c"},
        [7],
    ]


def test_any_text_can_be_sent():
    sent = wire.text({"title": "שלום \ud83d 🙂"})
    assert json.loads(sent.encode("utf-8"))["title"] == "שלום ? 🙂"


def test_what_no_answer_holds_is_refused():
    @dataclass
    class Odd:
        value: object

    with pytest.raises(TypeError, match="object has no JSON form"):
        wire.plain(Odd(object()))
