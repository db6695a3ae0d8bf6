"""Importers: tiny files of each format become workspaces that open."""

import json

import numpy as np
import pytest
from PIL import Image

from tastemaker.catalog.importers.mmrec import MMRec
from tastemaker.catalog.importers.movielens import MovieLens
from tastemaker.catalog.importers.photos import Photos
from tastemaker.catalog.importers.recbole import RecBole
from tastemaker.catalog.importers.sequences import Sequences
from tastemaker.catalog.loading import open_store
from tastemaker.catalog.readers import read_events
from tastemaker.catalog.workspace import Workspace
from tastemaker.core import registry
from tastemaker.core.errors import InputError, WorkspaceError


def write(folder, **files):
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        stem, _, suffix = name.rpartition("_")
        (folder / f"{stem.replace('__', '.')}.{suffix}").write_text(text)
    return folder


def imported(importer, source, out):
    report = importer.convert(source, out)
    return report, open_store(Workspace.open(out))


def history(store, user):
    catalog = store.snapshot()
    return [catalog.ids[row] for row in store.history(user).rows]


RATINGS = "userId,movieId,rating,timestamp\n1,10,4.0,200\n1,20,1.5,100\n2,99,5.0,50\n"
MOVIES = 'movieId,title,genres\n10,Toy Story (1995),Animation|Comedy\n20,"Nothing, Like It",(no genres listed)\n'
TAGS = "userId,movieId,tag,timestamp\n1,10,Pixar,1\n2,10,pixar,1\n2,10,toys,1\n"


def test_movielens_as_csv(tmp_path):
    source = write(tmp_path / "ml", ratings_csv=RATINGS, movies_csv=MOVIES, tags_csv=TAGS)
    report, store = imported(MovieLens(), source, tmp_path / "shop")
    catalog = store.snapshot()
    assert (report.items, report.events) == (3, 3)
    film = catalog.item(catalog.row("10"))
    assert (film.title, film.attributes["genres"], film.attributes["tags"]) == (
        "Toy Story", ("Animation", "Comedy"), ("pixar", "toys"),
    )  # fmt: skip
    assert film.attributes["year"] == 1995.0
    assert catalog.item(catalog.row("20")).title == "Nothing, Like It"
    assert catalog.has("99")  # rated, and nothing but an id
    assert history(store, "1") == ["20", "10"]
    assert store.history("1").times.tolist() == [100.0, 200.0]


def test_movielens_as_dat(tmp_path):
    source = write(tmp_path / "ml", ratings_dat="1::10::4::200\n")
    (source / "movies.dat").write_bytes("10::Café (1999)::Drama|War\n".encode("latin-1"))
    _, store = imported(MovieLens(), source, tmp_path / "shop")
    assert store.snapshot().item(0).title == "Café"
    assert store.snapshot().item(0).attributes["genres"] == ("Drama", "War")


def test_sequences_keep_their_order(tmp_path):
    source = write(tmp_path / "s", Beauty_txt="u1 3 1 2\nu2 2 2\n")
    (source / "Beauty_item2attributes.json").write_text(json.dumps({"1": [7, 8], "4": [9]}))
    report, store = imported(Sequences(), source / "Beauty.txt", tmp_path / "shop")
    catalog = store.snapshot()
    assert history(store, "u1") == ["3", "1", "2"]
    assert history(store, "u2") == ["2", "2"]
    assert catalog.item(catalog.row("1")).attributes == {"labels": ("7", "8")}
    assert catalog.has("4")
    assert "leaks" in report.notes[0]


def test_sequences_as_json(tmp_path):
    (tmp_path / "inter.json").write_text('{"u1": [3, 1, 2]}')
    _, store = imported(Sequences(), tmp_path / "inter.json", tmp_path / "shop")
    assert history(store, "u1") == ["3", "1", "2"]


def test_mmrec_keeps_its_test_part_apart(tmp_path):
    rows = "userID\titemID\trating\ttimestamp\tx_label\n0\t0\t5.0\t1\t0\n0\t1\t4.0\t2\t1\n0\t2\t3.0\t3\t2\n"
    source = write(tmp_path / "baby", baby_inter=rows)
    np.save(source / "image_feat.npy", np.arange(8.0).reshape(4, 2))
    np.save(source / "graph.npy", np.zeros(3))
    report, store = imported(MMRec(), source, tmp_path / "shop")
    catalog = store.snapshot()
    assert (catalog.size, history(store, "0")) == (4, ["0"])
    assert report.held_out == ("valid.csv", "test.csv")
    assert [event.item for event in read_events(tmp_path / "shop" / "test.csv")[0]] == ["2"]
    assert list(catalog.features) == ["image_feat"]
    assert catalog.features["image_feat"][catalog.row("3")].tolist() == [6.0, 7.0]


INTER = "user_id:token\titem_id:token\trating:float\ttimestamp:float\nu\t1\t4\t10\nu\t2\t5\t5\n"
ITEM = (
    "item_id:token\tmovie_title:token_seq\trelease_year:float\tclass:token_seq\tvector:float_seq\n"
    "1\tToy Story\t1995\tAnimation Comedy\t0.1 0.2\n2\tHeat\t1995\t\t\n3\tCold\t\tDrama\t\n"
)


