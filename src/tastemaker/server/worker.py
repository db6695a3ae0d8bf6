"""One process of several: it answers on the connections that it is given, and gives on those that are not for it."""

import asyncio
import socket

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from tastemaker.server.line import Line, Parcel
from tastemaker.server.running import Answering, until_told
from tastemaker.server.service import Service
from tastemaker.server.sorting import Sorter

FIGURES_EVERY = 1.0
"""Seconds after which a process tells the keeper what it has counted."""


class _Worker(Answering):
    """A server that is given its connections over a line.

    Args:
        app: what answers.
        own: where connections come from.
        keeper: where those go that only one process can answer; None in that one.
    """

    def __init__(self, app: Service, own: Line, keeper: Line | None) -> None:
        super().__init__(app, lambda: None)
        self._own, self._keeper = own, keeper
        self._coming: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to take connections, and say so."""
        await super().startup(sockets)
        loop = asyncio.get_running_loop()
        loop.add_reader(self._own.fileno(), self._take)
        self._own.send(Parcel("ready"))
        if self._keeper is not None:
            self._telling = loop.create_task(self._tell(self._keeper))

    def shut(self) -> None:
        """Takes what is waiting, and nothing more."""
        self._take()
        asyncio.get_running_loop().remove_reader(self._own.fileno())

    def _take(self) -> None:
        try:
            while parcel := self._own.receive():
                if parcel.kind == "connection":
                    coming = asyncio.get_running_loop().create_task(self._answer(parcel))
                    self._coming.add(coming)
                    coming.add_done_callback(self._coming.discard)
                elif parcel.kind == "figures":
                    self._add(parcel.data)
        except EOFError:  # whoever accepts connections is gone, and will not come back
            asyncio.get_running_loop().remove_reader(self._own.fileno())
            self.should_exit = True

    async def _answer(self, parcel: Parcel) -> None:
        """Take a connection over."""
        loop = asyncio.get_running_loop()
        connection = socket.socket(fileno=parcel.connection)
        connection.settimeout(0)
        inner = AutoHTTPProtocol(
            config=self.config,  # type: ignore[call-arg]
            server_state=self.server_state,
            app_state=self.lifespan.state,
            _loop=loop,
        )
        hand = None if self._keeper is None else self._hand
        await loop.connect_accepted_socket(lambda: Sorter(inner, hand, parcel.data), connection)

    def _hand(self, connection: int, begun: bytes) -> None:
        """Give a connection to the keeper; while there is none it is closed, and whoever asked may ask again."""
        if self._keeper is not None:
            self._keeper.send(Parcel("connection", connection, begun))

    async def _tell(self, keeper: Line) -> None:
        """Now and then, give the keeper the figures, which one process has to tell for all."""
        while True:
            await asyncio.sleep(FIGURES_EVERY)
            for place, tenant in enumerate(self.service.tenants):
                if told := tenant.metrics.taken():
                    keeper.send(Parcel("figures", data=f"{place} ".encode() + told))

    def _add(self, told: bytes) -> None:
        place, _, figures = told.partition(b" ")
        self.service.tenants[int(place)].metrics.add(figures)


def work(app: Service, own: Line, keeper: Line | None) -> None:
    """Answer on what comes over a line, until the process is told to stop or the line's other end is gone.

    Args:
        app: what answers.
        own: where connections come from.
        keeper: where those go that only one process can answer; None in that one.

    Raises:
        KeyboardInterrupt: it was told to stop; every request under way was finished first.
    """
    until_told(_Worker(app, own, keeper), [])
