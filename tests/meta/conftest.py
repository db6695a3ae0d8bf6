"""A place in which the documentation is true: a small fitted demo shop, and the files that the pages speak of."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tastemaker
from tastemaker.client import Client
from tastemaker.demoshop.config import DemoConfig
from tastemaker.demoshop.draw import draw
from tastemaker.server import create_app
from tests.client.to_app import ToApp
from tests.studio.scenes import mannequin

QUICK = """[space]
epochs = 2
dim = 32
picture_size = 32
picture_widths = [16, 32]
text_width = 32

[imagine]
generator = "mean-picture"
"""
CALLED = {"t-shirt": "sku-7", "shirt": "sku-9", "sofa": "sofa-3"}
"""Kinds of things, one of each in the small shop, and the ids by which the pages call them."""
SEEN = {"eventType": "detail-page-view", "visitorId": "v-1", "productDetails": [{"product": {"id": "sku-7"}}],
        "eventTime": "2026-01-05T10:00:00Z"}  # fmt: skip
"""An event as Google Retail writes it."""


@pytest.fixture(scope="session")
def small_shop(tmp_path_factory):
    root = tmp_path_factory.mktemp("docs") / "shop"
    draw(root, DemoConfig(items=48, people=30, events=900, width=48))
    (root / "tastemaker.toml").write_text(QUICK, encoding="utf-8")
    with (root / "items.csv").open(encoding="utf-8") as stream:
        ids = {row["id"]: CALLED[row["kind"]] for row in csv.DictReader(stream) if row["kind"] in CALLED}
    for old, new in ids.items():
        for file in (root / "items.csv", root / "events.csv"):
            file.write_text(file.read_text(encoding="utf-8").replace(f"{old},", f"{new},"), encoding="utf-8")
    with tastemaker.open(root) as shop:
        shop.fit()
    return root


@pytest.fixture
def place(small_shop, tmp_path, monkeypatch):
    """The folder that the pages are read in.

    It holds ``shop/`` and ``demo-shop/`` (the small shop), ``items.csv`` and ``later.csv`` (its own items and events),
    ``new/`` (an item to add), ``photos/`` (pictures and nothing else), ``mine/`` (nothing but settings that make a fit
    quick), pictures of a dress, a person and a room.
    """
    monkeypatch.chdir(tmp_path)
    for name in ("shop", "demo-shop"):
        shutil.copytree(small_shop, name)
    shutil.copy("shop/items.csv", "items.csv")
    shutil.copy("shop/events.csv", "later.csv")
    pictures = sorted(Path("shop/images").iterdir())
    shutil.copy(pictures[0], "dress.jpg")
    Path("photos").mkdir()
    for picture in pictures[:12]:
        shutil.copy(picture, "photos")
    Path("mine").mkdir()
    Path("mine/tastemaker.toml").write_text(QUICK)
    Path("new/images").mkdir(parents=True)
    shutil.copy(pictures[0], "new/images/new.jpg")
    Path("new/items.csv").write_text("id,title,image\nsku-10,New shirt,new.jpg\n")
    Image.fromarray(mannequin()).save("me.jpg")
    Image.fromarray(np.full((512, 384), 255, np.uint8)).save("where.png")
    Image.fromarray(np.full((480, 640, 3), 205, np.uint8)).save("room.jpg")
    Path("user_events.jsonl").write_text(json.dumps(SEEN) + "\n")
    return tmp_path


@pytest.fixture
def prompt(place, monkeypatch):
    """The names at a prompt: ``tm.demo()`` opens the small shop, ``tm.serve`` does not block, ``tm.Client`` asks it."""
    monkeypatch.setattr(tastemaker, "demo", lambda path="demo-shop": tastemaker.open(path), raising=False)
    monkeypatch.setattr(tastemaker, "serve", lambda shop, host="127.0.0.1", port=8000: None, raising=False)
    monkeypatch.setattr(tastemaker, "Client", client, raising=False)
    return {"__name__": "__main__"}


def client(url, key=""):
    return Client(url, key=key, transport=ToApp(create_app(tastemaker.open("shop"))))
