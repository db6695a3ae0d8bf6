"""Workspaces: what is one, when it is read again, and what ``check`` says of it."""

import json
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tastemaker.catalog.checks import check
from tastemaker.catalog.events import Event
from tastemaker.catalog.items import Item
from tastemaker.catalog.loading import open_store
from tastemaker.catalog.workspace import Workspace
from tastemaker.core.errors import Cancelled, ConfigError, InputError, WorkspaceError
from tastemaker.core.progress import Cancellable, Finished


def make(root, items="id,title\na,Dress\nb,Sofa\n", events="user,item,time\nu,a,10\nu,b,20\n"):
    root.mkdir(exist_ok=True)
    (root / "items.csv").write_text(items)
    if events:
        (root / "events.csv").write_text(events)
    return root


def opened(root):
    return open_store(Workspace.open(root))


def picture(width=10, height=10):
    stream = BytesIO()
    Image.new("RGB", (width, height), "red").save(stream, "PNG")
    return stream.getvalue()


def test_what_is_no_workspace_says_what_is_missing(tmp_path):
    with pytest.raises(WorkspaceError, match="does not exist"):
        Workspace.open(tmp_path / "nowhere")
    with pytest.raises(WorkspaceError, match="it is empty"):
        Workspace.open(tmp_path)
    (tmp_path / "products.csv").write_text("id\n1\n")
    with pytest.raises(WorkspaceError, match=r"holds products\.csv"):
        Workspace.open(tmp_path)
    with pytest.raises(WorkspaceError, match="is a file"):
        Workspace.open(tmp_path / "products.csv")


def test_two_tables_of_items_are_one_too_many(tmp_path):
    make(tmp_path)
    (tmp_path / "items.jsonl").write_text('{"id": 1}')
    with pytest.raises(WorkspaceError, match=r"items\.csv and items\.jsonl"):
        Workspace.open(tmp_path)


@pytest.mark.parametrize("text", ["colour = 1", "not toml", '[attributes]\nyear = "date"'])
def test_a_choice_that_does_not_exist_is_refused(tmp_path, text):
    make(tmp_path)
    (tmp_path / "tastemaker.toml").write_text(text)
    with pytest.raises(ConfigError):
        Workspace.open(tmp_path)


def test_choices_reach_the_catalog(tmp_path):
    make(tmp_path, "id,year,tags\na,1999,x;y\nb,2000,z\n")
    (tmp_path / "tastemaker.toml").write_text('separator = ";"\n[attributes]\nyear = "category"\ntags = "list"\n')
    catalog = opened(tmp_path).snapshot()
    assert catalog.column("tags") == [("x", "y"), ("z",)]
    assert catalog.attributes["year"].type == "category"


def test_a_workspace_is_read_once_and_again_when_a_file_changes(tmp_path):
    root = make(tmp_path / "shop")
    tasks = []
    store = open_store(Workspace.open(root), tasks.append)
    assert len(store.history("u")) == 2
    revision = store.revision
    store.put_items([Item("live")])
    store.record([Event("v", "a")])
    before = len(tasks)
    again = open_store(Workspace.open(root), tasks.append)
    assert (len(tasks), again.revision) == (before, revision + 1)
    make(root, "id,title\nb,Sofa bed\nnew,Lamp\n", "user,item\nu,new\n")
    catalog = opened(root).snapshot()
    assert [catalog.ids[row] for row in np.flatnonzero(catalog.alive)] == ["b", "live", "new"]
    assert (catalog.row("b"), catalog.item(1).title) == (1, "Sofa bed")
    assert len(again.history("u")) == 1
    assert len(again.history("v")) == 1
    assert isinstance(tasks[-1], Finished)


def test_a_shop_without_events_and_one_that_only_received(tmp_path):
    root = make(tmp_path / "shop", "id\n1\n2\n", events="")
    store = opened(root)
    assert (store.snapshot().size, len(store.snapshot().interactions)) == (2, 0)
    (root / "items.csv").unlink()
    store.put_items([Item("3")])
    assert Workspace.open(root).items_file is None  # a store is enough to be a workspace
    catalog = opened(root).snapshot()
    assert [catalog.ids[row] for row in np.flatnonzero(catalog.alive)] == ["3"]


