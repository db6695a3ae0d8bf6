"""Every verb on a real shop: data on stdout, everything else on stderr, the same JSON as over HTTP."""

import csv
import json
import tomllib

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from tastemaker.catalog.workspace import WorkspaceSettings
from tastemaker.server import create_app
from tastemaker.shop import Shop
from tests.server.small_workspace import BASE, picture

READING = {
    "recommend": {"--user": "person-00", "--k": 4},
    "search": {"text": "red circle", "--k": 3, "--where": "price < 21"},
    "similar": {"--item": "red-circle-0", "--k": 3},
    "explain": {"--item": "red-circle-0", "--user": "person-00"},
    "past": {"--user": "person-00", "--limit": 3},
}


def typed(verb):
    """What is typed after the shop, and the same as a query."""
    asked = READING[verb]
    words = [word for name, value in asked.items() for word in ([name, value] if name.startswith("--") else [value])]
    return words, {name.removeprefix("--"): value for name, value in asked.items()}


@pytest.mark.parametrize("verb", READING)
def test_the_command_and_the_route_say_the_same(tell, fitted, verb):
    options, query = typed(verb)
    told = tell(verb, fitted, *options, "--json")
    assert told.code == 0, told.err
    with Shop(fitted) as shop, TestClient(create_app(shop), base_url=BASE) as client:
        assert told.json == client.get(f"/{verb}", params=query).json()


@pytest.mark.parametrize("verb", READING)
def test_without_json_it_is_for_people(tell, fitted, verb):
    options, _ = typed(verb)
    told = tell(verb, fitted, *options)
    assert told.code == 0
    assert "red-circle" in told.out or "red" in told.out
    assert "\x1b[" not in told.out + told.err


def test_a_picture_and_a_change(tell, fitted, tmp_path):
    (tmp_path / "me.png").write_bytes(picture())
    told = tell("search", fitted, "--image", tmp_path / "me.png", "--change", "but in blue", "--k", "2", "--json")
    assert told.code == 0, told.err
    assert told.json["items"][0]["id"].startswith("blue")
    assert {"name", "op", "value", "hard", "label"} == set(told.json["understood"][0])


def test_the_part_of_a_picture_that_counts_is_drawn(tell, fitted, tmp_path):
    out = tmp_path / "why.png"
    told = tell("explain", fitted, "--item", "red-circle-0", "--text", "red circle", "--picture", out, "--json")
    assert told.code == 0, told.err
    assert (
        told.json["looks"]["sentence"] in tell("explain", fitted, "--item", "red-circle-0", "--text", "red circle").out
    )
    with Shop(fitted) as shop, Image.open(out) as drawn:
        plain = np.asarray(shop.catalog.pictures.open("red-circle-0.png"), np.int16)
        faded = np.asarray(drawn, np.int16)
    assert faded.shape == plain.shape
    assert (faded >= plain - 1).all()  # nothing gets darker
    assert faded.sum() > plain.sum()


def test_exclude_and_ignore(tell, fitted):
    without = ["--exclude", "red-circle-0", "--exclude", "red-circle-1", "--ignore", "colour: red"]
    told = tell("search", fitted, "red circle", *without, "--json")
    assert not {"red-circle-0", "red-circle-1"} & {item["id"] for item in told.json["items"]}
    assert "colour: red" not in {facet["label"] for facet in told.json["understood"]}


def test_somebody_new_is_served_and_told(tell, fitted):
    told = tell("recommend", fitted, "--user", "nobody-knows-me", "--json")
    assert (told.code, len(told.json["items"])) == (0, 10)
    assert told.json["notes"]


def test_complete_and_scores_of_every_source(tell, fitted):
    told = tell("complete", fitted, "--items", "red-circle-0,red-square-1", "--k", "3", "--json")
    assert (told.code, len(told.json["items"])) == (0, 3), told.err
    assert not {"red-circle-0", "red-square-1"} & {item["id"] for item in told.json["items"]}
    assert "red" in tell("complete", fitted, "--items", "red-circle-0", "--items", "red-square-1").out
    scores = tell("recommend", fitted, "--user", "person-00", "--explain", "--json").json["items"][0]["scores"]
    assert {"popularity", "content"} <= set(scores)
    assert "= popularity" in tell("recommend", fitted, "--user", "person-00", "--explain").out


