"""A fitted shop of 24 drawn things: one that is only read, and a fresh copy for whoever changes it."""

import shutil

import pytest
from starlette.testclient import TestClient

from tastemaker.server import create_app
from tastemaker.shop import Shop
from tests.server.small_workspace import BASE, write_workspace


@pytest.fixture(scope="session")
def fitted(tmp_path_factory):
    folder = write_workspace(tmp_path_factory.mktemp("small") / "shop")
    with Shop(folder) as shop:
        shop.fit()
    return folder


@pytest.fixture(scope="session")
def read_shop(fitted, tmp_path_factory):
    folder = tmp_path_factory.mktemp("read") / "shop"
    shutil.copytree(fitted, folder)
    with Shop(folder) as shop:
        yield shop


@pytest.fixture(scope="session")
def reader(read_shop):
    with TestClient(create_app(read_shop), base_url=BASE, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def shop(fitted, tmp_path):
    folder = tmp_path / "shop"
    shutil.copytree(fitted, folder)
    with Shop(folder) as shop:
        yield shop


@pytest.fixture
def client(shop):
    with TestClient(create_app(shop), base_url=BASE, raise_server_exceptions=False) as client:
        yield client
