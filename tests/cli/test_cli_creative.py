"""``tastemaker creative``: files, JSON, the queue."""

import pytest
from PIL import Image

from tests.server.small_workspace import write_workspace


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_workspace(tmp_path_factory.mktemp("creative") / "shop")


def test_it_writes_a_file_a_layout_and_tells_where_facts_come_from(tell, folder, tmp_path):
    out = tmp_path / "new" / "banner.png"
    told = tell("creative", folder, "--item", "red-circle-0", "--n", "2", "--out", out, "--json")
    assert told.code == 0, told.err
    assert told.json["out"] == [str(out), str(tmp_path / "new" / "banner-2.png")]
    with Image.open(out) as picture:
        assert picture.size == (1600, 600)
    first = told.json["creatives"][0]
    assert {"text", "field", "item", "cut"} == set(first["facts"][0])
    assert "png" not in first


def test_svg_when_asked_for(tell, folder, tmp_path):
    told = tell("creative", folder, "--item", "red-circle-0", "--out", tmp_path / "a.svg")
    assert told.code == 0
    assert "red-circle-0 price" in told.out
    assert (tmp_path / "a.svg").read_text().startswith("<svg")


def test_the_queue_is_listed_and_decided(tell, folder, tmp_path):
    made = tell("creative", folder, "--item", "blue-circle-0", "--out", tmp_path / "b.png", "--json").json
    name = made["creatives"][0]["name"]
    assert tell("creative", folder, "--decide", f"{name}=approved", "--by", "anna", "--why", "calm").code == 0
    told = tell("creative", folder, "--queue", "approved")
    assert name in told.out
    assert "by anna: calm" in told.out
    listed = tell("creative", folder, "--queue", "all", "--json").json
    assert {"outdated", "state", "creative"} == set(listed[0])


@pytest.mark.parametrize("options", [
    [], ["--item", "red-circle-0", "--queue", "all"], ["--item", "red-circle-0", "--out", "a.gif"],
    ["--queue", "maybe"], ["--decide", "zz=approved", "--by", "anna"], ["--item", "nothing"],
])  # fmt: skip
def test_used_wrongly(tell, folder, options):
    told = tell("creative", folder, *options)
    assert told.code == 2
    assert told.err.startswith("error: ")
    assert "hint: " in told.err
