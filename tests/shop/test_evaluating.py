"""``evaluate`` of a shop: baselines in every table, openings written down, a stop that leaves what is done."""

import json

import pytest

from tastemaker.core.errors import Cancelled, InputError, UnknownName
from tastemaker.core.progress import Finished, Started
from tastemaker.core.registry import names
from tastemaker.evaluation.figures import BASELINES
from tastemaker.shop import Shop

PLAIN = {name for name in BASELINES if name in names("recommender")} | {"popularity", "random"}


def test_plain_baselines_stand_in_every_table_of_a_split(shop: Shop) -> None:
    report = shop.evaluate(split="leave-one-out", k=5)
    assert set(report.methods) == {"shop"} | PLAIN
    assert report.methods[0] == "shop"
    assert report.methods[-1] == "random"
    assert {"ease", "item-knn"} <= PLAIN
    assert report.best_baseline("recall@5") in PLAIN
    assert {one.method for one in report.against_baseline()} == set(report.methods) - {report.best_baseline("recall@5")}


def test_every_opening_is_written_down_and_said(shop: Shop) -> None:
    first = shop.evaluate(split="user-time", k=5)
    again = shop.evaluate(split="user-time", k=5)
    other = shop.evaluate(split="user-time", k=5, methods=["content"])
    assert [report.protocol["test_part"] for report in (first, again, other)] == [
        "opened once, for 1 configuration",
        "opened twice, for 1 configuration",
        "opened 3 times, for 2 configurations",
    ]
    assert "test part: opened twice" in " ".join(str(again).split())
    assert "warning: the test part was opened 3 times" in str(other)
    written = json.loads((shop.path / ".tastemaker" / "evaluations.json").read_text())
    assert [line["configuration"] for line in written] == [
        report.protocol["configuration"] for report in (first, again, other)
    ]


@pytest.mark.parametrize("split", ["random", "cold-people", "cold-items"])
def test_every_split_can_be_asked_for(shop: Shop, split: str) -> None:
    report = shop.evaluate(split=split, k=5)
    assert report.protocol["source"] == f"split {split}"
    assert report.row("shop", "recall@5").n == report.protocol["cases"]


def test_a_stop_leaves_the_rows_that_are_done(shop: Shop) -> None:
    stopped = []

    def stop(event: object) -> None:
        if stopped or (isinstance(event, Finished) and event.task == "evaluate ease"):
            stopped.append(event)
            raise Cancelled("enough")

    report = shop.evaluate(split="leave-one-out", k=5, observer=stop)
    assert report.methods == ["popularity", "item-knn", "random"]
    assert "stopped in ease" in report.cut_short
    assert "3 of" in report.cut_short

    def at_once(event: object) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        shop.evaluate(split="leave-one-out", observer=at_once)


def test_each_method_is_one_task_of_fitting_and_one_of_judging(shop: Shop) -> None:
    seen = []
    report = shop.evaluate(split="leave-one-out", k=5, observer=seen.append)
    begun = [event.task for event in seen if isinstance(event, Started)]
    assert len(begun) == len(set(begun))
    assert {f"evaluate {name}" for name in report.methods} <= set(begun)
    assert set(begun) <= {f"{what} {name}" for name in report.methods for what in ("fit", "evaluate")}


def test_a_method_that_draws_is_trained_once_a_seed(shop: Shop) -> None:
    report = shop.evaluate(split="leave-one-out", k=5, methods=["random", "ease"], seeds=3)
    assert report.costs["shop"].seeds == 3
    assert report.costs["random"].seeds == 3
    assert report.costs["ease"].seeds == 1  # the same every time


def test_a_modality_may_be_missing(shop: Shop) -> None:
    asked = {"split": "cold-items", "candidates": "cold", "methods": ["content"], "k": 5}
    whole = shop.evaluate(**asked)
    none = shop.evaluate(**asked, missing={"picture": 1, "text": 1, "attributes": 1})
    assert none.protocol["missing"] == "100% of picture, 100% of text, 100% of attributes"
    assert none.row("content", "recall@5").value < whole.row("content", "recall@5").value
    assert "left_out" not in none.protocol
    with pytest.raises(UnknownName, match="smell"):
        shop.evaluate(split="time", missing={"smell": 0.5})
    with pytest.raises(InputError, match="as it is fitted"):
        shop.evaluate(events=shop.path / "events.csv", missing={"picture": 0.5})


def test_settings_of_the_workspace_reach_the_methods(shop: Shop) -> None:
    plain = shop.evaluate(split="leave-one-out", k=5).protocol["configuration"]
    (shop.path / "tastemaker.toml").write_text("[methods.ease]\nregularisation = 7.0\n")
    with Shop(shop.path) as again:
        assert again.evaluate(split="leave-one-out", k=5).protocol["configuration"] != plain


def test_what_the_hybrid_is_is_said_once(shop: Shop) -> None:
    report = shop.evaluate(split="leave-one-out", k=5, methods=["hybrid"])
    assert "hybrid" not in report.methods
    assert report.protocol["hybrid"] == "is the row shop"


def test_settings_are_searched_on_validation_before_the_test_part_is_opened(shop: Shop) -> None:
    seen = []
    report = shop.evaluate(split="user-time", k=5, tune=["bpr"], observer=seen.append)
    assert "bpr by " in report.protocol["tuned"]
    assert "learning_rate" in report.protocol["tuned"]
    assert "bpr" in report.methods
    assert report.protocol["openings"] == 1
    tasks = [event.task for event in seen if isinstance(event, Started)]
    assert tasks[0] == "tune Bpr"
    with pytest.raises(UnknownName, match="bqr"):
        shop.evaluate(split="user-time", tune=["bqr"])
    with pytest.raises(InputError, match="searched"):
        shop.evaluate(events=shop.path / "events.csv", tune=["bpr"])
