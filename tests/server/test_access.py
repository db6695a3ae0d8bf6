"""Which scope a request needs: the same, however it is found out."""

import pytest
from fastapi import APIRouter

from tastemaker.server.access import ADMIN, READ, WRITE, Doors

READS, REST = APIRouter(dependencies=[READ]), APIRouter(dependencies=[WRITE])


@READS.get("/items/{name}")
@REST.post("/items/{name}")
@REST.post("/items/all", dependencies=[ADMIN])  # never reached: the one before takes it
@READS.get("/search")
@REST.post("/search")
def answer():
    return None


DOORS = Doors([*READS.routes[::-1], *REST.routes[::-1]])


def asked(method, path, **more):
    return DOORS.find({"type": "http", "method": method, "path": path, **more})


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("GET", "/search", ("/search", "read")),
        ("POST", "/search", ("/search", "write")),
        ("PUT", "/search", ("/search", "read")),
        ("HEAD", "/search", ("/search", "read")),
        ("GET", "/items/all", ("/items/{name}", "read")),
        ("POST", "/items/all", ("/items/{name}", "write")),
        ("GET", "/search/", None),
        ("GET", "/", None),
    ],
)
def test_the_first_route_that_answers_says_what_it_needs(method, path, found):
    assert asked(method, path, root_path="") == asked(method, path) == found
    assert asked(method, f"/shop{path}", root_path="/shop") == found


def test_where_the_server_is_mounted_its_own_prefix_is_no_path():
    assert asked("GET", "/search", root_path="/search") is None
    assert DOORS.find({"type": "websocket", "path": "/search"}) is None
