"""A client that talks to the real app, without a network between them."""

import pytest

from tastemaker.client import Client
from tastemaker.server import create_app
from tests.client.to_app import ToApp
from tests.server.conftest import fitted, read_shop, shop  # noqa: F401
from tests.server.small_workspace import BASE


@pytest.fixture
def reading(read_shop):  # noqa: F811
    with Client(BASE, transport=ToApp(create_app(read_shop))) as client:
        yield client


@pytest.fixture
def changing(shop):  # noqa: F811
    with Client(BASE, transport=ToApp(create_app(shop))) as client:
        yield client
