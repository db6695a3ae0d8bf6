"""The demo shop as a folder: whole, the same every time, drawn once, and never over something else."""

import csv
import hashlib
import json

import numpy as np
import pytest
from PIL import Image

from tastemaker.core.errors import Cancelled, WorkspaceError
from tastemaker.core.progress import Advanced, Finished
from tastemaker.demoshop import DemoConfig, draw
from tastemaker.demoshop.draw import STAMP

SMALL = DemoConfig(items=40, people=12, events=300, width=96)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "shop"
    draw(folder, SMALL)
    return folder


def rows(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def digests(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_everything_is_there(shop):
    items, events = rows(shop / "items.csv"), rows(shop / "events.csv")
    assert len(items) == 40
    assert len(events) >= 300
    assert {item["department"] for item in items} == {"wardrobe", "home", "screen", "trips"}
    assert {path.name for path in (shop / "images").iterdir()} == {item["image"] for item in items}
    assert {event["item"] for event in events} <= {item["id"] for item in items}
    assert not list(shop.parent.glob(".drawing-*"))


def test_the_truth_lies_apart_from_the_inputs(shop):
    lines = (shop / "ground_truth" / "people.jsonl").read_text(encoding="utf-8").splitlines()
    people = [json.loads(line) for line in lines]
    assert len(people) == 12
    assert set(people[0]["departments"]) == {"wardrobe", "home", "screen", "trips"}
    assert "likes" not in (shop / "events.csv").read_text(encoding="utf-8")


def test_same_seed_same_bytes_other_seed_other_shop(shop, tmp_path):
    draw(tmp_path / "again", SMALL)
    assert digests(tmp_path / "again") == digests(shop)
    draw(tmp_path / "other", SMALL.model_copy(update={"seed": 8}))
    other = digests(tmp_path / "other")
    assert other["items.csv"] != digests(shop)["items.csv"]
    assert other["images/w-0001.jpg"] != digests(shop)["images/w-0001.jpg"]


def test_workers_draw_what_one_process_draws(shop, tmp_path):
    many = SMALL.model_copy(update={"items": 84})  # above the number from which other processes help
    seen = []
    draw(tmp_path / "many", many, seen.append)
    counts = [event.done for event in seen if isinstance(event, Advanced) and event.task.startswith("pictures")]
    assert counts == list(range(1, 85))
    assert isinstance(seen[-1], Finished)
    # The wardrobe's first kinds are the same in both ranges; so must their pictures be.
    for name in ("w-0001.jpg", "w-0009.jpg"):
        assert (tmp_path / "many" / "images" / name).read_bytes() == (shop / "images" / name).read_bytes()


def test_a_second_call_changes_nothing(shop):
    before = {path: path.stat().st_mtime_ns for path in shop.rglob("*")}
    said = []
    draw(shop, SMALL, said.append)
    assert said == []
    assert {path: path.stat().st_mtime_ns for path in shop.rglob("*")} == before


def test_other_settings_replace_the_files_but_keep_what_was_received(tmp_path):
    tiny = SMALL.model_copy(update={"items": 24, "people": 8, "events": 100})
    draw(tmp_path / "shop", tiny)
    state = tmp_path / "shop" / ".tastemaker" / "shop.db"
    state.parent.mkdir()
    state.write_text("received live")
    draw(tmp_path / "shop", tiny.model_copy(update={"items": 25}))
    assert len(rows(tmp_path / "shop" / "items.csv")) == 25
    assert len(list((tmp_path / "shop" / "images").iterdir())) == 25
    assert state.read_text() == "received live"
    assert json.loads((tmp_path / "shop" / STAMP).read_text())["items"] == 25


def test_it_never_draws_over_something_else(tmp_path):
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(WorkspaceError, match="not a demo shop"):
        draw(tmp_path, SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_cancelling_leaves_nothing(tmp_path):
    def stop(event):
        if isinstance(event, Advanced) and event.task.startswith("pictures") and event.done == 3:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        draw(tmp_path / "shop", SMALL, stop)
    assert list(tmp_path.iterdir()) == []


def test_pictures_decode_and_are_not_flat(shop):
    for path in sorted((shop / "images").iterdir()):
        with Image.open(path) as image:
            assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (96, 128))
            pixels = np.asarray(image, np.float64)
        assert pixels.std(axis=(0, 1)).max() > 6, path.name
        centre = pixels[32:96, 24:72].reshape(-1, 3)
        assert len(np.unique((centre // 8).astype(int), axis=0)) > 20, path.name


def test_prices_and_times_are_what_the_columns_say(shop):
    assert all(float(item["price"]) > 0 and item["available"] in ("true", "false") for item in rows(shop / "items.csv"))
    events = rows(shop / "events.csv")
    times = [event["time"] for event in events]
    assert times == sorted(times)
    assert times[-1] <= "2025-09-30T21:00:00Z"
    assert len({event["id"] for event in events}) == len(events)
