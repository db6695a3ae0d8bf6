"""`examples/plugin_hello`, installed as anybody's plug-in is, keeps the contract and is served."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.meta.blocks import ROOT

PLUGIN = ROOT / "examples" / "plugin_hello"
USE = """
import contextlib, io, json
from tastemaker.cli.app import run
from tastemaker.testing.recommenders import check_recommender
from tastemaker_hello import Latest

def told(*words):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert run(words) == 0
    return json.loads(out.getvalue() or "null")

check_recommender(Latest)
told("fit", "shop", "--parts", "recommender")
print(json.dumps({
    "methods": told("methods", "--json"),
    "ranking": told("recommend", "shop", "--user", "u0001", "--k", "3", "--explain", "--json"),
}))
"""


@pytest.fixture
def installed(tmp_path):
    """A folder that the plug-in was installed into; nothing else is there."""
    folder = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--target", str(folder), str(PLUGIN)], check=True)
    return folder


def test_the_plugin_is_one_short_file():
    (source,) = PLUGIN.glob("*.py")
    assert source.read_text(encoding="utf-8").count("\n") < 60


def test_the_plugin_is_served(place, installed):
    settings = Path("shop/tastemaker.toml")
    table = '\n[methods.hybrid]\nmethods = ["popularity", "latest"]\n\n[methods.latest]\nlast = 2\n'
    settings.write_text(settings.read_text() + table)
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", USE], env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert ("recommender", "latest") in {(card["kind"], card["name"]) for card in told["methods"]}
    assert all("latest" in item["scores"] for item in told["ranking"]["items"])
