"""A fitted shop, and the command line called as a person calls it."""

import json
import shutil
from dataclasses import dataclass

import pytest

from tastemaker.cli.app import run
from tests.server.small_workspace import write_workspace


@dataclass(frozen=True)
class Told:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def tell(capsys, monkeypatch):
    """Run a command in this process."""
    monkeypatch.delenv("TASTEMAKER_API_KEY", raising=False)

    def told(*arguments):
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Told(code, said.out, said.err)

    return told


@pytest.fixture(scope="session")
def fitted(tmp_path_factory):
    from tastemaker.shop import Shop

    folder = write_workspace(tmp_path_factory.mktemp("small") / "shop")
    with Shop(folder) as shop:
        shop.fit()
    return folder


@pytest.fixture
def folder(fitted, tmp_path):
    copy = tmp_path / "shop"
    shutil.copytree(fitted, copy)
    return copy
