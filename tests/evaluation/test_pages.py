"""Written reports: everything is in them, nothing is loaded, and a name from outside is a text."""

import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import numpy as np
import pytest

from tastemaker.core.errors import InputError
from tastemaker.evaluation import plots, rankers
from tastemaker.evaluation.curves import Curve
from tastemaker.evaluation.figures import Cost
from tastemaker.evaluation.judge import Judge
from tastemaker.evaluation.plots import Mark
from tastemaker.evaluation.protocols import Protocol
from tastemaker.evaluation.report import Report
from tastemaker.testing.worlds import checkerboard

STRANGE = "<b>&'\"|"
VOID = {"meta", "br", "img"}


@pytest.fixture(scope="module")
def report():
    protocol = Protocol.cut(checkerboard(), "user-time")
    judge = Judge(protocol.open({}), protocol.known, ks=(5, 10))
    plain = rankers.popularity(protocol.known)
    judge.add("shop", plain, cost=Cost(2.5, memory_mb=10), curves=(Curve("space", "loss", (1, 2, 3), (3.0, 2.0, 1.0)),))
    judge.add(STRANGE, rankers.chance(protocol.known), cost=Cost(120))
    judge.add("popularity", plain)
    return judge.report({"left_out": {"ease": "no events"}})


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.words = [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, text):
        self.words.append(text)


def read(text):
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


def test_the_page_holds_every_table_and_plot_and_loads_nothing(report, tmp_path):
    report.save(tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text()
    page = read(text)
    words = " ".join(page.words)
    for title in (
        "Accuracy in the first 5 places", "Against the best baseline, popularity", "Beyond accuracy, and cost",
        "Recall@10 by how often the right answers had been chosen", "Recall@10 by how much was known of the person",
        "Accuracy against coverage", "Quality against cost", "shop: loss", "Warm items", "5 to 19 events",
        "ease is left out: no events", "test part: opened once",
    ):  # fmt: skip
        assert title in words, title
    assert STRANGE in page.words
    assert "<b>" not in text
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in page.seen}
    assert not [attrs for _, attrs in page.seen if {"src", "href"} & set(attrs)]
    assert "url(" not in text
    assert "@import" not in text
    drawings = re.findall(r"<svg.*?</svg>", text)
    assert len(drawings) >= 6
    for drawing in drawings:
        ElementTree.fromstring(drawing)
        assert "nan" not in drawing


def test_the_markdown_holds_every_table(report, tmp_path):
    report.save(tmp_path / "report.md")
    text = (tmp_path / "report.md").read_text()
    assert text.startswith("# Evaluation: split user-time\n")
    assert "> ease is left out: no events" in text
    assert "## Against the best baseline, popularity" in text
    tables = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    assert len(tables) == 6
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table}) == 1  # as many cells in every line
        assert {"shop", STRANGE.replace("|", "\\|")} <= {
            line.split(" | ")[0].removeprefix("| ") for line in table[2:]
        } | {"shop"}


def test_a_report_of_nothing_can_be_written(tmp_path):
    Report({}, ()).save(tmp_path / "empty.html")
    assert "0 methods, 0 cases" in (tmp_path / "empty.html").read_text()
    Report({}, ()).save(str(tmp_path / "empty.md"))


def test_a_report_needs_a_name_that_says_how(report, tmp_path):
    with pytest.raises(InputError, match=r"'report\.pdf'"):
        report.save(tmp_path / "report.pdf")
    with pytest.raises(InputError, match="no folder"):
        report.save(tmp_path / "none" / "report.md")


def circles(drawing):
    root = ElementTree.fromstring(drawing)
    return [(float(one.get("cx")), float(one.get("cy"))) for one in root.iter("circle")]


def test_dots_stand_where_their_values_are():
    marks = [Mark("a", 0.4, low=0.3, high=0.5), Mark("b", 0.2), Mark("c", 0.0)]
    places = circles(plots.dots(marks, "recall"))
    (ax, ay), (bx, by), (cx, cy) = places
    assert ax - bx == pytest.approx(bx - cx, abs=0.11)
    assert ay < by < cy
    assert max(ax, bx, cx) < plots.WIDTH
    assert plots.dots([], "recall") == plots.scatter([], "x", "y") == ""


def test_a_scatter_may_go_by_decades():
    marks = [Mark("a", 0.1, 0.5), Mark("b", 1, 0.25), Mark("c", 10, 0.0)]
    (ax, ay), (bx, by), (cx, cy) = circles(plots.scatter(marks, "seconds", "recall", log_x=True))
    assert bx - ax == pytest.approx(cx - bx, abs=0.11)
    assert by - ay == pytest.approx(cy - by, abs=0.11)
    assert ay < by  # up is more


def boxes(drawing):
    root = ElementTree.fromstring(drawing)
    for one in root.iter("text"):
        if one.get("class") is None:
            wide = plots.LETTER * len(one.text)
            start = float(one.get("x")) - (wide if one.get("text-anchor") == "end" else 0)
            yield start, start + wide, float(one.get("y"))


def test_names_in_a_scatter_do_not_cover_each_other():
    rng = np.random.default_rng(0)
    marks = [Mark(f"method-{place}", *(0.5 + 0.05 * rng.random(2))) for place in range(6)] + [Mark("far", 1, 1)]
    found = list(boxes(plots.scatter(marks, "coverage", "recall")))
    assert len(found) == 7
    for place, (start, end, y) in enumerate(found):
        assert start >= 0
        assert end <= plots.WIDTH
        for other_start, other_end, other_y in found[:place]:
            assert start >= other_end or other_start >= end or abs(y - other_y) >= 11


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 0.137), (0, 0), (3, 1000), (-2, 5), (0.41, 0.47)])
def test_ticks_are_few_and_hold_both_ends(low, high):
    ticks = plots._ticks(low, high)
    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert 2 <= len(ticks) <= 7
    assert ticks == sorted(set(ticks))


def test_a_line_needs_two_points():
    assert plots.line([1], [2], "epoch", "loss") == ""
    assert plots.line([1, 2], [2, float("nan")], "epoch", "loss") == ""
    assert "polyline" in plots.line([1, 2, 3], [2, float("nan"), 1], "epoch", "loss")
