"""The fixed JSON shape, the table, and comparisons."""

import json
from dataclasses import replace

import numpy as np
import pytest

from tastemaker.core.errors import UnknownName
from tastemaker.evaluation.figures import Cost, Row
from tastemaker.evaluation.report import Report


@pytest.fixture
def report():
    rows = (
        Row("hybrid", "recall@20", 0.5, 0.4, 0.6, 10, 3.25),
        Row("hybrid", "coverage@20", 0.1, 0.1, 0.1, 10, 3.25),
        Row("popularity", "recall@20", 0.25, 0.2, 0.3, 10, 0.5),
        Row("popularity", "coverage@20", 0.1, 0.1, 0.1, 10, 0.5),
    )
    per_case = {("hybrid", "recall@20"): np.full(10, 0.5), ("popularity", "recall@20"): np.full(10, 0.25)}
    protocol = {
        "source": "events later.csv",
        "left_out": 2,
        "refused": 0,
        "warnings": ["3 items the catalog does not know: 'a'"],
    }
    costs = {"hybrid": Cost(12.5, 3.25, 80.0, 2), "popularity": Cost(None, 0.5)}
    return Report(protocol, rows, per_case, costs)


def test_json_has_exactly_the_fixed_keys(report):
    shape = json.loads(json.dumps(report.to_json()))
    assert list(shape) == ["protocol", "rows"]
    assert report.protocol.items() <= shape["protocol"].items()
    assert shape["rows"][0] == {
        "method": "hybrid",
        "metric": "recall@20",
        "value": 0.5,
        "low": 0.4,
        "high": 0.6,
        "n": 10,
        "seconds": 3.25,
    }


def test_the_json_says_what_else_is_known(report):
    protocol = json.loads(json.dumps(report.to_json()))["protocol"]
    assert protocol["against"]["baseline"] == "popularity"
    assert protocol["against"]["metric"] == "recall@20"
    (row,) = protocol["against"]["rows"]
    assert (row["method"], row["value"], row["low"], row["high"]) == ("hybrid", 0.25, 0.25, 0.25)
    assert row["p_holm"] == row["p"] == pytest.approx(2 / 1001)
    assert protocol["costs"]["hybrid"] == {"fit_seconds": 12.5, "rank_seconds": 3.25, "memory_mb": 80.0, "seeds": 2}


def test_the_table_has_a_line_a_method_and_says_the_protocol(report):
    accuracy, beyond, against, last = (block.splitlines() for block in str(report).split("\n\n"))
    assert accuracy[0].split() == ["method", "recall@20"]
    assert accuracy[2].startswith("hybrid")
    assert "0.5000 [0.4000, 0.6000]" in accuracy[2]
    assert accuracy[3].startswith("popularity")
    assert accuracy[4] == "mean [95 % interval] over 10 cases"
    assert beyond[0].split("  ")[-1] == "memory MB"
    assert beyond[2].split() == ["hybrid", "0.1000", "12.5", "3.2", "80"]
    assert beyond[3].split() == ["popularity", "0.1000", "-", "0.5", "-"]
    assert against[2].split() == ["hybrid", "+0.2500", "[+0.2500,", "+0.2500]", "0.002", "better"]
    assert last == ["source: events later.csv; left out: 2", "warning: 3 items the catalog does not know: 'a'"]


def test_the_best_baseline_is_the_best_plain_method_in_the_table():
    def table(**values):
        rows = tuple(Row(name.replace("_", "-"), "ndcg@5", value, 0, 1, 40, 0.0) for name, value in values.items())
        rng = np.random.default_rng(3)
        per_case = {(row.method, "ndcg@5"): row.value + rng.normal(scale=0.3, size=40) for row in rows}
        return Report({}, rows, per_case)

    report = table(shop=0.9, popularity=0.1, item_knn=0.4, random=0.0, ours=0.41)
    assert report.best_baseline("ndcg@5") == "item-knn"
    found = {one.method: one for one in report.against_baseline()}
    assert set(found) == {"shop", "popularity", "random", "ours"}
    single = report.compare("shop", "item-knn", "ndcg@5")
    assert found["shop"].difference == single
    assert found["shop"].p == pytest.approx(min(1, 4 * single.p))
    assert found["ours"].p > 0.05 > found["shop"].p
    assert [line.split()[-1] for line in str(report).split("\n\n")[1].splitlines()[2:6]] == [
        "better", "worse", "worse", "difference",
    ]  # fmt: skip
    assert table(shop=1.0).against_baseline() == ()
    assert table(popularity=1.0).against_baseline() == ()


def test_what_was_left_out_and_where_it_was_cut_is_said(report):
    more = {"cut_short": "stopped in ease", "left_out": {"bpr": "no events"}, "warnings": []}
    cut = replace(report, protocol={**report.protocol, **more})
    assert str(cut).splitlines()[-2:] == ["warning: cut short: stopped in ease", "warning: bpr is left out: no events"]
    assert cut.cut_short
    assert not report.cut_short


def test_an_empty_report_still_prints():
    assert "over 0 cases" in str(Report({}, ()))


def test_show_writes_the_table(report, capsys):
    report.show()
    assert capsys.readouterr().out == f"{report}\n"


def test_rows_by_name(report):
    assert report.row("popularity", "recall@20").value == 0.25
    with pytest.raises(UnknownName, match="method 'hybird'"):
        report.row("hybird", "recall@20")
    with pytest.raises(UnknownName, match="metric 'recall@5'"):
        report.row("hybrid", "recall@5")


def test_compare_is_paired(report):
    found = report.compare("hybrid", "popularity", "recall@20")
    assert (found.value, found.low, found.high) == (0.25, 0.25, 0.25)
    with pytest.raises(UnknownName, match="one value a case"):
        report.compare("hybrid", "popularity", "coverage@20")
