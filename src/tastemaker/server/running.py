"""Binding an address and answering on it until somebody says stop.

The socket is bound first, so that a taken port is said before minutes are spent on fitting; the address is told once
the server really answers.
"""

import asyncio
import ctypes
import errno
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from tastemaker.core.errors import WorkspaceError
from tastemaker.server.logs import configure
from tastemaker.server.service import Service
from tastemaker.server.settings import ServerSettings

ARENAS, M_ARENA_MAX = 2, -8
"""Heaps that all threads share, and what glibc calls that setting."""


def bind(settings: ServerSettings, *, keys: bool = False) -> socket.socket:
    """Take the address; nothing is answered yet.

    Args:
        settings: the address.
        keys: do the shops have keys of their own?

    Raises:
        ConfigError: a public address without a key.
        WorkspaceError: the port is taken, or the address is not of this machine.
    """
    settings.refuse_open_door(keys=keys)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((settings.host, settings.port))
    except OSError as error:
        taken.close()
        if error.errno == errno.EADDRINUSE:
            hint = f"another program answers there; take another port, e.g. --port {settings.port + 1}"
            raise WorkspaceError(f"port {settings.port} is taken", hint=hint) from error
        why = (error.strerror or str(error)).lower()
        raise WorkspaceError(
            f"{settings.host}:{settings.port} cannot be bound: {why}", hint="--host 127.0.0.1"
        ) from error
    return taken


def address_of(bound: socket.socket) -> str:
    """Where a bound socket is reached: ``http://127.0.0.1:8000``."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Answering(uvicorn.Server):
    """Tells when it answers; says that it is ending before it stops answering.

    Args:
        app: what answers.
        ready: called once it does.
    """

    def __init__(self, app: Service, ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            access_log=False,  # its lines would hold queries, and those name people
            log_config=None,
            timeout_graceful_shutdown=5,
            server_header=False,
        )
        super().__init__(config)
        self.service, self._ready = app, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and tell."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say that it ends, finish what is under way, and end."""
        self.service.draining = True
        await asyncio.sleep(0 if self.force_exit else self.service.settings.drain_seconds)
        self.shut()
        for tenant in self.service.tenants:
            tenant.jobs.stop()  # whoever follows one hears of its end, and lets go of the connection
        await super().shutdown(sockets)

    def shut(self) -> None:
        """From now on nothing new is taken."""


def run(app: Service, bound: socket.socket, ready: Callable[[str], None]) -> None:
    """Answer on a bound socket until the process is told to stop.

    Args:
        app: what answers.
        bound: from :func:`bind`.
        ready: gets the address once it answers.

    Raises:
        KeyboardInterrupt: Ctrl-C, or SIGTERM; every request under way was finished first.
    """
    until_told(Answering(app, lambda: ready(address_of(bound))), [bound])


def share_memory() -> None:
    """Let all threads take memory from a few heaps: dozens of heaps each keep what a thread has once needed.

    Only glibc can do it; whoever has set ``MALLOC_ARENA_MAX`` is believed.
    """
    if sys.platform == "linux" and "MALLOC_ARENA_MAX" not in os.environ:
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def until_told(server: "Answering", sockets: list[socket.socket]) -> None:
    """Let a server answer until the process is told to stop.

    Raises:
        KeyboardInterrupt: it was.
    """
    configure(server.service.settings.log_level)
    share_memory()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # raised again once the server has ended
    server.run(sockets=sockets)
    if server.started:
        raise KeyboardInterrupt  # it was told to stop, and the loop has swallowed the signal that is raised again
