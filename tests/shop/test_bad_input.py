"""Bad input, one table: each row gives the documented error or the documented fallback; the shop lives on unharmed."""

import json
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tastemaker.catalog.events import Event
from tastemaker.catalog.items import Item
from tastemaker.core.errors import (
    ConfigError,
    FilterError,
    InputError,
    PictureError,
    TastemakerError,
    UnknownName,
    WorkspaceError,
)
from tastemaker.core.storage import Artefacts
from tastemaker.shop import Shop

FUTURE = 4_102_444_800.0  # the year 2100


def bomb() -> bytes:
    """A picture of a few kilobytes that would decode to 500 MB."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 13_000, 13_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 20_000))
        + chunk(b"IEND", b"")
    )


def jpeg() -> bytes:
    stream = BytesIO()
    Image.new("RGB", (400, 400), (120, 30, 30)).save(stream, "JPEG")
    return stream.getvalue()


def table(shop: Shop, name: str, data: str | bytes) -> Path:
    path = shop.path.parent / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


ERRORS: list[tuple[str, Callable[[Shop], object], type[TastemakerError], str]] = [
    ("empty file", lambda s: s.add(table(s, "a.csv", "")), InputError, "is empty"),
    ("wrong encoding", lambda s: s.add(table(s, "a.csv", "id,title\n1,Gr\xfcn".encode("cp1252"))), InputError, "UTF-8"),
    ("UTF-16", lambda s: s.add(table(s, "a.csv", "id,title\n1,x".encode("utf-16"))), InputError, "UTF-16"),
    ("no id column", lambda s: s.add(table(s, "a.csv", "sku,title\n1,x")), InputError, "id"),
    ("events without user", lambda s: s.add(events=table(s, "e.csv", "item\nplate-red-0")), InputError, "user"),
    ("semicolons", lambda s: s.add(table(s, "a.csv", "id;title\n1;x")), InputError, "separated"),
    ("unknown format", lambda s: s.add(table(s, "a.xlsx", "id\n1")), InputError, "csv"),
    ("not a parquet file", lambda s: s.add(table(s, "a.parquet", "id\n1")), InputError, "a.parquet"),
    ("missing file", lambda s: s.add(s.path / "nowhere.csv"), InputError, "nowhere.csv"),
    ("nothing to add", lambda s: s.add(), InputError, "nothing to add"),
    ("picture bomb", lambda s: s.search(image=bomb()), PictureError, "pixels"),
    ("truncated JPEG", lambda s: s.search(image=jpeg()[:600]), PictureError, ""),
    ("text named .png", lambda s: s.search(image=table(s, "words.png", "hello")), PictureError, ""),
    ("no such picture", lambda s: s.search(image="nowhere.jpg"), PictureError, "neither a file nor an item"),
    ("empty picture", lambda s: s.search(image=b""), PictureError, ""),
    ("path outside", lambda s: s.picture("../items.csv"), PictureError, "outside"),
    ("absolute path", lambda s: s.picture("/etc/hostname"), PictureError, "outside"),
    ("thumbnail of no width", lambda s: s.picture("plate-red-0.jpg", 0), PictureError, "width"),
    ("unknown attribute", lambda s: s.search("vase", where="color = red"), FilterError, "color"),
    ("half a filter", lambda s: s.search("vase", where="price <"), FilterError, ""),
    ("SQL in a filter", lambda s: s.search("vase", where="1=1; DROP TABLE items"), FilterError, ""),
    ("code in a filter", lambda s: s.search("vase", where="__import__('os').getcwd()"), FilterError, ""),
    ("text compared as number", lambda s: s.search("vase", where="colour < 3"), FilterError, ""),
    ("endless filter", lambda s: s.search("vase", where="(" * 50_000 + "available"), FilterError, ""),
    ("unknown item", lambda s: s.similar("vase-purple-0"), UnknownName, "vase-purple-0"),
    ("unknown item to leave out", lambda s: s.recommend("u0", exclude=["nope"]), UnknownName, "nope"),
    ("unknown item to remove", lambda s: s.remove(["plate-red-0", "nope"]), UnknownName, "nope"),
    ("k = 0", lambda s: s.recommend("u0", k=0), InputError, "k is 0"),
    ("nothing asked", lambda s: s.search("   "), InputError, "nothing was asked"),
    ("person and history", lambda s: s.recommend("u0", history=["plate-red-0"]), InputError, "both"),
    ("unknown part", lambda s: s.fit(["spaec"]), UnknownName, "spaec"),
    ("unknown method", lambda s: s.evaluate(split="time", methods=["eese"]), UnknownName, "eese"),
    ("unknown split", lambda s: s.evaluate(split="tomorrow"), UnknownName, "tomorrow"),
    ("two truths", lambda s: s.evaluate(split="time", events=s.path / "events.csv"), InputError, "one source"),
    ("event value NaN", lambda s: s.record([Event("u", "i", value=float("nan"))]), InputError, "value"),
    ("event in milliseconds", lambda s: s.record([Event("u", "i", time=1.7e12)]), InputError, "time is"),
]


@pytest.mark.parametrize(("act", "error", "says"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS])
def test_errors(shop: Shop, act: Callable[[Shop], object], error: type[TastemakerError], says: str) -> None:
    before = (shop.catalog.ids, shop.store.events_revision)
    with pytest.raises(error) as caught:
        act(shop)
    assert says in str(caught.value)
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 500
    assert (shop.catalog.ids, shop.store.events_revision) == before
    assert shop.search("blue vase", k=1).ids


FALLBACKS: list[tuple[str, Callable[[Shop], object], Callable[[object], bool]]] = [
    ("duplicate ids: the first counts", lambda s: s.add(table(s, "a.csv", "id,title\nx,One\nx,Two")),
     lambda done: done.added == 1 and "already" in done.refusals[0].why),
    ("NaN price: item kept, price dropped", lambda s: (s.add(table(s, "a.csv", "id,price\nx,NaN")), s.item("x").price),
     lambda done: done[1] is None and done[0].refusals[0].field == "price"),
    ("price below zero", lambda s: (s.add(table(s, "a.csv", "id,price\nx,-3")), s.item("x").price),
     lambda done: done[1] is None and bool(done[0].refusals)),
    ("broken picture: item kept without it",
     lambda s: s.add([Item("x", title="X", images=("b.jpg",))], images=table(s, "b.jpg", "no picture").parent),
     lambda done: done.added == 1 and done.refusals[0].field == "image"),
    ("one bad JSON line", lambda s: s.add(table(s, "a.jsonl", '{"id": "x"}\n{"id": \n{"id": "y"}\n')),
     lambda done: done.added == 2 and done.refusals[0].line == 2),
    ("10 MB title", lambda s: s.add(table(s, "a.jsonl", json.dumps({"id": "x", "title": "word " * 2_000_000}))),
     lambda done: bool(done.refusals)),
    ("emoji and right-to-left", lambda s: (s.add([Item("é🧿", title="🧿 مزهرية زرقاء")]), s.search("مزهرية", k=1).ids),
     lambda done: done[1] == ["é🧿"]),
    ("SQL in a title", lambda s: (s.add([Item("x", title="'; DROP TABLE items; --")]), s.search("drop table", k=1).ids),
     lambda done: done[1] == ["x"]),
    ("SQL in a search", lambda s: s.search("vase' OR 1=1 --", k=3).ids, bool),
    ("FTS syntax in a search", lambda s: s.search('NEAR("vase" AND * ^ -blue', k=3).ids, bool),
    ("100 kB of words", lambda s: s.search("blue vase " * 10_000, k=3).ids, bool),
    ("event of an unknown item: counted once the item comes",
     lambda s: (s.record([Event("u0", "later", id="e")]).unknown_items, s.add([Item("later")]),
                len(s.store.history("u0"))),
     lambda done: done[0] == 1 and done[2] == 7),
    ("clock in the future", lambda s: (s.record([Event("u0", "lamp-red-0", time=FUTURE)]), s.recommend("u0", k=3).ids),
     lambda done: len(done[1]) == 3),
    ("unknown person", lambda s: s.recommend("stranger", k=3), lambda done: len(done.ids) == 3 and bool(done.notes)),
    ("person with odd letters", lambda s: s.recommend("'; DROP TABLE people; --\0💥", k=3),
     lambda done: len(done.ids) == 3),
    ("k above the catalog", lambda s: s.recommend("u0", k=500).ids, lambda ids: len(ids) == 42),
    ("value nobody has", lambda s: s.search("vase", where="colour = mauve"),
     lambda done: not done.ids and bool(done.notes)),
    ("NUL in words", lambda s: s.search("blue\0vase", k=1).ids, bool),
]  # fmt: skip


@pytest.mark.parametrize(("act", "holds"), [row[1:] for row in FALLBACKS], ids=[row[0] for row in FALLBACKS])
def test_fallbacks(shop: Shop, act: Callable[[Shop], object], holds: Callable[[object], bool]) -> None:
    assert holds(act(shop))
    assert shop.search("blue vase", k=1).ids
    assert shop.doctor()["database"] == "ok"


FOLDERS: list[tuple[str, dict[str, str], type[TastemakerError], str]] = [
    ("empty folder", {}, WorkspaceError, "empty"),
    ("other files", {"readme.txt": "x"}, WorkspaceError, "readme.txt"),
    ("two tables", {"items.csv": "id\n1", "items.jsonl": '{"id": "1"}'}, WorkspaceError, "two tables"),
    ("empty items", {"items.csv": ""}, InputError, "empty"),
    ("broken settings", {"items.csv": "id\n1", "tastemaker.toml": "a = ["}, ConfigError, "TOML"),
    ("unknown setting", {"items.csv": "id\n1", "tastemaker.toml": "curency = 'EUR'"}, ConfigError, "curency"),
    ("a database that is none", {"items.csv": "id\n1", ".tastemaker/shop.db": "x" * 5000}, WorkspaceError, "damaged"),
]


@pytest.mark.parametrize(("files", "error", "says"), [row[1:] for row in FOLDERS], ids=[row[0] for row in FOLDERS])
def test_folders(tmp_path: Path, files: dict[str, str], error: type[TastemakerError], says: str) -> None:
    for name, content in files.items():
        path = tmp_path / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    (tmp_path / "shop").mkdir(exist_ok=True)
    with pytest.raises(error, match=says):
        Shop(tmp_path / "shop")


def test_a_damaged_artefact_says_what_to_do(shop: Shop) -> None:
    folder = next((shop.path / ".tastemaker" / "artefacts").glob("vectors-*"))
    weights = folder / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    with Shop(shop.path) as again, pytest.raises(WorkspaceError) as caught:
        again.search("vase")
    assert "fit" in caught.value.hint
    with Shop(shop.path) as again:
        assert again.doctor()["artefacts"]["vectors"] is False
        again.fit()
        assert again.search("blue vase", k=1).ids


def test_a_fit_of_another_version_says_what_to_do(shop: Shop) -> None:
    artefacts = Artefacts(shop.workspace.state)
    old = artefacts.published()["recommender"]
    tensors = {name: tensor for name, tensor in old.tensors().items() if name != "cohort"}
    artefacts.publish({"recommender": artefacts.write("recommender", config=old.config, tensors=tensors, manifest={})})
    with Shop(shop.path) as again, pytest.raises(WorkspaceError, match="another version") as caught:
        again.recommend("u1")
    assert "fit" in caught.value.hint
    with Shop(shop.path) as again:
        assert again.fit().recommend().ids
