"""Reports of earlier: the newest first, a few of them, broken files left out."""

from tastemaker.evaluation.shelf import KEPT, Shelf


def test_the_newest_reports_stay(tmp_path):
    shelf = Shelf(tmp_path / "reports")
    assert shelf.all() == []
    for number in range(KEPT + 3):
        shelf.keep({"protocol": {"number": number}, "rows": []})
    numbers = [report.values["protocol"]["number"] for report in shelf.all()]
    assert numbers == list(range(KEPT + 3))[: -KEPT - 1 : -1]


def test_a_broken_file_is_left_out(tmp_path):
    (tmp_path / "x.json").write_text("{")
    (tmp_path / "y.json").write_text("[]")
    Shelf(tmp_path).keep({"protocol": {}, "rows": []})
    assert len(Shelf(tmp_path).all()) == 1
