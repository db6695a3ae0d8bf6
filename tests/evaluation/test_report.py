"""The fixed JSON shape, the table, and comparisons."""

import json

import numpy as np
import pytest

from tastemaker.core.errors import UnknownName
from tastemaker.evaluation.report import Report, Row


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
    return Report(protocol, rows, per_case)


def test_json_has_exactly_the_fixed_keys(report):
    shape = json.loads(json.dumps(report.to_json()))
    assert list(shape) == ["protocol", "rows"]
    assert shape["protocol"] == report.protocol
    assert shape["rows"][0] == {
        "method": "hybrid",
        "metric": "recall@20",
        "value": 0.5,
        "low": 0.4,
        "high": 0.6,
        "n": 10,
        "seconds": 3.25,
    }


def test_the_table_has_a_line_a_method_and_says_the_protocol(report):
    lines = str(report).splitlines()
    assert lines[0].split() == ["method", "recall@20", "coverage@20", "seconds"]
    assert lines[2].startswith("hybrid")
    assert "0.5000 [0.4000, 0.6000]" in lines[2]
    assert lines[2].endswith("3.2")
    assert lines[3].startswith("popularity")
    assert lines[4:] == [
        "mean [95 % interval] over 10 cases",
        "source: events later.csv; left out: 2",
        "warning: 3 items the catalog does not know: 'a'",
    ]


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