def test_recbole_atomic_files(tmp_path):
    report, store = imported(RecBole(), write(tmp_path / "r", ml_inter=INTER, ml_item=ITEM), tmp_path / "shop")
    catalog = store.snapshot()
    assert history(store, "u") == ["2", "1"]
    assert catalog.item(catalog.row("1")).title == "Toy Story"
    assert catalog.item(catalog.row("1")).attributes == {"release_year": 1995.0, "class": ("Animation", "Comedy")}
    assert catalog.has("3")
    assert "vector" in report.notes[0]


def test_recbole_benchmark_splits_stay_split(tmp_path):
    head = "user_id:token\titem_id:token\n"
    source = write(tmp_path / "r", x__train_inter=head + "u\t1\n", x__test_inter=head + "u\t2\n")
    report, store = imported(RecBole(), source, tmp_path / "shop")
    assert history(store, "u") == ["1"]
    assert report.held_out == ("test.csv",)
    assert store.snapshot().has("2")


BROKEN = {
    "movielens without ratings": (MovieLens, {"movies_csv": MOVIES}, "neither ratings.csv"),
    "movielens of words": (MovieLens, {"ratings_csv": "userId,movieId,rating,timestamp\n1,2,good,3\n"}, "line 2"),
    "movielens of short lines": (MovieLens, {"ratings_csv": "userId,movieId,rating,timestamp\n1,2\n"}, "line 2"),
    "sequences, no item": (Sequences, {"a_txt": "u1 1\nu2\n"}, "line 2"),
    "sequences, empty": (Sequences, {"a_txt": ""}, "is empty"),
    "sequences, two files": (Sequences, {"a_txt": "u 1", "b_txt": "u 1"}, "a.txt, b.txt"),
    "mmrec without label": (MMRec, {"a_inter": "userID\titemID\n1\t2\n"}, "'x_label'"),
    "mmrec, label 3": (MMRec, {"a_inter": "userID\titemID\tx_label\n1\t2\t3\n"}, "x_label is '3'"),
    "recbole without types": (RecBole, {"a_inter": "user_id\titem_id\n1\t2\n"}, "not name:type"),
    "recbole, short line": (RecBole, {"a_inter": "user_id:token\titem_id:token\n1\n"}, "line 2"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_not_of_the_format_is_refused_and_nothing_is_written(tmp_path, case):
    importer, files, said = BROKEN[case]
    with pytest.raises(InputError) as caught:
        importer().convert(write(tmp_path / "in", **files), tmp_path / "out")
    assert said in caught.value.message
    assert caught.value.hint
    assert not (tmp_path / "out").exists()


def test_a_workspace_is_never_overwritten(tmp_path):
    source = write(tmp_path / "s", a_txt="u 1 2\n")
    Sequences().convert(source, tmp_path / "shop")
    with pytest.raises(WorkspaceError, match="holds items already"):
        Sequences().convert(source, tmp_path / "shop")
    with pytest.raises(InputError, match="does not exist"):
        Sequences().convert(tmp_path / "nowhere", tmp_path / "other")


def test_every_registered_importer_says_where_its_format_comes_from():
    assert registry.names("importer") == [
        "google-retail", "mmrec", "movielens", "personalize", "photos", "recbole", "sequences",
    ]  # fmt: skip
    for name in registry.names("importer"):
        assert len(registry.find("importer", name).source) > 20


def test_photos(tmp_path):
    source = tmp_path / "photos"
    for name, kind in (("a b.JPG", "JPEG"), ("shirts/x.png", "PNG"), ("shirts/x.jpg", "JPEG"), ("[1].jpg", "JPEG")):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (20, 30), "red").save(source / name, kind)
    (source / "notes.txt").write_text("not a picture")
    (source / ".thumb.jpg").write_bytes(b"\xff\xd8\xff")
    report, store = imported(Photos(), source, tmp_path / "shop")
    catalog = store.snapshot()
    assert set(catalog.ids) == {"a b", "shirts-x", "shirts-x.png", "[1]"}
    assert all(catalog.pictures.open(catalog.main_picture(row)).size == (20, 30) for row in range(catalog.size))
    assert catalog.item(catalog.row("shirts-x")).department == "shirts"
    assert (report.items, report.events) == (4, 0)
    assert report.notes == ("1 files are no JPEG, PNG, WebP, GIF and were left out: notes.txt",)
    assert "a b,a b.JPG," in (tmp_path / "shop" / "items.csv").read_text()


def test_photos_that_are_none(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no pictures"):
        Photos().read(tmp_path / "empty")
    (tmp_path / "x.jpg").write_bytes(b"")
    with pytest.raises(InputError, match="is a file"):
        Photos().read(tmp_path / "x.jpg")


def test_a_folder_of_pictures_is_told_of_the_importer(tmp_path):
    (tmp_path / "shop" / "images").mkdir(parents=True)
    (tmp_path / "IMG_1.JPG").write_bytes(b"")
    for folder, step in ((tmp_path, f"photos {tmp_path.name} --out shop/"), (tmp_path / "shop", "photos shop/images")):
        with pytest.raises(WorkspaceError, match="holds no items") as raised:
            Workspace.open(folder)
        assert f"`tastemaker import {step}" in raised.value.hint


def test_photos_in_their_place(tmp_path):
    (tmp_path / "images").mkdir()
    Image.new("RGB", (20, 30), "red").save(tmp_path / "images" / "x.png")
    _, store = imported(Photos(), tmp_path / "images", tmp_path)
    assert store.snapshot().pictures.names() == ["x.png"]