def test_check_reports_what_was_refused(tell, folder):
    with (folder / "items.csv").open("a") as stream:
        stream.write("red-circle-0,again,,1,,\n,no id,,1,,\n")
    told = tell("check", folder, "--json")
    assert told.code == 0
    assert "no id" in told.out or "id" in told.out
    assert tell("check", folder).out.count("\n") > 3


def test_add_and_remove_live(tell, folder, tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "pink.png").write_bytes(picture())
    with (tmp_path / "new.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([["id", "title", "image", "colour"], ["new-1", "pink circle", "pink.png", "pink"]])
    told = tell("add", folder, "--items", tmp_path / "new.csv", "--images", tmp_path / "images", "--json")
    assert (told.code, told.json["added"]) == (0, 1)
    assert tell("search", folder, "pink", "--k", "1", "--json").json["items"][0]["id"] == "new-1"
    (tmp_path / "new.jsonl").write_text(json.dumps({"user": "anna", "item": "new-1", "kind": "buy"}) + "\n")
    assert tell("add", folder, "--events", tmp_path / "new.jsonl", "--json").json["events"] == 1
    found = tell("recommend", folder, "--user", "anna", "--k", "24", "--json").json["items"]
    assert "new-1" not in {item["id"] for item in found}
    assert tell("remove", folder, "--item", "new-1", "red-circle-0", "--json").json == {"removed": 2}


def test_what_a_person_did_is_shown_and_forgotten(tell, folder):
    there = tell("past", folder, "--user", "person-00").out.splitlines()
    assert len(there) > 1
    newest = tell("past", folder, "--user", "person-00", "--json").json[0]
    kind, item = there[0].split()[2:4]
    assert (kind, item) == (newest["kind"], newest["item"])
    assert tell("forget", folder, "--user", "person-00", "--kind", kind).code == 2
    with_it = sum(line.split()[3] == item for line in there)
    assert tell("forget", folder, "--user", "person-00", "--item", item).out == f"{with_it} forgotten\n"
    assert tell("forget", folder, "--user", "person-00", "--json").json == {"forgotten": len(there) - with_it}
    assert tell("past", folder, "--user", "person-00").out == "nothing is known of this person\n"


def test_evaluate_prints_rows_with_intervals(tell, folder, tmp_path):
    (tmp_path / "later.csv").write_text("user,item\nperson-00,red-stripes-1\nperson-01,green-stripes-1\n")
    told = tell("evaluate", folder, "--events", tmp_path / "later.csv", "--k", "5", "--json")
    assert told.code == 0, told.err
    assert set(told.json) == {"protocol", "rows"}
    assert {"method", "metric", "value", "low", "high", "n", "seconds"} == set(told.json["rows"][0])
    assert {"shop", "popularity", "random"} <= {row["method"] for row in told.json["rows"]}
    assert "recall@5" in tell("evaluate", folder, "--events", tmp_path / "later.csv", "--k", "5").out


def test_evaluate_writes_a_report(tell, folder, tmp_path):
    (tmp_path / "later.csv").write_text("user,item\nperson-00,red-stripes-1\nperson-01,green-stripes-1\n")
    asked = ("evaluate", folder, "--events", tmp_path / "later.csv", "--k", "5")
    told = tell(*asked, "--report", tmp_path / "report.html")
    assert told.code == 0, told.err
    assert "<svg" in (tmp_path / "report.html").read_text()
    assert "report.html" in told.err
    assert tell(*asked, "--report", tmp_path / "report.md", "--json").code == 0
    assert (tmp_path / "report.md").read_text().startswith("# Evaluation: events later.csv")


def test_evaluate_the_space(tell, folder, tmp_path):
    told = tell("evaluate", folder, "--space", "--report", tmp_path / "space.html", "--json")
    assert told.code == 0, told.err
    assert {"rows", "shape", "probes", "coverage", "twins", "neighbours"} < set(told.json)
    assert "data:image/png" in (tmp_path / "space.html").read_text()
    assert "Words and pictures find each other" in tell("evaluate", folder, "--space").out
    assert tell("evaluate", folder, "--space", "--split", "time").code == 2
    assert tell("evaluate", folder, "--space", "--report", tmp_path / "space.pdf").code == 2


def test_a_stopped_evaluation_prints_what_is_done(tell, folder, tmp_path, monkeypatch):
    from tastemaker.core.progress import Cancellable
    from tastemaker.recommenders.ease import Ease

    (tmp_path / "later.csv").write_text("user,item\nperson-00,red-stripes-1\n")
    watchers = []
    begun, fit = Cancellable.__init__, Ease.fit

    def remembered(self, *given):
        begun(self, *given)
        watchers.append(self)

    def stopped(self, *given):
        watchers[-1].cancel()  # what ctrl-c does
        return fit(self, *given)

    monkeypatch.setattr(Cancellable, "__init__", remembered)
    monkeypatch.setattr(Ease, "fit", stopped)
    told = tell("evaluate", folder, "--events", tmp_path / "later.csv", "--methods", "ease", "--json")
    assert told.code == 130
    assert "stopped in ease" in told.err
    assert {row["method"] for row in told.json["rows"]} == {"shop", "popularity", "random"}
    assert "stopped in ease" in told.json["protocol"]["cut_short"]


def test_methods_and_doctor(tell, fitted):
    cards = tell("methods", "--json").json
    assert {"encoder", "recommender", "importer"} <= {card["kind"] for card in cards}
    assert "ease" in tell("methods").out
    assert tell("doctor", fitted, "--json").json["database"] == "ok"
    assert "database  ok" in tell("doctor", fitted).out


def test_shown_settings_can_be_used_as_they_are(tell, folder):
    told = tell("fit", "--show-config")
    assert told.code == 0, told.err
    settings = WorkspaceSettings.read(tomllib.loads(told.out))
    assert settings.space["name"] == "contrastive"
    assert settings.complete["pause"] == 30
    assert settings.live["visit_minutes"] == 30
    assert "half_life" in str(settings.methods) or settings.methods["ease"]
    mine = tell("fit", folder, "--show-config")
    (folder / "tastemaker.toml").write_text(mine.out)
    assert tell("fit", folder, "--parts", "recommender").code == 0


def test_import_makes_a_workspace(tell, tmp_path):
    (tmp_path / "tiny.txt").write_text("1 10 11 12\n2 11 12 13\n3 10 13 12\n")
    told = tell("import", "sequences", tmp_path / "tiny.txt", "--out", tmp_path / "out")
    assert told.code == 0, told.err
    assert "next: tastemaker fit" in told.err
    assert len(tell("recommend", tmp_path / "out", "--k", "3", "--json").json["items"]) == 3
    assert tell("import", "sequences", tmp_path / "tiny.txt", "--out", tmp_path / "out").code == 1


def test_drawings_are_written_with_what_they_are(tell, folder, tmp_path):
    assert "--parts generators" in tell("imagine", folder, "red circle", "--out", tmp_path).err
    assert tell("fit", folder, "--parts", "generators").code == 0
    told = tell("imagine", folder, "red circle", "--n", "2", "--seed", "5", "--out", tmp_path / "drawn", "--json")
    assert told.code == 0, told.err
    assert (told.json["generator"], told.json["seed"]) == ("mean-picture", 5)
    names = {design["name"] for design in told.json["designs"]}
    assert {path.name for path in (tmp_path / "drawn").iterdir()} == names
    assert all(design["nearest"] for design in told.json["designs"])
    assert "nearest:" in tell("imagine", folder, "red circle", "--out", tmp_path / "drawn").out
