"""One verb is the same in Python, on the command line and in a route."""

import pytest

from tastemaker.cli.app import VERBS
from tastemaker.server.app import create_app
from tastemaker.shop import Shop

OUTSIDE = {"demo": "tm.demo", "serve": "tm.serve", "import": "makes a workspace", "methods": "of no shop",
           "chat": "tm.Assistant(shop)", "keys": "whoever runs the service",
           "embed": "a job for many machines"}  # fmt: skip
"""Verbs that no shop has, and why."""
NOUNS = {"events", "items", "pictures", "drawings", "shown", "jobs", "healthz", "readyz", "users", "metrics",
         "versions"}  # fmt: skip
"""Routes that are things, not verbs."""
PLACES = {"record", "item", "picture", "drawing", "users", "evaluate_space"}
"""Methods of a shop that are not verbs of the command line: its life, its events, its things, `evaluate --space`."""


@pytest.fixture(scope="module")
def routes():
    """First part of every path of the API; the app needs no shop to name its routes."""
    paths = create_app(None).openapi()["paths"]
    return {path.split("/")[1] for path in paths}


def test_every_verb_is_a_method_and_a_route(routes):
    for verb in set(VERBS) - set(OUTSIDE):
        assert callable(getattr(Shop, verb.replace("-", "_"), None)), f"Shop has no {verb}"
        assert verb in routes, f"no route /{verb}"
    assert "methods" in routes


def test_every_route_is_a_verb_or_a_thing(routes):
    assert routes <= set(VERBS) | NOUNS


def test_every_method_of_a_shop_is_a_verb_or_a_place():
    own = {name for name, thing in vars(Shop).items() if callable(thing) and not name.startswith("_")}
    assert own <= {verb.replace("-", "_") for verb in VERBS} | PLACES
