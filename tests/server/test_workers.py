"""Several processes that answer as one: lines between them, who answers what, what they count together."""

import asyncio
import os
import socket
from contextlib import asynccontextmanager

import pytest
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from tastemaker.server.limits import Limits, SharedBuckets
from tastemaker.server.line import Line, Parcel
from tastemaker.server.metrics import Metrics
from tastemaker.server.sorting import Sorter, is_shared


def test_a_connection_goes_over_a_line_with_what_was_read():
    one, other = Line.pair()
    here, there = socket.socketpair()
    assert other.receive() is None
    assert one.send(Parcel("connection", here.fileno(), b"x" * 300_000))
    here.close()
    parcel = other.receive()
    assert (parcel.kind, len(parcel.data)) == ("connection", 300_000)
    with socket.socket(fileno=parcel.connection) as taken, there:
        taken.sendall(b"hello")
        assert there.recv(10) == b"hello"
    assert one.send(Parcel("ready"))
    assert other.receive() == Parcel("ready")
    one.close()
    with pytest.raises(EOFError):
        other.receive()
    assert not other.send(Parcel("ready"))
    other.close()


def test_a_line_that_is_full_says_so():
    one, other = Line.pair()
    sent = 0
    while one.send(Parcel("figures", data=b"{}")):
        sent += 1
        assert sent < 100_000
    assert sent > 5
    assert other.receive() == Parcel("figures", data=b"{}")
    one.close()
    other.close()


@pytest.mark.parametrize(
    ("begin", "shared"),
    [
        (b"GET /recommend?user=u HTTP/1.1\r\n", True),
        (b"\r\nPOST /search HTTP/1.1\r\n", True),
        (b"GET /items/sku-7 HTTP/1.1\r\nHost: a\r\n\r\n", True),
        (b"GET /pictures/a.png HTTP/1.1\r\n", True),
        (b"GET / HTTP/1.1\r\n", False),
        (b"GET /chat HTTP/1.1\r\n", False),
        (b"POST /fit HTTP/1.1\r\n", False),
        (b"GET /recommendations HTTP/1.1\r\n", False),
        (b"GET //recommend HTTP/1.1\r\n", False),
        (b"GET /%72ecommend HTTP/1.1\r\n", False),
        (b"GET http://127.0.0.1/recommend HTTP/1.1\r\n", False),
        (b"GET /recommend", False),  # the rest may still come: the keeper can answer everything
        (b"GE", False),
        (b"\x16\x03\x01", False),
    ],
)
def test_what_any_process_can_answer(begin, shared):
    assert is_shared(begin) is shared


async def echo(scope, receive, send):
    body = b""
    while (message := await receive()).get("more_body"):
        body += message["body"]
    body = f"{scope['path']} {len(body + message['body'])}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def served(kind, handed, hand=True):
    """A server of one kind whose connections for others land in a list; gives a connected stream."""
    config = uvicorn.Config(echo, log_config=None)
    config.load()
    state = ServerState()

    def give(descriptor, begun):
        handed.append((os.dup(descriptor), begun))

    def protocol():
        return Sorter(kind(config, state, {}), give if hand else None)

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        yield reader, writer
    finally:
        writer.close()
        server.close()


async def answer(reader):
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    return (await reader.readexactly(length)).decode()


KINDS = pytest.mark.parametrize("kind", [H11Protocol, HttpToolsProtocol])
CHAT = b"GET /chat HTTP/1.1\r\nHost: a\r\n\r\n"


@KINDS
def test_a_request_for_the_keeper_is_handed_on_whole_also_after_others(kind):
    async def run():
        handed = []
        async with served(kind, handed) as (reader, writer):
            for _ in range(2):
                writer.write(b"GET /recommend HTTP/1.1\r\nHost: a\r\n\r\n")
                assert await answer(reader) == "/recommend 0"
            writer.write(CHAT)
            while not handed:
                await asyncio.sleep(0.01)
            descriptor, begun = handed[0]
            assert begun == CHAT
            with socket.socket(fileno=descriptor) as taken:
                taken.sendall(b"still open")
                assert await reader.readexactly(10) == b"still open"

    asyncio.run(run())


@KINDS
def test_what_a_body_holds_is_no_request(kind):
    """Else whoever writes a body could ask in the name of others who share the connection of a proxy."""

    async def run():
        handed = []
        async with served(kind, handed) as (reader, writer):
            head = b"POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n" % (2 * len(CHAT))
            for piece in (head, b"\r\n", CHAT, CHAT):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.05)
            assert await answer(reader) == f"/search {2 * len(CHAT)}"
        assert handed == []

    asyncio.run(run())


@KINDS
def test_the_keeper_answers_everything(kind):
    async def run():
        async with served(kind, [], hand=False) as (reader, writer):
            writer.write(CHAT)
            assert await answer(reader) == "/chat 0"

    asyncio.run(run())


@pytest.fixture
def memory():
    descriptor = os.memfd_create("buckets")
    os.truncate(descriptor, SharedBuckets.SIZE)
    yield descriptor
    os.close(descriptor)


def test_processes_empty_the_same_buckets(memory):
    now = [100.0]
    one, other = (Limits(lambda: now[0], SharedBuckets(memory)) for _ in range(2))
    alone = Limits(lambda: now[0])
    for _ in range(2):
        assert one.wait("key a", 2.0) == other.wait("key a", 2.0) == 0.0  # four at once, two seconds' worth
    assert [alone.wait("key a", 2.0) for _ in range(4)] == [0.0] * 4
    assert one.wait("key a", 2.0) == other.wait("key a", 2.0) == alone.wait("key a", 2.0) == 0.5
    assert other.wait("key b", 2.0) == 0.0
    now[0] += 0.5
    assert other.wait("key a", 2.0) == 0.0
    assert one.wait("key a", 2.0) == 0.5


def test_many_names_find_a_bucket_each(memory):
    buckets = SharedBuckets(memory)
    for number in range(400):
        buckets[f"key {number}"] = (float(number), 1.0)
    assert [buckets.get(f"key {number}", (-1.0, 0.0))[0] for number in range(400)] == [float(n) for n in range(400)]


def test_figures_of_several_processes_are_those_of_one():
    whole, keeper, worker = Metrics(), Metrics(), Metrics()
    for number in range(10):
        for metrics in (whole, (keeper, worker)[number % 2]):
            metrics.request("GET", "/search", 200 if number else 429, 0.25 * number)
            metrics.stage("vectors", 0.125)
    keeper.add(worker.taken())
    assert keeper.text({}) == whole.text({})
    assert worker.taken() == b""
