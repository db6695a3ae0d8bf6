"""The report on generators says every figure it was given, in tables, as JSON and on a page of one file."""

import json
from dataclasses import replace

import pytest

from tastemaker.core.errors import InputError
from tastemaker.evaluation.drawn_figures import Likeness, Quality
from tastemaker.evaluation.drawn_report import Cost, DrawnReport, DrawnRow, Guided

QUALITY = Quality(500, 12.345, 0.125, 0.8, 0.7, 0.95, 0.65, 0.9)
ROW = DrawnRow(
    "vae", "generator", QUALITY, 0.42, 0.015, {"colour": 0.75}, Likeness(0.05, 21.5, 0.7), (0.61, 0.12),
    Cost(12.5, 1.75, 900.0),
)  # fmt: skip
REAL = DrawnRow("real photos", "real", replace(QUALITY, distance=1.5), 1.0, 0.01)
SWEEP = [Guided(g, {"colour": 0.5 + g / 10}, replace(QUALITY, distance=20 - g), 0.5) for g in (0.0, 1.0, 2.0)]
REPORT = DrawnReport(
    {"source": "shapes & <colours>", "asked": "two kinds"}, [ROW, REAL], {"held back": {"colour": 0.99}}, SWEEP,
    "diffusion", {"vae - 64 samples": b"\x89PNG not really"},
)  # fmt: skip


def tables(report=REPORT):
    return {table.title: table for table in report.tables()}


def test_every_figure_is_in_a_table():
    found = tables()
    quality = found["How near drawings come to real photos"]
    assert quality.lines[0] == ("vae", "12.35", "0.125", "0.80", "0.70", "0.95", "0.65", "0.90", "0.42", "1.5%")
    assert found["Is it what was asked for?"].lines == (("vae", "0.750"), ("real photos: held back", "0.990"))
    assert found["Reconstruction"].lines == (("vae", "0.0500", "21.5 dB", "0.700"),)
    assert found["Do picture and words agree?"].lines == (("vae", "0.610", "0.120"),)
    assert found["Guidance of diffusion"].lines[2] == ("2", "0.700", "18.00", "0.95", "0.65", "0.50")
    assert found["What it costs"].lines == (("vae", "12.5", "1.75", "900"),)
    for table in REPORT.tables():
        assert all(len(line) == len(table.head) for line in table.lines)


def test_what_was_not_measured_has_no_table():
    bare = tables(DrawnReport(REPORT.protocol, [REAL], {}))
    assert list(bare) == ["How near drawings come to real photos"]
    free = tables(replace(REPORT, rows=[replace(ROW, cost=Cost(None, 1.0, None))]))
    assert free["What it costs"].lines == (("vae", "-", "1.00", "-"),)


def test_json_holds_the_figures_and_no_pictures():
    told = json.loads(json.dumps(REPORT.to_json()))
    assert told["rows"][0]["quality"]["distance"] == 12.345
    assert told["sweep"][1]["attributes"] == {"colour": 0.6}
    assert set(told) == {"protocol", "rows", "ceiling", "sweep"}


def test_the_page_is_one_file_with_sheets_and_plots(tmp_path):
    REPORT.save(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert 'src="data:image/png;base64,' in page
    assert "vae - 64 samples" in page
    assert "shapes &amp; &lt;colours&gt;" in page
    assert page.count("<svg") == 5  # FD-own and coverage of all; colour, FD-own and coverage by guidance
    assert "http" not in page.replace("http-equiv", "")


def test_markdown_holds_the_tables(tmp_path):
    REPORT.save(tmp_path / "page.md")
    text = (tmp_path / "page.md").read_text()
    assert "| vae | 12.35 | 0.125 |" in text
    assert "- asked: two kinds" in text
    assert "base64" not in text


def test_says_where_it_cannot_be_written(tmp_path):
    with pytest.raises(InputError, match=r"page\.pdf"):
        REPORT.save(tmp_path / "page.pdf")
    with pytest.raises(InputError, match="no folder"):
        REPORT.save(tmp_path / "nowhere" / "page.md")
