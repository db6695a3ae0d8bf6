"""A space that knows colours and nothing else, judged on coloured shapes: every figure follows from that."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tastemaker.alignment.space import ItemVectors, Space
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.catalog.pictures import Pictures
from tastemaker.core.errors import InputError, NotFitted
from tastemaker.evaluation.space_judge import Judged, judge
from tastemaker.testing.worlds import COLOURS, drawn_shop, lacking
from tests.evaluation.test_pages import read


class Colours(Space):
    """Words name a colour, a picture has one in it: one direction a colour."""

    name, dim = "colours", 4

    def __init__(self, config=None, *, checkpoint=None):
        del config, checkpoint

    def fit(self, catalog, observer=None):
        del catalog, observer
        return self

    def embed_texts(self, texts):
        return np.array([[float(colour in text) for colour in COLOURS] for text in texts], np.float32)

    def embed_pictures(self, pictures):
        found = []
        for picture in pictures:
            pixels = np.asarray(picture, float).reshape(-1, 3)
            vivid = pixels[np.ptp(pixels, axis=1) > 60].mean(0)
            found.append(np.argmin([np.abs(vivid - rgb).sum() for rgb in COLOURS.values()]))
        return np.eye(4, dtype=np.float32)[found]

    def embed_items(self, catalog, rows, observer=None):
        del observer
        items = [catalog.item(int(row)) for row in rows]
        has = {"picture": np.array([bool(item.images) for item in items]),
               "text": np.array([bool(item.title) for item in items])}  # fmt: skip
        matrix = self.embed_texts([item.title for item in items])
        seen = np.flatnonzero(has["picture"] & ~has["text"])
        if len(seen):
            matrix[seen] = self.embed_pictures([catalog.pictures.open(items[place].images[0]) for place in seen])
        return ItemVectors(matrix, has)

    def tensors(self):
        return {}

    def settings(self):
        return {}

    @classmethod
    def restore(cls, settings, tensors):
        del settings, tensors
        return cls()


def judged(catalog, held=()):
    space = Colours()
    vectors = space.embed_items(catalog, np.arange(catalog.size))
    return Judged(catalog, space, vectors, np.array(held, np.int64), "colours")


@pytest.fixture(scope="module")
def report():
    catalog = drawn_shop(3)  # nine items of each of four colours
    return judge(judged(catalog, range(36)))


def test_recall_follows_from_nine_of_a_colour(report):
    found = {(row.method, row.metric): row.value for row in report.rows}
    for way in ("words -> pictures", "pictures -> words"):  # four others stand before it, four behind
        assert [found[way, f"recall@{k}"] for k in (1, 5, 10)] == [0.0, 1.0, 1.0]
    assert found["chance", "recall@5"] == pytest.approx(5 / 36)


def test_words_and_pictures_lie_in_the_same_places(report):
    assert report.shape.gap == 0
    assert report.shape.alignment == 0
    pairs = 4 * 9 * 8 / (36 * 35)  # share of pairs of the same colour
    expected = np.log(pairs + (1 - pairs) * np.exp(-4))
    assert report.shape.uniformity_words == pytest.approx(expected, abs=1e-6)
    assert report.shape.uniformity_pictures == pytest.approx(expected, abs=1e-6)


def test_colours_are_read_off_and_shapes_are_not(report):
    told = {one.attribute: one for one in report.probes}
    assert (told["colour"].accuracy, told["colour"].majority) == (1.0, 0.25)
    assert told["shape"].accuracy <= told["shape"].majority == pytest.approx(1 / 3)
    assert report.probes[0].attribute == "colour"
    assert {one.attribute for one in report.pictured} == {"colour", "shape"}


def test_neighbours_have_the_colour_and_are_drawn(report):
    assert len(report.neighbours) == 8
    for line in report.neighbours:
        assert {name.split("-")[0] for name in line.found} == {line.asked.split("-")[0]}
        assert line.cosines == (1.0,) * 8
        assert line.asked not in line.found
    drawn = Image.open(io.BytesIO(report.sheet))
    assert (drawn.format, drawn.width) == ("PNG", 12 + 9 * 120 + 24)


def test_pairs_of_a_colour_are_near_duplicates(report):
    assert len(report.twins) == 4 * 9 * 8 / 2
    assert all(twin.first.split("-")[0] == twin.second.split("-")[0] and twin.cosine == 1 for twin in report.twins)


def test_what_was_asked_is_said():
    catalog = drawn_shop(3)
    kept, learned = judge(judged(catalog, range(36))), judge(judged(catalog))
    assert "kept from the training" in str(kept)
    assert "warning" not in kept.protocol
    assert learned.protocol["held_out"] is False
    assert "may have learned from: they flatter" in str(learned)


def test_items_without_pictures_or_words_are_counted():
    told = judge(judged(lacking(drawn_shop(3), 0)))
    assert (told.coverage.both, told.coverage.picture, told.coverage.words, told.coverage.none) == (33, 1, 1, 1)
    assert told.rows[0].n == 33


def test_the_same_file_twice_is_found(tmp_path: Path):
    for name, colour in (("a.png", "red"), ("b.png", "red"), ("c.png", "blue")):
        Image.new("RGB", (8, 8), COLOURS[colour]).save(tmp_path / name)
    titles = {"a": "red one", "b": "blue by mistake", "c": "blue one"}
    items = [Item(id, title, images=(f"{id}.png",)) for id, title in titles.items()]
    twins = judge(judged(Catalog.from_items(items, pictures=Pictures(tmp_path)))).twins
    assert [(twin.first, twin.second, twin.same_picture) for twin in twins] == [("a", "b", True), ("b", "c", False)]


def test_a_written_report_needs_nothing_else(report, tmp_path):
    for name in ("space.html", "space.md", "space.png"):
        report.save(tmp_path / name)
    page = read((tmp_path / "space.html").read_text())
    sources = [attributes["src"] for tag, attributes in page.seen if tag == "img"]
    assert len(sources) == 1
    assert sources[0].startswith("data:image/png;base64,")
    assert not [tag for tag, _ in page.seen if tag in ("script", "link")]
    assert "| words -> pictures | 0.000 [0.000, 0.000] |" in (tmp_path / "space.md").read_text()
    assert (tmp_path / "space.png").read_bytes() == report.sheet
    assert set(json.loads(json.dumps(report.to_json()))) == {
        "protocol", "rows", "shape", "probes", "pictured", "coverage", "twins", "neighbours",
    }  # fmt: skip


def test_the_same_seed_gives_the_same_report(report):
    again = judge(judged(drawn_shop(3), range(36)))
    assert again == report


def test_wrong_names_and_no_vectors_are_said(report, tmp_path):
    with pytest.raises(InputError, match="html"):
        report.save(tmp_path / "space.pdf")
    with pytest.raises(NotFitted):
        judge(Judged(drawn_shop(3), Colours(), None, np.empty(0, np.int64)))
