"""Every ```python block of README.md and docs/ runs, file by file from the top, next to a small fitted demo shop.

A file's blocks share their names, as at one prompt. The session finds ``shop/`` and ``demo-shop/`` (the demo shop with
few items), ``dress.jpg`` (a picture of it), ``items.csv`` and ``later.csv`` (its own items and events). ``tm.demo()``
opens the small shop, ``tm.serve`` does not block, and ``tm.Client`` asks that shop without a network. A block that must
not be run is not called ```python.
"""

import re
import shutil
from pathlib import Path

import pytest

import tastemaker
from tastemaker.client import Client
from tastemaker.demoshop.config import DemoConfig
from tastemaker.demoshop.draw import draw
from tastemaker.server import create_app
from tests.client.to_app import ToApp

ROOT = Path(__file__).parents[2]
FILES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
QUICK = """[space]
epochs = 2
dim = 32
picture_size = 32
picture_widths = [16, 32]
text_width = 32

[imagine]
generator = "mean-picture"
"""


@pytest.fixture(scope="module")
def small_shop(tmp_path_factory):
    root = tmp_path_factory.mktemp("docs") / "shop"
    draw(root, DemoConfig(items=48, people=30, events=900, width=48))
    (root / "tastemaker.toml").write_text(QUICK, encoding="utf-8")
    with tastemaker.open(root) as shop:
        shop.fit()
    return root


@pytest.fixture
def prompt(small_shop, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("shop", "demo-shop"):
        shutil.copytree(small_shop, name)
    shutil.copy("shop/items.csv", "items.csv")
    shutil.copy("shop/events.csv", "later.csv")
    with tastemaker.open("shop") as shop:
        row = next(row for row in range(shop.catalog.size) if shop.catalog.main_picture(row))
        shop.catalog.pictures.open(shop.catalog.main_picture(row)).save("dress.jpg")
    monkeypatch.setattr(tastemaker, "demo", lambda path="demo-shop": tastemaker.open(path), raising=False)
    monkeypatch.setattr(tastemaker, "serve", lambda shop, host="127.0.0.1", port=8000: None, raising=False)
    monkeypatch.setattr(tastemaker, "Client", client, raising=False)
    return {"__name__": "__main__"}


def client(url, key=""):
    return Client(url, key=key, transport=ToApp(create_app(tastemaker.open("shop"))))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_blocks_run(path, prompt):
    text = path.read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start(1))
        exec(compile("\n" * line + found.group(1), str(path), "exec"), prompt)


def test_the_readme_shows_a_session():
    assert BLOCK.search((ROOT / "README.md").read_text(encoding="utf-8"))