def test_a_file_that_broke_stops_the_opening_and_harms_nothing(tmp_path):
    root = make(tmp_path / "shop")
    opened(root)
    good = (root / "items.csv").read_text()
    (root / "items.csv").write_text("title\nDress\n")
    with pytest.raises(InputError, match="no column 'id'"):
        opened(root)
    (root / "items.csv").write_text(good)
    assert opened(root).snapshot().has("a")


def test_a_cancelled_opening_leaves_the_store_as_it_was(tmp_path):
    root = make(tmp_path / "shop")
    stop = Cancellable()
    stop.cancel()
    with pytest.raises(Cancelled):
        open_store(Workspace.open(root), stop)
    assert len(opened(root).history("u")) == 2


def test_pictures_and_features_come_with_the_snapshot(tmp_path):
    root = make(tmp_path / "shop", "id,image\na,a.png\nb,\n")
    (root / "images").mkdir()
    (root / "images" / "a.png").write_bytes(picture())
    (root / "features").mkdir()
    np.save(root / "features" / "audio.npy", np.ones((1, 4)))
    (root / "features" / "audio.ids").write_text("b\n")
    np.save(root / "features" / "lonely.npy", np.ones((1, 4)))
    catalog = opened(root).snapshot()
    assert catalog.pictures.open(catalog.main_picture(0)).size == (10, 10)
    assert list(catalog.features) == ["audio"]
    assert np.isnan(catalog.features["audio"]).all(axis=1).tolist() == [True, False]


def test_a_clean_workspace_has_nothing_to_mend(tmp_path):
    report = check(Workspace.open(make(tmp_path / "shop")))
    assert report.ok
    assert "nothing to mend" in str(report)
    assert (report.items, report.people, report.events) == (2, 1, 2)
    assert (report.first, report.last) == ("1970-01-01T00:00:10+00:00", "1970-01-01T00:00:20+00:00")


def test_check_reports_everything(tmp_path):
    root = make(
        tmp_path / "shop",
        "id,title,price,image,colour\n"
        "a,Dress,10,good.png,red\na,Again,1,,\nb,Sofa,-1,gone.png,blue\nc,Hat,3,words.png,red\n,None,,,\nd,,,../x.png,\n",
        "user,item,time\n" + "".join(f"u{n},a,{n}\n" for n in range(20)) + "u1,b,4102444800\nu1,ghost,5\nu2,b,\n,a,1\n",
    )
    (root / "images").mkdir()
    (root / "images" / "good.png").write_bytes(picture())
    (root / "images" / "words.png").write_text("only words")
    report = check(Workspace.open(root))
    items, events = report.files
    assert (items.name, items.read, items.refused, items.duplicates, items.fields_dropped) == ("items.csv", 6, 1, 1, 2)
    assert (events.name, events.read, events.refused) == ("events.csv", 24, 1)
    assert [(each.file, each.line, each.field) for each in report.refusals] == [
        ("items.csv", 3, "id"), ("items.csv", 4, "price"), ("items.csv", 6, "id"), ("items.csv", 7, "image"),
        ("events.csv", 25, "user"),
    ]  # fmt: skip
    assert all(each.why and each.mend for each in report.refusals)
    assert (report.pictures.named, report.pictures.missing, report.pictures.broken) == (3, 1, 1)
    assert {(each.item, each.name) for each in report.pictures.troubles} == {("b", "gone.png"), ("c", "words.png")}
    assert report.pictures.items_without == 1
    assert report.unknown_items == (("ghost", 1),)
    assert (report.item_heat.hot, report.item_heat.warm, report.item_heat.cold) == (1, 1, 2)
    assert {spec.name: (spec.type, spec.coverage) for spec in report.attributes} == {"colour": ("category", 0.75)}
    assert any("in the future" in note for note in report.notes)
    assert any("no time" in note for note in report.notes)
    assert not report.ok
    page = str(report)
    for said in ("items.csv:3: id", "gone.png", "ghost", "1 hot, 1 warm, 2 cold", "colour"):
        assert said in page
    values = json.loads(json.dumps(report.to_dict()))
    assert values["refusals"][0]["line"] == 3
    assert values["unknown_items"] == [{"item": "ghost", "events": 1}]


def test_check_counts_what_came_in_live(tmp_path):
    root = make(tmp_path / "shop")
    store = opened(root)
    store.put_items([Item("c")])
    assert check(Workspace.open(root), store).items == 3
    assert store.snapshot().has("c")
